//! Exponential back-off per key.
//!
//! Upstream: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go Backoff

use super::{SimSpan, SimTime};
use std::collections::BTreeMap;

/// Delays per key: `initial`, doubling, at most `max`; an entry idle for longer than twice `max` is forgotten.
#[derive(Clone, Debug)]
pub struct Backoff<K> {
    initial: SimSpan,
    max: SimSpan,
    /// Idle time after which an entry counts as expired.
    expiry: SimSpan,
    entries: BTreeMap<K, Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    delay: SimSpan,
    updated: SimTime,
}

impl<K: Ord + Clone> Backoff<K> {
    pub fn new(initial: SimSpan, max: SimSpan) -> Self {
        Self {
            initial,
            max,
            expiry: max.times(2),
            entries: BTreeMap::new(),
        }
    }

    fn live(&self, key: &K, now: SimTime) -> Option<&Entry> {
        self.entries
            .get(key)
            .filter(|e| now.since(e.updated) <= self.expiry)
    }

    /// The present delay, zero without an entry.
    pub fn delay(&self, key: &K) -> SimSpan {
        self.entries.get(key).map_or(SimSpan::ZERO, |e| e.delay)
    }

    /// Starts or doubles the delay.
    pub fn advance(&mut self, key: &K, now: SimTime) {
        let delay = match self.live(key, now) {
            None => self.initial,
            Some(entry) => entry.delay.times(2).min(self.max),
        };
        self.entries.insert(
            key.clone(),
            Entry {
                delay,
                updated: now,
            },
        );
    }

    /// Less than the delay has passed since the entry's last update.
    pub fn in_backoff(&self, key: &K, now: SimTime) -> bool {
        self.live(key, now)
            .is_some_and(|e| now.since(e.updated) < e.delay)
    }

    /// As [`Backoff::in_backoff`], measured from a moment of the caller's to the entry's last update.
    pub fn in_backoff_since(&self, key: &K, event: SimTime, now: SimTime) -> bool {
        self.live(key, event)
            .is_some_and(|e| now.since(event) < e.delay)
    }

    pub fn remove(&mut self, key: &K) {
        self.entries.remove(key);
    }

    /// Forgets expired entries.
    pub fn collect(&mut self, now: SimTime) {
        let expiry = self.expiry;
        self.entries.retain(|_, e| now.since(e.updated) <= expiry);
    }

    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.entries.keys()
    }
}
