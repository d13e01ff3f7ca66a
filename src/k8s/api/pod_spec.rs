//! `PodSpec` and what it holds, as far as the controllers, the scheduler and the kubelet read it.

use crate::k8s::de::{self, Read, view};
use crate::k8s::quantity::Quantity;
use crate::k8s::{Map, Str, Value};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// `spec` of a pod or of a pod template.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PodSpec {
    pub node_name: Str,
    /// As it was written: nearly every pod has one of its own, see [`Self::affinity`].
    pub affinity: Value,
    pub volumes: Value,
    common: Arc<Common>,
}

/// What pods of one template have in common; they share it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Common {
    pub node_selector: Value,
    pub tolerations: Vec<Toleration>,
    pub containers: Vec<Container>,
    /// Of the containers, as they were read.
    pub totals: Totals,
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
    pub readiness_gates: Value,
    pub topology_spread_constraints: Value,
    pub scheduling_gates: Value,
    pub hostname: Str,
    pub subdomain: Str,
}

view!(Common {
    node_selector: "nodeSelector",
    tolerations: "tolerations",
    containers: "containers",
    totals: "containers",
    init_containers: "initContainers",
    host_network: "hostNetwork",
    priority: "priority",
    priority_class_name: "priorityClassName",
    preemption_policy: "preemptionPolicy",
    restart_policy: "restartPolicy",
    scheduler_name: "schedulerName",
    service_account_name: "serviceAccountName",
    termination_grace_period_seconds: "terminationGracePeriodSeconds",
    active_deadline_seconds: "activeDeadlineSeconds",
    resources: "resources",
    overhead: "overhead",
    readiness_gates: "readinessGates",
    topology_spread_constraints: "topologySpreadConstraints",
    scheduling_gates: "schedulingGates",
    hostname: "hostname",
    subdomain: "subdomain",
});

/// What containers request and are limited to together, by resource. Every status of a pod tells it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    pub requests: Value,
    pub limits: Value,
}

impl Read for Totals {
    fn read(containers: &Value) -> Self {
        let sum = |list: &str| {
            let mut total = Map::new();
            let lists = containers.items().iter();
            for (name, amount) in lists.flat_map(|c| c.at(&["resources", list]).fields()) {
                let have = total.get(name).map_or(Quantity::whole(0), Quantity::of);
                let amount = have.plus(&Quantity::of(amount));
                total.insert(name.clone(), amount.to_string());
            }
            Value::from(total)
        };
        Self {
            requests: sum("requests"),
            limits: sum("limits"),
        }
    }
}

/// Fields that say nothing about what is in common.
const OWN: [&str; 5] = [
    "nodeName",
    "affinity",
    "volumes",
    "containers",
    "initContainers",
];

/// The fields that are not.
fn rest(spec: &Value) -> impl Iterator<Item = (&Str, &Value)> {
    let fields = spec.as_map().into_iter().flat_map(Map::iter);
    fields.filter(|(name, _)| !OWN.contains(&name.as_str()))
}

impl Deref for PodSpec {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.common
    }
}

impl Read for PodSpec {
    fn read(value: &Value) -> Self {
        Self::read_like(value, &[])
    }
}

impl PodSpec {
    /// Reads a specification; what it has in common with others and their trees is taken from them.
    pub(crate) fn read_like(value: &Value, others: &[(&PodSpec, &Value)]) -> Self {
        let common = others.iter().find_map(|(other, tree)| {
            let alike = other.is_common(value, tree);
            alike.then(|| other.common.clone())
        });
        Self {
            node_name: value.get("nodeName").to_str(),
            affinity: value.get("affinity").clone(),
            volumes: value.get("volumes").clone(),
            common: common.unwrap_or_else(|| de::read(value)),
        }
    }

    /// The nodes that it requires, read anew each time; none when it requires nothing.
    pub fn required_nodes(&self) -> Option<NodeSelector> {
        self.node_affinity("requiredDuringSchedulingIgnoredDuringExecution")
    }

    /// The nodes that it would rather be on, read anew each time.
    pub fn preferred_nodes(&self) -> Vec<PreferredTerm> {
        self.node_affinity("preferredDuringSchedulingIgnoredDuringExecution")
    }

