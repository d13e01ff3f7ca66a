//! View of a pod.

use super::PodSpec;
use crate::k8s::de::{Read, view};
use crate::k8s::{Str, Value, de};
use std::sync::Arc;

/// `spec` and `status` of a pod. Both are shared with the version before when their tree is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pod {
    pub spec: Arc<PodSpec>,
    pub status: Arc<PodStatus>,
}

impl Pod {
    pub(crate) fn read(value: &Value, previous: Option<(&Pod, &Value)>) -> Self {
        let (spec, status) = (value.get("spec"), value.get("status"));
        let kept = |field| previous.filter(|(_, tree)| tree.get(field).same(value.get(field)));
        Self {
            spec: kept("spec").map_or_else(|| Arc::new(de::read(spec)), |(p, _)| p.spec.clone()),
            status: kept("status")
                .map_or_else(|| Arc::new(de::read(status)), |(p, _)| p.status.clone()),
        }
    }

    /// The condition `Ready` is `True`.
    pub fn ready(&self) -> bool {
        self.condition("Ready").is_some_and(|c| c.status == "True")
    }

    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.status.conditions.iter().find(|c| c.kind == kind)
    }

    /// Succeeded or Failed.
    pub fn terminal(&self) -> bool {
        matches!(self.status.phase, Phase::Succeeded | Phase::Failed)
    }
}

/// `status.phase`; `None` is an empty one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Phase {
    Pending,
    Running,
    Succeeded,
    Failed,
    Unknown,
    #[default]
    None,
}

impl Read for Phase {
    fn read(value: &Value) -> Self {
        match value.text() {
            "Pending" => Phase::Pending,
            "Running" => Phase::Running,
            "Succeeded" => Phase::Succeeded,
            "Failed" => Phase::Failed,
            "Unknown" => Phase::Unknown,
            _ => Phase::None,
        }
    }
}

impl Phase {
    /// As the API prints it.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Pending => "Pending",
            Phase::Running => "Running",
            Phase::Succeeded => "Succeeded",
            Phase::Failed => "Failed",
            Phase::Unknown => "Unknown",
            Phase::None => "",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PodStatus {
    pub phase: Phase,
    pub reason: Str,
    pub message: Str,
    pub conditions: Vec<Condition>,
    pub container_statuses: Vec<ContainerStatus>,
    pub init_container_statuses: Vec<ContainerStatus>,
    pub pod_ip: Str,
    pub nominated_node_name: Str,
    pub qos_class: Str,
    pub start_time: Str,
}

view!(PodStatus {
    phase: "phase",
    reason: "reason",
    message: "message",
    conditions: "conditions",
    container_statuses: "containerStatuses",
    init_container_statuses: "initContainerStatuses",
    pod_ip: "podIP",
    nominated_node_name: "nominatedNodeName",
    qos_class: "qosClass",
    start_time: "startTime",
});

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Condition {
    pub kind: Str,
    pub status: Str,
    pub reason: Str,
    pub message: Str,
    pub last_transition_time: Str,
}

view!(Condition {
    kind: "type",
    status: "status",
    reason: "reason",
    message: "message",
    last_transition_time: "lastTransitionTime",
});

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ContainerStatus {
    pub name: Str,
    pub ready: bool,
    pub started: Option<bool>,
    pub restart_count: i64,
    pub state: ContainerState,
    pub last_state: ContainerState,
}

view!(ContainerStatus {
    name: "name",
    ready: "ready",
    started: "started",
    restart_count: "restartCount",
    state: "state",
    last_state: "lastState",
});

/// At most one of the three is set; the trees are read where they are printed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ContainerState {
    pub waiting: Value,
    pub running: Value,
    pub terminated: Value,
}

view!(ContainerState {
    waiting: "waiting",
    running: "running",
    terminated: "terminated",
});
