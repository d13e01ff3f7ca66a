//! Exponential back-off per key.
//!
//! Upstream: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go Backoff

use super::{SimSpan, SimTime};
use crate::k8s::ordered::BTreeMap;

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

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(n: u64) -> SimSpan {
        SimSpan::from_secs(n)
    }

    #[test]
    fn delays_double_from_ten_seconds_to_five_minutes() {
        let mut backoff = Backoff::new(secs(10), secs(300));
        let mut now = SimTime::default() + secs(1000);
        assert!(!backoff.in_backoff(&"a", now), "the first try is free");
        for delay in [10, 20, 40, 80, 160, 300, 300, 300] {
            backoff.advance(&"a", now);
            assert_eq!(backoff.delay(&"a"), secs(delay));
            let last = SimSpan::from_millis(delay * 1000 - 1);
            assert!(backoff.in_backoff(&"a", now + last), "{delay} s");
            assert!(!backoff.in_backoff(&"a", now + secs(delay)), "{delay} s");
            // Counted from a container's end, which is before the entry's next update.
            assert!(backoff.in_backoff_since(&"a", now, now + last), "{delay} s");
            assert!(!backoff.in_backoff(&"b", now), "of another key");
            now = now + secs(delay);
        }
    }

    #[test]
    fn ten_minutes_of_silence_are_forgiven() {
        let start = SimTime::default() + secs(1000);
        for (silence, delay) in [(600, 20), (601, 10)] {
            let mut backoff = Backoff::new(secs(10), secs(300));
            backoff.advance(&"a", start);
            backoff.collect(start + secs(600));
            backoff.advance(&"a", start + secs(silence));
            assert_eq!(backoff.delay(&"a"), secs(delay), "after {silence} s");
        }
    }
}
