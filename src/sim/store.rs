//! The versioned store: an ordered map of objects per kind, one version counter, a log of changes.

use super::SimTime;
use crate::k8s::kind::KINDS;
use crate::k8s::{Kind, Object, ObjectKey, Str};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// How many changes the log keeps for late readers (`get -w`); parts get theirs at once.
pub const LOG_LIMIT: usize = 8192;

/// Namespace and name, ordered as the keys of the real storage are: bytewise by `namespace/name`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NsName {
    pub namespace: Str,
    pub name: Str,
}

impl NsName {
    /// The object's.
    pub fn of(object: &Object) -> Self {
        Self {
            namespace: object.namespace().clone(),
            name: object.name().clone(),
        }
    }
}

/// Something that names an object within its kind; lets maps be searched without allocating.
trait Named {
    fn parts(&self) -> (&str, &str);
}

impl Named for NsName {
    fn parts(&self) -> (&str, &str) {
        (&self.namespace, &self.name)
    }
}

impl Named for (&str, &str) {
    fn parts(&self) -> (&str, &str) {
        *self
    }
}

impl<'a> Borrow<dyn Named + 'a> for NsName {
    fn borrow(&self) -> &(dyn Named + 'a) {
        self
    }
}

fn order(a: (&str, &str), b: (&str, &str)) -> Ordering {
    if a.0 == b.0 {
        return a.1.cmp(b.1);
    }
    if a.0.starts_with(b.0) || b.0.starts_with(a.0) {
        let bytes = |(ns, name): (&'_ str, &'_ str)| [ns, "/", name].concat();
        return bytes(a).cmp(&bytes(b));
    }
    a.0.cmp(b.0)
}

impl PartialEq for dyn Named + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for dyn Named + '_ {}

impl PartialOrd for dyn Named + '_ {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for dyn Named + '_ {
    fn cmp(&self, other: &Self) -> Ordering {
        order(self.parts(), other.parts())
    }
}

impl PartialOrd for NsName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for NsName {
    fn cmp(&self, other: &Self) -> Ordering {
        order(self.parts(), other.parts())
    }
}

/// Objects of one kind in storage order. Clones share everything until one of them is written.
#[derive(Clone, Default, Debug)]
pub struct ObjectMap(Arc<BTreeMap<NsName, Arc<Object>>>);

impl ObjectMap {
    pub fn get(&self, namespace: &str, name: &str) -> Option<&Arc<Object>> {
        self.0.get(&(namespace, name) as &dyn Named)
    }

    /// Puts a version, returns the one before.
    pub fn insert(&mut self, object: Arc<Object>) -> Option<Arc<Object>> {
        let key = NsName {
            namespace: object.namespace().clone(),
            name: object.name().clone(),
        };
        Arc::make_mut(&mut self.0).insert(key, object)
    }

    pub fn remove(&mut self, namespace: &str, name: &str) -> Option<Arc<Object>> {
        self.get(namespace, name)?;
        Arc::make_mut(&mut self.0).remove(&(namespace, name) as &dyn Named)
    }

    /// All objects, or those of one namespace, in storage order.
    pub fn iter<'a>(&'a self, namespace: Option<&'a str>) -> impl Iterator<Item = &'a Arc<Object>> {
        let from = match namespace {
            Some(ns) => std::ops::Bound::Included(NsName {
                namespace: Str::new(ns),
                name: "".into(),
            }),
            None => std::ops::Bound::Unbounded,
        };
        self.0
            .range((from, std::ops::Bound::Unbounded))
            .take_while(move |(key, _)| namespace.is_none_or(|ns| key.namespace == *ns))
            .map(|(_, object)| object)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One committed write.
#[derive(Clone, Debug)]
pub struct Change {
    /// The version that the write got.
    pub resource_version: u64,
    pub at: SimTime,
    pub kind: Kind,
    /// None when the object was created.
    pub old: Option<Arc<Object>>,
    /// None when the object is gone.
    pub new: Option<Arc<Object>>,
}

impl Change {
    /// The newest version there is: the new one, or the last one of an object that is gone.
    pub fn object(&self) -> &Arc<Object> {
        self.new
            .as_ref()
            .or(self.old.as_ref())
            .expect("a change has an old or a new version")
    }
}

/// All stored objects. Clones share memory.
#[derive(Clone, Debug)]
pub struct Store {
    kinds: Vec<ObjectMap>,
    version: u64,
    log: VecDeque<Arc<Change>>,
    /// How many changes were committed in all; the last of them is the log's last.
    committed: u64,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            kinds: vec![ObjectMap::default(); KINDS.len()],
            version: 0,
            log: VecDeque::new(),
            committed: 0,
        }
    }
}

