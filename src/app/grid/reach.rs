//! What pointer and keyboard do on the field.

use super::field::Field;
use super::state::Sight;
use crate::app::screen::Selection;
use crate::view::tiles::{SIZE_MAX, SIZE_MIN};
use leptos::{ev, prelude::*};

impl Field {
    /// The cell at a point of the page.
    pub fn hit(self, x: i32, y: i32) -> Option<(usize, u32, u32)> {
        let scroller = self.scroller.get_untracked()?;
        let bounds = scroller.get_bounding_client_rect();
        let x = u32::try_from(x - bounds.left() as i32).ok()?;
        let y = u32::try_from(y - bounds.top() as i32).ok()?;
        let found = self
            .canvas
            .with_value(|canvas| canvas.tiles.hit(x, y + canvas.top))?;
        Some((found, x, y))
    }

    /// Selects the node at a place of the order.
    pub fn select(self, n: usize) {
        let Some(cell) = self.screen.grid.nth(n) else {
            return;
        };
        self.screen.grid.focus.set(n);
        self.screen.grid.anchor_set(&cell.name);
        self.screen.selection.set(Selection {
            node: cell.name,
            pod: None,
        });
        self.dispatch.show();
    }

    /// Adds the node at a place to those picked, or takes it out.
    pub fn pick(self, n: usize) {
        if let Some(cell) = self.screen.grid.nth(n) {
            self.screen.grid.focus.set(n);
            self.screen.grid.pick(&cell.name);
            self.screen.grid.anchor_set(&cell.name);
        }
    }

    /// Larger or smaller cells; beyond the largest the field turns into the cards around a cell.
    pub fn zoom(self, larger: bool, around: usize) {
        let now = self.canvas.with_value(|canvas| canvas.tiles.size);
        let next = if larger {
            (now * 5 / 4).max(now + 2)
        } else {
            now * 4 / 5
        };
        if larger && now >= SIZE_MAX {
            let grid = self.screen.grid;
            grid.window.set(around);
            grid.sight.set(Sight::Cards);
            self.dispatch.show();
            return;
        }
        self.size.set(next.clamp(SIZE_MIN, SIZE_MAX));
        self.lay();
        self.reveal(around);
    }

    /// Scrolls so that a cell is on the screen.
    pub fn reveal(self, n: usize) {
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        let place = self
            .canvas
            .with_value(|c| c.tiles.place(n).map(|(_, y)| (y, c.tiles.size)));
        let Some((y, size)) = place else { return };
        let (top, height) = (scroller.scroll_top(), scroller.client_height());
        let (y, size) = (
            i32::try_from(y).unwrap_or(0),
            i32::try_from(size).unwrap_or(0),
        );
        if y < top + size {
            scroller.set_scroll_top((y - size).max(0));
        } else if y + 2 * size > top + height {
            scroller.set_scroll_top(y + 2 * size - height);
        }
        self.scrolled();
    }

    /// A key was pressed on the field.
    pub fn key(self, event: &ev::KeyboardEvent) {
        let grid = self.screen.grid;
        let at = grid.focus.get_untracked();
        let to = self
            .canvas
            .with_value(|canvas| canvas.tiles.step(at, &event.key(), grid.shown_untracked()));
        if let Some(to) = to {
            event.prevent_default();
            event.stop_propagation();
            if event.shift_key() {
                self.stretch(at, to);
            }
            grid.focus.set(to);
            self.reveal(to);
            return;
        }
        match event.key().as_str() {
            "Enter" => self.select(at),
            " " => self.pick(at),
            "+" | "=" => self.zoom(true, at),
            "-" => self.zoom(false, at),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }
}
