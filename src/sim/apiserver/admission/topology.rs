//! A pod carries the zone and region of its node as labels.
//!
//! Upstream: plugin/pkg/admission/podtopologylabels/admission.go

use crate::k8s::{Kind, Value};
use crate::sim::apiserver::ApiServer;

const COPIED: [&str; 2] = [
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

/// Copies the labels of the node that a new pod names.
pub fn copy(api: &ApiServer, pod: &mut Value) {
    let node = pod.at(&["spec", "nodeName"]).to_str();
    if !node.is_empty() {
        from_node(api, &node, pod);
    }
}

/// Copies the labels of a node over those of the pod.
pub fn from_node(api: &ApiServer, node: &str, pod: &mut Value) {
    let Ok(node) = api.get(Kind::Node, "", node) else {
        return;
    };
    for key in COPIED {
        if let Some(value) = node.meta().labels.field(key) {
            let labels = pod.at_mut(&["metadata", "labels"]);
            labels.set(key, value.clone());
        }
    }
}
