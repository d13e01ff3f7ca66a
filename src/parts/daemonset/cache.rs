//! The controller's caches and the indexes over them.

use super::Key;
use super::ledger::{Ledger, Lens};
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Meta, Object, OwnerRef, Str, Value};
use crate::sim::{Delivery, Delta, Deltas, Informer, SimTime};
use std::sync::Arc;

/// Cached objects, pods by owner, pods without owner, daemon pods by node.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    informer: Informer,
    /// By the uid of the DaemonSet.
    ledgers: BTreeMap<Str, Arc<Ledger>>,
    /// Pods without a controller.
    orphans: BTreeMap<Key, Arc<Object>>,
    /// Pods that the controller has adopted and whose new version it has not seen: the uid of the owner.
    adopted: BTreeMap<Key, Str>,
    bound: BTreeSet<Bound>,
}

/// A daemon pod on a node, ordered by node.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Bound {
    node: Str,
    owner: Key,
    pod: Str,
}

impl Bound {
    fn of(pod: &Object) -> Option<Self> {
        let node = node_name(pod)?;
        let owner = daemon_ref(pod.meta())?;
        (!node.is_empty()).then(|| Self {
            node: node.clone(),
            owner: Key::new(pod.namespace(), &owner.name),
            pod: pod.name().clone(),
        })
    }
}

/// The controller reference, if it names a DaemonSet; its API group is not compared.
pub fn daemon_ref(meta: &Meta) -> Option<&OwnerRef> {
    meta.controller().filter(|owner| owner.kind == "DaemonSet")
}

fn node_name(pod: &Object) -> Option<&Str> {
    pod.pod().map(|pod| &pod.spec.node_name)
}

impl Cache {
    pub fn informer(&self) -> &Informer {
        &self.informer
    }

    /// Takes a delivery in and tells what it changed, in order.
    pub fn apply(&mut self, delivery: &Delivery) -> Deltas {
        let deltas = self.informer.apply(delivery);
        for delta in deltas.iter() {
            if delta.kind() == Kind::Pod {
                self.index_pod(delta);
            } else if delta.kind() == Kind::Node {
                self.index_node(delta);
            }
        }
        deltas
    }

    fn index_pod(&mut self, delta: &Delta) {
        if let (Some(old), Some(new)) = (&delta.old, &delta.new)
            && let Some(owner) = daemon_ref(new.meta())
            && daemon_ref(old.meta()) == Some(owner)
            && node_name(old) == node_name(new)
        {
            // It stays where it is.
            self.ledger_mut(&owner.uid).put_pod(new.clone());
            return;
        }
        let key = Key::of(delta.object());
        if let Some(old) = &delta.old {
            if let Some(owner) = old.meta().controller() {
                self.drop_owned(&owner.uid, old.name());
            }
            if let Some(uid) = self.adopted.remove(&key) {
                self.drop_owned(&uid, old.name());
            }
            // The deleted version may be newer than the one that was indexed.
            self.orphans.remove(&key);
            if let Some(bound) = Bound::of(old) {
                self.bound.remove(&bound);
            }
        }
        let Some(new) = &delta.new else { return };
        match new.meta().controller() {
            Some(owner) if owner.kind == "DaemonSet" => {
                self.ledger_mut(&owner.uid).put_pod(new.clone());
            }
            Some(_) => {}
            None => {
                self.orphans.insert(key, new.clone());
            }
        }
        self.bound.extend(Bound::of(new));
    }

    fn drop_owned(&mut self, uid: &Str, pod: &str) {
        let Some(ledger) = self.ledgers.get_mut(uid) else {
            return;
        };
        let ledger = Arc::make_mut(ledger);
        ledger.drop_pod(pod);
        if ledger.is_empty() && ledger.lens().is_none() {
            self.ledgers.remove(uid);
        }
    }

    fn index_node(&mut self, delta: &Delta) {
        if let (Some(old), Some(new)) = (&delta.old, &delta.new)
            && same_placement(old, new)
        {
            return;
        }
        let name = delta.object().name();
        for ledger in self.ledgers.values_mut() {
            if ledger.lens().is_some() {
                Arc::make_mut(ledger).touch_node(name);
            }
        }
    }

    fn ledger_mut(&mut self, uid: &Str) -> &mut Ledger {
        Arc::make_mut(self.ledgers.entry(uid.clone()).or_default())
    }

    /// The books of a DaemonSet, if there are any.
    pub fn ledger(&self, uid: &str) -> Option<&Ledger> {
        self.ledgers.get(uid).map(|ledger| &**ledger)
    }

