//! Descriptions of DaemonSets, Deployments, ReplicaSets and StatefulSets.

use super::template::pod_template;
use super::{View, Writer, pieces};
use crate::console::print::{labels, scalar};
use crate::k8s::order::InOrder;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Value};
use std::sync::Arc;

fn selector(object: &Object) -> String {
    Selector::read(object.value().at(&["spec", "selector"])).or_none()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

/// Upstream: kubectl/pkg/describe/describe.go `describeDaemonSet`.
pub fn daemon_set(w: &mut Writer, object: &Object, view: View<'_>) {
    let value = object.value();
    let template = value.at(&["spec", "template"]);
    pieces::name(w, object);
    w.field(0, "Selector", selector(object));
    w.field(
        0,
        "Node-Selector",
        labels(template.at(&["spec", "nodeSelector"])),
    );
    pieces::labels_and_annotations(w, object);
    let status = value.get("status");
    for (title, field) in [
        (
            "Desired Number of Nodes Scheduled",
            "desiredNumberScheduled",
        ),
        (
            "Current Number of Nodes Scheduled",
            "currentNumberScheduled",
        ),
        (
            "Number of Nodes Scheduled with Up-to-date Pods",
            "updatedNumberScheduled",
        ),
        (
            "Number of Nodes Scheduled with Available Pods",
            "numberAvailable",
        ),
        ("Number of Nodes Misscheduled", "numberMisscheduled"),
    ] {
        w.line(0, format!("{title}: {}", number(status.get(field))));
    }
    w.field(0, "Pods Status", pieces::pods_status(object, view));
    pod_template(w, template);
}

fn conditions(w: &mut Writer, list: &Value) {
    if list.items().is_empty() {
        return;
    }
    w.line(0, "Conditions:\n  Type\tStatus\tReason");
    w.line(1, "----\t------\t------");
    for c in list.items() {
        let (kind, status) = (c.get("type").text(), c.get("status").text());
        w.line(1, format!("{kind} \t{status}\t{}", c.get("reason").text()));
    }
}

/// Upstream: kubectl/pkg/describe/describe.go `describeDeployment`.
pub fn deployment(w: &mut Writer, object: &Object, view: View<'_>) {
    let value = object.value();
    let (spec, status) = (value.get("spec"), value.get("status"));
    pieces::name(w, object);
    pieces::created(w, object);
    pieces::labels_and_annotations(w, object);
    w.field(0, "Selector", selector(object));
    w.field(
        0,
        "Replicas",
        format!(
            "{} desired | {} updated | {} total | {} available | {} unavailable",
            number(spec.get("replicas")),
            number(status.get("updatedReplicas")),
            number(status.get("replicas")),
            number(status.get("availableReplicas")),
            number(status.get("unavailableReplicas"))
        ),
    );
    w.field(0, "StrategyType", spec.at(&["strategy", "type"]).text());
    w.field(
        0,
        "MinReadySeconds",
        number(spec.get("minReadySeconds")).to_string(),
    );
    let rolling = spec.at(&["strategy", "rollingUpdate"]);
    if !rolling.is_null() {
        let unavailable = scalar(rolling.get("maxUnavailable"));
        let surge = scalar(rolling.get("maxSurge"));
        w.field(
            0,
            "RollingUpdateStrategy",
            format!("{unavailable} max unavailable, {surge} max surge"),
        );
    }
    pod_template(w, spec.get("template"));
    conditions(w, status.get("conditions"));
    let (old, new) = replica_sets(object, view);
    let text = |sets: &[Arc<Object>]| {
        let texts: Vec<String> = sets
            .iter()
            .map(|rs| {
                let created = number(rs.value().at(&["status", "replicas"]));
                let wanted = number(rs.value().at(&["spec", "replicas"]));
                format!("{} ({created}/{wanted} replicas created)", rs.name())
            })
            .collect();
        if texts.is_empty() {
            "<none>".to_owned()
        } else {
            texts.join(", ")
        }
    };
    w.field(0, "OldReplicaSets", text(&old));
    w.field(
        0,
        "NewReplicaSet",
        text(&new.into_iter().collect::<Vec<_>>()),
    );
}

/// The old ReplicaSets of a Deployment, and the one of its present template.
fn replica_sets(object: &Object, view: View<'_>) -> (Vec<Arc<Object>>, Option<Arc<Object>>) {
    let all = view.api.list(Kind::ReplicaSet, Some(object.namespace()));
    let own = all.filter(|rs| {
        rs.meta()
            .controller()
            .is_some_and(|o| o.uid == *object.uid())
    });
    let bare = |template: &Value| {
        let mut template = template.clone();
        template.remove_at(&["metadata", "labels", "pod-template-hash"]);
        template
    };
    let wanted = bare(object.value().at(&["spec", "template"]));
    let (mut new, mut old): (Vec<_>, Vec<_>) = own
        .cloned()
        .partition(|rs| bare(rs.value().at(&["spec", "template"])) == wanted);
    new.order_by_key(|rs| rs.meta().creation);
    if new.len() > 1 {
        old.extend(new.drain(1..));
    }
    (old, new.pop())
}

/// Upstream: kubectl/pkg/describe/describe.go `describeReplicaSet`.
pub fn replica_set(w: &mut Writer, object: &Object, view: View<'_>) {
    let value = object.value();
    pieces::name(w, object);
    if object.kind() == Kind::ReplicationController {
        w.field(0, "Selector", labels(value.at(&["spec", "selector"])));
    } else {
        w.field(0, "Selector", selector(object));
    }
    pieces::labels_and_annotations(w, object);
    pieces::controller(w, object);
    let current = number(value.at(&["status", "replicas"]));
    let desired = number(value.at(&["spec", "replicas"]));
    w.field(
        0,
        "Replicas",
        format!("{current} current / {desired} desired"),
    );
    w.field(0, "Pods Status", pieces::pods_status(object, view));
    pod_template(w, value.at(&["spec", "template"]));
    conditions(w, value.at(&["status", "conditions"]));
}

/// Upstream: kubectl/pkg/describe/describe.go `describeStatefulSet`.
pub fn stateful_set(w: &mut Writer, object: &Object, view: View<'_>) {
    let value = object.value();
    let spec = value.get("spec");
    pieces::name(w, object);
    pieces::created(w, object);
    w.field(0, "Selector", selector(object));
    pieces::labels_and_annotations(w, object);
    let desired = number(spec.get("replicas"));
    let total = number(value.at(&["status", "replicas"]));
    w.field(0, "Replicas", format!("{desired} desired | {total} total"));
    w.field(
        0,
        "Update Strategy",
        spec.at(&["updateStrategy", "type"]).text(),
    );
    let rolling = spec.at(&["updateStrategy", "rollingUpdate"]);
    if !rolling.is_null() {
        if !rolling.get("partition").is_null() {
            w.field(1, "Partition", number(rolling.get("partition")).to_string());
        }
        if !rolling.get("maxUnavailable").is_null() {
            w.field(1, "MaxUnavailable", scalar(rolling.get("maxUnavailable")));
        }
    }
    w.field(0, "Pods Status", pieces::pods_status(object, view));
    pod_template(w, spec.get("template"));
    let claims = spec.get("volumeClaimTemplates").items();
    if claims.is_empty() {
        w.line(0, "Volume Claims:\t<none>");
        return;
    }
    w.line(0, "Volume Claims:");
    for claim in claims {
        let metadata = claim.get("metadata");
        w.field(1, "Name", metadata.get("name").text());
        let old = metadata.at(&["annotations", "volume.beta.kubernetes.io/storage-class"]);
        let class = if old.is_null() {
            claim.at(&["spec", "storageClassName"])
        } else {
            old
        };
        w.field(1, "StorageClass", class.text());
        pieces::labels(w, "  Labels", metadata.get("labels"));
        pieces::labels(w, "  Annotations", metadata.get("annotations"));
        let capacity = claim.at(&["spec", "resources", "requests", "storage"]);
        let capacity = if capacity.is_null() {
            "<default>".to_owned()
        } else {
            scalar(capacity)
        };
        w.field(1, "Capacity", capacity);
        let modes: Vec<&str> = claim
            .at(&["spec", "accessModes"])
            .items()
            .iter()
            .map(Value::text)
            .collect();
        w.field(1, "Access Modes", format!("[{}]", modes.join(" ")));
    }
}
