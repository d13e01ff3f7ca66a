//! Pod templates and volumes.

use super::container::{self, Place};
use super::{Writer, pieces};
use crate::console::print::scalar;
use crate::k8s::Value;

static NULL: Value = Value::Null;

/// `Pod Template:` and all below it.
pub fn pod_template(w: &mut Writer, template: &Value) {
    w.line(0, "Pod Template:");
    let spec = template.get("spec");
    pieces::labels(w, "  Labels", template.at(&["metadata", "labels"]));
    let annotations = template.at(&["metadata", "annotations"]);
    if annotations.fields().next().is_some() {
        pieces::annotations(w, "  Annotations", annotations);
    }
    let account = spec.get("serviceAccountName").text();
    if !account.is_empty() {
        w.field(0, "  Service Account", account);
    }
    let place = Place {
        statuses: &NULL,
        pod: None,
        space: "  ",
    };
    if !spec.get("initContainers").items().is_empty() {
        container::all(w, "Init Containers", spec.get("initContainers"), &place);
    }
    container::all(w, "Containers", spec.get("containers"), &place);
    volumes(w, spec.get("volumes"), "  ");
    spread(w, spec, "  ");
    let class = spec.get("priorityClassName").text();
    if !class.is_empty() {
        w.field(0, "  Priority Class Name", class);
    }
    pieces::labels(w, "  Node-Selectors", spec.get("nodeSelector"));
    pieces::tolerations(w, "  Tolerations", spec.get("tolerations"));
}

/// `Topology Spread Constraints:`, if there are any.
pub fn spread(w: &mut Writer, spec: &Value, space: &str) {
    let all = spec.get("topologySpreadConstraints").items();
    if all.is_empty() {
        return;
    }
    let text = |c: &Value| {
        let selector = crate::k8s::selector::Selector::read(c.get("labelSelector"));
        format!(
            "{}:{} when max skew {} is exceeded for selector {}",
            c.get("topologyKey").text(),
            c.get("whenUnsatisfiable").text(),
            c.get("maxSkew").as_i64().unwrap_or(0),
            selector.or_none()
        )
    };
    pieces::multiline(
        w,
        &format!("{space}Topology Spread Constraints"),
        all.iter().map(text),
    );
}

/// `Volumes:`
pub fn volumes(w: &mut Writer, list: &Value, space: &str) {
    if list.items().is_empty() {
        w.line(0, format!("{space}Volumes:\t<none>"));
        return;
    }
    w.line(0, format!("{space}Volumes:"));
    let indent = if space.is_empty() { "" } else { " " };
    for volume in list.items() {
        w.line(1, format!("{indent}{}:", volume.get("name").text()));
        one(w, volume);
    }
}

fn truth(value: &Value) -> String {
    (value.as_bool() == Some(true)).to_string()
}

fn one(w: &mut Writer, volume: &Value) {
    let mut sources = volume.fields().filter(|(k, _)| k.as_str() != "name");
    let Some((kind, source)) = sources.next() else {
        w.line(1, "<unknown>");
        return;
    };
    let text = |field: &str| scalar(source.get(field));
    match kind.as_str() {
        "hostPath" => {
            w.field(2, "Type", "HostPath (bare host directory volume)");
            w.field(2, "Path", text("path"));
            w.field(2, "HostPathType", text("type"));
        }
        "emptyDir" => empty_dir(w, source),
        "secret" => {
            w.field(2, "Type", "Secret (a volume populated by a Secret)");
            w.field(2, "SecretName", text("secretName"));
            w.field(2, "Optional", truth(source.get("optional")));
        }
        "configMap" => {
            w.field(2, "Type", "ConfigMap (a volume populated by a ConfigMap)");
            w.field(2, "Name", text("name"));
            w.field(2, "Optional", truth(source.get("optional")));
        }
        "persistentVolumeClaim" => {
            let kind = "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)";
            w.field(2, "Type", kind);
            w.field(2, "ClaimName", text("claimName"));
            w.field(2, "ReadOnly", truth(source.get("readOnly")));
        }
        "nfs" => {
            w.field(
                2,
                "Type",
                "NFS (an NFS mount that lasts the lifetime of a pod)",
            );
            w.field(2, "Server", text("server"));
            w.field(2, "Path", text("path"));
            w.field(2, "ReadOnly", truth(source.get("readOnly")));
        }
        "projected" => projected(w, source),
        "downwardAPI" => downward(w, source),
        "csi" => {
            w.field(
                2,
                "Type",
                "CSI (a Container Storage Interface (CSI) volume source)",
            );
            w.field(2, "Driver", text("driver"));
            w.field(2, "FSType", text("fsType"));
            w.field(2, "ReadOnly", truth(source.get("readOnly")));
        }
        "ephemeral" => ephemeral(w, source.get("volumeClaimTemplate")),
        _ => w.line(1, "<unknown>"),
    }
}

