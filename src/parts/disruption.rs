//! The status of PodDisruptionBudgets: how many pods are healthy, should be, and may go.
//!
//! Upstream: pkg/controller/disruption/disruption.go

use super::Part;
use crate::k8s::int_or_percent::{IntOrPercent, Rounding};
use crate::k8s::ordered::BTreeMap;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Map, Object, ObjectKey, Str, Timestamp, Value};
use crate::sim::worker::{Ended, Tick, Worker};
use crate::sim::{
    Ctx, Delivery, EventType, Informer, ObjectRef, Recorder, SimSpan, SimTime, Status,
};
use crate::value;
use std::sync::Arc;

/// Upstream: `DeletionTimeout`; an evicted pod that is still there after it counts again.
const DELETION_TIMEOUT: i64 = 120;

/// The controller.
#[derive(Clone)]
pub struct Disruption {
    informer: Informer,
    worker: Worker<ObjectKey>,
    recorder: Recorder,
}

impl Default for Disruption {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            worker: Worker::default(),
            recorder: Recorder::new("controllermanager", ""),
        }
    }
}

/// A moment that the controller asked for.
pub type Timer = Tick;

/// The numbers of a budget.
struct Numbers {
    expected: i64,
    desired: i64,
    healthy: i64,
    disrupted: Map,
    /// When the first unconfirmed eviction counts as failed.
    recheck: Option<Timestamp>,
}

impl Part for Disruption {
    type Timer = Timer;
    const NAME: &'static str = "disruption-controller";
    const KINDS: &'static [Kind] = &[
        Kind::PodDisruptionBudget,
        Kind::Pod,
        Kind::ReplicationController,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
    ];
    const SLEEPS_THROUGH: &'static [Kind] = &[
        Kind::Pod,
        Kind::ReplicationController,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
    ];

    fn wakes(object: &Object) -> bool {
        object.kind() == Kind::PodDisruptionBudget
    }

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            match delta.kind() {
                Kind::PodDisruptionBudget if delta.new.is_some() => {
                    self.worker.add(delta.object().key());
                }
                Kind::Pod => self.queue_budget(ctx, delta.object()),
                // Read when numbers are wanted; their changes show in their pods.
                _ => {}
            }
        }
        self.worker.wake_after(ctx, SimSpan::from_millis(5));
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        if let Some(key) = self.worker.turn(ctx.now(), timer) {
            let now = ctx.now();
            let again = |at| Ended::Again(SimTime::of(at).since(now));
            let ended = match self.sync(ctx, &key) {
                Ok(next) => next.map_or(Ended::Done, again),
                Err(_) => Ended::Failed,
            };
            self.worker.end(ctx, &key, ended);
        }
        self.worker.wake_after(ctx, SimSpan::from_millis(5));
    }
}

impl Disruption {
    /// Queues the budget that selects a pod; one of them when there are several.
    ///
    /// Upstream: disruption.go `getPdbForPod`
    fn queue_budget(&mut self, ctx: &mut Ctx<'_, Timer>, pod: &Object) {
        let budgets = self.informer.of(Kind::PodDisruptionBudget);
        if budgets.is_empty() {
            return;
        }
        let mine = budgets.iter(Some(pod.namespace()));
        let mine = mine.filter(|budget| selector(budget).matches(&pod.meta().labels));
        let mut mine: Vec<ObjectKey> = mine.map(|budget| budget.key()).collect();
        if mine.len() < 2 {
            for budget in mine {
                self.worker.add(budget);
            }
            return;
        }
        let count = u64::try_from(mine.len()).unwrap_or(1);
        let chosen = usize::try_from(ctx.rng.below(count)).unwrap_or(0);
        let budget = mine.swap_remove(chosen);
        let text = format!(
            "Pod {:?}/{:?} matches multiple PodDisruptionBudgets.  Chose {:?} arbitrarily.",
            pod.namespace().as_str(),
            pod.name().as_str(),
            budget.name.as_str()
        );
        let (about, kind) = (ObjectRef::of(pod), EventType::Warning);
        let reason = "MultiplePodDisruptionBudgets";
        self.recorder
            .event(&mut ctx.client, &about, kind, reason, &text);
        self.worker.add(budget);
    }

