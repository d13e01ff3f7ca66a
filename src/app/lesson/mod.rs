//! The lessons' tab: a list, or one lesson with its steps; the console beside it.
//!
//! Reading order: [`state`] (which lesson is open, what was reached), [`pane`], `list`, `course`, `step`.

mod course;

mod list;

mod pane;

mod state;

mod step;

pub use pane::Pane;
pub use state::Lessons;
