//! Keeping and sharing a run: links, files, storage; undo; lines of time side by side.
//!
//! Reading order: [`state`] (what the page shows about it), [`document`] (session to document and back),
//! [`start`] (what the page opens with), [`autosave`], [`storage`], then the components.

mod state;

mod document;

pub mod start;

mod storage;

mod autosave;

mod address;

mod clipboard;

mod file;

mod share;

mod workspaces;

mod workspace_rows;

mod popover;

mod notice;

mod moves;

mod branches;

mod compare;

pub mod crash;

pub use branches::BranchMenu;
pub use compare::Compare;
pub use moves::UndoRedo;
pub use notice::Notice;
pub use share::Share;
pub use state::{Keep, use_keep};
pub use workspaces::Workspaces;
