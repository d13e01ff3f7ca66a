//! The status: counters in their JSON form, and when they are written.

use super::ledger::Counts;
use crate::k8s::api::DaemonSetStatus;
use crate::k8s::{Object, Value};

/// Status writes are tried again so many times, each after a fresh read.
pub const UPDATE_RETRIES: u32 = 1;

/// The status with these counters.
fn counted(status: &DaemonSetStatus, counts: Counts) -> DaemonSetStatus {
    DaemonSetStatus {
        current_number_scheduled: counts.current,
        number_misscheduled: counts.misscheduled,
        desired_number_scheduled: counts.desired,
        number_ready: counts.ready,
        updated_number_scheduled: counts.updated,
        number_available: counts.available,
        number_unavailable: counts.desired - counts.available,
        observed_generation: status.observed_generation,
        collision_count: status.collision_count,
    }
}

/// True when a write would say something new.
///
/// Upstream: pkg/controller/daemon/daemon_controller.go `storeDaemonSetStatus`.
pub fn differs(daemon_set: &Object, counts: Counts) -> bool {
    let Some(ds) = daemon_set.daemon_set() else {
        return false;
    };
    counted(&ds.status, counts) != ds.status
        || ds.status.observed_generation < daemon_set.meta().generation
}

/// The object with the counters put in; `observed` is the generation to acknowledge.
pub fn object(base: &Object, counts: Counts, observed: Option<i64>) -> Value {
    let mut value = base.value().clone();
    let status = value.at_mut(&["status"]);
    let always = [
        ("currentNumberScheduled", counts.current),
        ("desiredNumberScheduled", counts.desired),
        ("numberMisscheduled", counts.misscheduled),
        ("numberReady", counts.ready),
    ];
    for (field, count) in always {
        status.put(field, count.into());
    }
    let unless_zero = [
        ("updatedNumberScheduled", Some(counts.updated)),
        ("numberAvailable", Some(counts.available)),
        ("numberUnavailable", Some(counts.desired - counts.available)),
        ("observedGeneration", observed),
    ];
    for (field, count) in unless_zero {
        match count {
            Some(0) => {
                status.remove(field);
            }
            Some(count) => status.put(field, count.into()),
            None => {}
        }
    }
    value
}
