//! Pods that wait for a node: ready to be tried, in back-off, or unschedulable until something changes.
//!
//! A back-off only sets pods behind others: when nothing else is to be tried, they are
//! (`SchedulerPopFromBackoffQ`). Not so after an error, of which waiting is the cure.
//!
//! Upstream: pkg/scheduler/backend/queue/scheduling_queue.go

use super::filter::Failure;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::sim::store::NsName;
use crate::sim::{SimSpan, SimTime};
use std::cmp::Reverse;

/// First back-off of a pod; doubles with each attempt.
const BACKOFF_INITIAL: SimSpan = SimSpan::from_secs(1);
/// Longest back-off.
const BACKOFF_MAX: SimSpan = SimSpan::from_secs(10);
/// Back-offs that end within the same span of this length count as equal. Upstream:
/// `backoffQOrderingWindowDuration`
const WINDOW: SimSpan = SimSpan::from_secs(1);

/// Where a waiting pod is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// In the active queue.
    Active,
    /// Behind the active ones until this moment.
    Backoff(SimTime),
    /// An error ended the last attempt: not tried before this moment.
    Error(SimTime),
    /// Since when nothing that could help has happened.
    Unschedulable(SimTime),
}

/// A waiting pod.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    pub priority: i64,
    /// Attempts that found no node.
    pub attempts: u32,
    /// Attempts that ended with an error, one after the other.
    pub errors: u32,
    /// When the last attempt ended.
    pub tried: SimTime,
    /// Its place among pods of one priority: counted when it comes and whenever an attempt has failed.
    pub turn: u64,
    pub place: Place,
    /// Distinct failures of the last attempt.
    pub failures: Vec<Failure>,
}

impl Waiting {
    fn place_in_line(&self) -> (Reverse<i64>, u64) {
        (Reverse(self.priority), self.turn)
    }

    fn place_behind(&self) -> (u64, Reverse<i64>, u64) {
        let ends = match self.place {
            Place::Backoff(at) => at.as_millis() / WINDOW.as_millis(),
            Place::Active | Place::Error(_) | Place::Unschedulable(_) => 0,
        };
        (ends, Reverse(self.priority), self.turn)
    }
}

fn backoff(attempts: u32) -> SimSpan {
    let doublings = attempts.saturating_sub(1).min(10);
    BACKOFF_INITIAL.times(1 << doublings).min(BACKOFF_MAX)
}

