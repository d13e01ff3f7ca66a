//! `Frame`: one whole moment, as plain values that can be compared.

use super::daemon_set::SetRow;
use super::index::Cells;
use super::node::NodeCard;
use super::repaint::{Asked, Painter};
use crate::cluster::Cluster;
use crate::k8s::{Kind, Str};

/// One moment for the screen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Frame {
    /// Milliseconds since people arrived.
    pub elapsed: u64,
    pub sets: Vec<SetRow>,
    pub nodes: Vec<NodeCard>,
}

/// The frame of a cluster's present moment. Whoever paints again and again keeps a [`Painter`] instead.
pub fn frame(cluster: &Cluster) -> Frame {
    let nodes = cluster.objects(Kind::Node);
    let names: Vec<Str> = nodes.map(|node| node.name().clone()).collect();
    let asked = Asked {
        front: "",
        cards: &names,
    };
    let repaint = Painter::default().repaint(cluster, &asked);
    debug_assert!(matches!(repaint.cells, Cells::All(_)));
    Frame {
        elapsed: repaint.elapsed,
        sets: repaint.sets,
        nodes: repaint.cards,
    }
}
