//! What happens later, ordered by (time, sequence).

use super::SimTime;
use std::collections::BTreeMap;

/// Identity of a queued event, for cancelling and moving it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EventId(SimTime, u64);

/// Events in simulated time. Two events of the same moment come out in the order in which they went in.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    events: BTreeMap<EventId, E>,
    next: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self {
            events: BTreeMap::new(),
            next: 0,
        }
    }
}

impl<E> EventQueue<E> {
    pub fn push(&mut self, at: SimTime, event: E) -> EventId {
        let id = EventId(at, self.next);
        self.next += 1;
        self.events.insert(id, event);
        id
    }

    pub fn cancel(&mut self, id: EventId) -> Option<E> {
        self.events.remove(&id)
    }

    /// When the next event is due.
    pub fn next_at(&self) -> Option<SimTime> {
        self.events.keys().next().map(|id| id.0)
    }

    /// The next event if it is due at or before `until`.
    pub fn pop_until(&mut self, until: SimTime) -> Option<(SimTime, E)> {
        if self.next_at()? > until {
            return None;
        }
        self.events.pop_first().map(|(id, event)| (id.0, event))
    }

    pub fn len(&self) -> usize {
        self.events.len()
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        self.events.iter().map(|(id, event)| (id.0, event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordered_by_time_then_sequence() {
        let mut queue = EventQueue::default();
        let at = SimTime::from_millis;
        queue.push(at(5), "b");
        queue.push(at(3), "a");
        let gone = queue.push(at(4), "x");
        queue.push(at(5), "c");
        assert_eq!(queue.cancel(gone), Some("x"));
        assert_eq!(queue.pop_until(at(2)), None);
        let rest: Vec<_> = std::iter::from_fn(|| queue.pop_until(at(9))).collect();
        assert_eq!(rest, [(at(3), "a"), (at(5), "b"), (at(5), "c")]);
    }
}
