//! Volumes of a pod: names, exactly one source each, and the sources that clusters use every day.

use super::env::{field_ref, resource_ref};
use super::syntax::{label, local_path, no_backsteps, subdomain};
use super::volume_source::other_source;
use super::{Errors, Path, projected, pvc};
use crate::k8s::Value;

const MODE: &str = "must be a number between 0 and 0777 (octal), both inclusive";

const DOWNWARD_FIELDS: [&str; 5] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
];

const HOST_PATH_TYPES: [&str; 8] = [
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
];

/// Sources in the order of the checks: field of the volume, name in "more than one" messages, name in messages
/// about the source's own fields.
const SOURCES: [(&str, &str, &str); 30] = [
    ("emptyDir", "emptyDir", "emptyDir"),
    ("hostPath", "hostPath", "hostPath"),
    ("gitRepo", "gitRepo", "gitRepo"),
    ("gcePersistentDisk", "gcePersistentDisk", "persistentDisk"),
    (
        "awsElasticBlockStore",
        "awsElasticBlockStore",
        "awsElasticBlockStore",
    ),
    ("secret", "secret", "secret"),
    ("nfs", "nfs", "nfs"),
    ("iscsi", "iscsi", "iscsi"),
    ("glusterfs", "glusterfs", "glusterfs"),
    ("flocker", "flocker", "flocker"),
    (
        "persistentVolumeClaim",
        "persistentVolumeClaim",
        "persistentVolumeClaim",
    ),
    ("rbd", "rbd", "rbd"),
    ("cinder", "cinder", "cinder"),
    ("cephfs", "cephFS", "cephfs"),
    ("quobyte", "quobyte", "quobyte"),
    ("downwardAPI", "downwarAPI", "downwardAPI"),
    ("fc", "fc", "fc"),
    ("flexVolume", "flexVolume", "flexVolume"),
    ("configMap", "configMap", "configMap"),
    ("azureFile", "azureFile", "azureFile"),
    ("vsphereVolume", "vsphereVolume", "vsphereVolume"),
    (
        "photonPersistentDisk",
        "photonPersistentDisk",
        "photonPersistentDisk",
    ),
    ("portworxVolume", "portworxVolume", "portworxVolume"),
    ("azureDisk", "azureDisk", "azureDisk"),
    ("storageos", "storageos", "storageos"),
    ("projected", "projected", "projected"),
    ("scaleIO", "scaleIO", "scaleIO"),
    ("csi", "csi", "csi"),
    ("ephemeral", "ephemeral", "ephemeral"),
    ("image", "image", "image"),
];

/// Whose volumes they are.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    /// Name of the pod; empty in a template.
    pub pod_name: &'a str,
    pub is_pod: bool,
}

/// Checks all volumes and returns those that containers may mount: the ones without a fault.
///
/// Upstream: `pkg/apis/core/validation ValidateVolumes`.
pub fn volumes<'a>(
    errors: &mut Errors,
    at: &Path<'_>,
    volumes: &'a Value,
    owner: Owner<'_>,
) -> Vec<&'a Value> {
    let mut good: Vec<&Value> = Vec::new();
    for (i, volume) in volumes.items().iter().enumerate() {
        let at = at.index(i);
        let before = errors.len();
        let name = volume.get("name").text();
        source(errors, &at, volume, owner);
        let name_at = at.child("name");
        if name.is_empty() {
            errors.required(&name_at, "");
        } else {
            errors.invalid_each(&name_at, name, label(name));
        }
        if good.iter().any(|v| v.get("name").text() == name) {
            errors.duplicate(&name_at, name);
        }
        if errors.len() == before {
            good.push(volume);
        }
        let claim = volume.at(&["persistentVolumeClaim", "claimName"]).text();
        let made = |other: &Value| {
            !other.get("ephemeral").is_null()
                && claim == format!("{}-{}", owner.pod_name, other.get("name").text())
        };
        if !claim.is_empty() && !owner.pod_name.is_empty() && volumes.items().iter().any(made) {
            let at = at.child("persistentVolumeClaim");
            let detail = "must not reference a PVC that gets created for an ephemeral volume";
            errors.invalid(&at.child("claimName"), claim, detail);
        }
    }
    good
}

