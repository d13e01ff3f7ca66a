//! One moment of the world as plain screen values, without web types: what the page shows.
//!
//! Reading order: [`repaint`] (what changed since the last one), [`frame`] (one whole moment), [`index`], [`field`],
//! [`daemon_set`], [`node`], [`pod`] (its pieces),
//! [`explain`] (why a pod is, or is not, on a node), [`timeline`] (the marks of a run), [`age`].

pub mod frame;

pub mod repaint;

pub mod index;

pub mod field;

pub mod counted;

pub mod arrange;

pub mod tiles;

pub mod joining;

pub mod picture;

pub mod capacity;

pub mod daemon_set;

pub mod node;

pub mod pod;

pub mod explain;

pub mod fix;

pub mod manifest;

pub mod trial;

pub mod pending;

pub mod origin;

pub mod life;

pub mod facts;

pub mod events;

pub mod insides;

pub mod api_log;

pub mod doings;

pub mod diagnose;

pub mod timeline;

pub mod plan;

pub mod diff;

pub mod file_name;

pub mod nodes_text;

pub mod complete;

pub mod phases;

pub mod deed;

pub mod branches;

pub mod compare;

pub mod settle;

pub mod came;

pub mod deferred;

pub mod written;

pub mod chips;

pub mod age;

pub mod say;

pub use arrange::{Arrangement, Group, Sort, Want};
pub use branches::{BranchRow, Branches};
pub use came::{Came, came};
pub use capacity::Gauge;
pub use counted::{Counted, Counter};
pub use daemon_set::{Counters, RevisionRow, SetRow};
pub use diagnose::Diagnostic;
pub use explain::{Check, Outcome, Verdict};
pub use field::{Cell, Dot, Look};
pub use fix::Fix;
pub use frame::Frame;
pub use index::Cells;
pub use node::{LabelChip, NodeCard, OtherPod, Slot, TaintChip};
pub use phases::Phases;
pub use pod::{PodState, PodToken};
pub use repaint::{Asked, Painter, Repaint};
pub use say::Say;
pub use timeline::{Mark, MarkKind, Marks};
