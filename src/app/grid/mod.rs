//! The middle: what is.

mod counters;

mod field;

mod revisions;

pub use counters::CountersRow;
pub use field::Grid;
pub use revisions::hue;
