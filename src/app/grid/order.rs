//! The nodes in the order that they are shown in.

use super::state::{CARDS_MAX, GridScreen, Item, Sight};
use crate::app::screen::set;
use crate::k8s::Str;
use crate::view::Cell;
use leptos::prelude::*;

impl GridScreen {
    /// The nodes shown, after filters.
    pub fn shown(&self) -> usize {
        let groups = self.groups.read();
        groups.iter().map(|group| group.cells.len()).sum()
    }

    /// As [`GridScreen::shown`], for handlers.
    pub fn shown_untracked(&self) -> usize {
        untrack(|| self.shown())
    }

    /// Picks a node, or drops it.
    pub fn pick(&self, name: &Str) {
        self.picked.update(|picked| {
            if !picked.remove(name) {
                picked.insert(name.clone());
            }
        });
    }

    /// How the nodes are seen: never `Auto`.
    pub fn seen(&self) -> Sight {
        match self.sight.get() {
            Sight::Auto if self.shown() > CARDS_MAX => Sight::Field,
            Sight::Auto => Sight::Cards,
            sight => sight,
        }
    }

    /// The names of the cards that are mounted.
    pub fn cards(&self) -> Vec<Str> {
        let name = |item: &Item| match item {
            Item::Node(name) => Some(name.clone()),
            Item::Title(..) => None,
        };
        self.mounted
            .with_untracked(|items| items.iter().filter_map(name).collect())
    }

    /// The cell at a place in the order.
    pub fn nth(&self, n: usize) -> Option<Cell> {
        let groups = self.groups.read_untracked();
        let i = *groups.iter().flat_map(|group| &group.cells).nth(n)?;
        self.cells
            .with_value(|cells| cells.get(i as usize).cloned())
    }

    /// The cells at places of the order, with their places.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Vec<(usize, Cell)> {
        let groups = self.groups.read();
        let order = groups.iter().flat_map(|group| &group.cells);
        let places = order.enumerate().skip(range.start).take(range.len());
        self.cells.with_value(|cells| {
            let cell = |(n, i): (usize, &u32)| Some((n, cells.get(*i as usize)?.clone()));
            places.filter_map(cell).collect()
        })
    }

    /// As [`GridScreen::slice`], for handlers.
    pub fn slice_untracked(&self, range: std::ops::Range<usize>) -> Vec<(usize, Cell)> {
        untrack(|| self.slice(range))
    }

    /// The place of a node in the order.
    pub fn position(&self, name: &str) -> Option<usize> {
        let groups = self.groups.read_untracked();
        let mut order = groups.iter().flat_map(|group| &group.cells);
        self.cells.with_value(|cells| {
            order.position(|i| cells.get(*i as usize).is_some_and(|c| c.name == *name))
        })
    }

    /// Shows nodes that were made by hand, each as a card.
    pub fn show(&self, names: &[Str]) {
        set(
            self.mounted,
            names.iter().cloned().map(Item::Node).collect(),
        );
    }
}
