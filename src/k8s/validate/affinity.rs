//! Node affinity, pod affinity and pod anti-affinity.

use super::selector::label_selector;
use super::syntax::{label, label_value, qualified_name, subdomain};
use super::{Errors, Path};
use crate::k8s::Value;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
const BAD_OPERATOR: &str = "not a valid selector operator";
const WITHOUT_SELECTOR: &str = "must not be specified when labelSelector is not set";

/// Whether values of requirements must be label values. Preferences may name anything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    Checked,
    Free,
}

/// Upstream: `pkg/apis/core/validation validateAffinity`.
pub fn affinity(errors: &mut Errors, at: &Path<'_>, affinity: &Value) {
    if affinity.is_null() {
        return;
    }
    node_affinity(
        errors,
        &at.child("nodeAffinity"),
        affinity.get("nodeAffinity"),
    );
    for field in ["podAffinity", "podAntiAffinity"] {
        pod_affinity(errors, &at.child(field), affinity.get(field));
    }
}

fn node_affinity(errors: &mut Errors, at: &Path<'_>, affinity: &Value) {
    let required = affinity.get(REQUIRED);
    if !required.is_null() {
        node_selector(errors, &at.child(REQUIRED), required);
    }
    let list = at.child(PREFERRED);
    for (i, preferred) in affinity.get(PREFERRED).items().iter().enumerate() {
        let at = list.index(i);
        weight(errors, &at, preferred);
        term(
            errors,
            &at.child("preference"),
            preferred.get("preference"),
            Values::Free,
        );
    }
}

/// A node selector, which must have a term.
///
/// Upstream: `pkg/apis/core/validation ValidateNodeSelector`.
pub fn node_selector(errors: &mut Errors, at: &Path<'_>, selector: &Value) {
    let list = at.child("nodeSelectorTerms");
    let terms = selector.get("nodeSelectorTerms").items();
    if terms.is_empty() {
        errors.required(&list, "must have at least one node selector term");
    }
    for (i, one) in terms.iter().enumerate() {
        term(errors, &list.index(i), one, Values::Checked);
    }
}

fn weight(errors: &mut Errors, at: &Path<'_>, preferred: &Value) {
    let weight = preferred.get("weight").as_i64().unwrap_or(0);
    if !(1..=100).contains(&weight) {
        errors.invalid(&at.child("weight"), weight, "must be in the range 1-100");
    }
}

fn term(errors: &mut Errors, at: &Path<'_>, term: &Value, values: Values) {
    let list = at.child("matchExpressions");
    for (i, requirement) in term.get("matchExpressions").items().iter().enumerate() {
        expression(errors, &list.index(i), requirement, values);
    }
    let list = at.child("matchFields");
    for (i, requirement) in term.get("matchFields").items().iter().enumerate() {
        field_requirement(errors, &list.index(i), requirement);
    }
}

fn expression(errors: &mut Errors, at: &Path<'_>, requirement: &Value, checked: Values) {
    let values = requirement.get("values").items();
    let operator = requirement.get("operator").text();
    let values_at = at.child("values");
    match operator {
        "In" | "NotIn" => {
            if values.is_empty() {
                let detail = "must be specified when `operator` is 'In' or 'NotIn'";
                errors.required(&values_at, detail);
            }
        }
        "Exists" | "DoesNotExist" => {
            if !values.is_empty() {
                let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
                errors.forbidden(&values_at, detail);
            }
        }
        "Gt" | "Lt" => {
            if values.len() != 1 {
                let detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
                errors.required(&values_at, detail);
            }
        }
        _ => errors.invalid(&at.child("operator"), operator, BAD_OPERATOR),
    }
    let key = requirement.get("key").text();
    errors.invalid_each(&at.child("key"), key, qualified_name(key));
    if checked == Values::Checked {
        for (i, value) in values.iter().enumerate() {
            let at = values_at.index(i);
            errors.invalid_each(&at, value.text(), label_value(value.text()));
        }
    }
}

fn field_requirement(errors: &mut Errors, at: &Path<'_>, requirement: &Value) {
    let values = requirement.get("values").items();
    let operator = requirement.get("operator").text();
    let values_at = at.child("values");
    match operator {
        "In" | "NotIn" => {
            if values.len() != 1 {
                let detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
                errors.required(&values_at, detail);
            }
        }
        _ => errors.invalid(&at.child("operator"), operator, BAD_OPERATOR),
    }
    let key = requirement.get("key").text();
    if key != "metadata.name" {
        errors.invalid(&at.child("key"), key, "not a valid field selector key");
        return;
    }
    for (i, value) in values.iter().enumerate() {
        let at = values_at.index(i);
        errors.invalid_each(&at, value.text(), subdomain(value.text()));
    }
}

