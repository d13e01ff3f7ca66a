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

/// What a delivery changed, in order. A change gives one delta at most, and takes no memory for it.
#[derive(Clone, Debug, Default)]
pub struct Deltas {
    one: Option<Delta>,
    many: Vec<Delta>,
}

impl Deltas {
    pub fn iter(&self) -> impl Iterator<Item = &Delta> {
        self.one.iter().chain(&self.many)
    }
}

impl IntoIterator for Deltas {
    type Item = Delta;
    type IntoIter = std::iter::Chain<std::option::IntoIter<Delta>, std::vec::IntoIter<Delta>>;

    fn into_iter(self) -> Self::IntoIter {
        self.one.into_iter().chain(self.many)
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
    pub fn apply(&mut self, delivery: &Delivery) -> Deltas {
        match delivery {
            Delivery::Change(change) => {
                let map = &mut self.kinds[change.kind as usize];
                let mut spot = change.spot;
                let delta = match &change.new {
                    Some(new) => Delta {
                        old: map.insert_at(&mut spot, new.clone()),
                        new: Some(new.clone()),
                    },
                    None => {
                        let gone = change.object();
                        let old = map.remove_at(&mut spot, gone);
                        // The deleted version carries the last known state, newer than the cached one.
                        Delta {
                            old: old.map(|_| gone.clone()),
                            new: None,
                        }
                    }
                };
                let told = delta.old.is_some() || delta.new.is_some();
                Deltas {
                    one: told.then_some(delta),
                    many: Vec::new(),
                }
            }
            Delivery::List { kind, objects, .. } => Deltas {
                one: None,
                many: self.replace(*kind, objects),
            },
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

    /// The object of a kind that controls another one.
    ///
    /// Upstream: pkg/controller/daemon/daemon_controller.go `resolveControllerRef`.
    pub fn controller(&self, kind: Kind, of: &Object) -> Option<&Arc<Object>> {
        let owner = of.meta().controller().filter(|o| o.kind == kind.name())?;
        let found = self.get(kind, of.namespace(), &owner.name)?;
        (*found.uid() == owner.uid).then_some(found)
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

#[cfg(test)]
mod tests {
    use super::super::store::{Change, Spot};
    use super::super::watch::Inbox;
    use super::super::{SimSpan, SimTime};
    use super::*;
    use crate::value;

    fn pod(name: &'static str, version: u64) -> Arc<Object> {
        let tree = value!({"metadata": {"name": name, "namespace": "n",
            "resourceVersion": version.to_string()}});
        Object::shared(Kind::Pod, tree)
    }

    fn change(old: Option<u64>, new: Option<u64>, version: u64) -> Delivery {
        Delivery::Change(Arc::new(Change {
            resource_version: version,
            at: SimTime::default(),
            kind: Kind::Pod,
            old: old.map(|version| pod("a", version)),
            new: new.map(|version| pod("a", version)),
            spot: Spot::of(&pod("a", version)),
        }))
    }

    fn told(deltas: Deltas) -> Vec<String> {
        let version = |object: &Option<Arc<Object>>| {
            object.as_ref().map_or("-".to_owned(), |o| {
                format!("{}{}", o.name(), o.meta().resource_version)
            })
        };
        let line = |delta: Delta| format!("{} {}", version(&delta.old), version(&delta.new));
        deltas.into_iter().map(line).collect()
    }

    #[test]
    fn handlers_are_told_the_cached_and_the_new_version() {
        let mut informer = Informer::default();
        let list = |objects: &[(&'static str, u64)]| Delivery::List {
            kind: Kind::Pod,
            objects: objects
                .iter()
                .map(|(name, version)| pod(name, *version))
                .collect(),
            resource_version: 9,
        };
        let rows: [(&str, Delivery, &[&str]); 7] = [
            ("added", change(None, Some(1), 1), &["- a1"]),
            ("updated", change(Some(1), Some(2), 2), &["a1 a2"]),
            (
                "deleted in its last state",
                change(Some(3), None, 4),
                &["a3 -"],
            ),
            ("unknown and gone", change(Some(3), None, 4), &[]),
            (
                "the first list",
                list(&[("a", 5), ("b", 6)]),
                &["- a5", "- b6"],
            ),
            (
                "a list after a loss",
                list(&[("b", 8), ("c", 7)]),
                &["a5 -", "b6 b8", "- c7"],
            ),
            ("an empty list", list(&[]), &["b8 -", "c7 -"]),
        ];
        for (rule, delivery, wanted) in rows {
            assert_eq!(told(informer.apply(&delivery)), wanted, "{rule}");
        }
    }

    #[test]
    fn a_slow_delivery_holds_up_those_behind_it() {
        let mut inbox = Inbox::default();
        let at = SimTime::from_millis;
        for (now, delay, version) in [(0, 500, 1), (10, 3, 2), (600, 3, 3)] {
            let delivery = change(None, Some(version), version);
            inbox.push(at(now), SimSpan::from_millis(delay), delivery);
        }
        let mut taken = Vec::new();
        for now in [13, 499, 500, 602, 603] {
            while let Some(Delivery::Change(change)) = inbox.pop(at(now)) {
                taken.push((now, change.resource_version));
            }
        }
        assert_eq!(taken, [(500, 1), (500, 2), (603, 3)]);
    }
}
