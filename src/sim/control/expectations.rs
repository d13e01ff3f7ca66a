//! Creations and deletions that a controller has asked for and not yet seen.
//!
//! Upstream: pkg/controller/controller_utils.go `ControllerExpectations`.

use crate::k8s::ordered::BTreeMap;
use crate::sim::{SimSpan, SimTime};

/// After this time a record counts as satisfied.
const TIMEOUT: SimSpan = SimSpan::from_secs(300);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expected {
    pub adds: i64,
    pub deletes: i64,
    pub set: SimTime,
}

/// One record per key.
#[derive(Clone, Debug)]
pub struct Expectations<K> {
    records: BTreeMap<K, Expected>,
}

impl<K> Default for Expectations<K> {
    fn default() -> Self {
        Self {
            records: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Clone> Expectations<K> {
    pub fn set(&mut self, key: &K, adds: i64, deletes: i64, now: SimTime) {
        self.records.insert(
            key.clone(),
            Expected {
                adds,
                deletes,
                set: now,
            },
        );
    }

    /// An object appeared.
    pub fn created(&mut self, key: &K) {
        self.lower(key, 1, 0);
    }

    /// An object began to go, or is gone.
    pub fn deleted(&mut self, key: &K) {
        self.lower(key, 0, 1);
    }

    /// Takes back what was not done.
    pub fn lower(&mut self, key: &K, adds: i64, deletes: i64) {
        if let Some(record) = self.records.get_mut(key) {
            record.adds -= adds;
            record.deletes -= deletes;
        }
    }

    /// Nothing is outstanding, or it has been for too long.
    pub fn satisfied(&self, key: &K, now: SimTime) -> bool {
        self.records
            .get(key)
            .is_none_or(|r| (r.adds <= 0 && r.deletes <= 0) || now.since(r.set) > TIMEOUT)
    }

    pub fn remove(&mut self, key: &K) {
        self.records.remove(key);
    }

    pub fn get(&self, key: &K) -> Option<Expected> {
        self.records.get(key).copied()
    }
}
