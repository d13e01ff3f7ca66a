//! The status of a StatefulSet.

use super::revision::Revisions;
use super::{StatefulSetController, Timer, pod};
use crate::k8s::api::Phase;
use crate::k8s::{Kind, Object, Value};
use crate::sim::store::NsName;
use crate::sim::{Ctx, SimSpan, SimTime, Status};
use crate::value;
use std::sync::Arc;

/// The counters, as they change during one pass.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub replicas: i64,
    pub ready: i64,
    pub available: i64,
    pub current: i64,
    pub updated: i64,
}

impl Counts {
    pub fn of(
        pods: &[Arc<Object>],
        revisions: &Revisions,
        min_ready: SimSpan,
        now: SimTime,
    ) -> Self {
        let mut counts = Self::default();
        for object in pods {
            let created = object.pod().is_some_and(|p| p.status.phase != Phase::None);
            counts.replicas += i64::from(created);
            counts.ready += i64::from(pod::running_and_ready(object));
            counts.available += i64::from(pod::running_and_available(object, min_ready, now));
            if created && !object.meta().terminating() {
                let of = |r: &Object| i64::from(pod::revision(object) == r.name().as_str());
                counts.current += of(&revisions.current);
                counts.updated += of(&revisions.update);
            }
        }
        counts
    }
}

impl StatefulSetController {
    pub(super) fn write_status(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Object,
        revisions: &Revisions,
        mut counts: Counts,
    ) -> Result<(), Status> {
        let mut current = revisions.current.name();
        let done = pod::rolling(set)
            && counts.updated == counts.replicas
            && counts.ready == counts.replicas
            && counts.available == counts.replicas;
        if done {
            counts.current = counts.updated;
            current = revisions.update.name();
        }
        let mut status = value!({
            "replicas": counts.replicas, "observedGeneration": set.meta().generation,
            "availableReplicas": counts.available, "collisionCount": revisions.collisions,
            "currentRevision": current, "updateRevision": revisions.update.name(),
        });
        let rest = [
            ("readyReplicas", counts.ready),
            ("currentReplicas", counts.current),
            ("updatedReplicas", counts.updated),
        ];
        for (field, number) in rest {
            if number > 0 {
                status.set(field, number);
            }
        }
        let conditions: &Value = set.value().at(&["status", "conditions"]);
        if !conditions.is_empty() {
            status.set("conditions", conditions);
        }
        if status == *set.value().get("status") {
            return Ok(());
        }
        let mut value = set.value().clone();
        value.set("status", status);
        value.at_mut(&["metadata"]).remove("resourceVersion");
        let written = ctx.client.update_status(Kind::StatefulSet, value)?;
        self.pending.wrote(&NsName::of(set), &written);
        Ok(())
    }
}
