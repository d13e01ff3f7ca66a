//! Deployments, ReplicaSets and ReplicationControllers.

use super::syntax::subdomain;
use super::workload::{
    always_template, at_most_all, collision_count, counters, immutable_selector, int_or_percent,
    int_or_percent_value, labels_selected, not_above, required_selector,
};
use super::{Errors, Path, Shown, meta, selector};
use crate::k8s::Value;

const SPEC: Path<'static> = Path::root("spec");
const STATUS: Path<'static> = Path::root("status");

/// Upstream: `pkg/apis/apps/validation ValidateDeployment`.
pub fn create(errors: &mut Errors, deployment: &Value) {
    meta::create(errors, deployment, true, subdomain);
    spec(errors, deployment.get("spec"));
}

/// Upstream: `pkg/apis/apps/validation ValidateDeploymentUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    spec(errors, new.get("spec"));
    immutable_selector(errors, new, old);
}

/// Upstream: `pkg/apis/apps/validation ValidateDeploymentStatusUpdate`.
pub fn update_status(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    let fields = [
        "observedGeneration",
        "replicas",
        "updatedReplicas",
        "readyReplicas",
        "availableReplicas",
        "unavailableReplicas",
        "terminatingReplicas",
        "collisionCount",
    ];
    let status = new.get("status");
    counters(errors, &STATUS, status, &fields);
    for part in ["updatedReplicas", "readyReplicas", "availableReplicas"] {
        not_above(errors, &STATUS, status, part, "replicas", "status.replicas");
    }
    not_above(
        errors,
        &STATUS,
        status,
        "availableReplicas",
        "readyReplicas",
        "readyReplicas",
    );
    collision_count(errors, new, old);
}

/// The checks of a selector and a template end when the selector cannot be read.
fn selected_template(errors: &mut Errors, spec: &Value) {
    let value = spec.get("selector");
    let labels = spec.at(&["template", "metadata", "labels"]);
    if selector::matches(value, labels).is_none() {
        let shown = selector::shown(value);
        errors.invalid(
            &SPEC.child("selector"),
            Shown::Json(&shown),
            "invalid label selector",
        );
        return;
    }
    if !selector::is_empty(value) {
        labels_selected(errors, &SPEC, spec);
    }
    always_template(errors, &SPEC, spec, "ReplicaSet");
}

/// Upstream: `pkg/apis/apps/validation ValidateDeploymentSpec`.
fn spec(errors: &mut Errors, spec: &Value) {
    let number = |field| spec.get(field).as_i64();
    errors.non_negative(&SPEC.child("replicas"), spec.get("replicas"));
    required_selector(errors, &SPEC, spec, "deployment");
    selected_template(errors, spec);
    strategy(errors, &SPEC.child("strategy"), spec.get("strategy"));
    errors.non_negative(&SPEC.child("minReadySeconds"), spec.get("minReadySeconds"));
    let limit = spec.get("revisionHistoryLimit");
    errors.non_negative(&SPEC.child("revisionHistoryLimit"), limit);
    if let Some(deadline) = number("progressDeadlineSeconds") {
        let at = SPEC.child("progressDeadlineSeconds");
        errors.non_negative(&at, spec.get("progressDeadlineSeconds"));
        if deadline <= number("minReadySeconds").unwrap_or(0) {
            errors.invalid(&at, deadline, "must be greater than minReadySeconds");
        }
    }
}

fn strategy(errors: &mut Errors, at: &Path<'_>, strategy: &Value) {
    let rolling = strategy.get("rollingUpdate");
    let rolling_at = at.child("rollingUpdate");
    match strategy.get("type").text() {
        "Recreate" => {
            if !rolling.is_null() {
                let detail = "may not be specified when strategy `type` is 'Recreate'";
                errors.forbidden(&rolling_at, detail);
            }
        }
        "RollingUpdate" if rolling.is_null() => {
            errors.required(&rolling_at, "this should be defaulted and never be nil");
        }
        "RollingUpdate" => {
            let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
            let unavailable_at = rolling_at.child("maxUnavailable");
            int_or_percent(errors, &unavailable_at, unavailable);
            int_or_percent(errors, &rolling_at.child("maxSurge"), surge);
            if int_or_percent_value(unavailable) == 0 && int_or_percent_value(surge) == 0 {
                let zero = Value::Int(0);
                let shown = if unavailable.is_null() {
                    &zero
                } else {
                    unavailable
                };
                errors.invalid(&unavailable_at, shown, "may not be 0 when `maxSurge` is 0");
            }
            at_most_all(errors, &unavailable_at, unavailable);
        }
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
            errors.not_supported(at, Shown::Json(&shown), &["Recreate", "RollingUpdate"]);
        }
    }
}

