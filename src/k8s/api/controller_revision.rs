//! View of a ControllerRevision.

use crate::k8s::Value;

/// A saved template and its number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ControllerRevision {
    pub revision: i64,
    pub data: Value,
}

impl ControllerRevision {
    pub(crate) fn read(value: &Value) -> Self {
        Self {
            revision: value.get("revision").as_i64().unwrap_or(0),
            data: value.get("data").clone(),
        }
    }
}
