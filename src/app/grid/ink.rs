//! The strokes of the field: one cell, its name, the outlines.

use super::canvas::Canvas;
use super::sprite::short;
use crate::view::{Cell, Look};
use web_sys::CanvasRenderingContext2d as Context;

impl Canvas {
    pub(super) fn set(&mut self, place: usize, look: Look) {
        if let Some(drawn) = self.drawn.get_mut(place) {
            *drawn = look;
        }
    }

    fn corner(&self, n: usize) -> Option<(f64, f64)> {
        let (x, y) = self.tiles.place(n)?;
        Some((f64::from(x), f64::from(y) - f64::from(self.top)))
    }

    pub(super) fn visible(&self, n: usize) -> bool {
        let size = f64::from(self.tiles.size);
        self.corner(n)
            .is_some_and(|(_, y)| y + size >= 0.0 && y <= f64::from(self.height))
    }

    /// Copies a cell, or a part of it from the left.
    pub(super) fn cell(&mut self, pen: &Context, n: usize, look: Look, part: f64) {
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
    pub(super) fn name(&self, pen: &Context, n: usize, cells: &[Cell]) {
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

    pub(super) fn outlines(&self, pen: &Context) {
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
        if let Some(n) = self.marked.selected {
            frame(n, &colors.accent, 0.5, 2.0);
        }
        if let Some(n) = self.marked.focus {
            frame(n, &colors.ink, 0.5, 1.5);
        }
    }
}
