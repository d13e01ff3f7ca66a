//! Applies that were put off, as documents hold them.

use super::doc::{ShareError, int, number, plain_name};
use crate::k8s::{Str, Value};
use crate::value;

/// More than these are refused when a document is opened.
pub const LIMIT_LATER: usize = 64;

/// An apply that waits for its moment, or whose moment came: on another line of time it comes again.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Later {
    /// Milliseconds since the setup's start.
    pub at: u64,
    /// The file, and its text when the apply was asked for.
    pub name: String,
    pub text: String,
    pub done: bool,
}

impl Later {
    /// `[at, name, text]`; a fourth place that is true says that its moment came.
    pub(super) fn to_value(&self) -> Value {
        let (name, text) = (Str::new(&plain_name(&self.name)), Str::new(&self.text));
        if self.done {
            value!([int(self.at), name, text, true])
        } else {
            value!([int(self.at), name, text])
        }
    }

    fn from_value(value: &Value) -> Result<Self, ShareError> {
        let (Some(name), Some(text)) = (value.index(1).as_str(), value.index(2).as_str()) else {
            return Err(ShareError::Malformed("apply to come"));
        };
        if name != plain_name(name) {
            return Err(ShareError::Malformed("file name"));
        }
        Ok(Self {
            at: number(value.index(0), "apply to come")?,
            name: name.to_owned(),
            text: text.to_owned(),
            done: value.index(3).as_bool() == Some(true),
        })
    }

    pub(super) fn list_from_value(value: &Value) -> Result<Vec<Self>, ShareError> {
        let list = value.items();
        if list.len() > LIMIT_LATER {
            return Err(ShareError::TooLarge);
        }
        list.iter().map(Self::from_value).collect()
    }
}
