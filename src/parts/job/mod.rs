//! The Job controller: pods that run to their end, counted once each.
//!
//! Reading order: [`sync`] (one pass), [`manage`] (pods made and removed), [`track`] (ended pods counted, the
//! status), [`policy`], [`indexes`], [`per_index`], [`success`], [`backoff`].
//!
//! Every pod carries a finalizer until its end has been counted in the status.
//!
//! Upstream: pkg/controller/job, pkg/controller/ttlafterfinished

mod backoff;
mod indexes;
mod manage;
mod per_index;
mod policy;
mod success;
mod sync;
mod track;

use super::Part;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Timestamp};
use crate::sim::apiserver::{DeleteOptions, Propagation};
use crate::sim::control::PendingWrites;
use crate::sim::store::NsName;
use crate::sim::worker::{Tick, Worker};
use crate::sim::{Ctx, Delivery, Delta, Informer, Recorder, SimSpan, SimTime, Status};
use backoff::Backoff;

/// Changes of pods are gathered for this long before a Job is looked at.
const BATCH: SimSpan = SimSpan::from_secs(1);

/// What may wait in the queue.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    Job(NsName),
    /// A pod that has the finalizer and no Job that will count it.
    Orphan(NsName),
}

/// Runs Jobs.
#[derive(Clone, Debug)]
pub struct JobController {
    informer: Informer,
    worker: Worker<Key>,
    recorder: Recorder,
    pending: PendingWrites,
    backoffs: BTreeMap<NsName, Backoff>,
}

impl Default for JobController {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            worker: Worker::default(),
            recorder: Recorder::new(Self::NAME, ""),
            pending: PendingWrites::default(),
            backoffs: BTreeMap::new(),
        }
    }
}

/// A moment that the controller asked for.
#[derive(Clone, Debug)]
pub enum Timer {
    Worker(Tick),
    /// A finished Job may have outlived its time.
    Expire(NsName),
}

impl From<Tick> for Timer {
    fn from(tick: Tick) -> Self {
        Timer::Worker(tick)
    }
}

impl Part for JobController {
    type Timer = Timer;
    const NAME: &'static str = "job-controller";
    const KINDS: &'static [Kind] = &[Kind::Job, Kind::Pod];
    const SLEEPS_THROUGH: &'static [Kind] = &[Kind::Pod];

    fn wakes(object: &Object) -> bool {
        super::is_work(object, Kind::Job) || track::has_finalizer(object)
    }

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            self.pending.seen(delta.object(), delta.new.is_none());
            if delta.kind() == Kind::Job {
                self.job_changed(ctx, &delta);
            } else {
                self.pod_changed(ctx, &delta);
            }
        }
        self.worker.wake(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        match timer {
            Timer::Expire(key) => self.expire(ctx, &key),
            Timer::Worker(tick) => {
                if let Some(key) = self.worker.turn(ctx.now(), tick) {
                    let ended = self.work(ctx, &key).into();
                    self.worker.end(ctx, &key, ended);
                }
            }
        }
        self.worker.wake(ctx);
    }
}

/// The finished condition of a Job: `Complete` or `Failed`.
fn finished(job: &Object) -> Option<&crate::k8s::Value> {
    let conditions = job.value().at(&["status", "conditions"]).items();
    conditions.iter().find(|c| {
        ["Complete", "Failed"].contains(&c.get("type").text()) && c.get("status").text() == "True"
    })
}

impl JobController {
    fn work(&mut self, ctx: &mut Ctx<'_, Timer>, key: &Key) -> Result<(), Status> {
        match key {
            Key::Job(job) => self.sync(ctx, job),
            Key::Orphan(pod) => self.release_orphan(ctx, pod),
        }
    }

    fn later(&mut self, ctx: &mut Ctx<'_, Timer>, job: &NsName, delay: SimSpan) {
        self.worker.add_after(ctx, Key::Job(job.clone()), delay);
    }

    fn job_changed(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta) {
        let key = NsName::of(delta.object());
        let Some(job) = &delta.new else {
            self.pending.forget(&key);
            self.backoffs.remove(&key);
            let selector = Selector::read(delta.object().value().at(&["spec", "selector"]));
            self.enqueue_orphans(&key, &selector);
            self.worker.add(Key::Job(key));
            return;
        };
        let same_wish = delta
            .old
            .as_ref()
            .is_some_and(|old| old.meta().generation == job.meta().generation);
        if same_wish {
            self.later(ctx, &key, BATCH);
        } else {
            self.worker.add(Key::Job(key.clone()));
        }
        if let Some(at) = expiry(job) {
            ctx.at(at.max(ctx.now()), Timer::Expire(key));
        }
    }

