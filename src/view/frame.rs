//! `Frame`: everything one repaint needs, as plain values that can be compared.

use super::daemon_set::{self, HASH_LABEL, SetRow};
use super::doings::doings;
use super::node::{Cards, NodeCard};
use crate::cluster::{Cluster, SimTime};
use crate::k8s::{Kind, Object, Str};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One moment for the screen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Frame {
    /// Milliseconds since people arrived.
    pub elapsed: u64,
    pub sets: Vec<SetRow>,
    pub nodes: Vec<NodeCard>,
}

/// The frame of a cluster's present moment.
pub fn frame(cluster: &Cluster) -> Frame {
    let all = |kind| cluster.objects(kind).cloned().collect::<Vec<Arc<Object>>>();
    let (sets, nodes, pods) = (all(Kind::DaemonSet), all(Kind::Node), all(Kind::Pod));
    let revisions = all(Kind::ControllerRevision);
    let numbers = numbers(&revisions);
    let cards = Cards {
        sets: &sets,
        pods: &pods,
        revisions: &numbers,
        now: cluster.now(),
    };
    let mut rows = daemon_set::rows(&sets, &revisions, &pods);
    for row in &mut rows {
        row.doings = doings(cluster, &row.namespace, &row.name);
    }
    Frame {
        elapsed: cluster
            .now()
            .since(SimTime::of(cluster.setup().start))
            .as_millis(),
        sets: rows,
        nodes: cards.of(&nodes),
    }
}

/// Revision numbers by the uid of their DaemonSet and their hash.
fn numbers(revisions: &[Arc<Object>]) -> BTreeMap<(Str, Str), i64> {
    let mut out = BTreeMap::new();
    for revision in revisions {
        let owner = revision.meta().controller().map(|o| o.uid.clone());
        let hash = revision.meta().label(HASH_LABEL).map(Str::new);
        if let (Some(owner), Some(hash), Some(view)) = (owner, hash, revision.controller_revision())
        {
            out.insert((owner, hash), view.revision);
        }
    }
    out
}
