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
use crate::k8s::ordered::BTreeMap;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object};
use crate::sim::store::NsName;
use crate::sim::worker::{Tick, Worker};
use crate::sim::{Ctx, Delivery, Delta, Informer, Recorder, SimTime};

/// Rolls Deployments out.
#[derive(Clone, Debug)]
pub struct DeploymentController {
    informer: Informer,
    worker: Worker<NsName>,
    recorder: Recorder,
    /// The newest version of each ReplicaSet that this controller wrote itself, until its watch has caught up.
    written: BTreeMap<NsName, u64>,
}

impl Default for DeploymentController {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            worker: Worker::default(),
            recorder: Recorder::new(Self::NAME, ""),
            written: BTreeMap::new(),
        }
    }
}

/// A moment that the controller asked for.
pub type Timer = Tick;

impl Part for DeploymentController {
    type Timer = Timer;
    const NAME: &'static str = "deployment-controller";
    const KINDS: &'static [Kind] = &[Kind::Deployment, Kind::ReplicaSet, Kind::Pod];
    const SLEEPS_THROUGH: &'static [Kind] = &[Kind::ReplicaSet, Kind::Pod];

    fn wakes(object: &Object) -> bool {
        object.kind() == Kind::Deployment
    }

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            match delta.kind() {
                Kind::Deployment => self.worker.add(NsName::of(delta.object())),
                Kind::ReplicaSet => self.set_changed(&delta),
                _ => self.pod_changed(&delta),
            }
        }
        self.worker.wake(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        if let Some(key) = self.worker.turn(ctx.now(), timer) {
            let ended = self.sync(ctx, &key).into();
            self.worker.end(ctx, &key, ended);
        }
        self.worker.wake(ctx);
    }
}

impl DeploymentController {
    fn enqueue_at(&mut self, ctx: &mut Ctx<'_, Timer>, key: &NsName, at: SimTime) {
        let delay = at.since(ctx.now());
        self.worker.add_after(ctx, key.clone(), delay);
    }

    /// The Deployment that controls the object.
    fn owner(&self, object: &Object) -> Option<NsName> {
        let deployment = self.informer.controller(Kind::Deployment, object)?;
        Some(NsName::of(deployment))
    }

    fn set_changed(&mut self, delta: &Delta) {
        let set = delta.object();
        let key = NsName::of(set);
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
            self.worker.add(before);
        }
        if let Some(owner) = owner {
            self.worker.add(owner);
        } else if orphan {
            for deployment in self
                .informer
                .of(Kind::Deployment)
                .iter(Some(set.namespace()))
            {
                let selector = Selector::read(deployment.value().at(&["spec", "selector"]));
                if !selector.is_everything() && selector.matches(&set.meta().labels) {
                    self.worker.add(NsName::of(deployment));
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
            self.worker.add(owner);
        }
    }
}
