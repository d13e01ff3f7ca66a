//! `kubectl auth can-i`, `auth whoami`: here everybody may do everything.
//!
//! Upstream: kubectl/pkg/cmd/auth

use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run, Type, flags};
use crate::console::print::{go_json, table};
use crate::console::task::Io;
use crate::k8s::Value;
use crate::value;

/// The user of this console.
const USER: &str = "kubernetes-admin";

const CAN: &[Flag] = &[
    long("list", Takes::Bool),
    short('q', "quiet", Takes::Bool),
    long("no-headers", Takes::Bool),
    long("subresource", Takes::Text),
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "auth can-i",
        about: "Check whether an action is allowed",
        usage: "VERB [TYPE | TYPE/NAME | NONRESOURCEURL]",
        flags: &[CAN, flags::ALL_NAMESPACES],
        required: &[],
        run: Run::Once(can_i),
    },
    Command {
        path: "auth whoami",
        about: "Experimental: Check self subject attributes",
        usage: "",
        flags: &[flags::OUTPUT],
        required: &[],
        run: Run::Once(whoami),
    },
];

/// The verbs that a rule may name.
const VERBS: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "bind",
    "impersonate",
    "*",
    "approve",
    "sign",
    "escalate",
    "attest",
];

fn can_i(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    if call.flags.is("list") {
        list(call, io);
        return Ok(());
    }
    let [verb, resource] = call.args() else {
        return Err(Failure::client(
            "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i \
             -h' for help and examples.",
        ));
    };
    if !resource.starts_with('/') {
        warn(resource, io);
        if !VERBS.contains(&verb.as_str()) {
            io.err_line(format!("Warning: verb '{verb}' is not a known verb\n"));
        }
    }
    let own = call.flags.text("as").is_none_or(str::is_empty);
    if !call.flags.is("quiet") {
        io.line(if own { "yes" } else { "no" });
    }
    if own { Ok(()) } else { Err(Failure::Code(1)) }
}

/// What is odd about the resource that was asked for.
fn warn(resource: &str, io: &mut Io<'_>) {
    let word = resource.split('/').next().unwrap_or(resource);
    if word == "*" {
        return;
    }
    match Type::find(word) {
        None => io.err_line(format!(
            "Warning: the server doesn't have a resource type '{word}'\n"
        )),
        Some(ty) if !ty.namespaced() => {
            let (name, group) = (ty.resource.name, ty.resource.group);
            let group = if group.is_empty() {
                String::new()
            } else {
                format!(" in group '{group}'")
            };
            io.err_line(format!(
                "Warning: resource '{name}' is not namespace scoped{group}\n"
            ));
        }
        Some(_) => {}
    }
}

/// The paths that every known user may read.
const PATHS: &[&str] = &[
    "/api/*",
    "/api",
    "/apis/*",
    "/apis",
    "/healthz",
    "/healthz",
    "/livez",
    "/livez",
    "/openapi/*",
    "/openapi",
    "/readyz",
    "/readyz",
    "/version/",
    "/version/",
    "/version",
    "/version",
];

fn list(call: &Call, io: &mut Io<'_>) {
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    let mut rows = Vec::new();
    if !call.flags.is("no-headers") {
        rows.push(row([
            "Resources",
            "Non-Resource URLs",
            "Resource Names",
            "Verbs",
        ]));
    }
    rows.push(row(["*.*", "[]", "[]", "[*]"]));
    rows.push(row(["", "[*]", "[]", "[*]"]));
    for review in [
        "selfsubjectreviews.authentication.k8s.io",
        "selfsubjectaccessreviews.authorization.k8s.io",
        "selfsubjectrulesreviews.authorization.k8s.io",
    ] {
        rows.push(row([review, "[]", "[]", "[create]"]));
    }
    for path in PATHS {
        rows.push(row(["", &format!("[{path}]"), "[]", "[get]"]));
    }
    io.out(table::print(&rows));
}

fn whoami(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let output = call.flags.text("output").unwrap_or("");
    if output.is_empty() {
        let row = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
        let rows = [
            row("ATTRIBUTE", "VALUE"),
            row("Username", USER),
            row("UID", "admin"),
            row("Groups", "[system:masters system:authenticated]"),
        ];
        io.out(table::print(&rows));
        return Ok(());
    }
    let review: Value = value!({
        "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview",
        "metadata": {"creationTimestamp": io.now().timestamp().to_string()},
        "status": {"userInfo": {
            "groups": ["system:masters", "system:authenticated"], "uid": "admin", "username": USER,
        }},
    });
    if output == "json" {
        io.line(go_json::indented(&review));
        return Ok(());
    }
    crate::console::print::output::object(call, &review, io)
}
