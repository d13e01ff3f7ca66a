//! The StatefulSet controller: pods with an identity, in order.
//!
//! Reading order: [`pod`] (identity, claims), [`revision`] (templates and their numbers), [`control`] (one pass),
//! [`claims`], [`status`].
//!
//! Upstream: pkg/controller/statefulset

mod claims;
mod control;
mod pod;
mod revision;
mod status;

use super::Part;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object};
use crate::sim::control::PendingWrites;
use crate::sim::store::NsName;
use crate::sim::worker::{Tick, Worker};
use crate::sim::{Ctx, Delivery, Delta, Informer, Recorder, SimSpan};

/// Runs StatefulSets.
#[derive(Clone, Debug)]
pub struct StatefulSetController {
    informer: Informer,
    worker: Worker<NsName>,
    recorder: Recorder,
    pending: PendingWrites,
}

impl Default for StatefulSetController {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            worker: Worker::default(),
            recorder: Recorder::new(Self::NAME, ""),
            pending: PendingWrites::default(),
        }
    }
}

/// A moment that the controller asked for.
pub type Timer = Tick;

impl Part for StatefulSetController {
    type Timer = Timer;
    const NAME: &'static str = "statefulset-controller";
    const KINDS: &'static [Kind] = &[
        Kind::StatefulSet,
        Kind::ControllerRevision,
        Kind::PersistentVolumeClaim,
        Kind::Pod,
    ];
    const SLEEPS_THROUGH: &'static [Kind] = &[
        Kind::ControllerRevision,
        Kind::PersistentVolumeClaim,
        Kind::Pod,
    ];

    fn wakes(object: &Object) -> bool {
        super::is_work(object, Kind::StatefulSet)
    }

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            for set in self.pending.seen(delta.object(), delta.new.is_none()) {
                self.worker.add(set);
            }
            match delta.kind() {
                Kind::StatefulSet => self.worker.add(NsName::of(delta.object())),
                Kind::Pod => self.pod_changed(ctx, &delta),
                _ => {}
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

impl StatefulSetController {
    /// The set that controls the pod.
    fn owner(&self, pod: &Object) -> Option<NsName> {
        let set = self.informer.controller(Kind::StatefulSet, pod)?;
        Some(NsName::of(set))
    }

    fn pod_changed(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta) {
        let pod = delta.object();
        let owner = self.owner(pod);
        let before = delta.old.as_ref().and_then(|old| self.owner(old));
        if let Some(before) = before.filter(|b| owner.as_ref() != Some(b)) {
            self.worker.add(before);
        }
        if let Some(key) = owner {
            self.wait_for_available(ctx, delta, &key);
            self.worker.add(key);
        } else if pod.meta().controller().is_none() && delta.new.is_some() {
            for set in self
                .informer
                .of(Kind::StatefulSet)
                .iter(Some(pod.namespace()))
            {
                let selector = Selector::read(set.value().at(&["spec", "selector"]));
                if !selector.is_everything() && selector.matches(&pod.meta().labels) {
                    self.worker.add(NsName::of(set));
                }
            }
        }
    }

    /// A pod that just became ready counts as available only later.
    fn wait_for_available(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta, key: &NsName) {
        let ready = |o: Option<&std::sync::Arc<Object>>| {
            o.is_some_and(|p| crate::sim::control::pods::ready(p))
        };
        let set = self
            .informer
            .get(Kind::StatefulSet, &key.namespace, &key.name);
        let secs = set.map_or(SimSpan::ZERO, |s| pod::min_ready(s));
        if secs > SimSpan::ZERO && !ready(delta.old.as_ref()) && ready(delta.new.as_ref()) {
            let delay = secs + SimSpan::from_secs(1);
            self.worker.add_after(ctx, key.clone(), delay);
        }
    }
}
