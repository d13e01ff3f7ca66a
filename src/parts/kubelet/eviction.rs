//! Pressure: the node's conditions while a resource runs short, and the pods that go because of it, one at a
//! time.
//!
//! Upstream: pkg/kubelet/eviction/eviction_manager.go `synchronize`

use super::node::Kubelet;
use super::state::{PodRun, Stage};
use super::{Kubelets, Kx, NodeStep, Step, admit};
use crate::k8s::quantity::Quantity;
use crate::k8s::{Kind, Str, Value, pod_resources};
use crate::sim::{EventType, ObjectRef, SimSpan};
use crate::value;

/// Upstream: `monitoringInterval`.
const INTERVAL: SimSpan = SimSpan::from_secs(10);

/// A condition, the resource that is short, its threshold and what the pretended machine has left of it.
struct Shortage {
    condition: &'static str,
    resource: &'static str,
    threshold: &'static str,
    available: &'static str,
}

const SHORTAGES: [Shortage; 3] = [
    Shortage {
        condition: "MemoryPressure",
        resource: "memory",
        threshold: "100Mi",
        available: "50Mi",
    },
    Shortage {
        condition: "DiskPressure",
        resource: "ephemeral-storage",
        threshold: "10%",
        available: "5%",
    },
    Shortage {
        condition: "PIDPressure",
        resource: "pids",
        threshold: "10%",
        available: "5%",
    },
];

impl Kubelets {
    /// A pressure condition of the node (`MemoryPressure`, `DiskPressure`, `PIDPressure`) begins or ends.
    pub fn pressure(&mut self, ctx: &mut Kx<'_>, node: &str, condition: &str, on: bool) {
        let Some(kubelet) = self.kubelet(node) else {
            return;
        };
        if !SHORTAGES.iter().any(|s| s.condition == condition) {
            return;
        }
        let now = ctx.now();
        if on {
            let before = kubelet.pressures.insert(Str::new(condition), None);
            if before == Some(None) {
                return;
            }
            kubelet.step(ctx, SimSpan::from_millis(1000), NodeStep::Evict);
        } else if let Some(over) = kubelet.pressures.get_mut(condition)
            && over.is_none()
        {
            *over = Some(now);
            let transition = super::node::PRESSURE_TRANSITION + SimSpan::from_millis(1);
            kubelet.step(ctx, transition, NodeStep::Status);
        }
    }
}

impl Kubelet {
    /// One round of the eviction manager: conditions are reported, one pod goes.
    pub(super) fn evict_round(&mut self, ctx: &mut Kx<'_>) {
        let short = SHORTAGES
            .iter()
            .find(|s| self.pressures.get(s.condition) == Some(&None));
        let Some(short) = short else { return };
        self.post_status(ctx);
        self.step(ctx, INTERVAL, NodeStep::Evict);
        let about = ObjectRef {
            kind: "Node".into(),
            name: self.name.clone(),
            ..ObjectRef::default()
        };
        let text = format!("Attempting to reclaim {}", short.resource);
        let mut client = ctx.client.signed(self.actor.clone());
        self.recorder.event(
            &mut client,
            &about,
            EventType::Warning,
            "EvictionThresholdMet",
            &text,
        );
        let victim = self
            .pods
            .iter()
            .filter(|(_, pod)| pod.stage == Stage::Syncing && evictable(pod))
            .min_by_key(|(_, pod)| {
                let spec = pod.spec();
                // Pods that asked for none of the resource use more than they asked for.
                (
                    asks_for(pod, short.resource),
                    spec.priority.unwrap_or(0),
                    pod.object.meta().creation,
                )
            })
            .map(|(uid, _)| uid.clone());
        if let Some(uid) = victim
            && let Some(mut pod) = self.pods.remove(&uid)
        {
            self.evict(ctx, &mut pod, short);
            self.pods.insert(uid, pod);
        }
    }

    fn evict(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, short: &Shortage) {
        let mut message = format!(
            "The node was low on resource: {}. Threshold quantity: {}, available: {}. ",
            short.resource, short.threshold, short.available
        );
        if short.resource != "pids" {
            for container in &pod.spec().containers {
                let request = Quantity::of(container.resources.requests.get(short.resource));
                message += &format!(
                    "Container {} was using 0, request is {request}, has larger consumption of {}. ",
                    container.name, short.resource
                );
            }
        }
        self.pod_event(ctx, pod, None, EventType::Warning, "Evicted", &message);
        self.mark_disrupted(ctx, pod, &message);
        pod.verdict = Some(("Evicted".into(), Str::from(message)));
        pod.stage = Stage::Stopping;
        pod.work = None;
        pod.turn += 1;
        let at = ctx.now() + ctx.latency.stop;
        self.pod_step(ctx, &pod.object.uid().clone(), at, Step::Stop);
    }

    pub(super) fn mark_disrupted(&mut self, ctx: &mut Kx<'_>, pod: &PodRun, message: &str) {
        let (namespace, name) = (pod.object.namespace(), pod.object.name());
        let Ok(live) = ctx.client.get(Kind::Pod, namespace, name) else {
            return;
        };
        let mut value = live.value().clone();
        let conditions = value.at_mut(&["status", "conditions"]).list_mut();
        conditions.retain(|c| c.get("type").text() != "DisruptionTarget");
        let mut condition = disruption(message, ctx.now().timestamp().to_string());
        condition.set("observedGeneration", live.meta().generation);
        conditions.push(condition);
        let mut client = ctx.client.signed(self.actor.clone());
        // The phase that follows says the same.
        let _ = client.update_status(Kind::Pod, value);
    }
}

fn disruption(message: &str, since: String) -> Value {
    value!({
        "type": "DisruptionTarget", "status": "True", "reason": "TerminationByKubelet",
        "message": Str::new(message), "lastProbeTime": null, "lastTransitionTime": since,
    })
}

/// Critical and static pods stay.
fn evictable(pod: &PodRun) -> bool {
    !pod.is_static && !admit::is_critical(pod.spec())
}

fn asks_for(pod: &PodRun, resource: &str) -> bool {
    let asks = pod_resources::requested(pod.spec(), resource);
    !asks.is_zero()
}