/// Upstream: `pkg/apis/apps/validation ValidateReplicaSet`.
pub fn create_replica_set(errors: &mut Errors, replica_set: &Value) {
    meta::create(errors, replica_set, true, subdomain);
    replica_set_spec(errors, replica_set.get("spec"));
}

pub fn update_replica_set(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    replica_set_spec(errors, new.get("spec"));
    immutable_selector(errors, new, old);
}

pub fn update_replica_set_status(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    let status = new.get("status");
    let fields = [
        "replicas",
        "fullyLabeledReplicas",
        "readyReplicas",
        "availableReplicas",
        "observedGeneration",
        "terminatingReplicas",
    ];
    counters(errors, &STATUS, status, &fields);
    for part in ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"] {
        not_above(errors, &STATUS, status, part, "replicas", "status.replicas");
    }
    not_above(
        errors,
        &STATUS,
        status,
        "availableReplicas",
        "readyReplicas",
        "readyReplicas",
    );
}

fn replica_set_spec(errors: &mut Errors, spec: &Value) {
    errors.non_negative(&SPEC.child("replicas"), spec.get("replicas"));
    errors.non_negative(&SPEC.child("minReadySeconds"), spec.get("minReadySeconds"));
    // The sentence names the other kind upstream, too.
    required_selector(errors, &SPEC, spec, "deployment");
    selected_template(errors, spec);
}

/// Upstream: `pkg/apis/core/validation ValidateReplicationController`; its selector is a plain set of labels.
pub fn create_replication_controller(errors: &mut Errors, controller: &Value) {
    meta::create(errors, controller, true, subdomain);
    replication_controller_spec(errors, controller.get("spec"));
}

pub fn update_replication_controller(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    replication_controller_spec(errors, new.get("spec"));
}

fn replication_controller_spec(errors: &mut Errors, spec: &Value) {
    errors.non_negative(&SPEC.child("minReadySeconds"), spec.get("minReadySeconds"));
    if spec.get("selector").is_empty() {
        errors.required(&SPEC.child("selector"), "");
    }
    errors.non_negative(&SPEC.child("replicas"), spec.get("replicas"));
    if spec.get("template").is_null() {
        errors.required(&SPEC.child("template"), "");
        return;
    }
    let labels = spec.at(&["template", "metadata", "labels"]);
    let other = |(key, value): (&crate::k8s::Str, &Value)| labels.field(key) != Some(value);
    if spec.get("selector").fields().any(other) {
        let at = SPEC.child("template");
        errors.invalid(
            &at.child("metadata").child("labels"),
            labels,
            selector::MISMATCH,
        );
    }
    always_template(errors, &SPEC, spec, "ReplicationController");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn strategies() {
        let rolling = |unavailable: Value, surge: Value| value!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable, "maxSurge": surge}});
        let cases = [
            (rolling(value!("25%"), value!("25%")), ""),
            (
                rolling(value!("0%"), value!(0)),
                "s.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0",
            ),
            (
                rolling(value!("101%"), value!("300%")),
                "s.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%",
            ),
            (
                value!({"type": "Recreate", "rollingUpdate": {}}),
                "s.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
            ),
            (
                value!({"type": "OnDelete"}),
                "s: Unsupported value: {\"Type\":\"OnDelete\",\"RollingUpdate\":null}: supported values: \"Recreate\", \"RollingUpdate\"",
            ),
        ];
        for (value, want) in cases {
            let mut errors = Errors::default();
            strategy(&mut errors, &Path::root("s"), &value);
            assert_eq!(errors.lines().join("\n"), want);
        }
    }
}
