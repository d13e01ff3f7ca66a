//! Status and conditions of a Deployment.
//!
//! Upstream: pkg/controller/deployment/progress.go, sync.go `calculateStatus`

use super::set::{self, Sets};
use super::{DeploymentController, Timer};
use crate::k8s::{Kind, Object, Str, Timestamp, Value};
use crate::sim::store::NsName;
use crate::sim::{Ctx, SimSpan, SimTime, Status};
use crate::value;
use std::sync::Arc;

/// Type, status, reason, message.
pub(super) type Condition<'a> = (&'static str, &'static str, &'a str, String);

/// `progressDeadlineSeconds` is set and not the value that means never.
pub(super) fn has_deadline(deployment: &Object) -> bool {
    deadline(deployment).is_some()
}

fn deadline(deployment: &Object) -> Option<u64> {
    let secs = deployment
        .value()
        .at(&["spec", "progressDeadlineSeconds"])
        .as_i64()?;
    u64::try_from(secs)
        .ok()
        .filter(|_| secs != i64::from(i32::MAX))
}

pub(super) fn progressing(deployment: &Object) -> Option<&Value> {
    find(deployment.value().get("status"), "Progressing")
}

fn find<'a>(status: &'a Value, kind: &str) -> Option<&'a Value> {
    status
        .get("conditions")
        .items()
        .iter()
        .find(|c| c.get("type").text() == kind)
}

/// All wanted pods are of the new template and available.
pub(super) fn complete(deployment: &Object, status: &Value) -> bool {
    let wanted = set::replicas(deployment);
    let is = |field| status.get(field).as_i64().unwrap_or(0) == wanted;
    is("updatedReplicas")
        && is("replicas")
        && is("availableReplicas")
        && status.get("observedGeneration").as_i64().unwrap_or(0) >= deployment.meta().generation
}

/// Sets a condition; one of equal status and reason stays as it is.
fn put(status: &mut Value, condition: &Condition<'_>, now: SimTime) {
    let (kind, state, reason, message) = condition;
    let old = find(status, kind).cloned();
    let is = |field, want: &str| old.as_ref().is_some_and(|c| c.get(field).text() == want);
    if is("status", state) && is("reason", reason) {
        return;
    }
    let stamp: Value = now.timestamp().to_string().into();
    let kept = old.as_ref().filter(|c| c.get("status").text() == *state);
    let transition = kept.map_or_else(|| stamp.clone(), |c| c.get("lastTransitionTime").clone());
    drop_condition(status, kind);
    status.at_mut(&["conditions"]).push(value!({
        "type": *kind, "status": *state, "reason": Str::new(reason), "message": message.clone(),
        "lastUpdateTime": stamp, "lastTransitionTime": transition,
    }));
}

fn drop_condition(status: &mut Value, kind: &str) {
    if find(status, kind).is_some() {
        status
            .at_mut(&["conditions"])
            .list_mut()
            .retain(|c| c.get("type").text() != kind);
    }
}

impl DeploymentController {
    /// Writes the revision's number and one condition. The number is an annotation that travels with the status, so
    /// that it does not count as a change of the Deployment.
    pub(super) fn note_progress(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Object,
        revision: Option<String>,
        condition: Option<Condition<'_>>,
    ) -> Result<(), Status> {
        let live = ctx
            .client
            .get(Kind::Deployment, deployment.namespace(), deployment.name())?;
        let mut value = live.value().clone();
        if let Some(revision) = revision {
            value.set_at(&["metadata", "annotations", set::REVISION], revision);
        }
        if let Some(condition) = condition {
            put(value.at_mut(&["status"]), &condition, ctx.now());
        }
        value.at_mut(&["metadata"]).remove("resourceVersion");
        ctx.client
            .update_status(Kind::Deployment, value)
            .map(|_| ())
    }

    fn store(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Object,
        status: Value,
    ) -> Result<Arc<Object>, Status> {
        let mut value = deployment.value().clone();
        value.set("status", status);
        value.at_mut(&["metadata"]).remove("resourceVersion");
        ctx.client.update_status(Kind::Deployment, value)
    }

    /// A pause stops the progress deadline, and a resumption starts it again.
    pub(super) fn check_paused(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: Arc<Object>,
    ) -> Result<Arc<Object>, Status> {
        let reason = progressing(&deployment)
            .map(|c| c.get("reason").to_str())
            .unwrap_or_default();
        if !has_deadline(&deployment) || reason == "ProgressDeadlineExceeded" {
            return Ok(deployment);
        }
        let paused = deployment.value().at(&["spec", "paused"]).as_bool() == Some(true);
        let condition = match (paused, reason == "DeploymentPaused") {
            (true, false) => ("DeploymentPaused", "Deployment is paused"),
            (false, true) => ("DeploymentResumed", "Deployment is resumed"),
            (true, true) | (false, false) => return Ok(deployment),
        };
        let mut status = deployment.value().get("status").clone();
        let (reason, text) = condition;
        put(
            &mut status,
            &("Progressing", "Unknown", reason, text.to_owned()),
            ctx.now(),
        );
        self.store(ctx, &deployment, status)
    }

    /// Counters and the condition Available, nothing about progress.
    pub(super) fn write_status(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Object,
        sets: &Sets,
    ) -> Result<(), Status> {
        let live = ctx
            .client
            .get(Kind::Deployment, deployment.namespace(), deployment.name())?;
        let status = counted(&live, deployment, sets, ctx.now());
        if status == *live.value().get("status") {
            return Ok(());
        }
        self.store(ctx, &live, status).map(|_| ())
    }

