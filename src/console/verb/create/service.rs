//! `kubectl create service …`.
//!
//! Upstream: kubectl/pkg/cmd/create/create_service.go

use super::{Told, generated, name, sets};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run};
use crate::console::task::Io;
use crate::k8s::{Kind, Value, names};
use crate::value;

const CLUSTER_IP: &[Flag] = &[long("tcp", Takes::List), long("clusterip", Takes::Text)];
const NODE_PORT: &[Flag] = &[long("tcp", Takes::List), long("node-port", Takes::Int)];
const LOAD_BALANCER: &[Flag] = &[long("tcp", Takes::List)];
const EXTERNAL_NAME: &[Flag] = &[long("tcp", Takes::List), long("external-name", Takes::Text)];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "create service clusterip",
        about: "Create a ClusterIP service",
        usage: "NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]",
        flags: sets!(CLUSTER_IP),
        required: &[],
        run: Run::Once(cluster_ip),
    },
    Command {
        path: "create service nodeport",
        about: "Create a NodePort service",
        usage: "NAME [--tcp=port:targetPort] [--dry-run=server|client|none]",
        flags: sets!(NODE_PORT),
        required: &[],
        run: Run::Once(node_port),
    },
    Command {
        path: "create service loadbalancer",
        about: "Create a LoadBalancer service",
        usage: "NAME [--tcp=port:targetPort] [--dry-run=server|client|none]",
        flags: sets!(LOAD_BALANCER),
        required: &[],
        run: Run::Once(load_balancer),
    },
    Command {
        path: "create service externalname",
        about: "Create an ExternalName service",
        usage: "NAME --external-name external.name [--dry-run=server|client|none]",
        flags: sets!(EXTERNAL_NAME),
        required: &["external-name"],
        run: Run::Once(external_name),
    },
];

/// `80:8080` as a port.
fn port(text: &str) -> Result<Value, Failure> {
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or("");
    let number = |digits: &str| digits.parse::<i64>();
    let digits = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
    let wrong = if digits {
        "value out of range"
    } else {
        "invalid syntax"
    };
    let port = number(first).ok().filter(|p| digits && *p <= 0xffff);
    let port = port.ok_or_else(|| {
        Failure::client(format!(
            "strconv.ParseUint: parsing {}: {wrong}",
            crate::console::args::quoted(first)
        ))
    })?;
    let refused = |errors: Vec<String>| {
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Failure::client(errors.join(",")))
        }
    };
    let target = match parts.next() {
        None => Value::Int(port),
        Some(text) => {
            if let Ok(target) = number(text) {
                refused(names::port_number_errors(target))?;
                Value::Int(target)
            } else {
                refused(names::port_name_errors(text))?;
                Value::str(text)
            }
        }
    };
    let name = text.replace(':', "-");
    Ok(value!({"name": name, "port": port, "protocol": "TCP", "targetPort": target}))
}

fn service(
    call: &Call,
    kind: &'static str,
    fill: impl FnOnce(&mut Value),
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let name = name(call)?;
    let tcp = call.flags.list("tcp");
    let headless = call.flags.text("clusterip") == Some("None");
    if tcp.is_empty() && !headless && kind != "ExternalName" {
        return Err(Failure::client(
            "at least one tcp port specifier must be provided",
        ));
    }
    let ports = tcp.iter().map(|t| port(t)).collect::<Result<Vec<_>, _>>()?;
    let labels = value!({"app": Value::str(name)});
    let mut spec = value!({"selector": &labels, "type": kind});
    if !ports.is_empty() {
        spec.set("ports", Value::from(ports));
    }
    fill(&mut spec);
    let value = value!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"labels": labels, "name": Value::str(name)},
        "spec": spec, "status": {"loadBalancer": {}},
    });
    let told = match kind {
        "ClusterIP" => "ClusterIP service",
        "NodePort" => "NodePort service",
        "LoadBalancer" => "LoadBalancer service",
        _ => "ExternalName service",
    };
    generated(call, Kind::Service, value, Told::Inside(told), io)
}

fn cluster_ip(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let ip = call.flags.text("clusterip").unwrap_or("").to_owned();
    let fill = |spec: &mut Value| {
        if !ip.is_empty() {
            spec.set("clusterIP", ip);
        }
    };
    service(call, "ClusterIP", fill, io)
}

fn node_port(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let number = call.flags.int("node-port").unwrap_or(0);
    let fill = |spec: &mut Value| {
        if number != 0
            && let Some(first) = spec.at_mut(&["ports"]).list_mut().first_mut()
        {
            first.set("nodePort", number);
        }
    };
    service(call, "NodePort", fill, io)
}

fn load_balancer(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    service(call, "LoadBalancer", |_| {}, io)
}

fn external_name(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let host = call.flags.text("external-name").unwrap_or("").to_owned();
    if !names::dns1123_subdomain_errors(&host).is_empty() {
        return Err(Failure::client(format!(
            "invalid service external name {host}"
        )));
    }
    service(
        call,
        "ExternalName",
        |spec| spec.set("externalName", host),
        io,
    )
}
