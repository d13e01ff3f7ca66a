//! RollingUpdate: which old pods to replace now, and what holds the others back.

use super::ledger::{Home, Ledger, Roll};
use super::manage::BURST_REPLICAS;
use super::plan::{Budget, Create, CreateWhy, Delete, DeleteWhy, Plan, Rollout, USERS_LIMIT, Use};
use crate::k8s::api::DaemonSetSpec;
use crate::k8s::int_or_percent::{Rounding, scaled_value};
use crate::k8s::{Object, Str};
use std::sync::Arc;

/// The budgets of a rolling update in pods.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    pub max_unavailable: i64,
    pub max_surge: i64,
}

/// True for the strategy RollingUpdate; everything else waits for people to delete pods.
pub fn is_rolling(spec: &DaemonSetSpec) -> bool {
    spec.update_strategy.kind == "RollingUpdate"
}

/// The budgets for a number of nodes that should run a pod; percentages are rounded up, and if both come out as
/// zero one pod may be unavailable.
///
/// Upstream: pkg/controller/daemon/update.go `updatedDesiredNodeCounts`.
pub fn limits(spec: &DaemonSetSpec, desired: i64) -> Limits {
    let rolling = spec.update_strategy.rolling_update.as_ref();
    let rolling = rolling.filter(|_| is_rolling(spec));
    let scaled = |value| scaled_value(value, desired, Rounding::Up).unwrap_or(0);
    let mut limits = Limits {
        max_unavailable: rolling.map_or(0, |r| scaled(&r.max_unavailable)),
        max_surge: rolling.map_or(0, |r| scaled(&r.max_surge)),
    };
    if desired > 0 && limits.max_unavailable == 0 && limits.max_surge == 0 {
        limits.max_unavailable = 1;
    }
    limits
}

/// Two pods may be on a node during an update.
pub fn allows_surge(spec: &DaemonSetSpec) -> bool {
    let rolling = spec.update_strategy.rolling_update.as_ref();
    is_rolling(spec)
        && rolling.is_some_and(|r| scaled_value(&r.max_surge, 1, Rounding::Up).unwrap_or(0) > 0)
}

/// What a rolling update does in one sync.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rolled {
    pub plan: Plan,
    /// None when no old pod is left.
    pub rollout: Option<Rollout>,
}

/// Decides the next step. The error is upstream's.
///
/// Upstream: pkg/controller/daemon/update.go `rollingUpdate`.
pub fn roll(ledger: &Ledger, spec: &DaemonSetSpec) -> Result<Rolled, String> {
    let limits = limits(spec, ledger.counts().desired);
    if limits.max_surge == 0 {
        Ok(replace(ledger, limits.max_unavailable))
    } else {
        surge(ledger, limits.max_surge)
    }
}

/// Slots of one kind, in the random order of the update.
fn slots(
    ledger: &Ledger,
    wanted: impl Fn(Roll) -> bool,
    limit: usize,
) -> (Vec<&(u64, Str)>, usize) {
    let mut found = Vec::new();
    let mut count = 0;
    for (roll, set) in ledger.rolls() {
        if wanted(roll) {
            count += set.len();
            found.extend(set.iter().take(limit));
        }
    }
    found.sort();
    found.truncate(limit);
    (found, count)
}

fn count(ledger: &Ledger, wanted: impl Fn(Roll) -> bool) -> i64 {
    let len = |(_, set): (Roll, &crate::k8s::ordered::BTreeSet<(u64, Str)>)| set.len() as i64;
    ledger
        .rolls()
        .filter(|(roll, _)| wanted(*roll))
        .map(len)
        .sum()
}

/// The old pod of a slot.
fn old_pod<'a>(ledger: &'a Ledger, node: &str) -> Option<&'a Arc<Object>> {
    let lens = ledger.lens()?;
    ledger.slot(node)?.pods.iter().find(|pod| {
        !pod.meta().terminating() && !super::availability::updated(pod, &lens.hash, lens.generation)
    })
}

fn deletes(ledger: &Ledger, nodes: &[&(u64, Str)], why: DeleteWhy) -> Vec<Delete> {
    nodes
        .iter()
        .filter_map(|(_, node)| old_pod(ledger, node).map(|pod| Delete::new(pod, node, why)))
        .collect()
}

fn is_old(roll: Roll, wanted_available: bool) -> bool {
    matches!(roll, Roll::Old { available, .. } if available == wanted_available)
}

/// What of the budget `maxUnavailable` a standing uses.
fn unavailable(roll: Roll) -> Option<Use> {
    match roll {
        Roll::Excess => Some(Use::Excess),
        Roll::Vacant => Some(Use::NoPod),
        Roll::Both { .. } => Some(Use::OldAndNew),
        Roll::New { available: false } => Some(Use::NewUnavailable),
        Roll::Old {
            available: false, ..
        } => Some(Use::OldUnavailable),
        Roll::New { available: true }
        | Roll::Old {
            available: true, ..
        } => None,
    }
}

