//! The kubectl console.
//!
//! Reading order: [`pane`] (what was printed), `prompt`, `state` and `keys` (the line to type), `deeds` (what they do), [`run`] (commands
//! that stand elsewhere on the page).

mod deeds;

mod keys;

mod pane;

mod pasted;

mod prompt;

mod run;

mod state;

pub use pane::Pane;
pub use run::{Noted, RunLine};
