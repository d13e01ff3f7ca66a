//! What the middle asks of the cluster, and what it does to several nodes at once.

use crate::app::session::{Dispatch, Session};
use crate::app::spare::clock;
use crate::cluster::{Command, PartId};
use crate::k8s::Str;
use crate::k8s::ordered::BTreeSet;
use crate::view::joining::Nodes;
use crate::view::{TaintChip, arrange};
use leptos::prelude::*;

/// Nodes that one line of the console names at most.
const LINE_NODES: usize = 25;

/// Milliseconds of a frame that adding nodes may use.
const SLICE_MS: f64 = 6.0;

impl Dispatch {
    /// The taints of a node.
    pub fn taints(self, node: &Str) -> Vec<TaintChip> {
        let read = |session: &Session| {
            let (node, _) = session.painter.index().on(node)?;
            let taints = &node.node()?.taints;
            Some(taints.iter().map(TaintChip::of).collect::<Vec<_>>())
        };
        self.session.with_value(read).unwrap_or_default()
    }

    /// The label keys that nodes have.
    pub fn label_keys(self) -> Vec<Str> {
        self.session
            .with_value(|session| arrange::keys(session.painter.index()))
    }

    /// A part's process runs.
    pub fn alive(self, part: PartId) -> bool {
        self.cluster(|cluster| match part {
            PartId::Scheduler => cluster.parts().scheduler.alive(),
            _ => cluster.parts().daemonset.alive(),
        })
    }

    /// Does to several nodes what kubectl can, some of them at each frame.
    pub fn on_nodes(self, deed: &str, nodes: &BTreeSet<Str>) {
        let (verb, rest) = deed.split_once(' ').unwrap_or((deed, ""));
        let (head, tail) = match verb {
            "delete" => ("kubectl delete node".to_owned(), String::new()),
            "label" | "taint" => {
                let tail = format!(" {rest} --overwrite");
                (format!("kubectl {verb} nodes"), tail)
            }
            "drain" => {
                let tail = " --ignore-daemonsets --delete-emptydir-data --force".to_owned();
                ("kubectl drain".to_owned(), tail)
            }
            verb => (format!("kubectl {verb}"), String::new()),
        };
        let names: Vec<&str> = nodes.iter().map(Str::as_str).collect();
        let lines = names.chunks(LINE_NODES).rev();
        self.lines(
            lines
                .map(|names| format!("{head} {}{tail}", names.join(" ")))
                .collect(),
        );
    }

    /// Types lines from the last to the first, one a frame.
    fn lines(self, mut lines: Vec<String>) {
        let Some(line) = lines.pop() else { return };
        self.line(&line);
        if !lines.is_empty() {
            request_animation_frame(move || self.lines(lines));
        }
    }

    /// Lets nodes join, as many at each frame as there is time for; `left` tells how many are still to come.
    pub fn join(self, nodes: Nodes, from: usize, left: RwSignal<usize>) {
        let began = clock();
        let mut next = from;
        self.session.update_value(|session| {
            session.branch();
            while next < nodes.names.len() && (next == from || clock() - began < SLICE_MS) {
                let node = nodes.node(&nodes.names[next]);
                let command = Command::NodeAdd { node };
                session.history.cluster_mut().dispatch(command);
                next += 1;
            }
        });
        left.set(nodes.names.len() - next);
        self.show();
        if next < nodes.names.len() {
            request_animation_frame(move || self.join(nodes, next, left));
        }
    }
}
