//! The ReplicaSet controller, and the replication manager, which does the same for ReplicationControllers: each keeps
//! the number of pods of a template.
//!
//! Upstream: pkg/controller/replicaset/replica_set.go, pkg/controller/replication/replication_controller.go

pub mod flavor;

mod status;

use super::Part;
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Str};
use crate::sim::apiserver::DeleteOptions;
use crate::sim::control::{Claim, Expectations, active, claim, controlled_by, pods};
use crate::sim::store::NsName;
use crate::sim::worker::{Tick, Worker};
use crate::sim::{Ctx, Delivery, Delta, EventType, Informer, ObjectRef, Recorder, SimSpan, Status};
use flavor::{Flavor, ReplicationControllers, Sets};
use std::marker::PhantomData;
use std::sync::Arc;

/// Pods created or deleted by one sync at most.
const BURST_REPLICAS: usize = 500;

/// Keeps ReplicaSets' numbers.
pub type ReplicaSetController = Keeper<Sets>;

/// Keeps ReplicationControllers' numbers.
pub type ReplicationManager = Keeper<ReplicationControllers>;

/// Keeps the numbers of one kind of objects ("sets" below).
#[derive(Clone, Debug)]
pub struct Keeper<F> {
    informer: Informer,
    worker: Worker<NsName>,
    expectations: Expectations,
    recorder: Recorder,
    flavor: PhantomData<F>,
}

impl<F: Flavor> Default for Keeper<F> {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            worker: Worker::default(),
            expectations: Expectations::default(),
            recorder: Recorder::new(F::PART, ""),
            flavor: PhantomData,
        }
    }
}

/// A moment that the controller asked for.
pub type Timer = Tick;

impl<F: Flavor> Part for Keeper<F> {
    type Timer = Timer;
    const NAME: &'static str = F::PART;
    const KINDS: &'static [Kind] = &[F::KIND, Kind::Pod];
    const SLEEPS_THROUGH: &'static [Kind] = &[Kind::Pod];

