//! An object's facts: its YAML, conditions, events, owners, and for a node what it has and holds.

use super::events::{self, EventRow};
use super::life::{self, Owner};
use super::node::node_of;
use super::pending::{Pending, pending};
use super::pod::since;
use super::say::Say;
use super::{age, origin};
use crate::cluster::Cluster;
use crate::k8s::{Kind, Object, Str, yaml};
use std::sync::Arc;

/// One condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConditionRow {
    pub kind: String,
    pub status: String,
    pub reason: String,
    pub message: String,
    /// How long it has been so: `4m`.
    pub since: String,
}

/// What a section of the right-hand pane shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    pub conditions: Vec<ConditionRow>,
    pub owners: Vec<Owner>,
    pub events: Vec<EventRow>,
    /// What put each taint or toleration there.
    pub origins: Vec<(String, Say)>,
    /// Capacity: resource, capacity, allocatable.
    pub capacity: Vec<(String, String, String)>,
    /// Pods on a node: namespace/name and phase.
    pub pods: Vec<(String, String)>,
}

/// The object that a selection names: the pod of a uid, else the node.
pub fn subject<'c>(cluster: &'c Cluster, node: &str, pod: Option<&str>) -> Option<&'c Arc<Object>> {
    match pod {
        Some(uid) => cluster.objects(Kind::Pod).find(|pod| pod.uid() == uid),
        None => cluster.objects(Kind::Node).find(|one| one.name() == node),
    }
}

/// As `kubectl get -o yaml` prints it.
pub fn yaml(object: &Object) -> String {
    let mut value = object.value().clone();
    value.remove_at(&["metadata", "managedFields"]);
    yaml::print(&value)
}

/// What is known about an object.
pub fn facts(cluster: &Cluster, object: &Object) -> Facts {
    let node = object.kind() == Kind::Node;
    Facts {
        conditions: conditions(cluster, object),
        owners: if node {
            Vec::new()
        } else {
            life::chain(cluster, object)
        },
        events: events::about(cluster, object),
        origins: if node {
            origin::taints(cluster, object)
        } else {
            origin::tolerations(cluster, object)
        },
        capacity: if node { capacity(object) } else { Vec::new() },
        pods: if node {
            pods(cluster, object.name())
        } else {
            Vec::new()
        },
    }
}

/// The story of a pod, and what keeps it from being bound.
pub fn story(cluster: &Cluster, uid: &str) -> Option<(Vec<Say>, Option<Pending>)> {
    let pod = cluster.objects(Kind::Pod).find(|pod| pod.uid() == uid)?;
    Some((life::life(cluster, pod), pending(pod)))
}

fn conditions(cluster: &Cluster, object: &Object) -> Vec<ConditionRow> {
    let list = object.value().at(&["status", "conditions"]).items();
    let row = |one: &crate::k8s::Value| {
        let text = |name: &str| one.get(name).text().to_owned();
        ConditionRow {
            kind: text("type"),
            status: text("status"),
            reason: text("reason"),
            message: text("message"),
            since: age::short(since(&text("lastTransitionTime"), cluster.now())),
        }
    };
    list.iter().map(row).collect()
}

fn capacity(object: &Object) -> Vec<(String, String, String)> {
    let status = object.value().get("status");
    let allocatable = status.get("allocatable");
    let fields = status.get("capacity").fields();
    fields
        .map(|(name, value)| {
            let usable = allocatable.get(name).text().to_owned();
            (name.to_string(), value.text().to_owned(), usable)
        })
        .collect()
}

fn pods(cluster: &Cluster, node: &Str) -> Vec<(String, String)> {
    let here = cluster
        .objects(Kind::Pod)
        .filter(|pod| node_of(pod) == node.as_str());
    here.map(|pod| {
        let phase = pod.value().at(&["status", "phase"]).text();
        let state = if pod.meta().terminating() {
            "Terminating"
        } else {
            phase
        };
        (
            format!("{}/{}", pod.namespace(), pod.name()),
            state.to_owned(),
        )
    })
    .collect()
}
