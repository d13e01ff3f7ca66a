//! What one slot of the books adds to the sums: counters, work, standing in a rolling update.

use crate::sim::SimTime;

/// What a slot adds to the sums.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    pub counted: Counted,
    pub place: Place,
    pub roll: Option<Roll>,
    /// When a pod of the slot becomes available.
    pub ripe: Option<SimTime>,
}

/// The counters of the status.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    pub desired: i64,
    pub current: i64,
    pub misscheduled: i64,
    pub ready: i64,
    pub available: i64,
    pub updated: i64,
}

/// The counters that count a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Counted {
    pub desired: bool,
    pub current: bool,
    pub misscheduled: bool,
    pub ready: bool,
    pub available: bool,
    pub updated: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Place {
    /// Nothing to do.
    #[default]
    Quiet,
    /// A pod should run and there is none.
    Empty,
    /// Pods to delete, or more to think about.
    Attention,
}

/// Where a slot stands in a rolling update; terminating pods do not count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Roll {
    /// Two new or two old pods.
    Excess,
    /// No pod, or only terminating ones.
    Vacant,
    Both {
        new_available: bool,
        old_available: bool,
    },
    New {
        available: bool,
    },
    Old {
        available: bool,
        home: Home,
    },
}

/// The node of an old pod.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Home {
    /// It should run a pod.
    Runs,
    /// It should not.
    Refuses,
    /// It is not in the cache.
    Gone,
}

impl Counts {
    /// Takes in that a slot is counted in another way.
    pub(super) fn move_by(&mut self, old: Counted, new: Counted) {
        let by = |old: bool, new: bool| i64::from(new) - i64::from(old);
        self.desired += by(old.desired, new.desired);
        self.current += by(old.current, new.current);
        self.misscheduled += by(old.misscheduled, new.misscheduled);
        self.ready += by(old.ready, new.ready);
        self.available += by(old.available, new.available);
        self.updated += by(old.updated, new.updated);
    }
}