/// All waiting pods.
#[derive(Clone, Debug, Default)]
pub struct SchedulingQueue {
    waiting: BTreeMap<NsName, Waiting>,
    active: BTreeMap<(Reverse<i64>, u64), NsName>,
    /// By the span in which the back-off ends, then as above.
    backoff: BTreeMap<(u64, Reverse<i64>, u64), NsName>,
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
        self.next += 1;
        let turn = self.next;
        let waiting = Waiting {
            priority,
            attempts: 0,
            errors: 0,
            tried: now,
            turn,
            place: Place::Active,
            failures: Vec::new(),
        };
        self.active.insert(waiting.place_in_line(), key.clone());
        self.waiting.insert(key.clone(), waiting);
    }

    pub fn remove(&mut self, key: &NsName) {
        self.unschedulable.remove(key);
        if let Some(waiting) = self.waiting.remove(key) {
            self.active.remove(&waiting.place_in_line());
            self.backoff.remove(&waiting.place_behind());
        }
    }

    /// The pod to try next.
    pub fn pop(&mut self, now: SimTime) -> Option<NsName> {
        self.flush_backoff(now);
        let active = self.active.pop_first().map(|(_, key)| key);
        active.or_else(|| self.backoff.pop_first().map(|(_, key)| key))
    }

    pub fn is_idle(&self) -> bool {
        self.active.is_empty() && self.backoff.is_empty()
    }

    /// An attempt failed: the pod waits until something that may help happens.
    pub fn failed(&mut self, key: &NsName, failures: Vec<Failure>, now: SimTime) {
        if let Some(waiting) = self.waiting.get_mut(key) {
            waiting.attempts = waiting.attempts.saturating_add(1);
            waiting.errors = 0;
            waiting.tried = now;
            self.next += 1;
            waiting.turn = self.next;
            waiting.failures = failures;
            waiting.place = Place::Unschedulable(now);
            self.unschedulable.insert(key.clone());
        }
    }

    /// An attempt ended with an error: the pod is tried again after a back-off, whatever happens. When that is.
    pub fn erred(&mut self, key: &NsName, now: SimTime) -> Option<SimTime> {
        let waiting = self.waiting.get_mut(key)?;
        waiting.errors = waiting.errors.saturating_add(1);
        waiting.tried = now;
        self.next += 1;
        waiting.turn = self.next;
        waiting.failures = Vec::new();
        let at = now + backoff(waiting.errors);
        waiting.place = Place::Error(at);
        Some(at)
    }

    /// Back-offs after errors that are over: those pods are to be tried.
    pub fn retry(&mut self, now: SimTime) {
        for (key, waiting) in &mut self.waiting {
            if matches!(waiting.place, Place::Error(at) if at <= now) {
                waiting.place = Place::Active;
                self.active.insert(waiting.place_in_line(), key.clone());
            }
        }
    }

    /// Something that may help an unschedulable pod has happened: it is tried again.
    pub fn wake(&mut self, key: &NsName, now: SimTime) {
        if !self.unschedulable.remove(key) {
            return;
        }
        let Some(waiting) = self.waiting.get_mut(key) else {
            return;
        };
        let at = waiting.tried + backoff(waiting.attempts);
        if at > now {
            waiting.place = Place::Backoff(at);
            self.backoff.insert(waiting.place_behind(), key.clone());
        } else {
            waiting.place = Place::Active;
            self.active.insert(waiting.place_in_line(), key.clone());
        }
    }

    /// Moves pods whose back-off is over to the active queue.
    fn flush_backoff(&mut self, now: SimTime) {
        let over = |window: u64| window < now.as_millis() / WINDOW.as_millis();
        while let Some((first, _)) = self.backoff.first_key_value()
            && over(first.0)
            && let Some((_, key)) = self.backoff.pop_first()
        {
            if let Some(waiting) = self.waiting.get_mut(&key) {
                waiting.place = Place::Active;
                self.active.insert(waiting.place_in_line(), key);
            }
        }
    }

    /// Keys of unschedulable pods that a change may help.
    pub fn unschedulable(&self, helped: impl Fn(&NsName, &Waiting) -> bool) -> Vec<NsName> {
        let waits = |key: &&NsName| self.waiting.get(*key).is_some_and(|w| helped(key, w));
        self.unschedulable.iter().filter(waits).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::Str;

    fn key(name: &'static str) -> NsName {
        NsName {
            namespace: "default".into(),
            name: name.into(),
        }
    }

    fn at(ms: u64) -> SimTime {
        SimTime::from_millis(1_000_000 + ms)
    }

    fn pop(queue: &mut SchedulingQueue, now: SimTime) -> Option<Str> {
        queue.pop(now).map(|key| key.name)
    }

    #[test]
    fn higher_priority_comes_first_then_who_came_earlier() {
        let mut queue = SchedulingQueue::default();
        let pods = [
            ("a", 0),
            ("b", 5),
            ("c", 0),
            ("d", 2_000_000_000),
            ("e", 5),
            ("f", -1),
        ];
        for (name, priority) in pods {
            queue.add(&key(name), priority, at(0));
        }
        queue.add(&key("a"), 0, at(1));
        queue.remove(&key("c"));
        let order: Vec<Str> = std::iter::from_fn(|| pop(&mut queue, at(2))).collect();
        assert_eq!(order, ["d", "b", "e", "a", "f"]);
    }

    #[test]
    fn back_off_doubles_from_one_to_ten_seconds() {
        let mut queue = SchedulingQueue::default();
        queue.add(&key("a"), 0, at(0));
        let mut now = 0;
        for seconds in [1, 2, 4, 8, 10, 10, 10] {
            assert_eq!(pop(&mut queue, at(now)).as_deref(), Some("a"));
            queue.failed(&key("a"), Vec::new(), at(now));
            assert!(queue.is_idle(), "without a reason it is not tried again");
            assert_eq!(queue.unschedulable(|_, _| true), [key("a")]);
            let end = now + seconds * 1000;
            for woken in [10, 20] {
                queue.wake(&key("a"), at(now + woken));
                let place = queue.get(&key("a")).map(|waiting| waiting.place.clone());
                assert_eq!(place, Some(Place::Backoff(at(end))), "{seconds} s");
            }
            now = end;
        }
    }

    #[test]
    fn after_an_error_a_pod_waits_for_its_time() {
        let mut queue = SchedulingQueue::default();
        queue.add(&key("a"), 0, at(0));
        let mut now = 0;
        for seconds in [1, 2, 4, 8, 10, 10] {
            assert_eq!(pop(&mut queue, at(now)).as_deref(), Some("a"));
            let end = now + seconds * 1000;
            assert_eq!(queue.erred(&key("a"), at(now)), Some(at(end)));
            queue.wake(&key("a"), at(now + 10));
            queue.retry(at(end - 1));
            assert_eq!(pop(&mut queue, at(end - 1)), None, "{seconds} s");
            queue.retry(at(end));
            now = end;
        }
        pop(&mut queue, at(now));
        queue.failed(&key("a"), Vec::new(), at(now));
        let counts = queue.get(&key("a")).map(|w| (w.attempts, w.errors));
        assert_eq!(counts, Some((1, 0)), "errors do not count as attempts");
    }

    #[test]
    fn a_back_off_sets_a_pod_behind_others_and_nothing_more() {
        // When the pod is woken, when the next one is taken, and who that is.
        for (woken, taken, first) in [
            (10, 20, "b"),
            (10, 999, "b"),
            (10, 2000, "a"),
            (1000, 1000, "a"),
        ] {
            let mut queue = SchedulingQueue::default();
            queue.add(&key("a"), 1, at(0));
            queue.pop(at(0));
            queue.failed(&key("a"), Vec::new(), at(0));
            queue.add(&key("b"), 0, at(5));
            queue.wake(&key("a"), at(woken));
            let told = format!("woken at {woken}, taken at {taken}");
            assert_eq!(pop(&mut queue, at(taken)).as_deref(), Some(first), "{told}");
            // Alone it need not wait.
            let second = if first == "a" { "b" } else { "a" };
            assert_eq!(
                pop(&mut queue, at(taken)).as_deref(),
                Some(second),
                "{told}"
            );
        }
    }
}
