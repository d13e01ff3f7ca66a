//! `Resume`: a recorded run is repeated on its setup, slice by slice. Nothing of the record is trusted.

use super::{Advanced, History, LogEntry, Setup};
use crate::sim::SimTime;
use std::sync::Arc;

/// A recorded run on its way to the moment at which it stood.
#[derive(Clone)]
pub struct Resume {
    history: History,
    log: Vec<Arc<LogEntry>>,
    /// Where a person's deeds begin in the log.
    deeds: Vec<usize>,
    to: SimTime,
    /// No event runs beyond this count.
    last: u64,
    /// Every command came after as many events as the record says.
    exact: bool,
}

/// How far [`Resume::run`] came.
pub enum Resumed {
    /// The run stands where it stood; `exact` when every command came after as many events as then, as it does unless another
    /// version recorded the run.
    Done { history: Box<History>, exact: bool },
    /// There is more to do.
    Further(Box<Resume>),
    /// A command stands before the one that came earlier.
    Foreign,
    /// The run is longer than the limit of events.
    TooLong,
}

impl Resume {
    /// Boots the setup; `limit` bounds the events that are repeated after that.
    pub fn new(
        setup: Setup,
        log: Vec<Arc<LogEntry>>,
        deeds: Vec<usize>,
        to: SimTime,
        limit: u64,
    ) -> Self {
        let history = History::new(setup);
        let last = history.cluster().events_done().saturating_add(limit);
        Self {
            history,
            log,
            deeds,
            to,
            last,
            exact: true,
        }
    }

    /// How much of the way is done, in thousandths of its time.
    pub fn progress(&self) -> u64 {
        let start = self.history.start();
        let end = self
            .log
            .last()
            .map_or(self.to, |entry| entry.at.max(self.to));
        let all = end.since(start).as_millis().max(1);
        self.history.cluster().now().since(start).as_millis() * 1000 / all
    }

    /// The run as far as it was repeated.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Repeats at most `slice` events. A run that stood further than the limit stands where the limit is.
    pub fn run(mut self, slice: usize) -> Resumed {
        let stop = self.reached() + slice as u64;
        while let Some(entry) = self.log.get(self.history.present.log().len()).cloned() {
            if entry.after_events > self.last {
                return Resumed::TooLong;
            }
            let (now, reached) = (self.history.present.now(), self.reached());
            if entry.at < now {
                return Resumed::Foreign;
            }
            // What is due at the very moment of the command comes before it as far as the count says so. A run that an
            // earlier version has recorded may count otherwise: then its moment alone decides.
            let next = self.history.present.next_event_at();
            let due = next.is_some_and(|next| {
                next < entry.at || reached < entry.after_events && next == entry.at
            });
            if !due {
                self.exact &= reached == entry.after_events;
                self.history.present.replay(&Arc::new(LogEntry {
                    after_events: reached,
                    ..(*entry).clone()
                }));
            } else if reached >= self.last {
                return Resumed::TooLong;
            } else if reached >= stop {
                return Resumed::Further(Box::new(self));
            } else {
                self.history.present.step();
                self.history.checkpoint();
            }
        }
        self.history.deeds_set(std::mem::take(&mut self.deeds));
        self.history.leave();
        if self.to < self.history.present.now() {
            self.history.seek(self.to);
            return self.done();
        }
        let left = stop.min(self.last).saturating_sub(self.reached());
        let left = usize::try_from(left).unwrap_or(slice);
        match self.history.advance_to(self.to, left) {
            Advanced::Limit if self.reached() < self.last => Resumed::Further(Box::new(self)),
            Advanced::Limit | Advanced::There => self.done(),
        }
    }

    fn done(self) -> Resumed {
        Resumed::Done {
            history: Box::new(self.history),
            exact: self.exact,
        }
    }

    fn reached(&self) -> u64 {
        self.history.present.events_done()
    }

    /// All at once, for tests and small runs. None when it is refused.
    pub fn finish(self) -> Option<History> {
        let mut resume = self;
        loop {
            match resume.run(10_000) {
                Resumed::Done { history, .. } => return Some(*history),
                Resumed::Further(further) => resume = *further,
                Resumed::Foreign | Resumed::TooLong => return None,
            }
        }
    }
}
