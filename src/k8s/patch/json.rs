//! The two kinds of patches that know no schema.

use super::PatchError;
use crate::k8s::{Map, Value};

/// A patch of this kind must be a map; null counts as an empty one.
pub(super) fn require_map(patch: &Value) -> Result<(), String> {
    match patch {
        Value::Map(_) | Value::Null => Ok(()),
        other => {
            let found = other.json_type();
            Err(format!(
                "json: cannot unmarshal {found} into Go value of type map[string]interface {{}}"
            ))
        }
    }
}

/// Applies a JSON merge patch (RFC 7396).
pub fn merge(original: &Value, patch: &Value) -> Result<Value, PatchError> {
    require_map(patch).map_err(|e| PatchError::BadRequest(format!("error decoding patch: {e}")))?;
    Ok(merge_maps(original, patch))
}

fn merge_maps(original: &Value, patch: &Value) -> Value {
    let mut out = original.clone();
    for (key, new) in patch.fields() {
        if new.is_null() {
            out.remove(key);
            continue;
        }
        let merged = match (out.get(key), new) {
            (Value::Map(_), Value::Map(_)) => merge_maps(out.get(key), new),
            (Value::Map(_), _) => new.clone(),
            _ => without_nulls(new),
        };
        if merged != *out.get(key) {
            out.set(key.clone(), merged);
        }
    }
    out
}

/// New parts come without their nulls.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let kept = map.iter().filter(|(_, v)| !v.is_null());
            Value::from(
                kept.map(|(k, v)| (k.clone(), without_nulls(v)))
                    .collect::<Map>(),
            )
        }
        Value::List(items) => items
            .iter()
            .filter(|v| !v.is_null())
            .map(without_nulls)
            .collect(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {
            value.clone()
        }
    }
}

/// Applies a JSON patch (RFC 6902).
pub fn json_patch(original: &Value, patch: &Value) -> Result<Value, PatchError> {
    let decode = |what: String| {
        PatchError::BadRequest(format!(
            "error decoding patch: json: cannot unmarshal {what}"
        ))
    };
    let operations = match patch {
        Value::List(operations) => operations.as_slice(),
        Value::Null => &[],
        other => {
            let what = format!(
                "{} into Go value of type []handlers.jsonPatchOp",
                other.json_type()
            );
            return Err(decode(what));
        }
    };
    for operation in operations {
        if operation.as_map().is_none() && !operation.is_null() {
            let what = format!(
                "{} into Go value of type handlers.jsonPatchOp",
                operation.json_type()
            );
            return Err(decode(what));
        }
        for field in ["from", "op", "path"] {
            let value = operation.get(field);
            if value.as_str().is_none() && !value.is_null() {
                let what = format!(
                    "{} into Go struct field jsonPatchOp.{field} of type string",
                    value.json_type()
                );
                return Err(decode(what));
            }
        }
    }
    if operations.len() > 10_000 {
        let count = operations.len();
        return Err(PatchError::Unprocessable(format!(
            "The allowed maximum operations in a JSON patch is 10000, got {count}"
        )));
    }
    let mut document = original.clone();
    for operation in operations {
        apply(&mut document, operation).map_err(PatchError::Unprocessable)?;
    }
    Ok(document)
}

fn apply(document: &mut Value, operation: &Value) -> Result<(), String> {
    let path = operation.get("path").text();
    let value = operation.get("value");
    match operation.get("op").text() {
        "add" => put(document, path, value.clone(), Put::Add)
            .map_err(|e| format!("add operation does not apply: {e}")),
        "replace" => put(document, path, value.clone(), Put::Replace)
            .map_err(|e| format!("replace operation does not apply: {e}")),
        "remove" => take(document, path)
            .map(|_| ())
            .map_err(|e| format!("error in remove for path: '{path}': {e}")),
        "move" => {
            let moved = take(document, operation.get("from").text())
                .map_err(|e| format!("error in move for path: {e}"))?;
            put(document, path, moved, Put::Add).map_err(|e| format!("error in move for path: {e}"))
        }
        "copy" => {
            let copied = find(document, operation.get("from").text())
                .map_err(|e| format!("error in copy for path: {e}"))?;
            put(document, path, copied, Put::Add)
                .map_err(|e| format!("error while adding value during copy: {e}"))
        }
        "test" => match find(document, path) {
            Ok(found) if found == *value => Ok(()),
            Err(_) if value.is_null() => Ok(()),
            Ok(_) | Err(_) => Err(format!("testing value {path} failed: test failed")),
        },
        other => Err(format!("Unexpected kind: {other}")),
    }
}

