//! StatefulSets.

use super::pvc::restore;
use super::syntax::label;
use super::template::{pod_annotations, template};
use super::workload::{
    always, collision_count, counters, labels_selected, not_above, required_selector,
};
use super::{Errors, Path, Shown, meta, pvc, selector};
use crate::k8s::Value;
use crate::value;

const SPEC: Path<'static> = Path::root("spec");
const STATUS: Path<'static> = Path::root("status");
const CHANGE: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/// What an update does not look at again, because it cannot have changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Whole,
    Changeable,
}

/// Upstream: `pkg/apis/apps/validation ValidateStatefulSet`.
pub fn create(errors: &mut Errors, set: &Value) {
    meta::create(errors, set, true, label);
    spec(errors, set.get("spec"), Scope::Whole);
}

/// Upstream: `pkg/apis/apps/validation ValidateStatefulSetUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    spec(errors, new.get("spec"), Scope::Changeable);
    let (new, old) = (new.get("spec"), old.get("spec"));
    let mut comparable = new.clone();
    for field in [
        "replicas",
        "template",
        "updateStrategy",
        "minReadySeconds",
        "ordinals",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
    ] {
        restore(&mut comparable, old, &[field]);
    }
    if comparable != *old {
        errors.forbidden(&SPEC, CHANGE);
    }
}

/// Upstream: `pkg/apis/apps/validation ValidateStatefulSetStatusUpdate`.
pub fn update_status(errors: &mut Errors, new: &Value, old: &Value) {
    let status = new.get("status");
    let fields = [
        "replicas",
        "readyReplicas",
        "currentReplicas",
        "updatedReplicas",
        "availableReplicas",
        "observedGeneration",
        "collisionCount",
    ];
    counters(errors, &STATUS, status, &fields);
    for part in &fields[1..5] {
        not_above(errors, &STATUS, status, part, "replicas", "status.replicas");
    }
    let (part, whole) = ("availableReplicas", "readyReplicas");
    not_above(errors, &STATUS, status, part, whole, "status.readyReplicas");
    meta::update(errors, new, old);
    collision_count(errors, new, old);
}

/// Upstream: `pkg/apis/apps/validation ValidateStatefulSetSpec`.
fn spec(errors: &mut Errors, spec: &Value, scope: Scope) {
    match spec.get("podManagementPolicy").text() {
        "" => errors.required(&SPEC.child("podManagementPolicy"), ""),
        "OrderedReady" | "Parallel" => {}
        policy => {
            let detail = "must be 'OrderedReady' or 'Parallel'";
            errors.invalid(&SPEC.child("podManagementPolicy"), policy, detail);
        }
    }
    strategy(
        errors,
        &SPEC.child("updateStrategy"),
        spec.get("updateStrategy"),
    );
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    if !retention.is_null() {
        let at = SPEC.child("persistentVolumeClaimRetentionPolicy");
        for field in ["whenDeleted", "whenScaled"] {
            let policy = retention.get(field).text();
            if !["Retain", "Delete"].contains(&policy) {
                errors.not_supported(&at.child(field), policy, &["Retain", "Delete"]);
            }
        }
    }
    let claims = spec.get("volumeClaimTemplates").items();
    if scope == Scope::Whole {
        let list = SPEC.child("volumeClaimTemplates");
        for (i, claim) in claims.iter().enumerate() {
            pvc::spec(errors, &list.index(i).child("spec"), claim.get("spec"));
        }
    }
    errors.non_negative(&SPEC.child("replicas"), spec.get("replicas"));
    errors.non_negative(&SPEC.child("minReadySeconds"), spec.get("minReadySeconds"));
    errors.non_negative(
        &SPEC.child("ordinals.start"),
        spec.at(&["ordinals", "start"]),
    );
    let service = spec.get("serviceName").text();
    if scope == Scope::Whole && !service.is_empty() {
        errors.invalid_each(&SPEC.child("serviceName"), service, label(service));
    }
    required_selector(errors, &SPEC, spec, "statefulset");
    selected_template(errors, spec, claims);
    always(errors, &SPEC, spec.get("template"), "StatefulSet");
}

