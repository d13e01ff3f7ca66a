//! What put a taint on a node, or a toleration into a pod.

use super::node::TaintChip;
use super::pod::since;
use super::say::Say;
use super::{age, trial};
use crate::cluster::daemonset::placement;
use crate::cluster::{Cluster, SimTime};
use crate::k8s::api::{Node, Taint, Toleration};
use crate::k8s::{Kind, Object, Timestamp};
use crate::say;

/// Taints that the node lifecycle controller keeps: key, condition, status of it; no status means any but True.
const KEPT: [(&str, &str, &str); 6] = [
    ("node.kubernetes.io/not-ready", "Ready", "False"),
    ("node.kubernetes.io/unreachable", "Ready", "Unknown"),
    (
        "node.kubernetes.io/memory-pressure",
        "MemoryPressure",
        "True",
    ),
    ("node.kubernetes.io/disk-pressure", "DiskPressure", "True"),
    ("node.kubernetes.io/pid-pressure", "PIDPressure", "True"),
    (
        "node.kubernetes.io/network-unavailable",
        "NetworkUnavailable",
        "True",
    ),
];

/// Each taint of a node and who put it there.
pub fn taints(cluster: &Cluster, object: &Object) -> Vec<(String, Say)> {
    let Some(node) = object.node() else {
        return Vec::new();
    };
    let one = |taint: &Taint| {
        (
            TaintChip::of(taint).text(),
            of_taint(cluster, object, node, taint),
        )
    };
    node.taints.iter().map(one).collect()
}

fn of_taint(cluster: &Cluster, object: &Object, node: &Node, taint: &Taint) -> Say {
    if let Some((_, kind, status)) = KEPT.into_iter().find(|(key, _, _)| taint.key == *key) {
        let Some(condition) = node.condition(kind) else {
            return say!("the node registered with it");
        };
        let ago = age::short(since(&condition.last_transition_time, cluster.now()));
        if condition.status == status {
            return say!(
                "node lifecycle controller: condition {} is {} for {} ({})",
                kind,
                status,
                &ago,
                &condition.reason
            );
        }
        return say!(
            "node lifecycle controller: about to be removed, {} is {}",
            kind,
            &condition.status
        );
    }
    if taint.key == "node.kubernetes.io/unschedulable" {
        return say!("node lifecycle controller: the node is cordoned");
    }
    by_manager(cluster, object, "f:taints").unwrap_or_else(|| say!("the node came with it"))
}

/// Who wrote a field of `spec` last, from the managed fields.
fn by_manager(cluster: &Cluster, object: &Object, field: &str) -> Option<Say> {
    let entries = object.value().at(&["metadata", "managedFields"]).items();
    let wrote = entries
        .iter()
        .filter(|entry| entry.at(&["fieldsV1", "f:spec"]).field(field).is_some())
        .max_by_key(|entry| Timestamp::parse(entry.get("time").text()).map(|t| t.0))?;
    let manager = wrote.get("manager").text();
    let start = SimTime::of(cluster.setup().start);
    let at = Timestamp::parse(wrote.get("time").text()).map(SimTime::of)?;
    if manager == "kubelet" || at < start {
        return None;
    }
    let clock = age::clock(at.since(start).as_millis());
    Some(if manager.starts_with("kubectl") {
        say!("a person, with {} at {}", manager, &clock)
    } else {
        say!("{} at {}", manager, &clock)
    })
}

/// Each toleration of a pod and where it comes from.
pub fn tolerations(cluster: &Cluster, pod: &Object) -> Vec<(String, Say)> {
    let Some(spec) = pod.pod().map(|p| &p.spec) else {
        return Vec::new();
    };
    let owner = pod.meta().controller().filter(|o| o.kind == "DaemonSet");
    let set = owner.and_then(|o| cluster.objects(Kind::DaemonSet).find(|s| *s.uid() == o.uid));
    let template = set.and_then(|s| s.daemon_set()).map(|ds| &ds.spec);
    let added =
        |one: &Toleration| template.is_some_and(|t| placement::pod_tolerations(t).contains(one));
    let from = |one: &Toleration| {
        if template.is_some_and(|t| t.pod.tolerations.contains(one)) {
            say!("from the template")
        } else if owner.is_some() && added(one) {
            say!("added to every daemon pod by the controller")
        } else if one.toleration_seconds == Some(300) && one.key.starts_with("node.kubernetes.io/")
        {
            say!("admission plugin DefaultTolerationSeconds")
        } else if owner.is_some() {
            say!("from an earlier template")
        } else {
            say!("from the pod itself")
        }
    };
    spec.tolerations
        .iter()
        .map(|one| (trial::text(one), from(one)))
        .collect()
}
