//! `kubectl rollout undo`.
//!
//! Upstream: kubectl/pkg/cmd/rollout/rollout_undo.go, kubectl/pkg/polymorphichelpers/rollback.go

use super::{REVISION, Revision, find, has_history, history, revisions, template, unknown_kind};
use crate::cluster::{Patch, Status, Subresource};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::items::Item;
use crate::console::kubectl::request::{Sender, short_title};
use crate::console::kubectl::{Call, Command, Run, flags, say};
use crate::console::task::Io;
use crate::console::verb::apply::last_applied::ANNOTATION;
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Value};
use crate::value;

const FLAGS: &[Flag] = &[long("to-revision", Takes::Int)];

pub static COMMANDS: &[Command] = &[Command {
    path: "rollout undo",
    about: "Undo a previous rollout",
    usage: "(TYPE NAME | TYPE/NAME) [flags]",
    flags: &[
        FLAGS,
        flags::FILES,
        flags::SELECTOR,
        flags::OUTPUT,
        flags::DRY_RUN,
    ],
    required: &[],
    run: Run::Once(run),
}];

/// Annotations of a Deployment that a roll back leaves as they are.
const KEPT: &[&str] = &[
    ANNOTATION,
    REVISION,
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::of(call, "kubectl-rollout", io)?.lenient();
    say::check(call, io)?;
    let found = find(call, io)?;
    let to = call.flags.int("to-revision").unwrap_or(0);
    found.visit(|item| {
        if item
            .tree()
            .at(&["metadata", "annotations"])
            .field(ANNOTATION)
            .is_some()
        {
            io.err_line(format!(
                "Warning: resource {} was previously managed with 'kubectl apply'. Rolling back will not update the \
                 {ANNOTATION} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. \
                 Consider using 'kubectl apply' with your previous configuration file instead.",
                short_title(item.ty, &item.name)
            ));
        }
        let result = roll_back(&sender, &item, to, io)?;
        let operation = format!("{result}{}", sender.suffix());
        say::object(call, item.ty, &item.name, item.tree(), &operation, io)
    })
}

fn not_found(to: i64) -> Failure {
    Failure::client(format!("unable to find specified revision {to} in history"))
}

/// Restores a revision; the answer is what is said about it.
fn roll_back(sender: &Sender, item: &Item, to: i64, io: &mut Io<'_>) -> Result<String, Failure> {
    if !has_history(item) {
        return Err(unknown_kind(item, "rollbacker", "rollbacker"));
    }
    if to < 0 {
        return Err(not_found(to));
    }
    let mut all = revisions(item, io.cluster.api());
    let deployment = item.ty.kind == Some(Kind::Deployment);
    if to == 0 && all.len() <= 1 {
        return Err(Failure::client(if deployment {
            format!("no rollout history found for deployment \"{}\"", item.name)
        } else {
            "no last revision to roll back to".to_owned()
        }));
    }
    let found = if to == 0 {
        all.order_by_key(|r| r.number);
        all.get(all.len() - 2)
    } else {
        all.iter().find(|r| r.number == to)
    };
    let revision = found.ok_or_else(|| not_found(to))?;
    let wanted = template(item, revision);
    if sender.client_only() {
        let text = history::text(&wanted);
        return Ok(if deployment {
            text
        } else {
            format!("will roll back to {text}")
        });
    }
    let spec = item.tree().get("spec");
    if deployment && spec.get("paused").as_bool() == Some(true) {
        return Err(Failure::client(
            "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
        ));
    }
    if without_hash(&wanted) == without_hash(spec.get("template")) {
        return Ok(format!(
            "skipped rollback (current template already matches revision {to})"
        ));
    }
    let sent = if deployment {
        deployment_patch(item, revision)
    } else {
        Patch::Strategic(revision.object.value().get("data").clone())
    };
    let place = (item.namespace.as_str(), item.name.as_str());
    match sender.patch(item.kind()?, place, Subresource::Main, sent, io) {
        Ok(_) => Ok("rolled back".to_owned()),
        Err(status) => Err(restoring(to, &status)),
    }
}

fn restoring(to: i64, status: &Status) -> Failure {
    Failure::client(format!("failed restoring revision {to}: {status}"))
}

/// A template without the label that tells ReplicaSets apart.
fn without_hash(template: &Value) -> Value {
    let mut template = template.clone();
    template.remove_at(&["metadata", "labels", "pod-template-hash"]);
    template
}

/// The template of a ReplicaSet, and its annotations beside those that stay.
fn deployment_patch(item: &Item, revision: &Revision) -> Patch {
    let mut annotations = Value::map();
    for key in KEPT {
        if let Some(value) = item.tree().at(&["metadata", "annotations"]).field(key) {
            annotations.set(*key, value);
        }
    }
    for (key, value) in revision.object.meta().annotations.fields() {
        if !KEPT.contains(&key.as_str()) {
            annotations.set(key.clone(), value.clone());
        }
    }
    let template = without_hash(&template(item, revision));
    Patch::Json(value!([
        {"op": "replace", "path": "/spec/template", "value": template},
        {"op": "replace", "path": "/metadata/annotations", "value": annotations},
    ]))
}
