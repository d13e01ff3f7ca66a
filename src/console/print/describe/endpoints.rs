//! Descriptions of Endpoints and EndpointSlices.

use super::{Writer, pieces};
use crate::console::print::{or_none, scalar};
use crate::k8s::{Object, Value};

fn or_unset(value: &Value) -> String {
    let text = scalar(value);
    if text.is_empty() {
        "<unset>".to_owned()
    } else {
        text
    }
}

/// The table of ports, its lines indented so far.
fn ports(w: &mut Writer, level: usize, ports: &[Value]) {
    w.line(level, "Name\tPort\tProtocol");
    w.line(level, "----\t----\t--------");
    for port in ports {
        w.line(
            level,
            format!(
                "{}\t{}\t{}",
                or_unset(port.get("name")),
                or_unset(port.get("port")),
                port.get("protocol").text()
            ),
        );
    }
}

/// Upstream: kubectl/pkg/describe/describe.go `describeEndpoints`.
pub fn endpoints(w: &mut Writer, object: &Object) {
    pieces::name(w, object);
    pieces::labels_and_annotations(w, object);
    w.line(0, "Subsets:");
    for subset in object.value().get("subsets").items() {
        for (title, field) in [
            ("Addresses", "addresses"),
            ("NotReadyAddresses", "notReadyAddresses"),
        ] {
            let all = subset.get(field).items().iter();
            let texts: Vec<&str> = all.map(|a| a.get("ip").text()).collect();
            w.field(1, title, or_none(&texts.join(",")));
        }
        let all = subset.get("ports").items();
        if !all.is_empty() {
            w.line(1, "Ports:");
            ports(w, 2, all);
        }
        w.line(0, "");
    }
}

/// Upstream: kubectl/pkg/describe/describe.go `describeEndpointSliceV1`.
pub fn slice(w: &mut Writer, object: &Object) {
    let value = object.value();
    pieces::name(w, object);
    pieces::labels_and_annotations(w, object);
    w.field(0, "AddressType", value.get("addressType").text());
    let all = value.get("ports").items();
    if all.is_empty() {
        w.line(0, "Ports: <unset>");
    } else {
        w.line(0, "Ports:");
        ports(w, 1, all);
    }
    let endpoints = value.get("endpoints").items();
    if endpoints.is_empty() {
        w.line(0, "Endpoints: <none>");
        return;
    }
    w.line(0, "Endpoints:");
    for endpoint in endpoints {
        let addresses = endpoint.get("addresses").items().iter();
        let addresses: Vec<&str> = addresses.map(Value::text).collect();
        w.line(
            1,
            format!("- Addresses:\t{}", or_none(&addresses.join(","))),
        );
        w.line(2, "Conditions:");
        w.field(3, "Ready", or_unset(endpoint.at(&["conditions", "ready"])));
        w.field(2, "Hostname", or_unset(endpoint.get("hostname")));
        let target = endpoint.get("targetRef");
        if !target.is_null() {
            let [kind, name] = ["kind", "name"].map(|f| target.get(f).text());
            w.field(2, "TargetRef", format!("{kind}/{name}"));
        }
        w.field(2, "NodeName", or_unset(endpoint.get("nodeName")));
        w.field(2, "Zone", or_unset(endpoint.get("zone")));
    }
}
