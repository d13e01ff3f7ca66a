//! Defaults of the kinds that make pods.

use super::{each, empty, unset, within};
use crate::k8s::Value;
use crate::value;

/// Upstream: pkg/apis/apps/v1/defaults.go `SetDefaults_DaemonSet`.
pub(super) fn daemon_set(v: &mut Value) {
    within(v, "spec", |spec| {
        within(spec, "updateStrategy", |strategy| {
            empty(strategy, "type", "RollingUpdate");
            if strategy.get("type").text() == "RollingUpdate" {
                rolling(
                    strategy,
                    &[
                        ("maxUnavailable", Value::from(1)),
                        ("maxSurge", Value::from(0)),
                    ],
                );
            } else if !strategy.get("rollingUpdate").is_null() {
                // Other types keep the numbers, and the server's own form has both, never none.
                let none = Value::from(0);
                rolling(
                    strategy,
                    &[("maxUnavailable", none.clone()), ("maxSurge", none)],
                );
            }
        });
        unset(spec, "revisionHistoryLimit", 10);
    });
}

/// Upstream: pkg/apis/autoscaling/v2/defaults.go `SetDefaults_HorizontalPodAutoscaler`.
pub(super) fn autoscaler(v: &mut Value) {
    unset(v, "minReplicas", 1);
    if v.get("metrics").is_empty() {
        let target = value!({"averageUtilization": 80, "type": "Utilization"});
        let metric = value!({"resource": {"name": "cpu", "target": target}, "type": "Resource"});
        v.set("metrics", Value::from(vec![metric]));
    }
    if v.get("behavior").is_null() {
        return;
    }
    let policy =
        |kind: &'static str, n: i64| value!({"periodSeconds": 15, "type": kind, "value": n});
    let up = value!([(policy("Pods", 4)), (policy("Percent", 100))]);
    let down = value!([(policy("Percent", 100))]);
    within(v, "behavior", |behavior| {
        for (field, policies) in [("scaleUp", up), ("scaleDown", down)] {
            within(behavior, field, |rules| {
                if field == "scaleUp" {
                    unset(rules, "stabilizationWindowSeconds", 0);
                }
                unset(rules, "selectPolicy", "Max");
                unset(rules, "policies", policies);
            });
        }
    });
}

/// Upstream: pkg/apis/apps/v1/defaults.go `SetDefaults_Deployment`.
pub(super) fn deployment(v: &mut Value) {
    within(v, "spec", |spec| {
        unset(spec, "replicas", 1);
        within(spec, "strategy", |strategy| {
            empty(strategy, "type", "RollingUpdate");
            if strategy.get("type").text() == "RollingUpdate" {
                rolling(
                    strategy,
                    &[
                        ("maxUnavailable", Value::from("25%")),
                        ("maxSurge", Value::from("25%")),
                    ],
                );
            }
        });
        unset(spec, "revisionHistoryLimit", 10);
        unset(spec, "progressDeadlineSeconds", 600);
    });
}

/// Upstream: pkg/apis/apps/v1/defaults.go `SetDefaults_StatefulSet`; claim templates carry their kind since the
/// conversion writes it.
pub(super) fn stateful_set(v: &mut Value) {
    within(v, "spec", |spec| {
        empty(spec, "podManagementPolicy", "OrderedReady");
        within(spec, "updateStrategy", |strategy| {
            if strategy.get("type").is_empty() {
                strategy.set("type", "RollingUpdate");
                unset(strategy, "rollingUpdate", Value::map());
            }
            if strategy.get("type").text() == "RollingUpdate"
                && !strategy.get("rollingUpdate").is_null()
            {
                rolling(strategy, &[("partition", Value::from(0))]);
            }
        });
        within(spec, "persistentVolumeClaimRetentionPolicy", |retention| {
            empty(retention, "whenDeleted", "Retain");
            empty(retention, "whenScaled", "Retain");
        });
        unset(spec, "replicas", 1);
        unset(spec, "revisionHistoryLimit", 10);
        unset(spec, "serviceName", "");
        each(spec, &["volumeClaimTemplates"], |claim| {
            empty(claim, "apiVersion", "v1");
            empty(claim, "kind", "PersistentVolumeClaim");
        });
    });
}

/// Upstream: pkg/apis/batch/v1/defaults.go `SetDefaults_Job`.
pub(super) fn job(v: &mut Value) {
    within(v, "spec", |spec| {
        if spec.get("completions").is_null() && spec.get("parallelism").is_null() {
            spec.set("completions", 1);
        }
        unset(spec, "parallelism", 1);
        let limit = if spec.get("backoffLimitPerIndex").is_null() {
            6
        } else {
            i32::MAX
        };
        unset(spec, "backoffLimit", limit);
        unset(spec, "completionMode", "NonIndexed");
        unset(spec, "suspend", false);
        let replacement = if spec.get("podFailurePolicy").is_null() {
            "TerminatingOrFailed"
        } else {
            "Failed"
        };
        unset(spec, "podReplacementPolicy", replacement);
        unset(spec, "manualSelector", false);
    });
    let labels = v.at(&["spec", "template", "metadata", "labels"]).clone();
    if !labels.is_empty() && v.at(&["metadata", "labels"]).is_empty() {
        v.set_at(&["metadata", "labels"], labels);
    }
}

/// Upstream: pkg/apis/batch/v1/defaults.go `SetDefaults_CronJob`.
pub(super) fn cron_job(v: &mut Value) {
    within(v, "spec", |spec| {
        empty(spec, "concurrencyPolicy", "Allow");
        unset(spec, "suspend", false);
        unset(spec, "successfulJobsHistoryLimit", 3);
        unset(spec, "failedJobsHistoryLimit", 1);
    });
}

/// Upstream: pkg/apis/core/v1/defaults.go `SetDefaults_ReplicationController`.
pub(super) fn replication_controller(v: &mut Value) {
    let labels = v.at(&["spec", "template", "metadata", "labels"]).clone();
    if labels.is_null() {
        return;
    }
    for path in [["spec", "selector"], ["metadata", "labels"]] {
        if v.at(&path).is_empty() {
            v.set_at(&path, labels.clone());
        }
    }
}

/// Fills in `rollingUpdate` of a strategy.
fn rolling(strategy: &mut Value, defaults: &[(&'static str, Value)]) {
    within(strategy, "rollingUpdate", |numbers| {
        for (field, default) in defaults {
            unset(numbers, field, default);
        }
    });
}
