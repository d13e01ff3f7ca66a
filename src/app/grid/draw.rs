//! How a node is drawn: its frame, its hatching, its bar.

use super::colors::Colors;
use super::shape::pod;
use crate::view::Look;
use web_sys::CanvasRenderingContext2d as Context;

/// Dashes of the lines to come; none for solid ones.
pub fn dashes(pen: &Context, lengths: &[f64]) {
    let list: js_sys::Array = lengths
        .iter()
        .map(|l| wasm_bindgen::JsValue::from(*l))
        .collect();
    // Without dashes the line is solid.
    let _ = pen.set_line_dash(&list);
}

/// The node: frame, hatching, bar.
pub fn node(pen: &Context, look: Look, s: f64, colors: &Colors) {
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
