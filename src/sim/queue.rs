//! What happens later, ordered by (time, sequence).

use super::SimTime;
use std::collections::BTreeMap;

/// The moment of an event, and how many were queued before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Place(SimTime, u64);

/// Events in simulated time. Two events of the same moment come out in the order in which they went in.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    events: BTreeMap<Place, E>,
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
    pub fn push(&mut self, at: SimTime, event: E) {
        self.events.insert(Place(at, self.next), event);
        self.next += 1;
    }

    /// When the next event is due.
    pub fn next_at(&self) -> Option<SimTime> {
        self.events.keys().next().map(|place| place.0)
    }

    /// The next event if it is due at or before `until`.
    pub fn pop_until(&mut self, until: SimTime) -> Option<(SimTime, E)> {
        if self.next_at()? > until {
            return None;
        }
        self.pop()
    }

    /// The next event, whenever it is due.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.events
            .pop_first()
            .map(|(place, event)| (place.0, event))
    }

    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        self.events.iter().map(|(place, event)| (place.0, event))
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
        queue.push(at(5), "c");
        assert_eq!(queue.pop_until(at(2)), None);
        let rest: Vec<_> = std::iter::from_fn(|| queue.pop_until(at(9))).collect();
        assert_eq!(rest, [(at(3), "a"), (at(5), "b"), (at(5), "c")]);
    }
}
