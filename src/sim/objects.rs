//! Objects of one kind in storage order, found by namespace and name.
//!
//! Every part keeps such a map of what it watches, so most of what a large cluster costs is finding places in them.
//! The beginning of a key lies in the map itself; most comparisons end there and touch no other memory.

use super::store::order;
use crate::k8s::Object;
use std::cmp::Ordering;
use std::sync::Arc;

mod tree;

use tree::{Place, Tree};

/// How much of a key a head holds.
const HELD: usize = 39;

/// The beginning of `namespace/name`, filled up with zeros, then its length (`HELD + 1` if it is longer); as
/// numbers, which compare as the texts do.
type Head = [u64; 5];

fn head(namespace: &str, name: &str) -> Head {
    let mut bytes = [0_u8; HELD + 1];
    let (before, after) = (namespace.as_bytes(), name.as_bytes());
    let slash = before.len().min(HELD);
    bytes[..slash].copy_from_slice(&before[..slash]);
    bytes[slash] = b'/';
    let room = &mut bytes[(slash + 1).min(HELD)..HELD];
    let part = after.len().min(room.len());
    room[..part].copy_from_slice(&after[..part]);
    let length = (namespace.len() + 1 + name.len()).min(HELD + 1);
    bytes[HELD] = u8::try_from(length).unwrap_or(u8::MAX);
    let (words, _) = bytes.as_chunks::<8>();
    std::array::from_fn(|i| u64::from_be_bytes(words[i]))
}

/// Where an object lies, or would lie, in maps that have changed in the same way. Those who watch a kind mostly have:
/// only the first of them searches.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    head: Head,
    place: Place,
}

impl Spot {
    /// Of an object that was not looked for yet.
    pub fn of(object: &Object) -> Self {
        Self {
            head: head(object.namespace(), object.name()),
            place: (usize::MAX, 0),
        }
    }
}

/// A place that is looked for.
struct Wanted<'a> {
    head: Head,
    parts: (&'a str, &'a str),
}

impl<'a> Wanted<'a> {
    fn new(namespace: &'a str, name: &'a str) -> Self {
        Self {
            head: head(namespace, name),
            parts: (namespace, name),
        }
    }
}

/// An object in its place.
#[derive(Clone, Debug)]
struct Entry {
    head: Head,
    object: Arc<Object>,
}

impl Entry {
    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            head: self.head,
            parts: (self.object.namespace(), self.object.name()),
        }
    }

    /// Where it lies, seen from a place that is looked for.
    fn compare(&self, wanted: &Wanted<'_>) -> Ordering {
        let heads = self.head.cmp(&wanted.head);
        let whole = self.head[4] & 0xff <= HELD as u64;
        if heads != Ordering::Equal || whole {
            heads
        } else {
            order(self.wanted().parts, wanted.parts)
        }
    }
}

/// Objects of one kind in storage order. Clones share everything until one of them is written.
#[derive(Clone, Default, Debug)]
pub struct ObjectMap(Arc<Tree>);

impl ObjectMap {
    pub fn get(&self, namespace: &str, name: &str) -> Option<&Arc<Object>> {
        let wanted = Wanted::new(namespace, name);
        self.0.get(&wanted).map(|entry| &entry.object)
    }

    /// Puts a version, returns the one before.
    pub fn insert(&mut self, object: Arc<Object>) -> Option<Arc<Object>> {
        let mut spot = Spot::of(&object);
        self.insert_at(&mut spot, object)
    }

    /// The same for an object whose spot is known from another map, or is noted for others.
    pub(super) fn insert_at(
        &mut self,
        spot: &mut Spot,
        object: Arc<Object>,
    ) -> Option<Arc<Object>> {
        let head = spot.head;
        let entry = Entry { head, object };
        let old = Arc::make_mut(&mut self.0).replace(entry, &mut spot.place);
        old.map(|entry| entry.object)
    }

    /// Removes an object that has the name of the given one.
    pub(super) fn remove_at(
        &mut self,
        spot: &mut Spot,
        object: &Arc<Object>,
    ) -> Option<Arc<Object>> {
        let wanted = Wanted {
            head: spot.head,
            parts: (object.namespace(), object.name()),
        };
        // A shared map is not copied for nothing.
        if Arc::strong_count(&self.0) > 1 && self.0.get(&wanted).is_none() {
            return None;
        }
        let old = Arc::make_mut(&mut self.0).take(&wanted, &mut spot.place);
        old.map(|entry| entry.object)
    }

    /// All objects, or those of one namespace, in storage order.
    pub fn iter<'a>(&'a self, namespace: Option<&'a str>) -> impl Iterator<Item = &'a Arc<Object>> {
        let first = namespace.map(|namespace| Wanted::new(namespace, ""));
        self.0
            .from(first.as_ref())
            .map(|entry| &entry.object)
            .take_while(move |o| namespace.is_none_or(|ns| *o.namespace() == *ns))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::{Kind, Str};

    fn filled(keys: &[(&str, &str)]) -> ObjectMap {
        let mut map = ObjectMap::default();
        for (ns, name) in keys {
            let value =
                crate::value!({"metadata": {"name": Str::new(name), "namespace": Str::new(ns)}});
            assert!(map.insert(Object::shared(Kind::Pod, value)).is_none());
        }
        map
    }

    fn names(map: &ObjectMap, namespace: Option<&str>) -> Vec<String> {
        map.iter(namespace)
            .map(|o| format!("{}/{}", o.namespace(), o.name()))
            .collect()
    }

    #[test]
    fn lists_are_in_storage_order() {
        let map = filled(&[("b", "a"), ("a", "b"), ("a-b", "x"), ("a", "a")]);
        assert_eq!(names(&map, None), ["a-b/x", "a/a", "a/b", "b/a"]);
        assert_eq!(map.iter(Some("a")).count(), 2);
        assert!(map.get("a-b", "x").is_some());
        assert!(map.get("a-b", "x\0").is_none());
    }

    #[test]
    fn long_names_are_told_apart_beyond_their_heads() {
        let long = "a-name-that-is-longer-than-what-lies-in-the-map";
        let keys: Vec<String> = ["", "-b", "-a", "-a-c", "0"]
            .iter()
            .map(|end| format!("{long}{end}"))
            .collect();
        let pairs: Vec<(&str, &str)> = keys.iter().map(|k| ("default", k.as_str())).collect();
        let mut map = filled(&pairs);
        let mut sorted: Vec<String> = keys.iter().map(|k| format!("default/{k}")).collect();
        sorted.sort();
        assert_eq!(names(&map, None), sorted);
        for (ns, name) in &pairs {
            assert_eq!(map.get(ns, name).map(|o| o.name().as_str()), Some(*name));
        }
        let copy = map.clone();
        let mut remove = |name: &str| {
            let tree =
                crate::value!({"metadata": {"name": Str::new(name), "namespace": "default"}});
            let object = Object::shared(Kind::Pod, tree);
            map.remove_at(&mut Spot::of(&object), &object)
        };
        assert!(remove("absent").is_none());
        assert!(remove(&keys[1]).is_some());
        assert_eq!((map.len(), copy.len()), (4, 5));
    }
}
