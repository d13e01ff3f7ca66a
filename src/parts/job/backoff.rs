//! How long a Job waits before it replaces failed pods.
//!
//! Upstream: pkg/controller/job/backoff_utils.go

use crate::k8s::order::InOrder;
use crate::k8s::{Object, Timestamp};
use crate::sim::{SimSpan, SimTime};

const FIRST: SimSpan = SimSpan::from_secs(10);
const LONGEST: SimSpan = SimSpan::from_secs(600);

/// Failures since the last success.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    last: Option<Timestamp>,
}

impl Backoff {
    /// The record after some more pods have ended.
    pub(super) fn after(self, succeeded: &[&Object], failed: &[&Object]) -> Self {
        let latest = succeeded.iter().filter_map(|pod| finished_at(pod)).max();
        let mut failures: Vec<Timestamp> = failed.iter().filter_map(|p| finished_at(p)).collect();
        failures.order();
        let mut next = if succeeded.is_empty() {
            self
        } else {
            Self::default()
        };
        for at in failures {
            if latest.is_none_or(|success| at > success) {
                next.failures = next.failures.saturating_add(1);
                next.last = Some(at);
            }
        }
        next
    }

    /// How much longer to wait.
    pub(super) fn remaining(self, now: SimTime) -> SimSpan {
        let last = self.last.filter(|_| self.failures > 0);
        last.map_or(SimSpan::ZERO, |last| remaining(self.failures, last, now))
    }
}

/// How much longer to wait after so many failures, the last of them at a moment.
pub(super) fn remaining(failures: u32, last: Timestamp, now: SimTime) -> SimSpan {
    let wait = FIRST
        .times(1 << failures.saturating_sub(1).min(6))
        .min(LONGEST);
    let until = SimTime::of(last) + wait;
    if until > now {
        until.since(now)
    } else {
        SimSpan::ZERO
    }
}

/// When the pod ended: its last container, its readiness, its deletion, or its creation.
pub(super) fn finished_at(pod: &Object) -> Option<Timestamp> {
    let view = pod.pod()?;
    let mut containers: Option<Timestamp> = None;
    let mut all = true;
    for status in &view.status.container_statuses {
        match Timestamp::parse(status.state.terminated.get("finishedAt").text()) {
            Some(at) => containers = containers.max(Some(at)),
            None => all = false,
        }
    }
    let unready = || {
        let ready = view.condition("Ready").filter(|c| c.status == "False")?;
        Timestamp::parse(&ready.last_transition_time)
    };
    let deleted = || {
        let grace = pod.meta().deletion_grace.unwrap_or(0);
        pod.meta().deletion.map(|at| Timestamp(at.0 - grace))
    };
    containers
        .filter(|_| all)
        .or_else(unready)
        .or_else(deleted)
        .or(pod.meta().creation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::Kind;
    use crate::value;

    fn ended(second: u32) -> Object {
        let at = format!("2026-01-01T00:00:{second:02}Z");
        let status = value!({"containerStatuses": [
            {"name": "main", "state": {"terminated": {"finishedAt": at}}},
        ]});
        Object::read(
            Kind::Pod,
            value!({"metadata": {"name": "p"}, "status": status}),
            None,
        )
    }

    #[test]
    fn the_wait_doubles_and_a_success_ends_it() {
        let at = |second| {
            let text = format!("2026-01-01T00:00:{second:02}Z");
            SimTime::of(Timestamp::parse(&text).expect("a time"))
        };
        let one = Backoff::default().after(&[], &[&ended(5)]);
        assert_eq!(one.remaining(at(6)), SimSpan::from_secs(9));
        let two = one.after(&[], &[&ended(16)]);
        assert_eq!(two.remaining(at(16)), SimSpan::from_secs(20));
        assert_eq!(two.remaining(at(59)), SimSpan::ZERO);
        let won = two.after(&[&ended(20)], &[&ended(19)]);
        assert_eq!(won, Backoff::default());
    }
}
