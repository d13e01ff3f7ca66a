//! `kubectl exec`: the few programs that every container here pretends to have.
//!
//! Upstream: kubectl/pkg/cmd/exec/exec.go, kubectl/pkg/cmd/util/podcmd/podcmd.go

use super::super::set::pod_spec_path;
use crate::cluster::ApiServer;
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::builder::{self, Bare};
use crate::console::kubectl::{Call, Command, Run, flags};
use crate::console::task::Io;
use crate::k8s::order::InOrder;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Value};
use std::sync::Arc;

const FLAGS: &[Flag] = &[
    short('c', "container", Takes::Text),
    short('i', "stdin", Takes::Bool),
    short('t', "tty", Takes::Bool),
    short('q', "quiet", Takes::Bool),
    long("pod-running-timeout", Takes::Duration),
    short('f', "filename", Takes::List),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "exec",
    about: "Execute a command in a container",
    usage: "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
    flags: &[FLAGS, flags::SELECTOR],
    required: &[],
    run: Run::Once(run),
}];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let (names, command) = if call.flags.dash.is_some() {
        (call.flags.before_dash(), call.flags.after_dash())
    } else {
        (call.args(), &[][..])
    };
    if call.flags.dash.is_none() && names.len() > 1 {
        return Err(call.usage(
            "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead",
        ));
    }
    let Some(name) = names.first() else {
        return Err(Failure::client(
            "pod, type/name or --filename must be specified",
        ));
    };
    if command.is_empty() {
        return Err(Failure::client(
            "you must specify at least one command for the container",
        ));
    }
    let pod = pod_of(call, name, false, io)?;
    let phase = pod.value().at(&["status", "phase"]).text();
    if matches!(phase, "Succeeded" | "Failed") {
        return Err(Failure::client(format!(
            "cannot exec into a container in a completed pod; current phase is {phase}"
        )));
    }
    let container = container(call, &pod, io)?;
    if pod.value().at(&["spec", "nodeName"]).is_empty() {
        let why = format!("pod {} does not have a host assigned", pod.name());
        return Err(Failure::Api(crate::cluster::Status::bad_request(why)));
    }
    let statuses = pod.value().at(&["status", "containerStatuses"]).items();
    let running = statuses
        .iter()
        .any(|s| s.get("name").text() == container && s.get("state").field("running").is_some());
    if !running {
        return Err(Failure::client(format!(
            "Internal error occurred: unable to upgrade connection: container not found (\"{container}\")"
        )));
    }
    program(&pod, command, io)
}

/// The names of a pod's containers; init containers carry a note.
pub(in crate::console::verb) fn container_names(pod: &Object) -> Vec<String> {
    let spec = pod.value().get("spec");
    let name = |c: &Value| c.get("name").text().to_owned();
    let plain = spec.get("containers").items().iter().map(name);
    let init = spec.get("initContainers").items().iter();
    plain
        .chain(init.map(|c| format!("{} (init)", name(c))))
        .collect()
}

fn container(call: &Call, pod: &Object, io: &mut Io<'_>) -> Result<String, Failure> {
    let names = container_names(pod);
    let asked = call.flags.text("container").unwrap_or("");
    if !asked.is_empty() {
        if names.iter().any(|n| n.split(' ').next() == Some(asked)) {
            return Ok(asked.to_owned());
        }
        return Err(Failure::client(format!(
            "container {asked} is not valid for pod {} out of: {}",
            pod.name(),
            names.join(", ")
        )));
    }
    let annotated = pod
        .meta()
        .annotation("kubectl.kubernetes.io/default-container");
    let first = names.first().cloned().unwrap_or_default();
    if let Some(own) = annotated.filter(|a| names.iter().any(|n| n == a)) {
        return Ok(own.to_owned());
    }
    if names.len() > 1 && !call.flags.is("quiet") {
        io.err_line(format!(
            "Defaulted container \"{first}\" out of: {}",
            names.join(", ")
        ));
    }
    Ok(first)
}

