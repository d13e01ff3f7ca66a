//! The kubectl console.
//!
//! Reading order: [`pane`] (what was printed), `prompt`, `state` and `keys` (the line to type), `deeds` (what they do).

mod deeds;

mod keys;

mod pane;

mod pasted;

mod prompt;

mod state;

pub use pane::Pane;
