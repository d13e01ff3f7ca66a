//! Walking through ordered maps.

use super::{BTreeMap, Branch, Place};
use std::sync::Arc;

/// Entries in order.
pub struct Iter<'a, K, V> {
    pub(super) branches: &'a [Branch<K, V>],
    pub(super) front: Place,
    pub(super) back: Place,
    /// Entries left (of a whole map; those of a range are not counted).
    pub(super) left: usize,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        if self.front == self.back {
            return None;
        }
        let entries = &self.branches[self.front.0].leaf;
        let (key, value) = &entries[self.front.1];
        self.front.1 += 1;
        if self.front.1 == entries.len() {
            self.front = (self.front.0 + 1, 0);
        }
        self.left = self.left.saturating_sub(1);
        Some((key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.front == self.back {
            return None;
        }
        if self.back.1 == 0 {
            self.back.0 -= 1;
            self.back.1 = self.branches[self.back.0].leaf.len();
        }
        self.back.1 -= 1;
        self.left = self.left.saturating_sub(1);
        let (key, value) = &self.branches[self.back.0].leaf[self.back.1];
        Some((key, value))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

/// Entries between two bounds, in order. How many is not known before they were walked through.
pub struct Range<'a, K, V>(pub(super) Iter<'a, K, V>);

impl<K, V> Clone for Range<'_, K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, K, V> Iterator for Range<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl<K, V> DoubleEndedIterator for Range<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back()
    }
}

impl<'a, K, V> IntoIterator for &'a BTreeMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K: Ord + Clone, V: Clone> IntoIterator for &'a mut BTreeMap<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    fn into_iter(self) -> IterMut<'a, K, V> {
        self.iter_mut()
    }
}

/// Entries in order, their values for writing.
pub struct IterMut<'a, K, V> {
    pub(super) branches: std::slice::IterMut<'a, Branch<K, V>>,
    pub(super) leaf: std::slice::IterMut<'a, (K, V)>,
}

impl<'a, K: Clone, V: Clone> Iterator for IterMut<'a, K, V> {
    type Item = (&'a K, &'a mut V);

    fn next(&mut self) -> Option<Self::Item> {
        if self.leaf.len() == 0 {
            self.leaf = Arc::make_mut(&mut self.branches.next()?.leaf).iter_mut();
        }
        self.leaf.next().map(|(key, value)| (&*key, value))
    }
}

impl<K: Clone, V: Clone> IntoIterator for BTreeMap<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter {
            branches: self.branches.into_iter(),
            leaf: Vec::new().into_iter(),
        }
    }
}

/// Entries in order, taken out of their map.
pub struct IntoIter<K, V> {
    branches: std::vec::IntoIter<Branch<K, V>>,
    leaf: std::vec::IntoIter<(K, V)>,
}

impl<K: Clone, V: Clone> Iterator for IntoIter<K, V> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        if self.leaf.len() == 0 {
            self.leaf = Arc::unwrap_or_clone(self.branches.next()?.leaf).into_iter();
        }
        self.leaf.next()
    }
}
