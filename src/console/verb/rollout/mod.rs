//! `kubectl rollout`: restart, pause and resume here, the others in the files beside.
//!
//! Upstream: kubectl/pkg/cmd/rollout, kubectl/pkg/polymorphichelpers

pub mod history;
pub mod status;
pub mod undo;

use crate::cluster::{ApiServer, Patch, Subresource};
use crate::console::error::Failure;
use crate::console::kubectl::builder::Bare;
use crate::console::kubectl::items::{self, Item, Items, Look};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, flags, manifest, say};
use crate::console::task::Io;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Value, patch};
use std::sync::Arc;

/// The annotation that `restart` sets.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// The annotation with a ReplicaSet's number.
const REVISION: &str = "deployment.kubernetes.io/revision";

pub static COMMANDS: &[Command] = &[
    Command {
        path: "rollout restart",
        about: "Restart a resource",
        usage: "RESOURCE",
        flags: &[
            flags::FILES,
            flags::SELECTOR,
            flags::OUTPUT,
            flags::FIELD_MANAGER,
        ],
        required: &[],
        run: Run::Once(restart),
    },
    Command {
        path: "rollout pause",
        about: "Mark the provided resource as paused",
        usage: "RESOURCE",
        flags: &[
            flags::FILES,
            flags::SELECTOR,
            flags::OUTPUT,
            flags::FIELD_MANAGER,
        ],
        required: &[],
        run: Run::Once(pause),
    },
    Command {
        path: "rollout resume",
        about: "Resume a paused resource",
        usage: "RESOURCE",
        flags: &[
            flags::FILES,
            flags::SELECTOR,
            flags::OUTPUT,
            flags::FIELD_MANAGER,
        ],
        required: &[],
        run: Run::Once(resume),
    },
];

/// The objects of a rollout command.
fn find(call: &Call, io: &mut Io<'_>) -> Result<Items, Failure> {
    if call.args().is_empty() && !manifest::given(call) {
        return Err(Failure::client("required resource not specified"));
    }
    items::find(call, call.args(), Bare::Means, Look::Live, io)
}

/// What `restart`, `pause` or `resume` does to one object: the new tree, or why not.
type Edit = fn(&Item, &Io<'_>) -> Result<Value, String>;

fn restart(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    change(call, restarted, "restarted", io)
}

fn pause(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    change(call, paused, "paused", io)
}

fn resume(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    change(call, resumed, "resumed", io)
}

fn restarted(item: &Item, io: &Io<'_>) -> Result<Value, String> {
    match item.ty.kind {
        Some(Kind::Deployment) if item.tree().at(&["spec", "paused"]).as_bool() == Some(true) => {
            Err("can't restart paused deployment (run rollout resume first)".to_owned())
        }
        Some(Kind::Deployment | Kind::DaemonSet | Kind::StatefulSet) => {
            let mut new = item.tree().clone();
            let annotations = new.at_mut(&["spec", "template", "metadata", "annotations"]);
            annotations.set(RESTARTED_AT, io.now().timestamp().to_string());
            Ok(new)
        }
        _ => Err("restarting is not supported".to_owned()),
    }
}

fn paused(item: &Item, _: &Io<'_>) -> Result<Value, String> {
    if item.ty.kind != Some(Kind::Deployment) {
        return Err("pausing is not supported".to_owned());
    }
    let mut new = item.tree().clone();
    if new.at(&["spec", "paused"]).as_bool() == Some(true) {
        return Err("is already paused".to_owned());
    }
    new.set_at(&["spec", "paused"], true);
    Ok(new)
}

fn resumed(item: &Item, _: &Io<'_>) -> Result<Value, String> {
    if item.ty.kind != Some(Kind::Deployment) {
        return Err("resuming is not supported".to_owned());
    }
    let mut new = item.tree().clone();
    if new.at(&["spec", "paused"]).as_bool() != Some(true) {
        return Err("is not paused".to_owned());
    }
    new.remove_at(&["spec", "paused"]);
    Ok(new)
}

fn change(call: &Call, edit: Edit, word: &'static str, io: &mut Io<'_>) -> Result<(), Failure> {
    say::check(call, io)?;
    let sender = Sender::of(call, "kubectl-rollout", io)?.lenient();
    let found = find(call, io)?;
    let mut failures = found.failures;
    if found.items.is_empty() && failures.is_empty() {
        io.err_line(format!(
            "No resources found in {} namespace.",
            call.namespace
        ));
        return Ok(());
    }
    for item in &found.items {
        failures.extend(one(call, &sender, item, edit, word, io).err());
    }
    Failure::gather(failures)
}

fn one(
    call: &Call,
    sender: &Sender,
    item: &Item,
    edit: Edit,
    word: &'static str,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let new = edit(item, io).map_err(|why| {
        Failure::client(format!(
            "error: {} \"{}\" {why}",
            item.ty.full_name(),
            item.name
        ))
    })?;
    let kind = item.kind()?;
    let body = patch::two_way(kind, item.tree(), &new).map_err(Failure::client)?;
    if body.is_empty() {
        return Err(Failure::client(format!(
            "failed to create patch for {}: if restart has already been triggered within the past second, please \
             wait before attempting to trigger another",
            item.name
        )));
    }
    let place = (item.namespace.as_str(), item.name.as_str());
    let written = sender.patch(kind, place, Subresource::Main, Patch::Strategic(body), io);
    let written =
        written.map_err(|status| Failure::client(format!("failed to patch: {status}")))?;
    let value = written.object.value().clone();
    say::object(call, item.ty, &item.name, &value, word, io)
}

