//! Merging a strategic patch into a tree, or one patch into another.

use super::lists;
use super::meta::{At, look_up};
use crate::k8s::{Map, Value};

pub(super) const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const DELETE_LIST: &str = "$deleteFromPrimitiveList";
pub(super) const ORDER: &str = "$setElementOrder";

/// What the merge is for.
#[derive(Clone, Copy)]
pub(super) struct Options {
    /// True: a patch is applied to an object, directives are carried out. False: two patches become one.
    pub(super) applying: bool,
}

/// Merges a patch into a tree. Directives that were carried out are taken out of the patch.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `mergeMap`.
pub(super) fn maps(
    mut original: Value,
    patch: &mut Value,
    at: At,
    options: Options,
) -> Result<Value, String> {
    match patch.get(DIRECTIVE).as_str() {
        Some("replace") => {
            patch.remove(DIRECTIVE);
            return Ok(patch.clone());
        }
        Some("delete") => return Ok(Value::map()),
        Some(_) | None if patch.field(DIRECTIVE).is_some() => return Err(bad_directive(patch)),
        Some(_) | None => {}
    }
    if original.as_map().is_none() {
        original = Value::map();
    }
    retain_keys(&mut original, patch, options)?;
    ordered_lists(&mut original, patch, at, options)?;
    let keys: Vec<_> = patch.fields().map(|(k, _)| k.clone()).collect();
    for key in keys {
        let delete_list = key.starts_with(DELETE_LIST);
        if delete_list && !options.applying {
            original.set(key.clone(), patch.get(&key).clone());
            continue;
        }
        let name = if delete_list {
            let name = key
                .strip_prefix(DELETE_LIST)
                .and_then(|k| k.strip_prefix('/'));
            crate::k8s::Str::new(name.ok_or("invalid patch format of primitive list")?)
        } else {
            key.clone()
        };
        field(&mut original, patch, &key, &name, at, options)?;
    }
    Ok(original)
}

/// The refusal of a `$patch` that is neither `replace` nor `delete` (nor, in lists, `merge`).
pub(super) fn bad_directive(map: &Value) -> String {
    let directive = super::go_text(map.get(DIRECTIVE));
    format!(
        "unknown patch type: {directive} in map: {}",
        super::go_text(map)
    )
}

/// Merges one field; `name` differs from its `key` in the patch for a list of deletions.
fn field(
    original: &mut Value,
    patch: &mut Value,
    key: &crate::k8s::Str,
    name: &crate::k8s::Str,
    at: At,
    options: Options,
) -> Result<(), String> {
    let delete_list = key != name;
    let mut new = patch.get(key).clone();
    if new.is_null() {
        original.remove(name);
        if options.applying {
            return Ok(());
        }
    }
    let old = original.get(name).clone();
    let both_maps = matches!((&old, &new), (Value::Map(_), Value::Map(_)));
    let both_lists = matches!((&old, &new), (Value::List(_), Value::List(_)));
    let known = original.field(name).is_some();
    if !known || !(both_maps || both_lists) {
        if delete_list && (!known || !same_type(&old, &new)) {
            return Ok(());
        }
        if options.applying && (!known || !same_type(&old, &new)) && discard_nulls(&mut new) {
            patch.set(key.clone(), new.clone());
        }
        match without_directives(&new) {
            Some(kept) => original.set(name.clone(), kept),
            None => {
                original.remove(name);
            }
        }
        return Ok(());
    }
    let meta = look_up(at, name)?;
    let merged = if both_maps {
        if meta.replace {
            new.clone()
        } else {
            maps(old, &mut new, meta.below, options)?
        }
    } else if meta.merge || delete_list {
        lists::merge(old.items(), &mut new, &meta, delete_list, options)?
    } else {
        new.clone()
    };
    if !new.same(patch.get(key)) {
        patch.set(key.clone(), new);
    }
    original.set(name.clone(), merged);
    Ok(())
}

/// True if Go would hold both in the same type.
fn same_type(a: &Value, b: &Value) -> bool {
    let number = |v: &Value| matches!(v, Value::Int(_) | Value::Number(_));
    std::mem::discriminant(a) == std::mem::discriminant(b) || number(a) && number(b)
}

