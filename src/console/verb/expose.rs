//! `kubectl expose`.
//!
//! Upstream: kubectl/pkg/cmd/expose/expose.go

use super::run::{create, overridden, pairs};
use super::set::pod_spec_path;
use crate::console::args::{Flag, Takes, long, quoted, short};
use crate::console::error::Failure;
use crate::console::kubectl::builder::Bare;
use crate::console::kubectl::items::{self, Item, Look};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, flags, manifest, say};
use crate::console::task::Io;
use crate::k8s::{Kind, Str, Value};
use crate::value;

const FLAGS: &[Flag] = &[
    long("port", Takes::Text),
    long("target-port", Takes::Text),
    long("protocol", Takes::Text),
    long("type", Takes::Text),
    long("name", Takes::Text),
    long("selector", Takes::Text),
    short('l', "labels", Takes::Text),
    long("cluster-ip", Takes::Text),
    long("external-ip", Takes::Text),
    long("load-balancer-ip", Takes::Text),
    long("session-affinity", Takes::Text),
    long("overrides", Takes::Text),
    long("override-type", Takes::Text),
    long("save-config", Takes::Bool),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "expose",
    about: "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
    usage: "(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]",
    flags: &[
        FLAGS,
        flags::FILES,
        flags::OUTPUT,
        flags::DRY_RUN,
        flags::FIELD_MANAGER,
        flags::RECORD,
    ],
    required: &[],
    run: Run::Once(run),
}];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::of(call, "kubectl-expose", io)?;
    say::check(call, io)?;
    // --selector is the service's here, not the list's.
    let mut plain = call.clone();
    plain.flags = plain.flags.without("selector");
    // What a file says is enough.
    let look = if manifest::given(call) {
        Look::Given
    } else {
        Look::Live
    };
    let found = items::find(&plain, call.args(), Bare::Refused, look, io)?;
    let mut taken = Taken::default();
    found.visit(|item| {
        let service = service(call, &item, &mut taken)?;
        let service = overridden(call, Kind::Service, service)?;
        create(call, &sender, Kind::Service, service, "exposed", io)
    })
}

/// What was taken from the first object that had it holds for those after it, too.
///
/// Upstream: kubectl/pkg/cmd/expose/expose.go `RunExpose`
#[derive(Default)]
struct Taken {
    selector: Value,
    labels: Value,
}

fn text<'a>(call: &'a Call, flag: &str) -> Option<&'a str> {
    call.flags.text(flag).filter(|t| !t.is_empty())
}

/// The labels by which the pods behind an object are found.
fn selector(item: &Item) -> Result<Value, Failure> {
    let refused = |why: &str| {
        Failure::client(format!(
            "couldn't retrieve selectors via --selector flag or introspection: {why}"
        ))
    };
    let value = item.tree();
    match item.ty.kind {
        Some(Kind::Pod) => {
            let labels = value.at(&["metadata", "labels"]);
            if labels.is_empty() {
                return Err(refused("the pod has no labels and cannot be exposed"));
            }
            Ok(labels.clone())
        }
        Some(Kind::Service | Kind::ReplicationController) => {
            let selector = value.at(&["spec", "selector"]);
            if selector.is_empty() {
                return Err(refused("the service has no pod selector set"));
            }
            Ok(selector.clone())
        }
        _ => {
            let selector = value.at(&["spec", "selector"]);
            if !selector.get("matchExpressions").is_empty() {
                return Err(refused(
                    "couldn't convert expressions - \"expressions\" to map-based selector format",
                ));
            }
            Ok(selector.get("matchLabels").clone())
        }
    }
}

/// The ports that an object's containers declare, each once, with its protocols.
fn declared(item: &Item) -> Vec<(i64, Vec<String>)> {
    let kind = item.ty.kind;
    let ports: Vec<Value> = if kind == Some(Kind::Service) {
        item.tree().at(&["spec", "ports"]).items().to_vec()
    } else {
        let spec = kind
            .and_then(pod_spec_path)
            .map(|path| item.tree().at(path));
        let containers = spec.map_or(&[][..], |s| s.get("containers").items());
        containers
            .iter()
            .flat_map(|c| c.get("ports").items().to_vec())
            .collect()
    };
    let mut found: Vec<(i64, Vec<String>)> = Vec::new();
    for port in ports {
        let field = if kind == Some(Kind::Service) {
            "port"
        } else {
            "containerPort"
        };
        let number = port.get(field).as_i64().unwrap_or(0);
        let protocol = port.get("protocol").as_str().unwrap_or("TCP").to_owned();
        match found.iter_mut().find(|(n, _)| *n == number) {
            Some((_, protocols)) if protocols.contains(&protocol) => {}
            Some((_, protocols)) => protocols.push(protocol),
            None => found.push((number, vec![protocol])),
        }
    }
    found
}