fn pod_affinity(errors: &mut Errors, at: &Path<'_>, affinity: &Value) {
    let list = at.child(REQUIRED);
    for (i, one) in affinity.get(REQUIRED).items().iter().enumerate() {
        pod_term(errors, &list.index(i), one);
    }
    let list = at.child(PREFERRED);
    for (i, preferred) in affinity.get(PREFERRED).items().iter().enumerate() {
        let at = list.index(i);
        weight(errors, &at, preferred);
        pod_term(
            errors,
            &at.child("podAffinityTerm"),
            preferred.get("podAffinityTerm"),
        );
    }
}

fn pod_term(errors: &mut Errors, at: &Path<'_>, term: &Value) {
    let selector = term.get("labelSelector");
    label_selector(errors, &at.child("labelSelector"), selector);
    label_selector(
        errors,
        &at.child("namespaceSelector"),
        term.get("namespaceSelector"),
    );
    for namespace in term.get("namespaces").items() {
        let name = namespace.text();
        errors.invalid_each(&at.child("namespace"), name, label(name));
    }
    let (keys, other_keys) = (term.get("matchLabelKeys"), term.get("mismatchLabelKeys"));
    match_label_keys(errors, at, keys, other_keys, selector);
    let key = term.get("topologyKey").text();
    let at = at.child("topologyKey");
    if key.is_empty() {
        errors.required(&at, "can not be empty");
    }
    errors.invalid_each(&at, key, qualified_name(key));
}

/// Upstream: `pkg/apis/core/validation ValidateMatchLabelKeysAndMismatchLabelKeys`.
pub fn match_label_keys(
    errors: &mut Errors,
    at: &Path<'_>,
    keys: &Value,
    mismatch_keys: &Value,
    selector: &Value,
) {
    for (field, keys) in [
        ("matchLabelKeys", keys),
        ("mismatchLabelKeys", mismatch_keys),
    ] {
        let at = at.child(field);
        if selector.is_null() && !keys.items().is_empty() {
            errors.forbidden(&at, WITHOUT_SELECTOR);
            continue;
        }
        for (i, key) in keys.items().iter().enumerate() {
            errors.invalid_each(&at.index(i), key.text(), qualified_name(key.text()));
        }
    }
    // The selector already holds an expression for each key; a second mention of the key is the user's.
    let mut seen: Vec<&str> = selector
        .get("matchLabels")
        .fields()
        .map(|(k, _)| k.as_str())
        .collect();
    for requirement in selector.get("matchExpressions").items() {
        let key = requirement.get("key").text();
        let index = keys.items().iter().rposition(|k| k.text() == key);
        if let Some(index) = index.filter(|_| seen.contains(&key)) {
            let detail = "exists in both matchLabelKeys and labelSelector";
            errors.invalid(&at.index(index), key, detail);
        }
        seen.push(key);
    }
    for (i, key) in keys.items().iter().enumerate() {
        if mismatch_keys.items().contains(key) {
            let detail = "exists in both matchLabelKeys and mismatchLabelKeys";
            errors.invalid(&at.child("matchLabelKeys").index(i), key.text(), detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn of_expression(requirement: Value) -> Vec<String> {
        let mut errors = Errors::default();
        let selector = value!({"nodeSelectorTerms": [{"matchExpressions": [requirement]}]});
        node_selector(&mut errors, &Path::root("s"), &selector);
        errors.lines()
    }

    #[test]
    fn node_requirements() {
        let at = "s.nodeSelectorTerms[0].matchExpressions[0]";
        let cases = [
            (
                value!({"key": "a", "operator": "Gt", "values": ["1", "2"]}),
                "values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'",
            ),
            (
                value!({"key": "a", "operator": "Equal", "values": ["1"]}),
                "operator: Invalid value: \"Equal\": not a valid selector operator",
            ),
            (
                value!({"key": "a", "operator": "DoesNotExist", "values": ["1"]}),
                "values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            ),
        ];
        for (requirement, want) in cases {
            assert_eq!(of_expression(requirement), [format!("{at}.{want}")]);
        }
        assert!(
            of_expression(value!({"key": "a", "operator": "Lt", "values": ["word"]})).is_empty()
        );
    }

    #[test]
    fn pod_terms() {
        let mut errors = Errors::default();
        let value = value!({"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "zone", "namespaces": ["Kube_System"], "matchLabelKeys": ["a"]}]}});
        affinity(&mut errors, &Path::root("a"), &value);
        let at = "a.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]";
        let lines = errors.lines();
        assert!(lines[0].starts_with(&format!("{at}.namespace: Invalid value: \"Kube_System\": ")));
        assert_eq!(
            lines[1],
            format!("{at}.matchLabelKeys: Forbidden: {WITHOUT_SELECTOR}")
        );
    }
}