    fn enqueue_orphans(&mut self, job: &NsName, selector: &Selector) {
        for pod in self.informer.of(Kind::Pod).iter(Some(&job.namespace)) {
            if track::has_finalizer(pod) && selector.matches(&pod.meta().labels) {
                self.worker.add(Key::Orphan(NsName::of(pod)));
            }
        }
    }

    /// The Job that controls the pod.
    fn owner(&self, pod: &Object) -> Option<NsName> {
        let job = self.informer.controller(Kind::Job, pod)?;
        Some(NsName::of(job))
    }

    fn pod_changed(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta) {
        let pod = delta.object();
        let owner = self.owner(pod);
        let before = delta.old.as_ref().and_then(|old| self.owner(old));
        if let Some(before) = before.filter(|b| owner.as_ref() != Some(b)) {
            self.later(ctx, &before, BATCH);
        }
        let counted_later = owner.as_ref().is_some_and(|key| {
            let job = self.informer.get(Kind::Job, &key.namespace, &key.name);
            job.is_some_and(|job| finished(job).is_none())
        });
        if delta.new.is_some() && track::has_finalizer(pod) && !counted_later {
            self.worker.add(Key::Orphan(NsName::of(pod)));
        }
        if let Some(key) = owner {
            self.later(ctx, &key, BATCH);
        } else if pod.meta().controller().is_none() && delta.new.is_some() {
            let jobs = self.informer.of(Kind::Job).iter(Some(pod.namespace()));
            let matching: Vec<NsName> = jobs
                .filter(|job| {
                    let selector = Selector::read(job.value().at(&["spec", "selector"]));
                    !selector.is_everything() && selector.matches(&pod.meta().labels)
                })
                .map(|job| NsName::of(job))
                .collect();
            for key in matching {
                self.later(ctx, &key, BATCH);
            }
        }
    }

    /// Takes the finalizer from a pod that no running Job will count.
    ///
    /// Upstream: `handleSingleOrphanPod`
    fn release_orphan(&mut self, ctx: &mut Ctx<'_, Timer>, key: &NsName) -> Result<(), Status> {
        let Some(pod) = self.informer.get(Kind::Pod, &key.namespace, &key.name) else {
            return Ok(());
        };
        let running = self.owner(pod).is_some_and(|job| {
            let job = self.informer.get(Kind::Job, &job.namespace, &job.name);
            job.is_some_and(|job| finished(job).is_none())
        });
        if running || !track::has_finalizer(pod) {
            return Ok(());
        }
        let pod = pod.clone();
        track::remove_finalizer(&mut ctx.client, &pod).map(|_| ())
    }

    /// Removes a finished Job that has outlived its time, and its pods with it.
    ///
    /// Upstream: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go `processJob`
    fn expire(&mut self, ctx: &mut Ctx<'_, Timer>, key: &NsName) {
        let Ok(job) = ctx.client.get(Kind::Job, &key.namespace, &key.name) else {
            return;
        };
        let due = expiry(&job).is_some_and(|at| at <= ctx.now());
        if !due || job.meta().terminating() {
            return;
        }
        let options = DeleteOptions {
            propagation: Some(Propagation::Foreground),
            precondition_uid: Some(job.uid().clone()),
            ..DeleteOptions::default()
        };
        let mut client = ctx.client.signed("ttl-after-finished-controller");
        let deleted = client.delete(Kind::Job, &key.namespace, &key.name, &options);
        if deleted.is_err_and(|status| !status.is_not_found()) {
            ctx.after(BATCH, Timer::Expire(key.clone()));
        }
    }
}

/// When a finished Job with a time to live is to be removed.
fn expiry(job: &Object) -> Option<SimTime> {
    let ttl = job
        .value()
        .at(&["spec", "ttlSecondsAfterFinished"])
        .as_i64()?;
    let at = finished(job)?.get("lastTransitionTime").text();
    let finished = SimTime::of(Timestamp::parse(at)?);
    Some(finished + SimSpan::from_secs(u64::try_from(ttl).ok()?))
}
