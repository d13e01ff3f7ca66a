//! Descriptions of Ingresses and NetworkPolicies.

use super::{View, Writer, network, pieces};
use crate::console::print::columns::kept;
use crate::console::print::{or_none, scalar};
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Timestamp, Value};

/// Upstream: kubectl/pkg/describe/describe.go `describeIngressV1`.
pub fn ingress(w: &mut Writer, object: &Object, view: View<'_>) {
    let spec = object.value().get("spec");
    w.field(0, "Name", object.name());
    pieces::labels(w, "Labels", &object.meta().labels);
    w.field(0, "Namespace", object.namespace());
    w.field(0, "Address", kept::addresses(object.value()));
    w.field(
        0,
        "Ingress Class",
        or_none(spec.get("ingressClassName").text()),
    );
    let default = match spec.get("defaultBackend") {
        Value::Null => "<default>".to_owned(),
        given => backend(object, given, view),
    };
    w.field(0, "Default backend", &default);
    let hosts = |of: &Value| {
        let all: Vec<&str> = of.get("hosts").items().iter().map(Value::text).collect();
        all.join(",")
    };
    for (i, tls) in spec.get("tls").items().iter().enumerate() {
        if i == 0 {
            w.line(0, "TLS:");
        }
        match tls.get("secretName").text() {
            "" => w.line(1, format!("SNI routes {}", hosts(tls))),
            secret => w.line(1, format!("{secret} terminates {}", hosts(tls))),
        }
    }
    w.line(0, "Rules:");
    w.line(1, "Host\tPath\tBackends");
    w.line(1, "----\t----\t--------");
    let mut none = true;
    for rule in spec.get("rules").items() {
        if rule.get("http").is_null() {
            continue;
        }
        none = false;
        let host = rule.get("host").text();
        w.line(1, format!("{}\t", if host.is_empty() { "*" } else { host }));
        for path in rule.at(&["http", "paths"]).items() {
            let backend = backend(object, path.get("backend"), view);
            w.line(2, format!("\t{} \t{backend}", path.get("path").text()));
        }
    }
    if none {
        w.line(1, format!("*\t*\t{default}"));
    }
    pieces::annotations(w, "Annotations", &object.meta().annotations);
}

/// Upstream: kubectl/pkg/describe/describe.go `describeBackendV1`.
fn backend(ingress: &Object, backend: &Value, view: View<'_>) -> String {
    let service = backend.get("service");
    if service.is_null() {
        let resource = backend.get("resource");
        let [group, kind, name] = ["apiGroup", "kind", "name"].map(|f| resource.get(f).text());
        return format!("APIGroup: {}, Kind: {kind}, Name: {name}", or_none(group));
    }
    let (name, port) = (service.get("name").text(), service.get("port"));
    let number = port.get("number").as_i64().unwrap_or(0);
    let title = if number == 0 {
        format!("{name}:{}", port.get("name").text())
    } else {
        format!("{name}:{number}")
    };
    let behind = match view.api.get(Kind::Service, ingress.namespace(), name) {
        Ok(found) => {
            let ports = found.value().at(&["spec", "ports"]).items();
            let wanted = |p: &&Value| {
                if number == 0 {
                    p.get("name").text() == port.get("name").text()
                } else {
                    p.get("port").as_i64() == Some(number)
                }
            };
            let of = ports.iter().find(wanted).unwrap_or(&Value::Null);
            network::endpoints(found, of, view)
        }
        Err(status) => format!("<error: {}>", status.message),
    };
    format!("{title} ({behind})")
}

/// Upstream: kubectl/pkg/describe/describe.go `describeNetworkPolicy`.
pub fn policy(w: &mut Writer, object: &Object) {
    let spec = object.value().get("spec");
    pieces::name(w, object);
    let at = Timestamp::parse(object.value().at(&["metadata", "creationTimestamp"]).text());
    let at = at.map_or_else(String::new, |t| {
        t.to_string().replace('T', " ").replace('Z', "")
    });
    w.field(0, "Created on", format!("{at} +0000 UTC"));
    pieces::labels_and_annotations(w, object);
    w.line(0, "Spec:");
    let selector = spec.get("podSelector");
    let selected = if selector.fields().count() == 0 {
        "<none> (Allowing the specific traffic to all pods in this namespace)".to_owned()
    } else {
        Selector::read(selector).or_none()
    };
    w.line(1, format!("PodSelector:     {selected}"));
    let types: Vec<&str> = spec
        .get("policyTypes")
        .items()
        .iter()
        .map(Value::text)
        .collect();
    for (name, field, peers, word) in [
        ("Ingress", "ingress", "From", "source"),
        ("Egress", "egress", "To", "destination"),
    ] {
        if types.contains(&name) {
            w.line(1, format!("Allowing {field} traffic:"));
            rules(w, spec.get(field).items(), field, peers, word);
        } else {
            w.line(1, format!("Not affecting {field} traffic"));
        }
    }
    w.line(1, format!("Policy Types: {}", types.join(", ")));
}

