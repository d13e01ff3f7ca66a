//! The node row.

use super::{Column, Row, View, age, col, wide};
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
pub fn write(object: &Object, view: View<'_>, row: &mut Row<'_>) {
    let (spec, status) = (object.value().get("spec"), object.value().get("status"));
    let mut conditions = status.get("conditions").items().iter();
    let ready = conditions.find(|c| c.get("type").text() == "Ready");
    let word = match ready.map(|c| c.get("status").text()) {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    };
    let info = status.get("nodeInfo");
    row.cell(object.name());
    if spec.get("unschedulable").as_bool() == Some(true) {
        row.cell_of(format_args!("{word},SchedulingDisabled"));
    } else {
        row.cell(word);
    }
    row.cell(&roles(&object.meta().labels));
    row.cell(&age(object, view));
    row.cell(info.get("kubeletVersion").text());
    if row.done() {
        return;
    }
    let known = |field: &str| {
        let text = info.get(field).text();
        if text.is_empty() { "<unknown>" } else { text }
    };
    let kernel = known("kernelVersion");
    let architecture = info.get("architecture").text();
    row.cell_or_none(address(status, "InternalIP"));
    row.cell_or_none(address(status, "ExternalIP"));
    row.cell(known("osImage"));
    if kernel != "<unknown>" && !architecture.is_empty() {
        row.cell_of(format_args!("{kernel} ({architecture})"));
    } else {
        row.cell(kernel);
    }
    row.cell(known("containerRuntimeVersion"));
}

fn address<'a>(status: &'a Value, kind: &str) -> &'a str {
    let mut all = status.get("addresses").items().iter();
    let found = all.find(|a| a.get("type").text() == kind);
    found.map_or("", |a| a.get("address").text())
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