/// Upstream: `printEphemeralVolumeSource`, `printPersistentVolumeClaim`
fn ephemeral(w: &mut Writer, claim: &Value) {
    let kind = "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)";
    w.field(2, "Type", kind);
    let (spec, metadata) = (claim.get("spec"), claim.get("metadata"));
    w.field(2, "StorageClass", spec.get("storageClassName").text());
    w.field(2, "Volume", spec.get("volumeName").text());
    for (title, field) in [("Labels", "labels"), ("Annotations", "annotations")] {
        let pairs = metadata.get(field).fields();
        let mut all: Vec<String> = pairs.map(|(k, v)| format!("{k}={}", v.text())).collect();
        if all.is_empty() {
            all.push("<none>".to_owned());
        }
        // Each piece of such a line is indented by itself.
        for (i, text) in all.iter().enumerate() {
            let title = if i == 0 {
                format!("{title}:")
            } else {
                String::new()
            };
            w.line(2, format!("{title}\t    {text}"));
        }
    }
    w.field(2, "Capacity", "");
    w.field(2, "Access Modes", "");
    if !spec.get("volumeMode").is_null() {
        w.field(2, "VolumeMode", spec.get("volumeMode").text());
    }
}

fn empty_dir(w: &mut Writer, source: &Value) {
    w.field(
        2,
        "Type",
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
    );
    w.field(2, "Medium", scalar(source.get("medium")));
    let limit = source.get("sizeLimit");
    w.field(
        2,
        "SizeLimit",
        if limit.is_null() {
            "<unset>".to_owned()
        } else {
            scalar(limit)
        },
    );
}

fn downward(w: &mut Writer, source: &Value) {
    w.field(
        2,
        "Type",
        "DownwardAPI (a volume populated by information about the pod)",
    );
    w.line(2, "Items:");
    for item in source.get("items").items() {
        let mut from = item.at(&["fieldRef", "fieldPath"]).text();
        if from.is_empty() {
            from = item.at(&["resourceFieldRef", "resource"]).text();
        }
        w.line(3, format!("{from} -> {}", item.get("path").text()));
    }
}

fn projected(w: &mut Writer, source: &Value) {
    let kind = "Projected (a volume that contains injected data from multiple sources)";
    w.field(2, "Type", kind);
    for part in source.get("sources").items() {
        let (secret, config) = (part.get("secret"), part.get("configMap"));
        let token = part.get("serviceAccountToken");
        if !secret.is_null() {
            w.field(2, "SecretName", secret.get("name").text());
            w.field(2, "Optional", truth(secret.get("optional")));
        } else if !part.get("downwardAPI").is_null() {
            w.field(2, "DownwardAPI", "true");
        } else if !config.is_null() {
            w.field(2, "ConfigMapName", config.get("name").text());
            w.field(2, "Optional", truth(config.get("optional")));
        } else if !token.is_null() {
            w.field(
                2,
                "TokenExpirationSeconds",
                scalar(token.get("expirationSeconds")),
            );
        }
    }
}
