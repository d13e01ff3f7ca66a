//! `kubectl auth can-i`, `auth whoami`: the console's own user may do everything, others (`--as`) what their roles say.
//!
//! Upstream: kubectl/pkg/cmd/auth

use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::leave::{self, Deed, User};
use crate::console::kubectl::{Call, Command, Run, Type, flags};
use crate::console::print::describe::access;
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
    let all = call.flags.is("all-namespaces");
    if call.flags.is("list") {
        if !call.args().is_empty() {
            return Err(Failure::client(
                "list option must be specified with no arguments",
            ));
        }
        let part = call.flags.text("subresource").unwrap_or("");
        if call.flags.is("quiet") || all || !part.is_empty() {
            return Err(Failure::client(
                "list option can't be specified with neither quiet, all-namespaces nor subresource options",
            ));
        }
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
        warn(resource, all, io);
        if !all && !VERBS.contains(&verb.as_str()) {
            io.err_line(format!("Warning: verb '{verb}' is not a known verb\n"));
        }
    }
    let user = leave::user(call);
    if let Some(user) = &user {
        let review = review("authorization.k8s.io", "selfsubjectaccessreviews");
        user.ask(
            "selfsubjectaccessreviews.authorization.k8s.io",
            &review,
            io.cluster,
        )?;
    }
    let may = user.is_none_or(|user| allowed(&user, call, verb, resource, io));
    if !call.flags.is("quiet") {
        io.line(if may { "yes" } else { "no" });
    }
    if may { Ok(()) } else { Err(Failure::Code(1)) }
}

/// A review is a thing that is made.
fn review(group: &'static str, resource: &'static str) -> Deed<'static> {
    Deed {
        verb: "create",
        group,
        resource,
        name: "",
        namespace: "",
    }
}

/// Whether somebody else's roles allow what was asked for.
fn allowed(user: &User, call: &Call, verb: &str, resource: &str, io: &Io<'_>) -> bool {
    if resource.starts_with('/') {
        return user.may_path(verb, resource, io.cluster);
    }
    let (word, name) = resource.split_once('/').unwrap_or((resource, ""));
    let ty = Type::find(word).filter(|_| word != "*");
    let (group, mut resource) = ty.map_or(("", word.to_owned()), |ty| {
        (ty.resource.group, ty.resource.name.to_owned())
    });
    if let Some(part) = call.flags.text("subresource").filter(|p| !p.is_empty()) {
        resource = format!("{resource}/{part}");
    }
    let deed = Deed {
        verb,
        group,
        resource: &resource,
        name,
        namespace: call.list_namespace().unwrap_or(""),
    };
    user.may(&deed, io.cluster)
}

/// What is odd about the resource that was asked for.
fn warn(resource: &str, all: bool, io: &mut Io<'_>) {
    let word = resource.split('/').next().unwrap_or(resource);
    if matches!(word, "*" | "users" | "groups") {
        return;
    }
    let of = |group: &str| match group {
        "" => String::new(),
        group => format!(" in group '{group}'"),
    };
    match Type::find(word) {
        None => {
            let lower = word.to_lowercase();
            let (name, group) = lower.split_once('.').unwrap_or((&lower, ""));
            io.err_line(format!(
                "Warning: the server doesn't have a resource type '{name}'{}\n",
                of(group)
            ));
        }
        Some(ty) if !ty.namespaced() && !all => io.err_line(format!(
            "Warning: resource '{}' is not namespace scoped{}\n",
            ty.resource.name,
            of(ty.resource.group)
        )),
        Some(_) => {}
    }
}

/// The console's own user.
fn own() -> User {
    User {
        name: USER.to_owned(),
        uid: "admin".to_owned(),
        groups: ["system:masters", "system:authenticated"]
            .map(str::to_owned)
            .to_vec(),
    }
}

/// Upstream: `printAccess`
fn list(call: &Call, io: &mut Io<'_>) {
    let user = leave::user(call).unwrap_or_else(own);
    let rules = user.rules(&call.namespace, io.cluster);
    let mut rows = Vec::new();
    if !call.flags.is("no-headers") {
        let head = ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"];
        rows.push(head.map(str::to_owned).to_vec());
    }
    for rule in access::rules(&rules) {
        let [resource, others @ ..] = rule.cells;
        let mut row = vec![resource];
        row.extend(others.iter().map(|cell| format!("[{cell}]")));
        rows.push(row);
    }
    io.out(table::print(&rows));
}

fn whoami(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let output = call.flags.text("output").unwrap_or("");
    let user = leave::user(call);
    let review = review("authentication.k8s.io", "selfsubjectreviews");
    if user
        .as_ref()
        .is_some_and(|user| !user.may(&review, io.cluster))
    {
        return Err(Failure::client(
            "the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it",
        ));
    }
    let user = user.unwrap_or_else(own);
    if output.is_empty() {
        let row = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
        let mut rows = vec![row("ATTRIBUTE", "VALUE"), row("Username", &user.name)];
        if !user.uid.is_empty() {
            rows.push(row("UID", &user.uid));
        }
        rows.push(row("Groups", &format!("[{}]", user.groups.join(" "))));
        io.out(table::print(&rows));
        return Ok(());
    }
    let mut info = value!({
        "groups": user.groups.iter().map(|group| Value::str(group)).collect::<Value>(),
        "username": user.name,
    });
    if !user.uid.is_empty() {
        info.set("uid", user.uid);
    }
    let review: Value = value!({
        "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview",
        "metadata": {"creationTimestamp": io.now().timestamp().to_string()},
        "status": {"userInfo": info},
    });
    if output == "json" {
        io.line(go_json::indented(&review));
        return Ok(());
    }
    crate::console::print::output::object(call, &review, io)
}
