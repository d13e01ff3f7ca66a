//! The kubectl console.
//!
//! Reading order: [`pane`] (what was printed), `prompt` (the line to type), `deeds` (what they do).

mod deeds;

mod pane;

mod prompt;

pub use pane::Pane;
