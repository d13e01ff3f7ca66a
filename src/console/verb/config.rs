//! `kubectl config`: the one context of this console, and its namespace.
//!
//! Upstream: kubectl/pkg/cmd/config

use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run};
use crate::console::print::table;
use crate::console::task::Io;

/// The name of the context, its cluster and its user.
const NAME: &str = "playground";

const SET: &[Flag] = &[long("current", Takes::Bool)];

const GET: &[Flag] = &[
    long("no-headers", Takes::Bool),
    short('o', "output", Takes::Text),
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "config current-context",
        about: "Display the current-context",
        usage: "",
        flags: &[],
        required: &[],
        run: Run::Once(current),
    },
    Command {
        path: "config get-contexts",
        about: "Describe one or many contexts",
        usage: "[(-o|--output=)name)]",
        flags: &[GET],
        required: &[],
        run: Run::Once(contexts),
    },
    Command {
        path: "config use-context",
        about: "Set the current-context in a kubeconfig file",
        usage: "CONTEXT_NAME",
        flags: &[],
        required: &[],
        run: Run::Once(switch),
    },
    Command {
        path: "config set-context",
        about: "Set a context entry in kubeconfig",
        usage: "[NAME | --current] [--namespace=namespace]",
        flags: &[SET],
        required: &[],
        run: Run::Once(set),
    },
];

fn current(_: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    io.line(NAME);
    Ok(())
}

fn contexts(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    if let Some(other) = call.args().iter().find(|a| *a != NAME) {
        return Err(Failure::client(format!("context {other} not found")));
    }
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
    rows.push(row(["*", NAME, NAME, NAME, shown]));
    io.out(table::print(&rows));
    Ok(())
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
        _ => Err(call.usage("Unexpected args: one context name is wanted")),
    }
}

fn set(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let own = match call.args() {
        [] => call.flags.is("current"),
        [name] => name == NAME,
        _ => false,
    };
    if !own {
        return Err(Failure::client(format!(
            "the context {NAME} is the only one here: use --current"
        )));
    }
    if call.namespace_given {
        let namespace = if call.namespace.is_empty() {
            "default"
        } else {
            &call.namespace
        };
        namespace.clone_into(&mut io.session.namespace);
    }
    io.line(format!("Context \"{NAME}\" modified."));
    Ok(())
}
