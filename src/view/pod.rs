//! A pod as a token in its slot.

use super::age;
use crate::cluster::{SimSpan, SimTime};
use crate::k8s::api::{ContainerStatus, Phase};
use crate::k8s::{Object, Str, Timestamp};

/// What the token's shape tells; never told by color alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PodState {
    /// Not bound, or bound to a kubelet that has not taken it up.
    Pending,
    /// The kubelet has it: images are pulled, containers made.
    Creating,
    /// Its containers run; it is not ready.
    Running,
    Ready,
    /// Ready for `minReadySeconds`.
    Available,
    /// It has a deletion timestamp.
    Terminating,
    CrashLoop,
    Failed,
    Succeeded,
}

impl PodState {
    /// As the page's `data-state` carries it.
    pub const fn name(self) -> &'static str {
        match self {
            PodState::Pending => "pending",
            PodState::Creating => "creating",
            PodState::Running => "running",
            PodState::Ready => "ready",
            PodState::Available => "available",
            PodState::Terminating => "terminating",
            PodState::CrashLoop => "crashloop",
            PodState::Failed => "failed",
            PodState::Succeeded => "succeeded",
        }
    }

    /// What stands in the token beside the revision's number.
    pub const fn tick(self) -> &'static str {
        match self {
            PodState::Ready => "✓",
            PodState::Available => "✓✓",
            PodState::Failed => "✗",
            PodState::Pending
            | PodState::Creating
            | PodState::Running
            | PodState::Terminating
            | PodState::CrashLoop
            | PodState::Succeeded => "",
        }
    }
}

/// One daemon pod in a slot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PodToken {
    pub uid: Str,
    pub namespace: Str,
    pub name: Str,
    /// The part of the name after the DaemonSet's.
    pub short: Str,
    pub node: Str,
    pub daemon_set: Str,
    /// The number of its revision; 0 when that is gone.
    pub revision: i64,
    /// Its template is an older one that was brought back by an undo.
    pub returned: bool,
    pub state: PodState,
    /// One line under the name: `Running · ready 12s`.
    pub text: String,
    /// How far the start of its containers has come, in percent, as far as it can be known.
    pub done: u8,
    /// Something stands in the way: a pull that fails, a node that does not answer.
    pub troubled: bool,
}

/// What a token needs from the objects around its pod.
pub struct Around<'a> {
    pub daemon_set: &'a Object,
    pub revision: i64,
    pub returned: bool,
    pub node: &'a str,
    pub node_ready: bool,
    pub now: SimTime,
}

/// The token of a pod.
pub fn token(pod: &Object, around: &Around<'_>) -> PodToken {
    let state = state(pod, min_ready(around.daemon_set), around.now);
    let set = around.daemon_set.name();
    let short = pod.name().strip_prefix(set.as_str()).unwrap_or(pod.name());
    let waiting = waiting_reason(pod);
    PodToken {
        uid: pod.uid().clone(),
        namespace: pod.namespace().clone(),
        name: pod.name().clone(),
        short: Str::new(short.trim_start_matches('-')),
        node: Str::new(around.node),
        daemon_set: set.clone(),
        revision: around.revision,
        returned: around.returned,
        state,
        text: text(pod, state, waiting, around),
        done: done(pod, state, around.now),
        troubled: troubled(pod, state, around.node_ready),
    }
}

/// Something stands in the way of a pod.
pub(super) fn troubled(pod: &Object, state: PodState, node_ready: bool) -> bool {
    let stuck = [
        "ErrImagePull",
        "ImagePullBackOff",
        "CreateContainerConfigError",
    ];
    stuck.contains(&waiting_reason(pod)) || (!node_ready && state != PodState::Pending)
}

/// `minReadySeconds` of a DaemonSet.
pub(super) fn min_ready(daemon_set: &Object) -> i64 {
    daemon_set
        .daemon_set()
        .map_or(0, |ds| ds.spec.min_ready_seconds)
}

