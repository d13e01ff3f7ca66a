//! Descriptions of Services.

use super::{View, Writer, pieces};
use crate::console::print::{labels, scalar};
use crate::k8s::{Kind, Object, Value};

/// Endpoints shown at most.
const SHOWN_MAX: usize = 3;

/// Upstream: kubectl/pkg/describe/describe.go `describeService`.
pub fn service(w: &mut Writer, object: &Object, view: View<'_>) {
    let spec = object.value().get("spec");
    pieces::name(w, object);
    pieces::labels_and_annotations(w, object);
    w.field(0, "Selector", labels(spec.get("selector")));
    w.field(0, "Type", spec.get("type").text());
    if !spec.get("ipFamilyPolicy").is_null() {
        w.field(0, "IP Family Policy", spec.get("ipFamilyPolicy").text());
    }
    let list = |field: &str| {
        let all: Vec<&str> = spec.get(field).items().iter().map(Value::text).collect();
        all.join(",")
    };
    let or_none = |text: String| crate::console::print::or_none(&text);
    w.field(0, "IP Families", or_none(list("ipFamilies")));
    w.field(0, "IP", spec.get("clusterIP").text());
    w.field(0, "IPs", or_none(list("clusterIPs")));
    {
        let (field, title) = ("externalIPs", "External IPs");
        let text = list(field);
        if !text.is_empty() {
            w.field(0, title, text);
        }
    }
    let name = spec.get("externalName").text();
    if !name.is_empty() {
        w.field(0, "External Name", name);
    }
    for port in spec.get("ports").items() {
        let name = port.get("name").text();
        let name = if name.is_empty() { "<unset>" } else { name };
        let protocol = port.get("protocol").text();
        w.line(
            0,
            format!("Port:\t{name}\t{}/{protocol}", scalar(port.get("port"))),
        );
        w.field(
            0,
            "TargetPort",
            format!("{}/{protocol}", scalar(port.get("targetPort"))),
        );
        if let Some(node) = port.get("nodePort").as_i64().filter(|n| *n != 0) {
            w.line(0, format!("NodePort:\t{name}\t{node}/{protocol}"));
        }
        w.field(0, "Endpoints", endpoints(object, port, view));
    }
    w.field(0, "Session Affinity", spec.get("sessionAffinity").text());
    for (field, title) in [
        ("externalTrafficPolicy", "External Traffic Policy"),
        ("internalTrafficPolicy", "Internal Traffic Policy"),
        ("trafficDistribution", "Traffic Distribution"),
    ] {
        let text = spec.get(field).text();
        if !text.is_empty() {
            w.field(0, title, text);
        }
    }
}

/// The ready addresses behind a port.
pub fn endpoints(object: &Object, port: &Value, view: View<'_>) -> String {
    let mut all: Vec<String> = Vec::new();
    let (mut none, mut more) = (true, false);
    for slice in view.api.list(Kind::EndpointSlice, Some(object.namespace())) {
        if slice.meta().label("kubernetes.io/service-name") != Some(object.name().as_str()) {
            continue;
        }
        none = false;
        let value = slice.value();
        let ports = value.get("ports").items();
        let named = |p: &&Value| p.get("name").text() == port.get("name").text();
        // Pods that have none of the Service's ports are shown with every one of them.
        let number = match ports.iter().find(named) {
            Some(found) => format!(":{}", scalar(found.get("port"))),
            None if ports.is_empty() => String::new(),
            None => continue,
        };
        for endpoint in value.get("endpoints").items() {
            // One that is not ready is no address, but more than is shown.
            more |= all.len() >= SHOWN_MAX;
            if endpoint.at(&["conditions", "ready"]).as_bool() == Some(false) {
                continue;
            }
            for address in endpoint.get("addresses").items() {
                all.push(format!("{}{number}", address.text()));
            }
        }
    }
    if none {
        return "<none>".to_owned();
    }
    let shown = all[..all.len().min(SHOWN_MAX)].join(",");
    if more {
        format!("{shown} + {} more...", all.len() - SHOWN_MAX)
    } else {
        shown
    }
}