fn check(item: &Item) -> Result<(), Failure> {
    let exposable = matches!(
        item.ty.kind,
        Some(
            Kind::ReplicationController
                | Kind::Service
                | Kind::Pod
                | Kind::Deployment
                | Kind::ReplicaSet
        )
    );
    if !exposable {
        let resource = item.ty.resource;
        let kind = if resource.group.is_empty() {
            resource.kind.to_owned()
        } else {
            format!("{}.{}", resource.kind, resource.group)
        };
        return Err(Failure::client(format!("cannot expose a {kind}")));
    }
    Ok(())
}

fn service(call: &Call, item: &Item, taken: &mut Taken) -> Result<Value, Failure> {
    check(item)?;
    let selector = match text(call, "selector") {
        Some(text) => pairs(text)?,
        None => {
            if taken.selector.is_empty() {
                taken.selector = selector(item)?;
            }
            taken.selector.clone()
        }
    };
    let ports = ports(call, item)?;
    let mut metadata = value!({
        "name": Value::str(text(call, "name").unwrap_or(&item.name[..item.name.len().min(63)])),
    });
    let labels = match text(call, "labels") {
        Some(text) => pairs(text)?,
        None => {
            if taken.labels.is_empty() {
                taken.labels = item.tree().at(&["metadata", "labels"]).clone();
            }
            taken.labels.clone()
        }
    };
    if !labels.is_empty() {
        metadata.set("labels", labels);
    }
    let mut spec = value!({"selector": selector});
    if !ports.is_empty() {
        spec.set("ports", Value::from(ports));
    }
    let fields = [
        ("type", "type"),
        ("cluster-ip", "clusterIP"),
        ("load-balancer-ip", "loadBalancerIP"),
        ("session-affinity", "sessionAffinity"),
    ];
    for (flag, field) in fields {
        if let Some(text) = text(call, flag) {
            spec.set(field, Str::new(text));
        }
    }
    if let Some(ip) = text(call, "external-ip") {
        spec.set("externalIPs", value!([Value::str(ip)]));
    }
    let affinity = text(call, "session-affinity").unwrap_or("None");
    if !matches!(affinity, "None" | "ClientIP") {
        return Err(Failure::client(format!(
            "unknown session affinity: {affinity}"
        )));
    }
    Ok(value!({
        "apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec,
        "status": {"loadBalancer": {}},
    }))
}

/// The service's ports: those of `--port`, else those that the containers declare.
fn ports(call: &Call, item: &Item) -> Result<Vec<Value>, Failure> {
    let declared = declared(item);
    let mut numbers: Vec<i64> = Vec::new();
    if let Some(list) = text(call, "port") {
        for part in list.split(',') {
            numbers.push(part.parse().map_err(|_| {
                Failure::client(format!(
                    "strconv.Atoi: parsing {}: invalid syntax",
                    quoted(part)
                ))
            })?);
        }
    } else {
        numbers.extend(declared.iter().map(|(n, _)| *n));
        if numbers.is_empty() && text(call, "cluster-ip") != Some("None") {
            return Err(Failure::client(
                "couldn't find port via --port flag or introspection",
            ));
        }
    }
    let several = numbers.len() > 1;
    let mut ports = Vec::new();
    for (i, number) in numbers.iter().enumerate() {
        let own = declared
            .iter()
            .find(|(n, _)| n == number)
            .map(|(_, p)| p.as_slice());
        let protocols: Vec<String> = match (text(call, "protocol"), own) {
            (Some(protocol), _) => vec![protocol.to_owned()],
            (None, Some(own)) => own.to_vec(),
            (None, None) => vec!["TCP".to_owned()],
        };
        for protocol in &protocols {
            let mut port = value!({"port": *number, "protocol": protocol.clone()});
            if protocols.len() > 1 {
                port.set(
                    "name",
                    format!("port-{}-{}", i + 1, protocol.to_lowercase()),
                );
            } else if several {
                port.set("name", format!("port-{}", i + 1));
            }
            let target = text(call, "target-port").map_or(Value::Int(*number), |target| {
                target
                    .parse()
                    .map_or_else(|_| Value::str(target), Value::Int)
            });
            port.set("targetPort", target);
            ports.push(port);
        }
    }
    Ok(ports)
}