    fn node_affinity<T: Read>(&self, field: &str) -> T {
        de::read(self.affinity.get("nodeAffinity").get(field))
    }

    /// What it shares with others, for writing: from then on it is its own.
    pub fn common_mut(&mut self) -> &mut Common {
        Arc::make_mut(&mut self.common)
    }

    /// A tree has in common with this one, and its tree, what pods of one template have.
    fn is_common(&self, value: &Value, own: &Value) -> bool {
        // Mounts differ from pod to pod and are not in the view.
        let containers = |field: &str, read: &[Container]| {
            let tree = value.get(field);
            tree.same(own.get(field)) || de::read::<Vec<Container>>(tree) == read
        };
        own.as_map().is_some()
            && rest(value).eq(rest(own))
            && containers("containers", &self.containers)
            && containers("initContainers", &self.init_containers)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodeSelector {
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

view!(NodeSelector {
    node_selector_terms: "nodeSelectorTerms",
});

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodeSelectorTerm {
    pub match_expressions: Vec<NodeSelectorRequirement>,
    pub match_fields: Vec<NodeSelectorRequirement>,
}

view!(NodeSelectorTerm {
    match_expressions: "matchExpressions",
    match_fields: "matchFields",
});

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodeSelectorRequirement {
    pub key: Str,
    pub operator: Str,
    pub values: Vec<Str>,
}

view!(NodeSelectorRequirement {
    key: "key",
    operator: "operator",
    values: "values",
});

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

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PreferredTerm {
    pub weight: i64,
    pub preference: NodeSelectorTerm,
}

view!(PreferredTerm {
    weight: "weight",
    preference: "preference",
});

#[derive(Clone, PartialEq, Eq, Debug, Default)]
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

view!(Toleration {
    key: "key",
    operator: "operator",
    value: "value",
    effect: "effect",
    toleration_seconds: "tolerationSeconds",
});

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Container {
    pub name: Str,
    pub image: Str,
    pub image_pull_policy: Str,
    pub command: Vec<Str>,
    pub args: Vec<Str>,
    pub ports: Vec<ContainerPort>,
    pub resources: Resources,
    pub env: Value,
    pub readiness_probe: Option<Box<Probe>>,
    pub liveness_probe: Option<Box<Probe>>,
    pub startup_probe: Option<Box<Probe>>,
    pub lifecycle: Value,
    /// `Always` makes an init container a sidecar.
    pub restart_policy: Str,
}

view!(Container {
    name: "name",
    image: "image",
    image_pull_policy: "imagePullPolicy",
    command: "command",
    args: "args",
    ports: "ports",
    resources: "resources",
    env: "env",
    readiness_probe: "readinessProbe",
    liveness_probe: "livenessProbe",
    startup_probe: "startupProbe",
    lifecycle: "lifecycle",
    restart_policy: "restartPolicy",
});

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ContainerPort {
    pub name: Str,
    pub container_port: i64,
    /// 0 means none.
    pub host_port: i64,
    pub host_ip: Str,
    pub protocol: Str,
}

view!(ContainerPort {
    name: "name",
    container_port: "containerPort",
    host_port: "hostPort",
    host_ip: "hostIP",
    protocol: "protocol",
});

/// `resources`: maps of resource name to quantity (text or number), or Null.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Resources {
    pub requests: Value,
    pub limits: Value,
}

view!(Resources {
    requests: "requests",
    limits: "limits",
});

#[derive(Clone, PartialEq, Eq, Debug, Default)]
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

view!(Probe {
    exec: "exec",
    http_get: "httpGet",
    tcp_socket: "tcpSocket",
    grpc: "grpc",
    initial_delay_seconds: "initialDelaySeconds",
    timeout_seconds: "timeoutSeconds",
    period_seconds: "periodSeconds",
    success_threshold: "successThreshold",
    failure_threshold: "failureThreshold",
    termination_grace_period_seconds: "terminationGracePeriodSeconds",
});

/// An exec action.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Handler {
    pub command: Vec<Str>,
}

view!(Handler { command: "command" });
