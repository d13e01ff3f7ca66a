//! The scheduler: finds a node for every pod that has none.
//!
//! Reading order: [`queue`] (pods that wait), [`cache`] (what is known of each node), [`filter`], [`fit`] and
//! [`neighbors`] (may a pod go there), [`claims`] (what it waits for), [`score`] (where best), [`preempt`]
//! (who would have to go), [`message`] (why not), [`cycle`] (one attempt), [`wake`] (what makes waiting pods be tried again).

pub mod cache;

pub mod claims;
mod cycle;

pub mod filter;

pub mod fit;

pub mod message;

pub mod neighbors;

pub mod preempt;

pub mod queue;

pub mod score;

pub mod wake;

use super::Part;
use crate::k8s::{Kind, Object};
use crate::sim::store::NsName;
use crate::sim::{Ctx, Delivery, Delta, Informer, Recorder, SimSpan, SimTime};
use cache::Cache;
use queue::SchedulingQueue;
use std::sync::Arc;

/// A pod that nothing woke is tried again after this.
const FLUSH_AFTER: SimSpan = SimSpan::from_secs(300);
/// How often such pods are looked for.
const FLUSH_EVERY: SimSpan = SimSpan::from_secs(30);

/// The default scheduler.
#[derive(Clone, Debug)]
pub struct Scheduler {
    informer: Informer,
    cache: Cache,
    queue: SchedulingQueue,
    recorder: Recorder,
    /// A cycle is due: at most one timer for it is under way.
    cycling: bool,
    /// A flush is due at this moment.
    flush_at: Option<SimTime>,
}

impl Default for Scheduler {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            cache: Cache::default(),
            queue: SchedulingQueue::default(),
            recorder: Recorder::series(Self::NAME, "default-scheduler-master01"),
            cycling: false,
            flush_at: None,
        }
    }
}

/// A moment that the scheduler asked for.
#[derive(Clone, Debug)]
pub enum Timer {
    /// The next scheduling cycle.
    Cycle,
    /// Pods that nothing woke are looked for.
    Flush,
    /// The back-off after an error is over.
    Retry,
}

impl Part for Scheduler {
    type Timer = Timer;
    const NAME: &'static str = "default-scheduler";
    const KINDS: &'static [Kind] = &[
        Kind::Node,
        Kind::Pod,
        Kind::PersistentVolume,
        Kind::PersistentVolumeClaim,
    ];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            match delta.kind() {
                Kind::Node => self.node_changed(ctx, &delta),
                Kind::PersistentVolumeClaim => self.claim_changed(ctx, &delta),
                Kind::PersistentVolume => self.volume_changed(ctx, &delta),
                _ => self.pod_changed(ctx, &delta),
            }
        }
        self.cycle_soon(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        match timer {
            Timer::Cycle => {
                self.cycling = false;
                self.cycle(ctx);
            }
            Timer::Flush => self.flush(ctx),
            Timer::Retry => self.queue.retry(ctx.now()),
        }
        self.cycle_soon(ctx);
    }
}

/// The pod waits for this scheduler.
fn waits(pod: &Object) -> bool {
    pod.pod().is_some_and(|view| {
        view.spec.node_name.is_empty()
            && view.spec.scheduler_name == Scheduler::NAME
            && !view.terminal()
            && !pod.meta().terminating()
            && view.spec.scheduling_gates.items().is_empty()
    })
}

/// The pod takes room on its node.
fn runs(pod: &Object) -> bool {
    pod.pod()
        .is_some_and(|view| !view.spec.node_name.is_empty() && !view.terminal())
}

impl Scheduler {
    /// Pods that wait for a node.
    pub fn queue(&self) -> &SchedulingQueue {
        &self.queue
    }

    /// What is known of each node.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    fn cycle_soon(&mut self, ctx: &mut Ctx<'_, Timer>) {
        if !self.cycling && !self.queue.is_idle() {
            self.cycling = true;
            ctx.after(ctx.latency.schedule, Timer::Cycle);
        }
    }

    fn node_changed(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta) {
        match &delta.new {
            Some(node) => {
                self.cache.set_node(node.clone());
                self.wake_for_node(ctx, delta.old.as_ref(), node);
            }
            None => {
                self.cache.remove_node(delta.object().name());
                self.wake_for_lost_node(ctx);
            }
        }
    }

    fn pod_changed(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta) {
        let key = NsName::of(delta.object());
        match &delta.new {
            Some(pod) if runs(pod) => {
                self.queue.remove(&key);
                self.cache.forget_nomination(&key);
                let node = pod
                    .pod()
                    .map(|p| p.spec.node_name.clone())
                    .unwrap_or_default();
                let placed = (pod.meta().generation > 1).then(|| self.cache.placed(&key));
                let before = placed.flatten().map(|placed| placed.requests.clone());
                self.cache.place(pod.clone(), &node);
                if let Some(before) = before {
                    self.wake_for_less(ctx, &key, before);
                }
                if delta.old.as_ref().is_none_or(|old| !runs(old)) {
                    self.wake_for_new(ctx, pod);
                }
            }
            Some(pod) if waits(pod) => self.pod_waits(ctx, &key, pod, delta.old.as_ref()),
            _ => {
                self.queue.remove(&key);
                let promised = self.cache.forget_nomination(&key).map(|(_, pod)| pod);
                if let Some(placed) = self.cache.unplace(&key).or(promised) {
                    self.wake_for_gone(ctx, &placed);
                }
            }
        }
    }

    /// A waiting pod is new or has changed. A change of its spec or labels makes it be tried again.
    fn pod_waits(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
        pod: &Arc<Object>,
        old: Option<&Arc<Object>>,
    ) {
        let priority = pod.pod().and_then(|p| p.spec.priority).unwrap_or(0);
        if self.queue.get(key).is_none() {
            self.queue.add(key, priority, ctx.now());
            return;
        }
        let replaced = old.is_some_and(|o| o.uid() != pod.uid());
        if replaced {
            self.queue.remove(key);
            self.queue.add(key, priority, ctx.now());
            return;
        }
        let spec = |o: &Object| o.value().get("spec").clone();
        let changed =
            old.is_some_and(|o| spec(o) != spec(pod) || o.meta().labels != pod.meta().labels);
        if changed {
            self.wake(ctx, std::slice::from_ref(key));
        }
    }
}