/// What of the budget `maxSurge` a standing uses.
fn surging(roll: Roll) -> Option<Use> {
    match roll {
        Roll::Excess => Some(Use::Excess),
        Roll::Both {
            new_available: false,
            ..
        } => Some(Use::NewUnavailable),
        Roll::Both { .. } | Roll::Vacant | Roll::New { .. } | Roll::Old { .. } => None,
    }
}

fn users(ledger: &Ledger, uses: fn(Roll) -> Option<Use>) -> Vec<(Str, Use)> {
    let mut users: Vec<(Str, Use)> = Vec::new();
    for (roll, set) in ledger.rolls() {
        if let Some(what) = uses(roll) {
            let room = USERS_LIMIT - users.len();
            users.extend(set.iter().take(room).map(|(_, node)| (node.clone(), what)));
        }
    }
    users.sort_by(|a, b| a.0.cmp(&b.0));
    users
}

fn within(budget: i64) -> usize {
    usize::try_from(budget).unwrap_or(0)
}

/// Without surge: an old pod goes first, its successor comes when the node is empty.
fn replace(ledger: &Ledger, max: i64) -> Rolled {
    let used = count(ledger, |roll| unavailable(roll).is_some());
    let (mandatory, mandatory_count) = slots(ledger, |r| is_old(r, false), BURST_REPLICAS);
    let allowed = within(max - used);
    let (candidates, candidate_count) = slots(ledger, |r| is_old(r, true), allowed);
    let mut delete = deletes(ledger, &mandatory, DeleteWhy::OldUnavailable);
    delete.extend(deletes(ledger, &candidates, DeleteWhy::Budget));
    delete.truncate(BURST_REPLICAS);
    let planned = mandatory_count + candidates.len();
    let plan = Plan {
        deletes_later: planned - delete.len(),
        delete,
        ..Plan::default()
    };
    let rollout = (mandatory_count + candidate_count > 0).then(|| Rollout {
        budget: Budget::MaxUnavailable,
        max,
        desired: ledger.counts().desired,
        used,
        users: users(ledger, unavailable),
        waiting: candidate_count - candidates.len(),
        replaced: candidates.len(),
    });
    Rolled { plan, rollout }
}

/// With surge: a successor comes first, the old pod goes when it is available.
fn surge(ledger: &Ledger, max: i64) -> Result<Rolled, String> {
    let used = count(ledger, |roll| surging(roll).is_some());
    let old = |available: bool, home: Home| move |r| r == Roll::Old { available, home };
    if let (lost, 1..) = slots(ledger, old(false, Home::Gone), 1) {
        let node = lost.first().map_or("", |(_, node)| node);
        return Err(format!(
            "couldn't get node for nodeName \"{node}\": node \"{node}\" not found"
        ));
    }
    let available = count(ledger, |roll| match roll {
        Roll::Both { old_available, .. } => old_available,
        Roll::New { available } | Roll::Old { available, .. } => available,
        Roll::Excess | Roll::Vacant => false,
    });
    let all = usize::MAX;
    let done = |r| {
        matches!(
            r,
            Roll::Both {
                new_available: true,
                ..
            }
        )
    };
    let mut delete = deletes(ledger, &slots(ledger, done, all).0, DeleteWhy::NewAvailable);
    let unready = slots(ledger, old(false, Home::Refuses), all).0;
    delete.extend(deletes(ledger, &unready, DeleteWhy::OldUnavailable));
    let excess = within(available - ledger.counts().desired);
    // A pod on a node that is gone leaves with the others that are out of scope.
    let out = |r| old(true, Home::Refuses)(r) || old(true, Home::Gone)(r);
    let sunset = slots(ledger, out, excess).0;
    delete.extend(deletes(ledger, &sunset, DeleteWhy::OutOfScope));
    let (unlimited, _) = slots(ledger, old(false, Home::Runs), all);
    let (candidates, candidate_count) = slots(ledger, old(true, Home::Runs), within(max - used));
    let creates = |nodes: &[&(u64, Str)], why| -> Vec<Create> {
        nodes.iter().map(|(_, n)| Create::new(n, why)).collect()
    };
    let mut create = creates(&unlimited, CreateWhy::OldUnavailable);
    create.extend(creates(&candidates, CreateWhy::Surge));
    let (all_creates, all_deletes) = (create.len(), delete.len());
    create.truncate(BURST_REPLICAS);
    delete.truncate(BURST_REPLICAS);
    let plan = Plan {
        creates_later: all_creates - create.len(),
        deletes_later: all_deletes - delete.len(),
        create,
        delete,
    };
    let olds = count(ledger, |r| {
        matches!(r, Roll::Old { .. } | Roll::Both { .. })
    });
    let rollout = (olds > 0).then(|| Rollout {
        budget: Budget::MaxSurge,
        max,
        desired: ledger.counts().desired,
        used,
        users: users(ledger, surging),
        waiting: candidate_count - candidates.len(),
        replaced: candidates.len(),
    });
    Ok(Rolled { plan, rollout })
}
