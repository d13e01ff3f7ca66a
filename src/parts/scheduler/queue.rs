//! Pods that wait for a node: ready to be tried, in back-off, or unschedulable until something changes.
//!
//! Upstream: pkg/scheduler/backend/queue/scheduling_queue.go

use super::filter::Failure;
use crate::sim::store::NsName;
use crate::sim::{SimSpan, SimTime};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// First back-off of a pod; doubles with each attempt.
const BACKOFF_INITIAL: SimSpan = SimSpan::from_secs(1);
/// Longest back-off.
const BACKOFF_MAX: SimSpan = SimSpan::from_secs(10);

/// Where a waiting pod is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// Position in the active queue.
    Active(u64),
    /// Tried again at this moment.
    Backoff(SimTime),
    /// Since when nothing that could help has happened.
    Unschedulable(SimTime),
}

/// A waiting pod.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    pub priority: i64,
    /// Attempts that failed.
    pub attempts: u32,
    /// When the last attempt ended.
    pub tried: SimTime,
    pub place: Place,
    /// Distinct failures of the last attempt.
    pub failures: Vec<Failure>,
}

/// All waiting pods.
#[derive(Clone, Debug, Default)]
pub struct SchedulingQueue {
    waiting: BTreeMap<NsName, Waiting>,
    active: BTreeMap<(Reverse<i64>, u64), NsName>,
    /// The pods that are unschedulable, so that a change need not look at the others.
    unschedulable: BTreeSet<NsName>,
    next: u64,
}

impl SchedulingQueue {
    pub fn get(&self, key: &NsName) -> Option<&Waiting> {
        self.waiting.get(key)
    }

    /// Waiting pods and where they are.
    pub fn iter(&self) -> impl Iterator<Item = (&NsName, &Waiting)> {
        self.waiting.iter()
    }

    /// A new pod goes to the active queue.
    pub fn add(&mut self, key: &NsName, priority: i64, now: SimTime) {
        if self.waiting.contains_key(key) {
            return;
        }
        let place = Place::Active(self.activate(key, priority));
        let waiting = Waiting {
            priority,
            attempts: 0,
            tried: now,
            place,
            failures: Vec::new(),
        };
        self.waiting.insert(key.clone(), waiting);
    }

    fn activate(&mut self, key: &NsName, priority: i64) -> u64 {
        self.next += 1;
        self.active
            .insert((Reverse(priority), self.next), key.clone());
        self.next
    }

    pub fn remove(&mut self, key: &NsName) {
        self.unschedulable.remove(key);
        if let Some(Waiting {
            priority,
            place: Place::Active(n),
            ..
        }) = self.waiting.remove(key)
        {
            self.active.remove(&(Reverse(priority), n));
        }
    }

    /// The pod to try next.
    pub fn pop(&mut self) -> Option<NsName> {
        self.active.pop_first().map(|(_, key)| key)
    }

    pub fn is_idle(&self) -> bool {
        self.active.is_empty()
    }

    /// An attempt failed: the pod waits until something that may help happens.
    pub fn failed(&mut self, key: &NsName, failures: Vec<Failure>, now: SimTime) {
        if let Some(waiting) = self.waiting.get_mut(key) {
            waiting.attempts = waiting.attempts.saturating_add(1);
            waiting.tried = now;
            waiting.failures = failures;
            waiting.place = Place::Unschedulable(now);
            self.unschedulable.insert(key.clone());
        }
    }

    /// Something that may help an unschedulable pod has happened: it is tried again after its back-off. Returns
    /// when, if that is in the future.
    pub fn wake(&mut self, key: &NsName, now: SimTime) -> Option<SimTime> {
        if !self.unschedulable.remove(key) {
            return None;
        }
        let waiting = self.waiting.get_mut(key)?;
        let doublings = waiting.attempts.saturating_sub(1).min(10);
        let at = waiting.tried + BACKOFF_INITIAL.times(1 << doublings).min(BACKOFF_MAX);
        if at > now {
            waiting.place = Place::Backoff(at);
            return Some(at);
        }
        self.requeue(key);
        None
    }

    fn requeue(&mut self, key: &NsName) {
        let Some(priority) = self.waiting.get(key).map(|w| w.priority) else {
            return;
        };
        let n = self.activate(key, priority);
        if let Some(waiting) = self.waiting.get_mut(key) {
            waiting.place = Place::Active(n);
        }
    }

    /// Moves pods whose back-off is over to the active queue.
    pub fn flush_backoff(&mut self, now: SimTime) {
        let due = |place: &Place| matches!(place, Place::Backoff(at) if *at <= now);
        let keys: Vec<NsName> = self
            .waiting
            .iter()
            .filter(|(_, w)| due(&w.place))
            .map(|(k, _)| k.clone())
            .collect();
        for key in keys {
            self.requeue(&key);
        }
    }

    /// Keys of unschedulable pods that a change may help.
    pub fn unschedulable(&self, helped: impl Fn(&NsName, &Waiting) -> bool) -> Vec<NsName> {
        let waits = |key: &&NsName| self.waiting.get(*key).is_some_and(|w| helped(key, w));
        self.unschedulable.iter().filter(waits).cloned().collect()
    }
}
