//! The marks of a run on its time line, collected as the run goes on.

use super::{Say, deed};
use crate::cluster::{Cluster, Command, SimTime};
use crate::k8s::Kind;
use crate::k8s::order::InOrder;
use crate::say;

/// Most marks kept; older ones are thinned out beyond it.
pub const MARK_LIMIT: usize = 4000;

/// What a mark is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MarkKind {
    /// A person did something.
    Command,
    /// A node's machine was touched: stopped, started, cut off.
    Fault,
    /// A template was saved as a revision.
    Revision,
    /// A daemon pod was created.
    Created,
    /// A daemon pod was deleted.
    Deleted,
}

impl MarkKind {
    pub const ALL: [MarkKind; 5] = [
        MarkKind::Created,
        MarkKind::Deleted,
        MarkKind::Revision,
        MarkKind::Command,
        MarkKind::Fault,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            MarkKind::Command => "command",
            MarkKind::Fault => "fault",
            MarkKind::Revision => "revision",
            MarkKind::Created => "created",
            MarkKind::Deleted => "deleted",
        }
    }
}

/// One mark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    pub at: SimTime,
    pub kind: MarkKind,
    /// What happened, in a few words.
    pub what: Say,
}

/// All marks of one line of time, those after the present moment included.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    list: Vec<Mark>,
    /// Entries of the trace that were looked at.
    traced: u64,
    /// Commands that were looked at.
    commands: usize,
    version: u64,
}

impl Marks {
    /// In the order of time, about.
    pub fn list(&self) -> &[Mark] {
        &self.list
    }

    /// Grows with every change of the list.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Adds what happened since the last time. A moment before the newest mark adds nothing: a line that
    /// is replayed has its marks already.
    pub fn extend(&mut self, cluster: &Cluster) {
        let before = self.list.len();
        let trace = cluster.api().trace();
        if trace.count() > self.traced {
            let new = usize::try_from(trace.count() - self.traced).unwrap_or(usize::MAX);
            let entries = trace.entries();
            let skip = entries.len().saturating_sub(new);
            for entry in entries.skip(skip) {
                let by_controller = entry.actor == "daemonset-controller";
                let kind = match (entry.verb, entry.key.kind) {
                    ("create", Kind::ControllerRevision) if by_controller => MarkKind::Revision,
                    ("create", Kind::Pod) if by_controller => MarkKind::Created,
                    ("delete", Kind::Pod) if by_controller => MarkKind::Deleted,
                    _ => continue,
                };
                let name = &entry.key.name;
                let what = match kind {
                    MarkKind::Revision => say!("revision {}", name),
                    MarkKind::Created => say!("pod {} is created", name),
                    MarkKind::Deleted | MarkKind::Command | MarkKind::Fault => {
                        say!("pod {} is deleted", name)
                    }
                };
                if entry.refused.is_empty() {
                    let at = entry.at;
                    self.list.push(Mark { at, kind, what });
                }
            }
            self.traced = trace.count();
        }
        for entry in cluster.log().iter().skip(self.commands) {
            let kind = match &entry.command {
                Command::Request(_) | Command::NodeAdd { .. } => MarkKind::Command,
                _ => MarkKind::Fault,
            };
            self.list.push(Mark {
                at: entry.at,
                kind,
                what: deed::title(&entry.command),
            });
        }
        self.commands = self.commands.max(cluster.log().len());
        if self.list.len() != before {
            self.version += 1;
        }
        if self.list.len() > MARK_LIMIT {
            let mut i = 0;
            let half = MARK_LIMIT / 2;
            self.list.retain(|mark| {
                i += 1;
                i > half || i % 2 == 0 || mark.kind == MarkKind::Command
            });
        }
    }

    /// Forgets what lies after the cluster's moment: its line was given up there.
    pub fn cut(&mut self, cluster: &Cluster) {
        let now = cluster.now();
        self.list.retain(|mark| mark.at <= now);
        self.traced = cluster.api().trace().count();
        self.commands = cluster.log().len();
        self.version += 1;
    }
}

/// A mark to jump to.
fn stop(mark: &Mark) -> bool {
    match mark.kind {
        MarkKind::Command | MarkKind::Fault | MarkKind::Revision => true,
        MarkKind::Created | MarkKind::Deleted => false,
    }
}

/// The next command, fault or revision after a moment.
pub fn next_stop(marks: &[Mark], now: SimTime) -> Option<&Mark> {
    let later = marks.iter().filter(|m| stop(m) && m.at > now);
    later.min_by_key(|m| m.at)
}

/// The last command, fault or revision before a moment.
pub fn last_stop(marks: &[Mark], now: SimTime) -> Option<&Mark> {
    let earlier = marks.iter().filter(|m| stop(m) && m.at < now);
    earlier.max_by_key(|m| m.at)
}

/// What happened around a moment, for the pointer that stands there: commands, faults and revisions first.
pub fn around(marks: &[Mark], from: SimTime, to: SimTime, most: usize) -> (Vec<&Mark>, usize) {
    let mut found: Vec<&Mark> = marks
        .iter()
        .filter(|m| m.at >= from && m.at <= to)
        .collect();
    found.order_by_key(|m| (!stop(m), m.at));
    let more = found.len().saturating_sub(most);
    found.truncate(most);
    found.order_by_key(|m| m.at);
    (found, more)
}

/// Heights of the marks of one kind over a line cut into `buckets` equal pieces.
pub fn histogram(
    marks: &[Mark],
    kind: MarkKind,
    from: SimTime,
    to: SimTime,
    buckets: usize,
) -> Vec<u32> {
    let mut out = vec![0; buckets];
    let span = to.since(from).as_millis().max(1);
    for mark in marks
        .iter()
        .filter(|m| m.kind == kind && m.at >= from && m.at <= to)
    {
        let at = mark.at.since(from).as_millis();
        let i = usize::try_from(at * buckets as u64 / span).unwrap_or(0);
        out[i.min(buckets - 1)] += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_fall_into_their_bucket() {
        let mark = |ms| Mark {
            at: SimTime::from_millis(ms),
            kind: MarkKind::Created,
            what: Say::default(),
        };
        let marks = [mark(0), mark(24), mark(50), mark(100)];
        let (from, to) = (SimTime::from_millis(0), SimTime::from_millis(100));
        assert_eq!(
            histogram(&marks, MarkKind::Created, from, to, 4),
            [2, 0, 1, 1]
        );
        assert_eq!(histogram(&marks, MarkKind::Deleted, from, to, 2), [0, 0]);
    }

    #[test]
    fn jumps_stop_at_commands_faults_and_revisions() {
        let mark = |ms, kind| Mark {
            at: SimTime::from_millis(ms),
            kind,
            what: Say::default(),
        };
        let marks = [
            mark(5, MarkKind::Command),
            mark(6, MarkKind::Created),
            mark(9, MarkKind::Revision),
            mark(9, MarkKind::Deleted),
        ];
        let at = |mark: Option<&Mark>| mark.map(|m| m.at.as_millis());
        let ms = SimTime::from_millis;
        assert_eq!(at(next_stop(&marks, ms(5))), Some(9));
        assert_eq!(at(next_stop(&marks, ms(9))), None);
        assert_eq!(at(last_stop(&marks, ms(9))), Some(5));
        assert_eq!(at(last_stop(&marks, ms(5))), None);
        let (found, more) = around(&marks, ms(5), ms(9), 2);
        let kinds: Vec<_> = found.iter().map(|m| m.kind).collect();
        assert_eq!(
            (kinds, more),
            (vec![MarkKind::Command, MarkKind::Revision], 2)
        );
    }
}
