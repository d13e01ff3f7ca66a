//! Volumes of the cluster and their classes.

use super::affinity::node_selector;
use super::syntax::{no_backsteps, qualified_name, subdomain};
use super::{Errors, Path, Shown, internal, meta, pvc};
use crate::k8s::Value;
use crate::k8s::quantity::Quantity;

const SPEC: Path<'static> = Path::root("spec");

/// Fields of the spec that do not say where the volume is.
pub(super) const OTHERS: [&str; 9] = [
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
];

/// Upstream: `pkg/apis/core/validation ValidatePersistentVolume`; of where volumes are, only paths of hosts are looked
/// into.
pub fn create(errors: &mut Errors, volume: &Value) {
    meta::create(errors, volume, false, subdomain);
    let spec = volume.get("spec");
    let modes_at = SPEC.child("accessModes");
    if spec.get("accessModes").is_empty() {
        errors.required(&modes_at, "");
    }
    pvc::access_modes(errors, &modes_at, spec.get("accessModes"));
    let (capacity, at) = (spec.get("capacity"), SPEC.child("capacity"));
    if capacity.is_empty() {
        errors.required(&at, "");
    }
    if capacity.field("storage").is_none() || capacity.fields().count() > 1 {
        errors.not_supported(&at, capacity, &["storage"]);
    }
    for (name, amount) in capacity.fields() {
        let amount = Quantity::of(amount);
        if amount.is_zero() || amount.is_negative() {
            let shown = amount.to_string();
            errors.invalid(&at.key(name), shown.as_str(), "must be greater than zero");
        }
    }
    one_of(
        errors,
        spec,
        "persistentVolumeReclaimPolicy",
        &["Delete", "Recycle", "Retain"],
    );
    let near = spec.get("nodeAffinity");
    let at = SPEC.child("nodeAffinity");
    if !near.is_null() {
        match near.get("required") {
            Value::Null => {
                let detail = "must specify required node constraints";
                errors.required(&at.child("required"), detail);
            }
            required => node_selector(errors, &at.child("required"), required),
        }
    } else if !spec.get("local").is_null() {
        errors.required(&at, "Local volume requires node affinity");
    }
    source(errors, spec);
    let class = spec.get("storageClassName").text();
    if !class.is_empty() {
        errors.invalid_each(&SPEC.child("storageClassName"), class, subdomain(class));
    }
    one_of(errors, spec, "volumeMode", &["Block", "Filesystem"]);
}

fn one_of(errors: &mut Errors, spec: &Value, field: &str, known: &[&str]) {
    let text = spec.get(field).text();
    if !text.is_empty() && !known.contains(&text) {
        errors.not_supported(&SPEC.child(field), text, known);
    }
}

/// Where the volume is: one place exactly.
fn source(errors: &mut Errors, spec: &Value) {
    let path = spec.get("hostPath");
    let others = spec.fields().map(|(field, _)| field.as_str());
    let mut others = others.filter(|f| *f != "hostPath" && !OTHERS.contains(f));
    if path.is_null() {
        if others.next().is_none() {
            errors.required(&SPEC, "must specify a volume type");
        }
    } else {
        let (at, text) = (SPEC.child("hostPath"), path.get("path").text());
        if text.is_empty() {
            errors.required(&at.child("path"), "");
        }
        no_backsteps(errors, &at.child("path"), text);
    }
    if spec
        .field("local")
        .is_some_and(|l| l.get("path").is_empty())
    {
        errors.required(&SPEC.child("local").child("path"), "");
    }
    for other in others {
        let detail = "may not specify more than 1 volume type";
        errors.forbidden(&SPEC.child(other), detail);
    }
    let policy = spec.get("persistentVolumeReclaimPolicy").text();
    let root = path.get("path").text();
    if policy == "Recycle" && root.starts_with('/') && root.chars().all(|c| c == '/') {
        let detail = "may not be 'recycle' for a hostPath mount of '/'";
        errors.forbidden(&SPEC.child("persistentVolumeReclaimPolicy"), detail);
    }
}

/// Upstream: `ValidatePersistentVolumeUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    create(errors, new);
    let (now, before) = (new.get("spec"), old.get("spec"));
    let changes = internal::difference("core.v1.PersistentVolumeSpec", before, now);
    if !changes.is_empty() {
        let at = SPEC.child("persistentvolumesource");
        let detail = "spec.persistentvolumesource is immutable after creation";
        errors.forbidden(&at, &format!("{detail}\n{changes}"));
    }
    let (near, was) = (now.get("nodeAffinity"), before.get("nodeAffinity"));
    if !was.is_null() && near != was {
        let shown = if near.is_null() {
            "null".to_owned()
        } else {
            internal::compact("core.v1.VolumeNodeAffinity", near)
        };
        let detail = "field is immutable, except for updating from beta label to GA";
        errors.invalid(&Path::root("nodeAffinity"), Shown::Json(&shown), detail);
    }
    if now.get("volumeMode") != before.get("volumeMode") {
        let at = Path::root("volumeMode");
        errors.invalid(&at, now.get("volumeMode"), "field is immutable");
    }
}

/// Upstream: `pkg/apis/storage/validation ValidateStorageClass`.
pub fn create_class(errors: &mut Errors, class: &Value) {
    meta::create(errors, class, false, subdomain);
    let (provisioner, at) = (class.get("provisioner").text(), Path::root("provisioner"));
    if provisioner.is_empty() {
        errors.required(&at, "");
    } else {
        let lower = provisioner.to_lowercase();
        errors.invalid_each(&at, provisioner, qualified_name(&lower));
    }
    for (field, known) in [
        ("reclaimPolicy", ["Delete", "Retain"]),
        ("volumeBindingMode", ["Immediate", "WaitForFirstConsumer"]),
    ] {
        let text = class.get(field).text();
        if !known.contains(&text) {
            errors.not_supported(&Path::root(field), text, &known);
        }
    }
}

/// Upstream: `ValidateStorageClassUpdate`.
pub fn update_class(errors: &mut Errors, new: &Value, old: &Value) {
    create_class(errors, new);
    for field in [
        "parameters",
        "provisioner",
        "reclaimPolicy",
        "volumeBindingMode",
    ] {
        if new.get(field) != old.get(field) {
            errors.invalid(&Path::root(field), new.get(field), "field is immutable");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn volumes_say_how_much_and_where() {
        let rows = [
            (
                value!({}),
                &[
                    "spec.accessModes: Required value",
                    "spec.capacity: Required value",
                    "spec.capacity: Unsupported value: null: supported values: \"storage\"",
                    "spec: Required value: must specify a volume type",
                ][..],
            ),
            (
                value!({"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "nfs": {},
                    "hostPath": {"path": "/"}, "persistentVolumeReclaimPolicy": "Recycle"}),
                &[
                    "spec.nfs: Forbidden: may not specify more than 1 volume type",
                    "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
                ],
            ),
        ];
        for (spec, want) in rows {
            let mut errors = Errors::default();
            create(
                &mut errors,
                &value!({"metadata": {"name": "v"}, "spec": spec}),
            );
            assert_eq!(errors.lines(), want);
        }
    }

    #[test]
    fn classes_keep_what_they_are() {
        let class = |provisioner: &'static str| {
            value!({"metadata": {"name": "c"}, "provisioner": provisioner,
                "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"})
        };
        let mut errors = Errors::default();
        update_class(&mut errors, &class("a.b/C"), &class("a.b/d"));
        assert_eq!(
            errors.lines(),
            ["provisioner: Invalid value: \"a.b/C\": field is immutable"]
        );
    }
}
