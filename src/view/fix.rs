//! The smallest changes that would flip the verdict on a node, each proven on copies before it is offered.

use super::manifest::{Edit, Manifest, toleration};
use super::node::TaintChip;
use super::say::Say;
use crate::cluster::daemonset::{Decision, placement};
use crate::k8s::affinity::{self, matches_term};
use crate::k8s::api::{NodeSelectorRequirement, NodeSelectorTerm, PodSpec, Taint};
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Str, Value, taint};
use crate::say;
use crate::value;

/// A small change that flips the verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// On its button.
    pub label: Say,
    /// The change as text, line by line.
    pub text: Vec<Say>,
    /// The console line that makes it.
    pub line: String,
    /// The same as changes of the template; empty when it is the node that changes.
    pub edits: Vec<Edit>,
}

/// The taint that would take a pod away.
const KEEP_OUT: &str = "keep-out";

/// The field that holds required node affinity, within a pod's spec.
const REQUIRED: [&str; 3] = [
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
];

/// Changes that bring a pod to the node, the smallest first; where one runs, the one that takes it away.
pub fn fixes(decision: &Decision, set: &Object, node: &Object) -> Vec<Fix> {
    let Some(spec) = set.daemon_set().map(|ds| &ds.spec) else {
        return Vec::new();
    };
    if decision.run {
        return keep_out(set, node).into_iter().collect();
    }
    let tolerations = placement::pod_tolerations(spec);
    let taints = node.node().map_or(&[][..], |n| &n.taints);
    let blocking: Vec<&Taint> = taints
        .iter()
        .filter(|t| taint::blocks_scheduling(t) && !taint::tolerated(&tolerations, t))
        .collect();
    let patch = patch(set, node, &blocking);
    let on_node = labelings(&spec.pod, node)
        .into_iter()
        .find_map(|labels| change_node(set, node, &labels, &blocking));
    let pure = blocking.is_empty();
    let (first, second) = if pure {
        (on_node, patch)
    } else {
        (patch, on_node)
    };
    first.into_iter().chain(second).collect()
}

/// The text of a manifest with a fix put in, when it holds the DaemonSet and the fix does flip the verdict there.
pub fn inserted(fix: &Fix, text: &str, set: (&str, &str), node: &Object) -> Option<String> {
    if fix.edits.is_empty() {
        return None;
    }
    let (namespace, name) = set;
    let new = Manifest::find(text, namespace, name)?.edited(&fix.edits)?;
    let read = Manifest::find(&new, namespace, name)?.object();
    runs(&read, node).then_some(new)
}

fn runs(set: &Object, node: &Object) -> bool {
    set.daemon_set()
        .is_some_and(|ds| placement::decide(&ds.spec, node).run)
}

fn keep_out(set: &Object, node: &Object) -> Option<Fix> {
    let mut tree = node.value().clone();
    let taint = value!({"key": KEEP_OUT, "effect": "NoExecute"});
    tree.at_mut(&["spec", "taints"]).push(taint);
    let away = !runs(set, &Object::read(Kind::Node, tree, None));
    away.then(|| Fix {
        label: say!("Taint the node"),
        text: vec![say!("{}", &format!("{KEEP_OUT}:NoExecute"))],
        line: format!("kubectl taint nodes {} {KEEP_OUT}:NoExecute", node.name()),
        edits: Vec::new(),
    })
}

/// Labels to set, or to remove (None).
type Labels = Vec<(Str, Option<Str>)>;

