//! `--sort-by`
//!
//! Upstream: kubectl/pkg/cmd/get/sorter.go.

use super::jsonpath;
use crate::k8s::order::InOrder;
use crate::k8s::quantity::Quantity;
use crate::k8s::{Object, Timestamp, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// Why objects were not sorted: upstream's sentence.
#[derive(Debug)]
pub enum Unsorted {
    /// The path cannot be read, or leads nowhere.
    Path(String),
    /// Two values of this type of Go cannot be compared. kubectl logs it and gives up.
    Type(&'static str),
}

impl From<String> for Unsorted {
    fn from(why: String) -> Self {
        Unsorted::Path(why)
    }
}

/// Sorts objects by a path.
pub fn sort(objects: &mut [Arc<Object>], path: &str) -> Result<(), Unsorted> {
    let path = jsonpath::relaxed(path)?;
    let template = jsonpath::parse(&path)?;
    let mut keys: Vec<(Option<Value>, Arc<Object>)> = Vec::new();
    for object in objects.iter() {
        let results = jsonpath::find(&template, object.value())?;
        keys.push((results.into_iter().flatten().next(), object.clone()));
    }
    if !keys.is_empty() && keys.iter().all(|(key, _)| key.is_none()) {
        return Err(not_found(&path).into());
    }
    let mut unsortable = keys.iter().filter_map(|(key, _)| go_type(key.as_ref()?));
    if let (Some(name), Some(_)) = (unsortable.next(), unsortable.next()) {
        return Err(Unsorted::Type(name));
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

/// The type of a value that cannot be compared with its like.
fn go_type(value: &Value) -> Option<&'static str> {
    match value {
        Value::Map(_) => Some("map[string]interface {}"),
        Value::List(_) => Some("[]interface {}"),
        Value::Bool(_) => Some("bool"),
        Value::Null | Value::Int(_) | Value::Number(_) | Value::Str(_) => None,
    }
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
