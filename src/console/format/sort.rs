//! `--sort-by`
//!
//! Upstream: kubectl/pkg/cmd/get/sorter.go.

use super::jsonpath;
use crate::k8s::order::InOrder;
use crate::k8s::quantity::Quantity;
use crate::k8s::{Object, Timestamp, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// Sorts objects by a path; the error is upstream's sentence.
pub fn sort(objects: &mut [Arc<Object>], path: &str) -> Result<(), String> {
    let path = jsonpath::relaxed(path)?;
    let template = jsonpath::parse(&path)?;
    let mut keys: Vec<(Option<Value>, Arc<Object>)> = Vec::new();
    for object in objects.iter() {
        let results = jsonpath::find(&template, object.value())?;
        keys.push((results.into_iter().flatten().next(), object.clone()));
    }
    if !keys.is_empty() && keys.iter().all(|(key, _)| key.is_none()) {
        return Err(not_found(&path));
    }
    if keys.len() <= INSERTION_MAX {
        insertion(&mut keys);
    } else {
        keys.order_by(|(a, _), (b, _)| order(a.as_ref(), b.as_ref()));
    }
    for (place, (_, object)) in objects.iter_mut().zip(keys) {
        *place = object;
    }
    Ok(())
}

/// The sentence for a path that no object has.
pub fn not_found(path: &str) -> String {
    let path = jsonpath::relaxed(path).unwrap_or_else(|_| path.to_owned());
    format!("couldn't find any field with path \"{path}\" in the list of objects")
}

/// Up to so many elements Go sorts by insertion.
const INSERTION_MAX: usize = 12;

/// An object without the field comes before every other one, also before one of its kind: so several of them end
/// up in reverse order.
fn insertion(keys: &mut [(Option<Value>, Arc<Object>)]) {
    let less = |a: &Option<Value>, b: &Option<Value>| {
        a.is_none() || b.is_some() && order(a.as_ref(), b.as_ref()).is_lt()
    };
    for i in 1..keys.len() {
        let mut j = i;
        while j > 0 && less(&keys[j].0, &keys[j - 1].0) {
            keys.swap(j, j - 1);
            j -= 1;
        }
    }
}

fn order(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(Value::Str(a)), Some(Value::Str(b))) => text(a, b),
        (Some(a), Some(b)) => a.cmp(b),
    }
}

fn text(a: &str, b: &str) -> Ordering {
    if let (Some(a), Some(b)) = (Timestamp::parse(a), Timestamp::parse(b)) {
        return a.cmp(&b);
    }
    match (Quantity::parse(a), Quantity::parse(b)) {
        (Ok(x), Ok(y)) => x.cmp(&y),
        _ => a.cmp(b),
    }
}
