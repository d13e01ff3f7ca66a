//! What makes a waiting pod be tried again: only changes that may help it.
//!
//! Upstream: the plugins' `EventsToRegister` and queueing hints in pkg/scheduler/framework/plugins.

use super::cache::Placed;
use super::filter::{Failure, UNSCHEDULABLE, Wanted, check};
use super::fit::Amounts;
use super::neighbors::{self, Rule};
use super::queue::Waiting;
use super::{FLUSH_AFTER, FLUSH_EVERY, Scheduler, Timer};
use crate::k8s::Object;
use crate::k8s::{Kind, Value, affinity, taint};
use crate::sim::store::NsName;
use crate::sim::{Ctx, SimTime};
use std::sync::Arc;

impl Scheduler {
    pub(super) fn wake(&mut self, ctx: &Ctx<'_, Timer>, keys: &[NsName]) {
        for key in keys {
            self.queue.wake(key, ctx.now());
        }
    }

    /// A node came or changed: pods that it was closed to and may now be open to are tried again.
    pub(super) fn wake_for_node(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        old: Option<&Arc<Object>>,
        node: &Arc<Object>,
    ) {
        let relevant = old.is_none_or(|old| match (old.node(), node.node()) {
            (Some(a), Some(b)) => {
                a.taints != b.taints
                    || a.unschedulable != b.unschedulable
                    || a.allocatable != b.allocatable
                    || old.meta().labels != node.meta().labels
            }
            _ => true,
        });
        if !relevant {
            return;
        }
        let Some(info) = self.cache.nodes.get(node.name()) else {
            return;
        };
        let (informer, cache) = (&self.informer, &self.cache);
        let keys = self.queue.unschedulable(|key, waiting| {
            let pod = informer.get(Kind::Pod, &key.namespace, &key.name);
            let Some((pod, spec)) = pod.and_then(|p| p.pod().map(|v| (p, v.spec.clone()))) else {
                return false;
            };
            let wanted = Wanted::new(pod, &spec);
            if wanted
                .names
                .as_ref()
                .is_some_and(|names| !names.contains(node.name()))
            {
                return false;
            }
            let others = |f: &Failure| matches!(f, Failure::Neighbors(_));
            if waiting.failures.iter().any(others) && moved(pod, old, node) {
                return true;
            }
            match check(&wanted, info, cache) {
                None => true,
                // The node is closed for the same reason as before: nothing is won.
                Some(failure) => !same_kind(waiting, &failure),
            }
        });
        self.wake(ctx, &keys);
    }

    /// A node is gone: what was too many elsewhere may not be any more.
    pub(super) fn wake_for_lost_node(&mut self, ctx: &mut Ctx<'_, Timer>) {
        let spread = |f: &Failure| *f == Failure::Neighbors(Rule::Spread);
        let keys = self
            .queue
            .unschedulable(|_, waiting| waiting.failures.iter().any(spread));
        self.wake(ctx, &keys);
    }

    /// A pod left its node: pods that lack what it took are tried again.
    pub(super) fn wake_for_gone(&mut self, ctx: &mut Ctx<'_, Timer>, gone: &Placed) {
        let helps = |failure: &Failure| match failure {
            Failure::Ports(port) => gone.ports.iter().any(|p| p.conflicts(port)),
            // Whatever the pod asked for: how much room there is now is seen by looking again.
            Failure::Resources(_) => true,
            Failure::Neighbors(_) | Failure::Volume(_) => failure.preemptible(),
            Failure::Unschedulable
            | Failure::NodeName
            | Failure::Taint(_)
            | Failure::Affinity
            | Failure::OtherNode => false,
        };
        let left = gone.pod.pod().map(|p| p.spec.node_name.clone());
        let informer = &self.informer;
        let looks_there = |key: &NsName| {
            let pod = informer.get(Kind::Pod, &key.namespace, &key.name);
            let required = pod.and_then(|p| p.pod()?.spec.required_nodes());
            let names = required.and_then(|r| affinity::required_node_names(&r));
            names.is_none_or(|names| left.as_ref().is_none_or(|left| names.contains(left)))
        };
        let keys = self.queue.unschedulable(|key, waiting| {
            let elsewhere = waiting.failures.contains(&Failure::OtherNode) && !looks_there(key);
            waiting.failures.iter().any(helps) && !elsewhere
        });
        self.wake(ctx, &keys);
    }

