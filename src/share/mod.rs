//! A whole run in a link or a file: versioned, compressed, readable by every later version.
//!
//! Reading order: [`doc`] (what is kept), [`setup`] (what a run starts from), [`command`] (commands as plain
//! trees), [`codec`] (text for a URL), [`migrate`] (older versions).

pub mod codec;

pub mod command;

pub mod doc;

pub mod setup;

pub mod migrate;

pub use codec::{decode, encode, from_file, to_file};
pub use doc::{Branch, Doc, Line, ShareError, TextFile};
