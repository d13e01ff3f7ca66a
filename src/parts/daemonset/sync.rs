//! One sync of a DaemonSet, step by step. Steps compute; calls to the API server take time in between, while the
//! caches go on receiving what the watches tell.
//!
//! ```text
//! revisions: adopt, label, choose ─► gate ─┬─► manage ─► create, delete ─► roll ─► create, delete ─► clean up ─┐
//!                                          └─ expectations outstanding ──────────────────────────────────────►├─► status
//! ```
//!
//! Upstream: pkg/controller/daemon/daemon_controller.go `syncDaemonSet`

use super::create::{Blank, template_generation};
use super::deed::Deed;
use super::ledger::Lens;
use super::plan::Plan;
use super::{
    BACKOFF_COLLECT, DaemonSetController, Key, Note, Timer, WORKERS, manage, placement, revision,
    rolling, status,
};
use crate::k8s::ordered::BTreeSet;
use crate::k8s::selector::Selector;
use crate::k8s::{Object, Str, Value};
use crate::sim::{Ctx, EventType, ObjectRef, SimSpan};
use std::collections::VecDeque;
use std::sync::Arc;

/// Where a sync is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Adopting and releasing revisions.
    ClaimRevisions,
    /// Labelling revisions that lack their hash.
    LabelRevisions,
    /// Finding, making or renumbering the current revision.
    ChooseRevision,
    /// May pods be created and deleted?
    Gate,
    /// Adopting and releasing pods, at the start of each stage.
    Claim(Stage),
    /// Computing what a stage does.
    Act(Stage),
    /// Creating pods, batch by batch.
    Create(Stage),
    /// Deleting pods.
    Delete(Stage),
    /// What comes after a stage.
    After(Stage),
    /// The end.
    Finish,
}

/// The parts of a sync that look at the pods.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    Manage,
    Roll,
    CleanUp,
    Status,
}

/// A sync under way.
#[derive(Clone, Debug)]
pub struct Sync {
    pub(super) key: Key,
    pub(super) serial: u64,
    /// The DaemonSet as the cache had it at the start.
    pub(super) daemon_set: Arc<Object>,
    pub(super) step: Step,
    /// Calls to make one after another before the step is taken.
    pub(super) deeds: VecDeque<Deed>,
    pub(super) revisions: Vec<Arc<Object>>,
    pub(super) current: Option<Arc<Object>>,
    pub(super) old: Vec<Arc<Object>>,
    pub(super) lens: Option<Arc<Lens>>,
    /// Nodes that get a pod, in order.
    pub(super) creates: VecDeque<Str>,
    /// Size of the next batch of creations.
    pub(super) batch: usize,
    /// Pods to delete, all at once.
    pub(super) deletes: Vec<Str>,
    /// Errors of the present stage.
    pub(super) problems: Vec<String>,
    /// The error of the stages before the status.
    pub(super) error: Option<String>,
    /// The status write acknowledges the generation.
    pub(super) observe: bool,
    /// The live DaemonSet was asked before the first adoption of this pass: may it adopt?
    pub(super) may_adopt: Option<Result<(), String>>,
    pub(super) note: Note,
}

impl Sync {
    pub fn key(&self) -> &Key {
        &self.key
    }

    pub fn step(&self) -> Step {
        self.step
    }

    /// Moves the present problems into the error of the sync. True if there were any.
    fn fail(&mut self, wrap: impl FnOnce(String) -> String) -> bool {
        if self.problems.is_empty() {
            return false;
        }
        let text = match &self.problems[..] {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        self.problems.clear();
        self.error.get_or_insert_with(|| wrap(text));
        true
    }
}

/// What the loop over the steps does next.
enum Next {
    Step(Step),
    /// Calls are to be made first.
    Calls(Step),
    End,
}

impl DaemonSetController {
    pub(super) fn start_syncs(&mut self, ctx: &mut Ctx<'_, Timer>) {
        if ctx.now().since(self.failed_pods_collected) >= BACKOFF_COLLECT {
            self.failed_pods_collected = ctx.now();
            self.failed_pods.collect(ctx.now());
        }
        while let Some(worker) = (0..WORKERS).find(|i| self.workers[*i].is_none()) {
            let Some(key) = self.queue.take() else {
                return;
            };
            match self.begin(ctx, &key) {
                Some(sync) => self.run(ctx, worker, sync),
                None => self.end(ctx, &key, false),
            }
        }
    }

