//! Policies of a Job: which failures count, when it has succeeded, when pods are replaced.

use super::syntax::qualified_name;
use super::{Errors, Path, Shown, job};
use crate::k8s::Value;

const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];
const STATUSES: [&str; 3] = ["False", "True", "Unknown"];

/// The supported values as Go's `%q` prints a list.
fn valid(values: &[&str]) -> String {
    let list: Vec<String> = values.iter().map(|v| super::errors::quoted(v)).collect();
    format!("valid values: [{}]", list.join(" "))
}

/// Upstream: `pkg/apis/batch/validation validatePodFailurePolicy`.
pub fn failure(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let rules = spec.at(&["podFailurePolicy", "rules"]).items();
    let list = at.child("rules");
    if rules.len() > 20 {
        errors.too_many(&list, rules.len(), 20);
    }
    for (i, rule) in rules.iter().enumerate() {
        failure_rule(errors, &list.index(i), spec, rule);
    }
}

fn failure_rule(errors: &mut Errors, at: &Path<'_>, spec: &Value, rule: &Value) {
    let action_at = at.child("action");
    match rule.get("action").text() {
        "" => errors.required(&action_at, &valid(&ACTIONS)),
        "FailIndex" if spec.get("backoffLimitPerIndex").is_null() => {
            let detail = "requires the backoffLimitPerIndex to be set";
            errors.invalid(&action_at, "FailIndex", detail);
        }
        action if ACTIONS.contains(&action) => {}
        action => errors.not_supported(&action_at, action, &ACTIONS),
    }
    let codes = rule.get("onExitCodes");
    if !codes.is_null() {
        exit_codes(errors, &at.child("onExitCodes"), spec, codes);
    }
    let conditions = rule.get("onPodConditions").items();
    let list = at.child("onPodConditions");
    if conditions.len() > 20 {
        errors.too_many(&list, conditions.len(), 20);
    }
    for (i, condition) in conditions.iter().enumerate() {
        let at = list.index(i);
        let kind = condition.get("type").text();
        errors.invalid_each(&at.child("type"), kind, qualified_name(kind));
        match condition.get("status").text() {
            "" => errors.required(&at.child("status"), &valid(&STATUSES)),
            status if STATUSES.contains(&status) => {}
            status => errors.not_supported(&at.child("status"), status, &STATUSES),
        }
    }
    if !codes.is_null() && !conditions.is_empty() {
        let detail = "specifying both OnExitCodes and OnPodConditions is not supported";
        errors.invalid_omitted(at, detail);
    }
    if codes.is_null() && conditions.is_empty() {
        let detail = "specifying one of OnExitCodes and OnPodConditions is required";
        errors.invalid_omitted(at, detail);
    }
}

fn exit_codes(errors: &mut Errors, at: &Path<'_>, spec: &Value, codes: &Value) {
    let operator = codes.get("operator").text();
    match operator {
        "" => errors.required(&at.child("operator"), &valid(&["In", "NotIn"])),
        "In" | "NotIn" => {}
        _ => errors.not_supported(&at.child("operator"), operator, &["In", "NotIn"]),
    }
    if let Some(name) = codes.get("containerName").as_str() {
        let pod = spec.at(&["template", "spec"]);
        let mut all = pod
            .get("containers")
            .items()
            .iter()
            .chain(pod.get("initContainers").items());
        if !all.any(|c| c.get("name").text() == name) {
            let detail = "must be one of the container or initContainer names in the pod template";
            errors.invalid(&at.child("containerName"), name, detail);
        }
    }
    let list_at = at.child("values");
    let values = codes.get("values").items();
    if values.is_empty() {
        let shown = super::errors::json(codes.get("values"));
        errors.invalid(
            &list_at,
            Shown::Json(&shown),
            "at least one value is required",
        );
    } else if values.len() > 255 {
        errors.too_many(&list_at, values.len(), 255);
    }
    for (i, value) in values.iter().enumerate() {
        let at = list_at.index(i);
        if operator == "In" && value == &Value::Int(0) {
            errors.invalid(&at, value, "must not be 0 for the In operator");
        }
        if values[..i].contains(value) {
            errors.duplicate(&at, value);
        }
    }
    let number = |value: &Value| value.as_i64().unwrap_or(0);
    if values
        .windows(2)
        .any(|pair| number(&pair[0]) > number(&pair[1]))
    {
        errors.invalid(&list_at, codes.get("values"), "must be ordered");
    }
}

