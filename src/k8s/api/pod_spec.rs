//! `PodSpec` and what it holds, as far as the controllers, the scheduler and the kubelet read it.

use crate::k8s::{Str, Value};
use serde::Deserialize;
use std::fmt;

/// `spec` of a pod or of a pod template.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSpec {
    pub node_name: Str,
    pub node_selector: Value,
    pub affinity: Option<Affinity>,
    pub tolerations: Vec<Toleration>,
    pub containers: Vec<Container>,
    pub init_containers: Vec<Container>,
    pub host_network: bool,
    pub priority: Option<i64>,
    pub priority_class_name: Str,
    pub preemption_policy: Str,
    pub restart_policy: Str,
    pub scheduler_name: Str,
    pub service_account_name: Str,
    /// Seconds.
    pub termination_grace_period_seconds: Option<i64>,
    /// Seconds.
    pub active_deadline_seconds: Option<i64>,
    /// Requests and limits of the pod as a whole.
    pub resources: Value,
    /// Per-pod overhead by resource name.
    pub overhead: Value,
    pub volumes: Value,
    pub readiness_gates: Value,
    pub topology_spread_constraints: Value,
    pub scheduling_gates: Value,
    pub hostname: Str,
    pub subdomain: Str,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Affinity {
    pub node_affinity: Option<NodeAffinity>,
    pub pod_affinity: Value,
    pub pod_anti_affinity: Value,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeAffinity {
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    pub required: Option<NodeSelector>,
    #[serde(rename = "preferredDuringSchedulingIgnoredDuringExecution")]
    pub preferred: Vec<PreferredTerm>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSelector {
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSelectorTerm {
    pub match_expressions: Vec<NodeSelectorRequirement>,
    pub match_fields: Vec<NodeSelectorRequirement>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NodeSelectorRequirement {
    pub key: Str,
    pub operator: Str,
    pub values: Vec<Str>,
}

/// `zone In [a, b]`, `gpu Exists`
impl fmt::Display for NodeSelectorRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            operator,
            values,
        } = self;
        if values.is_empty() {
            write!(f, "{key} {operator}")
        } else {
            write!(f, "{key} {operator} [{}]", values.join(", "))
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PreferredTerm {
    pub weight: i64,
    pub preference: NodeSelectorTerm,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Toleration {
    pub key: Str,
    /// `Exists`, `Equal`, or empty, which means `Equal`.
    pub operator: Str,
    pub value: Str,
    /// Empty means every effect.
    pub effect: Str,
    /// None means for ever.
    pub toleration_seconds: Option<i64>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Container {
    pub name: Str,
    pub image: Str,
    pub image_pull_policy: Str,
    pub command: Vec<Str>,
    pub args: Vec<Str>,
    pub ports: Vec<ContainerPort>,
    pub resources: Resources,
    pub env: Value,
    pub readiness_probe: Option<Probe>,
    pub liveness_probe: Option<Probe>,
    pub startup_probe: Option<Probe>,
    pub lifecycle: Value,
    /// `Always` makes an init container a sidecar.
    pub restart_policy: Str,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerPort {
    pub name: Str,
    pub container_port: i64,
    /// 0 means none.
    pub host_port: i64,
    #[serde(rename = "hostIP")]
    pub host_ip: Str,
    pub protocol: Str,
}

/// `resources`: maps of resource name to quantity (text or number), or Null.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Resources {
    pub requests: Value,
    pub limits: Value,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Probe {
    pub exec: Option<Handler>,
    pub http_get: Value,
    pub tcp_socket: Value,
    pub grpc: Value,
    pub initial_delay_seconds: i64,
    pub timeout_seconds: i64,
    pub period_seconds: i64,
    pub success_threshold: i64,
    pub failure_threshold: i64,
    pub termination_grace_period_seconds: Option<i64>,
}

/// An exec action.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Handler {
    pub command: Vec<Str>,
}
