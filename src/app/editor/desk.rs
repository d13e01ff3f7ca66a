//! `Desk`: what the left column keeps for itself: the plan of the text, what is asked, what is to come.

use crate::view::plan::{Plan, PlanRun};
use leptos::prelude::*;

/// What is known about applying the text in front.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Outlook {
    /// There is nothing to say yet.
    #[default]
    Nothing,
    /// The cluster has all of it already.
    Same,
    /// It would be refused; the messages say why.
    Refused,
    /// A copy of the cluster runs ahead; so many simulated milliseconds so far.
    Ahead(u64),
    Known(Plan),
}

/// A question of the left column that waits for an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    New,
    Rename,
    Delete,
    /// When to apply.
    Later,
}

/// The signals of the left column.
#[derive(Clone, Copy)]
pub struct Desk {
    pub outlook: RwSignal<Outlook>,
    /// The outlook is one of an earlier text.
    pub stale: RwSignal<bool>,
    /// The difference is shown instead of the text.
    pub diff: RwSignal<bool>,
    pub ask: RwSignal<Option<Ask>>,
    /// Why the last deed with a file did not work; empty when it did.
    pub trouble: RwSignal<&'static str>,
    /// The copy that runs ahead, and the look that it belongs to.
    pub(super) run: StoredValue<Option<PlanRun>, LocalStorage>,
    pub(super) look: StoredValue<u64>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            outlook: RwSignal::new(Outlook::default()),
            stale: RwSignal::new(false),
            diff: RwSignal::new(false),
            ask: RwSignal::new(None),
            trouble: RwSignal::new(""),
            run: StoredValue::new_local(None),
            look: StoredValue::new(0),
        }
    }
}

/// The left column's signals.
pub fn use_desk() -> Desk {
    expect_context()
}
