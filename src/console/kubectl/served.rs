//! What the server answers though nobody stores it: an `APIService` for every version that it serves, and
//! `ComponentStatus`, how the parts of the control plane are.
//!
//! No kind of the store stands for them: they travel as one of [`CARRIER`], and their trees say what they are.
//!
//! Upstream: pkg/controlplane/apiserver/aggregator.go, pkg/registry/core/componentstatus/rest.go

use super::Type;
use crate::cluster::{Cluster, PartId};
use crate::k8s::{Kind, Object, Value};
use crate::value;
use std::sync::Arc;

/// What is said of every request for components.
pub const COMPONENTS_OLD: &str = "v1 ComponentStatus is deprecated in v1.19+";

const CARRIER: Kind = Kind::PriorityClass;

/// Version and group, the priority of the group, that of the version.
const VERSIONS: [(&str, i64, i64); 21] = [
    ("v1.", 18000, 1),
    ("v1.admissionregistration.k8s.io", 16700, 15),
    ("v1.apiextensions.k8s.io", 16700, 15),
    ("v1.apps", 17800, 15),
    ("v1.authentication.k8s.io", 17700, 15),
    ("v1.authorization.k8s.io", 17600, 15),
    ("v1.autoscaling", 17500, 15),
    ("v1.batch", 17400, 15),
    ("v1.certificates.k8s.io", 17300, 15),
    ("v1.coordination.k8s.io", 16500, 15),
    ("v1.discovery.k8s.io", 16200, 15),
    ("v1.events.k8s.io", 17750, 15),
    ("v1.flowcontrol.apiserver.k8s.io", 16100, 21),
    ("v1.networking.k8s.io", 17200, 15),
    ("v1.node.k8s.io", 16300, 15),
    ("v1.policy", 17100, 15),
    ("v1.rbac.authorization.k8s.io", 17000, 15),
    ("v1.resource.k8s.io", 16200, 21),
    ("v1.scheduling.k8s.io", 16600, 15),
    ("v1.storage.k8s.io", 16800, 15),
    ("v2.autoscaling", 17500, 30),
];

/// The objects of a type; None for types that are stored, or that have none.
pub fn list(ty: Type, cluster: &Cluster) -> Option<Vec<Arc<Object>>> {
    let trees: Vec<Value> = match ty.resource.name {
        "apiservices" => services(cluster),
        "componentstatuses" => components(cluster),
        _ => return None,
    };
    let object = |tree| Arc::new(Object::read(CARRIER, tree, None));
    Some(trees.into_iter().map(object).collect())
}

/// What an object is when it is none of the store: its kind and its title.
pub fn kind(object: &Object) -> Option<(&str, &'static str)> {
    if object.kind() != CARRIER {
        return None;
    }
    let kind = object.value().get("kind").text();
    match kind {
        "APIService" => Some((kind, "apiservice.apiregistration.k8s.io")),
        "ComponentStatus" => Some((kind, "componentstatus")),
        _ => None,
    }
}

fn services(cluster: &Cluster) -> Vec<Value> {
    let since = cluster.api().get(Kind::Namespace, "", "kube-system").ok();
    let since = since.map(|n| n.value().at(&["metadata", "creationTimestamp"]).clone());
    let since = since.unwrap_or_default();
    let service = |(i, (name, of_group, of_version)): (usize, &(&'static str, i64, i64))| {
        let (version, group) = name.split_once('.').unwrap_or((name, ""));
        let mut tree = value!({
            "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
            "metadata": {
                "creationTimestamp": &since,
                "labels": {"kube-aggregator.kubernetes.io/automanaged": "onstart"},
                "name": *name, "resourceVersion": (i + 5).to_string(),
                "uid": format!("00000000-0000-4000-9000-{i:012x}"),
            },
            "spec": {
                "groupPriorityMinimum": *of_group, "version": version, "versionPriority": *of_version,
            },
            "status": {"conditions": [{
                "lastTransitionTime": &since, "message": "Local APIServices are always available",
                "reason": "Local", "status": "True", "type": "Available",
            }]},
        });
        if !group.is_empty() {
            tree.set_at(&["spec", "group"], group);
        }
        tree
    };
    VERSIONS.iter().enumerate().map(service).collect()
}

/// The real server asks the others at their ports; the storage is its own.
fn components(cluster: &Cluster) -> Vec<Value> {
    let component = |name: &'static str, port: u16, up: bool| {
        let (status, message) = if up {
            ("True", "ok".to_owned())
        } else {
            let place = format!("127.0.0.1:{port}");
            let told = format!(
                "Get \"https://{place}/healthz\": dial tcp {place}: connect: connection refused"
            );
            ("False", told)
        };
        value!({
            "apiVersion": "v1", "kind": "ComponentStatus", "metadata": {"name": name},
            "conditions": [{"message": message, "status": status, "type": "Healthy"}],
        })
    };
    let parts = cluster.parts();
    let manages = |id: &&PartId| !matches!(id, PartId::Scheduler | PartId::Kubelets);
    let mut managers = PartId::ALL.iter().filter(manages);
    vec![
        component("scheduler", 10259, parts.alive(PartId::Scheduler)),
        component(
            "controller-manager",
            10257,
            managers.any(|id| parts.alive(*id)),
        ),
        component("etcd-0", 2379, true),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Command, Setup};
    use crate::k8s::schema::schema;

    #[test]
    fn every_version_served_is_listed() {
        for resource in schema().resources() {
            let name = format!("{}.{}", resource.version, resource.group);
            let listed = VERSIONS.iter().any(|(version, _, _)| *version == name);
            // The server that lists them is not among them.
            let own = resource.group == "apiregistration.k8s.io";
            assert_eq!(listed, !own, "{name}");
        }
    }

    #[test]
    fn components_are_healthy_while_they_run() {
        let mut cluster = Cluster::new(Setup {
            nodes: vec![Cluster::node("n1")],
            ..Setup::default()
        });
        let health = |cluster: &Cluster| -> Vec<String> {
            let health = |tree: &Value| {
                let condition = &tree.get("conditions").items()[0];
                let status = condition.get("status").text();
                let name = tree.at(&["metadata", "name"]).text();
                format!("{name} {status} {}", condition.get("message").text())
            };
            components(cluster).iter().map(health).collect()
        };
        let well = [
            "scheduler True ok",
            "controller-manager True ok",
            "etcd-0 True ok",
        ];
        assert_eq!(health(&cluster), well);
        cluster.dispatch(Command::PartStop {
            part: PartId::Scheduler,
        });
        let dead = "scheduler False Get \"https://127.0.0.1:10259/healthz\": dial tcp 127.0.0.1:10259: \
                    connect: connection refused";
        assert_eq!(health(&cluster), [dead, well[1], well[2]]);
        cluster.dispatch(Command::PartStop {
            part: PartId::DaemonSet,
        });
        assert_eq!(health(&cluster)[1..], well[1..]);
    }
}
