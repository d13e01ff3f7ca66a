//! Sorting through one compiled sort.
//!
//! The standard library's sorts are compiled anew for every type and comparison, 4 KB each in the page. These sort
//! the places of the items by one sort for all and then bring the items there; where thousands of items are sorted in
//! every sync, the standard sorts stay in use.

use std::cmp::Ordering;

/// Stable sorts of a slice.
pub trait InOrder {
    type Item;

    /// Sorts by a comparison.
    fn order_by(&mut self, compare: impl FnMut(&Self::Item, &Self::Item) -> Ordering);

    /// Sorts by a key.
    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&Self::Item) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// Sorts by the items' own order.
    fn order(&mut self)
    where
        Self::Item: Ord,
    {
        self.order_by(Ord::cmp);
    }
}

impl<T> InOrder for [T] {
    type Item = T;

    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let places = sorted(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        // What belongs at `to` has been swapped away as often as its place lies before `to`: follow it.
        for to in 0..places.len() {
            let mut from = places[to];
            while from < to {
                from = places[from];
            }
            self.swap(to, from);
        }
    }
}

/// The places 0 to `len` in the order of what lies there.
fn sorted(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(list in prop::collection::vec((0_u8..9, 0_u32..99), 0..60)) {
            let (mut ours, mut theirs) = (list.clone(), list);
            ours.order_by_key(|item| item.0);
            theirs.sort_by_key(|item| item.0);
            prop_assert_eq!(&ours, &theirs);
            ours.order();
            theirs.sort_unstable();
            prop_assert_eq!(ours, theirs);
        }
    }
}
