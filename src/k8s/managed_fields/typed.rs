//! Trees as server-side apply sees them: checking, the fields they set, how they differ, merging and removing.

use super::set::{Element, Set};
use super::shape::Shape;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::schema::Type;
use crate::k8s::{Str, Value};

/// What is wrong with a tree, each with its path, in the words of the typed reader.
///
/// Upstream: structured-merge-diff/typed/validate.go.
pub(super) fn check(shape: Shape, value: &Value, path: &str, errors: &mut Vec<String>) {
    let place = if path.is_empty() {
        String::new()
    } else {
        format!("{path}: ")
    };
    match (shape, value) {
        (_, Value::Null) => {}
        (Shape::Scalar(ty), _) => {
            if let Some(message) = scalar(ty, value) {
                errors.push(format!("{place}{message}"));
            }
        }
        (Shape::Struct(_) | Shape::Map(_) | Shape::WholeMap(_), Value::Map(map)) => {
            for (key, child) in map.iter() {
                match shape.field(key) {
                    Some(shape) => check(shape, child, &format!("{path}.{key}"), errors),
                    None => errors.push(format!("{path}.{key}: field not declared in schema")),
                }
            }
        }
        (Shape::Keyed(item, _) | Shape::Set(item) | Shape::WholeList(item), Value::List(items)) => {
            let mut seen = BTreeSet::new();
            for (index, child) in items.iter().enumerate() {
                let mut name = format!("[{index}]");
                if shape.is_list() {
                    match shape.element(child) {
                        Ok(element) => {
                            name = element.to_string();
                            if !seen.insert(element) {
                                errors.push(format!("{place}duplicate entries for key {name}"));
                            }
                        }
                        Err(message) => {
                            errors.push(format!("{place}element {index}: {message}"));
                            return;
                        }
                    }
                }
                check(Shape::of(item), child, &format!("{path}{name}"), errors);
            }
        }
        (Shape::WholeMap(None), _) => {}
        (Shape::Struct(_) | Shape::Map(_) | Shape::WholeMap(_), _) => {
            errors.push(format!(
                "{place}expected map, got &{{{}}}",
                super::super::patch::go_text(value)
            ));
        }
        (Shape::Keyed(..) | Shape::Set(_) | Shape::WholeList(_), _) => {
            errors.push(format!(
                "{place}expected list, got &{{{}}}",
                super::super::patch::go_text(value)
            ));
        }
    }
}

fn scalar(ty: &Type, value: &Value) -> Option<String> {
    let is_number = matches!(value, Value::Int(_) | Value::Number(_));
    let go_type = match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Number(_) => "float64",
        Value::Str(_) => "string",
        Value::List(_) => "[]interface {}",
        Value::Map(_) => "map[string]interface {}",
    };
    let shown = || match value {
        Value::Str(text) => format!("{text:?}"),
        other => super::super::patch::go_text(other),
    };
    match ty {
        Type::Int32 | Type::Int64 if !is_number => {
            Some(format!("expected numeric (int or float), got {go_type}"))
        }
        Type::String | Type::Bytes if value.as_str().is_none() => Some(format!(
            "expected string, got &value.valueUnstructured{{Value:{}}}",
            shown()
        )),
        Type::Bool if value.as_bool().is_none() => {
            Some(format!("expected boolean, got &{{{}}}", shown()))
        }
        Type::Quantity | Type::IntOrString | Type::Time | Type::MicroTime
            if matches!(value, Value::List(_) | Value::Map(_)) =>
        {
            Some(format!("expected any scalar, got &{{{}}}", shown()))
        }
        _ => None,
    }
}

