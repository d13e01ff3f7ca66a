//! The tree under a map of objects: two levels, whose leaves are shared between clones until one of them is written.
//!
//! A leaf keeps its order apart from its entries, so that what comes or goes moves a few bytes of order and one entry.
//! Every part that watches pods has such a tree, and with thousands of nodes none of them lies in the processor's
//! caches: what counts is how much memory a change touches (docs/decisions/008-order-apart-from-entries.md).

use super::{Entry, Wanted};
use std::cmp::Ordering;
use std::sync::Arc;

/// Entries of a leaf at most.
const LEAF: usize = 64;

/// Some entries in any order, never none, and for each place in their order where its entry is.
#[derive(Clone, Debug)]
struct Leaf {
    order: [u8; LEAF],
    entries: Vec<Entry>,
}

impl Leaf {
    /// Of entries that come in their order, [`LEAF`] at most.
    fn new(entries: Vec<Entry>) -> Self {
        Self {
            order: std::array::from_fn(|place| place as u8),
            entries,
        }
    }

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn get(&self, place: usize) -> Option<&Entry> {
        let at = self.order[..self.len()].get(place)?;
        self.entries.get(usize::from(*at))
    }

    fn get_mut(&mut self, place: usize) -> Option<&mut Entry> {
        let at = self.order[..self.len()].get(place)?;
        self.entries.get_mut(usize::from(*at))
    }

    fn find(&self, wanted: &Wanted<'_>) -> Result<usize, usize> {
        let entries = self.entries.as_slice();
        let (mut low, mut high) = (0, entries.len());
        while low < high {
            let middle = low.midpoint(high);
            match entries[usize::from(self.order[middle])].compare(wanted) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Ok(middle),
                Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }

    /// Puts an entry into a leaf that is not full.
    fn put(&mut self, place: usize, entry: Entry) {
        let last = self.len();
        self.entries.push(entry);
        self.order.copy_within(place..last, place + 1);
        self.order[place] = last as u8;
    }

    fn take(&mut self, place: usize) -> Entry {
        let last = self.len() - 1;
        let at = self.order[place];
        self.order.copy_within(place + 1..=last, place);
        let moved = self.order[..last]
            .iter_mut()
            .find(|other| usize::from(**other) == last);
        if let Some(moved) = moved {
            *moved = at;
        }
        self.entries.swap_remove(usize::from(at))
    }

    /// Takes the entries from a place on.
    fn split(&mut self, cut: usize) -> Self {
        let rest = |place: &u8| self.entries[usize::from(*place)].clone();
        let order = &self.order[..self.len()];
        let rest_entries = order[cut..].iter().map(rest).collect();
        let kept = order[..cut].iter().map(rest).collect();
        *self = Self::new(kept);
        Self::new(rest_entries)
    }
}

/// A leaf and an entry that is not above its first one, but above all entries of the leaf before.
#[derive(Clone, Debug)]
struct Branch {
    from: Entry,
    leaf: Arc<Leaf>,
}

/// Leaf and place in its order; (number of leaves, 0) is the end.
pub type Place = (usize, usize);

#[derive(Clone, Default, Debug)]
pub struct Tree {
    branches: Vec<Branch>,
    len: usize,
}

impl Tree {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn get(&self, wanted: &Wanted<'_>) -> Option<&Entry> {
        let (leaf, place) = self.find(wanted).ok()?;
        self.branches[leaf].leaf.get(place)
    }

