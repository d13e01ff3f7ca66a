//! DaemonSets.

use super::syntax::subdomain;
use super::workload::{
    always_template, at_most_all, collision_count, counters, immutable_selector, int_or_percent,
    int_or_percent_value, labels_selected,
};
use super::{Errors, Path, Shown, meta, selector};
use crate::k8s::Value;

const SPEC: Path<'static> = Path::root("spec");

/// Upstream: `pkg/apis/apps/validation ValidateDaemonSet`.
pub fn create(errors: &mut Errors, daemon_set: &Value) {
    meta::create(errors, daemon_set, true, subdomain);
    spec(errors, daemon_set.get("spec"));
}

/// Upstream: `pkg/apis/apps/validation ValidateDaemonSetUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    immutable_selector(errors, new, old);
    spec(errors, new.get("spec"));
}

/// Upstream: `pkg/apis/apps/validation ValidateDaemonSetStatusUpdate`.
pub fn update_status(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    let fields = [
        "currentNumberScheduled",
        "numberMisscheduled",
        "desiredNumberScheduled",
        "numberReady",
        "observedGeneration",
        "updatedNumberScheduled",
        "numberAvailable",
        "numberUnavailable",
        "collisionCount",
    ];
    counters(errors, &Path::root("status"), new.get("status"), &fields);
    collision_count(errors, new, old);
}

fn spec(errors: &mut Errors, spec: &Value) {
    let value = spec.get("selector");
    let selector_at = SPEC.child("selector");
    selector::label_selector(errors, &selector_at, value);
    labels_selected(errors, &SPEC, spec);
    if selector::is_empty(value) {
        let detail = "empty selector is invalid for daemonset";
        errors.invalid(&selector_at, Shown::Json("{}"), detail);
    }
    always_template(errors, &SPEC, spec, "DaemonSet");
    errors.non_negative(&SPEC.child("minReadySeconds"), spec.get("minReadySeconds"));
    strategy(
        errors,
        &SPEC.child("updateStrategy"),
        spec.get("updateStrategy"),
    );
    let limit = spec.get("revisionHistoryLimit");
    errors.non_negative(&SPEC.child("revisionHistoryLimit"), limit);
}

fn strategy(errors: &mut Errors, at: &Path<'_>, strategy: &Value) {
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").text() {
        "OnDelete" => {}
        "RollingUpdate" if rolling.is_null() => errors.required(&at.child("rollingUpdate"), ""),
        "RollingUpdate" => rolling_update(errors, &at.child("rollingUpdate"), rolling),
        kind => {
            let inner = if rolling.is_null() {
                "null".to_owned()
            } else {
                let number = |field| match rolling.get(field) {
                    Value::Null => "0".to_owned(),
                    value => super::errors::json(value),
                };
                let (unavailable, surge) = (number("maxUnavailable"), number("maxSurge"));
                format!("{{\"MaxUnavailable\":{unavailable},\"MaxSurge\":{surge}}}")
            };
            let kind = super::errors::json(&Value::str(kind));
            let shown = format!("{{\"Type\":{kind},\"RollingUpdate\":{inner}}}");
            errors.not_supported(at, Shown::Json(&shown), &["RollingUpdate", "OnDelete"]);
        }
    }
}

/// Exactly one of the two numbers must be above zero.
///
/// Upstream: `pkg/apis/apps/validation ValidateRollingUpdateDaemonSet`.
fn rolling_update(errors: &mut Errors, at: &Path<'_>, rolling: &Value) {
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    let (unavailable_at, surge_at) = (at.child("maxUnavailable"), at.child("maxSurge"));
    int_or_percent(errors, &unavailable_at, unavailable);
    int_or_percent(errors, &surge_at, surge);
    at_most_all(errors, &unavailable_at, unavailable);
    at_most_all(errors, &surge_at, surge);
    let has_unavailable = int_or_percent_value(unavailable) != 0;
    let has_surge = int_or_percent_value(surge) != 0;
    if has_unavailable && has_surge {
        errors.invalid(
            &surge_at,
            surge,
            "may not be set when maxUnavailable is non-zero",
        );
    } else if !has_unavailable && !has_surge {
        errors.required(&unavailable_at, "cannot be 0 when maxSurge is 0");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn of_strategy(value: Value) -> Vec<String> {
        let mut errors = Errors::default();
        strategy(&mut errors, &Path::root("u"), &value);
        errors.lines()
    }

    #[test]
    fn strategies() {
        let rolling = |unavailable: Value, surge: Value| value!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable, "maxSurge": surge}});
        let percent = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
        let zero = "u.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0";
        let both = |shown: &str| {
            format!(
                "u.rollingUpdate.maxSurge: Invalid value: {shown}: may not be set when maxUnavailable is non-zero"
            )
        };
        let cases: [(Value, Vec<String>); 8] = [
            (rolling(value!(1), value!(0)), vec![]),
            (rolling(value!("0%"), value!(0)), vec![zero.to_owned()]),
            (rolling(value!(1), value!("10%")), vec![both("\"10%\"")]),
            (rolling(value!("101%"), value!(0)), vec!["u.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%".to_owned()]),
            (rolling(value!(-1), value!(-1)), vec![
                "u.rollingUpdate.maxUnavailable: Invalid value: -1: must be greater than or equal to 0".to_owned(),
                "u.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0".to_owned(),
                both("-1"),
            ]),
            (rolling(value!("2"), value!(0)), vec![format!("u.rollingUpdate.maxUnavailable: Invalid value: \"2\": {percent}")]),
            (rolling(value!("10 %"), value!(0)), vec![format!("u.rollingUpdate.maxUnavailable: Invalid value: \"10 %\": {percent}"), zero.to_owned()]),
            (value!({"type": "Surge", "rollingUpdate": {"maxUnavailable": 2, "maxSurge": 0}}), vec!["u: Unsupported value: {\"Type\":\"Surge\",\"RollingUpdate\":{\"MaxUnavailable\":2,\"MaxSurge\":0}}: supported values: \"RollingUpdate\", \"OnDelete\"".to_owned()]),
        ];
        for (value, want) in cases {
            assert_eq!(of_strategy(value), want);
        }
    }

    #[test]
    fn selectors() {
        let cases = [
            (
                Value::Null,
                "spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not match template `labels`",
            ),
            (
                value!({}),
                "spec.selector: Invalid value: {}: empty selector is invalid for daemonset",
            ),
            (
                value!({"matchLabels": {"app": "b"}}),
                "spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not match template `labels`",
            ),
        ];
        for (selector, want) in cases {
            let mut errors = Errors::default();
            let value =
                value!({"selector": selector, "template": {"metadata": {"labels": {"app": "a"}}}});
            spec(&mut errors, &value);
            assert_eq!(errors.lines()[0], want);
        }
    }
}
