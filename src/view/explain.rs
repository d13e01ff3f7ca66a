//! Why a pod is, or is not, on a node: the controller's own decision values in words.

use crate::cluster::Cluster;
use crate::k8s::{Kind, Object, Str};

/// How a check ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Pass,
    Fail,
    /// Not asked: an earlier check had decided.
    Skipped,
}

/// One check with the values compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    pub outcome: Outcome,
    pub title: String,
    pub details: Vec<String>,
}

/// A small change that would flip the verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// On its button.
    pub label: &'static str,
    /// The change as text: YAML to insert, or nothing.
    pub text: String,
    /// The console line that makes it.
    pub line: String,
}

/// The answer to: why is there, or is there not, a pod of this DaemonSet on this node?
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    pub node: Str,
    pub set: Str,
    pub title: &'static str,
    pub checks: Vec<Check>,
    pub fixes: Vec<Fix>,
}

/// Why the slot of a DaemonSet on a node is empty, in a few words.
pub fn reason(_set: &Object, _node: &Object) -> Str {
    "waiting for the controller".into()
}

/// The answer for a DaemonSet and a node; none when one of them is gone.
pub fn verdict(cluster: &Cluster, set_uid: &str, node: &str) -> Option<Verdict> {
    let set = cluster
        .objects(Kind::DaemonSet)
        .find(|set| set.uid() == set_uid)?;
    let node = cluster
        .objects(Kind::Node)
        .find(|object| object.name() == node)?;
    Some(Verdict {
        node: node.name().clone(),
        set: set.name().clone(),
        title: "Why is there no pod here?",
        checks: Vec::new(),
        fixes: Vec::new(),
    })
}
