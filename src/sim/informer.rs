//! A part's own cache of some kinds, fed by deliveries. It may be stale on purpose.

use super::store::ObjectMap;
use super::watch::Delivery;
use crate::k8s::kind::KINDS;
use crate::k8s::{Kind, Object, ObjectKey};
use std::sync::Arc;

/// What a delivery changed in the cache: a handler's (old, new).
#[derive(Clone, Debug)]
pub struct Delta {
    /// None: added.
    pub old: Option<Arc<Object>>,
    /// None: deleted.
    pub new: Option<Arc<Object>>,
}

impl Delta {
    /// The newest version there is.
    pub fn object(&self) -> &Arc<Object> {
        self.new
            .as_ref()
            .or(self.old.as_ref())
            .expect("a delta has an old or a new version")
    }

    pub fn kind(&self) -> Kind {
        self.object().kind()
    }
}

/// Cached objects by kind. Clones share memory.
#[derive(Clone, Debug)]
pub struct Informer {
    kinds: Vec<ObjectMap>,
}

impl Default for Informer {
    fn default() -> Self {
        Self {
            kinds: vec![ObjectMap::default(); KINDS.len()],
        }
    }
}

impl Informer {
    /// Takes a delivery into the cache and tells what it changed, in order. A change is compared with the
    /// cache, not with the store, so a delivery that says nothing new gives no delta.
    pub fn apply(&mut self, delivery: &Delivery) -> Vec<Delta> {
        match delivery {
            Delivery::Change(change) => {
                let map = &mut self.kinds[change.kind as usize];
                let delta = match &change.new {
                    Some(new) => Delta {
                        old: map.insert(new.clone()),
                        new: Some(new.clone()),
                    },
                    None => {
                        let gone = change.object();
                        let old = map.remove(gone.namespace(), gone.name());
                        // The deleted version carries the last known state, newer than the cached one.
                        Delta {
                            old: old.map(|_| gone.clone()),
                            new: None,
                        }
                    }
                };
                if delta.old.is_none() && delta.new.is_none() {
                    Vec::new()
                } else {
                    vec![delta]
                }
            }
            Delivery::List { kind, objects, .. } => self.replace(*kind, objects),
        }
    }

    fn replace(&mut self, kind: Kind, objects: &[Arc<Object>]) -> Vec<Delta> {
        let mut fresh = ObjectMap::default();
        for object in objects {
            fresh.insert(object.clone());
        }
        let old = std::mem::replace(&mut self.kinds[kind as usize], fresh);
        let fresh = &self.kinds[kind as usize];
        let mut deltas: Vec<Delta> = old
            .iter(None)
            .filter(|o| fresh.get(o.namespace(), o.name()).is_none())
            .map(|o| Delta {
                old: Some(o.clone()),
                new: None,
            })
            .collect();
        for new in fresh.iter(None) {
            let old = old.get(new.namespace(), new.name()).cloned();
            deltas.push(Delta {
                old,
                new: Some(new.clone()),
            });
        }
        deltas
    }

    pub fn get(&self, kind: Kind, namespace: &str, name: &str) -> Option<&Arc<Object>> {
        self.of(kind).get(namespace, name)
    }

    pub fn by_key(&self, key: &ObjectKey) -> Option<&Arc<Object>> {
        self.get(key.kind, &key.namespace, &key.name)
    }

    /// The cached objects of a kind.
    pub fn of(&self, kind: Kind) -> &ObjectMap {
        &self.kinds[kind as usize]
    }

    /// Forgets everything, as a restarted process has.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
