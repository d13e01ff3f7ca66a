//! The garbage collector: owners that are gone take what they own with them; foreground and orphan deletion.
//!
//! Reading order: `graph` (who owns whom), this file (what the watches queue), `work` (what becomes of one object).
//!
//! Upstream: pkg/controller/garbagecollector/garbagecollector.go. Twenty workers run there; here one tick handles
//! twenty objects.

mod graph;

mod work;

#[cfg(test)]
mod tests;

use super::Part;
use crate::k8s::ordered::BTreeSet;
use crate::k8s::{Kind, Object, ObjectKey, Str};
use crate::sim::apiserver::delete::{FOREGROUND, ORPHAN};
use crate::sim::informer::Delta;
use crate::sim::workqueue::WorkQueue;
use crate::sim::{Ctx, Delivery, Informer};
use graph::Graph;

/// `--concurrent-gc-syncs`
const WORKERS: usize = 20;

/// Something to look at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Item {
    /// Should this object be deleted, or its finalizer be taken off?
    Delete(ObjectKey),
    /// The dependents of this object are to be orphaned.
    Orphan(ObjectKey),
}

/// The collector and its view of the cluster.
#[derive(Clone, Default)]
pub struct GarbageCollector {
    informer: Informer,
    graph: Graph,
    queue: WorkQueue<Item>,
    /// Kinds whose first list has come: before all have, nobody is judged.
    listed: BTreeSet<Kind>,
    working: bool,
}

#[derive(Clone, Debug)]
pub enum Timer {
    /// A delayed item is due.
    Due,
    /// The workers take the next items.
    Work,
}

impl Part for GarbageCollector {
    type Timer = Timer;
    const NAME: &'static str = "generic-garbage-collector";
    /// All that can own or be owned; events are ignored.
    const KINDS: &'static [Kind] = &[
        Kind::Pod,
        Kind::Node,
        Kind::Namespace,
        Kind::ConfigMap,
        Kind::Secret,
        Kind::Service,
        Kind::ServiceAccount,
        Kind::Endpoints,
        Kind::LimitRange,
        Kind::PersistentVolume,
        Kind::PersistentVolumeClaim,
        Kind::PodTemplate,
        Kind::ReplicationController,
        Kind::ResourceQuota,
        Kind::DaemonSet,
        Kind::ControllerRevision,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::Job,
        Kind::CronJob,
        Kind::PodDisruptionBudget,
        Kind::PriorityClass,
        Kind::StorageClass,
        Kind::Lease,
        Kind::EndpointSlice,
        Kind::Ingress,
        Kind::NetworkPolicy,
        Kind::HorizontalPodAutoscaler,
        Kind::Role,
        Kind::ClusterRole,
        Kind::RoleBinding,
        Kind::ClusterRoleBinding,
    ];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            self.observe(&delta);
        }
        if let Delivery::List { kind, .. } = delivery {
            self.listed.insert(*kind);
        }
        self.work_soon(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        match timer {
            Timer::Due => self.queue.due(ctx.now()),
            Timer::Work => {
                self.working = false;
                for _ in 0..WORKERS {
                    let Some(item) = self.queue.take() else {
                        break;
                    };
                    let answer = match &item {
                        Item::Delete(key) => self.attempt_to_delete(ctx, key),
                        Item::Orphan(key) => self.attempt_to_orphan(ctx, key),
                    };
                    if answer.is_ok() {
                        self.queue.forget(&item);
                    } else {
                        let at = self.queue.add_rate_limited(item.clone(), ctx.now());
                        ctx.at(at, Timer::Due);
                    }
                    self.queue.done(&item);
                }
            }
        }
        self.work_soon(ctx);
    }
}

impl GarbageCollector {
    fn work_soon(&mut self, ctx: &mut Ctx<'_, Timer>) {
        if !self.working && !self.queue.is_idle() && self.listed.len() == Self::KINDS.len() {
            self.working = true;
            ctx.after(ctx.latency.write, Timer::Work);
        }
    }

