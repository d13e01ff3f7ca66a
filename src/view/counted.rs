//! Which of a DaemonSet's counters count a node: the controller's own rule, one node at a time.

use super::pod::min_ready;
use crate::cluster::daemonset::availability::{self, Available};
use crate::cluster::daemonset::create::template_generation;
use crate::cluster::daemonset::placement;
use crate::cluster::{SimTime, daemonset::Reason};
use crate::k8s::api::Toleration;
use crate::k8s::{Object, Str};
use std::sync::Arc;

/// A set of counters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Counted(u8);

/// The counters, in the order of the row above the grid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counter {
    Desired,
    Current,
    Ready,
    Updated,
    Available,
    Misscheduled,
}

impl Counted {
    /// The counter counts this node.
    pub const fn has(self, counter: Counter) -> bool {
        self.0 & (1 << counter as u8) != 0
    }

    /// With a counter more, when `on`.
    #[must_use]
    pub const fn with(self, counter: Counter, on: bool) -> Self {
        if on {
            Self(self.0 | (1 << counter as u8))
        } else {
            self
        }
    }
}

/// What the placement and the counters of a DaemonSet are computed from, read once for all nodes.
#[derive(Clone, Debug)]
pub struct SetFacts {
    pub object: Arc<Object>,
    pub tolerations: Vec<Toleration>,
    /// The hash of the newest revision.
    pub hash: Str,
    pub generation: Option<i64>,
    pub min_ready: i64,
}

impl SetFacts {
    pub fn new(object: Arc<Object>, hash: Str) -> Self {
        let spec = object.daemon_set().map(|ds| &ds.spec);
        Self {
            tolerations: spec
                .map(|spec| placement::pod_tolerations(spec))
                .unwrap_or_default(),
            hash,
            generation: template_generation(&object),
            min_ready: min_ready(&object),
            object,
        }
    }

    /// The controller's decision about a node; none for an object that is no DaemonSet.
    pub fn decide(&self, node: &Object) -> Option<(bool, Reason)> {
        let spec = &self.object.daemon_set()?.spec;
        let decision = placement::decide_with(spec, &self.tolerations, node);
        Some((decision.run, decision.reason))
    }

    /// The counters that count a node with these pods of the DaemonSet.
    ///
    /// Upstream: pkg/controller/daemon/daemon_controller.go `updateDaemonSetStatus`.
    pub fn counted(&self, run: bool, pods: &[&Arc<Object>], now: SimTime) -> Counted {
        let counted = Counted::default().with(Counter::Desired, run);
        let gone = |pod: &Object| {
            pod.meta().terminating() && pod.pod().is_some_and(crate::k8s::api::pod::Pod::terminal)
        };
        let live = pods.iter().filter(|pod| !gone(pod));
        let Some(oldest) = live.min_by_key(|pod| availability::seniority(pod)) else {
            return counted;
        };
        if !run {
            return counted.with(Counter::Misscheduled, true);
        }
        let ready = oldest.pod().is_some_and(crate::k8s::api::pod::Pod::ready);
        let available = availability::available(oldest, self.min_ready, now) == Available::Yes;
        let updated = availability::updated(oldest, &self.hash, self.generation);
        counted
            .with(Counter::Current, true)
            .with(Counter::Ready, ready)
            .with(Counter::Available, available)
            .with(Counter::Updated, updated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_kept_apart() {
        let counted = Counted::default()
            .with(Counter::Desired, true)
            .with(Counter::Ready, false)
            .with(Counter::Misscheduled, true);
        assert!(counted.has(Counter::Desired) && counted.has(Counter::Misscheduled));
        assert!(!counted.has(Counter::Ready) && !counted.has(Counter::Current));
    }
}
