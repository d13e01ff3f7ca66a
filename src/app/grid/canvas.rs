//! The drawing of the dense field: only cells that changed are drawn again; a change sweeps over its cell.

use super::sprite::{Colors, Sprites, context, short};
use crate::view::tiles::Tiles;
use crate::view::{Cell, Counter, Look};
use leptos::prelude::*;
use std::collections::BTreeSet;
use web_sys::{CanvasRenderingContext2d as Context, HtmlCanvasElement};

/// How long a change sweeps over its cell, in milliseconds.
const SWEEP_MS: f64 = 220.0;

/// More changes at once are drawn without a sweep.
const SWEEPS_MAX: usize = 400;

/// What stands out on the field.
#[derive(Clone, Default)]
pub struct Marked {
    pub lit: Option<Counter>,
    pub selected: Option<usize>,
    pub focus: Option<usize>,
    pub picked: BTreeSet<usize>,
}

struct Sweep {
    at: usize,
    old: Look,
    start: f64,
}

/// The canvas and what it shows.
#[derive(Default)]
pub struct Canvas {
    sprites: Sprites,
    pub tiles: Tiles,
    /// The part of the field that is on the screen, in its pixels.
    pub top: u32,
    pub width: u32,
    pub height: u32,
    /// The looks in the order shown, as they were drawn last.
    order: Vec<u32>,
    drawn: Vec<Look>,
    /// Places in the order by the places in the list of cells.
    places: Vec<u32>,
    sweeps: Vec<Sweep>,
    marked: Marked,
    pub calm: bool,
}

impl Canvas {
    /// Takes a new order.
    pub fn arrange(&mut self, order: Vec<u32>, cells: &[Cell]) {
        self.places = vec![u32::MAX; cells.len()];
        for (n, i) in (0u32..).zip(&order) {
            if let Some(place) = self.places.get_mut(*i as usize) {
                *place = n;
            }
        }
        self.order = order;
        self.sweeps.clear();
    }

    /// Draws all that is on the screen.
    pub fn draw(&mut self, canvas: &HtmlCanvasElement, cells: &[Cell], marked: Marked) {
        self.marked = marked;
        let ratio = window().device_pixel_ratio();
        let side = |css: u32| (f64::from(css) * ratio).round() as u32;
        if canvas.width() != side(self.width) || canvas.height() != side(self.height) {
            canvas.set_width(side(self.width));
            canvas.set_height(side(self.height));
        }
        self.sprites.fit(self.tiles.size, ratio, Colors::read());
        let Some(pen) = context(canvas) else { return };
        // A canvas that cannot be scaled shows the field in another size.
        let _ = pen.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        pen.clear_rect(0.0, 0.0, f64::from(self.width), f64::from(self.height));
        let look = |i: &u32| cells.get(*i as usize).map_or(Look::default(), |c| c.look);
        self.drawn = self.order.iter().map(look).collect();
        self.sweeps.clear();
        for range in self.tiles.between(self.top, self.top + self.height) {
            for n in range {
                self.cell(&pen, n, self.drawn[n], 1.0);
                self.name(&pen, n, cells);
            }
        }
        self.outlines(&pen);
    }

    /// Draws the cells that changed; true while something sweeps.
    pub fn change(
        &mut self,
        canvas: &HtmlCanvasElement,
        cells: &[Cell],
        changed: &[u32],
        now: f64,
    ) {
        let Some(pen) = context(canvas) else { return };
        for i in changed {
            let place = self
                .places
                .get(*i as usize)
                .map_or(u32::MAX, |place| *place) as usize;
            let (Some(old), Some(cell)) = (self.drawn.get(place).copied(), cells.get(*i as usize))
            else {
                continue;
            };
            if old == cell.look || !self.visible(place) {
                self.set(place, cell.look);
                continue;
            }
            self.set(place, cell.look);
            self.sweeps.retain(|sweep| sweep.at != place);
            if self.calm || self.sweeps.len() >= SWEEPS_MAX {
                self.cell(&pen, place, cell.look, 1.0);
            } else {
                self.sweeps.push(Sweep {
                    at: place,
                    old,
                    start: now,
                });
            }
        }
        self.sweep(canvas, now);
    }