    /// Upstream: disruption.go `trySync`. Returns when to look again.
    fn sync(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &ObjectKey,
    ) -> Result<Option<Timestamp>, Status> {
        let Some(budget) = self.informer.by_key(key).cloned() else {
            return Ok(None);
        };
        let selector = selector(&budget);
        let pods: Vec<Arc<Object>> = self
            .informer
            .of(Kind::Pod)
            .iter(Some(&key.namespace))
            .filter(|pod| selector.matches(&pod.meta().labels))
            .cloned()
            .collect();
        let about = ObjectRef::of(&budget);
        if pods.is_empty() {
            let text = "No matching pods found";
            let kind = EventType::Normal;
            self.recorder
                .event(&mut ctx.client, &about, kind, "NoPods", text);
        }
        match self.expected(&budget, &pods) {
            Ok((expected, desired, unmanaged)) => {
                if unmanaged {
                    let text = unmanaged_text(&budget);
                    let (kind, reason) = (EventType::Warning, "UnmanagedPods");
                    self.recorder
                        .event(&mut ctx.client, &about, kind, reason, &text);
                }
                let numbers = count(&budget, &pods, expected, desired, ctx.now().timestamp());
                write(ctx, &budget, &numbers)?;
                Ok(numbers.recheck)
            }
            Err(why) => {
                let text = format!("Failed to calculate the number of expected pods: {why}");
                let reason = "CalculateExpectedPodCountFailed";
                let kind = EventType::Warning;
                self.recorder
                    .event(&mut ctx.client, &about, kind, reason, &text);
                fail_safe(ctx, &budget, &why)?;
                Ok(None)
            }
        }
    }

    /// How many pods there should be, how many of them healthy, and whether some have no controller to be counted
    /// by.
    ///
    /// Upstream: disruption.go `getExpectedPodCount`
    fn expected(&self, budget: &Object, pods: &[Arc<Object>]) -> Result<(i64, i64, bool), String> {
        let spec = budget.value().get("spec");
        let len = i64::try_from(pods.len()).unwrap_or(i64::MAX);
        let unmanaged = pods.iter().any(|pod| pod.meta().controller().is_none());
        if let Some(limit) = IntOrPercent::read(spec.get("maxUnavailable")) {
            let expected = self.expected_scale(pods)?;
            let unavailable = limit.scaled(expected, Rounding::Up);
            return Ok((expected, (expected - unavailable).max(0), unmanaged));
        }
        match IntOrPercent::read(spec.get("minAvailable")) {
            Some(IntOrPercent::Int(desired)) => Ok((len, desired, false)),
            Some(percent @ IntOrPercent::Percent(_)) => {
                let expected = self.expected_scale(pods)?;
                Ok((expected, percent.scaled(expected, Rounding::Up), unmanaged))
            }
            None => Ok((0, 0, false)),
        }
    }

    /// The sum of the replicas of the pods' controllers.
    ///
    /// Upstream: disruption.go `getExpectedScale`
    fn expected_scale(&self, pods: &[Arc<Object>]) -> Result<i64, String> {
        let mut scales: BTreeMap<Str, i64> = BTreeMap::new();
        for pod in pods {
            let Some(owner) = pod.meta().controller() else {
                continue;
            };
            let kind = Kind::of(&owner.api_version, &owner.kind);
            let found = kind.and_then(|kind| self.informer.controller(kind, pod));
            let Some(found) = found else {
                return Err(match kind.filter(|kind| !Self::KINDS.contains(kind)) {
                    Some(kind) => {
                        let resource = kind.resource();
                        format!("{resource} does not implement the scale subresource")
                    }
                    None => format!("found no controllers for pod \"{}\"", pod.name()),
                });
            };
            let deployment = self.informer.controller(Kind::Deployment, found);
            let found = deployment.unwrap_or(found);
            let replicas = found.value().at(&["spec", "replicas"]);
            scales.insert(found.uid().clone(), replicas.as_i64().unwrap_or(0));
        }
        Ok(scales.values().sum())
    }
}

fn unmanaged_text(budget: &Object) -> String {
    let selector = shown(budget.value().at(&["spec", "selector"]));
    format!(
        "Pods selected by this PodDisruptionBudget (selector: {selector}) were found to be unmanaged. As a result, \
         the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account \
         for these pods please set \".spec.minAvailable\" field of the PDB to an integer value."
    )
}

