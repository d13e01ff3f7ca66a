//! How a cell is drawn: the node's frame, the pod's shape. Each look is drawn once and copied from then on.

use crate::k8s::Str;
use crate::view::{Dot, Look, PodState};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::f64::consts::{PI, TAU};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d as Context, HtmlCanvasElement};

/// The colors of the theme, read from the style sheet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Colors {
    pub panel: String,
    pub ink: String,
    pub dim: String,
    pub line: String,
    pub hole: String,
    pub accent: String,
    pub warn: String,
    pub bad: String,
    pub on_revision: String,
    pub revisions: Vec<String>,
    pub mono: String,
}

impl Colors {
    /// The theme's present ones.
    pub fn read() -> Self {
        let root = document().document_element();
        let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
        let read = |name: &str| {
            let value = style.as_ref().and_then(|s| s.get_property_value(name).ok());
            value.unwrap_or_default().trim().to_owned()
        };
        Self {
            panel: read("--panel"),
            ink: read("--ink"),
            dim: read("--dim"),
            line: read("--line"),
            hole: read("--hole"),
            accent: read("--accent"),
            warn: read("--warn"),
            bad: read("--bad"),
            on_revision: read("--on-r"),
            revisions: (0..=6).map(|i| read(&format!("--r{i}"))).collect(),
            mono: read("--mono"),
        }
    }

    fn revision(&self, number: i64) -> &str {
        let hue = super::revisions::hue_number(number);
        self.revisions.get(hue).map_or("", String::as_str)
    }
}

/// The 2d context of a canvas.
pub fn context(canvas: &HtmlCanvasElement) -> Option<Context> {
    let context = canvas.get_context("2d").ok().flatten()?;
    context.dyn_into().ok()
}

/// Looks that were drawn, for one size and theme.
#[derive(Default)]
pub struct Sprites {
    drawn: BTreeMap<(Look, bool), HtmlCanvasElement>,
    size: u32,
    ratio: f64,
    pub colors: Colors,
}

impl Sprites {
    /// Forgets everything when size, resolution or theme are others; true when they are.
    pub fn fit(&mut self, size: u32, ratio: f64, colors: Colors) -> bool {
        let same = self.size == size && self.ratio.to_bits() == ratio.to_bits();
        if same && self.colors == colors {
            return false;
        }
        *self = Self {
            drawn: BTreeMap::new(),
            size,
            ratio,
            colors,
        };
        true
    }

    /// The picture of a look; `faint` for nodes that the touched counter does not count.
    pub fn get(&mut self, look: Look, faint: bool) -> Option<&HtmlCanvasElement> {
        // What is counted is not drawn.
        let look = Look {
            counted: Default::default(),
            ..look
        };
        let key = (look, faint);
        if !self.drawn.contains_key(&key) {
            let canvas: HtmlCanvasElement =
                document().create_element("canvas").ok()?.dyn_into().ok()?;
            let side = (f64::from(self.size) * self.ratio).ceil() as u32;
            canvas.set_width(side);
            canvas.set_height(side);
            let pen = context(&canvas)?;
            // A canvas that cannot be scaled shows coarser cells.
            let _ = pen.scale(self.ratio, self.ratio);
            if faint {
                pen.set_global_alpha(0.25);
            }
            node(&pen, look, f64::from(self.size), &self.colors);
            self.drawn.insert(key, canvas);
        }
        self.drawn.get(&key)
    }
}

fn dashes(pen: &Context, lengths: &[f64]) {
    let list: js_sys::Array = lengths
        .iter()
        .map(|l| wasm_bindgen::JsValue::from(*l))
        .collect();
    // Without dashes the line is solid.
    let _ = pen.set_line_dash(&list);
}

