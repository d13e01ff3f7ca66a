//! The node queue: which DaemonSets a changed node concerns.

use super::{DaemonSetController, Key, placement};
use crate::k8s::{Kind, Object, Str};

impl DaemonSetController {
    /// Works the node queue off.
    pub fn process_nodes(&mut self) {
        while let Some(node) = self.nodes.take() {
            for key in self.concerned(&node) {
                self.queue.add(key);
            }
            self.nodes.forget(&node);
            self.nodes.done(&node);
        }
    }

    /// The DaemonSets that want to look at a node: there is a pod to create or to delete, or one whose node was
    /// misscheduled before.
    ///
    /// Upstream: pkg/controller/daemon/daemon_controller.go `syncNodeUpdate`.
    fn concerned(&self, name: &Str) -> Vec<Key> {
        let informer = self.cache.informer();
        let Some(node) = informer.get(Kind::Node, "", name) else {
            return Vec::new();
        };
        let sets = informer.of(Kind::DaemonSet).iter(None);
        sets.filter(|ds| self.concerns(ds, node))
            .map(|ds| Key::of(ds))
            .collect()
    }

    fn concerns(&self, daemon_set: &Object, node: &Object) -> bool {
        let Some(ds) = daemon_set.daemon_set() else {
            return false;
        };
        let decision = placement::decide(&ds.spec, node);
        let scheduled = self.cache.scheduled(node.name(), &Key::of(daemon_set));
        (decision.run && !scheduled)
            || (!decision.keep && scheduled)
            || (scheduled && ds.status.number_misscheduled > 0)
    }
}