/// For each term of the required affinity: the labels that satisfy it and `nodeSelector`.
fn labelings(pod: &PodSpec, node: &Object) -> Vec<Labels> {
    let terms = match pod.required_nodes() {
        None => vec![NodeSelectorTerm::default()],
        Some(required) => required.node_selector_terms,
    };
    let of_term = |term: &NodeSelectorTerm| {
        let asked = term.match_expressions.iter().map(|one| &one.key);
        let mut keys: Vec<&Str> = pod.node_selector.fields().map(|(k, _)| k).collect();
        keys.extend(asked);
        keys.order();
        keys.dedup();
        let value = |key: &&Str| Some(((*key).clone(), fitting(pod, term, key, node)?));
        keys.iter().map(value).collect::<Option<Labels>>()
    };
    terms.iter().filter_map(of_term).collect()
}

/// The value of a label on a node; none where it is absent.
type Held = Option<Str>;

/// A value of one label (or its absence) that a term and `nodeSelector` accept; the present one if it does.
fn fitting(pod: &PodSpec, term: &NodeSelectorTerm, key: &Str, node: &Object) -> Option<Held> {
    let asked: Vec<NodeSelectorRequirement> = term
        .match_expressions
        .iter()
        .filter(|one| one.key == *key)
        .cloned()
        .collect();
    let near = |text: &Str| {
        let number = text.parse::<i64>().ok();
        let by = |by: i64| number.and_then(|n| n.checked_add(by)).filter(|n| *n >= 0);
        [by(1), by(-1)]
    };
    let numbers = asked
        .iter()
        .flat_map(|one| &one.values)
        .flat_map(near)
        .flatten()
        .map(|n| Some(Str::new(&n.to_string())));
    let wanted = pod.node_selector.field(key).map(Value::to_str);
    let values = asked.iter().flat_map(|one| &one.values).cloned().map(Some);
    let own = node.meta().labels.field(key).map(Value::to_str);
    let mut candidates = vec![own, wanted.clone()];
    candidates.extend(values);
    candidates.extend([Some(Str::default()), None]);
    candidates.extend(numbers);
    let part = NodeSelectorTerm {
        match_expressions: asked,
        match_fields: Vec::new(),
    };
    let accepts = |value: &Option<Str>| {
        let mut labels = Value::map();
        if let Some(value) = value {
            labels.set(key.clone(), Value::from(value.clone()));
        }
        (wanted.is_none() || wanted == *value)
            && (part.match_expressions.is_empty() || matches_term(&part, &labels, "").is_ok())
    };
    candidates.into_iter().find(accepts)
}

/// One change of the node: labels, and without the taints in the way.
fn change_node(set: &Object, node: &Object, labels: &Labels, blocking: &[&Taint]) -> Option<Fix> {
    let own = &node.meta().labels;
    let mut tree = node.value().clone();
    let (mut text, mut args) = (Vec::new(), Vec::new());
    for (key, value) in labels {
        if own.field(key).map(Value::to_str) == *value {
            continue;
        }
        let kept = tree.at_mut(&["metadata", "labels"]);
        if let Some(value) = value {
            kept.set(key.clone(), Value::from(value.clone()));
            text.push(say!("{}", &format!("{key}: {:?}", value.as_str())));
            args.push(format!("{key}={value}"));
        } else {
            kept.remove(key);
            text.push(say!("without the label {}", key));
            args.push(format!("{key}-"));
        }
    }
    let mut left = Value::list();
    let gone = |v: &Value| {
        let is = |t: &&Taint| {
            v.get("key").text() == t.key.as_str() && v.get("effect").text() == t.effect.as_str()
        };
        blocking.iter().any(is)
    };
    for one in node.value().at(&["spec", "taints"]).items() {
        if !gone(one) {
            left.push(one.clone());
        }
    }
    tree.set_at(&["spec", "taints"], left);
    let taints: Vec<String> = blocking.iter().map(|t| TaintChip::of(t).text()).collect();
    text.extend(taints.iter().map(|taint| say!("without {}", taint)));
    let name = node.name();
    let relabel = format!("kubectl label nodes {name} {} --overwrite", args.join(" "));
    let untaint = format!("kubectl taint nodes {name} {}-", taints.join("- "));
    let (label, line) = match (args.is_empty(), taints.is_empty()) {
        (false, true) => (say!("Label the node"), relabel),
        (true, false) => (say!("Untaint the node"), untaint),
        _ => (say!("Change the node"), format!("{relabel} && {untaint}")),
    };
    runs(set, &Object::read(Kind::Node, tree, None)).then_some(Fix {
        label,
        text,
        line,
        edits: Vec::new(),
    })
}

