//! The versioned store: an ordered map of objects per kind, one version counter, a log of changes.

use super::SimTime;
pub use super::objects::{ObjectMap, Spot};
use crate::k8s::kind::KINDS;
use crate::k8s::str::compare;
use crate::k8s::{Kind, Object, ObjectKey, Str};
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

/// How many changes the log keeps for late readers (`get -w`); parts get theirs at once.
pub const LOG_LIMIT: usize = 2048;

/// Namespace and name, ordered as the keys of the real storage are: bytewise by `namespace/name`.
#[derive(Clone, PartialEq, Eq)]
pub struct NsName {
    pub namespace: Str,
    pub name: Str,
}

impl NsName {
    pub fn new(namespace: &Str, name: &Str) -> Self {
        Self {
            namespace: namespace.clone(),
            name: name.clone(),
        }
    }

    /// The object's.
    pub fn of(object: &Object) -> Self {
        Self::new(object.namespace(), object.name())
    }
}

impl fmt::Display for NsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

impl fmt::Debug for NsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Compares two pairs of namespace and name.
pub(super) fn order(a: (&str, &str), b: (&str, &str)) -> Ordering {
    // Objects made from one template share their namespace's text.
    if std::ptr::eq(a.0, b.0) || a.0 == b.0 {
        return compare(a.1.as_bytes(), b.1.as_bytes());
    }
    if a.0.starts_with(b.0) || b.0.starts_with(a.0) {
        let bytes = |(ns, name): (&'_ str, &'_ str)| [ns, "/", name].concat();
        return bytes(a).cmp(&bytes(b));
    }
    a.0.cmp(b.0)
}

impl PartialOrd for NsName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for NsName {
    fn cmp(&self, other: &Self) -> Ordering {
        order(
            (&self.namespace, &self.name),
            (&other.namespace, &other.name),
        )
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
    /// Where the object lay.
    pub spot: Spot,
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
        let mut spot = Spot::of(&object);
        let old = self.kinds[object.kind() as usize].insert_at(&mut spot, object.clone());
        self.commit(at, spot, old, Some(object));
    }

    /// Removes an object; its disappearance gets a version of its own.
    pub fn remove(&mut self, at: SimTime, kind: Kind, namespace: &str, name: &str) {
        let objects = &mut self.kinds[kind as usize];
        let gone = objects.get(namespace, name).cloned();
        let gone = gone.expect("only what exists is removed");
        self.version += 1;
        let mut spot = Spot::of(&gone);
        let old = objects.remove_at(&mut spot, &gone);
        self.commit(at, spot, old, None);
    }

    fn commit(
        &mut self,
        at: SimTime,
        spot: Spot,
        old: Option<Arc<Object>>,
        new: Option<Arc<Object>>,
    ) {
        let resource_version = self.version;
        let kind = new.as_ref().or(old.as_ref()).map(|object| object.kind());
        let kind = kind.expect("a change has an old or a new version");
        self.log.push_back(Arc::new(Change {
            resource_version,
            at,
            kind,
            old,
            new,
            spot,
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
