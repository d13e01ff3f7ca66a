//! The middle: what is.

mod state;

mod counters;

mod revisions;

mod middle;

mod toolbar;

mod filters;

mod cards;

mod field;

mod canvas;

mod sprite;

mod zoom;

mod legend;

mod list;

mod deeds;

mod bulk;

mod faults;

mod picture;

pub use cards::Grid;
pub use counters::CountersRow;
pub use middle::Middle;
pub use revisions::hue;
pub use state::GridScreen;
