//! A whole run in a link or a file: versioned, compressed, readable by every later version.
//!
//! Reading order: [`doc`] (what is kept), [`setup`] (what a run starts from), [`command`] (commands as plain
//! trees), [`later`] (applies to come), [`codec`] (text for a URL), [`pieces`] (the same, slice by slice), [`migrate`]
//! (older versions).

pub mod codec;

pub mod command;

pub mod doc;

pub mod later;

pub mod pieces;

pub mod setup;

pub mod migrate;

pub use codec::{decode, encode, from_file, to_file};
pub use doc::{Branch, Doc, Line, ShareError, TextFile};
pub use later::Later;
pub use pieces::Encoding;
