//! What the controller did last about a DaemonSet, and what holds it back, in sentences.

use super::age;
use super::say::Say;
use crate::cluster::daemonset::plan::{Budget, CreateWhy, DeleteWhy, Rollout, Use};
use crate::cluster::{Cluster, SimTime};
use crate::say;

/// Lines shown at most.
const LINES_MAX: usize = 8;

/// The controller's last notes, as lines.
pub fn doings(cluster: &Cluster, namespace: &str, name: &str) -> Vec<Say> {
    let Some(note) = cluster.parts().daemonset.part().note(namespace, name) else {
        return Vec::new();
    };
    let start = SimTime::of(cluster.setup().start);
    let mut lines = Vec::new();
    if let Some(error) = &note.error {
        lines.push(say!("last sync failed: {}", error));
    }
    if let Some(rollout) = note.rollout.as_ref().filter(|rollout| rollout.held_back()) {
        lines.push(held(rollout));
    }
    if let Some(at) = note.planned_at {
        let at = age::clock(at.since(start).as_millis());
        for delete in note.plan.delete.iter().take(LINES_MAX) {
            let why = delete_why(delete.why);
            lines.push(say!(
                "{} {} deleted on {}: {}",
                &at,
                &delete.pod,
                &delete.node,
                why
            ));
        }
        for create in note.plan.create.iter().take(LINES_MAX) {
            let why = create_why(create.why);
            lines.push(say!("{} pod created for {}: {}", &at, &create.node, why));
        }
    }
    lines.truncate(LINES_MAX);
    lines
}

/// Why an update does not move: the budget and who uses it up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    pub line: Say,
    /// The nodes that use the budget, and how.
    pub users: Vec<(String, Say)>,
}

/// What holds back the rolling update of a DaemonSet; none when nothing does.
pub fn held_back(cluster: &Cluster, namespace: &str, name: &str) -> Option<Held> {
    let note = cluster.parts().daemonset.part().note(namespace, name)?;
    let rollout = note
        .rollout
        .as_ref()
        .filter(|rollout| rollout.held_back())?;
    let user = |(node, what): &(crate::k8s::Str, Use)| (node.to_string(), usage(*what));
    Some(Held {
        line: held(rollout),
        users: rollout.users.iter().map(user).collect(),
    })
}

fn held(rollout: &Rollout) -> Say {
    let budget = match rollout.budget {
        Budget::MaxUnavailable => "maxUnavailable",
        Budget::MaxSurge => "maxSurge",
    };
    say!(
        "{} {} of {}: {} in use, {} nodes wait",
        budget,
        &rollout.max,
        &rollout.desired,
        &rollout.used,
        &rollout.waiting
    )
}

fn usage(what: Use) -> Say {
    match what {
        Use::Excess => say!("more pods than one"),
        Use::NoPod => say!("no pod"),
        Use::OldAndNew => say!("an old and a new pod"),
        Use::NewUnavailable => say!("new pod not available"),
        Use::OldUnavailable => say!("old pod not available"),
    }
}

/// Why the controller created a pod.
pub fn create_why(why: CreateWhy) -> Say {
    match why {
        CreateWhy::NoPod => say!("the node should run a pod and has none"),
        CreateWhy::NoLivePod => say!("no pod on the node is alive"),
        CreateWhy::OldUnavailable => say!("the old pod is not available"),
        CreateWhy::Surge => say!("maxSurge allows one more"),
    }
}

/// Why the controller deleted a pod.
pub fn delete_why(why: DeleteWhy) -> Say {
    match why {
        DeleteWhy::NodeRefuses => say!("the node must not keep the pod"),
        DeleteWhy::NodeGone => say!("the node is gone and the pod was never bound"),
        DeleteWhy::Failed => say!("the pod failed"),
        DeleteWhy::Succeeded => say!("the pod succeeded"),
        DeleteWhy::Excess => say!("the node has another pod of this DaemonSet"),
        DeleteWhy::OldNotReady => say!("the old pod is not ready and its successor is there"),
        DeleteWhy::NewAvailable => say!("the successor is available"),
        DeleteWhy::OldUnavailable => {
            say!("an old pod that is not available is replaced at once")
        }
        DeleteWhy::Budget => say!("maxUnavailable allows one more"),
        DeleteWhy::OutOfScope => {
            say!("the node should not run a pod and enough others are available")
        }
    }
}
