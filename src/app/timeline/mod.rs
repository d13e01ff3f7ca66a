//! The bottom: when.

mod bar;

mod track;

pub use bar::Bar;
