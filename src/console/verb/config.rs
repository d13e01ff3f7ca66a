//! `kubectl config`: the one context of this console, and its namespace.
//!
//! Upstream: kubectl/pkg/cmd/config

use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, flags, usage};
use crate::console::print::{output, table};
use crate::console::task::Io;
use crate::k8s::Value;
use crate::value;

/// The name of the context, its cluster and its user.
pub const NAME: &str = "playground";

const SET: &[Flag] = &[long("current", Takes::Bool)];

const GET: &[Flag] = &[
    long("no-headers", Takes::Bool),
    short('o', "output", Takes::Text),
];

const VIEW: &[Flag] = &[
    long("flatten", Takes::Bool),
    long("merge", Takes::Bool),
    long("minify", Takes::Bool),
    long("raw", Takes::Bool),
];

pub static COMMANDS: &[Command] = &[
    Command::once(
        "config current-context",
        "Display the current-context",
        "",
        &[],
        current,
    ),
    Command::once(
        "config get-contexts",
        "Describe one or many contexts",
        "[(-o|--output=)name)]",
        &[GET],
        contexts,
    ),
    Command::once(
        "config get-clusters",
        "Display clusters defined in the kubeconfig",
        "",
        &[],
        names,
    ),
    Command::once(
        "config get-users",
        "Display users defined in the kubeconfig",
        "",
        &[],
        names,
    ),
    Command::once(
        "config use-context",
        "Set the current-context in a kubeconfig file",
        "",
        &[],
        switch,
    ),
    Command::once(
        "config set-context",
        "Set a context entry in kubeconfig",
        "[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]",
        &[SET],
        set,
    ),
    Command::once(
        "config view",
        "Display merged kubeconfig settings or a specified kubeconfig file",
        "[flags]",
        &[VIEW, flags::OUTPUT],
        view,
    ),
];

fn current(_: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    io.line(NAME);
    Ok(())
}

fn names(_: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    io.line("NAME");
    io.line(NAME);
    Ok(())
}

fn contexts(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let args = call.args();
    let missing: Vec<Failure> = args
        .iter()
        .filter(|a| *a != NAME)
        .map(|a| Failure::client(format!("context {a} not found")))
        .collect();
    if call.flags.text("output") == Some("name") {
        io.line(NAME);
        return Ok(());
    }
    let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
    let mut rows = Vec::new();
    if !call.flags.is("no-headers") {
        rows.push(row(["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]));
    }
    let namespace = io.session.namespace.clone();
    let shown = if namespace == "default" {
        ""
    } else {
        &namespace
    };
    if args.is_empty() || args.len() > missing.len() {
        rows.push(row(["*", NAME, NAME, NAME, shown]));
    }
    io.out(table::print(&rows));
    Failure::gather(missing)
}

fn switch(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    match call.args() {
        [name] if name == NAME => {
            io.line(format!("Switched to context \"{NAME}\"."));
            Ok(())
        }
        [name] => Err(Failure::client(format!(
            "no context exists with the name: \"{name}\""
        ))),
        args => {
            io.err(usage::of(call.command));
            Err(Failure::client(format!(
                "Unexpected args: [{}]",
                args.join(" ")
            )))
        }
    }
}

fn set(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let current = call.flags.is("current");
    match call.args() {
        [] if !current => {
            return Err(Failure::client(
                "you must specify a non-empty context name or --current",
            ));
        }
        [] => {}
        [name] if name == NAME && !current => {}
        _ => {
            return Err(Failure::client(format!(
                "the context {NAME} is the only one here: use --current"
            )));
        }
    }
    if call.namespace_given {
        call.namespace.clone_into(&mut io.session.namespace);
    }
    io.line(format!("Context \"{NAME}\" modified."));
    Ok(())
}

fn view(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    if !call.args().is_empty() {
        let args = call.args().join(" ");
        return Err(call.usage(format!("unexpected arguments: [{args}]")));
    }
    let mut context = value!({"cluster": NAME, "user": NAME});
    if io.session.namespace != "default" {
        context.set("namespace", io.session.namespace.clone());
    }
    let config: Value = value!({
        "apiVersion": "v1",
        "clusters": [{"cluster": {"server": "https://10.0.0.1:6443"}, "name": NAME}],
        "contexts": [{"context": context, "name": NAME}],
        "current-context": NAME,
        "kind": "Config",
        "users": [{"name": NAME, "user": {"token": "REDACTED"}}],
    });
    let mut call = call.clone();
    if call.flags.text("output").is_none_or(str::is_empty) {
        call.flags.set("output", "yaml".to_owned());
    }
    output::object(&call, &config, io)
}
