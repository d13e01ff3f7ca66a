//! `Screen`: what to show. One signal per cell, kept by name; `patch` sets only cells whose value changed.

use super::grid::GridScreen;
use super::held::Held;
use super::terminal::Line;
use super::words::Language;
use crate::k8s::Str;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::view::{Counter, Diagnostic, Frame, NodeCard, SetRow};
use leptos::prelude::*;

/// What a person points at: the right-hand pane explains it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Selection {
    pub node: Str,
    /// The pod in the slot, when there is one.
    pub pod: Option<Str>,
}

/// The answer to the last apply.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    pub text: String,
    pub refused: bool,
}

/// A file of the editor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    pub name: String,
    pub text: String,
    /// The text that was applied last; none before the first time.
    pub applied: Option<String>,
}

/// What the page shows: the handle that components hold.
pub type Screen = Held<Cells>;

/// The cells of the page.
pub struct Cells {
    /// Milliseconds since people arrived, at the present moment and at the end of the line.
    pub elapsed: RwSignal<u64>,
    pub end: RwSignal<u64>,
    /// Changes when the marks of the time line did.
    pub marks: RwSignal<u64>,
    pub playing: RwSignal<bool>,
    pub speed: RwSignal<f64>,
    pub sets: RwSignal<Vec<SetRow>>,
    /// The uid of the DaemonSet whose counters and slots are in front.
    pub set: RwSignal<Str>,
    /// All nodes, by name.
    pub names: RwSignal<Vec<Str>>,
    /// The middle: cells, their order, the cards that are mounted.
    pub grid: GridScreen,
    cards: StoredValue<BTreeMap<Str, ArcRwSignal<NodeCard>>>,
    pub selection: RwSignal<Selection>,
    /// The counter that was touched: the nodes it counts light up.
    pub lit: RwSignal<Option<Counter>>,
    pub files: RwSignal<Vec<File>>,
    /// Index of the file in the editor.
    pub file: RwSignal<usize>,
    pub diagnostics: RwSignal<Vec<Diagnostic>>,
    pub answer: RwSignal<Answer>,
    pub lines: RwSignal<Vec<Line>>,
    /// The section in front on a narrow screen: `want`, `is`, `why`, `console`.
    pub section: RwSignal<&'static str>,
    pub language: RwSignal<Language>,
    /// The newest message for screen readers.
    pub said: RwSignal<String>,
}

impl Default for Cells {
    fn default() -> Self {
        Self {
            elapsed: RwSignal::new(0),
            end: RwSignal::new(0),
            marks: RwSignal::new(0),
            playing: RwSignal::new(true),
            speed: RwSignal::new(1.0),
            sets: RwSignal::new(Vec::new()),
            set: RwSignal::new(Str::default()),
            names: RwSignal::new(Vec::new()),
            grid: GridScreen::default(),
            cards: StoredValue::new(BTreeMap::new()),
            selection: RwSignal::new(Selection::default()),
            lit: RwSignal::new(None),
            files: RwSignal::new(Vec::new()),
            file: RwSignal::new(0),
            diagnostics: RwSignal::new(Vec::new()),
            answer: RwSignal::new(Answer::default()),
            lines: RwSignal::new(Vec::new()),
            section: RwSignal::new("is"),
            language: RwSignal::new(Language::default()),
            said: RwSignal::new(String::new()),
        }
    }
}

impl Cells {
    /// Shows a whole moment.
    pub fn patch(&self, frame: Frame) {
        let names: Vec<Str> = frame.nodes.iter().map(|card| card.name.clone()).collect();
        self.grid.show(&names);
        self.paint(frame.elapsed, frame.sets, &names, frame.nodes);
        set(self.names, names);
    }

    /// Shows what changed: `kept` are the nodes that have a card, `cards` those of them that read differently.
    pub fn paint(&self, elapsed: u64, sets: Vec<SetRow>, kept: &[Str], cards: Vec<NodeCard>) {
        set(self.elapsed, elapsed);
        self.cards.update_value(|all| {
            if all.len() + cards.len() > kept.len() {
                let kept: BTreeSet<&Str> = kept.iter().collect();
                all.retain(|name, _| kept.contains(name));
            }
            for card in cards {
                match all.get(&card.name) {
                    Some(cell) => {
                        if cell.with_untracked(|old| *old != card) {
                            cell.set(card);
                        }
                    }
                    None => {
                        all.insert(card.name.clone(), ArcRwSignal::new(card));
                    }
                }
            }
        });
        if self.sets.with_untracked(|old| *old != sets) {
            let front = self.set.get_untracked();
            if !sets.iter().any(|row| row.uid == front) {
                let uid = sets.first().map(|row| row.uid.clone()).unwrap_or_default();
                self.set.set(uid);
            }
            self.sets.set(sets);
        }
    }

    /// The cell of a node whose card is on the screen, or that is selected.
    pub fn card(&self, name: &Str) -> Option<ArcRwSignal<NodeCard>> {
        self.cards.with_value(|cards| cards.get(name).cloned())
    }

    /// The DaemonSet in front.
    pub fn front(&self) -> Option<SetRow> {
        let uid = self.set.get();
        self.sets
            .with(|sets| sets.iter().find(|row| row.uid == uid).cloned())
    }
}

/// Sets a signal when the value differs.
pub fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

/// Follows a memo by reading it: one that is tracked while it is due, and not read, hears of no further change.
pub fn heed<T: Send + Sync + 'static>(memo: Memo<T>) {
    memo.with(|_| ());
}

/// The screen of the page.
pub fn use_screen() -> Screen {
    expect_context()
}
