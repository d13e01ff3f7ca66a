//! The right: why.

mod checks;

mod doings;

mod facts;

mod fixes;

mod insert;

mod pane;

mod place;

mod story;

mod tables;

mod trials;

pub use pane::Pane;
