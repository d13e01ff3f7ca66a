//! Why a pod is, or is not, on a node: the controller's own decision values in words.

use super::fix::{self, Fix};
use super::manifest::POD;
use super::node::{TaintChip, node_of};
use super::say::Say;
use super::trial::{self, Trial};
use crate::cluster::Cluster;
use crate::cluster::daemonset::{self, Decision, Reason, placement};
use crate::k8s::affinity::{Mismatch, Side, TermMismatch, matches_term};
use crate::k8s::api::{DaemonSetSpec, Taint, Toleration};
use crate::k8s::{Kind, Object, Str, Value, taint};
use crate::say;
use std::sync::Arc;

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
    pub title: Say,
    pub details: Vec<Say>,
    /// The field of the DaemonSet that was compared, for its line in the manifest.
    pub path: Str,
    /// Every taint against every toleration.
    pub trials: Vec<Trial>,
}

/// The answer to: why is there, or is there not, a pod of this DaemonSet on this node?
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    pub node: Str,
    pub namespace: Str,
    pub set: Str,
    pub title: Say,
    /// A new pod would be placed here.
    pub run: bool,
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

/// The DaemonSet of a uid and the node of a name.
pub fn pair<'c>(
    cluster: &'c Cluster,
    set_uid: &str,
    node: &str,
) -> Option<(&'c Arc<Object>, &'c Arc<Object>)> {
    let set = cluster
        .objects(Kind::DaemonSet)
        .find(|set| set.uid() == set_uid)?;
    let node = cluster
        .objects(Kind::Node)
        .find(|object| object.name() == node)?;
    Some((set, node))
}

