//! Who owns whom, as the collector's watches tell.
//!
//! Upstream: pkg/controller/garbagecollector/graph_builder.go

use crate::k8s::order::InOrder;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Kind, ObjectKey, OwnerRef, Str};
use crate::sim::Informer;

/// Owners by uid, and what belongs to them.
#[derive(Clone, Default, Debug)]
pub struct Graph {
    owned: BTreeMap<Str, Owned>,
}

/// What belongs to an owner. Of pods there are many, they come and go, and their owners seldom do: they are counted,
/// and looked for when their owner goes.
#[derive(Clone, Default, Debug)]
struct Owned {
    pods: u64,
    others: BTreeSet<ObjectKey>,
}

impl Graph {
    pub fn add(&mut self, key: &ObjectKey, owners: &[OwnerRef]) {
        for owner in owners {
            let owned = self.owned.entry(owner.uid.clone()).or_default();
            if key.kind == Kind::Pod {
                owned.pods += 1;
            } else {
                owned.others.insert(key.clone());
            }
        }
    }

    pub fn remove(&mut self, key: &ObjectKey, owners: &[OwnerRef]) {
        for owner in owners {
            let Some(owned) = self.owned.get_mut(&owner.uid) else {
                continue;
            };
            if key.kind == Kind::Pod {
                owned.pods = owned.pods.saturating_sub(1);
            } else {
                owned.others.remove(key);
            }
            if owned.pods == 0 && owned.others.is_empty() {
                self.owned.remove(&owner.uid);
            }
        }
    }

    /// What names the object with this uid as an owner, by kind, namespace and name.
    pub fn dependents(&self, uid: &str, cached: &Informer) -> Vec<ObjectKey> {
        let Some(owned) = self.owned.get(uid) else {
            return Vec::new();
        };
        let mut keys: Vec<ObjectKey> = owned.others.iter().cloned().collect();
        if owned.pods > 0 {
            let pods = cached.of(Kind::Pod).iter(None);
            let mine = pods.filter(|pod| pod.meta().owners.iter().any(|o| o.uid == *uid));
            keys.extend(mine.map(|pod| pod.key()));
            keys.order();
        }
        keys
    }

    pub fn has_dependents(&self, uid: &str) -> bool {
        self.owned.contains_key(uid)
    }
}

/// The owner as the object of a stored kind; None for kinds that the server does not know.
pub fn owner_key(owner: &OwnerRef, namespace: &str) -> Option<ObjectKey> {
    let kind = Kind::of(&owner.api_version, &owner.kind)?;
    let namespace = if kind.namespaced() { namespace } else { "" };
    Some(ObjectKey::new(kind, namespace, &owner.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::{Object, Value};
    use crate::sim::Delivery;
    use crate::value;

    #[test]
    fn pods_and_others_of_an_owner_are_told_in_order() {
        let object = |kind: Kind, name: &'static str, owner: &'static str| {
            let owners = value!([{"apiVersion": "v1", "kind": "Node", "name": "n", "uid": owner}]);
            let tree: Value = value!({"metadata": {"name": name, "namespace": "default",
                "ownerReferences": owners}});
            Object::shared(kind, tree)
        };
        let pods = [("b", "x"), ("c", "y"), ("a", "x")];
        let pods = pods.map(|(name, owner)| object(Kind::Pod, name, owner));
        let lease = object(Kind::Lease, "n", "x");
        let mut informer = Informer::default();
        informer.apply(&Delivery::List {
            kind: Kind::Pod,
            objects: pods.to_vec(),
            resource_version: 1,
        });
        let mut graph = Graph::default();
        let all = pods.iter().chain([&lease]);
        all.clone()
            .for_each(|o| graph.add(&o.key(), &o.meta().owners));
        let told = |graph: &Graph, uid: &str| {
            let keys = graph.dependents(uid, &informer);
            keys.iter().map(|k| k.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(told(&graph, "x"), ["a", "b", "n"]);
        assert_eq!(told(&graph, "y"), ["c"]);
        assert!(told(&graph, "z").is_empty());
        all.for_each(|o| graph.remove(&o.key(), &o.meta().owners));
        assert!(["x", "y"].iter().all(|uid| !graph.has_dependents(uid)));
    }
}
