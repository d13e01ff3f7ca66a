//! View of a pod.

use super::PodSpec;
use crate::k8s::de::{Read, view};
use crate::k8s::{Str, Value, de};
use std::ops::Deref;
use std::sync::Arc;

/// `spec` and `status` of a pod. Both are shared with the version before when their tree is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pod {
    pub spec: Arc<PodSpec>,
    pub status: Arc<PodStatus>,
}

impl Pod {
    /// Reads a pod; what it has in common with other pods is taken from them.
    pub(crate) fn read(value: &Value, others: &[(&Pod, &Value)]) -> Self {
        let (spec, status) = (value.get("spec"), value.get("status"));
        let kept = |field| {
            let mut others = others.iter();
            others.find(|(_, tree)| tree.get(field).same(value.get(field)))
        };
        let fresh_spec = || {
            let others = others
                .iter()
                .map(|(pod, tree)| (&*pod.spec, tree.get("spec")));
            Arc::new(PodSpec::read_like(spec, &others.collect::<Vec<_>>()))
        };
        Self {
            spec: kept("spec").map_or_else(fresh_spec, |(p, _)| p.spec.clone()),
            status: kept("status").map_or_else(
                || Arc::new(PodStatus::read_like(status, others)),
                |(p, _)| p.status.clone(),
            ),
        }
    }

    /// The condition `Ready` is `True`.
    pub fn ready(&self) -> bool {
        self.status.ready
    }

    pub fn condition(&self, kind: &str) -> Option<Condition> {
        self.status.condition(kind).map(de::read)
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

/// `status` of a pod.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PodStatus {
    /// The list of conditions: see [`Pod::condition`].
    conditions: Value,
    ready: bool,
    pub pod_ip: Str,
    pub start_time: Str,
    state: Arc<PodState>,
}

/// What pods that start at one time often have in common; they share it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PodState {
    pub phase: Phase,
    pub reason: Str,
    pub message: Str,
    pub container_statuses: Vec<ContainerStatus>,
    pub init_container_statuses: Vec<ContainerStatus>,
    pub nominated_node_name: Str,
    pub qos_class: Str,
}

view!(PodState {
    phase: "phase",
    reason: "reason",
    message: "message",
    container_statuses: "containerStatuses",
    init_container_statuses: "initContainerStatuses",
    nominated_node_name: "nominatedNodeName",
    qos_class: "qosClass",
});

impl Deref for PodStatus {
    type Target = PodState;

    fn deref(&self) -> &PodState {
        &self.state
    }
}

impl Read for PodStatus {
    fn read(value: &Value) -> Self {
        Self::read_like(value, &[])
    }
}

impl PodStatus {
    fn read_like(value: &Value, others: &[(&Pod, &Value)]) -> Self {
        let state: PodState = de::read(value);
        let known = others.iter().find(|(pod, _)| *pod.status.state == state);
        let mut status = Self {
            conditions: value.get("conditions").clone(),
            ready: false,
            pod_ip: value.get("podIP").to_str(),
            start_time: value.get("startTime").to_str(),
            state: known.map_or_else(|| Arc::new(state), |(pod, _)| pod.status.state.clone()),
        };
        let ready = status.condition("Ready");
        status.ready = ready.is_some_and(|c| c.get("status").text() == "True");
        status
    }

    fn condition(&self, kind: &str) -> Option<&Value> {
        let mut all = self.conditions.items().iter();
        all.find(|c| c.get("type").text() == kind)
    }
}

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