/// The parts of a pointer. What stands before the first slash does not count.
fn parts(path: &str) -> Result<Vec<String>, String> {
    let mut parts = path
        .split('/')
        .map(|p| p.replace("~1", "/").replace("~0", "~"));
    parts.next();
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        Err(format!("doc is missing path: \"{path}\": missing value"))
    } else {
        Ok(parts)
    }
}

/// The place of an element; negative numbers count from the end.
fn index(part: &str, len: usize) -> Result<usize, String> {
    let number: i64 = part
        .parse()
        .map_err(|_| format!("value was not a proper array index: '{part}'"))?;
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let place = if number < 0 { len + number } else { number };
    match usize::try_from(place) {
        Ok(place) if number < len => Ok(place),
        Ok(_) | Err(_) => Err(format!(
            "Unable to access invalid index: {number}: invalid index referenced"
        )),
    }
}

fn find(document: &Value, path: &str) -> Result<Value, String> {
    let mut value = document;
    for part in parts(path)? {
        value = match value {
            Value::Map(map) => map.get(&part).ok_or_else(|| missing(path))?,
            Value::List(items) => &items[index(&part, items.len())?],
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {
                return Err(missing(path));
            }
        };
    }
    Ok(value.clone())
}

fn missing(path: &str) -> String {
    format!("doc is missing path: \"{path}\": missing value")
}

/// Runs an edit on the container that holds the last part of a path.
fn with_container<T>(
    document: &mut Value,
    path: &str,
    edit: impl FnOnce(&mut Value, &str) -> Result<T, String>,
) -> Result<T, String> {
    let parts = parts(path)?;
    let (last, parents) = parts.split_last().ok_or_else(|| missing(path))?;
    let mut value = document;
    for part in parents {
        value = match value {
            Value::Map(map) if map.contains_key(part) => {
                value.map_mut().entry(crate::k8s::Str::new(part))
            }
            Value::List(items) => {
                let place = index(part, items.len()).map_err(|_| missing(path))?;
                &mut value.list_mut()[place]
            }
            Value::Map(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Number(_)
            | Value::Str(_) => {
                return Err(missing(path));
            }
        };
    }
    edit(value, last)
}

#[derive(Clone, Copy, PartialEq)]
enum Put {
    Add,
    Replace,
}

fn put(document: &mut Value, path: &str, new: Value, how: Put) -> Result<(), String> {
    with_container(document, path, |container, last| match container {
        Value::Map(_) => {
            container.set(crate::k8s::Str::new(last), new);
            Ok(())
        }
        Value::List(items) => {
            let len = items.len();
            if how == Put::Replace {
                let place = index(last, len)?;
                container.list_mut()[place] = new;
            } else if last == "-" {
                container.push(new);
            } else {
                // One past the end is a place to add to; -1 adds before the last element's end.
                let place = index(last, len + 1)?;
                container.list_mut().insert(place, new);
            }
            Ok(())
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {
            Err(missing(path))
        }
    })
}

fn take(document: &mut Value, path: &str) -> Result<Value, String> {
    with_container(document, path, |container, last| match container {
        Value::Map(_) => container
            .remove(last)
            .ok_or_else(|| format!("Unable to remove nonexistent key: {last}: missing value")),
        Value::List(items) => {
            let place = index(last, items.len())?;
            Ok(container.list_mut().remove(place))
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {
            Err(missing(path))
        }
    })
}