fn source(errors: &mut Errors, at: &Path<'_>, volume: &Value, owner: Owner<'_>) {
    let mut found = false;
    for (field, more_name, own_name) in SOURCES {
        let source = volume.get(field);
        if source.is_null() {
            continue;
        }
        if found {
            errors.forbidden(
                &at.child(more_name),
                "may not specify more than 1 volume type",
            );
        } else {
            found = true;
            one_source(errors, &at.child(own_name), field, source, owner);
            if field == "ephemeral" {
                claim_name(errors, at, volume, owner);
            }
        }
        let portal = source.get("targetPortal").text();
        let name = volume.get("name").text();
        if field == "iscsi"
            && !source.get("initiatorName").is_null()
            && name.len() + 1 + portal.len() > 64
        {
            let detail = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";
            errors.invalid(&at.child("name"), name, detail);
        }
    }
    if !found {
        errors.required(at, "must specify a volume type");
    }
}

/// The claim that an ephemeral volume of a pod makes needs a good name.
fn claim_name(errors: &mut Errors, at: &Path<'_>, volume: &Value, owner: Owner<'_>) {
    let name = volume.get("name").text();
    if owner.pod_name.is_empty() || name.is_empty() {
        return;
    }
    let claim = format!("{}-{name}", owner.pod_name);
    for sentence in subdomain(&claim) {
        let shown = super::errors::quoted(&claim);
        errors.invalid(
            &at.child("name"),
            name,
            &format!("PVC name {shown}: {sentence}"),
        );
    }
}

fn one_source(errors: &mut Errors, at: &Path<'_>, field: &str, source: &Value, owner: Owner<'_>) {
    match field {
        "emptyDir" => {
            let size = crate::k8s::quantity::Quantity::of(source.get("sizeLimit"));
            if size.is_negative() {
                let detail = "SizeLimit field must be a valid resource quantity";
                errors.forbidden(&at.child("sizeLimit"), detail);
            }
        }
        "hostPath" => host_path(errors, at, source),
        "secret" => keys(errors, at, source, "secretName"),
        "configMap" => keys(errors, at, source, "name"),
        "persistentVolumeClaim" => need(errors, at, source, &["claimName"]),
        "nfs" => {
            need(errors, at, source, &["server", "path"]);
            let path = source.get("path").text();
            if !path.starts_with('/') {
                errors.invalid(&at.child("path"), path, "must be an absolute path");
            }
        }
        "downwardAPI" => {
            mode(errors, &at.child("defaultMode"), source.get("defaultMode"));
            for file in source.get("items").items() {
                downward_file(errors, at, file);
            }
        }
        "projected" => projected::projected(errors, at, source),
        "ephemeral" => {
            let template = source.get("volumeClaimTemplate");
            let at = at.child("volumeClaimTemplate");
            if template.is_null() {
                errors.required(&at, "");
            } else {
                pvc::template(errors, &at, template);
            }
        }
        "image" => {
            if owner.is_pod {
                need(errors, at, source, &["reference"]);
            }
            let policy = source.get("pullPolicy").text();
            super::container::pull_policy(errors, &at.child("pullPolicy"), policy);
        }
        _ => other_source(errors, at, field, source),
    }
}

/// Fields that must not be empty.
pub fn need(errors: &mut Errors, at: &Path<'_>, source: &Value, fields: &[&str]) {
    for field in fields {
        if source.get(field).is_empty() {
            errors.required(&at.child(field), "");
        }
    }
}

/// File permissions.
pub fn mode(errors: &mut Errors, at: &Path<'_>, mode: &Value) {
    if let Some(bits) = mode.as_i64().filter(|bits| !(0..=0o777).contains(bits)) {
        errors.invalid(at, bits, MODE);
    }
}

fn host_path(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    let path = source.get("path").text();
    if path.is_empty() {
        errors.required(&at.child("path"), "");
        return;
    }
    no_backsteps(errors, &at.child("path"), path);
    let kind = source.get("type").text();
    if !HOST_PATH_TYPES.contains(&kind) {
        errors.not_supported(&at.child("type"), kind, &HOST_PATH_TYPES);
    }
}

