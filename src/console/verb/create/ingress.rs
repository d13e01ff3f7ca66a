//! `kubectl create ingress`: ingresses are kept, though nothing here routes requests.
//!
//! Upstream: kubectl/pkg/cmd/create/create_ingress.go

use super::{Told, generated, name, sets};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run};
use crate::console::task::Io;
use crate::k8s::{Kind, Str, Value};
use crate::value;

const INGRESS: &[Flag] = &[
    long("annotation", Takes::Each),
    long("class", Takes::Text),
    long("default-backend", Takes::Text),
    long("rule", Takes::Each),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "create ingress",
    about: "Create an ingress with the specified name",
    usage: "NAME --rule=host/path=service:port[,tls[=secret]] ",
    flags: sets!(INGRESS),
    required: &[],
    run: Run::Once(ingress),
}];

/// `service:port` as a backend.
fn backend(text: &str) -> Option<Value> {
    let (service, port) = text.split_once(':')?;
    let plain = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !plain(service) || !plain(port) {
        return None;
    }
    let port = match port.parse::<i64>() {
        Ok(number) => value!({"number": number}),
        Err(_) => value!({"name": Value::str(port)}),
    };
    Some(value!({"service": {"name": Value::str(service), "port": port}}))
}

/// What one `--rule` says.
struct Rule {
    host: String,
    path: Value,
    /// The secret, empty when none is named; None without `tls`.
    secret: Option<String>,
}

fn rule(text: &str) -> Option<Rule> {
    let (place, rest) = text.split_once('=')?;
    let slash = place.find('/')?;
    let (host, path) = place.split_at(slash);
    let (target, tls) = match rest.split_once(',') {
        Some((target, tls)) => (target, Some(tls)),
        None => (rest, None),
    };
    let secret = match tls {
        None => None,
        Some("tls") => Some(String::new()),
        Some(tls) => Some(tls.strip_prefix("tls=")?.to_owned()),
    };
    let (path, kind) = match path.strip_suffix('*') {
        Some("/") => ("/", "Prefix"),
        Some(path) => (path, "Prefix"),
        None => (path, "Exact"),
    };
    Some(Rule {
        host: host.to_owned(),
        path: value!({"backend": backend(target)?, "path": Value::str(path), "pathType": kind}),
        secret,
    })
}

/// The rules that the texts describe, one a host, and the hosts with TLS.
fn add_rules(texts: &[String], spec: &mut Value) -> Result<(), Failure> {
    let mut hosts: Vec<(String, Vec<Value>)> = Vec::new();
    let mut secrets: Vec<(String, Vec<String>)> = Vec::new();
    for text in texts {
        let Some(rule) = rule(text) else {
            return Err(Failure::client(format!(
                "rule {text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
            )));
        };
        if let Some(secret) = rule.secret {
            match secrets.iter_mut().find(|(s, _)| *s == secret) {
                Some((_, of)) => of.push(rule.host.clone()),
                None => secrets.push((secret, vec![rule.host.clone()])),
            }
        }
        match hosts.iter_mut().find(|(h, _)| *h == rule.host) {
            Some((_, paths)) => paths.push(rule.path),
            None => hosts.push((rule.host, vec![rule.path])),
        }
    }
    let rules = hosts.into_iter().map(|(host, paths)| {
        let mut rule = value!({"http": {"paths": paths.into_iter().collect::<Value>()}});
        if !host.is_empty() {
            rule.set("host", host);
        }
        rule
    });
    let rules: Vec<Value> = rules.collect();
    if !rules.is_empty() {
        spec.set("rules", rules.into_iter().collect::<Value>());
    }
    let tls = secrets.into_iter().map(|(secret, hosts)| {
        let mut entry = Value::map();
        let hosts: Vec<String> = hosts.into_iter().filter(|h| !h.is_empty()).collect();
        if !hosts.is_empty() {
            entry.set(
                "hosts",
                hosts.iter().map(|h| Value::str(h)).collect::<Value>(),
            );
        }
        if !secret.is_empty() {
            entry.set("secretName", secret);
        }
        entry
    });
    let tls: Vec<Value> = tls.collect();
    if !tls.is_empty() {
        spec.set("tls", tls.into_iter().collect::<Value>());
    }
    Ok(())
}

fn ingress(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?.to_owned();
    let texts = call.flags.list("rule");
    let default = call.flags.text("default-backend").unwrap_or("");
    if texts.is_empty() && default.is_empty() {
        return Err(Failure::client(
            "not enough information provided: every ingress has to either specify a default-backend (which catches \
             all traffic) or a list of rules (which catch specific paths)",
        ));
    }
    let mut spec = Value::map();
    if let Some(class) = call.flags.text("class").filter(|c| !c.is_empty()) {
        spec.set("ingressClassName", Str::new(class));
    }
    if !default.is_empty() {
        let backend = backend(default).ok_or_else(|| {
            Failure::client("default-backend should be in format servicename:serviceport")
        })?;
        spec.set("defaultBackend", backend);
    }
    add_rules(call.flags.list("rule"), &mut spec)?;
    let mut value = value!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": Value::str(&name)},
        "spec": spec, "status": {"loadBalancer": {}},
    });
    for pair in call.flags.list("annotation") {
        let Some((key, text)) = pair.split_once('=') else {
            return Err(Failure::client(format!(
                "annotation {pair} is invalid and should be in format key=[value]"
            )));
        };
        value
            .at_mut(&["metadata", "annotations"])
            .set(Str::new(key), Str::new(text));
    }
    generated(call, Kind::Ingress, value, Told::Inside("ingress"), io)
}
