//! The right: why.

mod checks;

mod facts;

mod pane;

pub use pane::Pane;
