//! Node selectors and node affinity: required matching with the reason for a "no", and preferred scores.

use super::api::{NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodSpec, PreferredTerm};
use super::selector::{Operator, Requirement};
use super::{Str, Value};
use crate::k8s::order::InOrder;

/// The only field that `matchFields` knows.
pub const NAME_FIELD: &str = "metadata.name";

/// Why a node does not match a pod's `nodeSelector` and required node affinity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mismatch {
    /// `nodeSelector` asks for another value, or for a label that the node lacks (`found` is None).
    NodeSelector {
        key: Str,
        wanted: Str,
        found: Option<Str>,
    },
    /// Required affinity is present but has no terms, which matches nothing.
    NoTerms,
    /// No term matches; one entry per term, in order.
    Terms(Vec<TermMismatch>),
}

/// Why one term does not match.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TermMismatch {
    /// A term without expressions and fields matches nothing.
    Empty,
    /// A requirement that cannot be understood makes the whole term void.
    Invalid {
        requirement: NodeSelectorRequirement,
        detail: String,
    },
    /// The first requirement that fails.
    Failed {
        requirement: NodeSelectorRequirement,
        on: Side,
        /// The node's value, None when the label is absent.
        found: Option<Str>,
    },
}

/// What a requirement looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Labels,
    Fields,
}

/// Checks `nodeSelector` and required node affinity; both have to hold.
///
/// Upstream: component-helpers/scheduling/corev1/nodeaffinity `RequiredNodeAffinity.Match`.
pub fn matches_node(spec: &PodSpec, labels: &Value, node_name: &str) -> Result<(), Mismatch> {
    matches_required(spec, spec.required_nodes().as_ref(), labels, node_name)
}

/// As [`matches_node`], with the required affinity read before: for many nodes.
pub fn matches_required(
    spec: &PodSpec,
    required: Option<&NodeSelector>,
    labels: &Value,
    node_name: &str,
) -> Result<(), Mismatch> {
    for (key, wanted) in spec.node_selector.fields() {
        let found = labels.field(key).map(Value::to_str);
        if found.as_deref() != Some(wanted.text()) {
            return Err(Mismatch::NodeSelector {
                key: key.clone(),
                wanted: wanted.to_str(),
                found,
            });
        }
    }
    match required {
        None => Ok(()),
        Some(required) => matches_selector(required, labels, node_name),
    }
}

/// Checks a node selector: one matching term is enough, and terms that cannot be understood are skipped.
pub fn matches_selector(
    selector: &NodeSelector,
    labels: &Value,
    node_name: &str,
) -> Result<(), Mismatch> {
    let mut reasons = Vec::new();
    for term in &selector.node_selector_terms {
        match matches_term(term, labels, node_name) {
            Ok(()) => return Ok(()),
            Err(reason) => reasons.push(reason),
        }
    }
    if reasons.is_empty() {
        Err(Mismatch::NoTerms)
    } else {
        Err(Mismatch::Terms(reasons))
    }
}

/// Checks one term: all its requirements have to hold.
pub fn matches_term(
    term: &NodeSelectorTerm,
    labels: &Value,
    node_name: &str,
) -> Result<(), TermMismatch> {
    if term.match_expressions.is_empty() && term.match_fields.is_empty() {
        return Err(TermMismatch::Empty);
    }
    let invalid = |requirement: &NodeSelectorRequirement, detail: String| TermMismatch::Invalid {
        requirement: requirement.clone(),
        detail,
    };
    let mut first_failure = None;
    let mut note = |requirement: &NodeSelectorRequirement, on: Side, found: Option<&str>| {
        first_failure.get_or_insert_with(|| TermMismatch::Failed {
            requirement: requirement.clone(),
            on,
            found: found.map(Str::new),
        });
    };
    for requirement in &term.match_expressions {
        let parsed = label_requirement(requirement).map_err(|e| invalid(requirement, e))?;
        let found = labels.field(&requirement.key).map(Value::text);
        if !parsed.accepts(found) {
            note(requirement, Side::Labels, found);
        }
    }
    for requirement in &term.match_fields {
        let (equal, value) = field_requirement(requirement).map_err(|e| invalid(requirement, e))?;
        let found = (requirement.key == NAME_FIELD).then_some(node_name);
        if (found.unwrap_or("") == value) != equal {
            note(requirement, Side::Fields, found);
        }
    }
    first_failure.map_or(Ok(()), Err)
}