/// The moment at which a token looks or reads differently though nothing happens.
pub(super) fn changes_at(
    pod: &Object,
    state: PodState,
    min_ready: i64,
    now: SimTime,
) -> Option<SimTime> {
    match state {
        PodState::Creating => {
            let created = pod.meta().creation.map_or(now, SimTime::of);
            let steps = now.since(created).as_millis() / RING_MS + 1;
            Some(created + SimSpan::from_millis(steps * RING_MS))
        }
        PodState::Terminating => {
            let whole = now.as_millis() / 1000 + 1;
            Some(SimTime::from_millis(whole * 1000))
        }
        PodState::Ready | PodState::Available => {
            let at = &pod.pod()?.condition("Ready")?.last_transition_time;
            let ready = SimTime::of(Timestamp::parse(at)?);
            let seconds = now.since(ready).as_secs();
            let next = age::next(seconds);
            let wanted = u64::try_from(min_ready).unwrap_or(0);
            let next = if seconds < wanted {
                next.min(wanted)
            } else {
                next
            };
            Some(ready + SimSpan::from_secs(next))
        }
        PodState::Pending
        | PodState::Running
        | PodState::CrashLoop
        | PodState::Failed
        | PodState::Succeeded => None,
    }
}

/// Pulling and starting take about this long.
const START_MS: u64 = 2500;

/// The ring of a pod that starts grows in steps of this length.
const RING_MS: u64 = 100;

fn done(pod: &Object, state: PodState, now: SimTime) -> u8 {
    if state != PodState::Creating {
        return 0;
    }
    let created = pod.meta().creation.map_or(now, SimTime::of);
    let percent = now.since(created).as_millis() / RING_MS * RING_MS * 100 / START_MS;
    u8::try_from(percent.clamp(15, 90)).unwrap_or(90)
}

/// The state of a pod whose DaemonSet has this `minReadySeconds`.
pub(super) fn state(object: &Object, min_ready: i64, now: SimTime) -> PodState {
    let Some(pod) = object.pod() else {
        return PodState::Pending;
    };
    let statuses = &pod.status.container_statuses;
    if object.meta().terminating() {
        return PodState::Terminating;
    }
    match pod.status.phase {
        Phase::Succeeded => return PodState::Succeeded,
        Phase::Failed => return PodState::Failed,
        Phase::Pending | Phase::Running | Phase::Unknown | Phase::None => {}
    }
    if waiting_reason(object) == "CrashLoopBackOff" {
        PodState::CrashLoop
    } else if pod.ready() {
        let at = pod.condition("Ready").map(|c| c.last_transition_time);
        let since = since(&at.unwrap_or_default(), now);
        if since >= u64::try_from(min_ready).unwrap_or(0) {
            PodState::Available
        } else {
            PodState::Ready
        }
    } else if pod.status.phase == Phase::Running {
        PodState::Running
    } else if statuses.is_empty() && pod.status.init_container_statuses.is_empty() {
        PodState::Pending
    } else {
        PodState::Creating
    }
}

fn text(object: &Object, state: PodState, waiting: &str, around: &Around<'_>) -> String {
    let Some(pod) = object.pod() else {
        return String::new();
    };
    let ready_for = || {
        let at = pod.condition("Ready").map(|c| c.last_transition_time);
        age::short(since(&at.unwrap_or_default(), around.now))
    };
    match state {
        PodState::Pending if pod.spec.node_name.is_empty() => match pod.condition("PodScheduled") {
            Some(c) if c.status == "False" => format!("Pending · {}", c.reason),
            Some(_) | None => "Pending".to_owned(),
        },
        PodState::Pending if !around.node_ready => "Pending · no kubelet".to_owned(),
        PodState::Pending => "Pending · bound".to_owned(),
        PodState::Creating if waiting.is_empty() => "ContainerCreating".to_owned(),
        PodState::Creating | PodState::CrashLoop => waiting.to_owned(),
        PodState::Running if !around.node_ready => "Running · node not ready".to_owned(),
        PodState::Running => "Running · not ready".to_owned(),
        PodState::Ready | PodState::Available => format!("Running · ready {}", ready_for()),
        PodState::Terminating => {
            let left = object
                .meta()
                .deletion
                .map_or(0, |at| at.0 - around.now.timestamp().0);
            if left > 0 {
                format!("Terminating · {left} s left")
            } else {
                "Terminating".to_owned()
            }
        }
        PodState::Failed if pod.status.reason.is_empty() => "Failed".to_owned(),
        PodState::Failed => format!("Failed · {}", pod.status.reason),
        PodState::Succeeded => "Succeeded".to_owned(),
    }
}

