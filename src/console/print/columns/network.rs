//! The rows of Services and their endpoints.

use super::{Column, View, age, col, wide};
use crate::console::print::{labels, or_none};
use crate::k8s::{Object, Value};

pub const SERVICE: &[Column] = &[
    col("NAME"),
    col("TYPE"),
    col("CLUSTER-IP"),
    col("EXTERNAL-IP"),
    col("PORT(S)"),
    col("AGE"),
    wide("SELECTOR"),
];

pub const ENDPOINTS: &[Column] = &[col("NAME"), col("ENDPOINTS"), col("AGE")];

pub const SLICE: &[Column] = &[
    col("NAME"),
    col("ADDRESSTYPE"),
    col("PORTS"),
    col("ENDPOINTS"),
    col("AGE"),
];

/// Addresses shown in one cell.
const SHOWN_MAX: usize = 3;

pub fn service(object: &Object, view: View<'_>) -> Vec<String> {
    let spec = object.value().get("spec");
    let kind = spec.get("type").text();
    let ip = spec.get("clusterIPs").index(0).text();
    let ip = if ip.is_empty() {
        spec.get("clusterIP").text()
    } else {
        ip
    };
    vec![
        object.name().to_string(),
        kind.to_owned(),
        or_none(ip),
        external(object, kind),
        ports(spec),
        age(object, view),
        labels(spec.get("selector")),
    ]
}

fn external(object: &Object, kind: &str) -> String {
    let spec = object.value().get("spec");
    let mut external: Vec<&str> = spec
        .get("externalIPs")
        .items()
        .iter()
        .map(Value::text)
        .collect();
    match kind {
        "ExternalName" => spec.get("externalName").text().to_owned(),
        "LoadBalancer" => {
            let ingress = object
                .value()
                .at(&["status", "loadBalancer", "ingress"])
                .items();
            let mut all: Vec<&str> = ingress
                .iter()
                .map(|i| {
                    let ip = i.get("ip").text();
                    if ip.is_empty() {
                        i.get("hostname").text()
                    } else {
                        ip
                    }
                })
                .collect();
            all.append(&mut external);
            if all.is_empty() {
                "<pending>".to_owned()
            } else {
                all.join(",")
            }
        }
        _ => or_none(&external.join(",")),
    }
}

fn ports(spec: &Value) -> String {
    let all: Vec<String> = spec
        .get("ports")
        .items()
        .iter()
        .map(|p| {
            let port = p.get("port").as_i64().unwrap_or(0);
            let protocol = p.get("protocol").text();
            match p.get("nodePort").as_i64() {
                Some(node) if node != 0 => format!("{port}:{node}/{protocol}"),
                Some(_) | None => format!("{port}/{protocol}"),
            }
        })
        .collect();
    or_none(&all.join(","))
}

/// `a,b,c + 2 more...`
fn some(all: &[String]) -> String {
    let shown = all[..all.len().min(SHOWN_MAX)].join(",");
    if all.len() > SHOWN_MAX {
        format!("{shown} + {} more...", all.len() - SHOWN_MAX)
    } else {
        shown
    }
}

/// The ready addresses of an Endpoints object with their ports.
pub fn endpoints_text(object: &Value) -> String {
    let subsets = object.get("subsets").items();
    if subsets.is_empty() {
        return "<none>".to_owned();
    }
    let mut all = Vec::new();
    for subset in subsets {
        let ports = subset.get("ports").items();
        let addresses = subset.get("addresses").items();
        let ips = addresses.iter().map(|a| a.get("ip").text());
        if ports.is_empty() {
            all.extend(ips.clone().map(str::to_owned));
        }
        for port in ports {
            let port = port.get("port").as_i64().unwrap_or(0);
            all.extend(ips.clone().map(|ip| format!("{ip}:{port}")));
        }
    }
    some(&all)
}

pub fn endpoints(object: &Object, view: View<'_>) -> Vec<String> {
    vec![
        object.name().to_string(),
        endpoints_text(object.value()),
        age(object, view),
    ]
}

pub fn slice(object: &Object, view: View<'_>) -> Vec<String> {
    let value = object.value();
    let ports: Vec<String> = value
        .get("ports")
        .items()
        .iter()
        .map(|p| match p.get("port").as_i64() {
            Some(port) => port.to_string(),
            None => "*".to_owned(),
        })
        .collect();
    let addresses: Vec<String> = value
        .get("endpoints")
        .items()
        .iter()
        .flat_map(|e| e.get("addresses").items())
        .map(|a| a.text().to_owned())
        .collect();
    let or_unset = |text: String| {
        if text.is_empty() {
            "<unset>".to_owned()
        } else {
            text
        }
    };
    vec![
        object.name().to_string(),
        value.get("addressType").text().to_owned(),
        or_unset(some(&ports)),
        or_unset(some(&addresses)),
        age(object, view),
    ]
}
