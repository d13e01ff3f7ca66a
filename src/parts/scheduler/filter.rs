//! The filters in their order; the first one that fails decides the reason for a node.

use super::cache::{Cache, HostPort, NodeInfo};
use super::claims::{ONE_POD, Volumes};
use super::fit::{Amounts, Shortage, pod_requests};
use super::neighbors::{self, Rule};
use crate::k8s::api::{NodeSelector, PodSpec, PreferredTerm, Taint};
use crate::k8s::{Object, Str, affinity, taint};
use crate::sim::store::NsName;

/// The key of the taint that stands for a cordoned node.
pub const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// Why a pod cannot go to a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// The node is cordoned.
    Unschedulable,
    /// `spec.nodeName` names another node.
    NodeName,
    /// The first taint that the pod does not tolerate.
    Taint(Taint),
    /// Node selector or required affinity.
    Affinity,
    /// A host port that is taken.
    Ports(HostPort),
    Resources(Vec<Shortage>),
    /// The pod's claims find no volume there, in these words.
    Volume(&'static str),
    /// A rule about other pods.
    Neighbors(Rule),
    /// The pod names its nodes, and this is none of them.
    OtherNode,
}

impl Failure {
    /// The sentences that the scheduler prints, one or more.
    pub fn reasons(&self) -> Vec<String> {
        let one = match self {
            Failure::Unschedulable => "node(s) were unschedulable",
            Failure::NodeName => "node(s) didn't match the requested node name",
            Failure::Taint(_) => "node(s) had untolerated taint(s)",
            Failure::Affinity => "node(s) didn't match Pod's node affinity/selector",
            Failure::Ports(_) => "node(s) didn't have free ports for the requested pod ports",
            Failure::Volume(why) => why,
            Failure::Neighbors(rule) => rule.reason(),
            Failure::OtherNode => "node(s) didn't satisfy plugin(s) [NodeAffinity]",
            Failure::Resources(shortages) => {
                return shortages.iter().map(|s| s.reason.clone()).collect();
            }
        };
        vec![one.to_owned()]
    }

    /// Taking pods off the node might help.
    pub fn preemptible(&self) -> bool {
        match self {
            Failure::Ports(_) => true,
            Failure::Neighbors(rule) => rule.preemptible(),
            Failure::Volume(why) => *why == ONE_POD,
            Failure::Resources(shortages) => !shortages.iter().any(|s| s.helpless),
            Failure::Unschedulable
            | Failure::NodeName
            | Failure::Taint(_)
            | Failure::Affinity
            | Failure::OtherNode => false,
        }
    }
}

/// A pod to be placed, with what is computed once per attempt.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub pod: &'a Object,
    pub spec: &'a PodSpec,
    pub requests: Amounts,
    pub ports: Vec<HostPort>,
    /// Node affinity, as it was read.
    pub required: Option<NodeSelector>,
    pub preferred: Vec<PreferredTerm>,
    /// The only nodes worth looking at, when the pod's affinity names them.
    pub names: Option<Vec<Str>>,
    /// What its claims ask of a node.
    pub volumes: Volumes,
}

impl<'a> Wanted<'a> {
    pub fn new(pod: &'a Object, spec: &'a PodSpec) -> Self {
        let required = spec.required_nodes();
        Self {
            pod,
            spec,
            requests: pod_requests(spec),
            ports: HostPort::of(spec),
            names: required.as_ref().and_then(affinity::required_node_names),
            required,
            preferred: spec.preferred_nodes(),
            volumes: Volumes::default(),
        }
    }

    /// The node matches the pod's node selector and required affinity.
    pub fn admits(&self, node: &Object) -> bool {
        let (labels, required) = (&node.meta().labels, self.required.as_ref());
        affinity::matches_required(self.spec, required, labels, node.name()).is_ok()
    }
}

/// Runs the filters for one node; None: the pod fits, also beside the pods that the node is promised to.
///
/// Upstream: pkg/scheduler/framework/runtime/framework.go `RunFilterPluginsWithNominatedPods`.
pub fn check(wanted: &Wanted<'_>, info: &NodeInfo, cache: &Cache) -> Option<Failure> {
    let priority = wanted.spec.priority.unwrap_or(0);
    cache
        .promised(info, &NsName::of(wanted.pod), priority)
        .and_then(|with| check_as_it_is(wanted, &with, cache))
        .or_else(|| check_as_it_is(wanted, info, cache))
}

fn check_as_it_is(wanted: &Wanted<'_>, info: &NodeInfo, cache: &Cache) -> Option<Failure> {
    let node = info.node.as_ref()?;
    let view = node.node()?;
    let spec = wanted.spec;
    if view.unschedulable {
        let cordon = Taint {
            key: UNSCHEDULABLE.into(),
            effect: taint::NO_SCHEDULE.into(),
            ..Taint::default()
        };
        if !taint::tolerated(&spec.tolerations, &cordon) {
            return Some(Failure::Unschedulable);
        }
    }
    if !spec.node_name.is_empty() && spec.node_name != *node.name() {
        return Some(Failure::NodeName);
    }
    let untolerated =
        taint::find_untolerated(&view.taints, &spec.tolerations, taint::blocks_scheduling);
    if let Some(taint) = untolerated {
        return Some(Failure::Taint(taint.clone()));
    }
    if !wanted.admits(node) {
        return Some(Failure::Affinity);
    }
    taken(wanted, info, cache)
}

/// The filters that other pods decide: host ports, resources, volumes, rules about neighbors.
pub fn taken(wanted: &Wanted<'_>, info: &NodeInfo, cache: &Cache) -> Option<Failure> {
    let taken = wanted.ports.iter().find(|port| {
        info.pods
            .values()
            .flat_map(|placed| &placed.ports)
            .any(|used| used.conflicts(port))
    });
    if let Some(port) = taken {
        return Some(Failure::Ports(port.clone()));
    }
    let shortages = info.room.shortages(&wanted.requests);
    if !shortages.is_empty() {
        return Some(Failure::Resources(shortages));
    }
    let elsewhere = info.node.as_ref().and_then(|n| wanted.volumes.check(n));
    elsewhere.or_else(|| neighbors::check(wanted, info, cache))
}
