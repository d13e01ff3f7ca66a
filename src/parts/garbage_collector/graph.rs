//! Who owns whom, as the collector's watches tell.
//!
//! Upstream: pkg/controller/garbagecollector/graph_builder.go

use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Kind, ObjectKey, OwnerRef, Str};

/// Owners by uid, and what belongs to them.
#[derive(Clone, Default, Debug)]
pub struct Graph {
    owned: BTreeMap<Str, BTreeSet<ObjectKey>>,
}

impl Graph {
    pub fn add(&mut self, key: &ObjectKey, owners: &[OwnerRef]) {
        for owner in owners {
            self.owned
                .entry(owner.uid.clone())
                .or_default()
                .insert(key.clone());
        }
    }

    pub fn remove(&mut self, key: &ObjectKey, owners: &[OwnerRef]) {
        for owner in owners {
            if let Some(keys) = self.owned.get_mut(&owner.uid) {
                keys.remove(key);
                if keys.is_empty() {
                    self.owned.remove(&owner.uid);
                }
            }
        }
    }

    /// What names the object with this uid as an owner.
    pub fn dependents(&self, uid: &str) -> impl Iterator<Item = &ObjectKey> {
        self.owned.get(uid).into_iter().flatten()
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
