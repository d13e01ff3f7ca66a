//! `kubectl apply`.
//!
//! Upstream: kubectl/pkg/cmd/apply/apply.go, patcher.go.

pub mod last_applied;
mod prune;
mod server_side;

use crate::cluster::{Patch, Status, Subresource, Written};
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::format::shown;
use crate::console::kubectl::items::{self, Item};
use crate::console::kubectl::manifest::{self, Check, Manifest};
use crate::console::kubectl::request::{Sender, short_title};
use crate::console::kubectl::{Call, Command, Run, flags, leave, record, say};
use crate::console::task::Io;
use crate::k8s::{Kind, Object, Str, Value, json, patch};
use last_applied::ANNOTATION;
use std::sync::Arc;

const FLAGS: &[Flag] = &[
    long("server-side", Takes::Bool),
    long("force-conflicts", Takes::Bool),
    long("overwrite", Takes::Bool),
    long("openapi-patch", Takes::Bool),
    long("prune", Takes::Bool),
    long("prune-allowlist", Takes::Each),
    long("applyset", Takes::Text),
    long("all", Takes::Bool),
    long("force", Takes::Bool),
    long("wait", Takes::Bool),
    long("timeout", Takes::Duration),
    long("grace-period", Takes::Int),
    long("cascade", Takes::Maybe("background")),
    long("subresource", Takes::Text),
    short('l', "selector", Takes::Text),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "apply",
    about: "Apply a configuration to a resource by file name or stdin",
    usage: "(-f FILENAME | -k DIRECTORY)",
    flags: &[
        FLAGS,
        flags::FILES,
        flags::OUTPUT,
        flags::DRY_RUN,
        flags::FIELD_MANAGER,
        flags::RECORD,
        flags::VALIDATE,
    ],
    required: &[],
    run: Run::Once(run),
}];

/// What `apply` found to do with an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Created,
    Configured,
    Unchanged,
    ServerSide,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Outcome::Created => "created",
            Outcome::Configured => "configured",
            Outcome::Unchanged => "unchanged",
            Outcome::ServerSide => "serverside-applied",
        }
    }
}

/// One object with what became of it.
struct Applied {
    item: Item,
    value: Value,
}

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    if !call.args().is_empty() {
        let args = call.args().join(" ");
        return Err(call.usage(format!("Unexpected args: [{args}]")));
    }
    check_flags(call)?;
    say::check(call, io)?;
    let manager = if call.flags.is("server-side") {
        "kubectl"
    } else {
        "kubectl-client-side-apply"
    };
    let sender = Sender::of(call, manager, io)?;
    let pruned = prune::kinds(call)?;
    let check = match sender.validation {
        crate::cluster::Caller::Ignore => Check::Nothing,
        _ => Check::Head,
    };
    let mut read = manifest::read(call, check, io)?;
    select(call, &mut read.objects)?;
    if read.objects.is_empty() && read.failures.is_empty() {
        return Err(Failure::client("no objects passed to apply"));
    }
    let mut failures = Vec::new();
    let mut applied = Vec::new();
    for manifest in read.objects {
        match one(call, &sender, manifest, io) {
            Ok(done) => applied.push(done),
            Err(failure) => failures.push(failure),
        }
    }
    Failure::beside(Vec::new(), read.failures, failures)?;
    print_whole(call, &applied, io)?;
    if call.flags.is("prune") {
        prune::run(call, &sender, &pruned, &applied, io)?;
    }
    Ok(())
}

fn check_flags(call: &Call) -> Result<(), Failure> {
    let flags = &call.flags;
    let client_dry_run = call.dry_run()?.0 == crate::console::kubectl::call::DryRun::Client;
    if flags.is("force-conflicts") && !flags.is("server-side") {
        return Err(Failure::client(
            "--force-conflicts only works with --server-side",
        ));
    }
    if client_dry_run && flags.is("server-side") {
        return Err(Failure::client(
            "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
        ));
    }
    manifest::required(call)?;
    if flags.is("force") && flags.is("server-side") {
        return Err(Failure::client("--force cannot be used with --server-side"));
    }
    let server_dry_run = call.dry_run()?.0 == crate::console::kubectl::call::DryRun::Server;
    if flags.is("force") && server_dry_run {
        return Err(Failure::client(
            "--dry-run=server cannot be used with --force",
        ));
    }
    if flags.is("prune") && flags.is("all") && call.selects() {
        return Err(Failure::client(
            "cannot set --all and --selector at the same time",
        ));
    }
    if flags.is("prune") && !flags.is("all") && !call.selects() {
        return Err(Failure::client(
            "all resources selected for prune without explicitly passing --all. To prune all resources, pass the \
             --all flag. If you did not mean to prune all resources, specify a label selector",
        ));
    }
    Ok(())
}

/// `-l` leaves out what does not fit.
pub(super) fn select(call: &Call, objects: &mut Vec<Manifest>) -> Result<(), Failure> {
    let selector = call.selector()?;
    if !selector.is_everything() {
        objects.retain(|m| selector.matches(m.value.at(&["metadata", "labels"])));
    }
    Ok(())
}

