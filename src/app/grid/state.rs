//! What the middle of the page shows: cells of all nodes, their arrangement, the cards that are mounted.

use crate::app::screen::set;
use crate::k8s::Str;
use crate::view::arrange::{Arrangement, Group, arrange};
use crate::view::index::Index;
use crate::view::{Cell, Cells};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Above this many nodes cards give way to the field.
pub const CARDS_MAX: usize = 300;

/// Cards mounted at once when there are more nodes than [`CARDS_MAX`].
pub const WINDOW: usize = 60;

/// How a person wants to see the nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sight {
    /// Cards, and the field when there are too many.
    #[default]
    Auto,
    Cards,
    Field,
    List,
}

/// One child of the grid of cards.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Item {
    /// The title of a group and how many nodes it has.
    Title(Str, usize),
    Node(Str),
}

/// What the canvas has not drawn yet.
#[derive(Clone, Debug)]
pub enum Undrawn {
    All,
    Some(Vec<u32>),
}

/// The signals of the middle.
#[derive(Clone, Copy)]
pub struct GridScreen {
    pub sight: RwSignal<Sight>,
    pub asked: RwSignal<Arrangement>,
    /// Selected for a deed on several.
    pub picked: RwSignal<BTreeSet<Str>>,
    /// Cards have a box to pick them by.
    pub picking: RwSignal<bool>,
    pub groups: RwSignal<Arc<Vec<Group>>>,
    /// All nodes, by name.
    pub cells: StoredValue<Vec<Cell>>,
    /// Grows when a cell changed.
    pub beat: RwSignal<u64>,
    pub undrawn: StoredValue<Undrawn>,
    /// The first card of the window, when not all are mounted.
    pub window: RwSignal<usize>,
    pub mounted: RwSignal<Vec<Item>>,
    /// The first node without a pod of the DaemonSet in front.
    pub hole: RwSignal<Option<Str>>,
    /// The place in the order that the keyboard is on.
    pub focus: RwSignal<usize>,
    arranged: StoredValue<(Arrangement, u64)>,
}

impl Default for GridScreen {
    fn default() -> Self {
        Self {
            sight: RwSignal::new(Sight::default()),
            asked: RwSignal::new(Arrangement::default()),
            picked: RwSignal::new(BTreeSet::new()),
            picking: RwSignal::new(false),
            groups: RwSignal::new(Arc::new(Vec::new())),
            cells: StoredValue::new(Vec::new()),
            beat: RwSignal::new(0),
            undrawn: StoredValue::new(Undrawn::All),
            window: RwSignal::new(0),
            mounted: RwSignal::new(Vec::new()),
            hole: RwSignal::new(None),
            focus: RwSignal::new(0),
            arranged: StoredValue::new((Arrangement::default(), 0)),
        }
    }
}

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
