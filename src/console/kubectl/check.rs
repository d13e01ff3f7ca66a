//! What kubectl itself finds wrong with a document whose kind the server cannot check field by field: lists, and
//! kinds that cannot be patched.
//!
//! Upstream: kubectl/pkg/validation/schema.go, kube-openapi/pkg/util/proto/validation.

use crate::k8s::Value;
use crate::k8s::schema::{Definition, Type, schema};

/// The errors of a document; none for kinds that the server checks.
pub fn errors(value: &Value) -> Vec<String> {
    let (version, kind) = (value.get("apiVersion").text(), value.get("kind").text());
    let mut errors = Vec::new();
    if version == "v1" && kind == "List" {
        for item in value.get("items").items() {
            list_item(item, &mut errors);
        }
        return errors;
    }
    let resource = schema().resource_of(version, kind);
    let checked_there = resource.is_some_and(|r| r.kind == kind && r.verbs.contains(&"patch"));
    if !checked_there && let Some(definition) = definition(version, kind) {
        walk(definition, kind, value, &mut errors);
    }
    errors
}

fn list_item(item: &Value, errors: &mut Vec<String>) {
    let (version, kind) = (item.get("apiVersion").text(), item.get("kind").text());
    if version.is_empty() {
        errors.push("apiVersion not set".to_owned());
    }
    if kind.is_empty() {
        errors.push("kind not set".to_owned());
    }
    if let Some(definition) = definition(version, kind) {
        walk(definition, kind, item, errors);
    }
}

fn definition(version: &str, kind: &str) -> Option<&'static Definition> {
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    let found = schema().of(group, version, kind);
    // Answers of the server belong to every group.
    let found = found.or_else(|| {
        (kind == "Status")
            .then(|| schema().named("meta.v1.Status"))
            .flatten()
    });
    found.map(|id| schema().definition(id))
}

/// Checks the fields of a struct: wrong types, unknown fields by name, then the missing ones.
fn walk(definition: &Definition, path: &str, value: &Value, errors: &mut Vec<String>) {
    let Value::Map(map) = value else {
        errors.push(wrong_type(path, definition.name, value, "map"));
        return;
    };
    for (key, inner) in map.iter() {
        match definition.field(key) {
            None => errors.push(format!(
                "ValidationError({path}): unknown field \"{key}\" in {}",
                published(definition.name)
            )),
            Some(field) if !inner.is_null() => {
                typed(&field.ty, &format!("{path}.{key}"), inner, errors);
            }
            Some(_) => {}
        }
    }
    let missing = definition.fields.iter().filter(|f| f.required);
    for field in missing.filter(|f| value.field(f.name).is_none()) {
        errors.push(format!(
            "ValidationError({path}): missing required field \"{}\" in {}",
            field.name,
            published(definition.name)
        ));
    }
}

fn typed(ty: &Type, path: &str, value: &Value, errors: &mut Vec<String>) {
    match ty {
        Type::Struct(id) => walk(schema().definition(*id), path, value, errors),
        Type::List(element) => {
            for (i, item) in value.items().iter().enumerate() {
                typed(element, &format!("{path}[{i}]"), item, errors);
            }
        }
        Type::Map(element) => {
            for (key, item) in value.fields() {
                typed(element, &format!("{path}.{key}"), item, errors);
            }
        }
        _ => {}
    }
}

fn wrong_type(path: &str, name: &str, value: &Value, want: &str) -> String {
    let got = match value {
        Value::List(_) => "array",
        Value::Str(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Int(_) | Value::Number(_) => "integer",
        Value::Null | Value::Map(_) => "map",
    };
    format!(
        "ValidationError({path}): invalid type for {}: got \"{got}\", expected \"{want}\"",
        published(name)
    )
}

/// The published name of a definition: `io.k8s.api.apps.v1.DaemonSetSpec`.
fn published(name: &str) -> String {
    if let Some(rest) = name.strip_prefix("meta.") {
        format!("io.k8s.apimachinery.pkg.apis.meta.{rest}")
    } else {
        format!("io.k8s.api.{name}")
    }
}