/// Upstream: `pkg/apis/batch/validation validateSuccessPolicy`.
pub fn success(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let rules = spec.at(&["successPolicy", "rules"]).items();
    let completions = spec.get("completions").as_i64().unwrap_or(0);
    let list = at.child("rules");
    if rules.is_empty() {
        let detail = "at least one rules must be specified when the successPolicy is specified";
        errors.required(&list, detail);
    }
    if rules.len() > 20 {
        errors.too_many(&list, rules.len(), 20);
    }
    for (i, rule) in rules.iter().enumerate() {
        let at = list.index(i);
        let (count, indexes) = (rule.get("succeededCount"), rule.get("succeededIndexes"));
        if count.is_null() && indexes.is_null() {
            let detail = "at least one of succeededCount or succeededIndexes must be specified";
            errors.required(&at, detail);
        }
        let mut total = None;
        if let Some(text) = indexes.as_str() {
            let at = at.child("succeededIndexes");
            match job::indexes(text, completions) {
                Ok(number) => total = Some(number),
                Err(why) => {
                    total = Some(0);
                    errors.invalid(&at, text, &format!("error parsing succeededIndexes: {why}"));
                }
            }
        }
        if let Some(number) = count.as_i64() {
            let at = at.child("succeededCount");
            errors.non_negative(&at, count);
            if number > completions {
                let detail = format!(
                    "must be less than or equal to {completions} (the number of specified completions)"
                );
                errors.invalid(&at, number, &detail);
            }
            if let Some(total) = total.filter(|total| number > *total) {
                let detail = format!(
                    "must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
                );
                errors.invalid(&at, number, &detail);
            }
        }
    }
}

/// Upstream: `pkg/apis/batch/validation validatePodReplacementPolicy`.
pub fn replacement(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let Some(policy) = spec.get("podReplacementPolicy").as_str() else {
        return;
    };
    let supported: &[&str] = if spec.get("podFailurePolicy").is_null() {
        &["Failed", "TerminatingOrFailed"]
    } else {
        &["Failed"]
    };
    if !supported.contains(&policy) {
        errors.not_supported(at, policy, supported);
    }
}

/// A success policy as the server prints its own form of it: by the names of the Go fields, in their order.
pub fn shown(policy: &Value) -> String {
    let rules = policy.get("rules").items().iter().map(|rule| {
        let (indexes, count) = (rule.get("succeededIndexes"), rule.get("succeededCount"));
        let (indexes, count) = (super::errors::json(indexes), super::errors::json(count));
        format!("{{\"SucceededIndexes\":{indexes},\"SucceededCount\":{count}}}")
    });
    let rules: Vec<String> = rules.collect();
    format!("{{\"Rules\":[{}]}}", rules.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn failure_rules() {
        let cases = [
            (
                value!({"action": "Ignore"}),
                "p.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required",
            ),
            (
                value!({"onPodConditions": [{"type": "A", "status": "True"}]}),
                "p.rules[0].action: Required value: valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]",
            ),
            (
                value!({"action": "FailJob", "onExitCodes": {"operator": "In", "values": [0]}}),
                "p.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator",
            ),
            (
                value!({"action": "FailJob", "onExitCodes": {"operator": "In", "values": [2, 1]}}),
                "p.rules[0].onExitCodes.values: Invalid value: [2,1]: must be ordered",
            ),
        ];
        for (rule, want) in cases {
            let mut errors = Errors::default();
            let spec = value!({"podFailurePolicy": {"rules": [rule]}});
            failure(&mut errors, &Path::root("p"), &spec);
            assert_eq!(errors.lines(), [want]);
        }
    }
}
