//! The DaemonSets that a plan watches, and what is noted about them on the way.

use super::loads::Mark;
use crate::cluster::{Cluster, SimSpan};
use crate::k8s::api::DaemonSet;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Kind, Object, ObjectKey, Str};
use std::sync::Arc;

/// One DaemonSet.
pub(super) struct Book {
    pub namespace: Str,
    pub name: Str,
    pub uid: Str,
    /// The apply wrote the DaemonSet itself.
    pub touched: bool,
    /// It must be complete for the plan to be settled.
    must: bool,
    /// Available before, and least on the way.
    pub first: i64,
    pub lowest: i64,
    /// How many pods may be replaced at a time.
    pub budget: Option<i64>,
}

/// All DaemonSets that are watched.
#[derive(Default)]
pub(super) struct Books {
    pub list: Vec<Book>,
    /// Their pods.
    marks: BTreeMap<ObjectKey, Mark>,
}

impl Books {
    pub fn open(before: &Cluster, after: &Cluster, touched: &BTreeSet<ObjectKey>) -> Self {
        // A node's labels and taints matter to every DaemonSet.
        let nodes = touched.iter().any(|key| key.kind == Kind::Node);
        let mut books = Self::default();
        for set in after.objects(Kind::DaemonSet) {
            let own = touched.contains(&set.key());
            if !own && !nodes {
                continue;
            }
            let old = before
                .api()
                .get(Kind::DaemonSet, set.namespace(), set.name());
            let first = old.ok().and_then(|o| o.daemon_set()).map_or(0, available);
            books.list.push(Book {
                namespace: set.namespace().clone(),
                name: set.name().clone(),
                uid: set.uid().clone(),
                touched: own,
                must: own || complete(set),
                first,
                lowest: first,
                budget: None,
            });
        }
        for pod in after.objects(Kind::Pod) {
            if books.owns(pod) {
                books.marks.insert(pod.key(), Mark::of(pod));
            }
        }
        books
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn owns(&self, pod: &Object) -> bool {
        let owner = pod.meta().controller();
        owner.is_some_and(|owner| self.list.iter().any(|book| book.uid == owner.uid))
    }

    /// Looks at a pod that was written; true when it is one of theirs and has changed.
    pub fn pod(&mut self, cluster: &Cluster, key: &ObjectKey) -> bool {
        match cluster.api().store().by_key(key) {
            None => self.marks.remove(key).is_some(),
            Some(pod) if self.owns(pod) => {
                let mark = Mark::of(pod);
                self.marks.insert(key.clone(), mark.clone()) != Some(mark)
            }
            Some(_) => false,
        }
    }

    /// Notes the numbers of the moment.
    pub fn look(&mut self, cluster: &Cluster) {
        let controller = cluster.parts().daemonset.part();
        for book in &mut self.list {
            let set = cluster
                .api()
                .get(Kind::DaemonSet, &book.namespace, &book.name);
            if let Some(set) = set.ok().and_then(|set| set.daemon_set()) {
                book.lowest = book.lowest.min(available(set));
            }
            let note = controller.note(&book.namespace, &book.name);
            let rollout = note.and_then(|note| note.rollout.as_ref());
            book.budget = book.budget.max(rollout.map(|rollout| rollout.max));
        }
    }

    /// All that must be is complete, and no pod is on its way out.
    pub fn complete(&self, cluster: &Cluster) -> bool {
        let done = |book: &Book| {
            let set = cluster
                .api()
                .get(Kind::DaemonSet, &book.namespace, &book.name);
            set.is_ok_and(complete)
        };
        self.list.iter().filter(|book| book.must).all(done)
            && !self.marks.values().any(|mark| mark.terminating)
    }

    /// How long a pod may stay as it is before it counts as available.
    pub fn patience(&self, cluster: &Cluster) -> SimSpan {
        let seconds = |book: &Book| {
            let set = cluster
                .api()
                .get(Kind::DaemonSet, &book.namespace, &book.name);
            let set = set.ok().and_then(|set| set.daemon_set());
            set.map_or(0, |set| {
                u64::try_from(set.spec.min_ready_seconds).unwrap_or(0)
            })
        };
        SimSpan::from_secs(self.list.iter().map(seconds).max().unwrap_or(0))
    }
}

fn available(set: &DaemonSet) -> i64 {
    set.status.number_available
}

/// The status says that nothing is left to do.
fn complete(set: &Arc<Object>) -> bool {
    let Some(ds) = set.daemon_set() else {
        return true;
    };
    let status = &ds.status;
    let updated = ds.spec.update_strategy.kind == "OnDelete"
        || status.updated_number_scheduled >= status.desired_number_scheduled;
    status.observed_generation >= set.meta().generation
        && updated
        && status.number_available >= status.desired_number_scheduled
}
