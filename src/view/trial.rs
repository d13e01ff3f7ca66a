//! Every taint of a node against every toleration of a DaemonSet's pods, and where each toleration comes from.

use super::manifest::POD;
use super::node::TaintChip;
use super::say::Say;
use crate::k8s::api::{DaemonSetSpec, Taint, Toleration};
use crate::k8s::{Object, Str, taint};
use crate::say;

/// One taint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trial {
    pub taint: String,
    pub tolerated: bool,
    pub tried: Vec<Tried>,
}

/// One toleration against it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tried {
    pub toleration: String,
    pub tolerates: bool,
    /// What differs, or that nothing does.
    pub why: Say,
    pub from: Say,
    /// Its place in the DaemonSet; empty when the controller adds it.
    pub path: Str,
}

/// All comparisons, taint by taint.
pub fn trials(spec: &DaemonSetSpec, tolerations: &[Toleration], node: &Object) -> Vec<Trial> {
    let taints = node.node().map_or(&[][..], |n| &n.taints);
    let own = spec.pod.tolerations.len();
    let of_taint = |one: &Taint| {
        let tried = |(i, toleration): (usize, &Toleration)| Tried {
            toleration: text(toleration),
            tolerates: taint::tolerates(toleration, one),
            why: compare(toleration, one),
            from: if i < own {
                say!("from the template")
            } else {
                say!("added to every daemon pod by the controller")
            },
            path: if i < own {
                Str::new(&format!("{POD}.tolerations[{i}]"))
            } else {
                Str::default()
            },
        };
        Trial {
            taint: TaintChip::of(one).text(),
            tolerated: taint::tolerated(tolerations, one),
            tried: tolerations.iter().enumerate().map(tried).collect(),
        }
    };
    taints.iter().map(of_taint).collect()
}

/// As `kubectl describe` writes a toleration.
pub fn text(toleration: &Toleration) -> String {
    let mut out = toleration.key.to_string();
    if !toleration.value.is_empty() {
        out.push('=');
        out.push_str(&toleration.value);
    }
    if !toleration.effect.is_empty() {
        out.push(':');
        out.push_str(&toleration.effect);
    }
    if toleration.operator == "Exists" && toleration.value.is_empty() {
        out.push_str(if out.is_empty() {
            "op=Exists"
        } else {
            " op=Exists"
        });
    }
    if let Some(seconds) = toleration.toleration_seconds {
        out.push_str(&format!(" for {seconds}s"));
    }
    out
}

/// The first thing that differs, in the order of the rule: effect, key, value.
fn compare(toleration: &Toleration, one: &Taint) -> Say {
    if !toleration.effect.is_empty() && toleration.effect != one.effect {
        say!("another effect: {}", &toleration.effect)
    } else if !toleration.key.is_empty() && toleration.key != one.key {
        say!("another key")
    } else if taint::tolerates(toleration, one) {
        say!("tolerates it")
    } else if ["", "Equal"].contains(&toleration.operator.as_str()) {
        say!(
            "another value: {}",
            &format!("{:?}", toleration.value.as_str())
        )
    } else {
        say!("the operator {} never tolerates", &toleration.operator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::daemonset::placement::pod_tolerations;
    use crate::k8s::Kind;
    use crate::value;

    #[test]
    fn every_toleration_is_compared() {
        let set = Object::shared(
            Kind::DaemonSet,
            value!({"metadata": {"name": "d"}, "spec": {"template": {"spec": {"tolerations": [
                {"key": "gpu", "operator": "Equal", "value": "a", "effect": "NoSchedule"}]}}}}),
        );
        let node = Object::shared(
            Kind::Node,
            value!({"metadata": {"name": "n"}, "spec": {"taints": [
                {"key": "gpu", "value": "b", "effect": "NoSchedule"}]}}),
        );
        let spec = &set.daemon_set().expect("a set").spec;
        let found = trials(spec, &pod_tolerations(spec), &node);
        let rows: Vec<(String, String)> = found[0]
            .tried
            .iter()
            .take(3)
            .map(|t| (t.toleration.clone(), t.why.to_string()))
            .collect();
        let row = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let wanted = [
            row("gpu=a:NoSchedule", "another value: \"a\""),
            row(
                "node.kubernetes.io/not-ready:NoExecute op=Exists",
                "another effect: NoExecute",
            ),
            row(
                "node.kubernetes.io/unreachable:NoExecute op=Exists",
                "another effect: NoExecute",
            ),
        ];
        assert_eq!(rows, wanted);
        assert_eq!((found[0].tolerated, found[0].tried.len()), (false, 7));
        assert_eq!(found[0].tried[0].path, "spec.template.spec.tolerations[0]");
        assert_eq!(found[0].tried[1].path, "");
    }
}
