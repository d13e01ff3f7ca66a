//! The left: what I want.

mod apply;

mod bundle;

mod files;

mod messages;

mod pane;

mod plain;

pub use pane::Pane;