/// Upstream: component-helpers/scheduling/corev1/nodeaffinity `nodeSelectorRequirementsAsSelector`.
fn label_requirement(requirement: &NodeSelectorRequirement) -> Result<Requirement, String> {
    let operator = match requirement.operator.as_str() {
        "In" => Operator::In,
        "NotIn" => Operator::NotIn,
        "Exists" => Operator::Exists,
        "DoesNotExist" => Operator::DoesNotExist,
        "Gt" => Operator::GreaterThan,
        "Lt" => Operator::LessThan,
        other => return Err(format!("\"{other}\" is not a valid node selector operator")),
    };
    Requirement::new(
        &requirement.key,
        operator,
        requirement.values.iter().cloned(),
    )
}

/// Whether the field must be equal, and to what.
///
/// Upstream: component-helpers/scheduling/corev1/nodeaffinity `nodeSelectorRequirementsAsFieldSelector`.
fn field_requirement(requirement: &NodeSelectorRequirement) -> Result<(bool, &str), String> {
    let equal = match requirement.operator.as_str() {
        "In" => true,
        "NotIn" => false,
        other => return Err(format!("\"{other}\" is not a valid node selector operator")),
    };
    match requirement.values.as_slice() {
        [one] => Ok((equal, one)),
        values => Err(format!(
            "unexpected number of value ({}) for node field selector operator \"{}\"",
            values.len(),
            requirement.operator
        )),
    }
}

/// Sum of the weights of the preferred terms that match.
///
/// Upstream: component-helpers/scheduling/corev1/nodeaffinity `PreferredSchedulingTerms.Score`.
pub fn preferred_score(terms: &[PreferredTerm], labels: &Value, node_name: &str) -> i64 {
    terms
        .iter()
        .filter(|t| t.weight != 0 && matches_term(&t.preference, labels, node_name).is_ok())
        .map(|t| t.weight)
        .sum()
}

