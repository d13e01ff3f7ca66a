//! Label selectors and how messages show them.

use super::errors::json;
use super::meta::labels;
use super::syntax::{label_value, qualified_name};
use super::{Errors, Path};
use crate::k8s::Value;

pub const MISMATCH: &str = "`selector` does not match template `labels`";

/// Upstream: `apimachinery/pkg/apis/meta/v1/validation ValidateLabelSelector`.
pub fn label_selector(errors: &mut Errors, at: &Path<'_>, selector: &Value) {
    labels(
        errors,
        &at.child("matchLabels"),
        selector.get("matchLabels"),
    );
    let list = at.child("matchExpressions");
    for (i, requirement) in selector.get("matchExpressions").items().iter().enumerate() {
        let at = list.index(i);
        let values = requirement.get("values").items();
        let operator = requirement.get("operator").text();
        match operator {
            "In" | "NotIn" => {
                if values.is_empty() {
                    let detail = "must be specified when `operator` is 'In' or 'NotIn'";
                    errors.required(&at.child("values"), detail);
                }
            }
            "Exists" | "DoesNotExist" => {
                if !values.is_empty() {
                    let detail =
                        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
                    errors.forbidden(&at.child("values"), detail);
                }
            }
            _ => errors.invalid(
                &at.child("operator"),
                operator,
                "not a valid selector operator",
            ),
        }
        let key = requirement.get("key").text();
        errors.invalid_each(&at.child("key"), key, qualified_name(key));
        for (j, value) in values.iter().enumerate() {
            let at = at.child("values");
            errors.invalid_each(&at.index(j), value.text(), label_value(value.text()));
        }
    }
}

/// True when the selector has neither labels nor expressions. An absent selector is not empty: it selects nothing.
pub fn is_empty(selector: &Value) -> bool {
    !selector.is_null()
        && selector.get("matchLabels").is_empty()
        && selector.get("matchExpressions").is_empty()
}

/// Whether the labels match; None when the selector cannot be read, so that no answer exists.
///
/// Upstream: `apimachinery/pkg/apis/meta/v1 LabelSelectorAsSelector` followed by `Matches`.
pub fn matches(selector: &Value, labels: &Value) -> Option<bool> {
    if selector.is_null() {
        return Some(false);
    }
    let mut all = true;
    for (key, value) in selector.get("matchLabels").fields() {
        readable(key, std::slice::from_ref(value))?;
        all &= labels
            .field(key)
            .is_some_and(|have| have.text() == value.text());
    }
    for requirement in selector.get("matchExpressions").items() {
        let values = requirement.get("values").items();
        let key = requirement.get("key").text();
        let have = labels.field(key);
        let among = || have.is_some_and(|have| values.iter().any(|v| v.text() == have.text()));
        readable(key, values)?;
        all &= match (requirement.get("operator").text(), values.is_empty()) {
            ("In", false) => among(),
            ("NotIn", false) => !among(),
            ("Exists", true) => have.is_some(),
            ("DoesNotExist", true) => have.is_none(),
            _ => return None,
        };
    }
    Some(all)
}

fn readable(key: &str, values: &[Value]) -> Option<()> {
    let good =
        qualified_name(key).is_empty() && values.iter().all(|v| label_value(v.text()).is_empty());
    good.then_some(())
}

/// The selector as JSON with the fields in the order of the API's structure.
pub fn shown(selector: &Value) -> String {
    if selector.is_null() {
        return "null".to_owned();
    }
    let mut parts = Vec::new();
    let match_labels = selector.get("matchLabels");
    if !match_labels.is_empty() {
        parts.push(format!("\"matchLabels\":{}", json(match_labels)));
    }
    let expressions = selector.get("matchExpressions");
    if !expressions.is_empty() {
        let list: Vec<String> = expressions.items().iter().map(requirement_shown).collect();
        parts.push(format!("\"matchExpressions\":[{}]", list.join(",")));
    }
    format!("{{{}}}", parts.join(","))
}

fn requirement_shown(requirement: &Value) -> String {
    let text = |field| json(&Value::from(requirement.get(field).to_str()));
    let values = requirement.get("values");
    let values = if values.is_empty() {
        String::new()
    } else {
        format!(",\"values\":{}", json(values))
    };
    format!(
        "{{\"key\":{},\"operator\":{}{values}}}",
        text("key"),
        text("operator")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn requirements() {
        let cases = [
            (
                value!({"key": "a", "operator": "In"}),
                "values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
            ),
            (
                value!({"key": "a", "operator": "Exists", "values": ["b"]}),
                "values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            ),
            (
                value!({"key": "a", "operator": "in", "values": ["b"]}),
                "operator: Invalid value: \"in\": not a valid selector operator",
            ),
            (
                value!({"key": "a", "operator": "In", "values": ["b c"]}),
                "values[0]: Invalid value: \"b c\": a valid label must be an empty string",
            ),
        ];
        for (requirement, want) in cases {
            let mut errors = Errors::default();
            let selector = value!({"matchExpressions": [requirement]});
            label_selector(&mut errors, &Path::root("s"), &selector);
            let lines = errors.lines();
            assert_eq!(lines.len(), 1);
            assert!(
                lines[0].starts_with(&format!("s.matchExpressions[0].{want}")),
                "{lines:?}"
            );
        }
    }

    #[test]
    fn matching() {
        let labels = value!({"app": "a", "tier": "x"});
        let cases = [
            (Value::Null, Some(false)),
            (value!({}), Some(true)),
            (value!({"matchLabels": {"app": "a"}}), Some(true)),
            (value!({"matchLabels": {"app": "b"}}), Some(false)),
            (value!({"matchLabels": {"app": "b c"}}), None),
            (
                value!({"matchExpressions": [{"key": "no", "operator": "NotIn", "values": ["a"]}]}),
                Some(true),
            ),
            (
                value!({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}),
                Some(true),
            ),
            (
                value!({"matchExpressions": [{"key": "tier", "operator": "Is"}]}),
                None,
            ),
        ];
        for (selector, want) in cases {
            assert_eq!(matches(&selector, &labels), want, "{selector}");
        }
    }

    #[test]
    fn fields_in_the_order_of_the_api() {
        let selector = value!({"matchLabels": {"b": "c", "a": "b"}, "matchExpressions": [{"values": ["x"], "key": "t", "operator": "In"}]});
        assert_eq!(
            shown(&selector),
            r#"{"matchLabels":{"a":"b","b":"c"},"matchExpressions":[{"key":"t","operator":"In","values":["x"]}]}"#
        );
        assert_eq!(shown(&value!({"matchLabels": {}})), "{}");
    }
}
