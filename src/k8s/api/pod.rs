//! View of a pod.

use super::PodSpec;
use crate::k8s::{Str, Value, de};
use serde::Deserialize;
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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum Phase {
    Pending,
    Running,
    Succeeded,
    Failed,
    Unknown,
    #[default]
    #[serde(other)]
    None,
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

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodStatus {
    pub phase: Phase,
    pub reason: Str,
    pub message: Str,
    pub conditions: Vec<Condition>,
    pub container_statuses: Vec<ContainerStatus>,
    pub init_container_statuses: Vec<ContainerStatus>,
    #[serde(rename = "podIP")]
    pub pod_ip: Str,
    pub nominated_node_name: Str,
    pub qos_class: Str,
    pub start_time: Str,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: Str,
    pub status: Str,
    pub reason: Str,
    pub message: Str,
    pub last_transition_time: Str,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStatus {
    pub name: Str,
    pub ready: bool,
    pub started: Option<bool>,
    pub restart_count: i64,
    pub state: ContainerState,
    pub last_state: ContainerState,
}

/// At most one of the three is set; the trees are read where they are printed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    pub waiting: Value,
    pub running: Value,
    pub terminated: Value,
}