    /// Goes on with the sweeps; true while there are some.
    pub fn sweep(&mut self, canvas: &HtmlCanvasElement, now: f64) -> bool {
        let Some(pen) = context(canvas) else {
            return false;
        };
        let sweeps = std::mem::take(&mut self.sweeps);
        for sweep in sweeps {
            let part = ((now - sweep.start) / SWEEP_MS).clamp(0.0, 1.0);
            let Some(look) = self.drawn.get(sweep.at).copied() else {
                continue;
            };
            if part < 1.0 {
                self.cell(&pen, sweep.at, sweep.old, 1.0);
            }
            self.cell(&pen, sweep.at, look, part);
            if part < 1.0 {
                self.sweeps.push(sweep);
            }
        }
        self.outlines(&pen);
        !self.sweeps.is_empty()
    }

    fn set(&mut self, place: usize, look: Look) {
        if let Some(drawn) = self.drawn.get_mut(place) {
            *drawn = look;
        }
    }

    fn corner(&self, n: usize) -> Option<(f64, f64)> {
        let (x, y) = self.tiles.place(n)?;
        Some((f64::from(x), f64::from(y) - f64::from(self.top)))
    }

    fn visible(&self, n: usize) -> bool {
        let size = f64::from(self.tiles.size);
        self.corner(n)
            .is_some_and(|(_, y)| y + size >= 0.0 && y <= f64::from(self.height))
    }

    /// Copies a cell, or a part of it from the left.
    fn cell(&mut self, pen: &Context, n: usize, look: Look, part: f64) {
        let Some((x, y)) = self.corner(n) else { return };
        let size = f64::from(self.tiles.size);
        let faint = self.marked.lit.is_some_and(|lit| !look.counted.has(lit));
        let Some(sprite) = self.sprites.get(look, faint) else {
            return;
        };
        let side = f64::from(sprite.width());
        if part >= 1.0 {
            pen.clear_rect(x, y, size, size);
            // A sprite of this page is always there to be copied.
            let _ = pen.draw_image_with_html_canvas_element_and_dw_and_dh(sprite, x, y, size, size);
        } else if part > 0.0 {
            pen.clear_rect(x, y, size * part, size);
            let _ = pen
                .draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                    sprite,
                    0.0,
                    0.0,
                    side * part,
                    side,
                    x,
                    y,
                    size * part,
                    size,
                );
        }
    }

    /// With room for it, the end of the node's name.
    fn name(&self, pen: &Context, n: usize, cells: &[Cell]) {
        let size = f64::from(self.tiles.size);
        if size < 44.0 {
            return;
        }
        let cell = self.order.get(n).and_then(|i| cells.get(*i as usize));
        if let (Some(cell), Some((x, y))) = (cell, self.corner(n)) {
            let colors = &self.sprites.colors;
            pen.set_font(&format!("9px {}", colors.mono));
            pen.set_fill_style_str(&colors.ink);
            pen.set_text_align("center");
            pen.set_text_baseline("bottom");
            // A name that does not fit is drawn narrower.
            let _ = pen.fill_text_with_max_width(
                &short(&cell.name),
                x + size / 2.0,
                y + size + 1.0,
                size - 4.0,
            );
        }
    }

    fn outlines(&self, pen: &Context) {
        let size = f64::from(self.tiles.size);
        let colors = &self.sprites.colors;
        let frame = |n: usize, color: &str, out: f64, width: f64| {
            if let Some((x, y)) = self.corner(n).filter(|_| self.visible(n)) {
                pen.set_stroke_style_str(color);
                pen.set_line_width(width);
                pen.stroke_rect(x - out, y - out, size + 2.0 * out, size + 2.0 * out);
            }
        };
        for n in &self.marked.picked {
            frame(*n, &colors.warn, 0.5, 1.5);
        }
        for n in self.marked.selected {
            frame(n, &colors.accent, 0.5, 2.0);
        }
        for n in self.marked.focus {
            frame(n, &colors.ink, 0.5, 1.5);
        }
    }
}
