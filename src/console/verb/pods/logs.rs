//! `kubectl logs`. Containers that only pretend to run print nothing.
//!
//! Upstream: kubectl/pkg/cmd/logs/logs.go, kubectl/pkg/polymorphichelpers/logsforobject.go

use super::exec::{container_names, pod_of};
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run, Type, flags};
use crate::console::kubectl::{builder, leave};
use crate::console::task::Io;
use crate::k8s::{Kind, Object, Timestamp};
use std::sync::Arc;

const FLAGS: &[Flag] = &[
    short('f', "follow", Takes::Bool),
    short('p', "previous", Takes::Bool),
    short('c', "container", Takes::Text),
    long("all-containers", Takes::Bool),
    long("all-pods", Takes::Bool),
    long("ignore-errors", Takes::Bool),
    long("insecure-skip-tls-verify-backend", Takes::Bool),
    long("limit-bytes", Takes::Int),
    long("max-log-requests", Takes::Int),
    long("pod-running-timeout", Takes::Duration),
    long("prefix", Takes::Bool),
    long("since", Takes::Duration),
    long("since-time", Takes::Text),
    long("tail", Takes::Int),
    long("timestamps", Takes::Bool),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "logs",
    about: "Print the logs for a container in a pod",
    usage: "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
    flags: &[FLAGS, flags::SELECTOR],
    required: &[],
    run: Run::Once(run),
}];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let usage = || {
        call.usage(
            "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument \
             for the logs command",
        )
    };
    let mut container = call.flags.text("container").unwrap_or("").to_owned();
    let at = call.flags.text("since-time").unwrap_or("");
    if !at.is_empty() && Timestamp::parse(at).is_none() {
        let at = crate::console::args::quoted(at);
        return Err(Failure::client(format!(
            "parsing time {at} as \"2006-01-02T15:04:05Z07:00\": cannot parse {at} as \"2006\""
        )));
    }
    let pods: Vec<Arc<Object>> = match call.args() {
        [] if !call.selects() => return Err(usage()),
        [] => {
            let found = builder::list(call, Type::of(Kind::Pod), io.cluster)?;
            if found.is_empty() {
                io.err_line(format!(
                    "No resources found in {} namespace.",
                    call.namespace
                ));
            }
            found
        }
        [_] if call.selects() => {
            return Err(call.usage("only a selector (-l) or a POD name is allowed"));
        }
        [name] => {
            check(call, &container)?;
            vec![one(call, name, io)?]
        }
        [name, own] => {
            if !container.is_empty() {
                return Err(call.usage("only one of -c or an inline [CONTAINER] arg is allowed"));
            }
            container.clone_from(own);
            check(call, &container)?;
            vec![one(call, name, io)?]
        }
        _ => return Err(usage()),
    };
    for pod in pods {
        let place = (pod.namespace().as_str(), pod.name().as_str());
        leave::ask(
            call,
            Type::of(Kind::Pod),
            ("get", "/log"),
            place,
            io.cluster,
        )?;
        read(call, &pod, &container, io)?;
    }
    Ok(())
}

/// Upstream: kubectl/pkg/cmd/logs/logs.go `LogsOptions.Validate`
fn check(call: &Call, container: &str) -> Result<(), Failure> {
    let number = |flag| call.flags.int(flag);
    let since = call.flags.millis("since").unwrap_or(0);
    let at = call.flags.text("since-time").unwrap_or("");
    let why = if !at.is_empty() && since != 0 {
        "at most one of `sinceTime` or `sinceSeconds` may be specified"
    } else if since < 0 {
        "--since must be greater than 0"
    } else if number("limit-bytes").is_some_and(|n| n < 0) {
        "--limit-bytes must be greater than 0"
    } else if number("tail").is_some_and(|n| n < -1) {
        "--tail must be greater than or equal to -1"
    } else if call.flags.is("all-containers") && !container.is_empty() {
        return Err(Failure::client(format!(
            "--all-containers=true should not be specified with container name {container}"
        )));
    } else {
        return Ok(());
    };
    Err(Failure::client(why))
}

/// The pod of an argument; of several behind an object the first is taken.
fn one(call: &Call, name: &str, io: &mut Io<'_>) -> Result<Arc<Object>, Failure> {
    pod_of(call, name, true, io).map_err(|failure| match failure {
        Failure::Api(status) if status.is_not_found() => Failure::client(format!(
            "error from server (NotFound): {} in namespace \"{}\"",
            status.message, call.namespace
        )),
        other => other,
    })
}

fn read(call: &Call, pod: &Object, container: &str, io: &mut Io<'_>) -> Result<(), Failure> {
    let names = container_names(pod);
    let wanted: Vec<String> = if call.flags.is("all-containers") {
        names.clone()
    } else if container.is_empty() {
        if names.len() > 1 {
            io.err_line(format!(
                "Defaulted container \"{}\" out of: {}",
                names[0],
                names.join(", ")
            ));
        }
        names.first().cloned().into_iter().collect()
    } else if names.iter().any(|n| n.split(' ').next() == Some(container)) {
        vec![container.to_owned()]
    } else {
        return Err(Failure::client(format!(
            "container {container} is not valid for pod {} out of: {}",
            pod.name(),
            names.join(", ")
        )));
    };
    for name in wanted {
        let name = name.split(' ').next().unwrap_or("");
        started(call, pod, name)?;
        io.err_line(format!(
            "(container {name} of pod {} only pretends to run here and printed nothing)",
            pod.name()
        ));
    }
    Ok(())
}

/// Only a container that has started has a log.
fn started(call: &Call, pod: &Object, name: &str) -> Result<(), Failure> {
    let bad = |message: String| Err(Failure::Api(crate::cluster::Status::bad_request(message)));
    if pod.value().at(&["spec", "nodeName"]).is_empty() {
        return bad(format!("pod {} does not have a host assigned", pod.name()));
    }
    let status = pod.value().get("status");
    let lists = ["containerStatuses", "initContainerStatuses"];
    let own = lists
        .iter()
        .flat_map(|list| status.get(list).items())
        .find(|s| s.get("name").text() == name)
        .cloned()
        .unwrap_or_default();
    if call.flags.is("previous") && own.at(&["lastState", "terminated"]).is_null() {
        return bad(format!(
            "previous terminated container \"{name}\" in pod \"{}\" not found",
            pod.name()
        ));
    }
    let runs = |state: &str| own.get("state").field(state).is_some_and(|s| !s.is_null());
    if runs("running") || runs("terminated") || own.get("lastState").field("terminated").is_some() {
        return Ok(());
    }
    let reason = own
        .at(&["state", "waiting", "reason"])
        .as_str()
        .unwrap_or("ContainerCreating");
    let pulling = matches!(
        reason,
        "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName"
    );
    let why = if pulling {
        "trying and failing to pull image"
    } else {
        reason
    };
    bad(format!(
        "container \"{name}\" in pod \"{}\" is waiting to start: {why}",
        pod.name()
    ))
}
