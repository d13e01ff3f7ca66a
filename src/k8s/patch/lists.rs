//! Lists that are merged: by key or as sets of scalars, and the order of what comes out.

use super::go_text;
use super::merge::{DIRECTIVE, ORDER, Options, bad_directive, maps};
use super::meta::Meta;
use crate::k8s::Value;
use crate::k8s::order::InOrder;

/// The error for a list in a list.
pub(super) const NO_LIST_OF_LISTS: &str = "lists of lists are not supported";

/// The name of the Go type that holds a value.
pub(super) fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Number(_) => "float64",
        Value::Str(_) => "string",
        Value::List(_) => "[]interface {}",
        Value::Map(_) => "map[string]interface {}",
    }
}

/// What the elements of all lists are: maps (true) or scalars. Mixed ones are an error.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `sliceElementType`.
pub(super) fn element_kind(lists: &[&[Value]]) -> Result<bool, String> {
    let mut all = lists.iter().flat_map(|l| l.iter());
    let Some(first) = all.next() else {
        return Err("no elements in any given slices".to_owned());
    };
    if matches!(first, Value::List(_)) {
        return Err(NO_LIST_OF_LISTS.to_owned());
    }
    if all.any(|v| go_type(v) != go_type(first)) {
        let shown: Value = lists.iter().map(|l| Value::from(l.to_vec())).collect();
        return Err(format!(
            "list element types are not identical: {}",
            go_text(&shown)
        ));
    }
    Ok(matches!(first, Value::Map(_)))
}

pub(super) fn no_key(map: &Value, key: &str) -> String {
    format!(
        "map: {} does not contain declared merge key: {key}",
        go_text(map)
    )
}

/// The value by which an element is known: its key field, or itself.
fn identity<'a>(item: &'a Value, key: &str) -> &'a Value {
    if key.is_empty() { item } else { item.get(key) }
}

fn position(list: &[Value], item: &Value, key: &str) -> Option<usize> {
    list.iter()
        .position(|v| identity(v, key) == identity(item, key))
}

/// Merges the patch's elements into a list.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `mergeSlice`.
pub(super) fn merge(
    original: &[Value],
    patch: &mut Value,
    meta: &Meta,
    delete_list: bool,
    options: Options,
) -> Result<Value, String> {
    if original.is_empty() && patch.items().is_empty() {
        return Ok(Value::list());
    }
    let key = meta.merge_key;
    if !element_kind(&[original, patch.items()])? {
        if options.applying && delete_list {
            let gone = patch.items();
            return Ok(original
                .iter()
                .filter(|v| !gone.contains(v))
                .cloned()
                .collect());
        }
        let mut both: Vec<Value> = Vec::new();
        for item in original.iter().chain(patch.items()) {
            if !both.contains(item) {
                both.push(item.clone());
            }
        }
        return arrange(&both, patch.items(), original, key);
    }
    if key.is_empty() {
        return Err("cannot merge lists without merge key for ".to_owned());
    }
    let mut merged = original.to_vec();
    let (replace, mut plain) = special_elements(&mut merged, patch.items(), key)?;
    if replace {
        merged = plain.iter().map(|(_, v)| v.clone()).collect();
        return arrange(&merged, &[], &merged, key);
    }
    let server = merged.clone();
    for (index, item) in &mut plain {
        if item.field(key).is_none() {
            return Err(no_key(item, key));
        }
        match position(&merged, item, key) {
            Some(at) => {
                let before = item.clone();
                merged[at] = maps(merged[at].clone(), item, meta.below, options)?;
                if !item.same(&before) {
                    patch.list_mut()[*index] = item.clone();
                }
            }
            None => merged.push(item.clone()),
        }
    }
    let order: Vec<Value> = plain.into_iter().map(|(_, v)| v).collect();
    arrange(&merged, &order, &server, key)
}

/// Carries out `$patch` elements on the list. Returns whether the rest replaces the list, and that rest with its
/// places in the patch.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `mergeSliceWithSpecialElements`.
fn special_elements(
    list: &mut Vec<Value>,
    patch: &[Value],
    key: &str,
) -> Result<(bool, Vec<(usize, Value)>), String> {
    let mut replace = false;
    let mut plain = Vec::new();
    for (index, item) in patch.iter().enumerate() {
        let Some(directive) = item.field(DIRECTIVE) else {
            plain.push((index, item.clone()));
            continue;
        };
        match directive.as_str() {
            Some("delete") => {
                if item.field(key).is_none() {
                    return Err(no_key(item, key));
                }
                list.retain(|v| v.field(key) != item.field(key));
            }
            Some("replace") => replace = true,
            Some("merge") => {
                return Err("merging lists cannot yet be specified in the patch".to_owned());
            }
            Some(_) | None => return Err(bad_directive(item)),
        }
    }
    Ok((replace, plain))
}

/// Orders a merged list: elements of `order` as there, the others as on the server, between them where the server
/// had them; elements that the server does not know go before those that only it has.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `normalizeElementOrder`, `mergeSortedSlice`.
pub(super) fn arrange(
    merged: &[Value],
    order: &[Value],
    server: &[Value],
    key: &str,
) -> Result<Value, String> {
    if !key.is_empty() {
        for item in merged.iter().chain(order) {
            if item.field(key).is_none() {
                return Err(no_key(item, key));
            }
        }
    }
    let (ours, theirs): (Vec<Value>, Vec<Value>) = merged
        .iter()
        .cloned()
        .partition(|v| position(order, v, key).is_some());
    let ours = sorted(ours, order, key);
    let theirs = sorted(theirs, server, key);
    let mut out = Vec::with_capacity(merged.len());
    let (mut left, mut right) = (theirs.into_iter().peekable(), ours.into_iter().peekable());
    loop {
        let take_left = match (left.peek(), right.peek()) {
            (None, None) => return Ok(Value::from(out)),
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(l), Some(r)) => match (position(server, l, key), position(server, r, key)) {
                (Some(l), Some(r)) => l < r,
                (Some(_) | None, _) => false,
            },
        };
        out.extend(if take_left { left.next() } else { right.next() });
    }
}

/// Sorts by the place in `order`; deletions go last.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `normalizeSliceOrder`.
pub(super) fn sorted(mut list: Vec<Value>, order: &[Value], key: &str) -> Vec<Value> {
    let deletion = |v: &Value| !key.is_empty() && v.get(DIRECTIVE).as_str() == Some("delete");
    list.order_by_key(|v| (deletion(v), position(order, v, key)));
    list
}

/// The patch's elements must be in the same order as the wanted one, and all in it.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `validatePatchWithSetOrderList`.
pub(super) fn check_order(patch: &[Value], order: &Value, key: &str) -> Result<(), String> {
    if patch.is_empty() || order.items().is_empty() {
        return Ok(());
    }
    let mut wanted = order.items().iter();
    for item in patch.iter().filter(|v| v.field(DIRECTIVE).is_none()) {
        if !key.is_empty() {
            for map in [item].into_iter().chain(order.items()) {
                if map.field(key).is_none() {
                    return Err(no_key(map, key));
                }
            }
        }
        if !wanted.any(|w| identity(w, key) == identity(item, key)) {
            let (patch, order) = (go_text(&Value::from(patch.to_vec())), go_text(order));
            return Err(format!(
                "The order in patch list:\n{patch}\n doesn't match {ORDER} list:\n{order}\n"
            ));
        }
    }
    Ok(())
}
