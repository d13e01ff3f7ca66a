//! Metadata of every object: name, namespace, labels, annotations, owners, finalizers.

use super::errors::quoted;
use super::syntax::{self, Sentences};
use super::{Errors, Path, Shown};
use crate::k8s::Value;
use crate::k8s::order::InOrder;
use std::fmt::Write;

/// The rule for the name of a kind.
pub type NameRule = fn(&str) -> Sentences;

const METADATA: Path<'static> = Path::root("metadata");
const IMMUTABLE: &str = "field is immutable";
const ANNOTATIONS_BYTES_MAX: usize = 256 * 1024;

/// Finalizers without a domain that Kubernetes itself defines.
pub const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

/// Upstream: `pkg/apis/core/validation ValidateObjectMeta`.
pub fn create(errors: &mut Errors, value: &Value, namespaced: bool, name_rule: NameRule) {
    let meta = value.get("metadata");
    let generate_name = meta.get("generateName").text();
    if !generate_name.is_empty() {
        let masked = syntax::masked_prefix(generate_name);
        let at = METADATA.child("generateName");
        errors.invalid_each(&at, generate_name, name_rule(&masked));
    }
    let name = meta.get("name").text();
    let at = METADATA.child("name");
    if name.is_empty() {
        errors.required(&at, "name or generateName is required");
    } else {
        errors.invalid_each(&at, name, name_rule(name));
    }
    let namespace = meta.get("namespace").text();
    let at = METADATA.child("namespace");
    if namespaced {
        if namespace.is_empty() {
            errors.required(&at, "");
        } else {
            errors.invalid_each(&at, namespace, syntax::label(namespace));
        }
    } else if !namespace.is_empty() {
        errors.forbidden(&at, "not allowed on this type");
    }
    errors.non_negative(&METADATA.child("generation"), meta.get("generation"));
    labels(errors, &METADATA.child("labels"), meta.get("labels"));
    annotations(
        errors,
        &METADATA.child("annotations"),
        meta.get("annotations"),
    );
    owners(errors, meta.get("ownerReferences"));
    finalizers(errors, meta.get("finalizers"));
    kube_finalizers(errors, meta.get("finalizers"));
}

/// What may not change, and the form of what may.
///
/// Upstream: `pkg/apis/core/validation ValidateObjectMetaUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    any_update(errors, new, old);
    kube_finalizers(errors, new.at(&["metadata", "finalizers"]));
}

/// What is looked at for every kind, also for those that let a finalizer be named as it likes.
///
/// Upstream: apimachinery/pkg/api/validation `ValidateObjectMetaAccessorUpdate`
pub fn any_update(errors: &mut Errors, new: &Value, old: &Value) {
    let (new, old) = (new.get("metadata"), old.get("metadata"));
    if !old.get("deletionTimestamp").is_null() {
        no_new_finalizers(errors, new.get("finalizers"), old.get("finalizers"));
    }
    finalizers(errors, new.get("finalizers"));
    let version = new.get("resourceVersion").text();
    if version.is_empty() {
        let at = METADATA.child("resourceVersion");
        errors.invalid(&at, version, "must be specified for an update");
    }
    let generation = |meta: &Value| meta.get("generation").as_i64().unwrap_or(0);
    if generation(new) < generation(old) {
        let at = METADATA.child("generation");
        errors.invalid(&at, generation(new), "must not be decremented");
    }
    for field in ["name", "namespace", "uid"] {
        if new.get(field).text() != old.get(field).text() {
            errors.invalid(&METADATA.child(field), new.get(field).text(), IMMUTABLE);
        }
    }
    for field in [
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ] {
        if new.get(field) != old.get(field) {
            errors.invalid(&METADATA.child(field), new.get(field), IMMUTABLE);
        }
    }
    labels(errors, &METADATA.child("labels"), new.get("labels"));
    annotations(
        errors,
        &METADATA.child("annotations"),
        new.get("annotations"),
    );
    owners(errors, new.get("ownerReferences"));
}

/// Keys and values of labels, of a node selector or of `matchLabels`.
pub fn labels(errors: &mut Errors, at: &Path<'_>, labels: &Value) {
    for (key, value) in labels.fields() {
        errors.invalid_each(at, key.as_str(), syntax::qualified_name(key));
        let value = value.text();
        errors.invalid_each(at, value, syntax::label_value(value));
    }
}

/// Keys of annotations, in which upper case is accepted, and the size of all together.
pub fn annotations(errors: &mut Errors, at: &Path<'_>, annotations: &Value) {
    let mut bytes = 0;
    for (key, value) in annotations.fields() {
        bytes += key.len() + value.text().len();
        let sentences = if key.bytes().any(|b| b.is_ascii_uppercase()) {
            syntax::qualified_name(&key.to_ascii_lowercase())
        } else {
            syntax::qualified_name(key)
        };
        errors.invalid_each(at, key.as_str(), sentences);
    }
    if bytes > ANNOTATIONS_BYTES_MAX {
        errors.too_long(at, ANNOTATIONS_BYTES_MAX);
    }
}

