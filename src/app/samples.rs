//! What the page opens with: a cluster, and manifests to edit.

use super::words::w;
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

/// Ready-made manifests: file name, what it is, text.
pub const READY: &[(&str, &str, &str)] = &[
    (
        "fluentd-elasticsearch.yaml",
        w("log collector of the course"),
        include_str!("samples/fluentd-elasticsearch.yaml"),
    ),
    (
        "nginx-ds.yaml",
        w("nginx and its namespace, of the course"),
        concat!(
            include_str!("samples/nginx-ns.yaml"),
            "---\n",
            include_str!("samples/nginx-ds.yaml")
        ),
    ),
    (
        "node-exporter.yaml",
        w("metrics of every node, the control plane's too"),
        include_str!("samples/node-exporter.yaml"),
    ),
    (
        "log-agent.yaml",
        w("log agent with its configuration"),
        include_str!("samples/log-agent.yaml"),
    ),
    (
        "cni-plugin.yaml",
        w("network plugin: hostNetwork, tolerates everything"),
        include_str!("samples/cni-plugin.yaml"),
    ),
    (
        "gpu-plugin.yaml",
        w("only on nodes with a label"),
        include_str!("samples/gpu-plugin.yaml"),
    ),
    (
        "kube-proxy.yaml",
        w("as a cluster brings it along"),
        include_str!("samples/kube-proxy.yaml"),
    ),
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
