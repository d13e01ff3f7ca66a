//! What happened, append-only: who did what to which object. Hashed as it grows; the newest part is kept.

use super::SimTime;
use crate::k8s::{ObjectKey, Str};
use std::collections::VecDeque;

/// How many entries are kept for reading; the hash covers all.
pub const TRACE_LIMIT: usize = 4096;

/// One call to the API server and its answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    pub at: SimTime,
    /// `daemonset-controller`, `kubelet/worker01`, `kubectl`, …
    pub actor: Str,
    /// `create`, `update`, `patch`, `delete`, `bind`, with `/status` where it is that subresource.
    pub verb: &'static str,
    pub key: ObjectKey,
    /// The version written, 0 when refused.
    pub resource_version: u64,
    /// The reason of a refusal, else empty.
    pub refused: &'static str,
}

/// The record of a run.
#[derive(Clone, Debug)]
pub struct Trace {
    entries: VecDeque<Entry>,
    count: u64,
    hash: u64,
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            count: 0,
            hash: 0xcbf2_9ce4_8422_2325,
        }
    }
}

impl Trace {
    pub fn push(&mut self, entry: Entry) {
        self.mix(&entry.at.as_millis().to_le_bytes());
        self.mix(entry.actor.as_bytes());
        self.mix(entry.verb.as_bytes());
        self.mix(entry.key.kind.name().as_bytes());
        self.mix(entry.key.namespace.as_bytes());
        self.mix(entry.key.name.as_bytes());
        self.mix(&entry.resource_version.to_le_bytes());
        self.mix(entry.refused.as_bytes());
        self.count += 1;
        self.entries.push_back(entry);
        if self.entries.len() > TRACE_LIMIT {
            self.entries.pop_front();
        }
    }

    fn mix(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.hash = (self.hash ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    }

    /// The newest entries, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }

    /// How many entries there were in all.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// FNV-1a over all entries: equal runs have equal hashes, on every platform.
    pub fn hash(&self) -> u64 {
        self.hash
    }
}
