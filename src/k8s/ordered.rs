//! Ordered maps and sets with the interface of the standard library's: a tree of two levels, whose leaves are
//! shared between clones until one of them is written. A checkpoint or a branch of a large cluster therefore copies
//! a list of pointers per map, and drops one as cheaply; and one map costs the page a sixth of the code of a
//! standard one (docs/decisions/003-ordered-maps.md has the figures).
//!
//! Keys and values are cloned when a shared leaf is written. The event queue is a heap: taking the first entry again
//! and again is what a leaf is worst at.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Bound, Index, RangeBounds};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

mod iter;
mod set;
#[cfg(test)]
mod tests;

pub use iter::{IntoIter, Iter, IterMut, Range};
pub use set::BTreeSet;

/// Entries of a leaf at most.
const LEAF: usize = 32;

/// Sorted entries, never none.
type Leaf<K, V> = Arc<Vec<(K, V)>>;

/// A leaf and a key that is not above its first one, but above all keys of the leaf before.
struct Branch<K, V> {
    from: K,
    leaf: Leaf<K, V>,
}

/// Leaf and place in it; (number of leaves, 0) is the end.
type Place = (usize, usize);

/// An ordered map.
pub struct BTreeMap<K, V> {
    branches: Vec<Branch<K, V>>,
    len: usize,
    near: Near,
}

/// Where a key was found last: the same is asked for again and again, and many in order. It may be no place any more.
struct Near(AtomicU32);

impl Near {
    fn get(&self) -> Place {
        let packed = self.0.load(Relaxed) as usize;
        (packed / LEAF, packed % LEAF)
    }

    fn set(&self, (leaf, place): Place) {
        let packed = u32::try_from(leaf * LEAF + place).unwrap_or(0);
        self.0.store(packed, Relaxed);
    }
}

impl<K, V> BTreeMap<K, V> {
    pub const fn new() -> Self {
        Self {
            branches: Vec::new(),
            len: 0,
            near: Near(AtomicU32::new(0)),
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn clear(&mut self) {
        *self = Self::new();
    }

    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            branches: &self.branches,
            front: (0, 0),
            back: (self.branches.len(), 0),
            left: self.len,
        }
    }

    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.iter().map(|(_, value)| value)
    }

    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// The place of a key, or the place where it would be inserted.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
    {
        // Written out: compiled for size, each step of a search of the standard library is some calls.
        let branches = self.branches.as_slice();
        if branches.is_empty() {
            return Err((0, 0));
        }
        let (leaf, near) = self.near.get();
        if leaf < branches.len() {
            let entries = branches[leaf].leaf.as_slice();
            let mut place = near;
            while place < entries.len() && place <= near + 1 {
                match entries[place].0.borrow().cmp(key) {
                    Ordering::Less => place += 1,
                    Ordering::Equal => return Ok(self.found((leaf, place))),
                    Ordering::Greater if place > near => return Err((leaf, place)),
                    Ordering::Greater => break,
                }
            }
            let last = leaf + 1 == branches.len();
            if last && place > near && place == entries.len() {
                return Err((leaf, place));
            }
        }
        // What is before the first leaf belongs to it.
        let (mut low, mut high) = (1, branches.len());
        while low < high {
            let middle = low.midpoint(high);
            match branches[middle].from.borrow().cmp(key) {
                Ordering::Greater => high = middle,
                Ordering::Less | Ordering::Equal => low = middle + 1,
            }
        }
        let leaf = low - 1;
        let entries = branches[leaf].leaf.as_slice();
        (low, high) = (0, entries.len());
        while low < high {
            let middle = low.midpoint(high);
            match entries[middle].0.borrow().cmp(key) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Ok(self.found((leaf, middle))),
                Ordering::Greater => high = middle,
            }
        }
        Err((leaf, low))
    }

    fn found(&self, place: Place) -> Place {
        self.near.set(place);
        place
    }

    /// The place of the first entry that is at or after a place in the sense of [`Self::find`].
    fn settle(&self, (leaf, place): Place) -> Place {
        let branch = self.branches.get(leaf);
        if branch.is_some_and(|branch| place >= branch.leaf.len()) {
            return (leaf + 1, 0);
        }
        (leaf, place)
    }

    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let (leaf, place) = self.find(key).ok()?;
        let entries = self.branches.get(leaf)?.leaf.as_slice();
        entries.get(place).map(|(key, value)| (key, value))
    }

    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// The entries whose keys lie within bounds.
    pub fn range<Q: Ord + ?Sized, R: RangeBounds<Q>>(&self, bounds: R) -> Range<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let at = |key: &Q, after: bool| match self.find(key) {
            Ok((leaf, place)) => self.settle((leaf, place + usize::from(after))),
            Err(place) => self.settle(place),
        };
        let front = match bounds.start_bound() {
            Bound::Included(key) => at(key, false),
            Bound::Excluded(key) => at(key, true),
            Bound::Unbounded => (0, 0),
        };
        let back = match bounds.end_bound() {
            Bound::Included(key) => at(key, true),
            Bound::Excluded(key) => at(key, false),
            Bound::Unbounded => (self.branches.len(), 0),
        };
        let back = back.max(front);
        Range(Iter {
            branches: &self.branches,
            front,
            back,
            left: 0,
        })
    }
}

impl<K: Clone, V: Clone> BTreeMap<K, V> {
    pub fn into_keys(self) -> impl Iterator<Item = K> {
        self.into_iter().map(|(key, _)| key)
    }

    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }
}

