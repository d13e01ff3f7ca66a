//! A new node is not ready until its kubelet says otherwise.
//!
//! Upstream: plugin/pkg/admission/nodetaint/admission.go

use crate::k8s::Value;
use crate::value;

const NOT_READY: &str = "node.kubernetes.io/not-ready";

/// Adds `node.kubernetes.io/not-ready:NoSchedule` unless it is there.
pub(super) fn add_not_ready(node: &mut Value) {
    let is_there = |taint: &Value| {
        taint.get("key").text() == NOT_READY && taint.get("effect").text() == "NoSchedule"
    };
    if !node.at(&["spec", "taints"]).items().iter().any(is_there) {
        let taint = value!({"effect": "NoSchedule", "key": NOT_READY});
        node.at_mut(&["spec", "taints"]).push(taint);
    }
}