    /// Takes a change into the graph and queues what it concerns.
    ///
    /// Upstream: graph_builder.go `processGraphChanges`
    fn observe(&mut self, delta: &Delta) {
        match (&delta.old, &delta.new) {
            (None, Some(new)) => {
                let key = new.key();
                self.graph.add(&key, &new.meta().owners);
                // An owner may be gone already; a new object is looked at once.
                if self.lacks_an_owner(new) {
                    self.queue.add(Item::Delete(key));
                }
                self.transition(None, new);
            }
            (Some(old), Some(new)) if old.uid() == new.uid() => {
                if old.meta().owners != new.meta().owners {
                    let key = new.key();
                    self.graph.remove(&key, &old.meta().owners);
                    self.graph.add(&key, &new.meta().owners);
                    if self.lacks_an_owner(new) {
                        self.queue.add(Item::Delete(key));
                    }
                    self.tell_owners(old);
                }
                self.transition(Some(old), new);
            }
            (Some(old), Some(new)) => {
                self.gone(old);
                self.graph.add(&new.key(), &new.meta().owners);
                self.transition(None, new);
            }
            (Some(old), None) => self.gone(old),
            (None, None) => {}
        }
    }

    fn gone(&mut self, old: &Object) {
        self.graph.remove(&old.key(), &old.meta().owners);
        for key in self.graph.dependents(old.uid(), &self.informer) {
            self.queue.add(Item::Delete(key));
        }
        self.tell_owners(old);
    }

    /// Owners that wait for their dependents are looked at again.
    fn tell_owners(&mut self, dependent: &Object) {
        for owner in dependent.meta().owners.iter() {
            let Some(key) = graph::owner_key(owner, dependent.namespace()) else {
                continue;
            };
            let waits = self
                .informer
                .by_key(&key)
                .is_some_and(|o| *o.uid() == owner.uid && waiting(o));
            if waits {
                self.queue.add(Item::Delete(key));
            }
        }
    }

    /// The beginning of a foreground or orphan deletion.
    ///
    /// Upstream: graph_builder.go `processTransitions`
    fn transition(&mut self, old: Option<&Object>, new: &Object) {
        let begins = |is: fn(&Object) -> bool| is(new) && !old.is_some_and(is);
        if begins(orphaning) {
            self.queue.add(Item::Orphan(new.key()));
        } else if begins(waiting) {
            for key in self.graph.dependents(new.uid(), &self.informer) {
                self.queue.add(Item::Delete(key));
            }
            self.queue.add(Item::Delete(new.key()));
        }
    }

    /// Some owner is not in the cache under its uid: only a look at the server tells whether it exists.
    fn lacks_an_owner(&self, object: &Object) -> bool {
        object.meta().owners.iter().any(|owner| {
            graph::owner_key(owner, object.namespace()).is_some_and(|key| {
                self.informer
                    .by_key(&key)
                    .is_none_or(|stored| *stored.uid() != owner.uid || waiting(stored))
            })
        })
    }
}

fn has_finalizer(object: &Object, name: &str) -> bool {
    object.meta().finalizers.iter().any(|f| f.as_str() == name)
}

/// The object goes when its dependents are gone.
fn waiting(object: &Object) -> bool {
    object.meta().terminating() && has_finalizer(object, FOREGROUND)
}

/// The object goes when its dependents no longer name it.
fn orphaning(object: &Object) -> bool {
    object.meta().terminating() && has_finalizer(object, ORPHAN)
}

/// The owner references of `object` without those of some uids.
fn without_owners(object: &Object, uids: &[Str]) -> crate::k8s::Value {
    let mut value = object.value().clone();
    let metadata = value.at_mut(&["metadata"]);
    let owners = metadata.at_mut(&["ownerReferences"]).list_mut();
    owners.retain(|o| !uids.iter().any(|uid| o.get("uid").text() == uid.as_str()));
    if owners.is_empty() {
        metadata.remove("ownerReferences");
    }
    value
}
