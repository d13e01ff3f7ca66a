//! The dense field: its layout, and when what is drawn.

use super::canvas::Canvas;
use super::state::Undrawn;
use crate::app::screen::{Screen, use_screen};
use crate::app::session::{Dispatch, use_dispatch};
use crate::view::Cell;
use crate::view::tiles::Tiles;
use leptos::{html, prelude::*};
use web_sys::HtmlCanvasElement;

/// The parts of the field.
#[derive(Clone, Copy)]
pub struct Field {
    pub screen: Screen,
    pub dispatch: Dispatch,
    pub canvas: StoredValue<Canvas, LocalStorage>,
    pub element: NodeRef<html::Canvas>,
    pub scroller: NodeRef<html::Div>,
    /// The size of a cell; 0 fits all of them on the screen.
    pub size: RwSignal<u32>,
    /// The height of the whole field.
    pub tall: RwSignal<u32>,
    /// The cell under the pointer, and where the tip stands.
    pub over: RwSignal<Option<(usize, u32, u32)>>,
    pub(super) sweeping: StoredValue<bool>,
}

impl Field {
    pub fn new() -> Self {
        Self {
            screen: use_screen(),
            dispatch: use_dispatch(),
            canvas: StoredValue::new_local(Canvas::default()),
            element: NodeRef::new(),
            scroller: NodeRef::new(),
            size: RwSignal::new(0),
            tall: RwSignal::new(0),
            over: RwSignal::new(None),
            sweeping: StoredValue::new(false),
        }
    }

    pub(super) fn with(self, act: impl FnOnce(&mut Canvas, &HtmlCanvasElement, &[Cell])) {
        if let Some(element) = self.element.get_untracked() {
            let cells = self.screen.grid.cells;
            cells.with_value(|cells| {
                self.canvas
                    .update_value(|canvas| act(canvas, &element, cells));
            });
        }
    }

    /// Lays the cells out and draws everything.
    pub fn lay(self) {
        let grid = self.screen.grid;
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        let groups = grid.groups.get_untracked();
        let counts: Vec<usize> = groups.iter().map(|group| group.cells.len()).collect();
        let titled = grid.asked.with_untracked(|asked| !asked.group.is_empty());
        let side = |px: i32| u32::try_from(px).unwrap_or(0);
        let (width, height) = (
            side(scroller.client_width()),
            side(scroller.client_height()),
        );
        let size = self.size.get_untracked();
        let tiles = if size == 0 {
            Tiles::fit(width, height, &counts, titled)
        } else {
            Tiles::new(size, width, &counts, titled)
        };
        crate::app::screen::set(self.tall, tiles.height);
        let top = side(scroller.scroll_top()).min(tiles.height.saturating_sub(height));
        let order = groups
            .iter()
            .flat_map(|group| group.cells.iter().copied())
            .collect();
        let calm = window().match_media("(prefers-reduced-motion: reduce)");
        let calm = calm.ok().flatten().is_some_and(|media| media.matches());
        let marked = self.marked();
        self.with(|canvas, element, cells| {
            canvas.calm = calm;
            (canvas.width, canvas.height, canvas.top) = (width, height, top);
            canvas.tiles = tiles;
            canvas.arrange(order, cells);
            canvas.draw(element, cells, marked);
        });
        grid.undrawn.set_value(Undrawn::Some(Vec::new()));
    }

    /// Draws the part of the field that was scrolled to.
    pub fn scrolled(self) {
        let top = self.scroller.get_untracked().map_or(0, |s| s.scroll_top());
        let marked = self.marked();
        self.with(|canvas, element, cells| {
            canvas.top = u32::try_from(top).unwrap_or(0);
            canvas.draw(element, cells, marked);
        });
    }
}