    pub(super) fn write_rollout_status(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Object,
        sets: &Sets,
    ) -> Result<(), Status> {
        let live = ctx
            .client
            .get(Kind::Deployment, deployment.namespace(), deployment.name())?;
        let now = ctx.now();
        let mut status = counted(&live, deployment, sets, now);
        judge_progress(&live, deployment, sets, &mut status, now);
        let failures = sets.all();
        let failure = failures
            .iter()
            .find_map(|s| find(s.value().get("status"), "ReplicaFailure"));
        match failure {
            Some(c) => {
                let (reason, text) = (c.get("reason").text(), c.get("message").text().to_owned());
                put(&mut status, &("ReplicaFailure", "True", reason, text), now);
            }
            None => drop_condition(&mut status, "ReplicaFailure"),
        }
        if status == *live.value().get("status") {
            self.wait_for_deadline(ctx, deployment, &status);
            return Ok(());
        }
        self.store(ctx, &live, status).map(|_| ())
    }

    /// Comes back when the progress deadline has passed.
    fn wait_for_deadline(&mut self, ctx: &mut Ctx<'_, Timer>, deployment: &Object, status: &Value) {
        let Some(secs) = deadline(deployment) else {
            return;
        };
        let Some(condition) = find(status, "Progressing") else {
            return;
        };
        let over = matches!(
            condition.get("reason").text(),
            "ProgressDeadlineExceeded" | "NewReplicaSetAvailable"
        );
        if over || complete(deployment, status) {
            return;
        }
        let since = Timestamp::parse(condition.get("lastUpdateTime").text());
        let since = since.map_or(ctx.now(), SimTime::of);
        let at = (since + SimSpan::from_secs(secs + 1)).max(ctx.now() + SimSpan::from_secs(1));
        self.enqueue_at(ctx, &NsName::of(deployment), at);
    }
}

fn counted(live: &Object, deployment: &Object, sets: &Sets, now: SimTime) -> Value {
    let all = sets.all();
    let new: Vec<Arc<Object>> = sets.new.iter().cloned().collect();
    let available = set::sum(&all, "availableReplicas");
    let mut status = value!({
        "observedGeneration": deployment.meta().generation,
        "terminatingReplicas": set::sum(&all, "terminatingReplicas"),
    });
    let numbers = [
        ("replicas", set::sum(&all, "replicas")),
        ("updatedReplicas", set::sum(&new, "replicas")),
        ("readyReplicas", set::sum(&all, "readyReplicas")),
        ("availableReplicas", available),
        ("unavailableReplicas", (set::total(&all) - available).max(0)),
    ];
    for (field, number) in numbers {
        if number > 0 {
            status.set(field, number);
        }
    }
    for field in ["collisionCount", "conditions"] {
        let kept = live.value().at(&["status", field]);
        if !kept.is_null() {
            status.set(field, kept);
        }
    }
    let least = set::replicas(deployment) - set::max_unavailable(deployment);
    let condition = if available >= least {
        (
            "Available",
            "True",
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        let text = "Deployment does not have minimum availability.";
        ("Available", "False", "MinimumReplicasUnavailable", text)
    };
    let (kind, state, reason, text) = condition;
    put(&mut status, &(kind, state, reason, text.to_owned()), now);
    status
}

/// Upstream: `syncRolloutStatus`.
fn judge_progress(
    live: &Object,
    deployment: &Object,
    sets: &Sets,
    status: &mut Value,
    now: SimTime,
) {
    let Some(secs) = deadline(deployment) else {
        drop_condition(status, "Progressing");
        return;
    };
    let current = progressing(live);
    let n = |status: &Value, field| status.get(field).as_i64().unwrap_or(0);
    let settled = n(status, "replicas") == n(status, "updatedReplicas")
        && current.is_some_and(|c| c.get("reason").text() == "NewReplicaSetAvailable");
    if settled {
        return;
    }
    let who = match &sets.new {
        Some(new) => format!("ReplicaSet \"{}\"", new.name()),
        None => format!("Deployment \"{}\"", deployment.name()),
    };
    let old = live.value().get("status");
    let rose = |field| n(status, field) > n(old, field);
    let others = |s: &Value| n(s, "replicas") - n(s, "updatedReplicas");
    if complete(deployment, status) {
        let text = format!("{who} has successfully progressed.");
        put(
            status,
            &("Progressing", "True", "NewReplicaSetAvailable", text),
            now,
        );
    } else if rose("updatedReplicas")
        || others(status) < others(old)
        || rose("readyReplicas")
        || rose("availableReplicas")
    {
        let text = format!("{who} is progressing.");
        let since = current.filter(|c| c.get("status").text() == "True");
        let since = since.map(|c| c.get("lastTransitionTime").clone());
        // The update time moves with every sign of progress, the transition time does not.
        drop_condition(status, "Progressing");
        put(
            status,
            &("Progressing", "True", "ReplicaSetUpdated", text),
            now,
        );
        if let (Some(since), Some(last)) =
            (since, status.at_mut(&["conditions"]).list_mut().last_mut())
        {
            last.set("lastTransitionTime", since);
        }
    } else if timed_out(current, secs, now) {
        let text = format!("{who} has timed out progressing.");
        put(
            status,
            &("Progressing", "False", "ProgressDeadlineExceeded", text),
            now,
        );
    }
}

fn timed_out(condition: Option<&Value>, secs: u64, now: SimTime) -> bool {
    let Some(condition) = condition else {
        return false;
    };
    match condition.get("reason").text() {
        "NewReplicaSetAvailable" => false,
        "ProgressDeadlineExceeded" => true,
        _ => Timestamp::parse(condition.get("lastUpdateTime").text())
            .is_some_and(|since| SimTime::of(since) + SimSpan::from_secs(secs) < now),
    }
}
