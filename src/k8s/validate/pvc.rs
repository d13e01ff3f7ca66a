//! Claims of storage, by themselves and as templates.

use super::selector::label_selector;
use super::syntax::{label, subdomain};
use super::{Errors, Path, internal, meta, resources};
use crate::k8s::Value;
use crate::k8s::quantity::Quantity;

const MODES: [&str; 4] = [
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOnce",
    "ReadWriteOncePod",
];
const SPEC: Path<'static> = Path::root("spec");
const IMMUTABLE: &str = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

pub fn create(errors: &mut Errors, claim: &Value) {
    meta::create(errors, claim, true, subdomain);
    spec(errors, &SPEC, claim.get("spec"));
}

/// A claim in the template of an ephemeral volume.
pub fn template(errors: &mut Errors, at: &Path<'_>, template: &Value) {
    let meta_at = at.child("metadata");
    let metadata = template.get("metadata");
    meta::annotations(
        errors,
        &meta_at.child("annotations"),
        metadata.get("annotations"),
    );
    meta::labels(errors, &meta_at.child("labels"), metadata.get("labels"));
    for (field, value) in metadata.fields() {
        if !["annotations", "labels"].contains(&field.as_str()) && !value.is_empty() {
            errors.forbidden(&meta_at.child(field), "cannot be set");
        }
    }
    spec(errors, &at.child("spec"), template.get("spec"));
}

/// Known modes; one of them stands alone.
pub fn access_modes(errors: &mut Errors, at: &Path<'_>, modes: &Value) {
    let modes = modes.items();
    for mode in modes {
        if !MODES.contains(&mode.text()) {
            errors.not_supported(at, mode.text(), &MODES);
        }
    }
    let once_pod = |mode: &Value| mode.text() == "ReadWriteOncePod";
    let other = |mode: &Value| MODES[..3].contains(&mode.text());
    if modes.iter().any(once_pod) && modes.iter().any(other) {
        let detail = "may not use ReadWriteOncePod with other access modes";
        errors.forbidden(at, detail);
    }
}

/// Upstream: `pkg/apis/core/validation ValidatePersistentVolumeClaimSpec`.
pub fn spec(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let modes = spec.get("accessModes");
    let modes_at = at.child("accessModes");
    if modes.is_empty() {
        errors.required(&modes_at, "at least 1 access mode is required");
    }
    label_selector(errors, &at.child("selector"), spec.get("selector"));
    access_modes(errors, &modes_at, modes);
    let resources_at = at.child("resources");
    let storage_at = resources_at.key("storage");
    match spec.at(&["resources", "requests"]).field("storage") {
        None => errors.required(&storage_at, ""),
        Some(amount) => {
            let amount = Quantity::of(amount);
            if amount.is_zero() || amount.is_negative() {
                let shown = amount.to_string();
                errors.invalid(&storage_at, shown.as_str(), "must be greater than zero");
            } else {
                resources::quantity_value(errors, &storage_at, "storage", &amount);
            }
        }
    }
    let class = spec.get("storageClassName").text();
    if !class.is_empty() {
        errors.invalid_each(&at.child("storageClassName"), class, subdomain(class));
    }
    if let Some(mode) = spec.get("volumeMode").as_str()
        && !["Block", "Filesystem"].contains(&mode)
    {
        errors.not_supported(&at.child("volumeMode"), mode, &["Block", "Filesystem"]);
    }
    for field in ["dataSource", "dataSourceRef"] {
        data_source(errors, &at.child(field), spec.get(field));
    }
    let class = spec.get("volumeAttributesClassName").text();
    if !class.is_empty() {
        errors.invalid_each(
            &at.child("volumeAttributesClassName"),
            class,
            subdomain(class),
        );
    }
}

fn data_source(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    if source.is_null() {
        return;
    }
    super::volume::need(errors, at, source, &["name", "kind"]);
    let (group, kind) = (source.get("apiGroup").text(), source.get("kind").text());
    if group.is_empty() {
        if kind != "PersistentVolumeClaim" {
            let detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
            errors.invalid(at, kind, detail);
        }
    } else {
        errors.invalid_each(&at.child("apiGroup"), group, subdomain(group));
    }
    let namespace = source.get("namespace").text();
    if !namespace.is_empty() {
        errors.invalid_each(&at.child("namespace"), namespace, label(namespace));
    }
}

/// Upstream: `pkg/apis/core/validation ValidatePersistentVolumeClaimUpdate`, without the diff in its message.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    create(errors, new);
    let (new_spec, old_spec) = (new.get("spec"), old.get("spec"));
    let mut comparable = new_spec.clone();
    if old_spec.get("volumeName").text().is_empty() {
        restore(&mut comparable, old_spec, &["volumeName"]);
    }
    if new.at(&["status", "phase"]).text() == "Bound" {
        restore(
            &mut comparable,
            old_spec,
            &["resources", "requests", "storage"],
        );
        restore(&mut comparable, old_spec, &["volumeAttributesClassName"]);
    }
    if old_spec.get("storageClassName").is_null() {
        restore(&mut comparable, old_spec, &["storageClassName"]);
    }
    if comparable != *old_spec {
        let changes =
            internal::difference("core.v1.PersistentVolumeClaimSpec", old_spec, &comparable);
        errors.forbidden(&SPEC, &format!("{IMMUTABLE}\n{changes}"));
    }
    let storage = |spec: &Value| Quantity::of(spec.at(&["resources", "requests", "storage"]));
    let capacity = Quantity::of(new.at(&["status", "capacity", "storage"]));
    if storage(new_spec) < storage(old_spec) && storage(new_spec) <= capacity {
        let at = SPEC.child("resources");
        let at = at.child("requests");
        errors.forbidden(
            &at.child("storage"),
            "field can not be less than status.capacity",
        );
    }
    if new_spec.get("volumeMode") != old_spec.get("volumeMode") {
        let at = Path::root("volumeMode");
        errors.invalid(&at, new_spec.get("volumeMode"), "field is immutable");
    }
}

/// Puts a field back to what it was, so that its change does not count.
pub fn restore(value: &mut Value, old: &Value, path: &[&'static str]) {
    let before = old.at(path);
    if before.is_null() {
        value.remove_at(path);
    } else {
        value.set_at(path, before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn specs() {
        let cases = [
            (
                value!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}),
                "",
            ),
            (
                value!({"accessModes": [], "resources": {"requests": {"storage": "1Gi"}}}),
                "s.accessModes: Required value: at least 1 access mode is required",
            ),
            (
                value!({"accessModes": ["x"], "resources": {"requests": {"storage": "1Gi"}}}),
                "s.accessModes: Unsupported value: \"x\": supported values: \"ReadOnlyMany\", \"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\"",
            ),
            (
                value!({"accessModes": ["ReadWriteOnce"]}),
                "s.resources[storage]: Required value",
            ),
            (
                value!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": 0}}}),
                "s.resources[storage]: Invalid value: \"0\": must be greater than zero",
            ),
        ];
        for (value, want) in cases {
            let mut errors = Errors::default();
            spec(&mut errors, &Path::root("s"), &value);
            assert_eq!(errors.lines().join("\n"), want);
        }
    }
}