fn owners(errors: &mut Errors, owners: &Value) {
    let at = METADATA.child("ownerReferences");
    let mut first_controller: Option<String> = None;
    for owner in owners.items() {
        let text = |field| owner.get(field).text();
        let version = text("apiVersion");
        // A version behind a slash counts; more than one slash leaves none.
        let parts: Vec<&str> = version.split('/').collect();
        if parts.len() > 2 || parts.last().is_none_or(|v| v.is_empty()) {
            errors.invalid(
                &at.child("apiVersion"),
                version,
                "version must not be empty",
            );
        }
        for field in ["kind", "name", "uid"] {
            if text(field).is_empty() {
                errors.invalid(&at.child(field), "", "must not be empty");
            }
        }
        if version == "v1" && text("kind") == "Event" {
            let shown = owner_json(owner);
            let detail = "/v1, Kind=Event is disallowed from being an owner";
            errors.invalid(&at, Shown::Json(&shown), detail);
        }
        if owner.get("controller") == &Value::Bool(true) {
            let controller = format!("{}/{}", text("kind"), text("name"));
            if let Some(first) = &first_controller {
                let list: Vec<String> = owners.items().iter().map(owner_json).collect();
                let shown = format!("[{}]", list.join(","));
                let detail = format!(
                    "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {controller}"
                );
                errors.invalid(&at, Shown::Json(&shown), &detail);
            } else {
                first_controller = Some(controller);
            }
        }
    }
}

/// An owner with its fields in the order of the API's structure.
fn owner_json(owner: &Value) -> String {
    let mut out = String::from("{");
    for (i, field) in ["apiVersion", "kind", "name", "uid"].iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        let text = super::errors::json(&Value::from(owner.get(field).to_str()));
        let _ = write!(out, "{comma}\"{field}\":{text}");
    }
    for field in ["controller", "blockOwnerDeletion"] {
        if let Some(flag) = owner.get(field).as_bool() {
            let _ = write!(out, ",\"{field}\":{flag}");
        }
    }
    out.push('}');
    out
}

fn finalizers(errors: &mut Errors, finalizers: &Value) {
    let at = METADATA.child("finalizers");
    for finalizer in finalizers.items() {
        let name = finalizer.text();
        errors.invalid_each(&at, name, syntax::qualified_name(name));
    }
    let has = |name: &str| finalizers.items().iter().any(|f| f.text() == name);
    if has("orphan") && has("foregroundDeletion") {
        let detail = "finalizer orphan and foregroundDeletion cannot be both set";
        errors.invalid(&at, finalizers, detail);
    }
}

fn kube_finalizers(errors: &mut Errors, finalizers: &Value) {
    let at = METADATA.child("finalizers");
    for (i, finalizer) in finalizers.items().iter().enumerate() {
        let name = finalizer.text();
        if !name.contains('/') && !STANDARD_FINALIZERS.contains(&name) {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            errors.invalid(&at.index(i), name, detail);
        }
    }
}

fn no_new_finalizers(errors: &mut Errors, new: &Value, old: &Value) {
    let mut extra: Vec<String> = new
        .items()
        .iter()
        .filter(|f| !old.items().contains(f))
        .map(|f| quoted(f.text()))
        .collect();
    if extra.is_empty() {
        return;
    }
    extra.order();
    extra.dedup();
    let detail = format!(
        "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
        extra.join(", ")
    );
    errors.forbidden(&METADATA.child("finalizers"), &detail);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn of_new(meta: Value) -> Vec<String> {
        let mut errors = Errors::default();
        create(
            &mut errors,
            &value!({"metadata": meta}),
            true,
            syntax::subdomain,
        );
        errors.lines()
    }

    #[test]
    fn new_objects() {
        assert!(of_new(value!({"name": "a", "namespace": "default"})).is_empty());
        assert_eq!(
            of_new(value!({"namespace": "default"})),
            ["metadata.name: Required value: name or generateName is required"]
        );
        assert_eq!(
            of_new(value!({"name": "a", "namespace": "b", "finalizers": ["cleanup"]})),
            [
                "metadata.finalizers[0]: Invalid value: \"cleanup\": name is neither a standard finalizer name nor is it fully qualified"
            ]
        );
        assert_eq!(
            of_new(value!({"name": "a", "namespace": "b", "ownerReferences": [
                {"apiVersion": "v1", "kind": "Node", "name": "w1", "uid": "x1", "controller": true},
                {"apiVersion": "v1", "kind": "Node", "name": "w2", "uid": "x2", "controller": true}]})),
            [
                "metadata.ownerReferences: Invalid value: [{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"w1\",\"uid\":\"x1\",\"controller\":true},{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"w2\",\"uid\":\"x2\",\"controller\":true}]: Only one reference can have Controller set to true. Found \"true\" in references for Node/w1 and Node/w2"
            ]
        );
        assert_eq!(
            of_new(
                value!({"name": "a", "namespace": "b", "annotations": {"A/b/c": "", "X Y": ""}})
            )
            .len(),
            2
        );
    }

    #[test]
    fn changes() {
        let old = value!({"metadata": {"name": "a", "uid": "1", "resourceVersion": "5", "deletionTimestamp": "x"}});
        let mut new = old.clone();
        new.set_at(&["metadata", "uid"], "2");
        new.set_at(&["metadata", "finalizers"], value!(["a.b/c"]));
        let mut errors = Errors::default();
        update(&mut errors, &new, &old);
        assert_eq!(
            errors.lines(),
            [
                "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"a.b/c\"}",
                "metadata.uid: Invalid value: \"2\": field is immutable",
            ]
        );
    }
}
