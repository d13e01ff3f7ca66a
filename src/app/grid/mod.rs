//! The middle: what is.

mod state;

mod take;

mod order;

mod range;

mod room;

mod row;

mod pick_box;

mod counters;

mod revisions;

mod set_name;

mod middle;

mod toolbar;

mod filters;

mod asked;

mod count;

mod cards;

mod field;

mod field_view;

mod redraw;

mod reach;

mod pointer;

mod fingers;

mod canvas;

mod sweep;

mod ink;

mod sprite;

mod draw;

mod shape;

mod colors;

mod zoom;

mod legend;

mod list;

mod deeds;

mod bulk;

mod faults;

mod wrong;

mod picture;

pub use cards::Grid;
pub use counters::CountersRow;
pub use middle::Middle;
pub use pick_box::PickBox;
pub use revisions::hue;
pub use state::GridScreen;
