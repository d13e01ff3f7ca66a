//! `Worker`: takes the keys of a work queue, one after the other, each after the time that a sync takes.
//!
//! The loop that every controller runs: its owner adds keys, calls [`Worker::wake`] when a call ends, asks
//! [`Worker::turn`] for a key when a [`Tick`] comes, syncs it, and says with [`Worker::end`] what came of it.

use super::workqueue::WorkQueue;
use super::{Ctx, SimSpan, SimTime};

/// One worker and its queue.
#[derive(Clone, Debug)]
pub struct Worker<K> {
    queue: WorkQueue<K>,
    /// A turn is under way.
    working: bool,
}

impl<K> Default for Worker<K> {
    fn default() -> Self {
        Self {
            queue: WorkQueue::default(),
            working: false,
        }
    }
}

/// A moment that a worker asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tick {
    /// The worker takes the next key.
    Work,
    /// A delayed key is due.
    Due,
}

/// What came of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    Done,
    /// Done, and to be looked at again after a while.
    Again(SimSpan),
    /// To be tried again after its back-off.
    Failed,
}

impl<E> From<Result<(), E>> for Ended {
    fn from(result: Result<(), E>) -> Self {
        if result.is_ok() {
            Ended::Done
        } else {
            Ended::Failed
        }
    }
}

impl<K: Ord + Clone> Worker<K> {
    pub fn add(&mut self, key: K) {
        self.queue.add(key);
    }

    /// Adds the key after a delay.
    pub fn add_after<T: From<Tick>>(&mut self, ctx: &mut Ctx<'_, T>, key: K, delay: SimSpan) {
        let at = self.queue.add_after(key, ctx.now(), delay);
        ctx.at(at, Tick::Due.into());
    }

    /// Starts a turn when keys wait and none is under way; it takes the time of a write.
    pub fn wake<T: From<Tick>>(&mut self, ctx: &mut Ctx<'_, T>) {
        let pace = ctx.latency.write;
        self.wake_after(ctx, pace);
    }

    /// The same with another pace.
    pub fn wake_after<T: From<Tick>>(&mut self, ctx: &mut Ctx<'_, T>, pace: SimSpan) {
        if !self.working && !self.queue.is_idle() {
            self.working = true;
            ctx.after(pace, Tick::Work.into());
        }
    }

    /// The key to work on at this tick; [`Worker::end`] must follow.
    pub fn turn(&mut self, now: SimTime, tick: Tick) -> Option<K> {
        match tick {
            Tick::Due => {
                self.queue.due(now);
                None
            }
            Tick::Work => {
                self.working = false;
                self.queue.take()
            }
        }
    }

    /// Ends a key's turn.
    pub fn end<T: From<Tick>>(&mut self, ctx: &mut Ctx<'_, T>, key: &K, ended: Ended) {
        if ended != Ended::Failed {
            self.queue.forget(key);
        }
        let again = match ended {
            Ended::Done => None,
            Ended::Again(delay) => Some(self.queue.add_after(key.clone(), ctx.now(), delay)),
            Ended::Failed => Some(self.queue.add_rate_limited(key.clone(), ctx.now())),
        };
        if let Some(at) = again {
            ctx.at(at, Tick::Due.into());
        }
        self.queue.done(key);
    }
}
