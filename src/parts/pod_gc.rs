//! Collects pods that nobody else would: of nodes that are gone, terminating but never bound, too many that ended.
//!
//! Upstream: pkg/controller/podgc/gc_controller.go. Events that are over their time go in the same passes.

use super::Part;
use crate::k8s::api::Phase;
use crate::k8s::order::InOrder;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::store::NsName;
use crate::sim::{Ctx, DeleteOptions, Delivery, Informer, SimSpan, SimTime};
use crate::value;
use std::sync::Arc;

/// Upstream: `gcCheckPeriod`
const PERIOD: SimSpan = SimSpan::from_secs(20);

/// Upstream: `quarantineTime`; how long a node may be missing before its pods go.
const QUARANTINE: SimSpan = SimSpan::from_secs(40);

/// `--terminated-pod-gc-threshold`
const TERMINATED_MAX: usize = 12_500;

const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

/// The collector of pods.
#[derive(Clone, Default)]
pub struct PodGc {
    informer: Informer,
    /// Nodes that pods name and that are missing, and when their quarantine ends.
    missing: BTreeMap<Str, SimTime>,
    /// Pods that a pass has to look at: ended, on their way out, or of a node that is not there.
    suspects: BTreeSet<NsName>,
    /// A node went since the last pass: any pod may be one of its.
    any: bool,
}

#[derive(Clone, Debug)]
pub enum Timer {
    /// The next pass.
    Pass,
}

impl Part for PodGc {
    type Timer = Timer;
    const NAME: &'static str = "pod-garbage-collector";
    const KINDS: &'static [Kind] = &[Kind::Pod, Kind::Node];

    fn start(&mut self, ctx: &mut Ctx<'_, Timer>) {
        ctx.after(PERIOD, Timer::Pass);
    }

    fn on_watch(&mut self, _ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            match (delta.kind(), &delta.new) {
                (Kind::Pod, Some(pod)) if self.suspect(pod) => {
                    self.suspects.insert(NsName::of(pod));
                }
                (Kind::Node, None) => self.any = true,
                _ => {}
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        let Timer::Pass = timer;
        ctx.client.expire_events();
        self.pass(ctx);
        ctx.after(PERIOD, Timer::Pass);
    }
}

impl PodGc {
    /// Whether there may be something about a pod.
    fn suspect(&self, object: &Object) -> bool {
        object.pod().is_some_and(|pod| {
            let node = &pod.spec.node_name;
            let at_home = node.is_empty() || self.informer.get(Kind::Node, "", node).is_some();
            pod.terminal() || object.meta().terminating() || !at_home
        })
    }

    /// The pods to look at, in storage order; those that have turned out to be innocent are forgotten.
    fn suspected(&mut self) -> Vec<Arc<Object>> {
        let pods = self.informer.of(Kind::Pod);
        let mut found: Vec<Arc<Object>> = if std::mem::take(&mut self.any) {
            pods.iter(None).cloned().collect()
        } else {
            let known = |key: &NsName| pods.get(&key.namespace, &key.name).cloned();
            self.suspects.iter().filter_map(known).collect()
        };
        found.retain(|pod| self.suspect(pod));
        self.suspects = BTreeSet::new();
        self.suspects
            .extend(found.iter().map(|pod| NsName::of(pod)));
        found
    }

    fn pass(&mut self, ctx: &mut Ctx<'_, Timer>) {
        let mut ended: Vec<Arc<Object>> = Vec::new();
        let mut out_of_service: Vec<Arc<Object>> = Vec::new();
        let mut orphans: Vec<Arc<Object>> = Vec::new();
        let mut unbound: Vec<Arc<Object>> = Vec::new();
        for object in self.suspected() {
            let Some(pod) = object.pod() else {
                continue;
            };
            if pod.terminal() {
                ended.push(object.clone());
            }
            let terminating = object.meta().terminating();
            let node = &pod.spec.node_name;
            if node.is_empty() {
                if terminating {
                    unbound.push(object.clone());
                }
                continue;
            }
            match self.informer.get(Kind::Node, "", node) {
                None => orphans.push(object.clone()),
                Some(node) if terminating && !ready(node) && out(node) => {
                    out_of_service.push(object.clone());
                }
                Some(_) => {}
            }
        }
        collect_ended(ctx, ended);
        for pod in &out_of_service {
            collect(ctx, pod, None);
        }
        self.collect_orphans(ctx, &orphans);
        for pod in &unbound {
            collect(ctx, pod, None);
        }
    }

