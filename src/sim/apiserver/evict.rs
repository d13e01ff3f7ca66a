//! The eviction subresource: deletion of a pod that its disruption budget allows.
//!
//! Upstream: pkg/registry/core/pod/storage/eviction.go

use super::{ApiServer, Call, DeleteOptions, Subresource, delete};
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, ObjectKey, Value};
use crate::sim::Status;
use crate::value;
use std::sync::Arc;

/// More evictions than this may not be unconfirmed at a time.
const UNCONFIRMED_MAX: usize = 2000;

impl ApiServer {
    /// Evicts a pod; returns its last version.
    pub fn evict(
        &mut self,
        call: &Call,
        namespace: &str,
        pod: &str,
        options: &DeleteOptions,
    ) -> Result<Arc<Object>, Status> {
        let key = ObjectKey::new(Kind::Pod, namespace, pod);
        let act = |api: &mut Self| api.try_evict(call, namespace, pod, options);
        self.serve(call, "create/eviction", key, act, |object| object)
    }

    fn try_evict(
        &mut self,
        call: &Call,
        namespace: &str,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Arc<Object>, Status> {
        let pod = self.get(Kind::Pod, namespace, name)?.clone();
        // Before anything is written: what is refused changes nothing.
        delete::check_preconditions(&pod, options)?;
        let options = &DeleteOptions {
            precondition_version: None,
            ..options.clone()
        };
        if !budget_does_not_matter(&pod) {
            let budgets: Vec<Arc<Object>> = self.budgets_of(&pod).cloned().collect();
            match &budgets[..] {
                [] => {}
                [budget] if unhealthy_may_go(&pod, budget) => {}
                [budget] => self.charge(call, budget, name)?,
                _ => {
                    return Err(Status::unexpected(
                        "This pod has more than one PodDisruptionBudget, which the eviction subresource does \
                         not support.",
                    ));
                }
            }
        }
        self.mark_target(call, &pod)?;
        self.try_delete(call, Kind::Pod, namespace, name, options)
    }

    /// The budgets whose selector matches the pod's labels.
    fn budgets_of<'a>(&'a self, pod: &'a Object) -> impl Iterator<Item = &'a Arc<Object>> {
        self.list(Kind::PodDisruptionBudget, Some(pod.namespace()))
            .filter(|budget| {
                let selector = Selector::read(budget.value().at(&["spec", "selector"]));
                selector.matches(&pod.meta().labels)
            })
    }

    /// Takes one disruption from the budget, or says why it has none.
    fn charge(&mut self, call: &Call, budget: &Arc<Object>, pod: &str) -> Result<(), Status> {
        let status = budget.value().get("status");
        let number = |field: &str| status.get(field).as_i64().unwrap_or(0);
        let name = budget.name();
        if number("observedGeneration") < budget.meta().generation {
            return Err(too_many(
                pod,
                format!("The disruption budget {name} is still being processed by the server."),
            ));
        }
        let allowed = number("disruptionsAllowed");
        let kind = Kind::PodDisruptionBudget;
        if allowed < 0 {
            let why = "pdb disruptions allowed is negative";
            return Err(Status::forbidden(kind, name, why));
        }
        if status.get("disruptedPods").fields().count() > UNCONFIRMED_MAX {
            let why =
                "DisruptedPods map too big - too many evictions not confirmed by PDB controller";
            return Err(Status::forbidden(kind, name, why));
        }
        if allowed == 0 {
            return Err(too_many(
                pod,
                format!(
                    "The disruption budget {name} needs {} healthy pods and has {} currently",
                    number("desiredHealthy"),
                    number("currentHealthy")
                ),
            ));
        }
        if call.dry_run {
            return Ok(());
        }
        let mut value = budget.value().clone();
        let now = call.now.timestamp().to_string();
        let status = value.at_mut(&["status"]);
        status.set("disruptionsAllowed", allowed - 1);
        status
            .at_mut(&["disruptedPods"])
            .set(crate::k8s::Str::new(pod), now.clone());
        if allowed == 1 {
            no_more_disruptions(status, budget.meta().generation, &now);
        }
        self.write(call, budget, Subresource::Status, value, Vec::new())?;
        Ok(())
    }

    /// The pod's condition says why it goes.
    fn mark_target(&mut self, call: &Call, pod: &Arc<Object>) -> Result<(), Status> {
        if call.dry_run {
            return Ok(());
        }
        let mut value = pod.value().clone();
        let conditions = value.at_mut(&["status", "conditions"]).list_mut();
        let condition = value!({
            "lastProbeTime": null, "lastTransitionTime": call.now.timestamp().to_string(),
            "message": "Eviction API: evicting", "reason": "EvictionByEvictionAPI",
            "status": "True", "type": "DisruptionTarget",
            "observedGeneration": pod.meta().generation,
        });
        match conditions
            .iter()
            .position(|c| c.get("type").text() == "DisruptionTarget")
        {
            Some(i) => conditions[i] = condition,
            None => conditions.push(condition),
        }
        self.write(call, pod, Subresource::Status, value, Vec::new())?;
        Ok(())
    }
}

/// Pods that do not run, and pods that go already, are not protected.
fn budget_does_not_matter(pod: &Object) -> bool {
    let phase = pod.value().at(&["status", "phase"]).text();
    matches!(phase, "Succeeded" | "Failed" | "Pending") || pod.meta().terminating()
}

/// A pod that is not ready does not count for the budget: it may go if the others are enough.
fn unhealthy_may_go(pod: &Object, budget: &Object) -> bool {
    if pod.pod().is_some_and(crate::k8s::api::Pod::ready) {
        return false;
    }
    let policy = budget.value().at(&["spec", "unhealthyPodEvictionPolicy"]);
    if policy.text() == "AlwaysAllow" {
        return true;
    }
    let status = budget.value().get("status");
    let number = |field: &str| status.get(field).as_i64().unwrap_or(0);
    number("currentHealthy") >= number("desiredHealthy") && number("desiredHealthy") > 0
}

fn too_many(pod: &str, cause: String) -> Status {
    let status = Status {
        kind: "pods".to_owned(),
        name: pod.to_owned(),
        ..Status::plain(
            429,
            "TooManyRequests",
            "Cannot evict pod as it would violate the pod's disruption budget.",
        )
    };
    status.with_cause("DisruptionBudget", "", cause)
}

/// The condition of a budget that is used up.
fn no_more_disruptions(status: &mut Value, generation: i64, now: &str) {
    let conditions = status.at_mut(&["conditions"]).list_mut();
    let condition = value!({
        "lastTransitionTime": Value::str(now), "message": "", "observedGeneration": generation,
        "reason": "InsufficientPods", "status": "False", "type": "DisruptionAllowed",
    });
    match conditions
        .iter()
        .position(|c| c.get("type").text() == "DisruptionAllowed")
    {
        Some(i) => conditions[i] = condition,
        None => conditions.push(condition),
    }
}
