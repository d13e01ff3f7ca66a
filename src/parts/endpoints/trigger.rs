//! What made endpoints change, and when: a pod's readiness or the Service itself.
//!
//! Upstream: staging/src/k8s.io/endpointslice/trigger_time_tracker.go

use super::Endpoints;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Object, Str, Timestamp, Value};
use crate::sim::store::NsName;
use std::sync::Arc;

/// The annotation that carries the moment.
const ANNOTATION: &str = "endpoints.kubernetes.io/last-change-trigger-time";

/// What the last look at a Service has seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pods: BTreeMap<Str, Timestamp>,
    service: Option<Timestamp>,
}

impl Endpoints {
    /// The first of the moments that the last look has not seen.
    pub(super) fn triggered(
        &mut self,
        key: &NsName,
        service: &Object,
        pods: &[Arc<Object>],
    ) -> Option<Timestamp> {
        let seen = self.seen.entry(key.clone()).or_default();
        let mut now = Seen::default();
        let mut first: Option<Timestamp> = None;
        let mut trigger = |at| first = Some(first.map_or(at, |first| first.min(at)));
        for pod in pods {
            let ready = pod.pod().and_then(|p| p.condition("Ready"));
            let Some(at) = ready.and_then(|c| Timestamp::parse(&c.last_transition_time)) else {
                continue;
            };
            now.pods.insert(pod.name().clone(), at);
            if seen.pods.get(pod.name()).is_none_or(|before| at > *before) {
                trigger(at);
            }
        }
        now.service = service.meta().creation;
        if let Some(at) = now
            .service
            .filter(|at| seen.service.is_none_or(|b| *at > b))
        {
            trigger(at);
        }
        *seen = now;
        first
    }
}

/// Writes the moment to an object whose endpoints have changed.
pub(super) fn note(value: &mut Value, at: Option<Timestamp>) {
    if let Some(at) = at {
        value.set_at(&["metadata", "annotations", ANNOTATION], at.to_string());
        return;
    }
    value.remove_at(&["metadata", "annotations", ANNOTATION]);
    if value.at(&["metadata", "annotations"]).is_empty() {
        value.remove_at(&["metadata", "annotations"]);
    }
}
