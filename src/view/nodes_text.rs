//! The nodes of a cluster as a manifest: what people declare of them, without what machines report.

use crate::cluster::Cluster;
use crate::k8s::{Kind, Object, Value, yaml};
use crate::value;

/// Taints and labels under this prefix are the cluster's own.
const OWN_PREFIXES: [&str; 2] = ["node.kubernetes.io/", "beta.kubernetes.io/"];

/// Labels that every kubelet sets.
const OWN_LABELS: [&str; 3] = [
    "kubernetes.io/arch",
    "kubernetes.io/hostname",
    "kubernetes.io/os",
];

/// One document for each node.
pub fn text(cluster: &Cluster) -> String {
    let documents: Vec<String> = cluster
        .objects(Kind::Node)
        .map(|node| yaml::print(&declared(node)))
        .collect();
    documents.join("---\n")
}

fn declared(node: &Object) -> Value {
    let own = |key: &str| {
        OWN_LABELS.contains(&key) || OWN_PREFIXES.iter().any(|prefix| key.starts_with(prefix))
    };
    let mut labels = Value::map();
    for (key, value) in node.meta().labels.fields().filter(|(key, _)| !own(key)) {
        labels.set(key.clone(), value.clone());
    }
    let mut taints = Value::list();
    for taint in node.value().at(&["spec", "taints"]).items() {
        if !own(taint.get("key").text()) {
            let mut taint = taint.clone();
            taint.remove("timeAdded");
            taints.push(taint);
        }
    }
    value!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": Value::str(node.name()), "labels": labels},
        "spec": {"taints": taints},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_declare_is_there_and_nothing_else() {
        let node = Object::shared(
            Kind::Node,
            value!({"metadata": {"name": "w1", "uid": "1", "labels": {"kubernetes.io/hostname": "w1", "disk": "ssd"}},
                "spec": {"podCIDR": "10.0.0.0/24", "taints": [
                    {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"},
                    {"key": "gpu", "effect": "NoSchedule"}]}}),
        );
        assert_eq!(
            yaml::print(&declared(&node)),
            "apiVersion: v1\nkind: Node\nmetadata:\n  labels:\n    disk: ssd\n  name: w1\nspec:\n  taints:\n  - effect: NoSchedule\n    key: gpu\n"
        );
    }
}
