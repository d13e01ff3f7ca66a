//! Pods made from a template, ranked for deletion, judged by their readiness.
//!
//! Upstream: pkg/controller/controller_utils.go

use super::controller_ref;
use crate::k8s::api::Phase;
use crate::k8s::{Object, Str, Timestamp, Value};
use crate::sim::{SimSpan, SimTime};
use crate::value;
use std::cmp::Reverse;

/// A pod of the template, to be created with a generated name. Shares the template's subtrees.
///
/// Upstream: `GetPodFromTemplate`.
pub fn from_template(owner: &Object, template: &Value) -> Value {
    let from = template.get("metadata");
    let mut metadata = value!({
        "generateName": format!("{}-", owner.name()),
        "ownerReferences": [controller_ref(owner)],
    });
    for field in ["labels", "annotations", "finalizers"] {
        if !from.get(field).is_empty() {
            metadata.set(field, from.get(field));
        }
    }
    value!({
        "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.get("spec"),
    })
}

/// The pod is ready and has been for `min_ready`.
///
/// Upstream: pkg/api/v1/pod/util.go `IsPodAvailable`.
pub fn available(pod: &Object, min_ready: SimSpan, now: SimTime) -> bool {
    let Some(view) = pod.pod().filter(|p| p.ready()) else {
        return false;
    };
    if min_ready == SimSpan::ZERO {
        return true;
    }
    let since = view
        .condition("Ready")
        .and_then(|c| Timestamp::parse(&c.last_transition_time));
    since.is_some_and(|since| SimTime::of(since) + min_ready <= now)
}

/// The pod's condition `Ready` is True.
pub fn ready(pod: &Object) -> bool {
    pod.pod().is_some_and(crate::k8s::api::Pod::ready)
}

/// Order of deletion when there are too many: smaller goes first.
///
/// Upstream: `ActivePodsWithRanks`.
pub fn deletion_rank(pod: &Object, siblings_on_node: usize) -> impl Ord + use<> {
    let view = pod.pod();
    let bound = view.is_some_and(|v| !v.spec.node_name.is_empty());
    let phase = match view.map(|v| v.status.phase) {
        Some(Phase::Pending | Phase::None) | None => 0,
        Some(Phase::Unknown) => 1,
        Some(Phase::Running | Phase::Succeeded | Phase::Failed) => 2,
    };
    let cost = pod
        .meta()
        .annotation("controller.kubernetes.io/pod-deletion-cost")
        .and_then(|text| text.parse::<i32>().ok())
        .unwrap_or(0);
    let ready_since = view
        .and_then(|v| v.condition("Ready"))
        .filter(|c| c.status == "True")
        .and_then(|c| Timestamp::parse(&c.last_transition_time));
    let restarts: i64 = view.map_or(0, |v| {
        v.status
            .container_statuses
            .iter()
            .map(|c| c.restart_count)
            .sum()
    });
    (
        bound,
        phase,
        ready(pod),
        cost,
        Reverse(siblings_on_node),
        Reverse(ready_since),
        Reverse(restarts),
        Reverse(pod.meta().creation),
        pod.name().clone(),
    )
}

/// The names of the claims that a pod uses.
pub fn claims_of(pod: &Object) -> Vec<Str> {
    let volumes = pod.value().at(&["spec", "volumes"]).items().iter();
    volumes
        .filter_map(|volume| {
            if !volume.get("ephemeral").is_null() {
                return Some(Str::from(own_claim(pod, volume)));
            }
            let name = volume.at(&["persistentVolumeClaim", "claimName"]);
            name.as_str().map(Str::new)
        })
        .collect()
}

/// The claim that a pod brings along for a volume.
///
/// Upstream: component-helpers/storage/ephemeral `VolumeClaimName`
pub fn own_claim(pod: &Object, volume: &Value) -> String {
    format!("{}-{}", pod.name(), volume.get("name").text())
}