/// The pod that an argument means: itself, or one behind an object.
pub(in crate::console::verb) fn pod_of(
    call: &Call,
    name: &str,
    tell: bool,
    io: &mut Io<'_>,
) -> Result<Arc<Object>, Failure> {
    let words = if name.contains('/') {
        vec![name.to_owned()]
    } else {
        vec!["pods".to_owned(), name.to_owned()]
    };
    let mut plain = call.clone();
    plain.flags = plain.flags.without("selector");
    let mut found = builder::objects(&plain, &words, Bare::Refused, io)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    let Some(info) = found.infos.pop() else {
        return Err(Failure::client("expected a resource"));
    };
    if info.object.kind() == Kind::Pod {
        return Ok(info.object);
    }
    let kind = info.object.kind();
    let none = if kind == Kind::Service && info.object.value().at(&["spec", "selector"]).is_empty()
    {
        let name = info.object.name();
        format!("invalid service '{name}': Service is defined without a selector")
    } else if kind == Kind::Service || pod_spec_path(kind).is_some() {
        String::new()
    } else {
        format!("selector for *v1.{} not implemented", kind.name())
    };
    if !none.is_empty() {
        let what = if tell {
            "get the logs from"
        } else {
            "attach to"
        };
        let kind = kind.name();
        return Err(Failure::client(format!("cannot {what} *v1.{kind}: {none}")));
    }
    let pods = behind(&info.object, io.cluster.api());
    let Some(first) = pods.first() else {
        return Err(Failure::client("timed out waiting for the condition"));
    };
    if tell && pods.len() > 1 {
        io.err_line(format!(
            "Found {} pods, using pod/{}",
            pods.len(),
            first.name()
        ));
    }
    Ok(first.clone())
}

/// The pods that an object selects; ready ones first.
fn behind(object: &Object, api: &ApiServer) -> Vec<Arc<Object>> {
    let selector = object.value().at(&["spec", "selector"]);
    let selector = if object.kind() == Kind::Service {
        Selector::from_map(selector)
    } else {
        Selector::read(selector)
    };
    let fitting = api.list(Kind::Pod, Some(object.namespace()));
    let mut pods: Vec<Arc<Object>> = fitting
        .filter(|p| selector.matches(&p.meta().labels))
        .cloned()
        .collect();
    pods.order_by_key(|p| !p.pod().is_some_and(crate::k8s::api::Pod::ready));
    pods
}

/// Runs one of the programs.
fn program(pod: &Object, command: &[String], io: &mut Io<'_>) -> Result<(), Failure> {
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let ended = |io: &mut Io<'_>, code: u8| {
        io.err_line(format!("command terminated with exit code {code}"));
        Err(Failure::Code(code))
    };
    let namespace = pod.namespace();
    match words[..] {
        ["true"] => Ok(()),
        ["false"] => ended(io, 1),
        ["echo", ..] => {
            io.line(words[1..].join(" "));
            Ok(())
        }
        ["hostname"] | ["cat", "/etc/hostname"] => {
            io.line(hostname(pod));
            Ok(())
        }
        ["date"] => {
            io.line(io.now().timestamp().to_string());
            Ok(())
        }
        ["env" | "printenv"] => {
            for line in environment(pod) {
                io.line(line);
            }
            Ok(())
        }
        ["cat", "/etc/resolv.conf"] => {
            io.line(format!(
                "search {namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions \
                 ndots:5"
            ));
            Ok(())
        }
        ["sh" | "/bin/sh" | "bash" | "/bin/bash"] => Err(Failure::client(
            "a shell inside a container is not part of this playground: single commands are, such as kubectl exec \
             POD -- env",
        )),
        _ => Err(Failure::client(format!(
            "containers here only pretend to run and have no {}: they know cat /etc/hostname, cat /etc/resolv.conf, \
             date, echo, env, false, hostname and true",
            words[0]
        ))),
    }
}

fn hostname(pod: &Object) -> String {
    let spec = pod.value().get("spec");
    let own = spec.get("hostname").text();
    if spec.get("hostNetwork").as_bool() == Some(true) {
        spec.get("nodeName").text().to_owned()
    } else if own.is_empty() {
        pod.name().as_str().to_owned()
    } else {
        own.to_owned()
    }
}

/// The variables that the manifest gives the first container.
fn environment(pod: &Object) -> Vec<String> {
    let mut lines = vec![
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned(),
        format!("HOSTNAME={}", hostname(pod)),
    ];
    let container = pod.value().at(&["spec", "containers"]).index(0);
    for variable in container.get("env").items() {
        let path = variable.at(&["valueFrom", "fieldRef", "fieldPath"]).text();
        let parts: Vec<&str> = path.split('.').filter(|p| !p.is_empty()).collect();
        let value = if parts.is_empty() {
            variable.get("value").text()
        } else {
            pod.value().at(&parts).text()
        };
        lines.push(format!("{}={value}", variable.get("name").text()));
    }
    lines.push("KUBERNETES_SERVICE_HOST=10.96.0.1".to_owned());
    lines.push("KUBERNETES_SERVICE_PORT=443".to_owned());
    lines
}
