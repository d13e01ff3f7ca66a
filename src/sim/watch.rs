//! What a watching part receives, and the inbox in which it waits for its time.

use super::store::Change;
use super::{SimSpan, SimTime};
use crate::k8s::{Kind, Object};
use std::collections::VecDeque;
use std::sync::Arc;

/// An empty inbox keeps room for so many deliveries.
const ROOM: usize = 1024;

/// One thing that a watch tells.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// One committed write.
    Change(Arc<Change>),
    /// A fresh list of a kind: at the start, and after a watch was lost.
    List {
        kind: Kind,
        objects: Vec<Arc<Object>>,
        /// The store's version when the list was taken.
        resource_version: u64,
    },
}

/// Deliveries on their way to one part, in commit order.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    deliveries: VecDeque<(SimTime, Delivery)>,
}

impl Inbox {
    /// Queues a delivery for `now + delay`, never before an earlier one. True when it is the only one, so that
    /// the part must be woken at the returned time.
    pub fn push(&mut self, now: SimTime, delay: SimSpan, delivery: Delivery) -> Option<SimTime> {
        let at = self
            .deliveries
            .back()
            .map_or(now + delay, |(last, _)| (now + delay).max(*last));
        self.deliveries.push_back((at, delivery));
        (self.deliveries.len() == 1).then_some(at)
    }

    /// The next delivery that is due.
    pub fn pop(&mut self, now: SimTime) -> Option<Delivery> {
        let (_, delivery) = self.deliveries.pop_front_if(|(at, _)| *at <= now)?;
        if self.deliveries.is_empty() {
            // The next ones come where the last ones were, not further on in the ring; room for a whole cluster, which
            // boots once, is given back.
            self.deliveries.clear();
            self.deliveries.shrink_to(ROOM);
        }
        Some(delivery)
    }

    pub fn next_at(&self) -> Option<SimTime> {
        self.deliveries.front().map(|(at, _)| *at)
    }

    /// Loses everything that is on its way.
    pub fn clear(&mut self) {
        self.deliveries.clear();
    }

    pub fn len(&self) -> usize {
        self.deliveries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.deliveries.is_empty()
    }
}
