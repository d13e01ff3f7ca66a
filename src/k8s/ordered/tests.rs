//! Whatever is done to it, a map is as the standard library's.

use super::{BTreeMap, BTreeSet};
use proptest::prelude::*;
use std::collections;

/// Something done to a map.
#[derive(Clone, Debug)]
enum Deed {
    Insert(u16, u8),
    Remove(u16),
    Add(u16, u8),
    Get(u16, u16),
    PopFirst,
    PopLast,
    Retain(u8),
    Clone,
}

fn deed() -> impl Strategy<Value = Deed> {
    let key = || prop_oneof![0_u16..9, 0_u16..600];
    prop_oneof![
        9 => (key(), any::<u8>()).prop_map(|(k, v)| Deed::Insert(k, v)),
        3 => key().prop_map(Deed::Remove),
        2 => (key(), 0_u8..9).prop_map(|(k, v)| Deed::Add(k, v)),
        4 => (key(), 0_u16..9).prop_map(|(k, more)| Deed::Get(k, more)),
        1 => Just(Deed::PopFirst),
        1 => Just(Deed::PopLast),
        1 => (200_u8..255).prop_map(Deed::Retain),
        1 => Just(Deed::Clone),
    ]
}

fn same(ours: &BTreeMap<u16, u8>, theirs: &collections::BTreeMap<u16, u8>) {
    assert_eq!(ours.len(), theirs.len());
    assert!(ours.iter().eq(theirs.iter()));
    assert!(ours.iter().rev().eq(theirs.iter().rev()));
    assert_eq!(ours.first_key_value(), theirs.first_key_value());
    assert_eq!(ours.last_key_value(), theirs.last_key_value());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn maps_are_as_the_standard_ones(start in 0_u16..400, deeds in prop::collection::vec(deed(), 0..300)) {
        let mut ours: BTreeMap<u16, u8> = (0..start).map(|k| (k * 3, 0)).collect();
        let mut theirs: collections::BTreeMap<u16, u8> = (0..start).map(|k| (k * 3, 0)).collect();
        let mut kept = Vec::new();
        for deed in deeds {
            match deed {
                Deed::Insert(k, v) => prop_assert_eq!(ours.insert(k, v), theirs.insert(k, v)),
                Deed::Remove(k) => prop_assert_eq!(ours.remove(&k), theirs.remove(&k)),
                Deed::Add(k, v) => {
                    let of_ours = ours.entry(k).and_modify(|x| *x |= 1).or_insert(v);
                    let of_theirs = theirs.entry(k).and_modify(|x| *x |= 1).or_insert(v);
                    prop_assert_eq!(of_ours, of_theirs);
                }
                Deed::Get(from, more) => {
                    for k in from..=from + more {
                        prop_assert_eq!(ours.get(&k), theirs.get(&k));
                    }
                }
                Deed::PopFirst => prop_assert_eq!(ours.pop_first(), theirs.pop_first()),
                Deed::PopLast => prop_assert_eq!(ours.pop_last(), theirs.pop_last()),
                Deed::Retain(limit) => {
                    ours.retain(|k, v| *v <= limit && k % 97 != 5);
                    theirs.retain(|k, v| *v <= limit && k % 97 != 5);
                }
                Deed::Clone => kept.push((ours.clone(), theirs.clone())),
            }
            same(&ours, &theirs);
        }
        // Clones did not notice what happened since.
        for (ours, theirs) in &kept {
            same(ours, theirs);
        }
        prop_assert!(ours.clone().into_iter().eq(theirs.clone()));
    }

    #[test]
    fn ranges_are_as_the_standard_ones(keys in prop::collection::btree_set(0_u16..300, 0..200), a in 0_u16..310, b in 0_u16..310) {
        let (low, high) = (a.min(b), a.max(b));
        let ours: BTreeSet<u16> = keys.iter().copied().collect();
        prop_assert!(ours.iter().eq(&keys));
        prop_assert!(ours.range(low..).eq(keys.range(low..)));
        prop_assert!(ours.range(low..=high).eq(keys.range(low..=high)));
        prop_assert!(ours.range(low..high).rev().eq(keys.range(low..high).rev()));
        prop_assert!(ours.range(..high).eq(keys.range(..high)));
    }
}
