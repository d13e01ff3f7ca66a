//! View of a DaemonSet.

use super::PodSpec;
use crate::k8s::de::view;
use crate::k8s::{Str, Value, de};
use std::sync::Arc;

/// What the controller reads of a DaemonSet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DaemonSet {
    pub spec: Arc<DaemonSetSpec>,
    pub status: DaemonSetStatus,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DaemonSetSpec {
    /// The label selector's tree.
    pub selector: Value,
    /// The whole pod template's tree: `metadata` and `spec`.
    pub template: Value,
    /// `template.spec`, read.
    pub pod: PodSpec,
    pub update_strategy: UpdateStrategy,
    /// Seconds.
    pub min_ready_seconds: i64,
    pub revision_history_limit: Option<i64>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct UpdateStrategy {
    pub kind: Str,
    pub rolling_update: Option<RollingUpdate>,
}

view!(UpdateStrategy {
    kind: "type",
    rolling_update: "rollingUpdate",
});

/// Whole numbers or percentages, as written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RollingUpdate {
    pub max_unavailable: Value,
    pub max_surge: Value,
}

view!(RollingUpdate {
    max_unavailable: "maxUnavailable",
    max_surge: "maxSurge",
});

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DaemonSetStatus {
    pub current_number_scheduled: i64,
    pub number_misscheduled: i64,
    pub desired_number_scheduled: i64,
    pub number_ready: i64,
    pub observed_generation: i64,
    pub updated_number_scheduled: i64,
    pub number_available: i64,
    pub number_unavailable: i64,
    pub collision_count: Option<i64>,
}

view!(DaemonSetStatus {
    current_number_scheduled: "currentNumberScheduled",
    number_misscheduled: "numberMisscheduled",
    desired_number_scheduled: "desiredNumberScheduled",
    number_ready: "numberReady",
    observed_generation: "observedGeneration",
    updated_number_scheduled: "updatedNumberScheduled",
    number_available: "numberAvailable",
    number_unavailable: "numberUnavailable",
    collision_count: "collisionCount",
});

impl DaemonSet {
    pub(crate) fn read(value: &Value, previous: Option<(&DaemonSet, &Value)>) -> Self {
        let spec = value.get("spec");
        let kept = previous.filter(|(_, tree)| tree.get("spec").same(spec));
        Self {
            spec: kept.map_or_else(
                || Arc::new(DaemonSetSpec::read(spec)),
                |(ds, _)| ds.spec.clone(),
            ),
            status: de::read(value.get("status")),
        }
    }
}

impl DaemonSetSpec {
    /// Reads `spec`.
    pub fn read(spec: &Value) -> Self {
        Self {
            selector: spec.get("selector").clone(),
            template: spec.get("template").clone(),
            pod: de::read(spec.at(&["template", "spec"])),
            update_strategy: de::read(spec.get("updateStrategy")),
            min_ready_seconds: spec.get("minReadySeconds").as_i64().unwrap_or(0),
            revision_history_limit: spec.get("revisionHistoryLimit").as_i64(),
        }
    }
}
