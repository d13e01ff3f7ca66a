//! The console: a typed line becomes text and commands.
//!
//! Reading order: [`session`] (what a terminal remembers), [`shell`] (the language of lines), [`task`] (a running
//! program), [`runner`] (pipelines of them), [`flow`] (loops and conditions), [`job`] (a line being worked off, kept and
//! polled by the caller), [`programs`] (everything but kubectl), [`kubectl`] (finding commands, flags, arguments to
//! objects; how a verb is written), [`verb`] (one file each), [`mod@print`] (tables and descriptions), [`error`]
//! (refusals as text).
//!
//! Reads go to `cluster.api()`; the only door for changes is `cluster.dispatch`.

pub mod session;

pub mod files;

pub mod shell;

pub mod task;

pub mod runner;

mod flow;

pub mod job;

pub mod programs;

pub mod args;

pub mod error;

pub mod kubectl;

pub mod verb;

pub mod print;

pub mod format;

pub mod script;

pub mod complete;

pub mod line;

pub mod paste;

pub mod read;

pub use job::{Job, Output, Poll};
pub use session::Session;
