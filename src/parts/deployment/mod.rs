//! The Deployment controller: rolls a template out through ReplicaSets.
//!
//! Reading order: [`set`] (what is read of a ReplicaSet), [`sync`] (one pass), [`revision`] (the new ReplicaSet and
//! its number), [`rolling`] and [`recreate`] (the two strategies), [`scale`] (changes of the number), [`status`].
//!
//! Upstream: pkg/controller/deployment

mod recreate;
mod revision;
mod rolling;
mod scale;
mod set;
mod status;
mod sync;

use super::Part;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object};
use crate::sim::store::NsName;
use crate::sim::workqueue::WorkQueue;
use crate::sim::{Ctx, Delivery, Delta, Informer, Recorder, SimTime};
use std::collections::BTreeMap;

/// Rolls Deployments out.
#[derive(Clone, Debug)]
pub struct DeploymentController {
    informer: Informer,
    queue: WorkQueue<NsName>,
    recorder: Recorder,
    working: bool,
    /// The newest version of each ReplicaSet that this controller wrote itself, until its watch has caught up.
    written: BTreeMap<NsName, u64>,
}

impl Default for DeploymentController {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            queue: WorkQueue::default(),
            recorder: Recorder::new(Self::NAME, ""),
            working: false,
            written: BTreeMap::new(),
        }
    }
}

/// A moment that the controller asked for.
#[derive(Clone, Debug)]
pub enum Timer {
    /// The worker takes the next key.
    Work,
    /// A delayed key is due.
    Due,
}

impl Part for DeploymentController {
    type Timer = Timer;
    const NAME: &'static str = "deployment-controller";
    const KINDS: &'static [Kind] = &[Kind::Deployment, Kind::ReplicaSet, Kind::Pod];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            match delta.kind() {
                Kind::Deployment => self.queue.add(key_of(delta.object())),
                Kind::ReplicaSet => self.set_changed(&delta),
                _ => self.pod_changed(&delta),
            }
        }
        self.work_soon(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        match timer {
            Timer::Due => self.queue.due(ctx.now()),
            Timer::Work => {
                self.working = false;
                if let Some(key) = self.queue.take() {
                    match self.sync(ctx, &key) {
                        Ok(()) => self.queue.forget(&key),
                        Err(_) => {
                            let at = self.queue.add_rate_limited(key.clone(), ctx.now());
                            ctx.at(at, Timer::Due);
                        }
                    }
                    self.queue.done(&key);
                }
            }
        }
        self.work_soon(ctx);
    }
}

fn key_of(object: &Object) -> NsName {
    NsName {
        namespace: object.namespace().clone(),
        name: object.name().clone(),
    }
}

impl DeploymentController {
    fn work_soon(&mut self, ctx: &mut Ctx<'_, Timer>) {
        if !self.working && !self.queue.is_idle() {
            self.working = true;
            ctx.after(ctx.latency.write, Timer::Work);
        }
    }

    fn enqueue_at(&mut self, ctx: &mut Ctx<'_, Timer>, key: &NsName, at: SimTime) {
        let now = ctx.now();
        let due = self.queue.add_after(key.clone(), now, at.since(now));
        ctx.at(due, Timer::Due);
    }

    /// The Deployment that controls the object.
    fn owner(&self, object: &Object) -> Option<NsName> {
        let owner = object
            .meta()
            .controller()
            .filter(|o| o.kind == "Deployment")?;
        let deployment = self
            .informer
            .get(Kind::Deployment, object.namespace(), &owner.name)?;
        (*deployment.uid() == owner.uid).then(|| key_of(deployment))
    }

    fn set_changed(&mut self, delta: &Delta) {
        let set = delta.object();
        let key = key_of(set);
        if delta.new.is_none()
            || self
                .written
                .get(&key)
                .is_some_and(|v| *v <= set.meta().resource_version)
        {
            self.written.remove(&key);
        }
        let before = delta.old.as_ref().and_then(|old| self.owner(old));
        let owner = self.owner(set);
        let orphan = set.meta().controller().is_none() && delta.new.is_some();
        if let Some(before) = before.filter(|b| owner.as_ref() != Some(b)) {
            self.queue.add(before);
        }
        if let Some(owner) = owner {
            self.queue.add(owner);
        } else if orphan {
            for deployment in self
                .informer
                .of(Kind::Deployment)
                .iter(Some(set.namespace()))
            {
                let selector = Selector::read(deployment.value().at(&["spec", "selector"]));
                if !selector.is_everything() && selector.matches(&set.meta().labels) {
                    self.queue.add(key_of(deployment));
                }
            }
        }
    }

    /// The last pod of a Recreate deployment is gone: it may go on.
    fn pod_changed(&mut self, delta: &Delta) {
        if delta.new.is_some() {
            return;
        }
        let pod = delta.object();
        let set = pod.meta().controller().filter(|o| o.kind == "ReplicaSet");
        let set = set.and_then(|o| {
            self.informer
                .get(Kind::ReplicaSet, pod.namespace(), &o.name)
        });
        if let Some(owner) = set.and_then(|s| self.owner(s)) {
            self.queue.add(owner);
        }
    }
}
