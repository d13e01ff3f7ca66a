//! What the page opens with: a cluster, and manifests to edit.

use crate::cluster::Setup;
use crate::k8s::Value;
use crate::value;

/// Manifests by file name; the first is applied before the page opens.
pub const MANIFESTS: &[(&str, &str)] = &[
    (
        "fluentd-elasticsearch.yaml",
        include_str!("samples/fluentd-elasticsearch.yaml"),
    ),
    ("nginx-ns.yaml", include_str!("samples/nginx-ns.yaml")),
    ("nginx-ds.yaml", include_str!("samples/nginx-ds.yaml")),
];

/// A control plane with its taint and three workers.
pub fn setup() -> Setup {
    let master = value!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": "master01", "labels": {"node-role.kubernetes.io/control-plane": ""}},
        "spec": {"taints": [
            {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]}
    });
    let mut nodes = vec![master];
    nodes.extend((1..=3).map(|i| worker(&format!("worker{i:02}"))));
    Setup {
        nodes,
        ..Setup::default()
    }
}

/// A node as a person declares it.
pub fn worker(name: &str) -> Value {
    value!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": Value::str(name)}})
}
