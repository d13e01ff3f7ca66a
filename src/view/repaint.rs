//! What a repaint needs to know: the parts of the screen that are different from the last one.

use super::daemon_set::{self, SetRow};
use super::doings::doings;
use super::index::{Cells, Index};
use super::node::{self, NodeCard};
use crate::cluster::{Cluster, SimTime};
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Str};

/// What the screen shows and so has to be kept up to date.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The uid of the DaemonSet in front.
    pub front: &'a str,
    /// The nodes whose cards are on the screen.
    pub cards: &'a [Str],
}

/// What changed since the last repaint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repaint {
    /// Milliseconds since people arrived.
    pub elapsed: u64,
    pub sets: Vec<SetRow>,
    pub cells: Cells,
    /// Of the cards asked for, those that read differently.
    pub cards: Vec<NodeCard>,
}

/// A card as it was last made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Made {
    version: u64,
    era: u64,
    /// From this moment on it reads differently.
    until: Option<SimTime>,
}

/// Remembers what was painted; the caller keeps it from one repaint to the next.
#[derive(Clone, Debug, Default)]
pub struct Painter {
    index: Index,
    made: BTreeMap<Str, Made>,
}

impl Painter {
    /// What to paint now, in one go.
    pub fn repaint(&mut self, cluster: &Cluster, asked: &Asked<'_>) -> Repaint {
        let cells = self.refresh(cluster, asked.front, usize::MAX);
        let start = SimTime::of(cluster.setup().start);
        Repaint {
            elapsed: cluster.now().since(start).as_millis(),
            sets: self.sets(cluster),
            cells,
            cards: self.cards(asked.cards, cluster.now()),
        }
    }

    /// Takes in what happened; the cells that look different, `most` of those to be looked at. Without the DaemonSet
    /// in front the first one is.
    pub fn refresh(&mut self, cluster: &Cluster, front: &str, most: usize) -> Cells {
        let mut sets = cluster.objects(Kind::DaemonSet);
        let front = sets.find(|set| set.uid() == front);
        let front = front.or_else(|| cluster.objects(Kind::DaemonSet).next());
        let uid = front.map_or(Str::default(), |set| set.uid().clone());
        self.index.refresh(cluster, &uid, most)
    }

    /// The rows of all DaemonSets.
    pub fn sets(&self, cluster: &Cluster) -> Vec<SetRow> {
        let mut sets = daemon_set::rows(&self.index);
        for row in &mut sets {
            row.doings = doings(cluster, &row.namespace, &row.name);
        }
        sets
    }

    /// The cards of nodes that read differently than the last time they were asked for.
    pub fn cards(&mut self, asked: &[Str], now: SimTime) -> Vec<NodeCard> {
        let mut made = BTreeMap::new();
        let mut cards = Vec::new();
        for name in asked {
            let Some(place) = self.index.at(name) else {
                continue;
            };
            let old = self.made.remove(name);
            let fresh = |made: &Made| {
                made.version == place.version
                    && made.era == self.index.era()
                    && made.until.is_none_or(|until| now < until)
            };
            if let Some(old) = old.filter(fresh) {
                made.insert(name.clone(), old);
                continue;
            }
            let Some((card, until)) = node::card(&self.index, place, now) else {
                continue;
            };
            cards.push(card);
            let (version, era) = (place.version, self.index.era());
            let new = Made {
                version,
                era,
                until,
            };
            made.insert(name.clone(), new);
        }
        self.made = made;
        cards
    }

    /// Everything known about nodes, for filters and lists.
    pub fn index(&self) -> &Index {
        &self.index
    }
}
