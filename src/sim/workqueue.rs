//! Keys to work on: deduplicated, delayed, rate-limited.
//!
//! Upstream: staging/src/k8s.io/client-go/util/workqueue. Waiting for delayed keys is the owner's: every add
//! with a delay returns the moment at which [`WorkQueue::due`] should be called.

use super::{SimSpan, SimTime};
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use std::collections::VecDeque;

/// Per-key failures wait 5 ms × 2^(n-1), at most 1000 s.
const BASE_DELAY: SimSpan = SimSpan::from_millis(5);
const MAX_DELAY: SimSpan = SimSpan::from_secs(1000);

/// A queue of keys with client-go's semantics: a waiting key is held once; a key added while it is processed
/// is queued again when that ends.
#[derive(Clone, Debug)]
pub struct WorkQueue<K> {
    ready: VecDeque<K>,
    dirty: BTreeSet<K>,
    /// In order; there are no more than workers.
    processing: Vec<K>,
    delayed: BTreeMap<K, SimTime>,
    failures: BTreeMap<K, u32>,
}

impl<K> Default for WorkQueue<K> {
    fn default() -> Self {
        Self {
            ready: VecDeque::new(),
            dirty: BTreeSet::new(),
            processing: Vec::new(),
            delayed: BTreeMap::new(),
            failures: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Clone> WorkQueue<K> {
    pub fn add(&mut self, key: K) {
        if !self.dirty.insert(key.clone()) {
            return;
        }
        if !self.processing.contains(&key) {
            self.ready.push_back(key);
        }
    }

    /// Adds the key after a delay. A key that waits already keeps the earlier of the two times. Returns when
    /// the key is due.
    pub fn add_after(&mut self, key: K, now: SimTime, delay: SimSpan) -> SimTime {
        let at = now + delay;
        let due = self.delayed.entry(key).or_insert(at);
        *due = (*due).min(at);
        *due
    }

    /// Adds the key after its back-off and counts a failure. Returns when it is due.
    pub fn add_rate_limited(&mut self, key: K, now: SimTime) -> SimTime {
        let failures = self.failures.entry(key.clone()).or_insert(0);
        let delay = BASE_DELAY
            .times(1_u64 << (*failures).min(20))
            .min(MAX_DELAY);
        *failures = failures.saturating_add(1);
        self.add_after(key, now, delay)
    }

    /// Moves the delayed keys whose time has come into the queue, earliest first.
    pub fn due(&mut self, now: SimTime) {
        let mut keys: Vec<(SimTime, K)> = self
            .delayed
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(key, at)| (*at, key.clone()))
            .collect();
        keys.sort();
        for (_, key) in keys {
            self.delayed.remove(&key);
            self.add(key);
        }
    }

    /// Takes the next key for processing; [`WorkQueue::done`] must follow.
    pub fn take(&mut self) -> Option<K> {
        let key = self.ready.pop_front()?;
        self.dirty.remove(&key);
        if let Err(place) = self.processing.binary_search(&key) {
            self.processing.insert(place, key.clone());
        }
        Some(key)
    }

    /// Ends the processing of a key; one added meanwhile is queued again.
    pub fn done(&mut self, key: &K) {
        if let Ok(place) = self.processing.binary_search(key) {
            self.processing.remove(place);
        }
        if self.dirty.contains(key) {
            self.ready.push_back(key.clone());
        }
    }

    /// Resets the key's failures.
    pub fn forget(&mut self, key: &K) {
        self.failures.remove(key);
    }

    pub fn failures(&self, key: &K) -> u32 {
        self.failures.get(key).copied().unwrap_or(0)
    }

    /// Nothing is ready to be taken.
    pub fn is_idle(&self) -> bool {
        self.ready.is_empty()
    }

    /// Keys that are ready, in order.
    pub fn waiting(&self) -> impl Iterator<Item = &K> {
        self.ready.iter()
    }

    /// Keys in processing.
    pub fn in_processing(&self) -> impl Iterator<Item = &K> {
        self.processing.iter()
    }

    /// Delayed keys and when they are due.
    pub fn delayed(&self) -> impl Iterator<Item = (&K, SimTime)> {
        self.delayed.iter().map(|(key, at)| (key, *at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_held_once_and_queued_again_when_added_during_processing() {
        let mut queue = WorkQueue::default();
        queue.add("a");
        queue.add("a");
        assert_eq!(queue.take(), Some("a"));
        assert_eq!(queue.take(), None);
        queue.add("a");
        assert_eq!(queue.take(), None);
        queue.done(&"a");
        assert_eq!(queue.take(), Some("a"));
    }

    #[test]
    fn delays_double_and_the_earlier_time_wins() {
        let mut queue = WorkQueue::default();
        let now = SimTime::from_millis(1000);
        assert_eq!(
            queue.add_rate_limited("a", now),
            now + SimSpan::from_millis(5)
        );
        queue.due(now + SimSpan::from_millis(5));
        assert_eq!(queue.take(), Some("a"));
        assert_eq!(
            queue.add_rate_limited("a", now),
            now + SimSpan::from_millis(10)
        );
        assert_eq!(
            queue.add_after("a", now, SimSpan::from_secs(9)),
            now + SimSpan::from_millis(10)
        );
    }
}