    /// Pods of a node that is missing at two passes at least a quarantine apart, and at the server too.
    fn collect_orphans(&mut self, ctx: &mut Ctx<'_, Timer>, orphans: &[Arc<Object>]) {
        let now = ctx.now();
        let node_of = |pod: &Object| pod.pod().map(|p| p.spec.node_name.clone());
        let mut missing: BTreeMap<Str, SimTime> = BTreeMap::new();
        for node in orphans.iter().filter_map(|pod| node_of(pod)) {
            let until = self.missing.get(&node).copied().unwrap_or(now + QUARANTINE);
            missing.insert(node, until);
        }
        let over: Vec<Str> = missing
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(node, _)| node.clone())
            .collect();
        missing.retain(|_, until| *until > now);
        self.missing = missing;
        for node in over {
            if ctx.client.get(Kind::Node, "", &node).is_ok() {
                continue;
            }
            for pod in orphans
                .iter()
                .filter(|p| node_of(p).as_ref() == Some(&node))
            {
                let condition = value!({
                    "lastProbeTime": null, "lastTransitionTime": now.timestamp().to_string(),
                    "message": "PodGC: node no longer exists", "reason": "DeletionByPodGC",
                    "status": "True", "type": "DisruptionTarget",
                    "observedGeneration": pod.meta().generation,
                });
                collect(ctx, pod, Some(condition));
            }
        }
    }
}

/// The oldest beyond the threshold, evicted ones first.
fn collect_ended(ctx: &mut Ctx<'_, Timer>, ended: Vec<Arc<Object>>) {
    for pod in &surplus(ended, TERMINATED_MAX) {
        collect(ctx, pod, None);
    }
}

/// The pods that are too many.
fn surplus(mut ended: Vec<Arc<Object>>, most: usize) -> Vec<Arc<Object>> {
    let count = ended.len().saturating_sub(most);
    if count > 0 {
        let evicted = |o: &Object| o.pod().is_some_and(|p| p.status.reason == "Evicted");
        ended.order_by_key(|o| (!evicted(o), o.meta().creation, o.name().clone()));
    }
    ended.truncate(count);
    ended
}

fn ready(node: &Object) -> bool {
    node.node()
        .and_then(|n| n.condition("Ready"))
        .is_some_and(|c| c.status == "True")
}

fn out(node: &Object) -> bool {
    node.node()
        .is_some_and(|n| n.taints.iter().any(|t| t.key == OUT_OF_SERVICE))
}

/// Marks the pod Failed, then deletes it without grace. What fails is tried at the next pass.
///
/// Upstream: gc_controller.go `markFailedAndDeletePodWithCondition`
fn collect(ctx: &mut Ctx<'_, Timer>, pod: &Object, condition: Option<Value>) {
    let Ok(live) = ctx.client.get(Kind::Pod, pod.namespace(), pod.name()) else {
        return;
    };
    if live.uid() != pod.uid() {
        return;
    }
    if live.pod().is_some_and(|p| !p.terminal()) {
        let mut value = live.value().clone();
        let status = value.at_mut(&["status"]);
        status.set("phase", Phase::Failed.name());
        status.set("observedGeneration", live.meta().generation);
        if let Some(condition) = condition {
            let conditions = status.at_mut(&["conditions"]).list_mut();
            conditions.retain(|c| c.get("type") != condition.get("type"));
            conditions.push(condition);
        }
        if ctx.client.update_status(Kind::Pod, value).is_err() {
            return;
        }
    }
    let options = DeleteOptions {
        grace_period: Some(0),
        ..DeleteOptions::default()
    };
    // A pod that could not be deleted is found again by the next pass.
    let _ = ctx
        .client
        .delete(Kind::Pod, live.namespace(), live.name(), &options);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evicted_pods_and_then_the_oldest_are_too_many() {
        let pod = |name: &'static str, reason: &'static str, second: u32| {
            let made = format!("2026-01-01T00:00:{second:02}Z");
            let tree = value!({"metadata": {"name": name, "creationTimestamp": made},
                "status": {"phase": "Failed", "reason": reason}});
            Object::shared(Kind::Pod, tree)
        };
        let all = vec![
            pod("old", "", 1),
            pod("evicted", "Evicted", 9),
            pod("b", "", 5),
            pod("a", "", 5),
            pod("new", "", 30),
        ];
        for (most, gone) in [
            (9, &[][..]),
            (5, &[]),
            (4, &["evicted"]),
            (3, &["evicted", "old"]),
            (1, &["evicted", "old", "a", "b"]),
        ] {
            let surplus = surplus(all.clone(), most);
            let names: Vec<&str> = surplus.iter().map(|pod| pod.name().as_str()).collect();
            assert_eq!(names, gone, "{most} may stay");
        }
    }
}
