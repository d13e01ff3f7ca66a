//! What happens later, ordered by (time, sequence).

use super::SimTime;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The moment of an event, and how many were queued before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Place(SimTime, u64);

/// Events in simulated time. Two events of the same moment come out in the order in which they went in.
///
/// The heap orders places alone, which are small; the events lie still in slots beside it.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    order: BinaryHeap<Reverse<(Place, usize)>>,
    slots: Vec<Option<E>>,
    /// Slots that are empty.
    free: Vec<usize>,
    next: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self {
            order: BinaryHeap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            next: 0,
        }
    }
}

impl<E> EventQueue<E> {
    pub fn push(&mut self, at: SimTime, event: E) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[slot] = Some(event);
        self.order.push(Reverse((Place(at, self.next), slot)));
        self.next += 1;
    }

    /// When the next event is due.
    pub fn next_at(&self) -> Option<SimTime> {
        self.order.peek().map(|place| place.0.0.0)
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
        let Reverse((place, slot)) = self.order.pop()?;
        self.free.push(slot);
        let event = self.slots.get_mut(slot)?.take()?;
        Some((place.0, event))
    }

    /// The next event, which stays.
    pub fn peek(&self) -> Option<(SimTime, &E)> {
        let Reverse((place, slot)) = self.order.peek()?;
        Some((place.0, self.slots.get(*slot)?.as_ref()?))
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