/// The answer for a DaemonSet and a node; none when one of them is gone.
pub fn verdict(cluster: &Cluster, set_uid: &str, node: &str) -> Option<Verdict> {
    let (set, node) = pair(cluster, set_uid, node)?;
    let spec = &set.daemon_set()?.spec;
    let there = cluster.objects(Kind::Pod).any(|pod| {
        node_of(pod) == node.name().as_str()
            && pod
                .meta()
                .controller()
                .is_some_and(|owner| owner.uid == *set.uid())
    });
    let tolerations = placement::pod_tolerations(spec);
    let decision = placement::decide_with(spec, &tolerations, node);
    let about = About {
        spec,
        node,
        tolerations: &tolerations,
        there,
    };
    let checks = decision
        .checks()
        .into_iter()
        .map(|(check, outcome)| describe(check, outcome, &decision, &about))
        .collect();
    Some(Verdict {
        node: node.name().clone(),
        namespace: set.namespace().clone(),
        set: set.name().clone(),
        title: match (there, decision.run, decision.keep) {
            (false, false, _) => say!("Why is there no pod here?"),
            (false, true, _) => {
                say!("A pod belongs here: the controller is about to create it.")
            }
            (true, true, _) => say!("Why is this pod here?"),
            (true, false, true) => say!("A new pod would not come here. Why does this one stay?"),
            (true, false, false) => say!("This pod may not stay. Why?"),
        },
        run: decision.run,
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
    let (title, mut details, field) = match check {
        daemonset::Check::NodeName => node_name(about, failed),
        daemonset::Check::NodeSelector => node_selector(about, failed),
        daemonset::Check::NodeAffinity => node_affinity(about, failed),
        daemonset::Check::Taints => taints(about, failed),
    };
    if outcome == Outcome::Skipped {
        details = vec![say!("an earlier check has decided")];
    }
    if failed && decision.keep && about.there {
        details.push(say!("a pod that is here already may stay"));
    }
    let trials = match check {
        daemonset::Check::Taints => trial::trials(about.spec, about.tolerations, about.node),
        daemonset::Check::NodeName
        | daemonset::Check::NodeSelector
        | daemonset::Check::NodeAffinity => Vec::new(),
    };
    Check {
        outcome,
        title,
        details,
        path: Str::new(&format!("{POD}.{field}")),
        trials,
    }
}

type Words = (Say, Vec<Say>, &'static str);

fn node_name(about: &About<'_>, failed: bool) -> Words {
    let wanted = &about.spec.pod.node_name;
    let (title, detail) = if failed {
        (
            say!("The template names another node"),
            say!("nodeName is {}, this node is {}", wanted, about.node.name()),
        )
    } else if wanted.is_empty() {
        (
            say!("Template has no nodeName"),
            say!("nothing pins it elsewhere"),
        )
    } else {
        (
            say!("Template names this node"),
            say!("nodeName: {}", wanted),
        )
    };
    (title, vec![detail], "nodeName")
}

fn node_selector(about: &About<'_>, failed: bool) -> Words {
    let labels = &about.node.meta().labels;
    let compare = |(key, wanted): (&Str, &Value)| {
        let pair = format!("{key}={}", wanted.text());
        match labels.field(key) {
            Some(found) if found.text() == wanted.text() => say!("{}: the node has it", &pair),
            Some(found) => say!("{}: the node has {}", &pair, &quoted(found.text())),
            None => say!("{}: the node has no such label", &pair),
        }
    };
    let mut details: Vec<Say> = about.spec.pod.node_selector.fields().map(compare).collect();
    if details.is_empty() {
        details.push(say!("none set"));
    }
    let title = if failed {
        say!("nodeSelector does not match")
    } else {
        say!("nodeSelector matches")
    };
    (title, details, "nodeSelector")
}

fn node_affinity(about: &About<'_>, failed: bool) -> Words {
    const FIELD: &str = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";
    let title = if failed {
        say!("Required node affinity does not match")
    } else {
        say!("Required node affinity matches")
    };
    let Some(required) = about.spec.pod.required_nodes() else {
        return (title, vec![say!("none set")], FIELD);
    };
    let labels = &about.node.meta().labels;
    let terms = required.node_selector_terms.iter().enumerate();
    let mut details: Vec<Say> = terms
        .map(|(i, term)| {
            let n = i + 1;
            match matches_term(term, labels, about.node.name()) {
                Ok(()) => say!("term {} matches", &n),
                Err(mismatch) => say!("term {} {}", &n, mismatched(&mismatch)),
            }
        })
        .collect();
    if details.is_empty() {
        details.push(say!("it has no terms, which matches nothing"));
    }
    (title, details, FIELD)
}

fn mismatched(mismatch: &TermMismatch) -> Say {
    match mismatch {
        TermMismatch::Empty => say!("is empty, which matches nothing"),
        TermMismatch::Invalid {
            requirement,
            detail,
        } => say!("is void: {}: {}", requirement, detail),
        TermMismatch::Failed {
            requirement,
            on,
            found,
        } => {
            let found = match (found, on) {
                (Some(value), Side::Labels) => say!("the node has {}", &quoted(value)),
                (Some(value), Side::Fields) => say!("the node's is {}", &quoted(value)),
                (None, Side::Labels) => say!("the node has no such label"),
                (None, Side::Fields) => say!("there is no such field"),
            };
            say!("wants {}: {}", requirement, found)
        }
    }
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn taints(about: &About<'_>, failed: bool) -> Words {
    let taints = about.node.node().map_or(&[][..], |n| &n.taints);
    let describe = |one: &Taint| {
        let text = TaintChip::of(one).text();
        if !taint::blocks_scheduling(one) {
            say!("{}: does not block", &text)
        } else if taint::tolerated(about.tolerations, one) {
            say!("{}: tolerated", &text)
        } else {
            say!("{}: not tolerated", &text)
        }
    };
    let mut details: Vec<Say> = taints.iter().map(describe).collect();
    let title = if failed {
        let tried = about.tolerations.len();
        details.push(say!("{} tolerations tried, none tolerates it", &tried));
        say!("Taint not tolerated")
    } else {
        if details.is_empty() {
            details.push(say!("the node has none"));
        }
        say!("No taint in the way")
    };
    (title, details, "tolerations")
}
