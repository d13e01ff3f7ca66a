//! The smallest change that would bring a pod to a node.

use super::explain::Fix;
use super::node::TaintChip;
use crate::cluster::daemonset::{Decision, Reason};
use crate::k8s::Object;
use crate::k8s::affinity::{Mismatch, TermMismatch};
use crate::k8s::api::Taint;

/// Changes that flip the decision, the smallest first; none when a pod may run there, or when no single
/// change helps.
pub fn fixes(decision: &Decision, set: &Object, node: &Object) -> Vec<Fix> {
    match &decision.reason {
        Reason::Fits | Reason::NodeName { .. } | Reason::Affinity(Mismatch::NoTerms) => Vec::new(),
        Reason::Affinity(Mismatch::NodeSelector { key, wanted, .. }) => {
            vec![label(node, key, wanted)]
        }
        Reason::Affinity(Mismatch::Terms(terms)) => terms
            .iter()
            .find_map(|term| by_label(node, term))
            .into_iter()
            .collect(),
        Reason::Taint { taint, .. } => vec![tolerate(set, taint), untaint(node, taint)],
    }
}

fn label(node: &Object, key: &str, value: &str) -> Fix {
    Fix {
        label: "Label the node".to_owned(),
        text: format!("{key}: {value:?}"),
        line: format!(
            "kubectl label nodes {} {key}={value} --overwrite",
            node.name()
        ),
    }
}

/// A label that satisfies the failed requirement of a term.
fn by_label(node: &Object, mismatch: &TermMismatch) -> Option<Fix> {
    let TermMismatch::Failed { requirement, .. } = mismatch else {
        return None;
    };
    match requirement.operator.as_str() {
        "In" => requirement
            .values
            .first()
            .map(|value| label(node, &requirement.key, value)),
        "Exists" => Some(label(node, &requirement.key, "")),
        "NotIn" | "DoesNotExist" => Some(Fix {
            label: "Remove the label".to_owned(),
            text: format!("no label {}", requirement.key),
            line: format!("kubectl label nodes {} {}-", node.name(), requirement.key),
        }),
        _ => None,
    }
}

fn tolerate(set: &Object, taint: &Taint) -> Fix {
    let (key, value, effect) = (&taint.key, &taint.value, &taint.effect);
    let (yaml, part) = if value.is_empty() {
        (
            "operator: Exists".to_owned(),
            "\"operator\":\"Exists\"".to_owned(),
        )
    } else {
        (
            format!("value: {value:?}"),
            format!("\"value\":\"{value}\""),
        )
    };
    let text = format!("tolerations:\n- key: {key}\n  {yaml}\n  effect: {effect}");
    let json = format!("{{\"key\":\"{key}\",{part},\"effect\":\"{effect}\"}}");
    let has = set
        .daemon_set()
        .is_some_and(|ds| !ds.spec.pod.tolerations.is_empty());
    let (tail, json) = if has {
        ("/-", json)
    } else {
        ("", format!("[{json}]"))
    };
    Fix {
        label: "Tolerate it".to_owned(),
        text,
        line: format!(
            "kubectl patch ds {} -n {} --type=json -p '[{{\"op\":\"add\",\"path\":\"/spec/template/spec/tolerations{tail}\",\"value\":{json}}}]'",
            set.name(),
            set.namespace()
        ),
    }
}

fn untaint(node: &Object, taint: &Taint) -> Fix {
    let text = TaintChip::of(taint).text();
    Fix {
        label: "Untaint the node".to_owned(),
        text: format!("without {text}"),
        line: format!("kubectl taint nodes {} {text}-", node.name()),
    }
}