/// Drops fields of the original that the patch does not list.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `applyRetainKeysDirective`.
fn retain_keys(original: &mut Value, patch: &mut Value, options: Options) -> Result<(), String> {
    let Some(wanted) = patch.remove(RETAIN_KEYS) else {
        return Ok(());
    };
    if !options.applying {
        match original.field(RETAIN_KEYS) {
            Some(first) if *first != wanted => {
                let (first, wanted) = (super::go_text(first), super::go_text(&wanted));
                return Err(format!(
                    "{first} and {wanted} are not deep equal: this may happen when calculating the 3-way diff patch"
                ));
            }
            Some(_) => {}
            None => original.set(RETAIN_KEYS, wanted),
        }
        return Ok(());
    }
    let wrong = || "invalid patch format of retainKeys".to_owned();
    let wanted = wanted.as_list().ok_or_else(wrong)?.to_vec();
    let listed = |key: &str| wanted.iter().any(|w| w.as_str() == Some(key));
    for (key, value) in patch.fields() {
        let special = key.starts_with(DELETE_LIST) || key.starts_with(ORDER);
        if !value.is_null() && !special && !listed(key) {
            return Err(wrong());
        }
    }
    if original.fields().any(|(key, _)| !listed(key)) {
        original.map_mut().retain(|key, _| listed(key));
    }
    Ok(())
}

/// Carries out `$setElementOrder` together with the list that it orders.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `mergePatchIntoOriginal`.
fn ordered_lists(
    original: &mut Value,
    patch: &mut Value,
    at: At,
    options: Options,
) -> Result<(), String> {
    let wrong = || "invalid patch format of setElementOrder list".to_owned();
    let keys: Vec<_> = patch
        .fields()
        .map(|(k, _)| k.clone())
        .filter(|k| k.starts_with(ORDER))
        .collect();
    for key in keys {
        let order = patch.remove(&key).unwrap_or_default();
        if !options.applying {
            match original.field(&key) {
                Some(first) if *first != order => return Err(wrong()),
                Some(_) => {}
                None => original.set(key.clone(), order.clone()),
            }
        }
        let as_list = |v: &Value| match v {
            Value::List(_) => Ok(()),
            other => Err(format!(
                "expected a []interface {{}}, but received a {}",
                lists::go_type(other)
            )),
        };
        as_list(&order)?;
        let name = key
            .strip_prefix(ORDER)
            .and_then(|k| k.strip_prefix('/'))
            .ok_or_else(wrong)?;
        let (old, new) = (original.field(name).cloned(), patch.field(name).cloned());
        old.iter().chain(&new).try_for_each(as_list)?;
        let meta = look_up(at, name)?;
        lists::check_order(
            new.as_ref().map_or(&[], Value::items),
            &order,
            meta.merge_key,
        )?;
        let merged = match (&old, new.clone()) {
            (Some(old), None) => old.clone(),
            (None, Some(new)) => without_directives(&new).unwrap_or_default(),
            (Some(old), Some(mut new)) if meta.merge => {
                lists::merge(old.items(), &mut new, &meta, false, options)?
            }
            (Some(_), Some(new)) => new,
            (None, None) => continue,
        };
        let server = old.unwrap_or_default();
        let new = new.unwrap_or_default();
        lists::element_kind(&[server.items(), new.items()])?;
        let sorted = lists::arrange(
            merged.items(),
            order.items(),
            server.items(),
            meta.merge_key,
        )?;
        original.set(crate::k8s::Str::new(name), sorted);
        patch.remove(name);
    }
    Ok(())
}

/// The value without maps that are directives; None when it is one itself.
pub(super) fn without_directives(value: &Value) -> Option<Value> {
    match value {
        Value::Map(map) => {
            if map.contains_key(DIRECTIVE) {
                return None;
            }
            let kept = map
                .iter()
                .filter_map(|(k, v)| Some((k.clone(), without_directives(v)?)));
            Some(Value::from(kept.collect::<Map>()))
        }
        Value::List(items) => Some(items.iter().filter_map(without_directives).collect()),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {
            Some(value.clone())
        }
    }
}

/// Removes fields that are null, at any depth. True if there were any.
fn discard_nulls(value: &mut Value) -> bool {
    match value {
        Value::Map(map) => {
            let mut new = Map::clone(map);
            let mut changed = false;
            new.retain(|_, v| {
                changed |= v.is_null() || discard_nulls(v);
                !v.is_null()
            });
            if changed {
                *value = Value::from(new);
            }
            changed
        }
        Value::List(items) => {
            let mut new = items.to_vec();
            let mut changed = false;
            for item in &mut new {
                changed |= discard_nulls(item);
            }
            if changed {
                *value = Value::from(new);
            }
            changed
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => false,
    }
}
