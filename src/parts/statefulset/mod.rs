//! The StatefulSet controller: pods with an identity, in order.
//!
//! Reading order: [`pod`] (identity, claims), [`revision`] (templates and their numbers), [`control`] (one pass).
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
use crate::sim::store::NsName;
use crate::sim::workqueue::WorkQueue;
use crate::sim::{Ctx, Delivery, Delta, Informer, Recorder, SimSpan};
use std::collections::BTreeMap;

/// Runs StatefulSets.
#[derive(Clone, Debug)]
pub struct StatefulSetController {
    informer: Informer,
    queue: WorkQueue<NsName>,
    recorder: Recorder,
    working: bool,
    /// Writes of this controller that its watches have not brought back yet: object to version, by set.
    pending: BTreeMap<NsName, BTreeMap<(Kind, NsName), u64>>,
}

impl Default for StatefulSetController {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            queue: WorkQueue::default(),
            recorder: Recorder::new(Self::NAME, ""),
            working: false,
            pending: BTreeMap::new(),
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

impl Part for StatefulSetController {
    type Timer = Timer;
    const NAME: &'static str = "statefulset-controller";
    const KINDS: &'static [Kind] = &[
        Kind::StatefulSet,
        Kind::ControllerRevision,
        Kind::PersistentVolumeClaim,
        Kind::Pod,
    ];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            self.seen(delta.object(), delta.new.is_none());
            match delta.kind() {
                Kind::StatefulSet => self.queue.add(key_of(delta.object())),
                Kind::Pod => self.pod_changed(ctx, &delta),
                _ => {}
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

impl StatefulSetController {
    fn work_soon(&mut self, ctx: &mut Ctx<'_, Timer>) {
        if !self.working && !self.queue.is_idle() {
            self.working = true;
            ctx.after(ctx.latency.write, Timer::Work);
        }
    }

    /// A write was made: the set is not looked at again before the watch has brought it.
    fn wrote(&mut self, set: &NsName, object: &Object) {
        let writes = self.pending.entry(set.clone()).or_default();
        writes.insert(
            (object.kind(), key_of(object)),
            object.meta().resource_version,
        );
    }

    fn seen(&mut self, object: &Object, gone: bool) {
        let key = (object.kind(), key_of(object));
        let version = object.meta().resource_version;
        let mut settled = Vec::new();
        for (set, writes) in &mut self.pending {
            if writes.get(&key).is_some_and(|v| gone || *v <= version) {
                writes.remove(&key);
                if writes.is_empty() {
                    settled.push(set.clone());
                }
            }
        }
        for set in settled {
            self.pending.remove(&set);
            self.queue.add(set);
        }
    }

    /// The set that controls the pod.
    fn owner(&self, pod: &Object) -> Option<NsName> {
        let owner = pod
            .meta()
            .controller()
            .filter(|o| o.kind == "StatefulSet")?;
        let set = self
            .informer
            .get(Kind::StatefulSet, pod.namespace(), &owner.name)?;
        (*set.uid() == owner.uid).then(|| key_of(set))
    }

    fn pod_changed(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta) {
        let pod = delta.object();
        let owner = self.owner(pod);
        let before = delta.old.as_ref().and_then(|old| self.owner(old));
        if let Some(before) = before.filter(|b| owner.as_ref() != Some(b)) {
            self.queue.add(before);
        }
        if let Some(key) = owner {
            self.wait_for_available(ctx, delta, &key);
            self.queue.add(key);
        } else if pod.meta().controller().is_none() && delta.new.is_some() {
            for set in self
                .informer
                .of(Kind::StatefulSet)
                .iter(Some(pod.namespace()))
            {
                let selector = Selector::read(set.value().at(&["spec", "selector"]));
                if !selector.is_everything() && selector.matches(&pod.meta().labels) {
                    self.queue.add(key_of(set));
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
            let at = self.queue.add_after(key.clone(), ctx.now(), delay);
            ctx.at(at, Timer::Due);
        }
    }
}
