//! `Index`: nodes and daemon pods as the middle of the page needs them, brought up to date from the store's log of
//! changes: what did not change costs nothing.

use super::counted::SetFacts;
use super::daemon_set::{HASH_LABEL, owned};
use super::field::{self, Cell, Look};
use super::node::node_of;
use crate::cluster::{Change, Cluster, SimTime};
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Kind, Object, Str};
use std::sync::Arc;

/// Of more nodes than this those that come are shown with every so manieth refresh while there is a next one: each
/// time, everything is arranged and drawn anew.
pub const NODES_MANY: usize = 300;
pub const COME_EVERY: u32 = 12;

/// A node's place.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// None for pods whose node is gone, or that have none.
    pub node: Option<Arc<Object>>,
    /// In storage order.
    pub pods: Vec<Arc<Object>>,
    /// Grows with every change here.
    pub version: u64,
    /// None while its node is not on the screen.
    look: Option<Look>,
    due: Option<SimTime>,
}

/// The objects by their place.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The last change taken in: a cluster whose log does not hold it is on another line of time.
    last: Option<Arc<Change>>,
    committed: u64,
    sets: Vec<Arc<Object>>,
    facts: Vec<SetFacts>,
    revisions: Vec<Arc<Object>>,
    /// Revision numbers by the uid of their DaemonSet and their hash.
    numbers: BTreeMap<(Str, Str), i64>,
    /// Those of them whose template is an older one that was brought back.
    returned: BTreeSet<(Str, Str)>,
    /// Pods that are not on their way out, by the same.
    live: BTreeMap<(Str, Str), i64>,
    places: BTreeMap<Str, Place>,
    /// Grows when a template or a revision changed: everything is to be looked at anew.
    era: u64,
    /// The DaemonSet that the cells are about.
    front: Str,
    dirty: BTreeSet<Str>,
    due: BTreeSet<(SimTime, Str)>,
    /// Refreshes since nodes that came were shown.
    since_came: u32,
}

/// What [`Index::refresh`] found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cells {
    /// Nodes came or went, or all of them look different: every cell, by name.
    All(Vec<Cell>),
    /// These changed.
    Some(Vec<Cell>),
}

