//! `Remains`: what is left of clusters that nobody needs any more. To give the memory of a large one back takes as long
//! as many frames; here it goes piece by piece.

use super::{Change, Cluster, History};
use crate::k8s::Object;
use crate::k8s::kind::KINDS;
use crate::parts::kubelet::Kubelet;
use std::any::Any;
use std::sync::Arc;

/// Pieces that are still to be given back. A copy owes nothing.
#[derive(Default)]
pub struct Remains {
    clusters: Vec<Arc<Cluster>>,
    /// Parts of a cluster; what most of their memory is in is held below.
    parts: Vec<Box<dyn Any>>,
    changes: Vec<Arc<Change>>,
    kubelets: Vec<Arc<Kubelet>>,
    objects: Vec<Arc<Object>>,
}

impl Clone for Remains {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Remains {
    /// What is left of a cluster and its copy.
    pub fn of(before: Cluster, after: Cluster) -> Self {
        Self {
            clusters: vec![Arc::new(before), Arc::new(after)],
            ..Self::default()
        }
    }

    pub fn add(&mut self, cluster: Cluster) {
        self.add_shared(Arc::new(cluster));
    }

    pub fn add_shared(&mut self, cluster: Arc<Cluster>) {
        self.clusters.push(cluster);
    }

    /// All that a line of time holds.
    pub fn add_history(&mut self, history: History) {
        let (present, checkpoints) = history.into_clusters();
        self.clusters.extend(checkpoints);
        self.add(present);
    }

    pub fn is_empty(&self) -> bool {
        self.clusters.is_empty()
            && self.parts.is_empty()
            && self.changes.is_empty()
            && self.kubelets.is_empty()
            && self.objects.is_empty()
    }

    /// Gives so many pieces back, or one that is large; false when nothing is left.
    pub fn crumble(&mut self, pieces: usize) -> bool {
        if self.parts.pop().is_none() {
            let small = (0..pieces).all(|_| self.give_one());
            // What others still need is not taken apart.
            if !small && let Some(cluster) = self.clusters.pop().and_then(Arc::into_inner) {
                self.take_apart(cluster);
            }
        }
        !self.is_empty()
    }

    fn give_one(&mut self) -> bool {
        self.changes.pop().is_some()
            || self.kubelets.pop().is_some()
            || self.objects.pop().is_some()
    }

    fn take_apart(&mut self, cluster: Cluster) {
        let store = cluster.api().store();
        self.changes.extend(store.changes_since(0).cloned());
        let kubelets = cluster.parts().kubelets.part().nodes();
        self.kubelets.extend(kubelets.values().cloned());
        for row in &KINDS {
            let objects = store.of(row.kind).iter(None);
            self.objects.extend(objects.cloned());
        }
        let Cluster { world, parts, .. } = cluster;
        self.parts.push(Box::new(world));
        self.parts.append(&mut parts.pieces());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Setup, SimSpan};

    #[test]
    fn a_line_of_time_goes_piece_by_piece_and_leaves_what_others_hold() {
        let mut history = History::new(Setup {
            nodes: (1..9).map(|i| Cluster::node(&format!("n{i}"))).collect(),
            ..Setup::default()
        });
        let later = history.cluster().now() + SimSpan::from_secs(600);
        history.advance_to(later, 100_000);
        let (kept, present) = (history.cluster().clone(), history.cluster().clone());
        let mut remains = Remains::default();
        remains.add_history(history);
        remains.add(present);
        assert!(remains.clone().is_empty(), "a copy owes nothing");
        let mut pieces = 0;
        while remains.crumble(1) {
            pieces += 1;
        }
        assert!(remains.is_empty() && pieces > 100, "{pieces}");
        let nodes: Vec<_> = kept.objects(crate::k8s::Kind::Node).collect();
        assert_eq!(nodes.len(), 8);
        assert!(nodes.iter().all(|node| Arc::strong_count(node) < 40));
    }
}
