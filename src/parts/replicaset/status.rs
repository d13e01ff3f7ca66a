//! The status of a ReplicaSet or a ReplicationController.
//!
//! Upstream: pkg/controller/replicaset/replica_set_utils.go

use super::flavor::Flavor;
use super::{Keeper, Timer};
use crate::k8s::{Object, Str, Value};
use crate::sim::control::pods;
use crate::sim::store::NsName;
use crate::sim::{Ctx, Status};
use crate::value;
use std::sync::Arc;

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl<F: Flavor> Keeper<F> {
    /// Writes the status when it has changed.
    pub(super) fn write_status(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Arc<Object>,
        mine: &[Arc<Object>],
        terminating: usize,
        failure: Option<&Status>,
    ) -> Result<(), Status> {
        let min_ready = self.min_ready(&NsName::of(set));
        let now = ctx.now();
        let template = set.value().at(&["spec", "template", "metadata", "labels"]);
        let labeled = |pod: &Object| {
            template
                .fields()
                .all(|(k, v)| pod.meta().labels.get(k) == v)
        };
        let ready = mine.iter().filter(|p| pods::ready(p)).count();
        let available = mine
            .iter()
            .filter(|p| pods::available(p, min_ready, now))
            .count();
        let mut status = value!({
            "replicas": count(mine.len()), "observedGeneration": set.meta().generation,
        });
        if F::COUNTS_TERMINATING {
            status.set("terminatingReplicas", count(terminating));
        }
        let labeled = mine.iter().filter(|p| labeled(p)).count();
        let numbers = [
            ("fullyLabeledReplicas", labeled),
            ("readyReplicas", ready),
            ("availableReplicas", available),
        ];
        for (field, number) in numbers {
            if number > 0 {
                status.set(field, count(number));
            }
        }
        let conditions = conditions(set, failure, now.timestamp().to_string(), mine.len());
        if !conditions.is_empty() {
            status.set("conditions", conditions);
        }
        if ready != available {
            self.worker.add_after(ctx, NsName::of(set), min_ready);
        }
        if status == *set.value().get("status") {
            return Ok(());
        }
        let mut value = set.value().clone();
        value.set("status", status);
        value.at_mut(&["metadata"]).remove("resourceVersion");
        ctx.client.update_status(F::KIND, value).map(|_| ())
    }
}

fn conditions(set: &Object, failure: Option<&Status>, now: String, have: usize) -> Value {
    let old = set.value().at(&["status", "conditions"]);
    let Some(failure) = failure else {
        let rest = old
            .items()
            .iter()
            .filter(|c| c.get("type").text() != "ReplicaFailure");
        return rest.cloned().collect();
    };
    if old
        .items()
        .iter()
        .any(|c| c.get("type").text() == "ReplicaFailure")
    {
        return old.clone();
    }
    let wanted = set.value().at(&["spec", "replicas"]).as_i64().unwrap_or(1);
    let reason = if count(have) < wanted {
        "FailedCreate"
    } else {
        "FailedDelete"
    };
    let mut conditions = old.clone();
    conditions.push(value!({
        "type": "ReplicaFailure", "status": "True", "reason": reason,
        "message": Str::from(failure.message.clone()), "lastTransitionTime": now,
    }));
    conditions
}