/// What of a template keeps its pods from a node, taints aside.
fn in_the_way(pod: &PodSpec, node: &Object) -> Vec<Vec<Str>> {
    let labels = &node.meta().labels;
    let mut out = Vec::new();
    if !pod.node_name.is_empty() && pod.node_name != *node.name() {
        out.push(vec!["nodeName".into()]);
    }
    for (key, wanted) in pod.node_selector.fields() {
        if labels.field(key).map(Value::text) != Some(wanted.text()) {
            out.push(vec!["nodeSelector".into(), key.clone()]);
        }
    }
    let mut rest = pod.clone();
    rest.common_mut().node_selector = Value::map();
    if affinity::matches_node(&rest, labels, node.name()).is_err() {
        out.push(REQUIRED.iter().map(|step| Str::from(*step)).collect());
    }
    out
}

/// One change of the template: drops what does not match, tolerates what is left.
fn patch(set: &Object, node: &Object, blocking: &[&Taint]) -> Option<Fix> {
    let pod = &set.daemon_set()?.spec.pod;
    let mut tree = set.value().clone();
    let own = tree.at_mut(&["spec", "template", "spec"]);
    let (mut text, mut ops, mut edits) = (Vec::new(), Vec::new(), Vec::new());
    for path in in_the_way(pod, node) {
        let (last, parents) = path.split_last()?;
        let mut at = &mut *own;
        for step in parents {
            at = at.map_mut().get_mut(step)?;
        }
        at.remove(last)?;
        text.push(say!("without {}", &path.join(".")));
        let steps: Vec<String> = path
            .iter()
            .map(|step| step.replace('~', "~0").replace('/', "~1"))
            .collect();
        let path_text = format!("/spec/template/spec/{}", steps.join("/"));
        ops.push(value!({"op": "remove", "path": path_text}));
        edits.push(Edit::Drop(path));
    }
    let dropping = !ops.is_empty();
    if !blocking.is_empty() {
        text.push(say!("{}", "tolerations:"));
    }
    for taint in blocking {
        let one = tolerating(taint);
        let list = own.get("tolerations").items();
        let (path, new) = if list.is_empty() {
            ("/spec/template/spec/tolerations", value!([one.clone()]))
        } else {
            ("/spec/template/spec/tolerations/-", one.clone())
        };
        ops.push(value!({"op": "add", "path": path, "value": new}));
        own.map_mut().entry("tolerations").push(one);
        text.extend(toleration(taint).lines().map(|line| say!("{}", line)));
        edits.push(Edit::Tolerate((*taint).clone()));
    }
    let ops: Vec<String> = ops.iter().map(ToString::to_string).collect();
    let label = if dropping {
        say!("Patch the template")
    } else {
        say!("Tolerate it")
    };
    runs(&Object::read(Kind::DaemonSet, tree, None), node).then(|| Fix {
        label,
        text,
        line: format!(
            "kubectl patch ds {} -n {} --type=json -p '[{}]'",
            set.name(),
            set.namespace(),
            ops.join(",")
        ),
        edits,
    })
}

/// The toleration of a taint as the API has it.
fn tolerating(taint: &Taint) -> Value {
    let operator = if taint.value.is_empty() {
        "Exists"
    } else {
        "Equal"
    };
    let mut one = value!({"key": taint.key.clone(), "operator": operator});
    if !taint.value.is_empty() {
        one.set("value", Value::from(taint.value.clone()));
    }
    one.set("effect", Value::from(taint.effect.clone()));
    one
}