impl Index {
    /// Takes in what happened since the last time; the cells are about the DaemonSet `front`. No more than `most` of
    /// them are looked at, the others the next time, unless there are nodes that were never looked at; of those a large
    /// cluster shows several at a time.
    pub fn refresh(&mut self, cluster: &Cluster, front: &str, most: usize) -> Cells {
        let mut all = !self.follow(cluster);
        if all {
            self.rebuild(cluster);
        }
        let now = cluster.now();
        if self.front != *front {
            self.front = Str::new(front);
            self.everything();
        }
        while self.due.first().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, name)) = self.due.pop_first() {
                self.dirty.insert(name);
            }
        }
        let next = most != usize::MAX && self.places.len() > NODES_MANY;
        let wait = !all && next && self.since_came < COME_EVERY;
        let (mut some, mut later) = (Vec::new(), Vec::new());
        let mut left = most;
        while (all || left > 0)
            && let Some(name) = self.dirty.pop_first()
        {
            if wait && self.came(&name) {
                later.push(name);
                continue;
            }
            all |= self.touch(&name, now, &mut some);
            left = left.saturating_sub(1);
        }
        self.dirty.extend(later);
        self.since_came = if all {
            0
        } else {
            self.since_came.saturating_add(1)
        };
        if all {
            let cell = |(name, place): (&Str, &Place)| {
                let (name, look) = (name.clone(), place.look?);
                Some(Cell { name, look })
            };
            Cells::All(self.places.iter().filter_map(cell).collect())
        } else {
            Cells::Some(some)
        }
    }

    /// The node is there and was never looked at.
    fn came(&self, name: &Str) -> bool {
        let place = self.places.get(name);
        place.is_some_and(|place| place.node.is_some() && place.look.is_none())
    }

    /// Looks at a place again; true when its node came or went.
    fn touch(&mut self, name: &Str, now: SimTime, some: &mut Vec<Cell>) -> bool {
        let Some(place) = self.places.get(name) else {
            return false;
        };
        let Some(node) = &place.node else {
            let gone = place.look.is_some();
            if place.pods.is_empty() {
                self.places.remove(name);
            } else if let Some(place) = self.places.get_mut(name) {
                place.look = None;
            }
            return gone;
        };
        let set = self.facts.iter().find(|f| *f.object.uid() == self.front);
        let mine: Vec<&Arc<Object>> = set.map_or(Vec::new(), |set| {
            let pods = place.pods.iter();
            pods.filter(|pod| owned(pod, &set.object)).collect()
        });
        let (look, due) = field::look(set, node, &mine, |pod| self.revision(pod), now);
        let Some(place) = self.places.get_mut(name) else {
            return false;
        };
        if place.due != due {
            place.due = due;
            self.due.extend(due.map(|at| (at, name.clone())));
        }
        let new = place.look.is_none();
        if place.look != Some(look) {
            place.look = Some(look);
            some.push(Cell {
                name: name.clone(),
                look,
            });
        }
        new
    }

    /// Follows the log of changes from where it was left; false when that is not possible.
    fn follow(&mut self, cluster: &Cluster) -> bool {
        let store = cluster.api().store();
        let (Some(last), committed) = (&self.last, store.committed()) else {
            return false;
        };
        if committed < self.committed {
            return false;
        }
        let mut changes = store.changes_since(self.committed - 1);
        if !changes.next().is_some_and(|first| Arc::ptr_eq(first, last)) {
            return false;
        }
        let changes: Vec<Arc<Change>> = changes.cloned().collect();
        let mut sets = false;
        for change in &changes {
            match change.kind {
                Kind::Node => self.node(change),
                Kind::Pod => self.pod(change),
                Kind::DaemonSet | Kind::ControllerRevision => sets = true,
                _ => {}
            }
        }
        if sets {
            self.sets(cluster);
        }
        if let Some(last) = changes.last() {
            self.last = Some(last.clone());
            self.committed = committed;
        }
        true
    }

    fn rebuild(&mut self, cluster: &Cluster) {
        let store = cluster.api().store();
        let committed = store.committed();
        *self = Self {
            last: store
                .changes_since(committed.saturating_sub(1))
                .last()
                .cloned(),
            committed,
            era: self.era + 1,
            front: self.front.clone(),
            ..Self::default()
        };
        for object in cluster.objects(Kind::Node) {
            self.place(object.name().as_str()).node = Some(object.clone());
        }
        for object in cluster.objects(Kind::Pod) {
            self.count(object, 1);
            self.place(&node_of(object)).pods.push(object.clone());
        }
        self.sets(cluster);
        self.everything();
    }

    fn place(&mut self, name: &str) -> &mut Place {
        let era = self.era;
        let place = self.places.entry(Str::new(name)).or_default();
        // Versions of another life of the index are smaller.
        place.version = place.version.max(era << 32) + 1;
        place
    }

    fn everything(&mut self) {
        self.dirty.extend(self.places.keys().cloned());
    }

    fn node(&mut self, change: &Change) {
        let name = change.object().name();
        self.place(name).node = change.new.clone();
        self.dirty.insert(name.clone());
    }

    fn pod(&mut self, change: &Change) {
        if let Some(old) = &change.old {
            self.count(old, -1);
            let name = node_of(old);
            self.place(&name).pods.retain(|pod| pod.uid() != old.uid());
            self.dirty.insert(name);
        }
        if let Some(new) = &change.new {
            self.count(new, 1);
            let name = node_of(new);
            let pods = &mut self.place(&name).pods;
            let key = |pod: &Arc<Object>| (pod.namespace().clone(), pod.name().clone());
            let at = pods.partition_point(|pod| key(pod) < key(new));
            pods.insert(at, new.clone());
            self.dirty.insert(name);
        }
    }

    fn count(&mut self, pod: &Object, by: i64) {
        let owner = pod.meta().controller().map(|owner| owner.uid.clone());
        let hash = pod.meta().label(HASH_LABEL).map(Str::new);
        if let (false, Some(owner), Some(hash)) = (pod.meta().terminating(), owner, hash) {
            *self.live.entry((owner, hash)).or_default() += by;
        }
    }

    /// Reads DaemonSets and revisions anew; a new era when more than a status changed.
    fn sets(&mut self, cluster: &Cluster) {
        let all = |kind| cluster.objects(kind).cloned().collect::<Vec<Arc<Object>>>();
        let (sets, revisions) = (all(Kind::DaemonSet), all(Kind::ControllerRevision));
        let same = |a: &[Arc<Object>], b: &[Arc<Object>]| {
            let key = |o: &Arc<Object>| (o.uid().clone(), o.meta().generation);
            a.iter().map(key).eq(b.iter().map(key))
        };
        let numbers = numbers(&revisions);
        if !same(&sets, &self.sets) || numbers != self.numbers {
            self.era += 1;
            self.facts = sets.iter().map(|set| facts(set, &numbers)).collect();
            self.everything();
        }
        self.returned = returned(&revisions, &numbers);
        (self.sets, self.revisions, self.numbers) = (sets, revisions, numbers);
    }

    /// The number of a pod's revision; 0 when that is gone.
    pub(super) fn revision(&self, pod: &Object) -> i64 {
        let number = key(pod).and_then(|key| self.numbers.get(&key));
        number.copied().unwrap_or(0)
    }

    /// Whether a pod's template is an older one that was brought back by an undo.
    pub(super) fn returned(&self, pod: &Object) -> bool {
        key(pod).is_some_and(|key| self.returned.contains(&key))
    }

    /// Pods of a revision that are not on their way out.
    pub(super) fn live(&self, set: &Str, hash: &str) -> i64 {
        let key = (set.clone(), Str::new(hash));
        self.live.get(&key).copied().unwrap_or(0)
    }

    pub(super) fn at(&self, name: &Str) -> Option<&Place> {
        self.places.get(name)
    }

    pub(super) fn era(&self) -> u64 {
        self.era
    }

    pub(super) fn daemon_sets(&self) -> &[Arc<Object>] {
        &self.sets
    }

    pub(super) fn facts(&self) -> &[SetFacts] {
        &self.facts
    }

    pub(super) fn controller_revisions(&self) -> &[Arc<Object>] {
        &self.revisions
    }

    /// A node and the pods on it.
    pub fn on(&self, name: &Str) -> Option<(&Arc<Object>, &[Arc<Object>])> {
        let place = self.places.get(name)?;
        Some((place.node.as_ref()?, place.pods.as_slice()))
    }

    /// The node objects, by name.
    pub fn nodes(&self) -> impl Iterator<Item = (&Arc<Object>, &[Arc<Object>])> {
        let places = self.places.values();
        places.filter_map(|place| Some((place.node.as_ref()?, place.pods.as_slice())))
    }
}

