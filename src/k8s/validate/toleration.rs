//! Tolerations of pods, and the taint effects that they share with nodes.

use super::syntax::{label_value, qualified_name};
use super::{Errors, Path};
use crate::k8s::Value;

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// The comparing operators exist, but their feature is off in this version.
///
/// Upstream: `pkg/apis/core/validation ValidateTolerations`.
pub fn tolerations(errors: &mut Errors, at: &Path<'_>, tolerations: &Value) {
    for (i, toleration) in tolerations.items().iter().enumerate() {
        let at = at.index(i);
        let text = |field| toleration.get(field).text();
        let (key, operator, value, effect) =
            (text("key"), text("operator"), text("value"), text("effect"));
        if !key.is_empty() {
            errors.invalid_each(&at.child("key"), key, qualified_name(key));
        }
        let operator_at = at.child("operator");
        if key.is_empty() && operator != "Exists" {
            let detail = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            errors.invalid(&operator_at, operator, detail);
        }
        if !toleration.get("tolerationSeconds").is_null() && effect != "NoExecute" {
            let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            errors.invalid(&at.child("effect"), effect, detail);
        }
        match operator {
            "Equal" | "" => {
                let sentences = label_value(value);
                if !sentences.is_empty() {
                    errors.invalid(&operator_at, value, &sentences.join(";"));
                }
            }
            "Exists" => {
                if !value.is_empty() {
                    let detail = "value must be empty when `operator` is 'Exists'";
                    errors.invalid(&operator_at, value, detail);
                }
            }
            "Lt" | "Gt" => {
                errors.not_supported(&operator_at, operator, &["Equal", "Exists", "Lt", "Gt"]);
            }
            _ => errors.not_supported(&operator_at, operator, &["Equal", "Exists"]),
        }
        if !effect.is_empty() && !EFFECTS.contains(&effect) {
            errors.not_supported(&at.child("effect"), effect, &EFFECTS);
        }
    }
}

/// The effect of a taint, which must be given.
pub fn taint_effect(errors: &mut Errors, at: &Path<'_>, effect: &str) {
    if effect.is_empty() {
        errors.required(at, "");
    } else if !EFFECTS.contains(&effect) {
        errors.not_supported(at, effect, &EFFECTS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn each_rule() {
        let cases = [
            (value!({"operator": "Exists"}), ""),
            (value!({"key": "a"}), ""),
            (
                value!({}),
                "operator: Invalid value: \"\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
            ),
            (
                value!({"key": "a", "tolerationSeconds": 5}),
                "effect: Invalid value: \"\": effect must be 'NoExecute' when `tolerationSeconds` is set",
            ),
            (
                value!({"key": "a", "operator": "Exists", "value": "x"}),
                "operator: Invalid value: \"x\": value must be empty when `operator` is 'Exists'",
            ),
            (
                value!({"key": "a", "operator": "Gt"}),
                "operator: Unsupported value: \"Gt\": supported values: \"Equal\", \"Exists\", \"Lt\", \"Gt\"",
            ),
            (
                value!({"key": "a", "operator": "exists"}),
                "operator: Unsupported value: \"exists\": supported values: \"Equal\", \"Exists\"",
            ),
            (
                value!({"key": "a", "effect": "Evict"}),
                "effect: Unsupported value: \"Evict\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"",
            ),
        ];
        for (toleration, want) in cases {
            let mut errors = Errors::default();
            tolerations(
                &mut errors,
                &Path::root("t"),
                &Value::from(vec![toleration]),
            );
            let want: Vec<String> = if want.is_empty() {
                Vec::new()
            } else {
                vec![format!("t[0].{want}")]
            };
            assert_eq!(errors.lines(), want);
        }
    }
}
