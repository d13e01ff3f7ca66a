//! Does the cache already show the controller's own last writes?
//!
//! Upstream: pkg/controller/util/consistency (feature StaleControllerConsistency, on in v1.36).

use super::Key;
use crate::k8s::Str;
use crate::k8s::ordered::BTreeMap;

/// The kinds whose writes are remembered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    Pods,
    DaemonSets,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Record {
    uid: Str,
    /// The newest version written that was not seen yet, by kind; 0: none.
    wrote: [u64; 2],
}

/// What was written for each DaemonSet, and how far the caches have come.
#[derive(Clone, Debug, Default)]
pub struct Consistency {
    records: BTreeMap<Key, Record>,
    read: [u64; 2],
}

impl Consistency {
    /// The controller wrote a version for an owner. A write for another uid starts a new record.
    pub fn wrote(&mut self, key: &Key, uid: &Str, kind: Written, version: u64) {
        let record = self.records.entry(key.clone()).or_default();
        if record.uid != *uid {
            *record = Record {
                uid: uid.clone(),
                wrote: [0; 2],
            };
        }
        let mark = &mut record.wrote[kind as usize];
        *mark = (*mark).max(version);
    }

    /// The cache of a kind has come to a version.
    pub fn read(&mut self, kind: Written, version: u64) {
        let mark = &mut self.read[kind as usize];
        *mark = (*mark).max(version);
    }

    /// True when the caches show all that was written for the owner; its record is forgotten then.
    pub fn ready(&mut self, key: &Key) -> bool {
        let Some(record) = self.records.get_mut(key) else {
            return true;
        };
        for (wrote, read) in record.wrote.iter_mut().zip(self.read) {
            if *wrote <= read {
                *wrote = 0;
            }
        }
        let ready = record.wrote == [0; 2];
        if ready {
            self.records.remove(key);
        }
        ready
    }

    /// Forgets an owner, if it is the one with this uid (an empty one stands for any).
    pub fn clear(&mut self, key: &Key, uid: &str) {
        let same = |record: &Record| uid.is_empty() || record.uid == *uid;
        if self.records.get(key).is_some_and(same) {
            self.records.remove(key);
        }
    }

    /// Whether something is remembered for an owner.
    pub fn pending(&self, key: &Key) -> bool {
        self.records.contains_key(key)
    }
}
