//! The lines of time of a run: the one in front, and those that were left behind at a deed in the past.

use super::phases::Phases;
use super::timeline::Marks;
use crate::cluster::{History, Remains, SimSpan, SimTime};
use crate::k8s::order::InOrder;

/// Lines kept beside the one in front; a further one takes the place of the oldest that nobody named.
pub const BRANCH_LIMIT: usize = 8;

/// A line's number and the name that a person gave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag {
    pub id: u32,
    /// Empty: it goes by its number.
    pub name: String,
}

/// A line of time with what is shown about it.
#[derive(Clone)]
pub struct Line {
    pub tag: Tag,
    pub history: History,
    pub marks: Marks,
    pub phases: Phases,
}

/// A line in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BranchRow {
    pub id: u32,
    pub name: String,
    pub front: bool,
    /// Commands in all.
    pub commands: usize,
    /// How far it goes, in milliseconds since people arrived.
    pub end: u64,
}

/// All lines but the present one, whose history its owner holds.
#[derive(Clone)]
pub struct Branches {
    front: Tag,
    others: Vec<Line>,
    last: u32,
    version: u64,
    /// What is left of lines that were deleted.
    gone: Remains,
}

impl Default for Branches {
    fn default() -> Self {
        Self {
            front: Tag {
                id: 1,
                name: String::new(),
            },
            others: Vec::new(),
            last: 1,
            version: 0,
            gone: Remains::default(),
        }
    }
}

impl Branches {
    pub fn others(&self) -> &[Line] {
        &self.others
    }

    pub fn front(&self) -> &Tag {
        &self.front
    }

    pub fn find(&self, id: u32) -> Option<&Line> {
        self.others.iter().find(|line| line.tag.id == id)
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Keeps the line in front as it is; what goes on from the present moment is a new line.
    pub fn park(&mut self, history: &History, marks: &Marks, phases: &Phases) {
        let line = Line {
            tag: self.front.clone(),
            history: history.clone(),
            marks: marks.clone(),
            phases: phases.clone(),
        };
        self.add(line);
        self.last += 1;
        self.front = Tag {
            id: self.last,
            name: String::new(),
        };
    }

    /// Takes a line in from elsewhere, under a number of its own.
    pub fn take_in(&mut self, name: String, history: History, marks: Marks, phases: Phases) {
        self.last += 1;
        let tag = Tag {
            id: self.last,
            name,
        };
        self.add(Line {
            tag,
            history,
            marks,
            phases,
        });
    }

    fn add(&mut self, line: Line) {
        self.others.push(line);
        if self.others.len() > BRANCH_LIMIT {
            let nameless = self.others.iter().position(|l| l.tag.name.is_empty());
            let line = self.others.remove(nameless.unwrap_or(0));
            self.gone.add_history(line.history);
        }
        self.version += 1;
    }

    /// What is left of lines that were deleted, if there is anything.
    pub fn gone(&mut self) -> Option<Remains> {
        (!self.gone.is_empty()).then(|| std::mem::take(&mut self.gone))
    }

    /// Brings a line to the front and puts the one that was there behind it. False when there is none.
    pub fn switch(
        &mut self,
        id: u32,
        history: &mut History,
        marks: &mut Marks,
        phases: &mut Phases,
    ) -> bool {
        let Some(line) = self.others.iter_mut().find(|line| line.tag.id == id) else {
            return false;
        };
        std::mem::swap(&mut line.tag, &mut self.front);
        std::mem::swap(&mut line.history, history);
        std::mem::swap(&mut line.marks, marks);
        std::mem::swap(&mut line.phases, phases);
        self.version += 1;
        true
    }

    pub fn rename(&mut self, id: u32, name: &str) {
        let tags = self.others.iter_mut().map(|line| &mut line.tag);
        for tag in tags.chain([&mut self.front]).filter(|tag| tag.id == id) {
            name.clone_into(&mut tag.name);
            self.version += 1;
        }
    }

    pub fn delete(&mut self, id: u32) {
        if let Some(place) = self.others.iter().position(|line| line.tag.id == id) {
            self.gone.add_history(self.others.remove(place).history);
        }
        self.version += 1;
    }

    /// All lines by number, the one in front (with its history) among them.
    pub fn rows(&self, front: &History) -> Vec<BranchRow> {
        let row = |tag: &Tag, history: &History, front| BranchRow {
            id: tag.id,
            name: tag.name.clone(),
            front,
            commands: history.log().len(),
            end: elapsed(history, history.end()).as_millis(),
        };
        let mut rows: Vec<_> = (self.others.iter())
            .map(|line| row(&line.tag, &line.history, false))
            .chain([row(&self.front, front, true)])
            .collect();
        rows.order_by_key(|row| row.id);
        rows
    }
}

fn elapsed(history: &History, at: SimTime) -> SimSpan {
    at.since(SimTime::of(history.cluster().setup().start))
}

/// The moment at which two lines part: before the first command that they do not share.
pub fn fork(a: &History, b: &History) -> SimTime {
    let (log, other) = (a.log(), b.log());
    let shared = log.iter().zip(other).take_while(|(x, y)| {
        std::sync::Arc::ptr_eq(x, y)
            || (x.after_events == y.after_events
                && x.at == y.at
                && format!("{:?}", x.command) == format!("{:?}", y.command))
    });
    let shared = shared.count();
    let next = log.get(shared).into_iter().chain(other.get(shared));
    next.map(|entry| entry.at).min().unwrap_or(a.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Cluster, Command, Setup};

    fn history() -> History {
        History::new(Setup {
            nodes: vec![Cluster::node("n1")],
            ..Setup::default()
        })
    }

    #[test]
    fn lines_are_kept_switched_named_and_bounded() {
        let (mut history, mut marks, mut phases) = (history(), Marks::default(), Phases::default());
        let mut branches = Branches::default();
        branches.park(&history, &marks, &phases);
        let stop = Command::NodeStop { node: "n1".into() };
        history.cluster_mut().dispatch(stop);
        let rows = branches.rows(&history);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].front, rows[0].commands), (false, 0));
        assert_eq!((rows[1].front, rows[1].commands), (true, 1));
        assert!(branches.switch(1, &mut history, &mut marks, &mut phases));
        assert_eq!(history.log().len(), 0);
        assert_eq!(branches.front().id, 1);
        assert!(!branches.switch(9, &mut history, &mut marks, &mut phases));
        branches.rename(2, "with the node down");
        for _ in 0..20 {
            branches.park(&history, &marks, &phases);
        }
        assert_eq!(branches.others().len(), BRANCH_LIMIT);
        assert!(branches.find(2).is_some(), "what has a name stays");
        branches.delete(2);
        assert!(branches.find(2).is_none());
    }

    #[test]
    fn lines_part_at_the_first_command_that_differs() {
        let mut a = history();
        let stop = |node: &'static str| Command::NodeStop { node: node.into() };
        a.cluster_mut().dispatch(stop("n1"));
        let until = a.cluster().now() + SimSpan::from_secs(5);
        a.advance_to(until, 10_000);
        let mut b = a.clone();
        let parting = a.cluster().now();
        a.cluster_mut().dispatch(stop("n2"));
        let until = b.cluster().now() + SimSpan::from_secs(5);
        b.advance_to(until, 10_000);
        assert_eq!(fork(&a, &b), parting);
        assert_eq!(fork(&b, &a), parting);
    }
}
