//! What the page shows about keeping: branches, notices, what storage says.

use super::compare::Beside;
use super::crash;
use crate::app::editor::Waiting;
use crate::app::held::Held;
use crate::app::screen::set;
use crate::app::session::{Session, use_dispatch};
use crate::view::{BranchRow, Say};
use leptos::prelude::*;

/// What became of the last attempt to save.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Saved {
    /// Nothing was there to save yet.
    Nothing,
    /// All is in the storage.
    All,
    /// The storage is full or forbidden.
    Failed,
}

/// What is kept and shared: the handle that components hold.
pub type Keep = Held<KeepCells>;

/// The cells of keeping and sharing.
pub struct KeepCells {
    /// Changes with everything that a link holds, but the passing of time.
    pub changed: RwSignal<(usize, u64, u64)>,
    /// Changes with the area under the time line's marks.
    pub phases: RwSignal<(u32, u64)>,
    pub undoable: RwSignal<bool>,
    pub redoable: RwSignal<bool>,
    pub branches: RwSignal<Vec<BranchRow>>,
    /// The branch that stands beside the line in front.
    pub beside: RwSignal<Option<u32>>,
    pub compare: Beside,
    /// A sentence over the page, until it is taken away.
    pub notice: RwSignal<Option<Say>>,
    /// Thousandths of a run that is being opened.
    pub opening: RwSignal<Option<u64>>,
    /// The name of the workspace; empty while it has none.
    pub workspace: RwSignal<String>,
    pub saved: RwSignal<Saved>,
    /// Applies to come.
    pub later: RwSignal<Vec<Waiting>>,
    /// The speed to go back to when the run has come to rest.
    pub speed_before: StoredValue<Option<f64>>,
}

impl Default for KeepCells {
    fn default() -> Self {
        Self {
            changed: RwSignal::new((0, 0, 0)),
            phases: RwSignal::new((0, 0)),
            undoable: RwSignal::new(false),
            redoable: RwSignal::new(false),
            branches: RwSignal::new(Vec::new()),
            beside: RwSignal::new(None),
            compare: Beside::default(),
            notice: RwSignal::new(None),
            opening: RwSignal::new(None),
            workspace: RwSignal::new(String::new()),
            saved: RwSignal::new(Saved::Nothing),
            later: RwSignal::new(Vec::new()),
            speed_before: StoredValue::new(None),
        }
    }
}

impl KeepCells {
    /// A deed begins: if it breaks the page, the page says which one it was.
    pub fn doing(&self, deed: &str) {
        crash::doing(deed);
    }

    /// Shows the lines of time of a session.
    pub fn show(&self, session: &Session) {
        let (history, branches) = (&session.history, &session.branches);
        let (undoable, redoable) = session.moves();
        set(self.undoable, undoable);
        set(self.redoable, redoable);
        let changed = (
            history.log().len(),
            branches.version(),
            session.deferred.version(),
        );
        // The end of the line grows with every frame; the list is made when it is looked at.
        if self.changed.with_untracked(|old| *old != changed) {
            self.branches.set(branches.rows(history));
            self.changed.set(changed);
        }
        crash::shown(history);
    }

    /// Shows the area under the time line's marks.
    pub fn line(&self, session: &Session) {
        let front = session.branches.front().id;
        set(self.phases, (front, session.phases.version()));
    }

    /// The rows of the branches as they are now.
    pub fn rows(&self, session: &Session) {
        self.branches.set(session.branches.rows(&session.history));
    }

    pub fn say(&self, say: Say) {
        self.notice.set(Some(say));
    }
}

/// The page's cells of keeping and sharing.
pub fn use_keep() -> Keep {
    use_dispatch().keep
}
