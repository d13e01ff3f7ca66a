//! The tabs under the time line: console, events, the controller's insides, API log, lessons.

mod api_log;

mod events;

mod field;

mod grip;

mod insides;

mod moment;

mod pane;

mod revisions;

mod step;

mod tab;

pub use pane::Pane;
pub use tab::{Bottom, Tab, use_bottom};
