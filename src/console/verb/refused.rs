//! Commands about running containers and about programs around kubectl. Containers here only pretend to run, so these
//! check their arguments as kubectl does and then say what there is instead.

use super::pods::{container_names, pod_of};
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, flags};
use crate::console::task::Io;
use crate::k8s::{Kind, Object};

const CONTAINER: &[Flag] = &[
    short('c', "container", Takes::Text),
    short('i', "stdin", Takes::Bool),
    short('t', "tty", Takes::Bool),
    short('q', "quiet", Takes::Bool),
    long("pod-running-timeout", Takes::Duration),
];

const COPY: &[Flag] = &[
    short('c', "container", Takes::Text),
    long("no-preserve", Takes::Bool),
    long("retries", Takes::Int),
];

const FORWARD: &[Flag] = &[
    long("address", Takes::List),
    long("pod-running-timeout", Takes::Duration),
];

const DEBUG: &[Flag] = &[
    long("image", Takes::Text),
    long("copy-to", Takes::Text),
    long("target", Takes::Text),
    long("profile", Takes::Text),
    long("attach", Takes::Bool),
    long("env", Takes::Each),
    long("image-pull-policy", Takes::Text),
    long("keep-labels", Takes::Bool),
    long("replace", Takes::Bool),
    long("same-node", Takes::Bool),
    long("set-image", Takes::List),
    long("share-processes", Takes::Bool),
    short('c', "container", Takes::Text),
    short('i', "stdin", Takes::Bool),
    short('t', "tty", Takes::Bool),
    short('q', "quiet", Takes::Bool),
];

const PROXY: &[Flag] = &[
    short('p', "port", Takes::Int),
    short('w', "www", Takes::Text),
    long("address", Takes::Text),
    long("api-prefix", Takes::Text),
];

pub static COMMANDS: &[Command] = &[
    Command::once(
        "attach",
        "Attach to a running container",
        "(POD | TYPE/NAME) -c CONTAINER",
        &[CONTAINER],
        attach,
    ),
    Command::once(
        "cp",
        "Copy files and directories to and from containers",
        "<file-spec-src> <file-spec-dest>",
        &[COPY],
        copy,
    ),
    Command::once(
        "port-forward",
        "Forward one or more local ports to a pod",
        "TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
        &[FORWARD],
        forward,
    ),
    Command::once(
        "debug",
        "Create debugging sessions for troubleshooting workloads and nodes",
        "(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]",
        &[DEBUG, flags::FILES],
        debug,
    ),
    Command::once(
        "proxy",
        "Run a proxy to the Kubernetes API server",
        "[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]",
        &[PROXY],
        proxy,
    ),
    Command::once(
        "completion",
        "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)",
        "SHELL",
        &[],
        completion,
    ),
    Command::once(
        "plugin list",
        "List all visible plugin executables on a user's PATH",
        "[flags]",
        &[&[long("name-only", Takes::Bool)]],
        plugins,
    ),
    Command::once("alpha", "Commands for features in alpha", "", &[], alpha),
];

/// `error: NAME works on …: …`, the sentence in the place of what cannot be done.
fn not_here(call: &Call, why: &str) -> Failure {
    Failure::client(format!(
        "{} is not part of this playground: {why}",
        call.path()
    ))
}

fn check_container(call: &Call, pod: &Object) -> Result<(), Failure> {
    let asked = call.flags.text("container").unwrap_or("");
    let names = container_names(pod);
    if asked.is_empty() || names.iter().any(|n| n.split(' ').next() == Some(asked)) {
        return Ok(());
    }
    Err(Failure::client(format!(
        "container {asked} is not valid for pod {} out of: {}",
        pod.name(),
        names.join(", ")
    )))
}

fn attach(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let Some(name) = call.args().first() else {
        return Err(Failure::client(
            "at least 1 argument is required for attach",
        ));
    };
    let pod = pod_of(call, name, false, io)?;
    check_container(call, &pod)?;
    Err(not_here(
        call,
        "containers here have no streams; kubectl logs shows what there is",
    ))
}

fn copy(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let [from, to] = call.args() else {
        return Err(Failure::client("source and destination are required"));
    };
    let remote = |spec: &str| {
        let (pod, _) = spec.split_once(':')?;
        Some(pod.rsplit('/').next().unwrap_or(pod).to_owned())
    };
    let pod = match (remote(from), remote(to)) {
        (Some(_), Some(_)) => {
            return Err(Failure::client(
                "one of src or dest must be a local file specification",
            ));
        }
        (None, None) => {
            return Err(Failure::client(
                "one of src or dest must be a remote file specification",
            ));
        }
        (Some(pod), None) | (None, Some(pod)) => pod,
    };
    let pod = pod_of(call, &pod, false, io)?;
    check_container(call, &pod)?;
    Err(not_here(
        call,
        "containers here have no files; kubectl exec answers as a container would",
    ))
}

fn forward(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let [name, ports @ ..] = call.args() else {
        return Err(call.usage("TYPE/NAME and list of ports are required for port-forward"));
    };
    if ports.is_empty() {
        return Err(call.usage("TYPE/NAME and list of ports are required for port-forward"));
    }
    let pod = pod_of(call, name, false, io)?;
    let containers = pod.value().at(&["spec", "containers"]).items();
    let mut named = containers.iter().flat_map(|c| c.get("ports").items());
    for port in ports {
        let remote = port.rsplit(':').next().unwrap_or(port);
        let number = remote.parse::<u16>().is_ok();
        if !number && !named.any(|p| p.get("name").text() == remote) {
            return Err(Failure::client(format!(
                "Pod '{}' does not have a named port '{remote}'",
                pod.name()
            )));
        }
    }
    Err(not_here(
        call,
        "containers here serve nothing; kubectl get endpointslices shows who would answer",
    ))
}

fn debug(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let set = |name: &str| call.flags.text(name).is_some_and(|t| !t.is_empty());
    if !set("image") && !set("copy-to") {
        return Err(Failure::client(
            "you must specify --image when not using --copy-to.",
        ));
    }
    let Some(name) = call.args().first() else {
        return Err(call.usage("NAME is required for debug"));
    };
    match name.strip_prefix("node/").or(name.strip_prefix("no/")) {
        Some(node) => {
            io.cluster.api().get(Kind::Node, "", node)?;
        }
        None => {
            pod_of(call, name, false, io)?;
        }
    }
    Err(not_here(
        call,
        "containers here run nothing to look into; use kubectl describe and kubectl events",
    ))
}

fn proxy(call: &Call, _: &mut Io<'_>) -> Result<(), Failure> {
    Err(not_here(
        call,
        "there is no HTTP server behind the simulation; kubectl get -o json shows the same objects",
    ))
}

fn completion(call: &Call, _: &mut Io<'_>) -> Result<(), Failure> {
    match call.args() {
        [] => Err(call.usage("Shell not specified.")),
        [shell] if ["bash", "zsh", "fish", "powershell"].contains(&shell.as_str()) => {
            Err(not_here(call, "completion is built in, press Tab"))
        }
        [shell] => Err(call.usage(format!("Unsupported shell type \"{shell}\"."))),
        _ => Err(call.usage("Too many arguments. Expected only the shell type.")),
    }
}

fn plugins(_: &Call, _: &mut Io<'_>) -> Result<(), Failure> {
    Err(Failure::client(
        "unable to find any kubectl plugins in your PATH",
    ))
}

fn alpha(_: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    io.line("No alpha commands are available in this version of kubectl");
    Ok(())
}
