//! One node of one DaemonSet, before and after.

use super::books::Book;
use crate::cluster::Cluster;
use crate::cluster::daemonset::{Reason, placement};
use crate::k8s::affinity::Mismatch;
use crate::k8s::api::Phase;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Kind, Object, Str};
use crate::say;
use crate::view::daemon_set::{HASH_LABEL, owned};
use crate::view::node::{TaintChip, node_of};
use crate::view::say::Say;
use std::sync::Arc;

/// What becomes of the pod of a node.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Move {
    Created,
    Replaced,
    Deleted,
    Same,
    /// It has the old template still.
    Old,
    /// There was none, and there is none.
    None,
}

/// One node.
pub(super) struct Place {
    pub node: Str,
    pub became: Move,
    /// Why no pod is there; none when there is one.
    pub why_not: Option<(Say, String)>,
    /// Why the new pod does not come up.
    pub trouble: Option<Trouble>,
}

/// A new pod that is not ready.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Trouble {
    /// The scheduler does not bind it, in its own words.
    Unbound(String),
    /// It waits on its node, in the kubelet's word.
    Waiting(String),
    /// It runs, and its readiness probe does not succeed.
    NotReady,
}

/// The places of a DaemonSet on every node of either moment.
pub(super) fn places(before: &Cluster, after: &Cluster, book: &Book) -> Vec<Place> {
    let Ok(set) = after
        .api()
        .get(Kind::DaemonSet, &book.namespace, &book.name)
    else {
        return Vec::new();
    };
    let (old, new) = (pods(before, set), pods(after, set));
    let hash = current_hash(after, set);
    let names: BTreeSet<&Str> = before
        .objects(Kind::Node)
        .chain(after.objects(Kind::Node))
        .map(|node| node.name())
        .collect();
    let place = |name: &Str| {
        let (was, is) = (old.get(name.as_str()), new.get(name.as_str()));
        let became = match (was, is) {
            (None, None) => Move::None,
            (None, Some(_)) => Move::Created,
            (Some(_), None) => Move::Deleted,
            (Some(a), Some(b)) if a.uid() != b.uid() => Move::Replaced,
            (Some(_), Some(pod)) if pod.meta().label(HASH_LABEL) != hash.as_deref() => Move::Old,
            (Some(_), Some(_)) => Move::Same,
        };
        let node = after.api().get(Kind::Node, "", name).ok();
        let fresh = matches!(became, Move::Created | Move::Replaced);
        Place {
            node: name.clone(),
            why_not: is.is_none().then(|| why_not(after, set, node)),
            trouble: is.filter(|_| fresh).and_then(|pod| trouble(pod)),
            became,
        }
    };
    names.into_iter().map(place).collect()
}

/// The pods of a DaemonSet by their node; one on its way out only where there is no other.
fn pods<'a>(cluster: &'a Cluster, set: &'a Object) -> BTreeMap<Str, &'a Arc<Object>> {
    let mut out: BTreeMap<Str, &Arc<Object>> = BTreeMap::new();
    let living = |pod: &&Arc<Object>| owned(pod, set) && !pod.meta().terminating();
    let pods = cluster.api().list(Kind::Pod, Some(set.namespace()));
    for pod in pods.filter(living) {
        out.insert(node_of(pod), pod);
    }
    out
}

fn current_hash(cluster: &Cluster, set: &Object) -> Option<String> {
    let revisions = cluster
        .api()
        .list(Kind::ControllerRevision, Some(set.namespace()));
    revisions
        .filter(|revision| owned(revision, set))
        .max_by_key(|revision| revision.controller_revision().map_or(0, |r| r.revision))
        .and_then(|revision| revision.meta().label(HASH_LABEL))
        .map(str::to_owned)
}

/// Why a DaemonSet has no pod on a node, and what is special about that node.
fn why_not(cluster: &Cluster, set: &Object, node: Option<&Arc<Object>>) -> (Say, String) {
    let (Some(spec), Some(node)) = (set.daemon_set().map(|ds| &ds.spec), node) else {
        return (say!("the node is gone"), String::new());
    };
    match placement::decide(spec, node).reason {
        Reason::NodeName { wanted, .. } => (
            say!("the template names another node"),
            format!("nodeName: {wanted}"),
        ),
        Reason::Affinity(Mismatch::NodeSelector { key, wanted, .. }) => (
            say!("nodeSelector does not match"),
            format!("{key}={wanted}"),
        ),
        Reason::Affinity(Mismatch::NoTerms | Mismatch::Terms(_)) => {
            (say!("node affinity does not match"), String::new())
        }
        Reason::Taint { taint, .. } => (say!("taint not tolerated"), TaintChip::of(&taint).text()),
        Reason::Fits => {
            let controller = cluster.parts().daemonset.part();
            let note = controller.note(set.namespace(), set.name());
            match note.and_then(|note| note.error.clone()) {
                Some(error) => (say!("{}", &error), String::new()),
                None => (say!("not created yet"), String::new()),
            }
        }
    }
}

/// Why a pod is not ready; none when it is.
pub(super) fn trouble(object: &Object) -> Option<Trouble> {
    let pod = object.pod()?;
    if pod.ready() || pod.terminal() {
        return None;
    }
    if pod.spec.node_name.is_empty() {
        let unbound = pod
            .condition("PodScheduled")
            .filter(|c| c.status == "False");
        let words = unbound.map_or("Pending".into(), |condition| condition.message);
        return Some(Trouble::Unbound(words.into()));
    }
    let init = &pod.status.init_container_statuses;
    let all = init.iter().chain(&pod.status.container_statuses);
    let word = all
        .filter_map(|status| status.state.waiting.get("reason").as_str())
        .find(|reason| *reason != "PodInitializing");
    Some(match word {
        Some(word) => Trouble::Waiting(word.to_owned()),
        None if pod.status.phase == Phase::Running => Trouble::NotReady,
        None if init.is_empty() => Trouble::Waiting(pod.status.phase.name().to_owned()),
        None => {
            let done = init
                .iter()
                .filter(|status| !status.state.terminated.is_null());
            Trouble::Waiting(format!("Init:{}/{}", done.count(), init.len()))
        }
    })
}
