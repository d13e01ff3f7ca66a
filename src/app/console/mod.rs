//! The kubectl console.

mod pane;

pub use pane::Pane;
