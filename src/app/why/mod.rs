//! The right: why.

mod checks;

mod doings;

mod facts;

mod fixes;

mod pane;

mod place;

mod story;

mod trials;

pub use pane::Pane;
