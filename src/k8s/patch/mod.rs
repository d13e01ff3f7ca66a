//! Patches: strategic merge, JSON merge, JSON patch, and the three-way merge of `kubectl apply`.

use super::{Kind, Value};

/// Applies a strategic merge patch, with the merge keys of the schema. The error is the server's sentence.
pub fn strategic(kind: Kind, original: &Value, patch: &Value) -> Result<Value, String> {
    let _ = (kind, patch);
    Ok(original.clone())
}

/// Applies a JSON merge patch (RFC 7396).
pub fn merge(original: &Value, patch: &Value) -> Value {
    let _ = patch;
    original.clone()
}

/// Why a JSON patch did not apply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JsonPatchError {
    /// The patch itself cannot be read (400): `error decoding patch: …`.
    Decode(String),
    /// An operation failed (422): the sentence that only the status carries; kubectl prints a general one.
    Apply(String),
}

/// Applies a JSON patch (RFC 6902).
pub fn json_patch(original: &Value, patch: &Value) -> Result<Value, JsonPatchError> {
    let _ = patch;
    Ok(original.clone())
}

/// The strategic merge patch that `kubectl apply` sends: from what was applied last, what is applied now and
/// what the server has. Its [`Display`](std::fmt::Display) is the text that kubectl prints.
pub fn three_way(
    kind: Kind,
    last_applied: &Value,
    modified: &Value,
    current: &Value,
) -> Result<Value, String> {
    let _ = (kind, last_applied, modified, current);
    Ok(Value::map())
}

/// The strategic merge patch that turns one tree into another (what `kubectl label`, `set image` and the like send).
pub fn two_way(kind: Kind, original: &Value, modified: &Value) -> Result<Value, String> {
    let _ = (kind, original, modified);
    Ok(Value::map())
}
