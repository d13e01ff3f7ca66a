//! Picking several nodes at once: with Shift, all from the one picked last to this one.

use super::field::Field;
use super::state::GridScreen;
use crate::k8s::Str;
use crate::k8s::ordered::BTreeSet;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

impl GridScreen {
    /// A click that picks instead of selecting; true when it was one.
    pub fn picks(&self, event: &ev::MouseEvent, name: &Str) -> bool {
        if event.shift_key() {
            self.reach(name);
        } else if event.ctrl_key() || event.meta_key() {
            self.pick(name);
            self.anchor_set(name);
        } else {
            self.anchor_set(name);
            return false;
        }
        true
    }

    /// Ranges begin here from now on.
    pub fn anchor_set(&self, name: &Str) {
        self.anchor.set_value(name.clone());
    }

    /// With nothing picked, a range begins here.
    fn begin(&self, name: &Str) {
        if self.picked.with_untracked(BTreeSet::is_empty) {
            self.anchor_set(name);
        }
    }

    /// Picks all from where the range begins up to a node; it begins there if it began nowhere.
    pub fn reach(&self, name: &Str) {
        let Some(to) = self.position(name) else {
            return;
        };
        let from = self.anchor.with_value(|anchor| self.position(anchor));
        let from = from.unwrap_or_else(|| {
            self.anchor_set(name);
            to
        });
        let range = self.slice_untracked(from.min(to)..from.max(to) + 1);
        let names: BTreeSet<Str> = range.into_iter().map(|(_, cell)| cell.name).collect();
        self.picked.update(|picked| picked.extend(names));
    }

    /// Shift and an arrow on the name of a node: the range reaches to its neighbor, which takes the focus.
    pub fn stretch(&self, event: &ev::KeyboardEvent, name: &Str) {
        if !event.shift_key() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let Some(at) = self.position(name) else {
            return;
        };
        let to = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => Some(at + 1),
            "ArrowLeft" | "ArrowUp" => at.checked_sub(1),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        self.begin(name);
        if let Some(cell) = to.and_then(|to| self.nth(to)) {
            self.reach(&cell.name);
            focus(&cell.name);
        }
    }
}

impl Field {
    /// Picks all from the node picked last up to the one at a place.
    pub fn reach(self, n: usize) {
        if let Some(cell) = self.screen.grid.nth(n) {
            self.screen.grid.focus.set(n);
            self.screen.grid.reach(&cell.name);
        }
    }

    /// The range reaches from a place to its neighbor.
    pub fn stretch(self, at: usize, to: usize) {
        let grid = self.screen.grid;
        if let Some(cell) = grid.nth(at) {
            grid.begin(&cell.name);
        }
        self.reach(to);
    }
}

/// The name of a node takes the focus, where it is on the page.
fn focus(name: &Str) {
    let found = document().query_selector(&format!("button.name[data-of=\"{name}\"]"));
    let button = found.ok().flatten();
    if let Some(button) = button.and_then(|b| b.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A button of this page can take the focus.
        let _ = button.focus();
    }
}
