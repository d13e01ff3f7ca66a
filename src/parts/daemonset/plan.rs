//! What a sync does and why, as values: the page and the console show them as they are.

use crate::k8s::{Object, Str};
use crate::sim::SimTime;
use std::fmt;
use std::sync::Arc;

/// Why a pod is created.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CreateWhy {
    /// The node should run a pod and has none.
    NoPod,
    /// Surge: only failed, succeeded or terminating pods are on the node.
    NoLivePod,
    /// Surge: the old pod is not available, so nothing is lost by starting its successor.
    OldUnavailable,
    /// Surge: within `maxSurge`.
    Surge,
}

/// Why a pod is deleted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DeleteWhy {
    /// The node should not even keep a pod.
    NodeRefuses,
    /// It never got to a node, and the node it was meant for is gone.
    NodeGone,
    Failed,
    Succeeded,
    /// Another pod of the DaemonSet is on the node.
    Excess,
    /// Surge: the old pod is not ready and its successor is there.
    OldNotReady,
    /// Surge: the successor is available.
    NewAvailable,
    /// Rolling update: an old pod that is not available is replaced whatever the budget says.
    OldUnavailable,
    /// Rolling update: within `maxUnavailable`.
    Budget,
    /// Surge: the node should not run a pod and enough others are available.
    OutOfScope,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Create {
    pub node: Str,
    pub why: CreateWhy,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delete {
    pub pod: Str,
    pub node: Str,
    pub why: DeleteWhy,
}

/// Creations and deletions of one step of a sync, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    pub create: Vec<Create>,
    pub delete: Vec<Delete>,
    /// How many more creations wait for a later sync because of the burst limit.
    pub creates_later: usize,
    /// How many more deletions wait for a later sync because of the burst limit.
    pub deletes_later: usize,
}

/// Which budget rules a rolling update, how much of it is used, and by whom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rollout {
    pub budget: Budget,
    /// The budget in pods, percentages resolved.
    pub max: i64,
    /// Nodes that should run a pod.
    pub desired: i64,
    /// How much of the budget was used before this step.
    pub used: i64,
    /// The nodes that use it, at most [`USERS_LIMIT`] of them.
    pub users: Vec<(Str, Use)>,
    /// Nodes whose old pod waits for the budget.
    pub waiting: usize,
    /// Old pods replaced in this step within the budget.
    pub replaced: usize,
}

/// How many nodes a [`Rollout`] names.
pub const USERS_LIMIT: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Budget {
    MaxUnavailable,
    MaxSurge,
}

/// What a node does that uses the budget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// It has more pods than it should.
    Excess,
    /// It has no pod, or only a terminating one.
    NoPod,
    /// It has an old and a new pod.
    OldAndNew,
    /// Its new pod is not available.
    NewUnavailable,
    /// Its old pod is not available.
    OldUnavailable,
}

/// The controller's notes about a DaemonSet: what the last sync saw and did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Note {
    pub at: SimTime,
    /// The last step of any kind that created or deleted something.
    pub plan: Arc<Plan>,
    pub planned_at: Option<SimTime>,
    /// Pods adopted and released, newest last, at most [`USERS_LIMIT`] of each.
    pub adopted: Vec<Str>,
    pub released: Vec<Str>,
    /// The last look of a rolling update; None when nothing is left to replace.
    pub rollout: Option<Arc<Rollout>>,
    /// The error that ended the last sync.
    pub error: Option<String>,
}

impl Create {
    pub fn new(node: &Str, why: CreateWhy) -> Self {
        let node = node.clone();
        Self { node, why }
    }
}

impl Delete {
    pub fn new(pod: &Object, node: &Str, why: DeleteWhy) -> Self {
        Self {
            pod: pod.name().clone(),
            node: node.clone(),
            why,
        }
    }
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.create.is_empty() && self.delete.is_empty()
    }
}

impl Rollout {
    /// Some old pod waits because the budget is used up.
    pub fn held_back(&self) -> bool {
        self.waiting > 0
    }
}

impl fmt::Display for CreateWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CreateWhy::NoPod => "the node should run a pod and has none",
            CreateWhy::NoLivePod => "no pod on the node is alive",
            CreateWhy::OldUnavailable => "the old pod is not available",
            CreateWhy::Surge => "maxSurge allows one more",
        })
    }
}

impl fmt::Display for DeleteWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DeleteWhy::NodeRefuses => "the node must not keep the pod",
            DeleteWhy::NodeGone => "the node is gone and the pod was never bound",
            DeleteWhy::Failed => "the pod failed",
            DeleteWhy::Succeeded => "the pod succeeded",
            DeleteWhy::Excess => "the node has another pod of this DaemonSet",
            DeleteWhy::OldNotReady => "the old pod is not ready and its successor is there",
            DeleteWhy::NewAvailable => "the successor is available",
            DeleteWhy::OldUnavailable => "an old pod that is not available is replaced at once",
            DeleteWhy::Budget => "maxUnavailable allows one more",
            DeleteWhy::OutOfScope => {
                "the node should not run a pod and enough others are available"
            }
        })
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Use::Excess => "more pods than one",
            Use::NoPod => "no pod",
            Use::OldAndNew => "an old and a new pod",
            Use::NewUnavailable => "new pod not available",
            Use::OldUnavailable => "old pod not available",
        })
    }
}

/// `maxUnavailable 1 of 4 is used up by worker02 (new pod not available)`
impl fmt::Display for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let budget = match self.budget {
            Budget::MaxUnavailable => "maxUnavailable",
            Budget::MaxSurge => "maxSurge",
        };
        let state = if self.used >= self.max {
            "is used up"
        } else {
            "is used"
        };
        write!(f, "{budget} {} of {} {state}", self.max, self.desired)?;
        for (i, (node, what)) in self.users.iter().enumerate() {
            let before = if i == 0 { " by " } else { ", " };
            write!(f, "{before}{node} ({what})")?;
        }
        let unnamed = usize::try_from(self.used)
            .unwrap_or(0)
            .saturating_sub(self.users.len());
        if unnamed > 0 && !self.users.is_empty() {
            write!(f, " and {unnamed} more")?;
        }
        Ok(())
    }
}
