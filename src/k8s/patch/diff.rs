//! Making a strategic patch out of two trees.

use super::go_text;
use super::lists::{element_kind, go_type, no_key, sorted};
use super::merge::DIRECTIVE;
use super::meta::{At, Meta, look_up};
use crate::k8s::order::InOrder;
use crate::k8s::{Str, Value};

/// What goes into the patch.
#[derive(Clone, Copy)]
pub(super) struct Options {
    pub(super) additions: bool,
    pub(super) deletions: bool,
    /// `$setElementOrder` lists.
    pub(super) order: bool,
    /// A `$retainKeys` list for this map.
    pub(super) retain_keys: bool,
}

/// The patch from one map to another.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `diffMaps`.
pub(super) fn maps(
    original: &Value,
    modified: &Value,
    at: At,
    options: Options,
) -> Result<Value, String> {
    let mut patch = Value::map();
    let mut retained: Vec<Str> = Vec::new();
    for (key, new) in modified.fields() {
        if options.retain_keys && !new.is_null() {
            retained.push(key.clone());
        }
        let Some(old) = original.field(key) else {
            if options.additions {
                patch.set(key.clone(), new.clone());
            }
            continue;
        };
        if key.as_str() == DIRECTIVE {
            if old != new {
                patch.set(key.clone(), new.clone());
            }
            continue;
        }
        match (old, new) {
            (Value::Map(_), Value::Map(_)) => map_field(key, old, new, &mut patch, at, options)?,
            (Value::List(_), Value::List(_)) => list_field(key, old, new, &mut patch, at, options)?,
            _ if options.additions && old != new => patch.set(key.clone(), new.clone()),
            _ => {}
        }
    }
    let gone = || {
        original
            .fields()
            .filter(|(k, _)| modified.field(k).is_none())
    };
    if options.deletions {
        for (key, _) in gone() {
            patch.set(key.clone(), Value::Null);
        }
    }
    if !retained.is_empty() && (!patch.is_empty() || gone().next().is_some()) {
        let list: Value = retained.into_iter().map(Value::Str).collect();
        patch.set("$retainKeys", list);
    }
    Ok(patch)
}

fn map_field(
    key: &Str,
    old: &Value,
    new: &Value,
    patch: &mut Value,
    at: At,
    options: Options,
) -> Result<(), String> {
    // What is replaced as a whole is so even by its like: applying a budget again always patches its selector.
    let replaces = |meta: Meta| meta.replace || meta.below.replaces();
    if old == new && !look_up(at, key).is_ok_and(replaces) {
        return Ok(());
    }
    let meta = look_up(at, key)?;
    if meta.replace {
        if options.additions {
            patch.set(key.clone(), new.clone());
        }
        return Ok(());
    }
    let retain_keys = meta.retain_keys;
    let inner = maps(
        old,
        new,
        meta.below,
        Options {
            retain_keys,
            ..options
        },
    )?;
    if !inner.is_empty() {
        patch.set(key.clone(), inner);
    }
    Ok(())
}

/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `handleSliceDiff`, `diffLists`.
fn list_field(
    key: &Str,
    old: &Value,
    new: &Value,
    patch: &mut Value,
    at: At,
    options: Options,
) -> Result<(), String> {
    let meta = match look_up(at, key) {
        Ok(meta) => meta,
        Err(_) if old == new => return Ok(()),
        Err(message) => return Err(message),
    };
    if !meta.merge {
        if options.additions && old != new {
            patch.set(key.clone(), new.clone());
        }
        return Ok(());
    }
    if old.items().is_empty() {
        if options.additions && !new.items().is_empty() {
            patch.set(key.clone(), new.clone());
        }
        return Ok(());
    }
    let options = Options {
        retain_keys: meta.retain_keys,
        ..options
    };
    let change = if element_kind(&[old.items(), new.items()])? {
        lists_of_maps(old.items(), new.items(), &meta, options)?
    } else {
        lists_of_scalars(old, new, options)
    };
    if !change.patch.is_empty() {
        patch.set(key.clone(), change.patch);
    }
    if !change.deletions.is_empty() {
        patch.set(format!("$deleteFromPrimitiveList/{key}"), change.deletions);
    }
    if !change.order.is_empty() {
        patch.set(format!("$setElementOrder/{key}"), change.order);
    }
    Ok(())
}

