//! The DaemonSet controller: one pod on every node that should run one.
//!
//! Reading order: [`handlers`] (what each change enqueues), [`nodes`] (the node queue), [`sync`] (the steps of one
//! sync in simulated time) with [`claim`] (whose pods and revisions) and [`deed`] (the calls it makes), [`cache`] and
//! [`ledger`] (the books that a sync reads) with [`share`] (what a node adds to them), [`placement`] and [`decision`] (should a node run it), [`availability`],
//! [`manage`], [`rolling`], [`revision`], [`create`], [`status`] (what to do, as pure functions), [`consistency`]
//! (are the caches up to date), [`plan`] (what was done and why, for people).
//!
//! Upstream: pkg/controller/daemon (v1.36)

pub mod handlers;

pub mod nodes;

pub mod sync;

mod claim;

mod deed;

pub mod cache;

pub mod ledger;

mod share;

pub mod placement;

pub mod decision;

pub mod availability;

pub mod manage;

pub mod rolling;

pub mod revision;

pub mod create;

pub mod status;

pub mod consistency;

pub mod plan;

pub use decision::{Check, Decision, Outcome, Reason};
pub use plan::{Note, Plan, Rollout};

/// Namespace and name of a DaemonSet (or of a pod).
pub use crate::sim::store::NsName as Key;

use super::Part;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Str};
use crate::sim::control::Expectations;
use crate::sim::workqueue::WorkQueue;
use crate::sim::{Ctx, Delivery, Recorder, SimSpan, SimTime};
use cache::Cache;
use consistency::Consistency;
use ledger::{Ledger, Slot};
use manage::FailedPods;
use std::sync::Arc;
use sync::Sync;

/// `--concurrent-daemonset-syncs`
pub const WORKERS: usize = 2;

/// Expired back-off entries are dropped at the next sync after so long.
const BACKOFF_COLLECT: SimSpan = SimSpan::from_secs(60);

/// The controller: caches, queues, and the syncs under way.
#[derive(Clone, Debug)]
pub struct DaemonSetController {
    cache: Cache,
    queue: WorkQueue<Key>,
    nodes: WorkQueue<Str>,
    expectations: Expectations,
    consistency: Consistency,
    failed_pods: FailedPods,
    failed_pods_collected: SimTime,
    recorder: Recorder,
    /// The sync that each worker is in.
    workers: [Option<Box<Sync>>; WORKERS],
    /// Counts syncs: a timer of an earlier one is ignored.
    serial: u64,
    /// A [`Timer::Work`] for now is on its way.
    woken: bool,
    notes: BTreeMap<Key, Arc<Note>>,
}

impl Default for DaemonSetController {
    fn default() -> Self {
        Self {
            cache: Cache::default(),
            queue: WorkQueue::default(),
            nodes: WorkQueue::default(),
            expectations: Expectations::default(),
            consistency: Consistency::default(),
            failed_pods: manage::failed_pods(),
            failed_pods_collected: SimTime::default(),
            recorder: Recorder::new(Self::NAME, ""),
            workers: [None, None],
            serial: 0,
            woken: false,
            notes: BTreeMap::new(),
        }
    }
}

/// A moment that the controller asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Timer {
    /// Something may be in the queues.
    Work,
    /// A delayed key is due.
    Due,
    /// A call of a sync reaches the API server.
    Perform { worker: usize, serial: u64 },
    /// The answer is there: the sync goes on.
    Proceed { worker: usize, serial: u64 },
}

impl Part for DaemonSetController {
    type Timer = Timer;
    const NAME: &'static str = "daemonset-controller";
    const KINDS: &'static [Kind] = &[
        Kind::DaemonSet,
        Kind::ControllerRevision,
        Kind::Pod,
        Kind::Node,
    ];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        self.observe(ctx, delivery);
        self.wake(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        match timer {
            Timer::Work => {
                self.woken = false;
                self.process_nodes();
                self.start_syncs(ctx);
            }
            Timer::Due => {
                self.queue.due(ctx.now());
                self.wake(ctx);
            }
            Timer::Perform { worker, serial } => self.perform(ctx, worker, serial),
            Timer::Proceed { worker, serial } => self.proceed(ctx, worker, serial),
        }
    }
}

impl DaemonSetController {
    /// Lets the workers look into the queues, after all that is delivered at this moment.
    fn wake(&mut self, ctx: &mut Ctx<'_, Timer>) {
        if !self.woken && !(self.queue.is_idle() && self.nodes.is_idle()) {
            self.woken = true;
            ctx.after(SimSpan::ZERO, Timer::Work);
        }
    }

    fn enqueue_after(&mut self, ctx: &mut Ctx<'_, Timer>, key: Key, delay: SimSpan) {
        let due = self.queue.add_after(key, ctx.now(), delay);
        ctx.at(due.max(ctx.now()), Timer::Due);
    }

    /// The queue of DaemonSets.
    pub fn queue(&self) -> &WorkQueue<Key> {
        &self.queue
    }

    /// The queue of nodes.
    pub fn node_queue(&self) -> &WorkQueue<Str> {
        &self.nodes
    }

    pub fn expectations(&self) -> &Expectations {
        &self.expectations
    }

    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The back-off of failed pods.
    pub fn failed_pods(&self) -> &FailedPods {
        &self.failed_pods
    }

    /// How many syncs have come to their end.
    pub fn synced(&self) -> u64 {
        self.serial - self.workers.iter().flatten().count() as u64
    }

    /// The syncs under way.
    pub fn syncs(&self) -> impl Iterator<Item = &Sync> {
        self.workers.iter().flatten().map(|sync| &**sync)
    }

    /// What the last sync of a DaemonSet saw and did.
    pub fn note(&self, namespace: &str, name: &str) -> Option<&Note> {
        self.notes
            .iter()
            .find(|(key, _)| key.namespace == *namespace && key.name == *name)
            .map(|(_, note)| &**note)
    }

    /// The books of a DaemonSet by its uid, as of its last sync.
    pub fn ledger(&self, uid: &str) -> Option<&Ledger> {
        self.cache.ledger(uid)
    }

    /// What the controller thinks of the nodes for a DaemonSet, as of its last sync.
    pub fn decisions(&self, uid: &str) -> impl Iterator<Item = (&Str, &Decision)> {
        let slots = self.ledger(uid).into_iter().flat_map(Ledger::slots);
        slots.filter_map(|(node, slot): (_, &Slot)| Some((node, slot.decision.as_ref()?)))
    }
}