fn one(
    call: &Call,
    sender: &Sender,
    mut manifest: Manifest,
    io: &mut Io<'_>,
) -> Result<Applied, Failure> {
    record::note(call, &mut manifest.value);
    let generate = manifest.value.at(&["metadata", "generateName"]).text();
    if manifest.name.is_empty() && !generate.is_empty() {
        return Err(Failure::client(format!(
            "from {generate}: cannot use generate name with apply"
        )));
    }
    if call.flags.is("server-side") {
        let written = server_side::apply(call, sender, &manifest, io)?;
        let value = written.object.value();
        return done(call, sender, manifest, value, Outcome::ServerSide, io);
    }
    let retrieving = format!(
        "error when retrieving current configuration of:\n{}\nfrom server for: \"{}\"",
        manifest.about(),
        manifest.source
    );
    check_namespace(&manifest.namespace)
        .and_then(|()| check_name(&manifest.name))
        .map_err(|f| f.context(&retrieving))?;
    let kind = items::stored(manifest.ty)?;
    let live = live(call, &manifest, kind, io).map_err(|f| f.context(&retrieving))?;
    let modified = last_applied::annotated(&manifest.value);
    let Some(live) = live else {
        return create(call, sender, manifest, modified, kind, io);
    };
    if sender.client_only() {
        let about = patching(&manifest, &Value::Null);
        let about = about.rsplit_once(": ").map_or("", |(about, _)| about);
        last_applied::refused(live.value(), &modified, about, io)?;
        let (value, changed) = merged_here(kind, live.value(), &modified);
        let outcome = Outcome::of(changed);
        return done(call, sender, manifest, &value, outcome, io);
    }
    if live.meta().annotation(ANNOTATION).is_none() {
        io.err_line(format!(
            "Warning: resource {} is missing the {ANNOTATION} annotation which is required by kubectl apply. \
             kubectl apply should only be used on resources created declaratively by either kubectl create \
             --save-config or kubectl apply. The missing annotation will be patched automatically.",
            short_title(manifest.ty, &manifest.name)
        ));
    }
    let (value, changed) = configure(call, sender, &manifest, &live, &modified, io)?;
    if !value.at(&["metadata", "deletionTimestamp"]).is_null() {
        io.err_line(format!(
            "Warning: Detected changes to resource {} which is currently being deleted.",
            manifest.name
        ));
    }
    let outcome = Outcome::of(changed);
    done(call, sender, manifest, &value, outcome, io)
}

impl Outcome {
    /// Of an object that was there.
    fn of(changed: bool) -> Self {
        if changed {
            Outcome::Configured
        } else {
            Outcome::Unchanged
        }
    }
}

/// A dry run of the client: the patch is worked out and not sent. The answer is the object and whether the patch held
/// anything.
fn merged_here(kind: Kind, live: &Value, modified: &Value) -> (Value, bool) {
    let original = last_applied::of(live);
    let Ok(body) = patch::three_way(kind, &original, modified, live) else {
        return (live.clone(), false);
    };
    let patched = patch::strategic(kind, live, &body);
    let value = patched.map_or_else(|_| live.clone(), |patched| patched.value);
    (value, !body.is_empty())
}

/// What there is of a manifest's object.
fn live(
    call: &Call,
    manifest: &Manifest,
    kind: Kind,
    io: &Io<'_>,
) -> Result<Option<Arc<Object>>, Failure> {
    let (namespace, name) = (manifest.namespace.as_str(), manifest.name.as_str());
    leave::ask(
        call,
        manifest.ty,
        ("get", ""),
        (namespace, name),
        io.cluster,
    )?;
    Ok(io.cluster.api().get(kind, namespace, name).ok().cloned())
}