/// One revision of a rollout: its number, its cause, and the object that keeps it.
#[derive(Clone)]
struct Revision {
    number: i64,
    object: Arc<Object>,
}

impl Revision {
    /// `kubernetes.io/change-cause`, `<none>` when nobody gave one.
    fn cause(&self) -> &str {
        let cause = self
            .object
            .meta()
            .annotation(crate::console::kubectl::record::CHANGE_CAUSE);
        cause.filter(|c| !c.is_empty()).unwrap_or("<none>")
    }
}

/// The revisions that an object controls, in storage order.
fn revisions(item: &Item, api: &ApiServer) -> Vec<Revision> {
    let owner = item.tree();
    let uid = owner.at(&["metadata", "uid"]).text();
    let selector = Selector::read(owner.at(&["spec", "selector"]));
    let kind = if item.ty.kind == Some(Kind::Deployment) {
        Kind::ReplicaSet
    } else {
        Kind::ControllerRevision
    };
    let owned = api.list(kind, Some(&item.namespace)).filter(|object| {
        selector.matches(&object.meta().labels)
            && object
                .meta()
                .owners
                .iter()
                .any(|o| o.controller && o.uid.as_str() == uid)
    });
    let numbered = owned.filter_map(|object| {
        let number = if kind == Kind::ReplicaSet {
            object.meta().annotation(REVISION)?.parse().ok()?
        } else {
            object.value().get("revision").as_i64()?
        };
        Some(Revision {
            number,
            object: object.clone(),
        })
    });
    numbered.collect()
}

/// The pod template that a revision keeps.
fn template(item: &Item, revision: &Revision) -> Value {
    let kept = revision.object.value();
    if item.ty.kind == Some(Kind::Deployment) {
        return kept.at(&["spec", "template"]).clone();
    }
    let mut template = kept.at(&["data", "spec", "template"]).clone();
    template.remove("$patch");
    template
}

/// Which commands know a kind.
fn has_history(item: &Item) -> bool {
    matches!(
        item.ty.kind,
        Some(Kind::Deployment | Kind::DaemonSet | Kind::StatefulSet)
    )
}

/// The sentence for kinds without a helper: `no history viewer has been implemented for "Pod"`.
fn unknown_kind(item: &Item, what: &str, retrieving: &str) -> Failure {
    let resource = item.ty.resource;
    let kind = if resource.group.is_empty() {
        resource.kind.to_owned()
    } else {
        format!("{}.{}", resource.kind, resource.group)
    };
    let visited = matches!(
        item.ty.kind,
        Some(
            Kind::Pod
                | Kind::Job
                | Kind::ReplicaSet
                | Kind::ReplicationController
                | Kind::CronJob
                | Kind::Deployment
                | Kind::DaemonSet
                | Kind::StatefulSet
        )
    );
    Failure::client(if visited {
        format!("no {what} has been implemented for \"{kind}\"")
    } else {
        format!(
            "error retrieving {retrieving} for \"{kind}\", no visitor method exists for {{{} {}}}",
            resource.group, resource.kind
        )
    })
}
