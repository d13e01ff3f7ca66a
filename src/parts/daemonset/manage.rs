//! Which pods to create and which to delete, before any rolling update.

use super::availability::{self, Available};
use super::ledger::{Ledger, Lens, Slot};
use super::plan::{Create, CreateWhy, Delete, DeleteWhy, Plan};
use crate::k8s::api::Phase;
use crate::k8s::{Object, Str};
use crate::sim::backoff::Backoff;
use crate::sim::{SimSpan, SimTime};
use std::sync::Arc;

/// Creations per sync, and separately deletions per sync.
pub const BURST_REPLICAS: usize = 250;

/// Failed-pod back-off: one entry per DaemonSet uid, observed generation and node.
pub type FailedPods = Backoff<(Str, i64, Str)>;

/// A new back-off for failed pods.
pub fn failed_pods() -> FailedPods {
    Backoff::new(SimSpan::from_secs(1), SimSpan::from_secs(900))
}

/// What one node asks for, the back-off of failed pods left aside.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verdict {
    pub create: Option<CreateWhy>,
    /// Failed pods, to be deleted unless in back-off.
    pub failed: Vec<Arc<Object>>,
    pub delete: Vec<(Arc<Object>, DeleteWhy)>,
}

impl Verdict {
    /// Nothing is to be done.
    pub fn is_nothing(&self) -> bool {
        self.create.is_none() && self.failed.is_empty() && self.delete.is_empty()
    }

    fn delete(&mut self, pod: &Arc<Object>, why: DeleteWhy) {
        self.delete.push((pod.clone(), why));
    }
}

/// One pod that lives where it may: [`judge`] finds nothing to do there.
pub(super) fn is_quiet(slot: &Slot) -> bool {
    let lives = |pod: &Object| match pod.pod().map(|p| p.status.phase) {
        Some(Phase::Pending | Phase::Running | Phase::Unknown | Phase::None) => true,
        Some(Phase::Failed | Phase::Succeeded) | None => false,
    };
    let keep = slot.decision.as_ref().is_some_and(|d| d.keep);
    matches!(&slot.pods[..], [pod] if keep && !pod.meta().terminating() && lives(pod))
}

/// Upstream: pkg/controller/daemon/daemon_controller.go `podsShouldBeOnNode`, and
/// `getUnscheduledPodsWithoutNode` for a node that is gone.
pub fn judge(slot: &Slot, lens: &Lens, now: SimTime) -> Verdict {
    let mut verdict = Verdict::default();
    let Some(decision) = &slot.decision else {
        let unbound = |p: &&Arc<Object>| p.pod().is_some_and(|p| p.spec.node_name.is_empty());
        for pod in slot.pods.iter().filter(unbound) {
            verdict.delete(pod, DeleteWhy::NodeGone);
        }
        return verdict;
    };
    if decision.run && slot.pods.is_empty() {
        verdict.create = Some(CreateWhy::NoPod);
    } else if decision.keep {
        continue_on(slot, decision.run, lens, now, &mut verdict);
    } else {
        for pod in slot.pods.iter().filter(|p| !p.meta().terminating()) {
            verdict.delete(pod, DeleteWhy::NodeRefuses);
        }
    }
    verdict
}

/// A node whose pods may stay.
fn continue_on(slot: &Slot, run: bool, lens: &Lens, now: SimTime, verdict: &mut Verdict) {
    let mut running: Vec<&Arc<Object>> = Vec::new();
    for pod in slot.pods.iter().filter(|p| !p.meta().terminating()) {
        match pod.pod().map(|p| p.status.phase) {
            Some(Phase::Failed) => verdict.failed.push(pod.clone()),
            Some(Phase::Succeeded) => verdict.delete(pod, DeleteWhy::Succeeded),
            Some(Phase::Pending | Phase::Running | Phase::Unknown | Phase::None) => {
                running.push(pod);
            }
            None => {}
        }
    }
    if !lens.surge {
        for pod in running.iter().skip(1) {
            verdict.delete(pod, DeleteWhy::Excess);
        }
        return;
    }
    match running.len() {
        0 if run => verdict.create = Some(CreateWhy::NoLivePod),
        0 | 1 => {}
        _ => surge_pair(&running, lens, now, verdict),
    }
}

/// Of several pods on a node during a surge the oldest new and the oldest old one may stay.
fn surge_pair(running: &[&Arc<Object>], lens: &Lens, now: SimTime, verdict: &mut Verdict) {
    let (mut new, mut old) = (None, None);
    for pod in running {
        let side = if availability::has_hash(pod, &lens.hash) {
            &mut new
        } else {
            &mut old
        };
        if side.is_some() {
            verdict.delete(pod, DeleteWhy::Excess);
        } else {
            *side = Some(*pod);
        }
    }
    let (Some(new), Some(old)) = (new, old) else {
        return;
    };
    if !old.pod().is_some_and(crate::k8s::api::pod::Pod::ready) {
        verdict.delete(old, DeleteWhy::OldNotReady);
    } else if availability::available(new, lens.spec.min_ready_seconds, now) == Available::Yes {
        verdict.delete(old, DeleteWhy::NewAvailable);
    }
}

/// What a sync has to do, and what it tells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Managed {
    pub plan: Plan,
    /// Failed pods that are to be deleted, with their nodes: an event each.
    pub failed: Vec<(Arc<Object>, Str)>,
    /// Succeeded pods that are to be deleted, with their nodes: an event each.
    pub succeeded: Vec<(Arc<Object>, Str)>,
    /// Sync again after each of these.
    pub again: Vec<SimSpan>,
}

/// Goes through the nodes by name; at most the burst of creations and of deletions is planned.
///
/// Upstream: pkg/controller/daemon/daemon_controller.go `manage`.
pub fn manage(
    ledger: &Ledger,
    lens: &Lens,
    backoff: &mut FailedPods,
    owner: (&Str, i64),
    now: SimTime,
) -> Managed {
    let mut managed = Managed::default();
    let mut create: Vec<Create> = ledger
        .empty()
        .iter()
        .take(BURST_REPLICAS)
        .map(|node| Create::new(node, CreateWhy::NoPod))
        .collect();
    let mut creates = ledger.empty().len();
    let (mut delete, mut unbound) = (Vec::new(), Vec::new());
    for node in ledger.attention() {
        let Some(slot) = ledger.slot(node) else {
            continue;
        };
        let verdict = judge(slot, lens, now);
        if let Some(why) = verdict.create {
            create.push(Create::new(node, why));
            creates += 1;
        }
        let gone = slot.decision.is_none();
        let list = if gone { &mut unbound } else { &mut delete };
        for pod in verdict.failed {
            let key = (owner.0.clone(), owner.1, node.clone());
            if backoff.in_backoff(&key, now) {
                managed.again.push(backoff.delay(&key));
                continue;
            }
            backoff.advance(&key, now);
            list.push(Delete::new(&pod, node, DeleteWhy::Failed));
            managed.failed.push((pod, node.clone()));
        }
        for (pod, why) in verdict.delete {
            list.push(Delete::new(&pod, node, why));
            if why == DeleteWhy::Succeeded {
                managed.succeeded.push((pod, node.clone()));
            }
        }
    }
    create.sort_by(|a, b| a.node.cmp(&b.node));
    delete.append(&mut unbound);
    let deletes = delete.len();
    create.truncate(BURST_REPLICAS);
    delete.truncate(BURST_REPLICAS);
    managed.plan = Plan {
        creates_later: creates - create.len(),
        deletes_later: deletes - delete.len(),
        create,
        delete,
    };
    managed
}
