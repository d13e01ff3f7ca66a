//! `kubectl set serviceaccount`, `selector`, `subject`.
//!
//! Upstream: kubectl/pkg/cmd/set/set_serviceaccount.go, set_selector.go, set_subject.go

use super::{RECORD, SELECTOR, Words, change, check, send, sets};
use crate::cluster::{Patch, Subresource};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::items;
use crate::console::kubectl::request::{Sender, short_title};
use crate::console::kubectl::{Call, Command, Run, say};
use crate::console::task::Io;
use crate::console::verb::create::{label_selector, subjects};
use crate::k8s::{Kind, Str, Value, patch};

const VERSION: &[Flag] = &[long("resource-version", Takes::Text)];

const SUBJECT: &[Flag] = &[
    long("user", Takes::Each),
    long("group", Takes::Each),
    long("serviceaccount", Takes::Each),
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "set serviceaccount",
        about: "Update the service account of a resource",
        usage: "(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT",
        flags: sets!(RECORD),
        required: &[],
        run: Run::Once(service_account),
    },
    Command {
        path: "set selector",
        about: "Set the selector on a resource",
        usage: "(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]",
        flags: sets!(RECORD, VERSION),
        required: &[],
        run: Run::Once(selector),
    },
    Command {
        path: "set subject",
        about: "Update the user, group, or service account in a role binding or cluster role binding",
        usage: "(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
        flags: sets!(SUBJECT, SELECTOR),
        required: &[],
        run: Run::Once(subject),
    },
];

fn service_account(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::of(call, "kubectl-set", io)?.lenient();
    check(call)?;
    say::check(call, io)?;
    let Some((account, resources)) = call.args().split_last() else {
        return Err(Failure::client("serviceaccount is required"));
    };
    let found = items::find_or_all(call, resources, io)?;
    Failure::gather(found.failures)?;
    let mut failures = Vec::new();
    let words = Words {
        done: "serviceaccount updated",
        failed: "failed to patch ServiceAccountName",
        anyway: true,
    };
    for item in &found.items {
        let edit = |spec: &mut Value| {
            spec.set("serviceAccountName", Str::new(account));
            Ok(true)
        };
        failures.extend(change(call, &sender, item, &words, edit, io).err());
    }
    Failure::gather(failures)
}

/// The selector is the last argument, whatever it looks like.
fn selector(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::anywhere(call, "kubectl-set", io)?.lenient();
    check(call)?;
    say::check(call, io)?;
    let Some((text, resources)) = call.args().split_last() else {
        return Err(Failure::client("one selector is required"));
    };
    let wanted = label_selector(text)?;
    let mut labels = Value::map();
    if let Some(wanted) = wanted.field("matchLabels") {
        labels = wanted.clone();
    }
    let unfit = unfit(&wanted);
    let version = call.flags.text("resource-version").unwrap_or("");
    let found = items::find_or_all(call, resources, io)?;
    found.visit(|item| {
        let kind = item.kind()?;
        if kind != Kind::Service {
            return Err(Failure::client(
                "setting a selector is only supported for Services",
            ));
        }
        if let Some(why) = &unfit {
            return Err(Failure::client(why));
        }
        let mut new = item.tree().clone();
        if sender.local {
            new = super::complete(kind, &new);
        }
        new.set_at(&["spec", "selector"], labels.clone());
        let operation = format!("selector updated{}", sender.suffix());
        if !sender.client_only() {
            let mut body = patch::two_way(kind, item.tree(), &new).map_err(Failure::client)?;
            if !version.is_empty() {
                body.set_at(&["metadata", "resourceVersion"], Str::new(version));
            }
            let place = (item.namespace.as_str(), item.name.as_str());
            let written =
                sender.patch(kind, place, Subresource::Main, Patch::Strategic(body), io)?;
            new = written.object.value().clone();
        }
        say::between(call, io);
        say::made(call, item.ty, &item.name, &new, &operation, io)
    })
}

/// Why a selector is more than labels.
fn unfit(selector: &Value) -> Option<String> {
    let shown = |e: &Value| {
        let values: Vec<&str> = e.get("values").items().iter().map(Value::text).collect();
        let (key, word) = (e.get("key").text(), e.get("operator").text());
        format!("{{{key} {word} [{}]}}", values.join(" "))
    };
    let list: Vec<String> = selector
        .get("matchExpressions")
        .items()
        .iter()
        .map(shown)
        .collect();
    let list = list.join(" ");
    (!list.is_empty()).then(|| format!("match expression [{list}] not supported on this object"))
}

fn subject(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::of(call, "kubectl-set", io)?.lenient();
    let found = items::find_or_all(call, call.args(), io)?;
    Failure::gather(found.failures)?;
    let mut failures = Vec::new();
    check(call)?;
    say::check(call, io)?;
    let wanted = subjects(call)?;
    if wanted.is_empty() {
        return Err(Failure::client(
            "you must specify at least one value of user, group or serviceaccount",
        ));
    }
    let words = Words {
        done: "subjects updated",
        failed: "failed to patch subjects to rolebinding:",
        anyway: false,
    };
    for item in &found.items {
        let kind = item.kind()?;
        if !matches!(kind, Kind::RoleBinding | Kind::ClusterRoleBinding) {
            failures.push(Failure::client(format!(
                "{} setting subjects is only supported for RoleBinding/ClusterRoleBinding",
                short_title(item.ty, &item.name)
            )));
            continue;
        }
        let mut new = item.tree().clone();
        let list = new.at_mut(&["subjects"]);
        let missing = wanted.iter().filter(|s| !list.items().contains(s));
        for subject in missing.cloned().collect::<Vec<_>>() {
            list.push(subject);
        }
        if &new == item.tree() {
            io.line("");
            continue;
        }
        failures.extend(send(call, &sender, item, &words, &new, io).err());
    }
    Failure::gather(failures)
}
