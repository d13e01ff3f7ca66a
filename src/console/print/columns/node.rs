//! The node row.

use super::{Column, View, age, col, wide};
use crate::console::print::or_none;
use crate::k8s::order::InOrder;
use crate::k8s::{Object, Value};

pub const COLUMNS: &[Column] = &[
    col("NAME"),
    col("STATUS"),
    col("ROLES"),
    col("AGE"),
    col("VERSION"),
    wide("INTERNAL-IP"),
    wide("EXTERNAL-IP"),
    wide("OS-IMAGE"),
    wide("KERNEL-VERSION"),
    wide("CONTAINER-RUNTIME"),
];

/// Upstream: pkg/printers/internalversion/printers.go `printNode`.
pub fn cells(object: &Object, view: View<'_>) -> Vec<String> {
    let (spec, status) = (object.value().get("spec"), object.value().get("status"));
    let mut conditions = status.get("conditions").items().iter();
    let ready = conditions.find(|c| c.get("type").text() == "Ready");
    let mut word = match ready.map(|c| c.get("status").text()) {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }
    .to_owned();
    if spec.get("unschedulable").as_bool() == Some(true) {
        word.push_str(",SchedulingDisabled");
    }
    let info = status.get("nodeInfo");
    let known = |field: &str| {
        let text = info.get(field).text();
        if text.is_empty() { "<unknown>" } else { text }.to_owned()
    };
    let mut kernel = known("kernelVersion");
    let architecture = info.get("architecture").text();
    if kernel != "<unknown>" && !architecture.is_empty() {
        kernel = format!("{kernel} ({architecture})");
    }
    vec![
        object.name().to_string(),
        word,
        roles(&object.meta().labels),
        age(object, view),
        info.get("kubeletVersion").text().to_owned(),
        address(status, "InternalIP"),
        address(status, "ExternalIP"),
        known("osImage"),
        kernel,
        known("containerRuntimeVersion"),
    ]
}

fn address(status: &Value, kind: &str) -> String {
    let mut all = status.get("addresses").items().iter();
    let found = all.find(|a| a.get("type").text() == kind);
    or_none(found.map_or("", |a| a.get("address").text()))
}

/// The roles that a node's labels name, sorted.
pub fn roles(labels: &Value) -> String {
    let mut roles: Vec<&str> = labels
        .fields()
        .filter_map(
            |(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
                Some(role) => Some(role),
                None if key == "kubernetes.io/role" => Some(value.text()),
                None => None,
            },
        )
        .filter(|role| !role.is_empty())
        .collect();
    roles.order();
    roles.dedup();
    or_none(&roles.join(","))
}