    /// A placed pod may ask for less than before: pods that lack what it gave back are tried again.
    pub(super) fn wake_for_less(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
        before: Amounts,
    ) {
        let Some(placed) = self.cache.placed(key) else {
            return;
        };
        let mut freed = before;
        freed.subtract(&placed.requests);
        if freed.milli_cpu > 0 || freed.memory > 0 {
            let freed = Placed {
                pod: placed.pod.clone(),
                requests: freed,
                ports: Vec::new(),
            };
            self.wake_for_gone(ctx, &freed);
        }
    }

    /// A pod was placed: pods that look for such a neighbor, or count it, are tried again.
    pub(super) fn wake_for_new(&mut self, ctx: &mut Ctx<'_, Timer>, new: &Arc<Object>) {
        let informer = &self.informer;
        let keys = self.queue.unschedulable(|key, waiting| {
            let looks = |f: &Failure| match f {
                Failure::Neighbors(Rule::Affinity) => {
                    let pod = informer.get(Kind::Pod, &key.namespace, &key.name);
                    pod.is_some_and(|pod| neighbors::looks_for(pod, new))
                }
                Failure::Neighbors(Rule::Spread) => true,
                Failure::Neighbors(_)
                | Failure::Unschedulable
                | Failure::NodeName
                | Failure::Taint(_)
                | Failure::Affinity
                | Failure::Ports(_)
                | Failure::Resources(_)
                | Failure::Volume(_)
                | Failure::OtherNode => false,
            };
            waiting.failures.iter().any(looks)
        });
        self.wake(ctx, &keys);
    }

    /// Pods that nothing woke for five minutes are tried again.
    pub(super) fn flush(&mut self, ctx: &mut Ctx<'_, Timer>) {
        self.flush_at = None;
        let now = ctx.now();
        let old = |w: &Waiting| now.since(w.tried) > FLUSH_AFTER;
        let keys = self.queue.unschedulable(|_, waiting| old(waiting));
        self.wake(ctx, &keys);
        self.flush_later(ctx);
    }

    /// Sets the flush timer while there are unschedulable pods.
    pub(super) fn flush_later(&mut self, ctx: &mut Ctx<'_, Timer>) {
        if self.flush_at.is_none() && !self.queue.unschedulable(|_, _| true).is_empty() {
            // The ticks go on all the time; only those that find something are worth an event.
            let every = FLUSH_EVERY.as_millis();
            let at = SimTime::from_millis((ctx.now().as_millis() / every + 1) * every);
            self.flush_at = Some(at);
            ctx.at(at, Timer::Flush);
        }
    }
}

/// The node is new or has gone to another place, as far as the pod's rules about others see it.
fn moved(pod: &Object, old: Option<&Arc<Object>>, node: &Object) -> bool {
    let spec = pod.value().get("spec");
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let rules = [
        spec.get("topologySpreadConstraints"),
        spec.at(&["affinity", "podAffinity", required]),
        spec.at(&["affinity", "podAntiAffinity", required]),
    ];
    let mut rules = rules.into_iter().flat_map(Value::items);
    rules.any(|rule| {
        let key = rule.get("topologyKey").text();
        old.is_none_or(|old| old.meta().label(key) != node.meta().label(key))
    })
}

/// The pod failed for this kind of reason before.
fn same_kind(waiting: &Waiting, failure: &Failure) -> bool {
    let cordoned = |f: &Failure| match f {
        Failure::Unschedulable => true,
        Failure::Taint(t) => t.key == UNSCHEDULABLE && t.effect == taint::NO_SCHEDULE,
        Failure::NodeName
        | Failure::Affinity
        | Failure::Ports(_)
        | Failure::Resources(_)
        | Failure::Volume(_)
        | Failure::Neighbors(_)
        | Failure::OtherNode => false,
    };
    waiting.failures.iter().any(|before| {
        (cordoned(before) && cordoned(failure))
            || std::mem::discriminant(before) == std::mem::discriminant(failure)
    })
}