/// The parts of a list's patch.
struct Change {
    patch: Vec<Value>,
    deletions: Vec<Value>,
    order: Vec<Value>,
}

fn lists_of_scalars(old: &Value, new: &Value, options: Options) -> Change {
    // Compared as sorted lists, so that doubled values count.
    let in_order = |list: &Value| {
        let mut items = list.items().to_vec();
        items.order_by_key(go_text);
        items
    };
    let (mut added, mut deletions) = (in_order(new), in_order(old));
    let (mut i, mut j) = (0, 0);
    while i < deletions.len() && j < added.len() {
        match go_text(&deletions[i]).cmp(&go_text(&added[j])) {
            std::cmp::Ordering::Equal => {
                deletions.remove(i);
                added.remove(j);
            }
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
        }
    }
    deletions.dedup();
    if !options.additions {
        added.clear();
    }
    if !options.deletions {
        deletions.clear();
    }
    let ordered = options.order
        && (options.deletions && !deletions.is_empty() || options.additions && old != new);
    Change {
        patch: sorted(added, new.items(), ""),
        deletions,
        order: if ordered {
            new.items().to_vec()
        } else {
            Vec::new()
        },
    }
}

/// All elements must be maps that have the key.
fn require_keys(old: &[Value], new: &[Value], key: &str) -> Result<(), String> {
    for item in old.iter().chain(new) {
        if item.as_map().is_none() {
            return Err(format!(
                "expected a map[string]interface {{}}, but received a {}",
                go_type(item)
            ));
        }
        if item.field(key).is_none() {
            return Err(no_key(item, key));
        }
    }
    Ok(())
}

/// The elements with their keys, sorted. Equal keys come in the opposite order, as the sort that kubectl uses leaves
/// them: of ports with one number on two protocols the last comes first.
fn by_key(list: &[Value], key: &str) -> Vec<(String, Value)> {
    let items = list.iter().rev();
    let mut items: Vec<(String, Value)> = items.map(|v| (go_text(v.get(key)), v.clone())).collect();
    items.order_by(|a, b| a.0.cmp(&b.0));
    items
}

/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `diffListsOfMaps`.
fn lists_of_maps(
    old: &[Value],
    new: &[Value],
    meta: &Meta,
    options: Options,
) -> Result<Change, String> {
    let key = meta.merge_key;
    require_keys(old, new, key)?;
    let (before, after) = (by_key(old, key), by_key(new, key));
    let mut patch = Vec::new();
    let mut deletions = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < before.len() || j < after.len() {
        match (before.get(i), after.get(j)) {
            (Some((a, from)), Some((b, to))) if a == b => {
                let mut change = maps(from, to, meta.below, options)?;
                if !change.is_empty() {
                    change.set(key, to.get(key).clone());
                    patch.push(change);
                }
                i += 1;
                j += 1;
            }
            (Some((a, from)), to) if to.is_none_or(|(b, _)| a < b) => {
                if options.deletions {
                    let mut gone = Value::map();
                    gone.set(DIRECTIVE, "delete");
                    gone.set(key, from.get(key).clone());
                    deletions.push(gone);
                }
                i += 1;
            }
            (_, to) => {
                if options.additions {
                    patch.extend(to.map(|(_, v)| v.clone()));
                }
                j += 1;
            }
        }
    }
    let mut patch = sorted(patch, new, key);
    patch.extend(deletions);
    let same_order =
        old.len() == new.len() && old.iter().zip(new).all(|(a, b)| a.get(key) == b.get(key));
    let ordered = options.order
        && (options.additions && (!patch.is_empty() || !same_order)
            || options.deletions && !patch.is_empty());
    let only_key = |v: &Value| {
        let mut map = Value::map();
        map.set(key, v.get(key).clone());
        map
    };
    Ok(Change {
        patch,
        deletions: Vec::new(),
        order: if ordered {
            new.iter().map(only_key).collect()
        } else {
            Vec::new()
        },
    })
}
