//! Volume sources of particular storage systems.

use super::syntax::{descending_path, label, subdomain};
use super::volume::need;
use super::{Errors, Path};
use crate::k8s::Value;

/// Upstream: the `validate…VolumeSource` functions of `pkg/apis/core/validation`.
pub fn other_source(errors: &mut Errors, at: &Path<'_>, field: &str, source: &Value) {
    match field {
        "gitRepo" => {
            need(errors, at, source, &["repository"]);
            descending_path(
                errors,
                &at.child("directory"),
                source.get("directory").text(),
            );
        }
        "gcePersistentDisk" => {
            need(errors, at, source, &["pdName"]);
            number(
                errors,
                at,
                source,
                "partition",
                "must be between 1 and 255, inclusive",
            );
        }
        "awsElasticBlockStore" => {
            need(errors, at, source, &["volumeID"]);
            number(
                errors,
                at,
                source,
                "partition",
                "must be between 1 and 255, inclusive",
            );
        }
        "iscsi" => iscsi(errors, at, source),
        "glusterfs" => need(errors, at, source, &["endpoints", "path"]),
        "flocker" => flocker(errors, at, source),
        "rbd" => need(errors, at, source, &["monitors", "image"]),
        "cephfs" => need(errors, at, source, &["monitors"]),
        "cinder" => {
            need(errors, at, source, &["volumeID"]);
            secret_ref(errors, at, source);
        }
        "quobyte" => quobyte(errors, at, source),
        "fc" => fibre_channel(errors, at, source),
        "flexVolume" => flex(errors, at, source),
        "azureFile" => need(errors, at, source, &["secretName", "shareName"]),
        "vsphereVolume" => need(errors, at, source, &["volumePath"]),
        "photonPersistentDisk" => need(errors, at, source, &["pdID"]),
        "portworxVolume" => need(errors, at, source, &["volumeID"]),
        "azureDisk" => azure_disk(errors, at, source),
        "storageos" => {
            need(errors, at, source, &["volumeName"]);
            for field in ["volumeName", "volumeNamespace"] {
                let name = source.get(field).text();
                if !name.is_empty() {
                    errors.invalid_each(&at.child(field), name, label(name));
                }
            }
            secret_ref(errors, at, source);
        }
        "scaleIO" => need(errors, at, source, &["gateway", "system", "volumeName"]),
        "csi" => csi(errors, at, source),
        _ => {}
    }
}

fn number(errors: &mut Errors, at: &Path<'_>, source: &Value, field: &str, detail: &str) {
    let number = source.get(field).as_i64().unwrap_or(0);
    if !(0..=255).contains(&number) {
        errors.invalid(&at.child(field), number, detail);
    }
}

fn secret_ref(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    let reference = source.get("secretRef");
    if !reference.is_null() {
        need(errors, &at.child("secretRef"), reference, &["name"]);
    }
}

/// Whether a name of an initiator or target has the form of its kind.
fn iscsi_form(name: &str) -> Option<&'static str> {
    let fixed = |rest: Option<&str>, len: usize| {
        rest.is_some_and(|rest| {
            let mut chars = rest.chars();
            chars.next().is_some()
                && chars.as_str().len() == len
                && chars.as_str().bytes().all(|b| b.is_ascii_alphanumeric())
        })
    };
    let good = if name.starts_with("iqn") {
        iqn(name)
    } else if name.starts_with("eui") {
        fixed(name.strip_prefix("eui"), 16)
    } else if name.starts_with("naa") {
        fixed(name.strip_prefix("naa"), 32)
    } else {
        return Some("must be valid format starting with iqn, eui, or naa");
    };
    (!good).then_some("must be valid format")
}

/// `iqn.2001-04.com.example:name`
fn iqn(name: &str) -> bool {
    let Some((date, rest)) = name.strip_prefix("iqn.").and_then(|r| r.split_once('.')) else {
        return false;
    };
    let digits = |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    let date_good = date
        .split_once('-')
        .is_some_and(|(year, month)| digits(year, 4) && digits(month, 2));
    let Some((authority, target)) = rest.split_once(':') else {
        return false;
    };
    let in_authority = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    let in_target = |c: char| !",;*&$|".contains(c) && !c.is_whitespace();
    date_good
        && !authority.is_empty()
        && authority.bytes().all(in_authority)
        && !target.is_empty()
        && target.chars().all(in_target)
}

fn iscsi(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    need(errors, at, source, &["targetPortal", "iqn"]);
    let name = source.get("iqn").text();
    if let Some(detail) = iscsi_form(name).filter(|_| !name.is_empty()) {
        errors.invalid(&at.child("iqn"), name, detail);
    }
    number(
        errors,
        at,
        source,
        "lun",
        "must be between 0 and 255, inclusive",
    );
    let on = |field| source.get(field) == &Value::Bool(true);
    let auth = on("chapAuthDiscovery") || on("chapAuthSession");
    if auth && source.get("secretRef").is_null() {
        errors.required(&at.child("secretRef"), "");
    }
    if let Some(initiator) = source.get("initiatorName").as_str()
        && let Some(detail) = iscsi_form(initiator)
    {
        errors.invalid(&at.child("initiatorname"), initiator, detail);
    }
}

fn flocker(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    let (name, uuid) = (
        source.get("datasetName").text(),
        source.get("datasetUUID").text(),
    );
    if name.is_empty() && uuid.is_empty() {
        errors.required(at, "one of datasetName and datasetUUID is required");
    }
    if !name.is_empty() && !uuid.is_empty() {
        let detail = "datasetName and datasetUUID can not be specified simultaneously";
        errors.invalid(at, "resource", detail);
    }
    if name.contains('/') {
        errors.invalid(&at.child("datasetName"), name, "must not contain '/'");
    }
}

