//! What a node checks itself before it takes a pod.
//!
//! Upstream: pkg/kubelet/lifecycle/predicate.go `generalFilter`, pkg/kubelet/eviction/eviction_manager.go `Admit`

use super::node::Kubelet;
use super::state::{PodRun, Stage};
use crate::k8s::api::{Phase, Pod, PodSpec};
use crate::k8s::pod_resources::requested;
use crate::k8s::quantity::Quantity;
use crate::k8s::{Object, Str, Value, affinity, taint};
use std::sync::Arc;

/// Upstream: `SystemCriticalPriority`
const CRITICAL: i64 = 2_000_000_000;

/// Why a node refuses a pod.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    pub reason: Str,
    pub text: String,
}

/// A resource that does not suffice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shortage {
    pub resource: Str,
    pub requested: i64,
    pub used: i64,
    pub capacity: i64,
}

/// What the node's own checks find.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Welcome,
    Refused(Refusal),
    /// A critical pod that lacks nothing but these: lesser pods are to make room.
    Room(Vec<Shortage>),
}

impl Shortage {
    /// How much is to be freed.
    pub fn lacking(&self) -> i64 {
        let free = self.capacity.saturating_sub(self.used);
        self.requested.saturating_sub(free)
    }

    pub(super) fn refusal(&self) -> Refusal {
        let Self {
            resource,
            requested,
            used,
            capacity,
        } = self;
        Refusal {
            reason: Str::from(format!("OutOf{resource}")),
            text: format!(
                "Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, capacity: \
                 {capacity}"
            ),
        }
    }
}

fn predicate(reason: &'static str, text: &str) -> Refusal {
    Refusal {
        reason: reason.into(),
        text: format!("Predicate {reason} failed: {text}"),
    }
}

/// Admits a pod to the node, or tells why not. Of several reasons the first is told.
///
/// Upstream: pkg/kubelet/lifecycle/predicate.go `Admit`, pkg/kubelet/preemption/preemption.go
/// `HandleAdmissionFailure`
pub fn admit(kubelet: &Kubelet, object: &Arc<Object>) -> Verdict {
    let Some(pod) = object.pod() else {
        return Verdict::Welcome;
    };
    let spec = &pod.spec;
    let is_static = is_mirror(object);
    if let Err(refusal) = pressure(kubelet, spec, is_static, &pod.status.qos_class) {
        return Verdict::Refused(refusal);
    }
    let Some(node) = &kubelet.node else {
        return Verdict::Welcome;
    };
    let Some(view) = node.node() else {
        return Verdict::Welcome;
    };
    let others: Vec<&PodSpec> = kubelet
        .pods
        .values()
        .filter(|run| active(run) && run.object.uid() != object.uid())
        .map(|run| run.allocated().as_ref())
        .collect();
    let shortages = resources(&view.allocatable, spec, &others);
    let critical = is_static || is_critical(spec);
    if let Some(first) = shortages.first().filter(|_| !critical) {
        return Verdict::Refused(first.refusal());
    }
    if let Some(refusal) = misfit(kubelet, node, spec, &others, is_static) {
        return Verdict::Refused(refusal);
    }
    if shortages.is_empty() {
        Verdict::Welcome
    } else {
        Verdict::Room(shortages)
    }
}

/// A pod that takes of the node's resources.
pub(super) fn active(run: &PodRun) -> bool {
    let over = |p: &Pod| matches!(p.status.phase, Phase::Succeeded | Phase::Failed);
    !matches!(run.stage, Stage::Rejected | Stage::Stopped) && !run.object.pod().is_some_and(over)
}

/// Why the pod may not be here at all.
fn misfit(
    kubelet: &Kubelet,
    node: &Object,
    spec: &PodSpec,
    others: &[&PodSpec],
    is_static: bool,
) -> Option<Refusal> {
    let taints = node.node().map(|view| &view.taints);
    if affinity::matches_node(spec, &node.meta().labels, &kubelet.name).is_err() {
        return Some(predicate(
            "NodeAffinity",
            "node(s) didn't match Pod's node affinity/selector",
        ));
    }
    if !spec.node_name.is_empty() && spec.node_name != kubelet.name {
        return Some(predicate(
            "NodeName",
            "node(s) didn't match the requested node name",
        ));
    }
    if others.iter().any(|other| ports_conflict(spec, other)) {
        return Some(predicate(
            "NodePorts",
            "node(s) didn't have free ports for the requested pod ports",
        ));
    }
    if !is_static
        && taints.is_some_and(|taints| {
            taint::find_untolerated(taints, &spec.tolerations, taint::evicts).is_some()
        })
    {
        return Some(predicate(
            "TaintToleration",
            "node(s) had taints that the pod didn't tolerate",
        ));
    }
    None
}

