//! The identity of a StatefulSet's pod: ordinal, name, labels, volumes of its claims.
//!
//! Upstream: pkg/controller/statefulset/stateful_set_utils.go

use crate::k8s::api::Phase;
use crate::k8s::{Object, Str, Value};
use crate::sim::control::pods;
use crate::sim::{SimSpan, SimTime};
use crate::value;

pub const REVISION_LABEL: &str = "controller-revision-hash";
const POD_NAME_LABEL: &str = "statefulset.kubernetes.io/pod-name";
const POD_INDEX_LABEL: &str = "apps.kubernetes.io/pod-index";

pub fn replicas(set: &Object) -> i64 {
    set.value().at(&["spec", "replicas"]).as_i64().unwrap_or(1)
}

/// `spec.ordinals.start`.
pub fn start(set: &Object) -> i64 {
    set.value()
        .at(&["spec", "ordinals", "start"])
        .as_i64()
        .unwrap_or(0)
}

pub fn min_ready(set: &Object) -> SimSpan {
    let secs = set
        .value()
        .at(&["spec", "minReadySeconds"])
        .as_i64()
        .unwrap_or(0);
    SimSpan::from_secs(u64::try_from(secs).unwrap_or(0))
}

/// Pods start and stop one after the other.
pub fn ordered(set: &Object) -> bool {
    set.value().at(&["spec", "podManagementPolicy"]).text() != "Parallel"
}

pub fn partition(set: &Object) -> i64 {
    let path = ["spec", "updateStrategy", "rollingUpdate", "partition"];
    set.value().at(&path).as_i64().unwrap_or(0)
}

pub fn rolling(set: &Object) -> bool {
    set.value().at(&["spec", "updateStrategy", "type"]).text() == "RollingUpdate"
}

/// The ordinal in a pod's name, when the name is one of the set's.
pub fn ordinal(set: &Object, pod: &Object) -> Option<i64> {
    let rest = pod
        .name()
        .strip_prefix(set.name().as_str())?
        .strip_prefix('-')?;
    let plain = rest == "0" || !rest.starts_with('0');
    let digits = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    (plain && digits).then(|| rest.parse().ok()).flatten()
}

/// The pod's revision label.
pub fn revision(pod: &Object) -> &str {
    pod.meta().label(REVISION_LABEL).unwrap_or("")
}

pub fn running_and_ready(pod: &Object) -> bool {
    pod.pod()
        .is_some_and(|p| p.status.phase == Phase::Running && p.ready())
}

pub fn running_and_available(pod: &Object, min_ready: SimSpan, now: SimTime) -> bool {
    running_and_ready(pod) && pods::available(pod, min_ready, now)
}

/// The claim's name for one template and one pod.
pub fn claim_name(set: &Object, template: &Value, ordinal: i64) -> String {
    format!(
        "{}-{}-{ordinal}",
        template.at(&["metadata", "name"]).text(),
        set.name()
    )
}

pub fn claim_templates(set: &Object) -> &[Value] {
    set.value().at(&["spec", "volumeClaimTemplates"]).items()
}

/// A pod of the set, of a template and its revision.
///
/// Upstream: `newVersionedStatefulSetPod`.
pub fn new_pod(set: &Object, template: &Value, revision: &str, ordinal: i64) -> Value {
    let mut pod = pods::from_template(set, template);
    let name = Str::from(format!("{}-{ordinal}", set.name()));
    pod.set_at(&["metadata", "name"], &name);
    let labels = pod.at_mut(&["metadata", "labels"]);
    labels.set(REVISION_LABEL, Str::new(revision));
    labels.set(POD_NAME_LABEL, &name);
    labels.set(POD_INDEX_LABEL, ordinal.to_string());
    pod.set_at(&["spec", "hostname"], &name);
    let service = set.value().at(&["spec", "serviceName"]);
    if !service.is_empty() {
        pod.set_at(&["spec", "subdomain"], service);
    }
    let claims = claim_templates(set);
    if !claims.is_empty() {
        let own = |c: &Value| {
            value!({
                "name": c.at(&["metadata", "name"]),
                "persistentVolumeClaim": {"claimName": claim_name(set, c, ordinal)},
            })
        };
        let mut volumes: Vec<Value> = claims.iter().map(own).collect();
        let named = |v: &Value| {
            claims
                .iter()
                .any(|c| c.at(&["metadata", "name"]) == v.get("name"))
        };
        let rest = pod
            .at(&["spec", "volumes"])
            .items()
            .iter()
            .filter(|v| !named(v));
        volumes.extend(rest.cloned());
        pod.set_at(&["spec", "volumes"], volumes);
    }
    pod
}
