//! PodDisruptionBudgets.

use super::selector::{label_selector, shown};
use super::syntax::path_segment;
use super::workload::{at_most_all, counters, int_or_percent};
use super::{Errors, Path, Shown, meta};
use crate::k8s::Value;

const SPEC: Path<'static> = Path::root("spec");

/// Upstream: `pkg/apis/policy/validation ValidatePodDisruptionBudget`.
pub fn create(errors: &mut Errors, budget: &Value) {
    spec(errors, budget.get("spec"));
    // The name is looked at by the server's generic part alone, which runs last.
    if errors.len() == 0 {
        meta::create(errors, budget, true, path_segment);
    }
}

pub fn update_status(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    let fields = [
        "disruptionsAllowed",
        "currentHealthy",
        "desiredHealthy",
        "expectedPods",
    ];
    counters(errors, &Path::root("status"), new.get("status"), &fields);
}

pub fn spec(errors: &mut Errors, spec: &Value) {
    let (least, most) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    if !least.is_null() && !most.is_null() {
        let json = super::errors::json;
        let text = format!(
            "{{\"MinAvailable\":{},\"Selector\":{},\"MaxUnavailable\":{},\"UnhealthyPodEvictionPolicy\":{}}}",
            json(least),
            shown(spec.get("selector")),
            json(most),
            json(spec.get("unhealthyPodEvictionPolicy"))
        );
        let detail = "minAvailable and maxUnavailable cannot be both set";
        errors.invalid(&SPEC, Shown::Json(&text), detail);
    }
    for (field, value) in [("minAvailable", least), ("maxUnavailable", most)] {
        if !value.is_null() {
            int_or_percent(errors, &SPEC.child(field), value);
            at_most_all(errors, &SPEC.child(field), value);
        }
    }
    label_selector(errors, &SPEC.child("selector"), spec.get("selector"));
    if let Some(policy) = spec.get("unhealthyPodEvictionPolicy").as_str() {
        let supported = ["AlwaysAllow", "IfHealthyBudget"];
        if !supported.contains(&policy) {
            let at = SPEC.child("unhealthyPodEvictionPolicy");
            errors.not_supported(&at, policy, &supported);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn specs() {
        let cases = [
            (
                value!({"minAvailable": 1, "maxUnavailable": "50%"}),
                "spec: Invalid value: {\"MinAvailable\":1,\"Selector\":null,\"MaxUnavailable\":\"50%\",\"UnhealthyPodEvictionPolicy\":null}: minAvailable and maxUnavailable cannot be both set",
            ),
            (
                value!({"minAvailable": (-1)}),
                "spec.minAvailable: Invalid value: -1: must be greater than or equal to 0",
            ),
            (
                value!({"maxUnavailable": "120%"}),
                "spec.maxUnavailable: Invalid value: \"120%\": must not be greater than 100%",
            ),
        ];
        for (value, want) in cases {
            let mut errors = Errors::default();
            spec(&mut errors, &value);
            assert_eq!(errors.lines(), [want]);
        }
    }
}