/// A pod that mirrors a static one.
pub fn is_mirror(object: &Object) -> bool {
    object
        .meta()
        .annotation("kubernetes.io/config.mirror")
        .is_some()
        || object.meta().annotation("kubernetes.io/config.source") == Some("file")
}

/// Pods of this priority are neither evicted nor refused because of pressure.
pub fn is_critical(spec: &PodSpec) -> bool {
    spec.priority.unwrap_or(0) >= CRITICAL
}

/// Refusals while the node is under pressure.
fn pressure(kubelet: &Kubelet, spec: &PodSpec, is_static: bool, qos: &str) -> Result<(), Refusal> {
    if kubelet.pressures.is_empty() || is_static || is_critical(spec) {
        return Ok(());
    }
    let only_memory = kubelet
        .pressures
        .keys()
        .all(|kind| kind == "MemoryPressure");
    if only_memory {
        let memory = crate::k8s::api::Taint {
            key: "node.kubernetes.io/memory-pressure".into(),
            effect: taint::NO_SCHEDULE.into(),
            ..Default::default()
        };
        if qos != "BestEffort" || taint::tolerated(&spec.tolerations, &memory) {
            return Ok(());
        }
    }
    let kinds: Vec<&str> = kubelet.pressures.keys().map(Str::as_str).collect();
    Err(Refusal {
        reason: "Evicted".into(),
        text: format!("The node had condition: [{}]. ", kinds.join(", ")),
    })
}

/// The resources that do not suffice. Those that the node does not have at all are not looked at.
pub(super) fn resources(allocatable: &Value, spec: &PodSpec, others: &[&PodSpec]) -> Vec<Shortage> {
    let mut short = Vec::new();
    let room = Quantity::of(allocatable.get("pods")).value();
    let count = i64::try_from(others.len()).unwrap_or(i64::MAX);
    if count.saturating_add(1) > room {
        short.push(Shortage {
            resource: "pods".into(),
            requested: 1,
            used: count,
            capacity: room,
        });
    }
    let mut names: Vec<&str> = vec!["cpu", "memory", "ephemeral-storage"];
    let known = allocatable.fields().map(|(name, _)| name.as_str());
    names.extend(
        known.filter(|name| !matches!(*name, "cpu" | "memory" | "ephemeral-storage" | "pods")),
    );
    for name in names {
        let wanted = amount(name, requested(spec, name));
        if wanted == 0 {
            continue;
        }
        let used = others.iter().fold(Quantity::whole(0), |sum, other| {
            sum.plus(&requested(other, name))
        });
        let (used, capacity) = (
            amount(name, used),
            amount(name, Quantity::of(allocatable.get(name))),
        );
        if wanted > capacity.saturating_sub(used) {
            short.push(Shortage {
                resource: Str::new(name),
                requested: wanted,
                used,
                capacity,
            });
        }
    }
    short
}

/// Cpu counts in thousandths, all else in whole units.
fn amount(name: &str, quantity: Quantity) -> i64 {
    if name == "cpu" {
        quantity.milli_value()
    } else {
        quantity.value()
    }
}

/// What a pod takes of a resource, in the units of [`Shortage`].
pub(super) fn taken(spec: &PodSpec, resource: &str) -> i64 {
    if resource == "pods" {
        1
    } else {
        amount(resource, requested(spec, resource))
    }
}

/// Two pods want the same host port.
fn ports_conflict(a: &PodSpec, b: &PodSpec) -> bool {
    let ports = |spec: &PodSpec| -> Vec<(i64, Str, Str)> {
        spec.containers
            .iter()
            .chain(
                spec.init_containers
                    .iter()
                    .filter(|c| super::state::is_sidecar(c)),
            )
            .flat_map(|container| container.ports.iter())
            .filter(|port| port.host_port > 0)
            .map(|port| {
                let protocol = if port.protocol.is_empty() {
                    Str::from("TCP")
                } else {
                    port.protocol.clone()
                };
                (port.host_port, protocol, port.host_ip.clone())
            })
            .collect()
    };
    let any = |ip: &Str| ip.is_empty() || ip == "0.0.0.0";
    let (a, b) = (ports(a), ports(b));
    a.iter().any(|(port, protocol, ip)| {
        b.iter().any(|(other, other_protocol, other_ip)| {
            port == other
                && protocol == other_protocol
                && (ip == other_ip || any(ip) || any(other_ip))
        })
    })
}