/// A label selector as Go prints it.
fn shown(selector: &Value) -> String {
    let labels = selector.get("matchLabels").fields();
    let labels: String = labels.map(|(k, v)| format!("{k}: {},", v.text())).collect();
    let rules = selector.get("matchExpressions").items().iter();
    let rules: String = rules
        .map(|rule| {
            let (key, operator) = (rule.get("key").text(), rule.get("operator").text());
            let values = rule.get("values").items().iter();
            let values: Vec<&str> = values.map(Value::text).collect();
            let values = values.join(" ");
            format!("LabelSelectorRequirement{{Key:{key},Operator:{operator},Values:[{values}],}},")
        })
        .collect();
    format!(
        "&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:\
         []LabelSelectorRequirement{{{rules}}},}}"
    )
}

fn selector(budget: &Object) -> Selector {
    Selector::read(budget.value().at(&["spec", "selector"]))
}

/// Upstream: disruption.go `buildDisruptedPodMap`, `countHealthyPods`
fn count(
    budget: &Object,
    pods: &[Arc<Object>],
    expected: i64,
    desired: i64,
    now: Timestamp,
) -> Numbers {
    let unconfirmed = budget.value().at(&["status", "disruptedPods"]);
    let mut disrupted = Map::new();
    let mut recheck: Option<Timestamp> = None;
    for pod in pods.iter().filter(|pod| !pod.meta().terminating()) {
        let Some(since) = Timestamp::parse(unconfirmed.get(pod.name()).text()) else {
            continue;
        };
        let until = Timestamp(since.0 + DELETION_TIMEOUT);
        if until >= now {
            disrupted.insert(pod.name().clone(), unconfirmed.get(pod.name()));
            recheck = Some(recheck.map_or(until, |earlier| earlier.min(until)));
        }
    }
    let healthy = pods.iter().filter(|pod| {
        !pod.meta().terminating()
            && !disrupted.contains_key(pod.name())
            && pod.pod().is_some_and(crate::k8s::api::Pod::ready)
    });
    Numbers {
        expected,
        desired,
        healthy: i64::try_from(healthy.count()).unwrap_or(i64::MAX),
        disrupted,
        recheck,
    }
}

/// Upstream: disruption.go `updatePdbStatus`
fn write(ctx: &mut Ctx<'_, Timer>, budget: &Object, numbers: &Numbers) -> Result<(), Status> {
    let allowed = if numbers.expected > 0 {
        (numbers.healthy - numbers.desired).max(0)
    } else {
        0
    };
    let mut value = budget.value().clone();
    let status = value.at_mut(&["status"]);
    status.set("currentHealthy", numbers.healthy);
    status.set("desiredHealthy", numbers.desired);
    status.set("expectedPods", numbers.expected);
    status.set("disruptionsAllowed", allowed);
    status.set("observedGeneration", budget.meta().generation);
    if numbers.disrupted.is_empty() {
        status.remove("disruptedPods");
    } else {
        status.set("disruptedPods", Value::from(numbers.disrupted.clone()));
    }
    let (state, reason) = if allowed > 0 {
        ("True", "SufficientPods")
    } else {
        ("False", "InsufficientPods")
    };
    set_condition(ctx, budget, status, state, reason, "");
    ctx.client.update_status(Kind::PodDisruptionBudget, value)?;
    Ok(())
}

/// Nothing may go while the numbers are unknown.
///
/// Upstream: disruption.go `failSafe`
fn fail_safe(ctx: &mut Ctx<'_, Timer>, budget: &Object, why: &str) -> Result<(), Status> {
    let mut value = budget.value().clone();
    let status = value.at_mut(&["status"]);
    status.set("disruptionsAllowed", 0);
    set_condition(ctx, budget, status, "False", "SyncFailed", why);
    ctx.client.update_status(Kind::PodDisruptionBudget, value)?;
    Ok(())
}

fn set_condition(
    ctx: &Ctx<'_, Timer>,
    budget: &Object,
    status: &mut Value,
    state: &'static str,
    reason: &'static str,
    message: &str,
) {
    let conditions = status.at_mut(&["conditions"]).list_mut();
    let place = conditions
        .iter()
        .position(|c| c.get("type").text() == "DisruptionAllowed");
    let since = place
        .map(|i| &conditions[i])
        .filter(|c| c.get("status").text() == state)
        .map_or_else(
            || Value::from(ctx.now().timestamp().to_string()),
            |c| c.get("lastTransitionTime").clone(),
        );
    let condition = value!({
        "lastTransitionTime": since, "message": Value::str(message), "reason": reason,
        "observedGeneration": budget.meta().generation, "status": state,
        "type": "DisruptionAllowed",
    });
    match place {
        Some(i) => conditions[i] = condition,
        None => conditions.push(condition),
    }
}