/// A ConfigMap or Secret.
fn keys(errors: &mut Errors, at: &Path<'_>, source: &Value, name: &str) {
    need(errors, at, source, &[name]);
    mode(errors, &at.child("defaultMode"), source.get("defaultMode"));
    let list = at.child("items");
    for (i, item) in source.get("items").items().iter().enumerate() {
        key_to_path(errors, &list.index(i), item);
    }
}

/// A key and the file that it becomes.
pub fn key_to_path(errors: &mut Errors, at: &Path<'_>, item: &Value) {
    need(errors, at, item, &["key", "path"]);
    local_path(errors, &at.child("path"), item.get("path").text());
    mode(errors, &at.child("mode"), item.get("mode"));
}

/// A file of the downward API. Its errors name the volume, not the file.
pub fn downward_file(errors: &mut Errors, at: &Path<'_>, file: &Value) {
    need(errors, at, file, &["path"]);
    local_path(errors, &at.child("path"), file.get("path").text());
    let (field, resource) = (file.get("fieldRef"), file.get("resourceFieldRef"));
    if !field.is_null() {
        field_ref(errors, &at.child("fieldRef"), field, &DOWNWARD_FIELDS);
        if !resource.is_null() {
            let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
            errors.invalid(at, "resource", detail);
        }
    } else if resource.is_null() {
        errors.required(at, "one of fieldRef and resourceFieldRef is required");
    } else {
        resource_ref(errors, &at.child("resourceFieldRef"), resource, true);
    }
    mode(errors, &at.child("mode"), file.get("mode"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn of(list: Value) -> Vec<String> {
        let mut errors = Errors::default();
        let owner = Owner {
            pod_name: "",
            is_pod: false,
        };
        volumes(&mut errors, &Path::root("v"), &list, owner);
        errors.lines()
    }

    #[test]
    fn one_fault_each() {
        let cases = [
            (
                value!({"name": "a"}),
                "v[0]: Required value: must specify a volume type",
            ),
            (value!({"emptyDir": {}}), "v[0].name: Required value"),
            (
                value!({"name": "a", "emptyDir": {"sizeLimit": "-1Mi"}}),
                "v[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity",
            ),
            (
                value!({"name": "a", "hostPath": {"path": ""}}),
                "v[0].hostPath.path: Required value",
            ),
            (
                value!({"name": "a", "hostPath": {"path": "/var/../etc"}}),
                "v[0].hostPath.path: Invalid value: \"/var/../etc\": must not contain '..'",
            ),
            (
                value!({"name": "a", "hostPath": {"path": "/x", "type": "Folder"}}),
                "v[0].hostPath.type: Unsupported value: \"Folder\": supported values: \"\", \"BlockDevice\", \"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", \"Socket\"",
            ),
            (
                value!({"name": "a", "configMap": {"name": "x", "defaultMode": 1000}}),
                "v[0].configMap.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive",
            ),
            (
                value!({"name": "a", "configMap": {"name": "x", "items": [{"key": "k", "path": "..x"}]}}),
                "v[0].configMap.items[0].path: Invalid value: \"..x\": must not start with '..'",
            ),
            (
                value!({"name": "a", "secret": {}}),
                "v[0].secret.secretName: Required value",
            ),
            (
                value!({"name": "a", "nfs": {"server": "s", "path": "exports"}}),
                "v[0].nfs.path: Invalid value: \"exports\": must be an absolute path",
            ),
            (
                value!({"name": "a", "downwardAPI": {"items": [{"path": "x"}]}}),
                "v[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required",
            ),
        ];
        for (volume, want) in cases {
            assert_eq!(of(Value::from(vec![volume])), [want]);
        }
    }

    #[test]
    fn doubled_names_and_sources() {
        let two = value!([{"name": "a", "emptyDir": {}}, {"name": "a", "emptyDir": {}},
            {"name": "b", "emptyDir": {}, "hostPath": {"path": "/"}}]);
        assert_eq!(
            of(two),
            [
                "v[1].name: Duplicate value: \"a\"",
                "v[2].hostPath: Forbidden: may not specify more than 1 volume type",
            ]
        );
    }
}