    fn wakes(object: &Object) -> bool {
        super::is_work(object, F::KIND)
    }

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            if delta.kind() == F::KIND {
                self.set_changed(&delta);
            } else {
                self.pod_changed(ctx, &delta);
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

impl<F: Flavor> Keeper<F> {
    fn set_changed(&mut self, delta: &Delta) {
        let key = NsName::of(delta.object());
        let replaced = match (&delta.old, &delta.new) {
            (Some(old), Some(new)) => old.uid() != new.uid(),
            (_, None) => true,
            (None, Some(_)) => false,
        };
        if replaced {
            self.expectations.delete(&key);
        }
        self.worker.add(key);
    }

    /// The set that controls the pod.
    fn owner(&self, pod: &Object) -> Option<NsName> {
        let set = self.informer.controller(F::KIND, pod)?;
        Some(NsName::of(set))
    }

    fn pod_changed(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta) {
        let gone = delta.new.as_ref().is_none_or(|p| p.meta().terminating());
        let pod = delta.object().clone();
        let owner = self.owner(&pod);
        if let Some(old) = &delta.old
            && let Some(before) = self.owner(old)
            && owner.as_ref() != Some(&before)
        {
            self.worker.add(before);
        }
        let Some(key) = owner else {
            if pod.meta().controller().is_none() && !gone {
                self.enqueue_matching(&pod, delta.old.as_ref());
            }
            return;
        };
        if gone {
            self.expectations.deletion_observed(&key);
        } else if delta.old.is_none() {
            self.expectations.creation_observed(&key);
        } else {
            self.wait_for_available(ctx, delta, &key);
        }
        self.worker.add(key);
    }

    /// A pod that just became ready counts as available only later.
    fn wait_for_available(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta, key: &NsName) {
        let was = delta.old.as_ref().is_some_and(|p| pods::ready(p));
        let is = delta.new.as_ref().is_some_and(|p| pods::ready(p));
        let min_ready = self.min_ready(key);
        if !was && is && min_ready > SimSpan::ZERO {
            let delay = min_ready + SimSpan::from_secs(1);
            self.worker.add_after(ctx, key.clone(), delay);
        }
    }

    fn min_ready(&self, key: &NsName) -> SimSpan {
        let set = self.informer.get(F::KIND, &key.namespace, &key.name);
        let secs = set.and_then(|s| s.value().at(&["spec", "minReadySeconds"]).as_i64());
        SimSpan::from_secs(secs.and_then(|s| u64::try_from(s).ok()).unwrap_or(0))
    }

    fn enqueue_matching(&mut self, pod: &Object, old: Option<&Arc<Object>>) {
        let unchanged = old.is_some_and(|old| {
            old.meta().labels == pod.meta().labels && old.meta().owners == pod.meta().owners
        });
        if unchanged {
            return;
        }
        for set in self.informer.of(F::KIND).iter(Some(pod.namespace())) {
            let selector = F::selector(set);
            if !selector.is_everything() && selector.matches(&pod.meta().labels) {
                self.worker.add(NsName::of(set));
            }
        }
    }

    fn sync(&mut self, ctx: &mut Ctx<'_, Timer>, key: &NsName) -> Result<(), Status> {
        let Some(set) = self
            .informer
            .get(F::KIND, &key.namespace, &key.name)
            .cloned()
        else {
            self.expectations.delete(key);
            return Ok(());
        };
        let needs_sync = self.expectations.satisfied(key, ctx.now());
        let selector = F::selector(&set);
        let all: Vec<Arc<Object>> = self
            .informer
            .of(Kind::Pod)
            .iter(Some(&key.namespace))
            .cloned()
            .collect();
        let terminating = |pod: &Arc<Object>| pod.meta().terminating() && controlled_by(pod, &set);
        let terminating = all
            .iter()
            .filter(|p| terminating(p))
            .filter(|p| !p.pod().is_some_and(crate::k8s::api::Pod::terminal))
            .count();
        let candidates = all.into_iter().filter(|pod| active(pod));
        let Claim { mine, .. } = claim(&mut ctx.client, &set, &selector, candidates)?;
        let mut failure = Ok(());
        if needs_sync && !set.meta().terminating() {
            failure = self.manage(ctx, &set, key, &mine);
        }
        self.write_status(ctx, &set, &mine, terminating, failure.as_ref().err())?;
        failure
    }

    /// Creates what is missing, deletes what is too much.
    fn manage(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Arc<Object>,
        key: &NsName,
        mine: &[Arc<Object>],
    ) -> Result<(), Status> {
        let replicas = set.value().at(&["spec", "replicas"]).as_i64().unwrap_or(1);
        let wanted = usize::try_from(replicas).unwrap_or(0);
        if mine.len() < wanted {
            let missing = (wanted - mine.len()).min(BURST_REPLICAS);
            return self.create(ctx, set, key, missing);
        }
        if mine.len() > wanted {
            let surplus = (mine.len() - wanted).min(BURST_REPLICAS);
            return self.delete(ctx, set, key, mine, surplus);
        }
        Ok(())
    }

    /// Creates pods in batches of 1, 2, 4, …; a batch with an error ends it.
    fn create(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Arc<Object>,
        key: &NsName,
        count: usize,
    ) -> Result<(), Status> {
        let outstanding = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.expectations.set(key, outstanding(count), 0, ctx.now());
        let template = set.value().at(&["spec", "template"]);
        let about = ObjectRef::of(set);
        let (mut left, mut batch) = (count, 1);
        let mut error = None;
        while left > 0 && error.is_none() {
            let now = batch.min(left);
            for _ in 0..now {
                left -= 1;
                let pod = pods::from_template(set, template);
                match ctx.client.create(Kind::Pod, &key.namespace, pod) {
                    Ok(pod) => {
                        let text = format!("Created pod: {}", pod.name());
                        let kind = EventType::Normal;
                        self.recorder.event(
                            &mut ctx.client,
                            &about,
                            kind,
                            "SuccessfulCreate",
                            &text,
                        );
                    }
                    // Nothing is created in a namespace that goes away, and that is fine.
                    Err(status) if status.has_cause("NamespaceTerminating") => {}
                    Err(status) => {
                        self.expectations.lower(key, 1, 0);
                        let text = format!("Error creating: {status}");
                        let kind = EventType::Warning;
                        self.recorder
                            .event(&mut ctx.client, &about, kind, "FailedCreate", &text);
                        error = Some(status);
                    }
                }
            }
            batch *= 2;
        }
        self.expectations.lower(key, outstanding(left), 0);
        error.map_or(Ok(()), Err)
    }

    fn delete(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Arc<Object>,
        key: &NsName,
        mine: &[Arc<Object>],
        count: usize,
    ) -> Result<(), Status> {
        let node = |pod: &Object| {
            pod.pod()
                .map(|p| p.spec.node_name.clone())
                .unwrap_or_default()
        };
        let related = self.related(set, mine);
        let siblings = |name: &Str| related.iter().filter(|p| node(p) == **name).count();
        let mut ranked: Vec<Arc<Object>> = mine.to_vec();
        ranked.order_by_key(|pod| pods::deletion_rank(pod, siblings(&node(pod))));
        ranked.truncate(count);
        self.expectations
            .set(key, 0, i64::try_from(count).unwrap_or(i64::MAX), ctx.now());
        let about = ObjectRef::of(set);
        let mut error = None;
        for pod in ranked {
            let options = DeleteOptions::default();
            match ctx
                .client
                .delete(Kind::Pod, pod.namespace(), pod.name(), &options)
            {
                Ok(_) => {
                    let text = format!("Deleted pod: {}", pod.name());
                    let kind = EventType::Normal;
                    self.recorder
                        .event(&mut ctx.client, &about, kind, "SuccessfulDelete", &text);
                }
                Err(status) => {
                    self.expectations.lower(key, 0, 1);
                    if !status.is_not_found() {
                        error = Some(status);
                    }
                }
            }
        }
        error.map_or(Ok(()), Err)
    }

    /// The pods of all sets with the same owner: they count when nodes are compared.
    fn related(&self, set: &Object, mine: &[Arc<Object>]) -> Vec<Arc<Object>> {
        let Some(owner) = set.meta().controller() else {
            return mine.to_vec();
        };
        let same = |o: &Object| o.meta().controller().is_some_and(|c| c.uid == owner.uid);
        let sets: Vec<Str> = self
            .informer
            .of(F::KIND)
            .iter(Some(set.namespace()))
            .filter(|s| same(s))
            .map(|s| s.uid().clone())
            .collect();
        let of_sets = |pod: &Object| {
            pod.meta()
                .controller()
                .is_some_and(|c| sets.contains(&c.uid))
        };
        let pods = self.informer.of(Kind::Pod).iter(Some(set.namespace()));
        pods.filter(|p| active(p) && of_sets(p)).cloned().collect()
    }
}