/// The template as pods get it: with a volume for each claim, and with the names that the controller sets.
fn selected_template(errors: &mut Errors, spec: &Value, claims: &[Value]) {
    let value = spec.get("selector");
    let labels = spec.at(&["template", "metadata", "labels"]);
    if selector::matches(value, labels).is_none() {
        let shown = selector::shown(value);
        errors.invalid(&SPEC.child("selector"), Shown::Json(&shown), "");
        return;
    }
    if !selector::is_empty(value) {
        labels_selected(errors, &SPEC, spec);
    }
    let mut pods = spec.get("template").clone();
    pods.remove_at(&["spec", "subdomain"]);
    pods.remove_at(&["spec", "hostname"]);
    if !claims.is_empty() {
        let name = |claim: &Value| claim.at(&["metadata", "name"]).to_str();
        let mut volumes: Vec<Value> = Vec::new();
        for claim in claims {
            if !volumes
                .iter()
                .any(|v| v.get("name").text() == &*name(claim))
            {
                volumes.push(value!({"name": name(claim), "persistentVolumeClaim": {"claimName": name(claim)}}));
            }
        }
        for volume in pods.at(&["spec", "volumes"]).items() {
            let own = volume.get("name").text();
            if !claims.iter().any(|c| name(c).as_str() == own) {
                volumes.push(volume.clone());
            }
        }
        pods.set_at(&["spec", "volumes"], volumes);
    }
    let at = SPEC.child("template");
    template(errors, &at, &pods);
    let annotations = pods.at(&["metadata", "annotations"]);
    pod_annotations(
        errors,
        &at.child("annotations"),
        annotations,
        pods.get("spec"),
    );
}

fn strategy(errors: &mut Errors, at: &Path<'_>, strategy: &Value) {
    let rolling = strategy.get("rollingUpdate");
    let rolling_at = at.child("rollingUpdate");
    match strategy.get("type").text() {
        "" => errors.required(at, ""),
        "OnDelete" => {
            if !rolling.is_null() {
                let shown = rolling_shown(rolling);
                let detail = "only allowed for updateStrategy 'RollingUpdate'";
                errors.invalid(&rolling_at, Shown::Json(&shown), detail);
            }
        }
        "RollingUpdate" => {
            errors.non_negative(&rolling_at.child("partition"), rolling.get("partition"));
        }
        kind => {
            let kind = super::errors::json(&Value::str(kind));
            let inner = rolling_shown(rolling);
            let shown = format!("{{\"Type\":{kind},\"RollingUpdate\":{inner}}}");
            errors.invalid(
                at,
                Shown::Json(&shown),
                "must be 'RollingUpdate' or 'OnDelete'",
            );
        }
    }
}

fn rolling_shown(rolling: &Value) -> String {
    if rolling.is_null() {
        return "null".to_owned();
    }
    let partition = rolling.get("partition").as_i64().unwrap_or(0);
    format!("{{\"Partition\":{partition},\"MaxUnavailable\":null}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies() {
        let cases = [
            (
                value!({"type": "OnDelete", "rollingUpdate": {"partition": 1}}),
                "s.rollingUpdate: Invalid value: {\"Partition\":1,\"MaxUnavailable\":null}: only allowed for updateStrategy 'RollingUpdate'",
            ),
            (
                value!({"type": "Recreate"}),
                "s: Invalid value: {\"Type\":\"Recreate\",\"RollingUpdate\":null}: must be 'RollingUpdate' or 'OnDelete'",
            ),
            (
                value!({"type": "RollingUpdate", "rollingUpdate": {"partition": (-1)}}),
                "s.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0",
            ),
        ];
        for (value, want) in cases {
            let mut errors = Errors::default();
            strategy(&mut errors, &Path::root("s"), &value);
            assert_eq!(errors.lines(), [want]);
        }
    }

    #[test]
    fn little_may_change() {
        let old = value!({"metadata": {"resourceVersion": "1"}, "spec": {"serviceName": "a", "replicas": 1, "podManagementPolicy": "Parallel"}});
        let mut new = old.clone();
        new.set_at(&["spec", "replicas"], 2);
        let forbidden = |new: &Value| {
            let mut errors = Errors::default();
            update(&mut errors, new, &old);
            errors.lines().iter().any(|line| line.ends_with(CHANGE))
        };
        assert!(!forbidden(&new));
        new.set_at(&["spec", "serviceName"], "b");
        assert!(forbidden(&new));
    }
}