    /// The checks before any work; None ends the sync with success.
    fn begin(&mut self, ctx: &mut Ctx<'_, Timer>, key: &Key) -> Option<Box<Sync>> {
        if !self.consistency.ready(key) {
            return None;
        }
        let Some(daemon_set) = self.cache.daemon_set(key).cloned() else {
            self.expectations.delete(key);
            self.consistency.clear(key, "");
            return None;
        };
        let spec = &daemon_set.daemon_set()?.spec;
        if spec
            .selector
            .as_map()
            .is_some_and(|selector| selector.values().all(Value::is_empty))
        {
            let message =
                "This daemon set is selecting all pods. A non-empty selector is required.";
            self.event(
                ctx,
                &daemon_set,
                EventType::Warning,
                "SelectingAll",
                message,
            );
            return None;
        }
        if daemon_set.meta().terminating() {
            return None;
        }
        self.serial += 1;
        let note = self.notes.get(key).map(|note| (**note).clone());
        Some(Box::new(Sync {
            key: key.clone(),
            serial: self.serial,
            daemon_set,
            step: Step::ClaimRevisions,
            deeds: VecDeque::new(),
            revisions: Vec::new(),
            current: None,
            old: Vec::new(),
            lens: None,
            creates: VecDeque::new(),
            batch: 1,
            deletes: Vec::new(),
            problems: Vec::new(),
            error: None,
            observe: true,
            may_adopt: None,
            note: note.unwrap_or_default(),
        }))
    }

    /// Takes steps until a call to the API server is to be made, or the sync ends.
    fn run(&mut self, ctx: &mut Ctx<'_, Timer>, worker: usize, mut sync: Box<Sync>) {
        loop {
            match self.take_step(ctx, &mut sync) {
                Next::Step(step) => sync.step = step,
                Next::Calls(step) => {
                    sync.step = step;
                    let serial = sync.serial;
                    self.workers[worker] = Some(sync);
                    ctx.after(ctx.latency.write, Timer::Perform { worker, serial });
                    return;
                }
                Next::End => {
                    self.finish(ctx, *sync);
                    return;
                }
            }
        }
    }

    fn resume(&mut self, worker: usize, serial: u64) -> Option<Box<Sync>> {
        let slot = self.workers.get_mut(worker)?;
        slot.take_if(|sync| sync.serial == serial)
    }

    /// A call reaches the API server.
    pub(super) fn perform(&mut self, ctx: &mut Ctx<'_, Timer>, worker: usize, serial: u64) {
        let Some(mut sync) = self.resume(worker, serial) else {
            return;
        };
        if let Some(deed) = sync.deeds.pop_front() {
            self.act(ctx, &mut sync, deed);
        } else if let Step::Create(_) = sync.step {
            self.create_batch(ctx, &mut sync);
        } else if let Step::Delete(_) = sync.step {
            self.delete_all(ctx, &mut sync);
        }
        let more = !sync.deeds.is_empty();
        self.workers[worker] = Some(sync);
        if more {
            ctx.after(ctx.latency.write, Timer::Perform { worker, serial });
        } else {
            ctx.after(SimSpan::ZERO, Timer::Proceed { worker, serial });
        }
    }

    /// The answer is there.
    pub(super) fn proceed(&mut self, ctx: &mut Ctx<'_, Timer>, worker: usize, serial: u64) {
        if let Some(sync) = self.resume(worker, serial) {
            self.run(ctx, worker, sync);
        }
        self.wake(ctx);
    }

    fn take_step(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync) -> Next {
        let next = match sync.step {
            Step::ClaimRevisions => {
                self.claim_revisions(sync);
                Step::LabelRevisions
            }
            Step::LabelRevisions => {
                super::claim::label_revisions(sync);
                Step::ChooseRevision
            }
            Step::ChooseRevision => {
                if sync.problems.is_empty() {
                    self.choose_revision(sync);
                }
                Step::Gate
            }
            Step::Gate => {
                if sync.fail(|e| format!("failed to construct revisions of DaemonSet: {e}")) {
                    return Next::End;
                }
                self.open_gate(ctx, sync)
            }
            Step::Claim(stage) => {
                self.claim_pods(ctx, sync);
                Step::Act(stage)
            }
            Step::Act(stage) => self.act_stage(ctx, sync, stage),
            Step::Create(stage) => {
                if !sync.creates.is_empty() {
                    return Next::Calls(Step::Create(stage));
                }
                Step::Delete(stage)
            }
            Step::Delete(stage) => {
                if !sync.deletes.is_empty() {
                    return Next::Calls(Step::Delete(stage));
                }
                Step::After(stage)
            }
            Step::After(stage) => self.after(ctx, sync, stage),
            Step::Finish => return Next::End,
        };
        if sync.deeds.is_empty() {
            Next::Step(next)
        } else {
            Next::Calls(next)
        }
    }

