//! Validation of whole objects: every refusal of the API server, in its order and in its words.
//!
//! Objects are expected after decoding and defaulting. A value of a wrong type counts as absent.

mod errors;
mod path;

pub(crate) use errors::{Errors, Shown};
pub use errors::{FieldError, Reason};
pub(crate) use path::Path;

use super::{Kind, Value};

/// What is wrong with a new object.
pub fn create(kind: Kind, value: &Value) -> Vec<FieldError> {
    let _ = (kind, value);
    Errors::default().into_list()
}

/// What is wrong with a change of an object, apart from its status.
pub fn update(kind: Kind, new: &Value, old: &Value) -> Vec<FieldError> {
    let _ = (kind, new, old);
    Vec::new()
}

/// What is wrong with a change of an object's status.
pub fn update_status(kind: Kind, new: &Value, old: &Value) -> Vec<FieldError> {
    let _ = (kind, new, old);
    Vec::new()
}

/// The lines that the server sends as `Warning:` with an accepted create (`old` is None) or update.
pub fn warnings(kind: Kind, new: &Value, old: Option<&Value>) -> Vec<String> {
    let _ = (kind, new, old);
    Vec::new()
}
