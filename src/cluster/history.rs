//! `History`: a run that can be rewound and branched: the newest log, the present moment, checkpoints.
//! [`super::deeds`] goes along it by what a person did.

use super::{Cluster, LogEntry, Remains, Setup};
use crate::k8s::Kind;
use crate::sim::{SimSpan, SimTime};
use std::sync::Arc;

/// Checkpoints kept at most; when there are more, every second of the older half is dropped.
pub const CHECKPOINT_LIMIT: usize = 64;

/// A checkpoint is taken when this many events have run since the last one.
pub const CHECKPOINT_EVENTS: u64 = 500;

/// And as many for each node of the cluster: taking one costs about as much time as repeating them.
const EVENTS_PER_NODE: u64 = 8;

/// What is left of dropped checkpoints is given back with so many pieces a call.
const PIECES: usize = 64;

/// One line of time: where it is now, and everything needed to be anywhere else on it.
#[derive(Clone)]
pub struct History {
    pub(super) present: Cluster,
    /// All commands of this line, also those after the present moment when it was rewound.
    pub(super) log: Vec<Arc<LogEntry>>,
    /// Where in the log a person's deeds begin, in order; one deed may be several commands.
    pub(super) deeds: Vec<usize>,
    /// Earlier states in order, the first one at the start of the run. Branches share them.
    checkpoints: Vec<Arc<Cluster>>,
    /// The furthest moment that was ever reached on this line.
    end: SimTime,
    /// Dropped checkpoints.
    remains: Remains,
}

impl History {
    pub fn new(setup: Setup) -> Self {
        let present = Cluster::new(setup);
        Self::of(present)
    }

    /// A line that begins with a cluster as it is.
    pub fn of(present: Cluster) -> Self {
        let (log, end) = (present.log().to_vec(), present.now());
        Self {
            checkpoints: vec![Arc::new(present.clone())],
            deeds: Vec::new(),
            present,
            log,
            end,
            remains: Remains::default(),
        }
    }

    pub(super) fn into_clusters(self) -> (Cluster, Vec<Arc<Cluster>>) {
        (self.present, self.checkpoints)
    }

    /// The cluster at the present moment.
    pub fn cluster(&self) -> &Cluster {
        &self.present
    }

    /// The cluster for commands. If the line was rewound, its future after this moment is given up: keep a clone
    /// of the history to keep it as another branch.
    pub fn cluster_mut(&mut self) -> &mut Cluster {
        if self.rewound() {
            let present = &self.present;
            self.log.truncate(present.log().len());
            self.deeds.retain(|deed| *deed <= self.log.len());
            self.end = present.now();
            self.checkpoints.retain(|c| {
                c.events_done() <= present.events_done()
                    && c.log().len() <= present.log().len()
                    && c.now() <= present.now()
            });
        }
        &mut self.present
    }

    /// The present moment lies before the end of the line.
    pub fn rewound(&self) -> bool {
        self.present.now() < self.end || self.present.log().len() < self.log.len()
    }

    pub fn start(&self) -> SimTime {
        self.checkpoints[0].now()
    }

    /// The furthest moment reached on this line.
    pub fn end(&self) -> SimTime {
        self.end.max(self.present.now())
    }

    /// All commands of the line, the future ones included.
    pub fn log(&self) -> &[Arc<LogEntry>] {
        if self.present.log().len() >= self.log.len() {
            self.present.log()
        } else {
            &self.log
        }
    }

    /// Lets time pass; commands of a rewound line come again at their places. At most `limit` events run.
    pub fn advance_to(&mut self, until: SimTime, limit: usize) -> super::Advanced {
        self.keep_log();
        let mut left = limit;
        while let Some(entry) = self.log.get(self.present.log().len()).cloned() {
            if entry.at > until {
                break;
            }
            let before = self.present.events_done();
            if entry.after_events - before > left as u64 {
                break;
            }
            self.present.replay(&entry);
            left -= usize::try_from(self.present.events_done() - before).unwrap_or(left);
        }
        let mut answer = super::Advanced::Limit;
        while left > 0 {
            let slice = left.min(usize::try_from(CHECKPOINT_EVENTS).unwrap_or(left));
            answer = self.present.advance_to(until, slice);
            self.checkpoint();
            if answer == super::Advanced::There {
                break;
            }
            left -= slice;
        }
        self.end = self.end.max(self.present.now());
        answer
    }

