//! When what of the field is drawn again.

use super::canvas::Marked;
use super::field::Field;
use super::state::Undrawn;
use crate::app::spare::clock;
use crate::k8s::ordered::BTreeSet;
use leptos::prelude::*;

impl Field {
    /// Draws what changed.
    pub fn changed(self) {
        let grid = self.screen.grid;
        let undrawn = grid
            .undrawn
            .try_update_value(|undrawn| std::mem::replace(undrawn, Undrawn::Some(Vec::new())));
        match undrawn {
            Some(Undrawn::Some(list)) => {
                let now = clock();
                self.with(|canvas, element, cells| canvas.change(element, cells, &list, now));
                self.sweep();
            }
            Some(Undrawn::All) | None => self.lay(),
        }
    }

    /// Asks for frames until every sweep is over.
    fn sweep(self) {
        if self.sweeping.get_value() {
            return;
        }
        self.sweeping.set_value(true);
        request_animation_frame(move || {
            // The field may be gone by now.
            if self.sweeping.try_set_value(false).is_some() {
                return;
            }
            let mut more = false;
            self.with(|canvas, element, _| more = canvas.sweep(element, clock()));
            if more {
                self.sweep();
            }
        });
    }

    /// What stands out now.
    pub fn marked(self) -> Marked {
        let grid = self.screen.grid;
        let selected = self.screen.selection.with_untracked(|s| s.node.clone());
        let picked = grid.picked.get_untracked();
        let position = |name: &crate::k8s::Str| grid.position(name);
        let focused = self
            .scroller
            .get_untracked()
            .is_some_and(|s| document().active_element().as_ref() == Some(s.as_ref()));
        Marked {
            lit: self.screen.lit.get_untracked(),
            selected: grid.position(&selected),
            focus: focused.then(|| grid.focus.get_untracked()),
            picked: picked.iter().filter_map(position).collect::<BTreeSet<_>>(),
        }
    }
}