fn rules(w: &mut Writer, rules: &[Value], field: &str, peers: &str, word: &str) {
    if rules.is_empty() {
        let text = format!("<none> (Selected pods are isolated for {field} connectivity)");
        w.line(2, text);
    }
    for (i, rule) in rules.iter().enumerate() {
        let ports = rule.get("ports").items();
        if ports.is_empty() {
            w.line(2, "To Port: <any> (traffic allowed to all ports)");
        }
        for port in ports {
            let number = match port.get("port") {
                Value::Null => "<nil>".to_owned(),
                number => scalar(number),
            };
            let protocol = port.get("protocol").text();
            match port.get("endPort").as_i64() {
                Some(end) => w.line(2, format!("To Port Range: {number}-{end}/{protocol}")),
                None => w.line(2, format!("To Port: {number}/{protocol}")),
            }
        }
        let list = rule.get(&peers.to_lowercase()).items();
        if list.is_empty() {
            w.line(
                2,
                format!("{peers}: <any> (traffic not restricted by {word})"),
            );
        }
        for peer in list {
            w.line(2, format!("{peers}:"));
            peer_lines(w, peer);
        }
        if i + 1 < rules.len() {
            w.line(2, "----------");
        }
    }
}

fn peer_lines(w: &mut Writer, peer: &Value) {
    let block = peer.get("ipBlock");
    if !block.is_null() {
        let except: Vec<&str> = block
            .get("except")
            .items()
            .iter()
            .map(Value::text)
            .collect();
        w.line(3, "IPBlock:");
        w.line(4, format!("CIDR: {}", block.get("cidr").text()));
        w.line(4, format!("Except: {}", except.join(", ")));
    }
    for (field, title) in [
        ("namespaceSelector", "NamespaceSelector"),
        ("podSelector", "PodSelector"),
    ] {
        if !peer.get(field).is_null() {
            w.line(
                3,
                format!("{title}: {}", Selector::read(peer.get(field)).or_none()),
            );
        }
    }
}

/// Upstream: kubectl/pkg/describe/describe.go `describeHorizontalPodAutoscalerV2`; nothing was ever measured.
pub fn autoscaler(w: &mut Writer, object: &Object) {
    let (spec, status) = (object.value().get("spec"), object.value().get("status"));
    pieces::name(w, object);
    pieces::labels_and_annotations(w, object);
    pieces::created(w, object);
    let target = spec.get("scaleTargetRef");
    let kind = target.get("kind").text();
    w.field(
        0,
        "Reference",
        format!("{kind}/{}", target.get("name").text()),
    );
    w.field(0, "Metrics", "( current / target )");
    for metric in spec.get("metrics").items() {
        let (name, wanted) = kept::metric(metric);
        let title = if metric.get("resource").is_null() {
            format!("\"{name}\" on pods")
        } else if wanted.ends_with('%') {
            format!("resource {name} on pods  (as a percentage of request)")
        } else {
            format!("resource {name} on pods")
        };
        w.field(1, &title, format!("<unknown> / {wanted}"));
    }
    w.field(0, "Min replicas", scalar(spec.get("minReplicas")));
    w.field(0, "Max replicas", scalar(spec.get("maxReplicas")));
    let behavior = spec.get("behavior");
    if !behavior.is_null() {
        w.line(0, "Behavior:");
    }
    for (field, title) in [("scaleUp", "Scale Up"), ("scaleDown", "Scale Down")] {
        let rules = behavior.get(field);
        if rules.is_null() {
            continue;
        }
        w.line(1, format!("{title}:"));
        if let Some(seconds) = rules.get("stabilizationWindowSeconds").as_i64() {
            w.line(2, format!("Stabilization Window: {seconds} seconds"));
        }
        w.line(
            2,
            format!("Select Policy: {}", rules.get("selectPolicy").text()),
        );
        w.line(2, "Policies:");
        for policy in rules.get("policies").items() {
            let [value, seconds] = ["value", "periodSeconds"].map(|f| scalar(policy.get(f)));
            let kind = policy.get("type").text();
            let text = format!("- Type: {kind}\tValue: {value}\tPeriod: {seconds} seconds");
            w.line(3, text);
        }
    }
    let number = |field: &str| status.get(field).as_i64().unwrap_or(0);
    let (current, desired) = (number("currentReplicas"), number("desiredReplicas"));
    w.line(
        0,
        format!("{kind} pods:\t{current} current / {desired} desired"),
    );
}
