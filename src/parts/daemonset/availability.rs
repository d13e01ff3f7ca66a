//! Is a pod available, up to date, older than another?

use super::create::GENERATION_LABEL;
use super::revision::HASH_LABEL;
use crate::k8s::{Object, Timestamp};
use crate::sim::{SimSpan, SimTime};

/// Whether a pod has been ready for long enough.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Available {
    No,
    /// Ready, and available from that moment on if it stays so.
    At(SimTime),
    Yes,
}

/// Upstream: pkg/api/v1/pod/util.go `IsPodAvailable`.
pub fn available(pod: &Object, min_ready: i64, now: SimTime) -> Available {
    let ready = pod.pod().is_some_and(crate::k8s::api::pod::Pod::ready);
    since_ready(pod, ready, min_ready, now)
}

/// As [`available`], for a pod of which is known whether it is ready.
pub(super) fn since_ready(pod: &Object, ready: bool, min_ready: i64, now: SimTime) -> Available {
    let Some(ready) = pod.pod().filter(|_| ready) else {
        return Available::No;
    };
    let Ok(seconds @ 1..) = u64::try_from(min_ready) else {
        return Available::Yes;
    };
    let since = ready.condition("Ready").map(|c| c.last_transition_time);
    let Some(since) = since.and_then(|since| Timestamp::parse(&since)) else {
        return Available::No;
    };
    let at = SimTime::of(since) + SimSpan::from_secs(seconds);
    if at <= now {
        Available::Yes
    } else {
        Available::At(at)
    }
}

/// The pod carries the current hash, or the current template generation.
///
/// Upstream: pkg/controller/daemon/util/daemonset_util.go `IsPodUpdated`.
pub fn updated(pod: &Object, hash: &str, generation: Option<i64>) -> bool {
    let same_generation = |generation| {
        let label = pod.meta().label(GENERATION_LABEL);
        label.is_some_and(|label| writes(label, generation))
    };
    has_hash(pod, hash) || generation.is_some_and(same_generation)
}

/// The text is the number as a program writes it: without a plus sign and leading zeros.
fn writes(text: &str, number: i64) -> bool {
    let plain = text == "0" || !text.trim_start_matches('-').starts_with(['0', '+']);
    plain && !text.starts_with('+') && text.parse() == Ok(number)
}

/// The pod carries the current hash.
pub fn has_hash(pod: &Object, hash: &str) -> bool {
    !hash.is_empty() && pod.meta().label(HASH_LABEL) == Some(hash)
}

/// What "oldest first" compares: bound before unbound, then creation, then name.
///
/// Upstream: pkg/controller/daemon/daemon_controller.go `podByCreationTimestampAndPhase`.
pub fn seniority(pod: &Object) -> (bool, Option<Timestamp>, &str) {
    let unbound = pod.pod().is_none_or(|p| p.spec.node_name.is_empty());
    (unbound, pod.meta().creation, pod.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_one_way() {
        for number in [0, 1, 10, -1, 42, i64::MAX, i64::MIN] {
            assert!(writes(&number.to_string(), number));
            assert!(!writes(&number.to_string(), number ^ 1));
        }
        for (text, number) in [
            ("+1", 1),
            ("01", 1),
            ("-0", 0),
            ("00", 0),
            ("", 0),
            ("-01", -1),
            ("--1", 1),
        ] {
            assert!(!writes(text, number), "{text}");
        }
    }
}