    /// The books of a DaemonSet, brought up to date.
    pub fn refresh(&mut self, uid: &Str, lens: &Arc<Lens>, now: SimTime) -> &Ledger {
        let fresh = self.ledger(uid).is_some_and(|own| own.is_fresh(lens, now));
        if !fresh {
            let ledger = self.ledgers.entry(uid.clone()).or_default();
            Arc::make_mut(ledger).refresh(lens, &self.informer, now);
        }
        &self.ledgers[uid]
    }

    /// The DaemonSet is gone for good.
    pub fn forget(&mut self, uid: &str) {
        if let Some(ledger) = self.ledgers.get_mut(uid) {
            if ledger.is_empty() {
                self.ledgers.remove(uid);
            } else {
                Arc::make_mut(ledger).forget();
            }
        }
    }

    pub fn daemon_set(&self, key: &Key) -> Option<&Arc<Object>> {
        self.informer
            .get(Kind::DaemonSet, &key.namespace, &key.name)
    }

    /// The DaemonSet that controls an object, if the cache has it.
    pub fn owner(&self, object: &Object) -> Option<Key> {
        let found = self.informer.controller(Kind::DaemonSet, object)?;
        Some(Key::of(found))
    }

    /// The DaemonSets of a namespace whose selector matches labels; neither empty selectors nor an object without
    /// labels match here.
    pub fn selecting(&self, object: &Object) -> Vec<Key> {
        if object.meta().labels.is_empty() {
            return Vec::new();
        }
        self.informer
            .of(Kind::DaemonSet)
            .iter(Some(object.namespace()))
            .filter(|ds| {
                let tree = ds.value().at(&["spec", "selector"]);
                let selector = Selector::read(tree);
                !selector.is_everything() && selector.matches(&object.meta().labels)
            })
            .map(|ds| Key::of(ds))
            .collect()
    }

    /// Pods of a namespace without a controller, by name.
    pub fn orphans<'a>(&'a self, namespace: &'a Str) -> impl Iterator<Item = &'a Arc<Object>> {
        let from = Key::new(namespace, &Str::default());
        self.orphans
            .range(from..)
            .take_while(move |(key, _)| key.namespace == *namespace)
            .map(|(_, pod)| pod)
    }

    /// The controller has made a pod its own: counts it, although the cache still shows it as an orphan.
    pub fn adopt(&mut self, uid: &Str, pod: &Arc<Object>) {
        let key = Key::of(pod);
        if self.orphans.remove(&key).is_some() {
            self.adopted.insert(key, uid.clone());
            self.ledger_mut(uid).put_pod(pod.clone());
        }
    }

    /// Pods were adopted whose new version was not seen yet.
    pub fn adopting(&self) -> bool {
        !self.adopted.is_empty()
    }

    /// The affinity of a pod for a node, as the books know it from the pod before, or as its neighbor there has it.
    pub fn pinned(&mut self, uid: &Str, lens: &Arc<Lens>, node: &Str) -> Value {
        let known = self
            .ledger(uid)
            .and_then(|ledger| ledger.pinned(lens, node));
        known.cloned().unwrap_or_else(|| {
            let fresh = lens.blank.pinned(node, self.neighbor(node));
            self.ledger_mut(uid).pin(lens, node, &fresh);
            fresh
        })
    }

    /// Some daemon pod on the node.
    fn neighbor(&self, node: &Str) -> Option<&Object> {
        let (namespace, name, pod) = Default::default();
        let from = Bound {
            node: node.clone(),
            owner: Key { namespace, name },
            pod,
        };
        let next = self.bound.range(from..).next();
        let Bound { owner, pod, .. } = next.filter(|bound| bound.node == *node)?;
        let found = self.informer.get(Kind::Pod, &owner.namespace, pod);
        found.map(|pod| &**pod)
    }

    /// A pod of the DaemonSet is bound to the node. The owner's uid plays no part.
    pub fn scheduled(&self, node: &Str, daemon_set: &Key) -> bool {
        let from = Bound {
            node: node.clone(),
            owner: daemon_set.clone(),
            pod: Str::default(),
        };
        self.bound
            .range(from..)
            .next()
            .is_some_and(|b| b.node == *node && b.owner == *daemon_set)
    }
}

/// Nothing that decides about placement differs: labels and taints.
///
/// Upstream: pkg/controller/daemon/daemon_controller.go `shouldIgnoreNodeUpdate`.
pub fn same_placement(old: &Object, new: &Object) -> bool {
    let taints = |node: &Object| node.value().at(&["spec", "taints"]).clone();
    let equal = |a: &Value, b: &Value| a == b || (a.is_empty() && b.is_empty());
    equal(&old.meta().labels, &new.meta().labels) && equal(&taints(old), &taints(new))
}
