//! What the scheduler knows of each node: its object, the pods on it, what they use.

use super::fit::{self, Amounts, Room, pod_requests};
use super::neighbors;
use crate::k8s::api::{ContainerPort, PodSpec};
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::quantity::Quantity;
use crate::k8s::{Object, Str};
use crate::sim::store::NsName;
use std::sync::Arc;

/// A host port in use: protocol, port, address (`0.0.0.0` for all).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct HostPort {
    pub protocol: Str,
    pub port: i64,
    pub ip: Str,
}

impl HostPort {
    /// The host ports that a pod wants.
    pub fn of(spec: &PodSpec) -> Vec<HostPort> {
        let sidecars = spec
            .init_containers
            .iter()
            .filter(|c| c.restart_policy == "Always");
        sidecars
            .chain(&spec.containers)
            .flat_map(|c| &c.ports)
            .filter(|p| p.host_port > 0)
            .map(Self::read)
            .collect()
    }

    fn read(port: &ContainerPort) -> Self {
        let or = |text: &Str, other: &'static str| {
            if text.is_empty() {
                Str::from(other)
            } else {
                text.clone()
            }
        };
        Self {
            protocol: or(&port.protocol, "TCP"),
            port: port.host_port,
            ip: or(&port.host_ip, "0.0.0.0"),
        }
    }

    /// Same protocol and port, and equal addresses or one that means all.
    pub fn conflicts(&self, other: &HostPort) -> bool {
        self.protocol == other.protocol
            && self.port == other.port
            && (self.ip == other.ip || self.ip == "0.0.0.0" || other.ip == "0.0.0.0")
    }
}

/// A pod that takes room on a node.
#[derive(Clone, Debug)]
pub struct Placed {
    pub pod: Arc<Object>,
    pub requests: Amounts,
    pub ports: Vec<HostPort>,
}

impl Placed {
    pub fn new(pod: Arc<Object>) -> Self {
        let spec = pod.pod().map(|p| p.spec.clone()).unwrap_or_default();
        // Only a pod that was changed may have other resources than it asks for.
        let spec = if pod.meta().generation > 1 {
            fit::resized(&spec, pod.value().get("status"))
        } else {
            spec
        };
        Self {
            requests: pod_requests(&spec),
            ports: HostPort::of(&spec),
            pod,
        }
    }
}

/// One node and what is on it.
#[derive(Clone, Debug, Default)]
pub struct NodeInfo {
    /// None while only pods of it are known.
    pub node: Option<Arc<Object>>,
    pub room: Room,
    pub pods: BTreeMap<NsName, Placed>,
}

impl NodeInfo {
    pub fn set_node(&mut self, node: Arc<Object>) {
        if let Some(view) = node.node() {
            self.room.allocatable = Amounts::read(&view.allocatable);
            self.room.allowed_pods = Quantity::of(view.allocatable.get("pods")).value();
        }
        self.node = Some(node);
    }

    pub fn add(&mut self, placed: Placed) {
        let key = NsName::of(&placed.pod);
        self.remove(&key);
        self.room.used.add(&placed.requests);
        self.room.pods += 1;
        self.pods.insert(key, placed);
    }

    pub fn remove(&mut self, key: &NsName) -> Option<Placed> {
        let placed = self.pods.remove(key)?;
        self.room.used.subtract(&placed.requests);
        self.room.pods -= 1;
        Some(placed)
    }
}

/// All nodes by name.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    pub nodes: BTreeMap<Str, NodeInfo>,
    /// On which node a placed pod counts.
    placed: BTreeMap<NsName, Str>,
    /// How many entries of `nodes` have a node object.
    known: u64,
    /// Waiting pods for which room is being made, and where.
    nominated: BTreeMap<NsName, (Str, Placed)>,
    /// Placed pods that keep others away by required anti-affinity.
    repelling: BTreeSet<NsName>,
}

impl Cache {
    /// How many nodes there are.
    pub fn count(&self) -> u64 {
        self.known
    }

    pub fn set_node(&mut self, node: Arc<Object>) {
        let info = self.nodes.entry(node.name().clone()).or_default();
        self.known += u64::from(info.node.is_none());
        info.set_node(node);
    }

