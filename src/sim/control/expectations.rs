//! Creations and deletions that a controller has asked for and not yet seen.
//!
//! Upstream: pkg/controller/controller_utils.go `ControllerExpectations`.

use crate::k8s::ordered::BTreeMap;
use crate::sim::store::NsName;
use crate::sim::{SimSpan, SimTime};

/// After this time a record counts as satisfied.
const TIMEOUT: SimSpan = SimSpan::from_secs(300);

/// What is outstanding for one object. Counts may be negative: a deletion is often seen twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outstanding {
    pub adds: i64,
    pub deletes: i64,
    /// When it was set.
    pub since: SimTime,
}

/// The records of all objects that a controller works on.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    records: BTreeMap<NsName, Outstanding>,
}

impl Expectations {
    /// Replaces a record.
    pub fn set(&mut self, key: &NsName, adds: i64, deletes: i64, now: SimTime) {
        let since = now;
        let record = Outstanding {
            adds,
            deletes,
            since,
        };
        self.records.insert(key.clone(), record);
    }

    /// An object appeared.
    pub fn creation_observed(&mut self, key: &NsName) {
        self.lower(key, 1, 0);
    }

    /// An object began to go, or is gone.
    pub fn deletion_observed(&mut self, key: &NsName) {
        self.lower(key, 0, 1);
    }

    /// Takes back what was not done.
    pub fn lower(&mut self, key: &NsName, adds: i64, deletes: i64) {
        if let Some(record) = self.records.get_mut(key) {
            record.adds -= adds;
            record.deletes -= deletes;
        }
    }

    /// Nothing is outstanding, or it has been for too long.
    pub fn satisfied(&self, key: &NsName, now: SimTime) -> bool {
        self.records
            .get(key)
            .is_none_or(|r| (r.adds <= 0 && r.deletes <= 0) || now.since(r.since) > TIMEOUT)
    }

    pub fn delete(&mut self, key: &NsName) {
        self.records.remove(key);
    }

    pub fn get(&self, key: &NsName) -> Option<Outstanding> {
        self.records.get(key).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&NsName, &Outstanding)> {
        self.records.iter()
    }
}
