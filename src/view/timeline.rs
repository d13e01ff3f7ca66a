//! The marks of a run on its time line, collected as the run goes on.

use crate::cluster::{Cluster, Command, SimTime};
use crate::k8s::{Kind, Str};

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
    pub text: Str,
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
                if entry.refused.is_empty() {
                    self.list.push(Mark {
                        at: entry.at,
                        kind,
                        text: entry.key.name.clone(),
                    });
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
                text: Str::default(),
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
            text: Str::default(),
        };
        let marks = [mark(0), mark(24), mark(50), mark(100)];
        let (from, to) = (SimTime::from_millis(0), SimTime::from_millis(100));
        assert_eq!(
            histogram(&marks, MarkKind::Created, from, to, 4),
            [2, 0, 1, 1]
        );
        assert_eq!(histogram(&marks, MarkKind::Deleted, from, to, 2), [0, 0]);
    }
}