/// The first reason that a container waits for, as kubectl's STATUS column picks it.
fn waiting_reason(object: &Object) -> &str {
    let Some(pod) = object.pod() else {
        return "";
    };
    let all = pod
        .status
        .init_container_statuses
        .iter()
        .chain(&pod.status.container_statuses);
    all.filter_map(|status: &ContainerStatus| status.state.waiting.get("reason").as_str())
        .find(|r| *r != "PodInitializing")
        .unwrap_or("")
}

/// Whole seconds since an RFC 3339 moment; 0 when it does not parse.
pub(super) fn since(text: &str, now: SimTime) -> u64 {
    Timestamp::parse(text).map_or(0, |at| now.since(SimTime::of(at)).as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::{Kind, Value};
    use crate::value;

    fn token_of(status: Value, metadata: Value) -> PodToken {
        let set = Object::shared(
            Kind::DaemonSet,
            value!({"metadata": {"name": "log"}, "spec": {"minReadySeconds": 10}}),
        );
        let mut meta = metadata;
        meta.set("name", "log-7fk2p");
        let pod = Object::shared(
            Kind::Pod,
            value!({"metadata": meta, "spec": {"nodeName": "w1"}, "status": status}),
        );
        let now = SimTime::of(Timestamp::parse("2026-01-01T00:01:00Z").expect("a moment"));
        let around = Around {
            daemon_set: &set,
            revision: 2,
            returned: false,
            node: "w1",
            node_ready: true,
            now,
        };
        token(&pod, &around)
    }

    fn ready_since(at: &str) -> Value {
        value!({"phase": "Running", "containerStatuses": [{"name": "c", "ready": true}],
            "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": Value::str(at)}]})
    }

    #[test]
    fn states_follow_the_status() {
        let waiting = |reason: &str| {
            value!({"phase": "Pending", "containerStatuses": [
                {"name": "c", "state": {"waiting": {"reason": Value::str(reason)}}}]})
        };
        let rows = [
            (value!({"phase": "Pending"}), "pending", "Pending · bound"),
            (
                waiting("ContainerCreating"),
                "creating",
                "ContainerCreating",
            ),
            (waiting("ImagePullBackOff"), "creating", "ImagePullBackOff"),
            (waiting("CrashLoopBackOff"), "crashloop", "CrashLoopBackOff"),
            (
                ready_since("2026-01-01T00:00:55Z"),
                "ready",
                "Running · ready 5s",
            ),
            (
                ready_since("2026-01-01T00:00:48Z"),
                "available",
                "Running · ready 12s",
            ),
            (
                value!({"phase": "Failed", "reason": "Evicted"}),
                "failed",
                "Failed · Evicted",
            ),
            (value!({"phase": "Succeeded"}), "succeeded", "Succeeded"),
        ];
        for (status, state, text) in rows {
            let token = token_of(status, value!({}));
            assert_eq!((token.state.name(), token.text.as_str()), (state, text));
            assert_eq!(token.short, "7fk2p");
        }
    }

    #[test]
    fn terminating_counts_the_grace_period_down() {
        let token = token_of(
            ready_since("2026-01-01T00:00:00Z"),
            value!({"deletionTimestamp": "2026-01-01T00:01:24Z"}),
        );
        assert_eq!(token.state, PodState::Terminating);
        assert_eq!(token.text, "Terminating · 24 s left");
    }
}