/// The fields that a tree sets.
///
/// Upstream: structured-merge-diff/typed/tofieldset.go.
pub(super) fn fields(shape: Shape, value: &Value, path: &mut Vec<Element>, out: &mut Set) {
    match (shape, value) {
        (Shape::Struct(_) | Shape::Map(_), Value::Map(map)) => {
            for (key, child) in map.iter() {
                path.push(Element::Field(key.clone()));
                if let Some(below) = shape.field(key) {
                    fields(below, child, path, out);
                }
                let bare = child.is_null() || child.as_map().is_some_and(crate::k8s::Map::is_empty);
                if bare || matches!(shape, Shape::Map(_)) {
                    out.insert(path);
                }
                path.pop();
            }
        }
        (Shape::Keyed(item, _) | Shape::Set(item), Value::List(items)) => {
            for child in items.iter() {
                let Ok(element) = shape.element(child) else {
                    continue;
                };
                path.push(element);
                fields(Shape::of(item), child, path, out);
                out.insert(path);
                path.pop();
            }
        }
        (Shape::Scalar(_) | Shape::WholeList(_) | Shape::WholeMap(_), _) => out.insert(path),
        (Shape::Struct(_) | Shape::Map(_) | Shape::Keyed(..) | Shape::Set(_), _) => {}
    }
}

/// How one tree differs from another.
#[derive(Default)]
pub(super) struct Comparison {
    pub(super) added: Set,
    pub(super) modified: Set,
    pub(super) removed: Set,
}

impl Comparison {
    /// Upstream: structured-merge-diff/typed/compare.go.
    pub(super) fn of(shape: Shape, old: &Value, new: &Value) -> Self {
        let mut out = Self::default();
        out.walk(shape, Some(old), Some(new), &mut Vec::new());
        out
    }

