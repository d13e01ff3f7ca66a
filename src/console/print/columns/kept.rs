//! The rows of kinds that are kept though nobody acts on them: roles, bindings, ingresses, policies, autoscalers.

use super::{Column, View, age, col, wide};
use crate::console::print::{or_none, scalar};
use crate::k8s::selector::Selector;
use crate::k8s::{Object, Value};

pub const ROLE: &[Column] = &[col("NAME"), col("CREATED AT")];
pub const BINDING: &[Column] = &[
    col("NAME"),
    col("ROLE"),
    col("AGE"),
    wide("USERS"),
    wide("GROUPS"),
    wide("SERVICEACCOUNTS"),
];
pub const INGRESS: &[Column] = &[
    col("NAME"),
    col("CLASS"),
    col("HOSTS"),
    col("ADDRESS"),
    col("PORTS"),
    col("AGE"),
];
pub const POLICY: &[Column] = &[col("NAME"), col("POD-SELECTOR"), col("AGE")];
pub const AUTOSCALER: &[Column] = &[
    col("NAME"),
    col("REFERENCE"),
    col("TARGETS"),
    col("MINPODS"),
    col("MAXPODS"),
    col("REPLICAS"),
    col("AGE"),
];

/// Hosts shown in one cell.
const HOSTS_MAX: usize = 3;
/// Metrics shown in one cell.
const METRICS_MAX: usize = 2;

pub fn role(object: &Object) -> Vec<String> {
    let at = object.value().at(&["metadata", "creationTimestamp"]).text();
    vec![object.name().to_string(), at.to_owned()]
}

pub fn binding(object: &Object, view: View<'_>) -> Vec<String> {
    let value = object.value();
    let [users, groups, accounts] =
        ["User", "Group", "ServiceAccount"].map(|kind| subjects(value, kind));
    vec![
        object.name().to_string(),
        reference(value.get("roleRef")),
        age(object, view),
        users,
        groups,
        accounts,
    ]
}

pub fn ingress(object: &Object, view: View<'_>) -> Vec<String> {
    let spec = object.value().get("spec");
    let secured = !spec.get("tls").is_empty();
    vec![
        object.name().to_string(),
        or_none(spec.get("ingressClassName").text()),
        hosts(spec.get("rules").items()),
        addresses(object.value()),
        if secured { "80, 443" } else { "80" }.to_owned(),
        age(object, view),
    ]
}

pub fn policy(object: &Object, view: View<'_>) -> Vec<String> {
    let selector = object.value().at(&["spec", "podSelector"]);
    vec![
        object.name().to_string(),
        Selector::read(selector).or_none(),
        age(object, view),
    ]
}

pub fn autoscaler(object: &Object, view: View<'_>) -> Vec<String> {
    let spec = object.value().get("spec");
    let number = |v: &Value| v.as_i64().unwrap_or(0).to_string();
    vec![
        object.name().to_string(),
        reference(spec.get("scaleTargetRef")),
        targets(spec.get("metrics").items()),
        number(spec.get("minReplicas")),
        number(spec.get("maxReplicas")),
        number(object.value().at(&["status", "currentReplicas"])),
        age(object, view),
    ]
}

/// `Kind/name`
fn reference(value: &Value) -> String {
    format!("{}/{}", value.get("kind").text(), value.get("name").text())
}

/// Upstream: pkg/printers/internalversion/printers.go `formatHosts`.
fn hosts(rules: &[Value]) -> String {
    let named = rules.iter().map(|r| r.get("host").text());
    let shown: Vec<&str> = named.filter(|h| !h.is_empty()).take(HOSTS_MAX).collect();
    let list = shown.join(",");
    if shown.is_empty() {
        "*".to_owned()
    } else if shown.len() == HOSTS_MAX && rules.len() > HOSTS_MAX {
        format!("{list} + {} more...", rules.len() - HOSTS_MAX)
    } else {
        list
    }
}

/// The addresses that a load balancer gave an ingress.
pub fn addresses(value: &Value) -> String {
    let all = value.at(&["status", "loadBalancer", "ingress"]).items();
    let text = |one: &Value| {
        let ip = one.get("ip").text();
        if ip.is_empty() {
            one.get("hostname").text()
        } else {
            ip
        }
        .to_owned()
    };
    all.iter().map(text).collect::<Vec<_>>().join(",")
}

/// The name of a metric and what it should be.
pub fn metric(metric: &Value) -> (String, String) {
    let kind = metric.get("type").text();
    let mut source = &Value::Null;
    for (_, value) in metric.fields().filter(|(f, _)| f.as_str() != "type") {
        source = value;
    }
    let resource = kind == "Resource" || kind == "ContainerResource";
    let name = if resource {
        source.get("name").text()
    } else {
        source.at(&["metric", "name"]).text()
    };
    let target = source.get("target");
    let wanted = match target.get("averageUtilization").as_i64() {
        Some(percent) => format!("{percent}%"),
        None if target.get("averageValue").is_null() => scalar(target.get("value")),
        None => scalar(target.get("averageValue")),
    };
    (name.to_owned(), wanted)
}

/// Upstream: pkg/printers/internalversion/printers.go `formatHPAMetrics`; nothing was ever measured.
fn targets(metrics: &[Value]) -> String {
    if metrics.is_empty() {
        return "<none>".to_owned();
    }
    let one = |m: &Value| {
        let (name, wanted) = metric(m);
        if m.get("resource").is_null() && m.get("containerResource").is_null() {
            format!("<unknown>/{wanted}")
        } else {
            format!("{name}: <unknown>/{wanted}")
        }
    };
    let shown: Vec<String> = metrics.iter().take(METRICS_MAX).map(one).collect();
    let list = shown.join(", ");
    if metrics.len() > METRICS_MAX {
        format!("{list} + {} more...", metrics.len() - METRICS_MAX)
    } else {
        list
    }
}

/// The subjects of one kind.
fn subjects(binding: &Value, kind: &str) -> String {
    let all = binding.get("subjects").items().iter();
    let named = all.filter(|s| s.get("kind").text() == kind).map(|s| {
        let name = s.get("name").text();
        if kind == "ServiceAccount" {
            format!("{}/{name}", s.get("namespace").text())
        } else {
            name.to_owned()
        }
    });
    named.collect::<Vec<_>>().join(", ")
}