/// Fields that are null are not sent when an object is made; what was applied last keeps them.
fn without_nulls(value: &Value) -> Value {
    if value.as_map().is_some() {
        let mut map = Value::map();
        for (key, item) in value.fields().filter(|(_, v)| !v.is_null()) {
            map.set(Str::new(key), without_nulls(item));
        }
        return map;
    }
    match value {
        Value::List(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn create(
    call: &Call,
    sender: &Sender,
    manifest: Manifest,
    modified: Value,
    kind: Kind,
    io: &mut Io<'_>,
) -> Result<Applied, Failure> {
    if sender.client_only() {
        return done(call, sender, manifest, &modified, Outcome::Created, io);
    }
    let created = sender.create(kind, &manifest.namespace, without_nulls(&modified), io);
    let about = format!("error when creating \"{}\"", manifest.source);
    let written = created.map_err(|s| Failure::Api(s).context(&about))?;
    done(
        call,
        sender,
        manifest,
        written.object.value(),
        Outcome::Created,
        io,
    )
}

/// Sends the three-way patch; the answer is the object and whether the patch held anything.
fn configure(
    call: &Call,
    sender: &Sender,
    manifest: &Manifest,
    live: &Arc<Object>,
    modified: &Value,
    io: &mut Io<'_>,
) -> Result<(Value, bool), Failure> {
    let kind = live.kind();
    let about = patching(manifest, &Value::Null);
    last_applied::refused(live.value(), modified, &about, io)?;
    let original = last_applied::of(live.value());
    let body = patch::three_way(kind, &original, modified, live.value());
    let body =
        body.map_err(|why| Failure::client(why).context(&patching(manifest, &Value::Null)))?;
    if body.is_empty() {
        return Ok((live.value().clone(), false));
    }
    let place = (manifest.namespace.as_str(), manifest.name.as_str());
    let sent = Patch::Strategic(body.clone());
    match sender.patch(kind, place, Subresource::Main, sent, io) {
        Ok(written) => Ok((written.object.value().clone(), true)),
        Err(status)
            if call.flags.is("force") && matches!(status.reason, "Conflict" | "Invalid") =>
        {
            recreate(sender, manifest, live, modified, io).map(|w| (w.object.value().clone(), true))
        }
        Err(status) => Err(Failure::Api(status).context(&patching(manifest, &body))),
    }
}

/// What stands before a refusal of a patch.
fn patching(manifest: &Manifest, body: &Value) -> String {
    let body = match body {
        Value::Null => String::new(),
        body => json::compact(body),
    };
    format!(
        "error when applying patch:\n{body}\nto:\n{}\nfor: \"{source}\": error when patching \"{source}\"",
        manifest.about(),
        source = manifest.source
    )
}

/// `--force`: what cannot be changed is deleted and made anew.
fn recreate(
    sender: &Sender,
    manifest: &Manifest,
    live: &Object,
    modified: &Value,
    io: &mut Io<'_>,
) -> Result<Written, Failure> {
    let kind = live.kind();
    let options = crate::cluster::DeleteOptions {
        grace_period: Some(0),
        propagation: Some(crate::cluster::Propagation::Background),
        ..Default::default()
    };
    sender.delete(kind, (&manifest.namespace, &manifest.name), options, io)?;
    sender
        .create(kind, &manifest.namespace, modified.clone(), io)
        .map_err(|status| {
            // What was there before comes back.
            let mut before = live.value().clone();
            before.remove_at(&["metadata", "resourceVersion"]);
            let restored = sender.create(kind, &manifest.namespace, before, io);
            let about = patching(manifest, modified).replacen("\nto:", "\n\nto:", 1);
            match restored {
                Ok(_) => Failure::Api(status).context(&about),
                Err(other) => Failure::client(format!(
                    "An error occurred force-replacing the existing object with the newly provided one:\n\n{}.\n\n\
                     Additionally, an error occurred attempting to restore the original object:\n\n{}",
                    status.message, other.message
                ))
                .context(&about),
            }
        })
}

fn done(
    call: &Call,
    sender: &Sender,
    manifest: Manifest,
    value: &Value,
    outcome: Outcome,
    io: &mut Io<'_>,
) -> Result<Applied, Failure> {
    if !say::whole(call) {
        let operation = format!("{}{}", outcome.word(), sender.suffix());
        say::object(call, manifest.ty, &manifest.name, value, &operation, io)?;
    }
    let item = Item {
        ty: manifest.ty,
        namespace: manifest.namespace,
        name: manifest.name,
        source: manifest.source,
        value: None,
    };
    Ok(Applied {
        item,
        value: value.clone(),
    })
}

/// `-o yaml` and the like print all objects at the end, several as a list.
fn print_whole(call: &Call, applied: &[Applied], io: &mut Io<'_>) -> Result<(), Failure> {
    if !say::whole(call) {
        return Ok(());
    }
    if let [one] = applied {
        return say::object(call, one.item.ty, &one.item.name, &one.value, "", io);
    }
    let items: Value = applied.iter().map(|a| shown(call, &a.value)).collect();
    let list = crate::value!({
        "apiVersion": "v1", "items": items, "kind": "List", "metadata": {},
    });
    match applied.first() {
        Some(first) => say::object(call, first.item.ty, "", &list, "", io),
        None => Ok(()),
    }
}

/// Namespaces that cannot stand in a request's path.
fn check_namespace(namespace: &str) -> Result<(), Failure> {
    let errors = crate::k8s::names::path_segment_errors(namespace);
    if errors.is_empty() {
        return Ok(());
    }
    Err(Failure::client(format!(
        "invalid namespace {}: [{}]",
        crate::console::args::quoted(namespace),
        errors.join(", ")
    )))
}

/// Names that cannot stand in a request's path.
pub fn check_name(name: &str) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(Failure::client("resource name may not be empty"));
    }
    let errors = crate::k8s::names::path_segment_errors(name);
    if errors.is_empty() {
        return Ok(());
    }
    Err(Failure::client(format!(
        "invalid resource name {}: [{}]",
        crate::console::args::quoted(name),
        errors.join(" ")
    )))
}

/// The failure of a request with the file before it.
pub fn about(verb: &str, source: &str, status: Status) -> Failure {
    let failure = Failure::Api(status);
    if source.is_empty() {
        failure
    } else {
        failure.context(&format!("error when {verb} \"{source}\""))
    }
}