fn facts(set: &Arc<Object>, numbers: &BTreeMap<(Str, Str), i64>) -> SetFacts {
    let own = numbers.iter().filter(|((owner, _), _)| owner == set.uid());
    let newest = own.max_by_key(|(_, number)| **number);
    let hash = newest.map_or(Str::default(), |((_, hash), _)| hash.clone());
    SetFacts::new(set.clone(), hash)
}

/// Revision numbers by the uid of their DaemonSet and their hash.
fn numbers(revisions: &[Arc<Object>]) -> BTreeMap<(Str, Str), i64> {
    let mut out = BTreeMap::new();
    for revision in revisions {
        if let (Some(key), Some(view)) = (key(revision), revision.controller_revision()) {
            out.insert(key, view.revision);
        }
    }
    out
}

/// What ties a pod to its revision: the uid of their DaemonSet and the hash.
fn key(object: &Object) -> Option<(Str, Str)> {
    let owner = object.meta().controller().map(|owner| owner.uid.clone());
    owner.zip(object.meta().label(HASH_LABEL).map(Str::new))
}

/// Revisions that were made before one with a smaller number: an undo gives the old object a new number.
fn returned(
    revisions: &[Arc<Object>],
    numbers: &BTreeMap<(Str, Str), i64>,
) -> BTreeSet<(Str, Str)> {
    let known = revisions.iter().filter_map(|revision| {
        let key = key(revision)?;
        let number = *numbers.get(&key)?;
        Some((key, number, revision.meta().creation))
    });
    let known: Vec<_> = known.collect();
    let back = known.iter().filter(|((owner, _), number, made)| {
        let older =
            |((other, _), n, at): &((Str, Str), i64, _)| other == owner && n < number && at > made;
        known.iter().any(older)
    });
    back.map(|(key, _, _)| key.clone()).collect()
}