/// The node names to which required affinity narrows a pod: those that every term asks for by
/// `metadata.name In`. `None` when some term does not name nodes, so that every node is a candidate.
///
/// Upstream: scheduler/framework/plugins/nodeaffinity `PreFilter`.
pub fn required_node_names(required: &NodeSelector) -> Option<Vec<Str>> {
    let terms = &required.node_selector_terms;
    if terms.is_empty() {
        return None;
    }
    let mut names: Vec<Str> = Vec::new();
    for term in terms {
        let mut of_term: Option<Vec<Str>> = None;
        for r in &term.match_fields {
            if r.key == NAME_FIELD && r.operator == "In" {
                of_term = Some(match of_term {
                    None => r.values.clone(),
                    Some(kept) => kept.into_iter().filter(|n| r.values.contains(n)).collect(),
                });
            }
        }
        names.extend(of_term?);
    }
    names.order();
    names.dedup();
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::de;
    use crate::value;
    use proptest::prelude::*;

    fn pod(affinity_terms: &Value) -> PodSpec {
        let mut spec = Value::map();
        spec.set_at(
            &[
                "affinity",
                "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution",
                "nodeSelectorTerms",
            ],
            affinity_terms.clone(),
        );
        de::read(&spec)
    }

    #[test]
    fn operators() {
        let labels = value!({"disk": "ssd", "ring": "5", "gpu": "", "word": "x"});
        for (key, operator, values, want) in [
            ("disk", "In", value!(["hdd", "ssd"]), true),
            ("disk", "In", value!(["hdd"]), false),
            ("none", "In", value!(["hdd"]), false),
            ("disk", "NotIn", value!(["ssd"]), false),
            ("none", "NotIn", value!(["ssd"]), true),
            ("gpu", "Exists", value!([]), true),
            ("none", "Exists", value!([]), false),
            ("none", "DoesNotExist", value!([]), true),
            ("gpu", "DoesNotExist", value!([]), false),
            ("ring", "Gt", value!(["4"]), true),
            ("ring", "Gt", value!(["5"]), false),
            ("ring", "Lt", value!(["6"]), true),
            ("ring", "Lt", value!(["5"]), false),
            ("ring", "Gt", value!(["x"]), false),
            ("word", "Gt", value!(["1"]), false),
            ("none", "Lt", value!(["9"]), false),
            ("disk", "Equal", value!(["ssd"]), false),
        ] {
            let terms = value!([{"matchExpressions": [{"key": key, "operator": operator, "values": &values}]}]);
            let got = matches_node(&pod(&terms), &labels, "w1");
            assert_eq!(got.is_ok(), want, "{key} {operator} {values}: {got:?}");
        }
    }

    #[test]
    fn terms_and_fields() {
        let labels = value!({"disk": "ssd"});
        let ok = |terms: Value| matches_node(&pod(&terms), &labels, "w1").is_ok();
        let disk = value!({"key": "disk", "operator": "Exists"});
        let w1 = value!({"key": "metadata.name", "operator": "In", "values": ["w1"]});
        let w2 = value!({"key": "metadata.name", "operator": "In", "values": ["w2"]});
        let not_w1 = value!({"key": "metadata.name", "operator": "NotIn", "values": ["w1"]});
        let bad = value!({"key": "disk", "operator": "In"});
        assert!(ok(value!([{"matchFields": [&w1]}])));
        assert!(!ok(value!([{"matchFields": [&w2]}])));
        assert!(!ok(value!([{"matchFields": [&not_w1]}])));
        assert!(ok(
            value!([{"matchFields": [&w2]}, {"matchExpressions": [&disk]}])
        ));
        assert!(!ok(
            value!([{"matchFields": [&w2], "matchExpressions": [&disk]}])
        ));
        assert!(!ok(value!([])));
        assert!(!ok(value!([{}])));
        assert!(ok(
            value!([{"matchExpressions": [&bad]}, {"matchExpressions": [&disk]}])
        ));
        assert!(!ok(value!([{"matchExpressions": [&bad, &disk]}])));
    }

    #[test]
    fn reasons() {
        let labels = value!({"disk": "hdd"});
        let spec: PodSpec = de::read(&value!({"nodeSelector": {"disk": "ssd"}}));
        assert_eq!(
            matches_node(&spec, &labels, "w1"),
            Err(Mismatch::NodeSelector {
                key: "disk".into(),
                wanted: "ssd".into(),
                found: Some("hdd".into())
            })
        );
        let terms = value!([{"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}]);
        let Err(Mismatch::Terms(reasons)) = matches_node(&pod(&terms), &labels, "w1") else {
            panic!("matched");
        };
        assert!(matches!(
            reasons.as_slice(),
            [TermMismatch::Failed { on: Side::Labels, found: None, requirement }] if requirement.key == "gpu"
        ));
        assert_eq!(
            matches_node(&pod(&value!([])), &labels, "w1"),
            Err(Mismatch::NoTerms)
        );
    }

    #[test]
    fn preferred_and_names() {
        let labels = value!({"disk": "ssd"});
        let terms: Vec<PreferredTerm> = de::read(&value!([
            {"weight": 10, "preference": {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}},
            {"weight": 5, "preference": {"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}},
            {"weight": 2, "preference": {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["w1"]}]}},
            {"weight": 50, "preference": {}},
        ]));
        assert_eq!(preferred_score(&terms, &labels, "w1"), 12);
        let name =
            |n: &'static str| value!({"key": "metadata.name", "operator": "In", "values": [n]});
        let names = |terms: &Value| required_node_names(&pod(terms).required_nodes()?);
        let both = names(&value!([{"matchFields": [name("b")]}, {"matchFields": [name("a")]}]));
        assert_eq!(both, Some(vec!["a".into(), "b".into()]));
        let conflict = names(&value!([{"matchFields": [name("a"), name("b")]}]));
        assert_eq!(conflict, Some(vec![]));
        let open = names(
            &value!([{"matchFields": [name("a")]}, {"matchExpressions": [{"key": "x", "operator": "Exists"}]}]),
        );
        assert_eq!(open, None);
    }

    /// The rule as a table over (operator, label present, comparison).
    fn plain(operator: &str, values: &[i64], label: Option<i64>) -> bool {
        match (operator, label) {
            ("In", Some(l)) => values.contains(&l),
            ("NotIn", Some(l)) => !values.is_empty() && !values.contains(&l),
            ("NotIn", None) => !values.is_empty(),
            ("Exists", l) => values.is_empty() && l.is_some(),
            ("DoesNotExist", l) => values.is_empty() && l.is_none(),
            ("Gt", Some(l)) => matches!(values, [v] if l > *v),
            ("Lt", Some(l)) => matches!(values, [v] if l < *v),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_plain_rule(
            operator in "(In|NotIn|Exists|DoesNotExist|Gt|Lt|Equal)",
            values in proptest::collection::btree_set(0i64..4, 0..3),
            label in proptest::option::of(0i64..4),
        ) {
            let values: Vec<i64> = values.into_iter().collect();
            let texts: Value = values.iter().map(|v| Value::from(v.to_string())).collect();
            let terms = value!([{"matchExpressions": [{"key": "k", "operator": operator.clone(), "values": texts}]}]);
            let labels = label.map_or(Value::Null, |l| value!({"k": l.to_string()}));
            prop_assert_eq!(
                matches_node(&pod(&terms), &labels, "w").is_ok(),
                plain(&operator, &values, label)
            );
        }
    }
}