    fn walk(
        &mut self,
        shape: Shape,
        old: Option<&Value>,
        new: Option<&Value>,
        path: &mut Vec<Element>,
    ) {
        if let (Some(old), Some(new)) = (old, new)
            && old.same(new)
        {
            return;
        }
        let length = |v: Option<&Value>| {
            v.map_or(0, |v| {
                v.items().len() + v.as_map().map_or(0, crate::k8s::Map::len)
            })
        };
        let apart = (shape.is_list() || shape.is_map()) && length(old) + length(new) > 0;
        if !apart {
            match (old, new) {
                (None, Some(_)) => self.added.insert(path),
                (Some(_), None) => self.removed.insert(path),
                (Some(old), Some(new)) if old != new => self.modified.insert(path),
                (Some(_) | None, _) => {}
            }
            return;
        }
        for (element, old, new) in pairs(shape, old, new) {
            if let Some(below) = shape.below(&element) {
                path.push(element);
                self.walk(below, old, new, path);
                path.pop();
            }
        }
        match (old, new) {
            (None, Some(_)) => self.added.insert(path),
            (Some(_), None) => self.removed.insert(path),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}

type Pair<'a> = (Element, Option<&'a Value>, Option<&'a Value>);

/// The parts of two trees, side by side.
fn pairs<'a>(shape: Shape, old: Option<&'a Value>, new: Option<&'a Value>) -> Vec<Pair<'a>> {
    let parts = |value: Option<&'a Value>| -> Vec<(Element, &'a Value)> {
        let Some(value) = value else {
            return Vec::new();
        };
        if shape.is_list() {
            let items = value.items().iter();
            items
                .filter_map(|v| Some((shape.element(v).ok()?, v)))
                .collect()
        } else {
            let fields = value.fields();
            fields
                .map(|(k, v)| (Element::Field(k.clone()), v))
                .collect()
        }
    };
    let mut all: BTreeMap<Element, (Option<&'a Value>, Option<&'a Value>)> = BTreeMap::new();
    for (element, value) in parts(old) {
        all.entry(element).or_default().0.get_or_insert(value);
    }
    for (element, value) in parts(new) {
        all.entry(element).or_default().1.get_or_insert(value);
    }
    all.into_iter()
        .map(|(e, (old, new))| (e, old, new))
        .collect()
}

/// A tree with another one laid over it.
///
/// Upstream: structured-merge-diff/typed/merge.go.
pub(super) fn merge(shape: Shape, live: &Value, config: &Value) -> Value {
    if shape.is_map() && config.as_map().is_some() && live.as_map().is_some() {
        let mut out = live.clone();
        for (key, new) in config.fields() {
            let merged = match (shape.field(key), live.field(key)) {
                (Some(below), Some(old)) => merge(below, old, new),
                _ => new.clone(),
            };
            if merged != *live.get(key) || live.field(key).is_none() {
                out.set(key.clone(), merged);
            }
        }
        return out;
    }
    if shape.is_list() && config.as_list().is_some() && live.as_list().is_some() {
        return merge_lists(shape, live.items(), config.items());
    }
    config.clone()
}

/// The configured order counts; what only the live list has keeps its place among them.
fn merge_lists(shape: Shape, live: &[Value], config: &[Value]) -> Value {
    let keys = |list: &[Value]| -> Vec<Option<Element>> {
        list.iter().map(|v| shape.element(v).ok()).collect()
    };
    let (left, right) = (keys(live), keys(config));
    let joined = |at: usize| {
        let old = left.iter().position(|k| *k == right[at]).map(|i| &live[i]);
        let below = right[at].as_ref().and_then(|e| shape.below(e));
        match (old, below) {
            (Some(old), Some(below)) => merge(below, old, &config[at]),
            (Some(_) | None, _) => config[at].clone(),
        }
    };
    let mut shared: Vec<&Option<Element>> = right.iter().filter(|k| left.contains(k)).collect();
    shared.reverse();
    let mut out = Vec::new();
    let mut done = vec![false; right.len()];
    let (mut l, mut r) = (0, 0);
    while l < left.len() || r < right.len() {
        if l < left.len() && r < right.len() {
            if left[l] == right[r] {
                out.push(joined(r));
                done[r] = true;
                l += 1;
                r += 1;
                shared.pop();
                continue;
            }
            // A shared element whose turn it is not yet.
            if right.contains(&left[l]) && shared.last().is_some_and(|next| **next != left[l]) {
                l += 1;
                continue;
            }
        }
        if l < left.len() {
            match right.iter().position(|k| *k == left[l]) {
                None => {
                    out.push(live[l].clone());
                    l += 1;
                    continue;
                }
                Some(at) if done[at] => l += 1,
                Some(_) => {}
            }
        }
        if r < right.len() {
            out.push(joined(r));
            done[r] = true;
            if shared.last().is_some_and(|next| **next == right[r]) {
                shared.pop();
            }
            r += 1;
        }
    }
    Value::from(out)
}

/// A tree without the fields of a set. What becomes empty is null.
///
/// Upstream: structured-merge-diff/typed/remove.go.
pub(super) fn remove(shape: Shape, value: &Value, gone: &Set) -> Value {
    if gone.is_empty() {
        return value.clone();
    }
    if shape.is_list() {
        let mut items = Vec::new();
        for item in value.items() {
            let Ok(element) = shape.element(item) else {
                items.push(item.clone());
                continue;
            };
            if !gone.members.contains(&element) {
                items.push(remove_below(shape, &element, item, gone));
            }
        }
        return if items.is_empty() {
            Value::Null
        } else {
            Value::from(items)
        };
    }
    if shape.is_map() {
        let kept = value.fields().filter_map(|(key, child)| {
            let element = Element::Field(key.clone());
            let gone_too = gone.members.contains(&element);
            (!gone_too).then(|| (key.clone(), remove_below(shape, &element, child, gone)))
        });
        let kept: crate::k8s::Map = kept.collect::<Vec<(Str, Value)>>().into_iter().collect();
        return if kept.is_empty() {
            Value::Null
        } else {
            Value::from(kept)
        };
    }
    value.clone()
}

fn remove_below(shape: Shape, element: &Element, child: &Value, gone: &Set) -> Value {
    match (shape.below(element), gone.below(element)) {
        (Some(below), Some(gone)) => remove(below, child, gone),
        (Some(_) | None, _) => child.clone(),
    }
}

/// The set with every struct field on the way to a member.
///
/// Upstream: structured-merge-diff/fieldpath/set.go `EnsureNamedFieldsAreMembers`.
pub(super) fn with_parents(shape: Shape, set: &Set) -> Set {
    let mut out = Set {
        members: set.members.clone(),
        ..Set::default()
    };
    for (element, child) in &set.children {
        if shape.declares(element) {
            out.members.insert(element.clone());
        }
        let child = match shape.below(element) {
            Some(below) => with_parents(below, child),
            None => child.clone(),
        };
        out.children.insert(element.clone(), child);
    }
    out
}