    /// The lens of the sync before, when the DaemonSet's spec is still the same.
    pub(super) fn known_lens(&self, sync: &Sync) -> Option<&Arc<Lens>> {
        let spec = &sync.daemon_set.daemon_set()?.spec;
        let lens = self.cache.ledger(sync.daemon_set.uid())?.lens()?;
        Arc::ptr_eq(&lens.spec, spec).then_some(lens)
    }

    /// Knows the hash now; decides between the whole sync and a mere count.
    fn open_gate(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync) -> Step {
        let Some(ds) = sync.daemon_set.daemon_set() else {
            return Step::Finish;
        };
        let current = sync
            .current
            .as_ref()
            .and_then(|r| r.meta().label(revision::HASH_LABEL));
        let hash = Str::new(current.unwrap_or(""));
        let generation = template_generation(&sync.daemon_set);
        let known = self
            .cache
            .ledger(sync.daemon_set.uid())
            .and_then(|l| l.lens());
        let same = |lens: &&Arc<Lens>| {
            Arc::ptr_eq(&lens.spec, &ds.spec) && lens.hash == hash && lens.generation == generation
        };
        // The tree of the revision that holds it is quicker to find again.
        let held = |data: &Value| {
            let revision = sync.current.as_ref()?.controller_revision()?;
            (revision.data == *data).then(|| revision.data.clone())
        };
        let lens = known.filter(same).cloned().unwrap_or_else(|| {
            let data = revision::data(&ds.spec);
            Arc::new(Lens {
                spec: ds.spec.clone(),
                blank: Arc::new(Blank::new(
                    &sync.daemon_set,
                    generation,
                    &hash,
                    known.map(|lens| &*lens.blank),
                )),
                hash,
                generation,
                data: held(&data).unwrap_or(data),
                selector: Selector::read(&ds.spec.selector),
                tolerations: placement::pod_tolerations(&ds.spec),
                surge: rolling::allows_surge(&ds.spec),
                salt: ctx.rng.next_u64(),
            })
        });
        sync.lens = Some(lens);
        if self.expectations.satisfied(&sync.key, ctx.now()) {
            Step::Claim(Stage::Manage)
        } else {
            sync.observe = false;
            Step::Claim(Stage::Status)
        }
    }

    fn act_stage(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, stage: Stage) -> Step {
        let name = sync.daemon_set.name().clone();
        let wrap =
            |e| format!("couldn't get node to daemon pod mapping for daemon set \"{name}\": {e}");
        if sync.fail(wrap) {
            return match stage {
                Stage::Manage | Stage::Roll | Stage::CleanUp => Step::Claim(Stage::Status),
                Stage::Status => Step::Finish,
            };
        }
        match stage {
            Stage::Manage => self.act_manage(ctx, sync),
            Stage::Roll => self.act_roll(ctx, sync),
            Stage::CleanUp => self.act_clean_up(ctx, sync),
            Stage::Status => self.act_status(ctx, sync),
        }
    }

    fn act_manage(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync) -> Step {
        let now = ctx.now();
        let Some(lens) = sync.lens.clone() else {
            return Step::Finish;
        };
        let uid = sync.daemon_set.uid().clone();
        let observed = sync.daemon_set.daemon_set();
        let observed = observed.map_or(0, |ds| ds.status.observed_generation);
        let ledger = self.cache.refresh(&uid, &lens, now);
        let owner = (&uid, observed);
        let managed = manage::manage(ledger, &lens, &mut self.failed_pods, owner, now);
        for (pod, node) in &managed.failed {
            let message = format!(
                "Found failed daemon pod {}/{} on node {node}, will try to kill it",
                pod.namespace(),
                pod.name()
            );
            self.event(
                ctx,
                &sync.daemon_set,
                EventType::Warning,
                "FailedDaemonPod",
                &message,
            );
        }
        for (pod, node) in &managed.succeeded {
            let message = format!(
                "Found succeeded daemon pod {}/{} on node {node}, will try to delete it",
                pod.namespace(),
                pod.name()
            );
            self.event(
                ctx,
                &sync.daemon_set,
                EventType::Normal,
                "SucceededDaemonPod",
                &message,
            );
        }
        for delay in managed.again {
            self.enqueue_after(ctx, sync.key.clone(), delay);
        }
        self.sync_nodes(ctx, sync, managed.plan);
        Step::Create(Stage::Manage)
    }

    fn act_roll(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync) -> Step {
        let Some(lens) = sync.lens.clone() else {
            return Step::Finish;
        };
        let ledger = self.cache.refresh(sync.daemon_set.uid(), &lens, ctx.now());
        match rolling::roll(ledger, &lens.spec) {
            Ok(rolled) => {
                sync.note.rollout = rolled.rollout.map(Arc::new);
                self.sync_nodes(ctx, sync, rolled.plan);
            }
            Err(error) => sync.problems.push(error),
        }
        Step::Create(Stage::Roll)
    }