impl Store {
    pub fn get(&self, kind: Kind, namespace: &str, name: &str) -> Option<&Arc<Object>> {
        self.of(kind).get(namespace, name)
    }

    pub fn by_key(&self, key: &ObjectKey) -> Option<&Arc<Object>> {
        self.get(key.kind, &key.namespace, &key.name)
    }

    /// The objects of a kind.
    pub fn of(&self, kind: Kind) -> &ObjectMap {
        &self.kinds[kind as usize]
    }

    /// The version of the last write.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Takes the number for the next write; [`Store::put`] or [`Store::remove`] must follow.
    pub fn next_version(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    /// Commits a new version of an object, whose `resourceVersion` is the number just taken.
    pub fn put(&mut self, at: SimTime, object: Arc<Object>) {
        debug_assert_eq!(object.meta().resource_version, self.version);
        let old = self.kinds[object.kind() as usize].insert(object.clone());
        self.commit(at, object.kind(), old, Some(object));
    }

    /// Removes an object; its disappearance gets a version of its own.
    pub fn remove(&mut self, at: SimTime, kind: Kind, namespace: &str, name: &str) {
        self.version += 1;
        let old = self.kinds[kind as usize].remove(namespace, name);
        debug_assert!(old.is_some(), "only what exists is removed");
        self.commit(at, kind, old, None);
    }

    fn commit(
        &mut self,
        at: SimTime,
        kind: Kind,
        old: Option<Arc<Object>>,
        new: Option<Arc<Object>>,
    ) {
        let resource_version = self.version;
        self.log.push_back(Arc::new(Change {
            resource_version,
            at,
            kind,
            old,
            new,
        }));
        self.committed += 1;
    }

    /// Drops the oldest changes beyond the limit. Called when all readers that must not miss any have read.
    pub fn trim_log(&mut self) {
        let surplus = self.log.len().saturating_sub(LOG_LIMIT);
        self.log.drain(..surplus);
    }

    /// How many changes were committed in all: a cursor for [`Store::changes_since`].
    pub fn committed(&self) -> u64 {
        self.committed
    }

    /// The changes committed after a cursor, oldest first (only those that the log still has).
    pub fn changes_since(&self, cursor: u64) -> impl Iterator<Item = &Arc<Change>> {
        let wanted = self.committed.saturating_sub(cursor);
        let skip = (self.log.len() as u64).saturating_sub(wanted);
        self.log
            .iter()
            .skip(usize::try_from(skip).expect("below the log's length"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_storage_order() {
        let mut map = ObjectMap::default();
        for (ns, name) in [("b", "a"), ("a", "b"), ("a-b", "x"), ("a", "a")] {
            let value =
                crate::value!({"metadata": {"name": Str::new(name), "namespace": Str::new(ns)}});
            map.insert(Object::shared(Kind::Pod, value));
        }
        let all: Vec<_> = map
            .iter(None)
            .map(|o| format!("{}/{}", o.namespace(), o.name()))
            .collect();
        assert_eq!(all, ["a-b/x", "a/a", "a/b", "b/a"]);
        assert_eq!(map.iter(Some("a")).count(), 2);
        assert!(map.get("a-b", "x").is_some());
    }
}
