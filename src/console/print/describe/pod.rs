//! The description of a pod.

use super::container::{self, Place};
use super::{View, Writer, pieces, template};
use crate::console::print::{age, long_time};
use crate::k8s::{Object, Value};

/// Upstream: kubectl/pkg/describe/describe.go `describePod`.
pub fn describe(w: &mut Writer, object: &Object, view: View<'_>) {
    let value = object.value();
    let (spec, status) = (value.get("spec"), value.get("status"));
    head(w, object, view);
    addresses(w, status);
    pieces::controller(w, object);
    let nominated = status.get("nominatedNodeName").text();
    if !nominated.is_empty() {
        w.field(0, "NominatedNodeName", nominated);
    }
    if !spec.get("resources").is_empty() {
        w.line(0, "Resources:");
        container::resources(w, 1, spec.get("resources"));
    }
    let place = |statuses: &'static str| Place {
        statuses: status.get(statuses),
        pod: Some(value),
        space: "",
    };
    if !spec.get("initContainers").items().is_empty() {
        container::all(
            w,
            "Init Containers",
            spec.get("initContainers"),
            &place("initContainerStatuses"),
        );
    }
    container::all(
        w,
        "Containers",
        spec.get("containers"),
        &place("containerStatuses"),
    );
    gates(w, spec, status);
    let conditions = status.get("conditions").items();
    if !conditions.is_empty() {
        w.line(0, "Conditions:\n  Type\tStatus");
        for condition in conditions {
            w.line(
                1,
                format!(
                    "{} \t{} ",
                    condition.get("type").text(),
                    condition.get("status").text()
                ),
            );
        }
    }
    template::volumes(w, spec.get("volumes"), "");
    w.field(0, "QoS Class", status.get("qosClass").text());
    pieces::labels(w, "Node-Selectors", spec.get("nodeSelector"));
    pieces::tolerations(w, "Tolerations", spec.get("tolerations"));
    template::spread(w, spec, "");
}

fn head(w: &mut Writer, object: &Object, view: View<'_>) {
    let value = object.value();
    let (spec, status) = (value.get("spec"), value.get("status"));
    pieces::name(w, object);
    w.field(
        0,
        "Priority",
        spec.get("priority").as_i64().unwrap_or(0).to_string(),
    );
    for (field, title) in [
        ("priorityClassName", "Priority Class Name"),
        ("runtimeClassName", "Runtime Class Name"),
        ("serviceAccountName", "Service Account"),
    ] {
        let text = spec.get(field).text();
        if !text.is_empty() {
            w.field(0, title, text);
        }
    }
    let node = spec.get("nodeName").text();
    if node.is_empty() {
        w.line(0, "Node:\t<none>");
    } else {
        w.field(0, "Node", format!("{node}/{}", status.get("hostIP").text()));
    }
    if !status.get("startTime").is_null() {
        w.field(0, "Start Time", long_time(status.get("startTime")));
    }
    pieces::labels_and_annotations(w, object);
    let phase = status.get("phase").text();
    match object.meta().deletion {
        Some(at) if !matches!(phase, "Succeeded" | "Failed") => {
            w.field(
                0,
                "Status",
                format!("Terminating (lasts {})", age::since(at, view.now)),
            );
            let grace = object.meta().deletion_grace.unwrap_or(0);
            w.field(0, "Termination Grace Period", format!("{grace}s"));
        }
        Some(_) | None => w.field(0, "Status", phase),
    }
    for (field, title) in [("reason", "Reason"), ("message", "Message")] {
        let text = status.get(field).text();
        if !text.is_empty() {
            w.field(0, title, text);
        }
    }
}

fn addresses(w: &mut Writer, status: &Value) {
    w.field(0, "IP", status.get("podIP").text());
    let all = status.get("podIPs").items();
    if all.is_empty() {
        w.line(0, "IPs:\t<none>");
        return;
    }
    w.line(0, "IPs:");
    for address in all {
        w.field(1, "IP", address.get("ip").text());
    }
}

fn gates(w: &mut Writer, spec: &Value, status: &Value) {
    let gates = spec.get("readinessGates").items();
    if gates.is_empty() {
        return;
    }
    w.line(0, "Readiness Gates:\n  Type\tStatus");
    for gate in gates {
        let kind = gate.get("conditionType").text();
        let mut conditions = status.get("conditions").items().iter();
        let found = conditions.find(|c| c.get("type").text() == kind);
        let status = found.map_or("<none>", |c| c.get("status").text());
        w.line(1, format!("{kind} \t{status} "));
    }
}
