//! The left: what I want.
//!
//! Reading order: [`desk`] (its signals), [`deeds`] (what it does), [`ahead`] (looking ahead), [`pane`] and the
//! components in it.

mod ahead;

mod apply;

mod asked;

mod attempt;

mod bundle;

mod deeds;

pub mod desk;

mod difference;

mod edit_session;

mod file_deeds;

mod files;

mod later;

mod later_list;

mod messages;

mod more;

pub mod nodes;

mod noted;

mod outlook;

mod pane;

mod plain;

mod plan;

mod transfer;

mod undone;

pub use later::{Done, Waiting};
use later_list::Later;
pub use noted::noted;
pub use pane::Pane;