impl<K: Ord + Clone, V: Clone> BTreeMap<K, V> {
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(self.at_mut(place))
    }

    fn at_mut(&mut self, (leaf, place): Place) -> &mut V {
        &mut Arc::make_mut(&mut self.branches[leaf].leaf)[place].1
    }

    /// Puts an entry, returns the value that the key had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(place) => Some(std::mem::replace(self.at_mut(place), value)),
            Err(place) => {
                self.put(place, (key, value));
                None
            }
        }
    }

    /// Puts a new entry where [`Self::find`] did not find it; where it came to lie.
    fn put(&mut self, place: Place, entry: (K, V)) -> Place {
        let place = self.lay(place, entry);
        self.found(place)
    }

    fn lay(&mut self, (leaf, place): Place, entry: (K, V)) -> Place {
        self.len += 1;
        let Some(branch) = self.branches.get_mut(leaf) else {
            let from = entry.0.clone();
            let leaf = Arc::new(vec![entry]);
            self.branches.push(Branch { from, leaf });
            return (0, 0);
        };
        if (leaf, place) == (0, 0) {
            branch.from = entry.0.clone();
        }
        let entries = Arc::make_mut(&mut branch.leaf);
        entries.insert(place, entry);
        if entries.len() <= LEAF {
            return (leaf, place);
        }
        // Keys that come in order fill their leaves.
        let cut = if place == LEAF { LEAF } else { LEAF / 2 };
        let rest = entries.split_off(cut);
        let from = rest[0].0.clone();
        let rest = Arc::new(rest);
        self.branches.insert(leaf + 1, Branch { from, leaf: rest });
        if place < cut {
            (leaf, place)
        } else {
            (leaf + 1, place - cut)
        }
    }

    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.remove_entry(key).map(|(_, value)| value)
    }

    pub fn remove_entry<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(self.take(place))
    }

    /// Takes the entry at a place.
    fn take(&mut self, (leaf, place): Place) -> (K, V) {
        self.len -= 1;
        let entries = Arc::make_mut(&mut self.branches[leaf].leaf);
        let entry = entries.remove(place);
        if entries.is_empty() {
            self.branches.remove(leaf);
        } else if entries.len() < LEAF / 4 {
            self.join(leaf);
        }
        entry
    }

    /// Joins a small leaf with the next one, when both are small.
    fn join(&mut self, leaf: usize) {
        let len = |at: usize| self.branches.get(at).map_or(LEAF, |b| b.leaf.len());
        if len(leaf) + len(leaf + 1) <= LEAF / 2 {
            let rest = self.branches.remove(leaf + 1).leaf;
            Arc::make_mut(&mut self.branches[leaf].leaf).extend(Arc::unwrap_or_clone(rest));
        }
    }

    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (self.len > 0).then(|| self.take((0, 0)))
    }

    pub fn pop_last(&mut self) -> Option<(K, V)> {
        let leaf = self.branches.len().checked_sub(1)?;
        Some(self.take((leaf, self.branches[leaf].leaf.len() - 1)))
    }

    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let place = self.find(&key);
        Entry {
            map: self,
            key,
            place,
        }
    }

    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        IterMut {
            branches: self.branches.iter_mut(),
            leaf: [].iter_mut(),
        }
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// Keeps what `keep` says yes to.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.branches.retain_mut(|branch| {
            let entries = Arc::make_mut(&mut branch.leaf);
            entries.retain_mut(|(key, value)| keep(key, value));
            !entries.is_empty()
        });
        self.len = self.branches.iter().map(|b| b.leaf.len()).sum();
    }
}

/// The place of a key in a map, there or not.
pub struct Entry<'a, K, V> {
    map: &'a mut BTreeMap<K, V>,
    key: K,
    place: Result<Place, Place>,
}

impl<'a, K: Ord + Clone, V: Clone> Entry<'a, K, V> {
    pub fn or_insert_with(self, value: impl FnOnce() -> V) -> &'a mut V {
        let place = match self.place {
            Ok(place) => place,
            Err(place) => self.map.put(place, (self.key, value())),
        };
        self.map.at_mut(place)
    }

    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }

    pub fn and_modify(self, change: impl FnOnce(&mut V)) -> Self {
        if let Ok(place) = self.place {
            change(self.map.at_mut(place));
        }
        self
    }
}

impl<K: Clone, V> Clone for BTreeMap<K, V> {
    fn clone(&self) -> Self {
        let share = |Branch { from, leaf }: &Branch<K, V>| Branch {
            from: from.clone(),
            leaf: leaf.clone(),
        };
        Self {
            branches: self.branches.iter().map(share).collect(),
            len: self.len,
            near: Near(AtomicU32::new(self.near.0.load(Relaxed))),
        }
    }
}

impl<K, V> Default for BTreeMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for BTreeMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for BTreeMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for BTreeMap<K, V> {}

impl<K: Ord, V: Ord> PartialOrd for BTreeMap<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord, V: Ord> Ord for BTreeMap<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&Q> for BTreeMap<K, V> {
    type Output = V;

    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the key is in the map")
    }
}

impl<K: Ord + Clone, V: Clone> Extend<(K, V)> for BTreeMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for BTreeMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord + Clone, V: Clone, const N: usize> From<[(K, V); N]> for BTreeMap<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}
