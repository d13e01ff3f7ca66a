//! A node as a cell of the dense field: as little as its drawing needs, cheap to compare.

use super::counted::{Counted, SetFacts};
use super::pod::{self, PodState};
use crate::cluster::SimTime;
use crate::k8s::api::Node;
use crate::k8s::order::InOrder;
use crate::k8s::{Object, Str};
use std::sync::Arc;

/// One pod in a cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Dot {
    pub state: PodState,
    /// The number of its revision; 0 when that is gone.
    pub revision: i64,
    pub troubled: bool,
}

/// Everything that makes two cells look alike or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Look {
    pub ready: bool,
    pub cordoned: bool,
    /// It has a taint that keeps pods away.
    pub tainted: bool,
    /// The DaemonSet in front wants a pod here.
    pub wanted: bool,
    /// Its newest pod here.
    pub mark: Option<Dot>,
    /// Another one, while one goes and one comes.
    pub second: Option<Dot>,
    /// The counters of the DaemonSet in front that count this node.
    pub counted: Counted,
}

/// A node of the field.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Cell {
    pub name: Str,
    pub look: Look,
}

/// The look of a node, and the moment at which it changes though nothing happens.
pub(super) fn look(
    set: Option<&SetFacts>,
    object: &Object,
    pods: &[&Arc<Object>],
    revision: impl Fn(&Object) -> i64,
    now: SimTime,
) -> (Look, Option<SimTime>) {
    let default = Node::default();
    let node = object.node().unwrap_or(&default);
    let ready = node.condition("Ready").is_some_and(|c| c.status == "True");
    let mut look = Look {
        ready,
        cordoned: node.unschedulable,
        tainted: node.taints.iter().any(crate::k8s::taint::blocks_scheduling),
        ..Look::default()
    };
    let mut due: Option<SimTime> = None;
    let Some(set) = set else {
        return (look, due);
    };
    look.wanted = set.decide(object).is_some_and(|(run, _)| run);
    look.counted = set.counted(look.wanted, pods, now);
    let mut marks: Vec<Dot> = Vec::with_capacity(pods.len());
    for pod in pods {
        let state = pod::state(pod, set.min_ready, now);
        if state == PodState::Ready && set.min_ready > 0 {
            let next = pod::changes_at(pod, state, set.min_ready, now);
            due = due.into_iter().chain(next).min();
        }
        marks.push(Dot {
            state,
            revision: revision(pod),
            troubled: pod::troubled(pod, state, ready),
        });
    }
    // The one that goes stands behind the one that comes.
    marks.order_by_key(|mark| (mark.state == PodState::Terminating, -mark.revision));
    look.mark = marks.first().copied();
    look.second = marks.get(1).copied();
    (look, due)
}