fn quobyte(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    const PAIRS: &str = "must be a host:port pair or multiple pairs separated by commas";
    let registry = source.get("registry").text();
    if registry.is_empty() {
        errors.required(&at.child("registry"), PAIRS);
    } else if source.get("tenant").text().len() >= 65 {
        let detail = "must be a UUID and may not exceed a length of 64 characters";
        errors.required(&at.child("tenant"), detail);
    } else {
        for pair in registry.split(',') {
            if pair.matches(':').count() != 1 && !pair.starts_with('[') {
                errors.invalid(&at.child("registry"), registry, PAIRS);
            }
        }
    }
    need(errors, at, source, &["volume"]);
}

fn fibre_channel(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    let (names, ids) = (source.get("targetWWNs"), source.get("wwids"));
    let names_at = at.child("targetWWNs");
    if names.is_empty() && ids.is_empty() {
        errors.required(
            &names_at,
            "must specify either targetWWNs or wwids, but not both",
        );
    }
    if !names.is_empty() && !ids.is_empty() {
        let detail = "targetWWNs and wwids can not be specified simultaneously";
        errors.invalid(&names_at, names, detail);
    }
    if !names.is_empty() {
        if source.get("lun").is_null() {
            errors.required(
                &at.child("lun"),
                "lun is required if targetWWNs is specified",
            );
        } else {
            number(
                errors,
                at,
                source,
                "lun",
                "must be between 0 and 255, inclusive",
            );
        }
    }
}

fn flex(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    need(errors, at, source, &["driver"]);
    for (key, _) in source.get("options").fields() {
        let namespace = key.split_once('/').map_or(key.as_str(), |(n, _)| n);
        let dotted = format!(".{}", namespace.to_lowercase());
        if dotted.ends_with(".kubernetes.io") || dotted.ends_with(".k8s.io") {
            let detail = "kubernetes.io and k8s.io namespaces are reserved";
            errors.invalid(&at.child("options").key(key), key.as_str(), detail);
        }
    }
}

fn azure_disk(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    need(errors, at, source, &["diskName", "diskURI"]);
    let lists: [(&str, &[&str]); 2] = [
        ("cachingMode", &["None", "ReadOnly", "ReadWrite"]),
        ("kind", &["Dedicated", "Managed", "Shared"]),
    ];
    for (field, supported) in lists {
        if let Some(value) = source.get(field).as_str()
            && !supported.contains(&value)
        {
            errors.not_supported(&at.child(field), value, supported);
        }
    }
    let Some(kind) = source.get("kind").as_str() else {
        return;
    };
    let uri = source.get("diskURI").text();
    if kind == "Managed" && !uri.starts_with("/subscriptions/") {
        errors.not_supported(&at.child("diskURI"), uri, &["/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"]);
    }
    if kind != "Managed" && !uri.starts_with("https://") {
        errors.not_supported(
            &at.child("diskURI"),
            uri,
            &["https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"],
        );
    }
}

fn csi(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    let driver = source.get("driver").text();
    let driver_at = at.child("driver");
    if driver.is_empty() {
        errors.required(&driver_at, "");
    } else {
        if driver.len() > 63 {
            errors.too_long(&driver_at, 63);
        }
        errors.invalid_each(&driver_at, driver, subdomain(&driver.to_lowercase()));
    }
    let reference = source.get("nodePublishSecretRef");
    if !reference.is_null() {
        let name = reference.get("name").text();
        if name.is_empty() {
            errors.required(&at.child("nodePublishSecretRef").child("name"), "");
        } else {
            errors.invalid_each(&at.child("name"), name, subdomain(name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn sources() {
        let cases = [
            (
                "iscsi",
                value!({"targetPortal": "a", "iqn": "iqn.2001-04.com.example:x"}),
                "",
            ),
            (
                "iscsi",
                value!({"targetPortal": "a", "iqn": "x"}),
                "s.iqn: Invalid value: \"x\": must be valid format starting with iqn, eui, or naa",
            ),
            ("csi", value!({}), "s.driver: Required value"),
            (
                "csi",
                value!({"driver": "a", "nodePublishSecretRef": {}}),
                "s.nodePublishSecretRef.name: Required value",
            ),
            (
                "azureDisk",
                value!({"diskName": "a", "diskURI": "b", "cachingMode": "x"}),
                "s.cachingMode: Unsupported value: \"x\": supported values: \"None\", \"ReadOnly\", \"ReadWrite\"",
            ),
            (
                "flexVolume",
                value!({"driver": "a", "options": {"kubernetes.io/x": "y"}}),
                "s.options[kubernetes.io/x]: Invalid value: \"kubernetes.io/x\": kubernetes.io and k8s.io namespaces are reserved",
            ),
            (
                "fc",
                value!({"targetWWNs": ["a"]}),
                "s.lun: Required value: lun is required if targetWWNs is specified",
            ),
            (
                "gitRepo",
                value!({"repository": "a", "directory": "/b"}),
                "s.directory: Invalid value: \"/b\": must be a relative path",
            ),
        ];
        for (field, source, want) in cases {
            let mut errors = Errors::default();
            other_source(&mut errors, &Path::root("s"), field, &source);
            assert_eq!(errors.lines().join("\n"), want);
        }
    }
}
