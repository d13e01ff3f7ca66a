//! What the controller reads of Deployments and ReplicaSets.
//!
//! Upstream: pkg/controller/deployment/util/deployment_util.go

use crate::k8s::int_or_percent::{Rounding, scaled_value};
use crate::k8s::order::InOrder;
use crate::k8s::{Object, Value};
use std::sync::Arc;

pub const REVISION: &str = "deployment.kubernetes.io/revision";
pub const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";
pub const DESIRED_REPLICAS: &str = "deployment.kubernetes.io/desired-replicas";
pub const MAX_REPLICAS: &str = "deployment.kubernetes.io/max-replicas";
pub const HASH_LABEL: &str = "pod-template-hash";

/// `spec.replicas` of a Deployment or ReplicaSet; 1 when absent.
pub fn replicas(object: &Object) -> i64 {
    object
        .value()
        .at(&["spec", "replicas"])
        .as_i64()
        .unwrap_or(1)
}

/// A counter in the status; 0 when absent.
pub fn counter(object: &Object, field: &str) -> i64 {
    object.value().at(&["status", field]).as_i64().unwrap_or(0)
}

pub fn template(object: &Object) -> &Value {
    object.value().at(&["spec", "template"])
}

/// An annotation that holds a number.
pub fn number(object: &Object, annotation: &str) -> Option<i64> {
    object.meta().annotation(annotation)?.parse().ok()
}

/// The revision's number; 0 when absent.
pub fn revision(set: &Object) -> i64 {
    number(set, REVISION).unwrap_or(0)
}

/// Equal templates, the hash label aside.
pub fn same_template(a: &Value, b: &Value) -> bool {
    let strip = |template: &Value| {
        let mut template = template.clone();
        template.remove_at(&["metadata", "labels", HASH_LABEL]);
        template
    };
    strip(a) == strip(b)
}

pub fn is_rolling(deployment: &Object) -> bool {
    deployment.value().at(&["spec", "strategy", "type"]).text() == "RollingUpdate"
}

/// (maxSurge, maxUnavailable) in pods: surge rounded up, unavailable down, not both 0.
///
/// Upstream: `ResolveFenceposts`.
fn fenceposts(deployment: &Object) -> (i64, i64) {
    let rolling = deployment
        .value()
        .at(&["spec", "strategy", "rollingUpdate"]);
    let desired = replicas(deployment);
    let of = |field, rounding| scaled_value(rolling.get(field), desired, rounding).unwrap_or(0);
    match (
        of("maxSurge", Rounding::Up),
        of("maxUnavailable", Rounding::Down),
    ) {
        (0, 0) => (0, 1),
        limits => limits,
    }
}

/// 0 for Recreate.
pub fn max_surge(deployment: &Object) -> i64 {
    if is_rolling(deployment) {
        fenceposts(deployment).0
    } else {
        0
    }
}

/// 0 for Recreate, never more than the replicas.
pub fn max_unavailable(deployment: &Object) -> i64 {
    if is_rolling(deployment) && replicas(deployment) > 0 {
        fenceposts(deployment).1.min(replicas(deployment))
    } else {
        0
    }
}

/// Sum of `spec.replicas`.
pub fn total(sets: &[Arc<Object>]) -> i64 {
    sets.iter().map(|s| replicas(s)).sum()
}

/// Sum of a status counter.
pub fn sum(sets: &[Arc<Object>], field: &str) -> i64 {
    sets.iter().map(|s| counter(s, field)).sum()
}

/// Those that should have pods.
pub fn with_replicas(sets: &[Arc<Object>]) -> Vec<Arc<Object>> {
    sets.iter().filter(|s| replicas(s) > 0).cloned().collect()
}

/// The ReplicaSets of one Deployment: the one of the present template, and the others.
#[derive(Clone, Debug)]
pub struct Sets {
    pub new: Option<Arc<Object>>,
    pub old: Vec<Arc<Object>>,
}

impl Sets {
    /// Sorts by creation; the oldest with the present template is the new one.
    ///
    /// Upstream: `FindNewReplicaSet`, `FindOldReplicaSets`.
    pub fn of(deployment: &Object, mut sets: Vec<Arc<Object>>) -> Self {
        sets.order_by_key(|s| (s.meta().creation, s.name().clone()));
        let wanted = template(deployment);
        let new = sets.iter().position(|s| same_template(template(s), wanted));
        let new = new.map(|i| sets.remove(i));
        Self { new, old: sets }
    }

    /// Old ones first, then the new one.
    pub fn all(&self) -> Vec<Arc<Object>> {
        self.old.iter().chain(&self.new).cloned().collect()
    }

    /// Takes a newer version of one of them.
    pub fn replace(&mut self, set: &Arc<Object>) {
        for slot in self.old.iter_mut().chain(&mut self.new) {
            if slot.uid() == set.uid() {
                *slot = set.clone();
            }
        }
    }
}
