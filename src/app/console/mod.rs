//! The kubectl console.
//!
//! Reading order: [`pane`] (what was printed), `prompt` and `keys` (the line to type), `deeds` (what they do).

mod deeds;

mod keys;

mod pane;

mod prompt;

pub use pane::Pane;
