//! Finding keys where they were in another map that has changed in the same way: a look instead of a search.

use super::{BTreeMap, Place};
use std::cmp::Ordering;
use std::sync::Arc;

impl<K: Ord + Clone, V: Clone> BTreeMap<K, V> {
    /// [`BTreeMap::find`], looked for first where the key was in a map that has changed in the same way.
    fn find_near(&self, key: &K, (leaf, place): Place) -> Result<Place, Place> {
        let near = || {
            let branch = self.branches.get(leaf)?;
            let entries = &branch.leaf;
            let here = entries.get(place).map(|(k, _)| key.cmp(k));
            match here {
                Some(Ordering::Equal) => return Some(Ok((leaf, place))),
                Some(Ordering::Greater) => return None,
                Some(Ordering::Less) | None => {}
            }
            let after = match place.checked_sub(1) {
                Some(before) => entries.get(before)?.0 < *key,
                None => leaf == 0 || branch.from <= *key,
            };
            let next = || self.branches.get(leaf + 1);
            let before = here.is_some() || next().is_none_or(|next| *key < next.from);
            (after && before).then_some(Err((leaf, place)))
        };
        near().unwrap_or_else(|| self.find(key))
    }

    /// Puts a key in the place of its equal, with the value of that, or as a new entry.
    /// It is looked for at a place first; told is the place where it was, or where it would have been.
    pub(super) fn replace_key(&mut self, key: K, near: &mut Place) -> Option<K>
    where
        V: Default,
    {
        let found = self.find_near(&key, *near);
        let (Ok(place) | Err(place)) = found;
        *near = place;
        match found {
            Ok((leaf, place)) => {
                let entries = Arc::make_mut(&mut self.branches[leaf].leaf);
                Some(std::mem::replace(&mut entries[place].0, key))
            }
            Err(place) => {
                self.put(place, (key, V::default()));
                None
            }
        }
    }

    /// Takes an entry that is looked for at a place first.
    pub(super) fn take_near(&mut self, key: &K, near: &mut Place) -> Option<(K, V)> {
        *near = self.find_near(key, *near).ok()?;
        Some(self.take(*near))
    }
}
