//! A DaemonSet's counters, revisions and progress.

use super::index::Index;
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Str};

/// The six numbers of `status`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    pub desired: i64,
    pub current: i64,
    pub ready: i64,
    pub updated: i64,
    pub available: i64,
    pub misscheduled: i64,
}

/// One saved template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevisionRow {
    pub number: i64,
    pub name: Str,
    /// The template that the DaemonSet has now.
    pub current: bool,
    /// The first container's image.
    pub image: Str,
    /// The annotation `kubernetes.io/change-cause`.
    pub cause: Str,
    /// Pods of this revision that are not on their way out.
    pub pods: i64,
}

/// Everything above the grid about one DaemonSet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetRow {
    pub uid: Str,
    pub namespace: Str,
    pub name: Str,
    pub counters: Counters,
    /// Oldest first.
    pub revisions: Vec<RevisionRow>,
    /// What the controller did last, and what holds it back.
    pub doings: Vec<super::Say>,
}

impl SetRow {
    /// Pods of older revisions are still there, or the newest is not complete.
    pub fn rolling(&self) -> bool {
        self.counters.updated < self.counters.desired
    }
}

/// The rows of all DaemonSets, by namespace and name.
pub(super) fn rows(index: &Index) -> Vec<SetRow> {
    let sets = index.daemon_sets().iter();
    sets.map(|set| row(set, index)).collect()
}

fn row(object: &Object, index: &Index) -> SetRow {
    let status = object
        .daemon_set()
        .map(|ds| ds.status.clone())
        .unwrap_or_default();
    let mut rows: Vec<RevisionRow> = index
        .controller_revisions()
        .iter()
        .filter(|revision| owned(revision, object))
        .map(|revision| revision_row(revision, object, index))
        .collect();
    rows.order_by_key(|row| row.number);
    let newest = rows.len();
    for (i, row) in rows.iter_mut().enumerate() {
        row.current = i + 1 == newest;
    }
    SetRow {
        uid: object.uid().clone(),
        namespace: object.namespace().clone(),
        name: object.name().clone(),
        counters: Counters {
            desired: status.desired_number_scheduled,
            current: status.current_number_scheduled,
            ready: status.number_ready,
            updated: status.updated_number_scheduled,
            available: status.number_available,
            misscheduled: status.number_misscheduled,
        },
        revisions: rows,
        doings: Vec::new(),
    }
}

fn revision_row(revision: &Object, set: &Object, index: &Index) -> RevisionRow {
    let hash = revision.meta().label(HASH_LABEL).unwrap_or("");
    let view = revision.controller_revision();
    let containers = view.map(|r| r.data.at(&["spec", "template", "spec", "containers"]));
    RevisionRow {
        number: view.map_or(0, |r| r.revision),
        name: revision.name().clone(),
        current: false,
        image: containers.map_or(Str::default(), |list| list.index(0).get("image").to_str()),
        cause: Str::new(
            revision
                .meta()
                .annotation("kubernetes.io/change-cause")
                .unwrap_or(""),
        ),
        pods: index.live(set.uid(), hash),
    }
}

/// The label that ties a pod to its revision.
pub(super) const HASH_LABEL: &str = "controller-revision-hash";

/// The object's controller is this DaemonSet.
pub(super) fn owned(object: &Object, set: &Object) -> bool {
    debug_assert_eq!(set.kind(), Kind::DaemonSet);
    object
        .meta()
        .controller()
        .is_some_and(|owner| owner.uid == *set.uid())
}
