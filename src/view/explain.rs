//! Why a pod is, or is not, on a node: the controller's own decision values in words.

use super::fix;
use super::node::{TaintChip, node_of};
use crate::cluster::Cluster;
use crate::cluster::daemonset::{self, Decision, Reason, placement};
use crate::k8s::affinity::Mismatch;
use crate::k8s::api::{DaemonSetSpec, Node, Toleration};
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
    pub label: String,
    /// The change as text: what would be inserted.
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
pub fn reason(set: &Object, node: &Object) -> Str {
    let Some(spec) = set.daemon_set().map(|ds| &ds.spec) else {
        return Str::default();
    };
    let words = match placement::decide(spec, node).reason {
        Reason::Fits => "not created yet",
        Reason::NodeName { .. } => "the template names another node",
        Reason::Affinity(Mismatch::NodeSelector { .. }) => "nodeSelector does not match",
        Reason::Affinity(Mismatch::NoTerms | Mismatch::Terms(_)) => "node affinity does not match",
        Reason::Taint { .. } => "taint not tolerated",
    };
    words.into()
}

/// The answer for a DaemonSet and a node; none when one of them is gone.
pub fn verdict(cluster: &Cluster, set_uid: &str, node: &str) -> Option<Verdict> {
    let set = cluster
        .objects(Kind::DaemonSet)
        .find(|set| set.uid() == set_uid)?;
    let node = cluster
        .objects(Kind::Node)
        .find(|object| object.name() == node)?;
    let spec = &set.daemon_set()?.spec;
    let pod = cluster.objects(Kind::Pod).find(|pod| {
        node_of(pod) == node.name().as_str()
            && pod
                .meta()
                .controller()
                .is_some_and(|owner| owner.uid == *set.uid())
    });
    let tolerations = placement::pod_tolerations(spec);
    let decision = placement::decide_with(spec, &tolerations, node);
    let mut checks: Vec<Check> = decision
        .checks()
        .into_iter()
        .map(|(check, outcome)| {
            describe(
                check,
                outcome,
                &decision,
                &About {
                    spec,
                    node,
                    tolerations: &tolerations,
                    there: pod.is_some(),
                },
            )
        })
        .collect();
    checks.extend(pod.and_then(|pod| unbound(pod)));
    Some(Verdict {
        node: node.name().clone(),
        set: set.name().clone(),
        title: match (pod.is_some(), decision.run, decision.keep) {
            (false, false, _) => "Why is there no pod here?",
            (false, true, _) => "A pod belongs here: the controller is about to create it.",
            (true, true, _) => "Why is this pod here?",
            (true, false, true) => "A new pod would not come here. Why does this one stay?",
            (true, false, false) => "This pod may not stay. Why?",
        },
        checks,
        fixes: fix::fixes(&decision, set, node),
    })
}

/// What the words of a check are made from.
struct About<'a> {
    spec: &'a DaemonSetSpec,
    node: &'a Object,
    tolerations: &'a [Toleration],
    /// A pod is on the node.
    there: bool,
}

fn describe(
    check: daemonset::Check,
    outcome: daemonset::Outcome,
    decision: &Decision,
    about: &About<'_>,
) -> Check {
    let (outcome, failed) = match outcome {
        daemonset::Outcome::Passed => (Outcome::Pass, false),
        daemonset::Outcome::Failed => (Outcome::Fail, true),
        daemonset::Outcome::NotReached => (Outcome::Skipped, false),
    };
    let (title, mut details) = match check {
        daemonset::Check::NodeName => node_name(about, failed),
        daemonset::Check::NodeSelector => node_selector(about, failed),
        daemonset::Check::NodeAffinity => node_affinity(about, failed),
        daemonset::Check::Taints => taints(about, failed),
    };
    if outcome == Outcome::Skipped {
        details = vec!["an earlier check has decided".to_owned()];
    }
    if failed && check != daemonset::Check::Taints {
        details = vec![decision.reason.to_string()];
    }
    if failed && decision.keep && about.there {
        details.push("a pod that is here already may stay".to_owned());
    }
    Check {
        outcome,
        title: title.to_owned(),
        details,
    }
}

fn node_name(about: &About<'_>, failed: bool) -> (&'static str, Vec<String>) {
    let wanted = &about.spec.pod.node_name;
    if failed {
        ("The template names another node", Vec::new())
    } else if wanted.is_empty() {
        (
            "Template has no nodeName",
            vec!["nothing pins it elsewhere".to_owned()],
        )
    } else {
        (
            "Template names this node",
            vec![format!("nodeName: {wanted}")],
        )
    }
}

fn node_selector(about: &About<'_>, failed: bool) -> (&'static str, Vec<String>) {
    let wanted: Vec<String> = about
        .spec
        .pod
        .node_selector
        .fields()
        .map(|(key, value)| format!("{key}={}", value.text()))
        .collect();
    match (failed, wanted.is_empty()) {
        (true, _) => ("nodeSelector does not match", Vec::new()),
        (false, true) => ("nodeSelector matches", vec!["none set".to_owned()]),
        (false, false) => ("nodeSelector matches", wanted),
    }
}

fn node_affinity(about: &About<'_>, failed: bool) -> (&'static str, Vec<String>) {
    let affinity = about
        .spec
        .pod
        .affinity
        .as_ref()
        .and_then(|a| a.node_affinity.as_ref());
    let required = affinity.is_some_and(|a| a.required.is_some());
    match (failed, required) {
        (true, _) => ("Required node affinity does not match", Vec::new()),
        (false, false) => (
            "Required node affinity matches",
            vec!["none set".to_owned()],
        ),
        (false, true) => ("Required node affinity matches", Vec::new()),
    }
}

fn taints(about: &About<'_>, failed: bool) -> (&'static str, Vec<String>) {
    let default = Node::default();
    let taints = &about.node.node().unwrap_or(&default).taints;
    let tried = about.tolerations.len();
    let text = |taint: &crate::k8s::api::Taint| TaintChip::of(taint).text();
    let blocking = |taint: &&crate::k8s::api::Taint| {
        crate::k8s::taint::blocks_scheduling(taint)
            && !crate::k8s::taint::tolerated(about.tolerations, taint)
    };
    if failed {
        let mut details: Vec<String> = taints.iter().filter(blocking).map(text).collect();
        details.push(format!("{tried} tolerations tried, none tolerates it"));
        return ("Taint not tolerated", details);
    }
    if taints.is_empty() {
        return ("No taint in the way", vec!["the node has none".to_owned()]);
    }
    let say = |taint: &crate::k8s::api::Taint| {
        let why = if crate::k8s::taint::blocks_scheduling(taint) {
            "tolerated"
        } else {
            "does not block"
        };
        format!("{} · {why}", text(taint))
    };
    ("No taint in the way", taints.iter().map(say).collect())
}

/// The scheduler's sentence about a pod that it cannot bind.
fn unbound(object: &Object) -> Option<Check> {
    let pod = object.pod()?;
    let condition = pod.condition("PodScheduled")?;
    if condition.status != "False" || !pod.spec.node_name.is_empty() {
        return None;
    }
    let pieces = condition
        .message
        .split([',', ':'])
        .map(|piece| piece.trim().to_owned());
    Some(Check {
        outcome: Outcome::Fail,
        title: format!("The scheduler cannot bind it: {}", condition.reason),
        details: pieces.filter(|piece| !piece.is_empty()).collect(),
    })
}