    /// The entries from a place on, or all of them, in order.
    pub fn from<'a>(
        &'a self,
        first: Option<&Wanted<'_>>,
    ) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let (leaf, place) = match first.map(|first| self.find(first)) {
            Some(Ok(place) | Err(place)) => place,
            None => (0, 0),
        };
        let leaves = self.branches.get(leaf..).unwrap_or_default();
        let entries = leaves.iter().flat_map(|branch| {
            let leaf = &*branch.leaf;
            leaf.order[..leaf.len()]
                .iter()
                .map(|at| &leaf.entries[usize::from(*at)])
        });
        entries.skip(place)
    }

    /// The place of an entry, or the place where it would be inserted.
    fn find(&self, wanted: &Wanted<'_>) -> Result<Place, Place> {
        let branches = self.branches.as_slice();
        if branches.is_empty() {
            return Err((0, 0));
        }
        // What is before the first leaf belongs to it.
        let (mut low, mut high) = (1, branches.len());
        while low < high {
            let middle = low.midpoint(high);
            match branches[middle].from.compare(wanted) {
                Ordering::Greater => high = middle,
                Ordering::Less | Ordering::Equal => low = middle + 1,
            }
        }
        let leaf = low - 1;
        let at = |place| (leaf, place);
        branches[leaf].leaf.find(wanted).map(at).map_err(at)
    }

    /// [`Self::find`], looked for first where it was in a tree that has changed in the same way: a look instead
    /// of a search.
    fn find_near(&self, wanted: &Wanted<'_>, (leaf, place): Place) -> Result<Place, Place> {
        let near = || {
            let branch = self.branches.get(leaf)?;
            let here = branch.leaf.get(place).map(|entry| entry.compare(wanted));
            match here {
                Some(Ordering::Equal) => return Some(Ok((leaf, place))),
                Some(Ordering::Less) => return None,
                Some(Ordering::Greater) | None => {}
            }
            let after = match place.checked_sub(1) {
                Some(before) => branch.leaf.get(before)?.compare(wanted) == Ordering::Less,
                None => leaf == 0 || branch.from.compare(wanted) != Ordering::Greater,
            };
            let next = || self.branches.get(leaf + 1);
            let before = here.is_some()
                || next().is_none_or(|next| next.from.compare(wanted) == Ordering::Greater);
            (after && before).then_some(Err((leaf, place)))
        };
        near().unwrap_or_else(|| self.find(wanted))
    }

    /// Puts an entry in the place of its equal, or as a new one. It is looked for at a place first, where it was in a
    /// tree that has changed in the same way; told is the place where it was, or where it would have been.
    pub fn replace(&mut self, entry: Entry, near: &mut Place) -> Option<Entry> {
        let found = self.find_near(&entry.wanted(), *near);
        let (Ok(place) | Err(place)) = found;
        *near = place;
        if found.is_err() {
            self.put(place, entry);
            return None;
        }
        let leaf = Arc::make_mut(&mut self.branches[place.0].leaf);
        let old = leaf.get_mut(place.1)?;
        Some(std::mem::replace(old, entry))
    }

    /// Puts a new entry where [`Self::find`] did not find it.
    fn put(&mut self, (at, place): Place, entry: Entry) {
        self.len += 1;
        let Some(branch) = self.branches.get_mut(at) else {
            let from = entry.clone();
            let leaf = Arc::new(Leaf::new(vec![entry]));
            self.branches.push(Branch { from, leaf });
            return;
        };
        if (at, place) == (0, 0) {
            branch.from = entry.clone();
        }
        let leaf = Arc::make_mut(&mut branch.leaf);
        if leaf.len() < LEAF {
            leaf.put(place, entry);
            return;
        }
        // Objects that come in order fill their leaves.
        let rest = if place == LEAF {
            Leaf::new(vec![entry])
        } else {
            let mut rest = leaf.split(LEAF / 2);
            match place.checked_sub(LEAF / 2) {
                None | Some(0) => leaf.put(place, entry),
                Some(place) => rest.put(place, entry),
            }
            rest
        };
        if let Some(first) = rest.get(0) {
            let from = first.clone();
            let leaf = Arc::new(rest);
            self.branches.insert(at + 1, Branch { from, leaf });
        }
    }

    /// Takes an entry, looked for in the same way as by [`Self::replace`].
    pub fn take(&mut self, wanted: &Wanted<'_>, near: &mut Place) -> Option<Entry> {
        let (at, place) = self.find_near(wanted, *near).ok()?;
        *near = (at, place);
        self.len -= 1;
        let leaf = Arc::make_mut(&mut self.branches[at].leaf);
        let entry = leaf.take(place);
        if leaf.entries.is_empty() {
            self.branches.remove(at);
        } else if leaf.len() < LEAF / 4 {
            self.join(at);
        }
        Some(entry)
    }

    /// Joins a small leaf with the next one, when both are small.
    fn join(&mut self, at: usize) {
        let len = |at: usize| self.branches.get(at).map_or(LEAF, |b| b.leaf.len());
        if len(at) + len(at + 1) > LEAF / 2 {
            return;
        }
        let rest = self.branches.remove(at + 1).leaf;
        let leaf = Arc::make_mut(&mut self.branches[at].leaf);
        for place in &rest.order[..rest.len()] {
            leaf.put(leaf.len(), rest.entries[usize::from(*place)].clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::head;
    use super::*;
    use crate::k8s::{Kind, Object, Str};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn entry(key: u16, version: u64) -> Entry {
        let name = Str::new(&format!("a-name-of-some-length-beyond-heads-{key:05}"));
        let tree = crate::value!({"metadata": {"name": name, "namespace": "default",
            "resourceVersion": version.to_string()}});
        let object = Object::shared(Kind::Pod, tree);
        let head = head(object.namespace(), object.name());
        Entry { head, object }
    }

    fn names(tree: &Tree) -> Vec<(Str, String)> {
        let told = |e: &Entry| {
            let version = e.object.meta().resource_version.to_string();
            (e.object.name().clone(), version)
        };
        tree.from(None).map(told).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]
        #[test]
        fn what_is_looked_for_near_a_place_is_found(deeds in prop::collection::vec((0_u16..300, 0_usize..9, 0_usize..66, 0_u8..5), 0..500)) {
            let mut ours = Tree::default();
            let mut theirs = BTreeMap::new();
            let mut twin = Tree::default();
            let mut kept = Vec::new();
            for (version, (key, leaf, place, deed)) in (0..).zip(deeds) {
                let mut near = (leaf, place);
                let entry = entry(key, version);
                let uid = |e: Option<Entry>| e.map(|e| e.object.meta().resource_version.to_string());
                if deed < 3 {
                    let name = entry.object.name().clone();
                    let before = theirs.insert(name, version.to_string());
                    prop_assert_eq!(uid(ours.replace(entry.clone(), &mut near)), before);
                    let mut told = near;
                    twin.replace(entry, &mut told);
                    prop_assert_eq!(told, near);
                } else {
                    let before = theirs.remove(entry.object.name());
                    prop_assert_eq!(uid(ours.take(&entry.wanted(), &mut near)), before);
                    twin.take(&entry.wanted(), &mut (usize::MAX, 0));
                }
                if version % 64 == 0 {
                    kept.push((ours.clone(), names(&ours)));
                }
                let wanted: Vec<_> = theirs.clone().into_iter().collect();
                prop_assert_eq!(&names(&ours), &wanted);
                prop_assert_eq!(names(&twin), wanted);
                prop_assert_eq!(ours.len(), theirs.len());
            }
            // Clones did not notice what happened since.
            for (tree, then) in &kept {
                prop_assert_eq!(&names(tree), then);
            }
            for name in theirs.keys() {
                let found = ours.get(&Wanted::new("default", name));
                prop_assert_eq!(found.map(|e| e.object.name()), Some(name));
                let from = ours.from(Some(&Wanted::new("default", name)));
                let rest: Vec<_> = from.map(|e| e.object.name().clone()).collect();
                prop_assert!(rest.iter().eq(theirs.range(name.clone()..).map(|(name, _)| name)));
            }
        }
    }
}
