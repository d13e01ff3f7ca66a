//! The rows of volumes, claims and storage classes.

use super::{Column, View, age, col, wide};
use crate::console::print::scalar;
use crate::k8s::{Object, Value};

pub const VOLUME: &[Column] = &[
    col("NAME"),
    col("CAPACITY"),
    col("ACCESS MODES"),
    col("RECLAIM POLICY"),
    col("STATUS"),
    col("CLAIM"),
    col("STORAGECLASS"),
    col("VOLUMEATTRIBUTESCLASS"),
    col("REASON"),
    col("AGE"),
    wide("VOLUMEMODE"),
];

pub const CLAIM: &[Column] = &[
    col("NAME"),
    col("STATUS"),
    col("VOLUME"),
    col("CAPACITY"),
    col("ACCESS MODES"),
    col("STORAGECLASS"),
    col("VOLUMEATTRIBUTESCLASS"),
    col("AGE"),
    wide("VOLUMEMODE"),
];

pub const CLASS: &[Column] = &[
    col("NAME"),
    col("PROVISIONER"),
    col("RECLAIMPOLICY"),
    col("VOLUMEBINDINGMODE"),
    col("ALLOWVOLUMEEXPANSION"),
    col("AGE"),
];

/// `RWO,RWX`, in the fixed order of the short names.
pub fn modes(list: &Value) -> String {
    let known = [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ];
    let given: Vec<&str> = list.items().iter().map(Value::text).collect();
    let short: Vec<&str> = known
        .iter()
        .filter(|(l, _)| given.contains(l))
        .map(|(_, s)| *s)
        .collect();
    short.join(",")
}

fn phase(object: &Object) -> String {
    if object.meta().terminating() {
        return "Terminating".to_owned();
    }
    object.value().at(&["status", "phase"]).text().to_owned()
}

fn or_unset(text: &str) -> String {
    if text.is_empty() { "<unset>" } else { text }.to_owned()
}

pub fn volume(object: &Object, view: View<'_>) -> Vec<String> {
    let spec = object.value().get("spec");
    let claim = spec.get("claimRef");
    let claim = if claim.is_null() {
        String::new()
    } else {
        format!(
            "{}/{}",
            claim.get("namespace").text(),
            claim.get("name").text()
        )
    };
    vec![
        object.name().to_string(),
        scalar(spec.at(&["capacity", "storage"])),
        modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy").text().to_owned(),
        phase(object),
        claim,
        object.storage_class().to_owned(),
        or_unset(spec.get("volumeAttributesClassName").text()),
        object.value().at(&["status", "reason"]).text().to_owned(),
        age(object, view),
        or_unset(spec.get("volumeMode").text()),
    ]
}

pub fn claim(object: &Object, view: View<'_>) -> Vec<String> {
    let (spec, status) = (object.value().get("spec"), object.value().get("status"));
    let volume = spec.get("volumeName").text();
    let (capacity, access) = if volume.is_empty() {
        (String::new(), String::new())
    } else {
        (
            scalar(status.at(&["capacity", "storage"])),
            modes(status.get("accessModes")),
        )
    };
    vec![
        object.name().to_string(),
        phase(object),
        volume.to_owned(),
        capacity,
        access,
        object.storage_class().to_owned(),
        or_unset(spec.get("volumeAttributesClassName").text()),
        age(object, view),
        or_unset(spec.get("volumeMode").text()),
    ]
}

pub fn class(object: &Object, view: View<'_>) -> Vec<String> {
    let value = object.value();
    let default = object
        .meta()
        .annotation("storageclass.kubernetes.io/is-default-class");
    let mut name = object.name().to_string();
    if default == Some("true") {
        name.push_str(" (default)");
    }
    let or = |field: &str, default: &str| {
        let text = value.get(field).text();
        if text.is_empty() { default } else { text }.to_owned()
    };
    vec![
        name,
        value.get("provisioner").text().to_owned(),
        or("reclaimPolicy", "Delete"),
        or("volumeBindingMode", "Immediate"),
        (value.get("allowVolumeExpansion").as_bool() == Some(true)).to_string(),
        age(object, view),
    ]
}