/// The node: frame, hatching, bar.
fn node(pen: &Context, look: Look, s: f64, colors: &Colors) {
    let thin = (s / 16.0).clamp(0.75, 1.5);
    pen.set_fill_style_str(&colors.panel);
    pen.fill_rect(0.0, 0.0, s, s);
    pen.set_line_width(thin);
    if !look.ready {
        pen.set_stroke_style_str(&colors.bad);
        pen.begin_path();
        let step = (s / 4.0).max(2.5);
        let mut at = step / 2.0;
        while at < s * 2.0 {
            pen.move_to(at, 0.0);
            pen.line_to(at - s, s);
            at += step;
        }
        pen.stroke();
    }
    let empty = look.mark.is_none();
    if empty || look.tainted {
        dashes(pen, &[(s / 8.0).max(1.5), (s / 10.0).max(1.5)]);
    }
    pen.set_stroke_style_str(match (empty, look.ready) {
        (_, false) => &colors.bad,
        (true, true) => &colors.hole,
        (false, true) => &colors.line,
    });
    pen.stroke_rect(thin / 2.0, thin / 2.0, s - thin, s - thin);
    dashes(pen, &[]);
    if look.cordoned {
        pen.set_fill_style_str(&colors.warn);
        pen.fill_rect(0.0, 0.0, s, (s / 6.0).max(1.5));
    }
    if let Some(mark) = look.mark {
        let radius = s * 0.34;
        pod(
            pen,
            mark,
            (
                s / 2.0,
                s / 2.0 + if look.cordoned { s / 16.0 } else { 0.0 },
            ),
            radius,
            colors,
        );
    }
    if let Some(second) = look.second {
        pod(pen, second, (s * 0.82, s * 0.82), s * 0.16, colors);
    }
}

/// The pod: its shape is its state, its hue its revision; with room, the revision's number.
fn pod(pen: &Context, dot: Dot, (x, y): (f64, f64), r: f64, colors: &Colors) {
    let color = if dot.troubled && dot.state != PodState::Available {
        &colors.bad
    } else {
        colors.revision(dot.revision)
    };
    pen.set_fill_style_str(color);
    pen.set_stroke_style_str(color);
    pen.set_line_width((r / 3.0).clamp(1.0, 3.0));
    pen.begin_path();
    // An arc with a radius that is not negative is never refused.
    let ring = |from: f64, to: f64, r: f64| {
        let _ = pen.arc(x, y, r.max(0.0), from, to);
    };
    let solid = match dot.state {
        PodState::Available => {
            pen.rect(x - r, y - r, 2.0 * r, 2.0 * r);
            pen.fill();
            true
        }
        PodState::Ready => {
            ring(0.0, TAU, r);
            pen.fill();
            true
        }
        PodState::Running => {
            ring(0.0, TAU, r * 0.85);
            pen.stroke();
            pen.begin_path();
            ring(0.0, TAU, r * 0.4);
            pen.fill();
            false
        }
        PodState::Creating => {
            ring(0.0, TAU, r * 0.85);
            pen.stroke();
            pen.begin_path();
            ring(PI / 2.0, PI * 1.5, r * 0.85);
            pen.fill();
            false
        }
        PodState::Pending => {
            dashes(pen, &[1.5, 1.5]);
            ring(0.0, TAU, r * 0.85);
            pen.stroke();
            false
        }
        PodState::Terminating => {
            dashes(pen, &[(r / 2.0).max(1.5), (r / 2.0).max(1.5)]);
            pen.stroke_rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
            false
        }
        PodState::CrashLoop => {
            pen.move_to(x, y - r);
            pen.line_to(x + r, y + r * 0.9);
            pen.line_to(x - r, y + r * 0.9);
            pen.fill();
            true
        }
        PodState::Failed => {
            pen.set_stroke_style_str(&colors.bad);
            pen.move_to(x - r, y - r);
            pen.line_to(x + r, y + r);
            pen.move_to(x + r, y - r);
            pen.line_to(x - r, y + r);
            pen.stroke();
            false
        }
        PodState::Succeeded => {
            pen.stroke_rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
            false
        }
    };
    dashes(pen, &[]);
    if r >= 8.0 && dot.state != PodState::Failed {
        pen.set_fill_style_str(if solid {
            &colors.on_revision
        } else {
            &colors.ink
        });
        pen.set_font(&format!("700 {}px {}", (r * 0.95).round(), colors.mono));
        pen.set_text_align("center");
        pen.set_text_baseline("middle");
        let below = if dot.state == PodState::CrashLoop {
            r * 0.35
        } else {
            0.5
        };
        let text = format!(
            "{}{}",
            dot.revision,
            if r >= 14.0 { dot.state.tick() } else { "" }
        );
        // Text that does not fit is left out.
        let _ = pen.fill_text_with_max_width(&text, x, y + below, r * 1.9);
    }
}

/// The short form of a node's name for a cell: its end, as that is what differs.
pub fn short(name: &Str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let from = letters.len().saturating_sub(7);
    letters[from..].iter().collect()
}
