//! Creations and deletions that the controller made and has not seen yet.

use super::Key;
use crate::k8s::ordered::BTreeMap;
use crate::sim::{SimSpan, SimTime};

/// After this long the controller no longer waits for what it expects.
pub const TIMEOUT: SimSpan = SimSpan::from_secs(300);

/// What is outstanding for one DaemonSet. Counts may be negative: a deletion is often seen twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outstanding {
    pub adds: i64,
    pub deletes: i64,
    /// When it was set.
    pub since: SimTime,
}

/// The records of all DaemonSets.
///
/// Upstream: pkg/controller/controller_utils.go `ControllerExpectations`.
#[derive(Clone, Debug, Default)]
pub struct Expectations(BTreeMap<Key, Outstanding>);

impl Expectations {
    /// Replaces a record.
    pub fn set(&mut self, key: &Key, adds: i64, deletes: i64, now: SimTime) {
        let since = now;
        let record = Outstanding {
            adds,
            deletes,
            since,
        };
        self.0.insert(key.clone(), record);
    }

    pub fn creation_observed(&mut self, key: &Key) {
        self.lower(key, 1, 0);
    }

    pub fn deletion_observed(&mut self, key: &Key) {
        self.lower(key, 0, 1);
    }

    pub fn lower(&mut self, key: &Key, adds: i64, deletes: i64) {
        if let Some(record) = self.0.get_mut(key) {
            record.adds -= adds;
            record.deletes -= deletes;
        }
    }

    /// No record, nothing outstanding, or an old record.
    pub fn satisfied(&self, key: &Key, now: SimTime) -> bool {
        self.0.get(key).is_none_or(|record| {
            (record.adds <= 0 && record.deletes <= 0) || now.since(record.since) > TIMEOUT
        })
    }

    pub fn delete(&mut self, key: &Key) {
        self.0.remove(key);
    }

    pub fn get(&self, key: &Key) -> Option<&Outstanding> {
        self.0.get(key)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Outstanding)> {
        self.0.iter()
    }
}
