//! Descriptions of claims, volumes and storage classes.

use super::{View, Writer, pieces};
use crate::console::print::columns::storage::modes;
use crate::console::print::{age, scalar};
use crate::k8s::{Kind, Object, Value};

fn phase(w: &mut Writer, object: &Object, view: View<'_>) {
    match object.meta().deletion {
        Some(at) => w.field(
            0,
            "Status",
            format!("Terminating (lasts {})", age::since(at, view.now)),
        ),
        None => w.field(0, "Status", object.value().at(&["status", "phase"]).text()),
    }
}

fn finalizers(w: &mut Writer, object: &Object) {
    let all: Vec<&str> = object
        .meta()
        .finalizers
        .iter()
        .map(crate::k8s::str::Str::as_str)
        .collect();
    w.field(0, "Finalizers", format!("[{}]", all.join(" ")));
}

/// Upstream: kubectl/pkg/describe/describe.go `describePVC`.
pub fn claim(w: &mut Writer, object: &Object, view: View<'_>) {
    let value = object.value();
    let (spec, status) = (value.get("spec"), value.get("status"));
    pieces::name(w, object);
    w.field(0, "StorageClass", object.storage_class());
    phase(w, object, view);
    let volume = spec.get("volumeName").text();
    w.field(0, "Volume", volume);
    pieces::labels_and_annotations(w, object);
    finalizers(w, object);
    let bound = !volume.is_empty();
    let capacity = if bound {
        scalar(status.at(&["capacity", "storage"]))
    } else {
        String::new()
    };
    w.field(0, "Capacity", capacity);
    w.field(
        0,
        "Access Modes",
        if bound {
            modes(status.get("accessModes"))
        } else {
            String::new()
        },
    );
    if !spec.get("volumeMode").is_null() {
        w.field(0, "VolumeMode", spec.get("volumeMode").text());
    }
    let uses = |pod: &&std::sync::Arc<Object>| {
        pod.value()
            .at(&["spec", "volumes"])
            .items()
            .iter()
            .any(|v| v.at(&["persistentVolumeClaim", "claimName"]).text() == object.name().as_str())
            || object.meta().owners.iter().any(|o| o.uid == *pod.uid())
    };
    let pods = view
        .api
        .list(Kind::Pod, Some(object.namespace()))
        .filter(uses);
    pieces::multiline(w, "Used By", pods.map(|p| p.name().to_string()));
}

/// Upstream: kubectl/pkg/describe/describe.go `describePV`.
pub fn volume(w: &mut Writer, object: &Object, view: View<'_>) {
    let value = object.value();
    let spec = value.get("spec");
    w.field(0, "Name", object.name());
    pieces::labels_and_annotations(w, object);
    finalizers(w, object);
    w.field(0, "StorageClass", object.storage_class());
    phase(w, object, view);
    let claim = spec.get("claimRef");
    if claim.is_null() {
        w.field(0, "Claim", "");
    } else {
        w.field(
            0,
            "Claim",
            format!(
                "{}/{}",
                claim.get("namespace").text(),
                claim.get("name").text()
            ),
        );
    }
    w.field(
        0,
        "Reclaim Policy",
        spec.get("persistentVolumeReclaimPolicy").text(),
    );
    w.field(0, "Access Modes", modes(spec.get("accessModes")));
    if !spec.get("volumeMode").is_null() {
        w.field(0, "VolumeMode", spec.get("volumeMode").text());
    }
    w.field(0, "Capacity", scalar(spec.at(&["capacity", "storage"])));
    node_affinity(w, spec.get("nodeAffinity"));
    w.field(0, "Message", value.at(&["status", "message"]).text());
    w.line(0, "Source:");
    source(w, spec);
}

fn node_affinity(w: &mut Writer, affinity: &Value) {
    let terms = affinity.at(&["required", "nodeSelectorTerms"]).items();
    if terms.is_empty() {
        w.line(0, "Node Affinity:\t<none>");
        return;
    }
    w.line(0, "Node Affinity:\t");
    w.line(1, "Required Terms:\t");
    for (i, term) in terms.iter().enumerate() {
        let texts: Vec<String> = term
            .get("matchExpressions")
            .items()
            .iter()
            .map(|e| {
                let values: Vec<&str> = e.get("values").items().iter().map(Value::text).collect();
                let op = e.get("operator").text().to_lowercase();
                let list = match &values[..] {
                    [] => String::new(),
                    values => format!(" [{}]", values.join(", ")),
                };
                format!("{} {op}{list}", e.get("key").text())
            })
            .collect();
        w.line(
            2,
            format!(
                "Term {i}:\t{}",
                crate::console::print::or_none(&texts.join("\n    \t"))
            ),
        );
    }
}

fn source(w: &mut Writer, spec: &Value) {
    for (kind, title) in [
        ("hostPath", "HostPath (bare host directory volume)"),
        ("nfs", "NFS (an NFS mount that lasts the lifetime of a pod)"),
        (
            "local",
            "LocalVolume (a persistent volume backed by local storage on a node)",
        ),
    ] {
        let source = spec.get(kind);
        if source.is_null() {
            continue;
        }
        w.field(2, "Type", title);
        if kind == "nfs" {
            w.field(2, "Server", source.get("server").text());
        }
        w.field(2, "Path", source.get("path").text());
        match kind {
            "hostPath" => w.field(2, "HostPathType", source.get("type").text()),
            "nfs" => w.field(
                2,
                "ReadOnly",
                (source.get("readOnly").as_bool() == Some(true)).to_string(),
            ),
            _ => {}
        }
        return;
    }
    w.line(1, "<unknown>");
}

/// Upstream: kubectl/pkg/describe/describe.go `describeStorageClass`.
pub fn class(w: &mut Writer, object: &Object) {
    let value = object.value();
    let default = object
        .meta()
        .annotation("storageclass.kubernetes.io/is-default-class")
        == Some("true");
    w.field(0, "Name", object.name());
    w.field(0, "IsDefaultClass", if default { "Yes" } else { "No" });
    w.field(
        0,
        "Annotations",
        super::small::pairs(&object.meta().annotations),
    );
    w.field(0, "Provisioner", value.get("provisioner").text());
    w.field(
        0,
        "Parameters",
        crate::console::print::labels(value.get("parameters")),
    );
    let expansion = match value.get("allowVolumeExpansion").as_bool() {
        Some(true) => "True",
        Some(false) => "False",
        None => "<unset>",
    };
    w.field(0, "AllowVolumeExpansion", expansion);
    let options: Vec<&str> = value
        .get("mountOptions")
        .items()
        .iter()
        .map(Value::text)
        .collect();
    if options.is_empty() {
        w.line(0, "MountOptions:\t<none>");
    } else {
        w.line(0, "MountOptions:");
        for option in options {
            w.line(1, option);
        }
    }
    for (field, title) in [
        ("reclaimPolicy", "ReclaimPolicy"),
        ("volumeBindingMode", "VolumeBindingMode"),
    ] {
        let text = value.get(field).text();
        w.field(0, title, if text.is_empty() { "<unset>" } else { text });
    }
}
