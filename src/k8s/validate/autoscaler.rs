//! HorizontalPodAutoscalers, which are kept though nobody measures pods here.
//!
//! Upstream: `pkg/apis/autoscaling/validation ValidateHorizontalPodAutoscaler`; sources of metrics other than
//! resources are not looked into.

use super::route::named;
use super::syntax::path_segment;
use super::{Errors, Path};
use crate::k8s::Value;

const SPEC: Path<'static> = Path::root("spec");
const TYPES: [&str; 5] = [
    "ContainerResource",
    "External",
    "Object",
    "Pods",
    "Resource",
];

pub fn spec(errors: &mut Errors, value: &Value) {
    let spec = value.get("spec");
    let number = |field: &str| spec.get(field).as_i64().unwrap_or(0);
    let (min, max) = (number("minReplicas"), number("maxReplicas"));
    let least = !spec.get("minReplicas").is_null();
    if least && min < 1 {
        let at = SPEC.child("minReplicas");
        errors.invalid(&at, min, "must be greater than or equal to 1");
    }
    let at = SPEC.child("maxReplicas");
    if max == 0 {
        errors.required(&at, "must be set and greater than 0");
    } else if max < 0 {
        errors.invalid(&at, max, "must be greater than or equal to 1");
    }
    if least && max < min {
        let detail = "must be greater than or equal to `minReplicas`";
        errors.invalid(&at, max, detail);
    }
    let (target, at) = (spec.get("scaleTargetRef"), SPEC.child("scaleTargetRef"));
    for field in ["kind", "name"] {
        named(errors, &at.child(field), target.get(field), path_segment);
    }
    let version = target.get("apiVersion").text();
    let core = target.get("kind").text() == "ReplicationController" && version == "v1";
    if !core && !version.contains('/') {
        let detail = "apiVersion must specify API group";
        errors.invalid(&at.child("apiVersion"), version, detail);
    }
    let at = SPEC.child("metrics");
    for (i, one) in spec.get("metrics").items().iter().enumerate() {
        metric(errors, &at.index(i), one);
    }
    if least && min == 0 {
        let detail = "must specify at least one Object or External metric to support scaling to zero replicas";
        errors.forbidden(&at, detail);
    }
    let at = SPEC.child("behavior");
    for field in ["scaleUp", "scaleDown"] {
        let rules = spec.at(&["behavior", field]);
        if !rules.is_null() {
            behavior(errors, &at.child(field), rules);
        }
    }
}

/// Upstream: `validateScalingRules`.
fn behavior(errors: &mut Errors, at: &Path<'_>, rules: &Value) {
    let window = &at.child("stabilizationWindowSeconds");
    let seconds = rules.get("stabilizationWindowSeconds").as_i64();
    range(errors, window, seconds.unwrap_or(0), (0, 3600));
    let (policy, known) = (rules.get("selectPolicy").text(), ["Disabled", "Max", "Min"]);
    if !known.contains(&policy) {
        errors.not_supported(&at.child("selectPolicy"), policy, &known);
    }
    let at = at.child("policies");
    let policies = rules.get("policies").items();
    if policies.is_empty() {
        errors.required(&at, "must specify at least one Policy");
    }
    for (i, policy) in policies.iter().enumerate() {
        let (at, known) = (at.index(i), ["Percent", "Pods"]);
        let kind = policy.get("type").text();
        if !known.contains(&kind) {
            errors.not_supported(&at.child("type"), kind, &known);
        }
        let number = |field| policy.get(field).as_i64().unwrap_or(0);
        range(errors, &at.child("value"), number("value"), (1, i64::MAX));
        let seconds = number("periodSeconds");
        range(errors, &at.child("periodSeconds"), seconds, (1, 1800));
    }
}

fn range(errors: &mut Errors, at: &Path<'_>, number: i64, (min, max): (i64, i64)) {
    if number < min {
        let or = if min == 0 { "or equal to " } else { "" };
        errors.invalid(at, number, &format!("must be greater than {or}zero"));
    } else if number > max {
        let detail = format!("must be less than or equal to {max}");
        errors.invalid(at, number, &detail);
    }
}

fn metric(errors: &mut Errors, at: &Path<'_>, metric: &Value) {
    let kind = metric.get("type").text();
    if kind.is_empty() {
        errors.required(&at.child("type"), "must specify a metric source type");
    }
    if !TYPES.contains(&kind) {
        errors.not_supported(&at.child("type"), kind, &TYPES);
        return;
    }
    let field = kind[..1].to_lowercase() + &kind[1..];
    let (source, at) = (metric.get(&field), at.child(&field));
    if source.is_null() {
        let detail = "must populate information for the given metric source";
        errors.required(&at, detail);
        return;
    }
    if kind != "Resource" {
        return;
    }
    if source.get("name").text().is_empty() {
        errors.required(&at.child("name"), "must specify a resource name");
    }
    let (target, at) = (source.get("target"), at.child("target"));
    let kind = target.get("type").text();
    if kind.is_empty() {
        errors.required(&at.child("type"), "must specify a metric target type");
    }
    if !["Utilization", "Value", "AverageValue"].contains(&kind) {
        let detail = "must be either Utilization, Value, or AverageValue";
        errors.invalid(&at.child("type"), kind, detail);
    }
    let amount = target.get("averageValue");
    let positive = |a: &Value| a.text().contains(|c: char| ('1'..='9').contains(&c));
    if !amount.is_null() && (!positive(amount) || amount.text().starts_with('-')) {
        errors.invalid(&at.child("averageValue"), amount, "must be positive");
    }
    let utilization = target.get("averageUtilization");
    if let Some(percent) = utilization.as_i64().filter(|p| *p < 1) {
        let at = at.child("averageUtilization");
        errors.invalid(&at, percent, "must be greater than 0");
    }
    if !utilization.is_null() && !amount.is_null() {
        let detail = "may not set both a target raw value and a target utilization";
        errors.forbidden(&at.child("averageValue"), detail);
    }
    if utilization.is_null() && amount.is_null() {
        let detail = "must set either a target raw value or a target utilization";
        errors.required(&at.child("averageUtilization"), detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn specs() {
        let web = value!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"});
        let rows = [
            (
                value!({"maxReplicas": 3, "minReplicas": 1, "scaleTargetRef": (web.clone())}),
                &[][..],
            ),
            (
                value!({"maxReplicas": 3, "minReplicas": 4, "scaleTargetRef": {"kind": "a/b", "apiVersion": "v1"}}),
                &[
                    "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`",
                    "spec.scaleTargetRef.kind: Invalid value: \"a/b\": may not contain '/'",
                    "spec.scaleTargetRef.name: Required value",
                    "spec.scaleTargetRef.apiVersion: Invalid value: \"v1\": apiVersion must specify API group",
                ],
            ),
            (
                value!({"maxReplicas": 3, "scaleTargetRef": (web), "metrics": [
                    {"type": "Resource"}, {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}]}),
                &[
                    "spec.metrics[0].resource: Required value: must populate information for the given metric source",
                    "spec.metrics[1].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization",
                ],
            ),
        ];
        for (value, want) in rows {
            let mut errors = Errors::default();
            spec(&mut errors, &value!({"spec": value}));
            assert_eq!(errors.lines(), want);
        }
    }
}