    /// Sets the expectations for a plan and makes it the work of the sync.
    ///
    /// Upstream: pkg/controller/daemon/daemon_controller.go `syncNodes`.
    fn sync_nodes(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, plan: Plan) {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let (adds, deletes) = (count(plan.create.len()), count(plan.delete.len()));
        self.expectations.set(&sync.key, adds, deletes, ctx.now());
        sync.batch = 1;
        sync.creates = plan.create.iter().map(|c| c.node.clone()).collect();
        sync.deletes = plan.delete.iter().map(|d| d.pod.clone()).collect();
        if !plan.is_empty() {
            sync.note.planned_at = Some(ctx.now());
            sync.note.plan = Arc::new(plan);
        }
    }

    fn act_clean_up(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync) -> Step {
        let Some(lens) = sync.lens.clone() else {
            return Step::Finish;
        };
        let limit = lens.spec.revision_history_limit;
        let kept = usize::try_from(limit.unwrap_or(10)).unwrap_or(0);
        if sync.old.len() > kept {
            let ledger = self.cache.refresh(sync.daemon_set.uid(), &lens, ctx.now());
            let live: BTreeSet<Str> = ledger
                .matching(&lens.selector)
                .filter_map(|pod| pod.meta().label(revision::HASH_LABEL).map(Str::new))
                .collect();
            let surplus = revision::surplus(&sync.old, limit, &live);
            sync.deeds
                .extend(surplus.into_iter().map(Deed::DeleteRevision));
        }
        Step::After(Stage::CleanUp)
    }

    fn act_status(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync) -> Step {
        let Some(lens) = sync.lens.clone() else {
            return Step::Finish;
        };
        let counts = self
            .cache
            .refresh(sync.daemon_set.uid(), &lens, ctx.now())
            .counts();
        if status::differs(&sync.daemon_set, counts) {
            sync.deeds.push_back(Deed::WriteStatus {
                base: sync.daemon_set.clone(),
                counts,
                tried: 0,
            });
        }
        let seconds = u64::try_from(lens.spec.min_ready_seconds).unwrap_or(0);
        if seconds > 0 && counts.ready != counts.available {
            self.enqueue_after(ctx, sync.key.clone(), SimSpan::from_secs(seconds));
        }
        Step::After(Stage::Status)
    }

    fn after(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, stage: Stage) -> Step {
        let failed = sync.fail(|e| match stage {
            Stage::CleanUp => format!("failed to clean up revisions of DaemonSet: {e}"),
            Stage::Manage | Stage::Roll | Stage::Status => e,
        });
        match stage {
            Stage::Manage | Stage::Roll | Stage::CleanUp if failed => Step::Claim(Stage::Status),
            Stage::Manage => {
                let rolling = sync
                    .lens
                    .as_ref()
                    .is_some_and(|l| rolling::is_rolling(&l.spec));
                if !rolling {
                    sync.note.rollout = None;
                }
                if rolling && self.expectations.satisfied(&sync.key, ctx.now()) {
                    Step::Claim(Stage::Roll)
                } else {
                    Step::Claim(Stage::CleanUp)
                }
            }
            Stage::Roll => Step::Claim(Stage::CleanUp),
            Stage::CleanUp => Step::Claim(Stage::Status),
            Stage::Status => Step::Finish,
        }
    }

    fn finish(&mut self, ctx: &mut Ctx<'_, Timer>, mut sync: Sync) {
        sync.note.at = ctx.now();
        sync.note.error.clone_from(&sync.error);
        // The DaemonSet may have gone meanwhile.
        let lives = self.cache.daemon_set(&sync.key);
        if lives.is_some_and(|ds| ds.uid() == sync.daemon_set.uid()) {
            self.notes.insert(sync.key.clone(), Arc::new(sync.note));
        }
        self.end(ctx, &sync.key, sync.error.is_some());
    }

    fn end(&mut self, ctx: &mut Ctx<'_, Timer>, key: &Key, failed: bool) {
        if failed {
            let due = self.queue.add_rate_limited(key.clone(), ctx.now());
            ctx.at(due.max(ctx.now()), Timer::Due);
        } else {
            self.queue.forget(key);
        }
        self.queue.done(key);
    }

    pub(super) fn event(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        daemon_set: &Object,
        kind: EventType,
        reason: &'static str,
        message: &str,
    ) {
        let about = ObjectRef::of(daemon_set);
        self.recorder
            .event(&mut ctx.client, &about, kind, reason, message);
    }
}
