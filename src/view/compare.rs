//! Two lines of time side by side at one moment, and what each came to.

use super::frame::frame;
use super::pod::PodState;
use super::{Counters, NodeCard, Say};
use crate::cluster::{Cluster, History, SimSpan, SimTime};
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Str};
use crate::say;
use std::sync::Arc;

/// A node as a small cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    pub node: Str,
    pub ready: bool,
    pub cordoned: bool,
    /// Revision and state of the DaemonSet's pods there.
    pub pods: Vec<(i64, PodState)>,
    /// The other side shows something else here.
    pub differs: bool,
}

/// One side.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Side {
    /// None when the DaemonSet is not there.
    pub counters: Option<Counters>,
    pub cells: Vec<Cell>,
}

/// Both sides at one moment; cells of the same node stand at the same place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Compared {
    pub sides: [Side; 2],
    /// Nodes that differ.
    pub differences: usize,
}

/// Compares the DaemonSet of a name.
pub fn compare(a: &Cluster, b: &Cluster, namespace: &str, name: &str) -> Compared {
    let (mut left, mut right) = (side(a, namespace, name), side(b, namespace, name));
    let mut names: Vec<Str> = left
        .cells
        .iter()
        .chain(&right.cells)
        .map(|c| c.node.clone())
        .collect();
    names.order();
    names.dedup();
    let mut differences = 0;
    let mut sides = [Vec::new(), Vec::new()];
    for name in &names {
        let mut pair = [&mut left, &mut right].map(|side| take(&mut side.cells, name));
        let differs = pair[0] != pair[1];
        differences += usize::from(differs);
        for (cells, cell) in sides.iter_mut().zip(&mut pair) {
            cell.differs = differs;
            cells.push(cell.clone());
        }
    }
    let [a, b] = sides;
    left.cells = a;
    right.cells = b;
    Compared {
        sides: [left, right],
        differences,
    }
}

/// The cell of a node; one that is not there is an empty one that is not ready.
fn take(cells: &mut Vec<Cell>, node: &Str) -> Cell {
    let place = cells.iter().position(|cell| cell.node == *node);
    place.map_or_else(
        || Cell {
            node: node.clone(),
            ready: false,
            cordoned: false,
            pods: Vec::new(),
            differs: false,
        },
        |i| cells.swap_remove(i),
    )
}

fn side(cluster: &Cluster, namespace: &str, name: &str) -> Side {
    let frame = frame(cluster);
    let row = (frame.sets.iter()).find(|row| row.namespace == namespace && row.name == name);
    let uid = row.map(|row| row.uid.clone());
    let cell = |card: &NodeCard| Cell {
        node: card.name.clone(),
        ready: card.ready,
        cordoned: card.cordoned,
        pods: (card.slots.iter())
            .filter(|slot| Some(&slot.set_uid) == uid.as_ref())
            .flat_map(|slot| slot.pods.iter().map(|pod| (pod.revision, pod.state)))
            .collect(),
        differs: false,
    };
    Side {
        counters: row.map(|row| row.counters),
        cells: frame.nodes.iter().map(cell).collect(),
    }
}

/// Events of a whole measurement, and how long after a line's end it looks for rest.
const EVENTS_MAX: u64 = 400_000;
const AFTER_END: SimSpan = SimSpan::from_secs(900);
const QUIET: SimSpan = SimSpan::from_secs(40);

/// Follows one line from where it parts to its rest, and notes what the DaemonSet went through.
#[derive(Clone)]
pub struct Measure {
    history: History,
    fork: SimTime,
    until: SimTime,
    events_last: u64,
    namespace: Str,
    name: Str,
    last: Option<Arc<Object>>,
    changed: SimTime,
    /// The last moment at which something was missing.
    missing: Option<SimTime>,
    lowest: Option<i64>,
    complete: bool,
}

/// What a line came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Figures {
    /// Milliseconds from where the lines part until all is rolled out; none while it is not.
    pub rolled_out: Option<u64>,
    /// The lowest number of available pods on the way.
    pub lowest: Option<i64>,
}

impl Figures {
    /// The duration in words.
    pub fn duration(&self) -> Say {
        match self.rolled_out {
            None => say!("not rolled out"),
            Some(0) => say!("at once"),
            Some(ms) => say!("{} s", &format!("{}.{}", ms / 1000, ms % 1000 / 100)),
        }
    }
}

impl Measure {
    /// Begins where two lines part.
    pub fn new(history: &History, fork: SimTime, namespace: &str, name: &str) -> Self {
        let mut history = history.clone();
        let until = history.end() + AFTER_END;
        history.seek(fork);
        let events_last = history.cluster().events_done() + EVENTS_MAX;
        Self {
            history,
            fork,
            until,
            events_last,
            namespace: Str::new(namespace),
            name: Str::new(name),
            last: None,
            changed: fork,
            missing: None,
            lowest: None,
            complete: false,
        }
    }

    /// Goes on for at most so many events; what it came to when that is known.
    pub fn run(&mut self, events: usize) -> Option<Figures> {
        for _ in 0..events {
            self.look();
            let now = self.history.cluster().now();
            let ahead = self.history.cluster().log().len() < self.history.log().len();
            let rest = !ahead && self.complete && now.since(self.changed) > QUIET;
            let over =
                now >= self.until || self.history.cluster().events_done() >= self.events_last;
            if rest || over || !self.history.step() {
                return Some(self.figures());
            }
        }
        None
    }

    fn look(&mut self) {
        let cluster = self.history.cluster();
        let set = cluster
            .api()
            .get(Kind::DaemonSet, &self.namespace, &self.name);
        let set = set.ok().cloned();
        let same = match (&set, &self.last) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        if !self.complete && set.is_some() {
            self.missing = Some(cluster.now());
        }
        if same {
            return;
        }
        self.changed = cluster.now();
        self.complete = false;
        if let Some(view) = set.as_ref().and_then(|set| set.daemon_set()) {
            let status = &view.status;
            let available = status.number_available;
            self.lowest = Some(
                self.lowest
                    .map_or(available, |lowest| lowest.min(available)),
            );
            let wanted = status.desired_number_scheduled;
            let generation = set.as_ref().map_or(0, |set| set.meta().generation);
            self.complete = status.observed_generation >= generation
                && status.updated_number_scheduled >= wanted
                && available >= wanted;
        }
        self.last = set;
    }

    fn figures(&self) -> Figures {
        let gone = self.missing.map_or(0, |at| at.since(self.fork).as_millis());
        Figures {
            rolled_out: self.complete.then_some(gone),
            lowest: self.lowest,
        }
    }
}
