//! What applying a text will do, before it is done: a copy of the cluster runs ahead until it settles.
//!
//! Reading order: [`run`] (the copy and its time), [`books`] (what is watched on the way), [`places`] (one node before and
//! after), [`template`] (which fields of a template differ), [`loads`] (other workloads), [`lines`] (the sentences).

pub mod run;

mod books;

mod loads;

mod places;

mod template;

mod lines;

pub use run::{EVENTS_A_LOOK, End, PlanRun};

use super::Say;

/// What a line is about, what matters most first; the page gives each a mark of its own beside the words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tone {
    /// An object is made or changed.
    Object,
    Created,
    Replaced,
    Deleted,
    /// Something does not come up.
    Trouble,
    /// It did not settle.
    Unsettled,
    /// No pod belongs here.
    Hole,
    Revision,
    /// What is available on the way.
    Lowest,
    /// It keeps the old template for now.
    Old,
    /// A pod stays as it is.
    Same,
    Warning,
}

impl Tone {
    /// As attributes write it.
    pub const fn name(self) -> &'static str {
        match self {
            Tone::Object => "object",
            Tone::Created => "created",
            Tone::Replaced => "replaced",
            Tone::Deleted => "deleted",
            Tone::Same => "same",
            Tone::Old => "old",
            Tone::Hole => "hole",
            Tone::Trouble => "trouble",
            Tone::Revision => "revision",
            Tone::Lowest => "lowest",
            Tone::Unsettled => "unsettled",
            Tone::Warning => "warning",
        }
    }
}

/// One line of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub tone: Tone,
    /// The object it is about, when the plan is about several.
    pub about: String,
    /// Sentences; the page puts a dot between them.
    pub says: Vec<Say>,
    /// The nodes that it is about, each with what is special there (or nothing).
    pub nodes: Vec<(String, String)>,
    /// The revision that gives the color; 0 when none does.
    pub revision: i64,
}

/// What applying will do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    pub lines: Vec<Line>,
    pub end: Option<End>,
}

impl Line {
    fn new(tone: Tone, say: Say) -> Self {
        Self {
            tone,
            about: String::new(),
            says: vec![say],
            nodes: Vec::new(),
            revision: 0,
        }
    }

    /// The line in English.
    pub fn english(&self) -> String {
        let says: Vec<String> = self.says.iter().map(ToString::to_string).collect();
        says.join(" · ")
    }
}

impl Plan {
    /// The lines of a tone, in English.
    pub fn of(&self, tone: Tone) -> Vec<String> {
        let lines = self.lines.iter().filter(|line| line.tone == tone);
        lines.map(Line::english).collect()
    }
}
