//! What each change in the caches leads to.

use super::cache::same_placement;
use super::consistency::Written;
use super::{DaemonSetController, Key, Timer};
use crate::k8s::api::Pod;
use crate::k8s::{Kind, Object};
use crate::sim::{Ctx, Delivery, Delta, SimSpan};
use std::sync::Arc;

impl DaemonSetController {
    pub(super) fn observe(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.cache.apply(delivery) {
            let kind = delta.kind();
            if kind == Kind::Pod {
                self.pod_changed(ctx, &delta);
            } else if kind == Kind::Node {
                self.node_changed(&delta);
            } else if kind == Kind::DaemonSet {
                self.daemon_set_changed(&delta);
            } else {
                self.revision_changed(&delta);
            }
        }
        let (kind, version) = match delivery {
            Delivery::Change(change) => (change.kind, change.resource_version),
            Delivery::List {
                kind,
                resource_version,
                ..
            } => (*kind, *resource_version),
        };
        if kind == Kind::Pod {
            self.consistency.read(Written::Pods, version);
        } else if kind == Kind::DaemonSet {
            self.consistency.read(Written::DaemonSets, version);
        }
    }

    fn daemon_set_changed(&mut self, delta: &Delta) {
        match (&delta.old, &delta.new) {
            (_, None) => self.daemon_set_deleted(delta.object()),
            (Some(old), Some(new)) => {
                if old.uid() != new.uid() {
                    self.daemon_set_deleted(old);
                }
                self.queue.add(Key::of(new));
            }
            (None, Some(new)) => self.queue.add(Key::of(new)),
        }
    }

    fn daemon_set_deleted(&mut self, daemon_set: &Object) {
        let key = Key::of(daemon_set);
        self.consistency.clear(&key, daemon_set.uid());
        self.expectations.delete(&key);
        self.cache.forget(daemon_set.uid());
        self.notes.remove(&key);
        self.queue.add(key);
    }

    fn enqueue_selecting(&mut self, object: &Object) {
        for key in self.cache.selecting(object) {
            self.queue.add(key);
        }
    }

    /// Upstream: pkg/controller/daemon/daemon_controller.go `addHistory`, `updateHistory`, `deleteHistory`.
    fn revision_changed(&mut self, delta: &Delta) {
        let object = delta.object();
        match (&delta.old, &delta.new) {
            (None, Some(new)) if !new.meta().terminating() => {
                if object.meta().controller().is_none() {
                    self.enqueue_selecting(new);
                }
            }
            (Some(old), Some(new)) => self.revision_updated(old, new),
            (_, None) | (None, Some(_)) => {
                if let Some(key) = self.cache.owner(object) {
                    self.queue.add(key);
                }
            }
        }
    }

    fn revision_updated(&mut self, old: &Object, new: &Object) {
        if old.meta().resource_version == new.meta().resource_version {
            return;
        }
        let owners_differ = self.enqueue_former_owner(old, new);
        if new.meta().controller().is_some() {
            if let Some(key) = self.cache.owner(new) {
                self.queue.add(key);
            }
        } else if owners_differ || old.meta().labels != new.meta().labels {
            self.enqueue_selecting(new);
        }
    }

    /// Enqueues the owner that an object had, if it has another one now. True if so.
    fn enqueue_former_owner(&mut self, old: &Object, new: &Object) -> bool {
        let differ = old.meta().controller() != new.meta().controller();
        if differ && let Some(key) = self.cache.owner(old) {
            self.queue.add(key);
        }
        differ
    }

    fn pod_changed(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta) {
        match (&delta.old, &delta.new) {
            (_, None) => self.pod_deleted(delta.object()),
            (None, Some(new)) if new.meta().terminating() => self.pod_deleted(new),
            (None, Some(new)) => self.pod_added(new),
            (Some(old), Some(new)) => self.pod_updated(ctx, old, new),
        }
    }

    /// Upstream: pkg/controller/daemon/daemon_controller.go `addPod`.
    fn pod_added(&mut self, pod: &Arc<Object>) {
        if pod.meta().controller().is_none() {
            self.enqueue_selecting(pod);
        } else if let Some(key) = self.cache.owner(pod) {
            self.expectations.creation_observed(&key);
            self.queue.add(key);
        }
    }

    /// Upstream: pkg/controller/daemon/daemon_controller.go `updatePod`.
    fn pod_updated(&mut self, ctx: &mut Ctx<'_, Timer>, old: &Object, new: &Object) {
        if old.meta().resource_version == new.meta().resource_version {
            return;
        }
        if new.meta().terminating() {
            self.pod_deleted(new);
            return;
        }
        let owners_differ = self.enqueue_former_owner(old, new);
        if new.meta().controller().is_none() {
            if owners_differ || old.meta().labels != new.meta().labels {
                self.enqueue_selecting(new);
            }
            return;
        }
        let Some(key) = self.cache.owner(new) else {
            return;
        };
        let ready = |object: &Object| object.pod().is_some_and(Pod::ready);
        let min_ready = self
            .cache
            .daemon_set(&key)
            .and_then(|ds| ds.daemon_set())
            .map_or(0, |ds| ds.spec.min_ready_seconds);
        self.queue.add(key.clone());
        if !ready(old)
            && ready(new)
            && let Ok(seconds @ 1..) = u64::try_from(min_ready)
        {
            // One second more, since timestamps have no fractions.
            self.enqueue_after(ctx, key, SimSpan::from_secs(seconds + 1));
        }
    }

    /// Upstream: pkg/controller/daemon/daemon_controller.go `deletePod`.
    fn pod_deleted(&mut self, pod: &Object) {
        if let Some(key) = self.cache.owner(pod) {
            self.expectations.deletion_observed(&key);
            self.queue.add(key);
        }
    }

    fn node_changed(&mut self, delta: &Delta) {
        match (&delta.old, &delta.new) {
            (None, Some(node)) => self.nodes.add(node.name().clone()),
            (Some(old), Some(new)) => {
                if !same_placement(old, new) {
                    self.nodes.add(new.name().clone());
                }
            }
            // A node that goes is not handled: its pods' deletion is.
            (_, None) => {}
        }
    }
}
