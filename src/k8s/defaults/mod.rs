//! What the API server fills into fields that nobody set. Admission (priority, tolerations, tokens), and what a
//! kind's storage adds when it is created (generation, cluster addresses, finalizers), is not here.
//!
//! Reading order: this walk, then `rules` (which struct gets what), `pod` (rules of pods and their templates),
//! `workload` (rules of what makes pods) and `image`.

mod image;
mod pod;
mod rules;
mod workload;

use super::quantity::Quantity;
use super::schema::{DefinitionId, Field, Type, definition_id};
use super::{Kind, Map, Value};

/// Fills in the defaults of a decoded object. Subtrees in which nothing is missing stay shared.
pub fn apply(kind: Kind, value: &mut Value) {
    if let Some(filled) = fill(definition_id(kind), value) {
        *value = filled;
    }
}

/// The struct with its defaults, or None when nothing was missing. A struct's own rule comes before those of what
/// is in it.
fn fill(id: DefinitionId, value: &Value) -> Option<Value> {
    value.as_map()?;
    let plan = rules::plan(id);
    let mut own = value.clone();
    for field in &plan.published {
        let absent = own.get(field.name);
        if absent.is_null() || !field.go.pointer && absent.is_empty() {
            own.set(field.name, field.default.clone().unwrap_or_default());
        }
    }
    if let Some(rule) = plan.rule {
        rule(&mut own);
    }
    let mut out = (!own.same(value)).then(|| own.clone());
    for (key, child) in own.fields() {
        let Some(field) = plan.below.iter().find(|f| f.name == key.as_str()) else {
            continue;
        };
        if let Some(filled) = fill_field(field, child) {
            out.get_or_insert_with(|| own.clone())
                .set(key.clone(), filled);
        }
    }
    out
}

fn fill_field(field: &Field, value: &Value) -> Option<Value> {
    if field.go.named == Some("ResourceList") {
        return round(value);
    }
    match &field.ty {
        Type::Struct(id) => fill(*id, value),
        Type::List(item) => {
            let id = item.element_struct()?;
            let mut out: Option<Value> = None;
            for (index, element) in value.items().iter().enumerate() {
                if let Some(filled) = fill(id, element) {
                    out.get_or_insert_with(|| value.clone()).list_mut()[index] = filled;
                }
            }
            out
        }
        Type::Map(_)
        | Type::String
        | Type::Bytes
        | Type::Bool
        | Type::Int32
        | Type::Int64
        | Type::Quantity
        | Type::IntOrString
        | Type::Time
        | Type::MicroTime
        | Type::Raw => None,
    }
}

/// Amounts below a thousandth are rounded up. Stored ones are canonical, so their suffix tells.
fn round(amounts: &Value) -> Option<Value> {
    let small = |v: &Value| v.text().ends_with(['n', 'u']) || v.text().contains("e-");
    let amounts = amounts.as_map()?;
    if !amounts.values().any(small) {
        return None;
    }
    let rounded = |v: &Value| match Quantity::parse(v.text()) {
        Ok(q) if small(v) => Value::from(q.rounded_to_milli().to_string()),
        Ok(_) | Err(_) => v.clone(),
    };
    let fields = amounts.iter().map(|(k, v)| (k.clone(), rounded(v)));
    Some(Value::from(fields.collect::<Map>()))
}

/// Sets a field that is absent.
fn unset(value: &mut Value, field: &'static str, default: impl Into<Value>) {
    if value.get(field).is_null() {
        value.set(field, default);
    }
}

/// Sets a field that is absent or empty.
fn empty(value: &mut Value, field: &'static str, default: impl Into<Value>) {
    if value.get(field).is_empty() {
        value.set(field, default);
    }
}

/// Edits a field; nothing is copied when the edit changes nothing.
fn within(value: &mut Value, field: &'static str, edit: impl FnOnce(&mut Value)) {
    let old = value.get(field);
    let mut new = old.clone();
    edit(&mut new);
    if !new.same(old) {
        value.set(field, new);
    }
}

/// Edits a list's elements one by one; only those that the edit touches are copied.
fn each(value: &mut Value, path: &[&'static str], mut edit: impl FnMut(&mut Value)) {
    let list = value.at(path).clone();
    let mut edited: Option<Value> = None;
    for (index, item) in list.items().iter().enumerate() {
        let mut new = item.clone();
        edit(&mut new);
        if !new.same(item) {
            edited.get_or_insert_with(|| list.clone()).list_mut()[index] = new;
        }
    }
    if let Some(list) = edited {
        value.set_at(path, list);
    }
}

#[cfg(test)]
mod tests;
