//! `PlanRun`: the copy of the cluster in which a text was applied, and its time until it settles.

use super::books::Books;
use super::loads::{self, Loads};
use super::{Plan, lines};
use crate::cluster::{Cluster, Remains, SimSpan, SimTime};
use crate::k8s::ordered::BTreeSet;
use crate::k8s::{Kind, ObjectKey};

/// The copy has settled when everything is complete and no pod has changed for so long.
const QUIET: SimSpan = SimSpan::from_secs(15);

/// Nothing more is expected when no pod has changed for so long.
const STUCK: SimSpan = SimSpan::from_secs(300);

/// The copy runs for so long at most …
pub const TIME_MAX: SimSpan = SimSpan::from_secs(30 * 60);

/// … and so many events.
pub const EVENTS_MAX: u64 = 200_000;

/// Events between two looks at the caller's clock, at first and at most: what a copy of a large cluster touches first,
/// it has to copy.
pub const EVENTS_A_LOOK: (usize, usize) = (4, 64);

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    Settled,
    /// Nothing moved any more, and yet something is missing.
    Stuck,
    /// It was still going on.
    Bound,
}

/// A copy of the cluster that runs ahead.
pub struct PlanRun {
    pub(super) before: Cluster,
    pub(super) cluster: Cluster,
    /// What kubectl answered.
    pub(super) answer: String,
    pub(super) books: Books,
    pub(super) loads: Loads,
    /// Entries of the trace that were looked at.
    traced: u64,
    /// When a pod changed last.
    moved: SimTime,
    /// Everything watched is complete; none when it has to be looked at again.
    complete: Option<bool>,
    end: Option<End>,
}

impl PlanRun {
    /// `before` is the cluster as it is, `after` its copy right after the apply; none when the apply wrote nothing.
    pub fn new(before: Cluster, mut after: Cluster, answer: &str) -> Option<Self> {
        let touched = touched(&before, &after);
        if touched.is_empty() {
            return None;
        }
        after.look_ahead();
        let books = Books::open(&before, &after, &touched);
        let loads = Loads::open(&before, &after, &touched);
        let end = (books.is_empty() && loads.is_empty()).then_some(End::Settled);
        Some(Self {
            traced: after.api().trace().count(),
            moved: after.now(),
            answer: answer.to_owned(),
            complete: None,
            before,
            cluster: after,
            books,
            loads,
            end,
        })
    }

    /// Whether an apply that led from the one to the other wrote anything.
    pub fn concerns(before: &Cluster, after: &Cluster) -> bool {
        !touched(before, after).is_empty()
    }

    /// Lets time pass while `more` says so; true when the run has ended.
    pub fn run(&mut self, mut more: impl FnMut() -> bool) -> bool {
        let (mut events, most) = EVENTS_A_LOOK;
        while self.end.is_none() && more() {
            for _ in 0..events {
                if self.end.is_none() {
                    self.step();
                }
            }
            events = most.min(events * 2);
        }
        self.end.is_some()
    }

    /// Both clusters, to be given back.
    pub fn remains(self) -> Remains {
        Remains::of(self.before, self.cluster)
    }

    /// How the run ended.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// How far the copy is ahead.
    pub fn ahead(&self) -> SimSpan {
        self.cluster.now().since(self.before.now())
    }

    /// From the apply to the last change of a pod.
    pub fn duration(&self) -> SimSpan {
        self.moved.since(self.before.now())
    }

    /// What is known so far.
    pub fn plan(&self) -> Plan {
        Plan {
            lines: lines::lines(self),
            end: self.end,
        }
    }

    fn step(&mut self) {
        let next = self.cluster.next_event_at();
        if next.is_none_or(|next| next > self.moved + QUIET) {
            let complete = *self.complete.get_or_insert_with(|| {
                self.books.complete(&self.cluster) && self.loads.complete(&self.cluster)
            });
            if complete || next.is_none() {
                self.end = Some(if complete { End::Settled } else { End::Stuck });
                return;
            }
            let patience = STUCK + self.books.patience(&self.cluster);
            if next.is_some_and(|next| next > self.moved + patience) {
                self.end = Some(End::Stuck);
                return;
            }
        }
        let events = self.cluster.events_done() - self.before.events_done();
        if events >= EVENTS_MAX || self.ahead() >= TIME_MAX {
            self.end = Some(End::Bound);
            return;
        }
        self.cluster.step();
        self.look();
    }

    /// Looks at what the last event wrote.
    fn look(&mut self) {
        let count = self.cluster.api().trace().count();
        let new = usize::try_from(count - self.traced).unwrap_or(usize::MAX);
        if new == 0 {
            return;
        }
        self.traced = count;
        let (mut set, mut moved) = (false, false);
        for entry in self.cluster.api().trace().entries().rev().take(new) {
            match entry.key.kind {
                Kind::Pod => {
                    moved |= self.books.pod(&self.cluster, &entry.key);
                    moved |= self.loads.pod(&self.cluster, &entry.key);
                    self.complete = None;
                }
                Kind::DaemonSet => set = true,
                kind if loads::OWNERS.contains(&kind) => self.complete = None,
                _ => {}
            }
        }
        if set || moved {
            self.books.look(&self.cluster);
            self.complete = None;
        }
        if moved {
            self.moved = self.cluster.now();
        }
    }
}

/// Who applies; in the moment that it takes, controllers and kubelets go on writing.
const PERSON: &str = "kubectl";

/// What the apply wrote between the two.
fn touched(before: &Cluster, after: &Cluster) -> BTreeSet<ObjectKey> {
    let new = after.api().trace().count() - before.api().trace().count();
    let entries = after.api().trace().entries().rev();
    entries
        .take(usize::try_from(new).unwrap_or(usize::MAX))
        .filter(|entry| entry.refused.is_empty() && entry.actor == PERSON)
        .map(|entry| entry.key.clone())
        .collect()
}
