//! What the middle of the page shows: cells of all nodes, their arrangement, the cards that are mounted.

use crate::k8s::Str;
use crate::k8s::ordered::BTreeSet;
use crate::view::Cell;
use crate::view::arrange::{Arrangement, Group};
use leptos::prelude::*;
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
    /// What changes is seen to move: not while a view is being put up, not after a jump through time.
    pub moving: StoredValue<bool>,
    /// Grows when the colors became others.
    pub dress: RwSignal<u32>,
    /// The node from which a range is picked.
    pub(super) anchor: StoredValue<Str>,
    pub(super) arranged: StoredValue<(Arrangement, u64)>,
}

impl GridScreen {
    /// Shows something without motion: what changes afterwards is seen to move.
    pub fn still(&self, show: impl FnOnce()) {
        let moving = self.moving;
        moving.set_value(false);
        show();
        // The effects of what was shown run before the next frame.
        request_animation_frame(move || {
            moving.try_set_value(true);
        });
    }
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
            moving: StoredValue::new(false),
            dress: RwSignal::new(0),
            anchor: StoredValue::new(Str::default()),
            arranged: StoredValue::new((Arrangement::default(), 0)),
        }
    }
}