    pub fn remove_node(&mut self, name: &str) {
        let Some(info) = self.nodes.get_mut(name) else {
            return;
        };
        self.known -= u64::from(info.node.is_some());
        info.node = None;
        if info.pods.is_empty() {
            self.nodes.remove(name);
        }
    }

    /// Some placed pod keeps others away.
    pub fn some_repel(&self) -> bool {
        !self.repelling.is_empty()
    }

    /// Room is being made for a waiting pod: pods of no higher priority must not take it.
    pub fn nominate(&mut self, pod: Arc<Object>, node: Str) {
        let key = NsName::of(&pod);
        self.nominated.insert(key, (node, Placed::new(pod)));
    }

    /// The pod is placed, gone, or looks elsewhere. Returns where room was being made for it.
    pub fn forget_nomination(&mut self, key: &NsName) -> Option<(Str, Placed)> {
        self.nominated.remove(key)
    }

    /// Where room is being made for a pod.
    pub fn nomination(&self, key: &NsName) -> Option<&Str> {
        self.nominated.get(key).map(|(node, _)| node)
    }

    /// Pods of lower priority for which room is being made on the node.
    pub fn outbid(&self, node: &Str, priority: i64) -> Vec<(NsName, Arc<Object>)> {
        let of = |placed: &Placed| placed.pod.pod().and_then(|p| p.spec.priority).unwrap_or(0);
        self.nominated
            .iter()
            .filter(|(_, (to, placed))| to == node && of(placed) < priority)
            .map(|(key, (_, placed))| (key.clone(), placed.pod.clone()))
            .collect()
    }

    /// The node with the pods that it is promised to, as a pod of this priority sees it; None when there are none.
    ///
    /// Upstream: pkg/scheduler/framework/runtime/framework.go `addGENominatedPods`.
    pub fn promised(&self, info: &NodeInfo, key: &NsName, priority: i64) -> Option<NodeInfo> {
        let node = info.node.as_ref()?.name();
        let mut with: Option<NodeInfo> = None;
        for (other, (to, placed)) in &self.nominated {
            let of = placed.pod.pod().and_then(|p| p.spec.priority).unwrap_or(0);
            if to == node && other != key && of >= priority {
                with.get_or_insert_with(|| info.clone()).add(placed.clone());
            }
        }
        with
    }

    /// Counts a pod on the node that it is bound (or about to be bound) to.
    pub fn place(&mut self, pod: Arc<Object>, node: &Str) {
        let key = NsName::of(&pod);
        if self.refresh(&key, &pod, node) {
            return;
        }
        self.unplace(&key);
        if pod
            .pod()
            .is_some_and(|p| !neighbors::repels(&p.spec).is_empty())
        {
            self.repelling.insert(key.clone());
        }
        self.placed.insert(key, node.clone());
        self.nodes
            .entry(node.clone())
            .or_default()
            .add(Placed::new(pod));
    }

    /// Replaces the object of a pod whose containers have not changed.
    fn refresh(&mut self, key: &NsName, pod: &Arc<Object>, node: &Str) -> bool {
        let info = self.nodes.get_mut(node);
        let Some(placed) = info.and_then(|info| info.pods.get_mut(key)) else {
            return false;
        };
        let same = |path: &[&str]| placed.pod.value().at(path).same(pod.value().at(path));
        let same = same(&["spec", "containers"])
            && (pod.meta().generation == 1 || same(&["status", "containerStatuses"]));
        if same {
            placed.pod = pod.clone();
        }
        same
    }

    /// A placed pod.
    pub fn placed(&self, key: &NsName) -> Option<&Placed> {
        self.nodes.get(self.placed.get(key)?)?.pods.get(key)
    }

    /// Takes a pod off its node.
    pub fn unplace(&mut self, key: &NsName) -> Option<Placed> {
        self.repelling.remove(key);
        let node = self.placed.remove(key)?;
        let info = self.nodes.get_mut(&node)?;
        let placed = info.remove(key);
        if info.node.is_none() && info.pods.is_empty() {
            self.nodes.remove(&node);
        }
        placed
    }
}
