//! How the middle takes in what changed: cells, their order, the cards that are mounted.

use super::state::{CARDS_MAX, GridScreen, Item, Sight, Undrawn, WINDOW};
use crate::app::screen::set;
use crate::k8s::Str;
use crate::view::arrange::arrange;
use crate::view::index::Index;
use crate::view::{Cell, Cells};
use leptos::prelude::*;
use std::sync::Arc;

impl GridScreen {
    /// Takes in what changed; the names of all nodes when some came or went.
    pub fn take(&self, index: &Index, cells: Cells) -> Option<Vec<Str>> {
        let mut names = None;
        let changed = match cells {
            Cells::All(cells) => {
                names = Some(cells.iter().map(|cell| cell.name.clone()).collect());
                self.cells.set_value(cells);
                self.undrawn.set_value(Undrawn::All);
                true
            }
            Cells::Some(cells) => self.change(cells),
        };
        if changed {
            self.beat.update(|beat| *beat += 1);
            let hole = |cells: &Vec<Cell>| {
                let empty = cells.iter().find(|cell| cell.look.mark.is_none());
                empty.map(|cell| cell.name.clone())
            };
            set(self.hole, self.cells.with_value(hole));
        }
        self.arrange(index, names.is_some());
        self.mount();
        names
    }

    fn change(&self, changed: Vec<Cell>) -> bool {
        let any = !changed.is_empty();
        self.cells.update_value(|cells| {
            self.undrawn.update_value(|undrawn| {
                for cell in changed {
                    let Ok(at) = cells.binary_search_by(|c| c.name.cmp(&cell.name)) else {
                        continue;
                    };
                    cells[at] = cell;
                    if let (Undrawn::Some(list), Ok(at)) = (&mut *undrawn, u32::try_from(at)) {
                        list.push(at);
                    }
                }
            });
        });
        any
    }

    /// Arranges anew when nodes came or went, another order was asked for, or, with many nodes not at every beat,
    /// their states may have moved them.
    fn arrange(&self, index: &Index, moved: bool) {
        let asked = self.asked.get_untracked();
        let beat = self.beat.get_untracked();
        let (last, at) = self.arranged.get_value();
        let many = self.cells.with_value(Vec::len) > CARDS_MAX;
        let late = beat > at + if many { 12 } else { 0 };
        if !moved && asked == last && (asked.plain() || !late) {
            return;
        }
        self.arranged.set_value((asked.clone(), beat));
        let groups = self
            .cells
            .with_value(|cells| Arc::new(arrange(index, cells, &asked)));
        if self.groups.with_untracked(|old| *old != groups) {
            self.undrawn.set_value(Undrawn::All);
            self.groups.set(groups);
        }
    }

    /// Which cards are mounted: all, or a window of them.
    fn mount(&self) {
        let items = untrack(|| {
            if self.seen() != Sight::Cards {
                return Vec::new();
            }
            let shown = self.shown();
            let window = if shown > CARDS_MAX {
                let from = self.window.get().min(shown.saturating_sub(1)) / WINDOW * WINDOW;
                from..from + WINDOW
            } else {
                0..shown
            };
            self.items(window)
        });
        set(self.mounted, items);
    }

    fn items(&self, window: std::ops::Range<usize>) -> Vec<Item> {
        let groups = self.groups.get();
        let titled = !self.asked.with(|asked| asked.group.is_empty());
        let mut items = Vec::new();
        let mut at = 0;
        self.cells.with_value(|cells| {
            for group in groups.iter() {
                let first = items.len();
                for i in &group.cells {
                    if window.contains(&at) {
                        let name = cells.get(*i as usize).map(|cell| cell.name.clone());
                        items.extend(name.map(Item::Node));
                    }
                    at += 1;
                }
                if titled && items.len() > first {
                    let title = Item::Title(group.title.clone(), group.cells.len());
                    items.insert(first, title);
                }
            }
        });
        items
    }
}