    /// Runs one event (and the commands that come before it on a rewound line).
    pub fn step(&mut self) -> bool {
        self.keep_log();
        while let Some(entry) = self.log.get(self.present.log().len()).cloned() {
            if entry.after_events > self.present.events_done() {
                break;
            }
            self.present.replay(&entry);
        }
        let stepped = self.present.step();
        self.checkpoint();
        self.end = self.end.max(self.present.now());
        stepped
    }

    /// Goes to any moment between the start and the end of the line.
    pub fn seek(&mut self, to: SimTime) {
        self.leave();
        let to = to.max(self.start());
        let back = to < self.present.now();
        self.jump(back, |c| c.now() <= to);
        self.replay_to(to);
    }

    /// Goes to the state after exactly so many events (for stepping back).
    pub fn seek_event(&mut self, events: u64) {
        self.leave();
        let back = events < self.present.events_done();
        self.jump(back, |c| c.events_done() <= events);
        while self.present.events_done() < events {
            match self.log.get(self.present.log().len()).cloned() {
                Some(entry) if entry.after_events <= self.present.events_done() => {
                    self.present.replay(&entry);
                }
                _ => {
                    if !self.present.step() {
                        break;
                    }
                }
            }
        }
    }

    /// Before the present moment is left: what it added belongs to the line.
    pub(super) fn leave(&mut self) {
        self.keep_log();
        self.end = self.end.max(self.present.now());
    }

    /// Takes the last checkpoint that lies before the wanted place: always when that is behind the present
    /// (`back`), and otherwise when it saves events.
    pub(super) fn jump(&mut self, back: bool, before: impl Fn(&Cluster) -> bool) {
        let found = self.checkpoints.iter().rposition(|c| before(c));
        let checkpoint = &self.checkpoints[found.unwrap_or(0)];
        if back || checkpoint.events_done() > self.present.events_done() {
            self.present = (**checkpoint).clone();
        }
    }

    fn replay_to(&mut self, to: SimTime) {
        while let Some(entry) = self.log.get(self.present.log().len()).cloned() {
            if entry.at > to {
                break;
            }
            self.present.replay(&entry);
        }
        while self.present.advance_to(to, 100_000) == super::Advanced::Limit {}
    }

    /// Commands given since the last call belong to the line.
    fn keep_log(&mut self) {
        if self.present.log().len() > self.log.len() {
            self.log = self.present.log().to_vec();
        }
    }

    pub(super) fn checkpoint(&mut self) {
        self.remains.crumble(PIECES);
        let last = (self.checkpoints.last()).map_or(0, |c| c.events_done());
        let since = self.present.events_done().saturating_sub(last);
        let nodes = self.present.api().count(Kind::Node);
        // A checkpoint copies what every node keeps: in a large cluster it is worth more events.
        if since < CHECKPOINT_EVENTS || since < EVENTS_PER_NODE * nodes as u64 {
            return;
        }
        self.checkpoints.push(Arc::new(self.present.clone()));
        if self.checkpoints.len() > CHECKPOINT_LIMIT {
            let half = CHECKPOINT_LIMIT / 2;
            let all = std::mem::take(&mut self.checkpoints);
            for (i, checkpoint) in (1..).zip(all) {
                if i == 1 || i > half || i % 2 == 1 {
                    self.checkpoints.push(checkpoint);
                } else {
                    self.remains.add_shared(checkpoint);
                }
            }
        }
    }

    /// How much time lies between the start and the present.
    pub fn elapsed(&self) -> SimSpan {
        self.present
            .now()
            .since(SimTime::of(self.present.setup().start))
    }
}
