//! `kubectl diff`.
//!
//! Upstream: kubectl/pkg/cmd/diff/diff.go

use super::apply::{check_name, last_applied, select};
use crate::cluster::{Patch, Subresource};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::format;
use crate::console::kubectl::call::DryRun;
use crate::console::kubectl::items;
use crate::console::kubectl::manifest::{self, Check, Manifest};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, flags, leave};
use crate::console::print::unified;
use crate::console::task::Io;
use crate::k8s::decode;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Value, patch, yaml};

const FLAGS: &[Flag] = &[
    long("server-side", Takes::Bool),
    long("force-conflicts", Takes::Bool),
    long("prune", Takes::Bool),
    long("prune-allowlist", Takes::Each),
    long("concurrency", Takes::Int),
    long("show-managed-fields", Takes::Bool),
    long("show-secrets", Takes::Bool),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "diff",
    about: "Diff the live version against a would-be applied version",
    usage: "-f FILENAME",
    flags: &[FLAGS, flags::FILES, flags::SELECTOR, flags::FIELD_MANAGER],
    required: &[],
    run: Run::Once(run),
}];

/// Every failure of `diff` ends with a code above 1: 1 means that there are differences.
fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    match differences(call, io) {
        Ok(text) if text.is_empty() => Ok(()),
        Ok(text) => {
            io.out(text);
            Err(Failure::Code(1))
        }
        Err(failure) => {
            io.err(failure.text());
            Err(Failure::Code(failure.code() + 1))
        }
    }
}

fn differences(call: &Call, io: &mut Io<'_>) -> Result<String, Failure> {
    if !call.args().is_empty() {
        let args = call.args().join(" ");
        return Err(call.usage(format!("Unexpected args: [{args}]")));
    }
    manifest::required(call)?;
    let server_side = call.flags.is("server-side");
    if call.flags.is("force-conflicts") && !server_side {
        return Err(Failure::client(
            "--force-conflicts only works with --server-side",
        ));
    }
    let manager = if server_side {
        "kubectl"
    } else {
        "kubectl-client-side-apply"
    };
    let mut sender = Sender::of(call, manager, io)?.lenient();
    sender.dry_run = DryRun::Server;
    let mut read = manifest::read(call, Check::Nothing, io)?;
    // What comes behind a document that cannot be read is not looked at.
    read.objects
        .truncate(read.places.first().copied().unwrap_or(usize::MAX));
    select(call, &mut read.objects)?;
    // An object that comes twice is written twice to the same file: the last one counts.
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for manifest in &read.objects {
        let text = one(call, &sender, manifest, io)?;
        files.insert(file_name(manifest), text);
    }
    if let Some(failure) = read.failures.into_iter().next() {
        return Err(failure);
    }
    Ok(files.into_values().collect())
}

/// `apps.v1.DaemonSet.default.x`
fn file_name(manifest: &Manifest) -> String {
    let resource = manifest.ty.resource;
    let group = if resource.group.is_empty() {
        String::new()
    } else {
        format!("{}.", resource.group)
    };
    format!(
        "{group}{}.{}.{}.{}",
        resource.version, resource.kind, manifest.namespace, manifest.name
    )
}

fn one(
    call: &Call,
    sender: &Sender,
    manifest: &Manifest,
    io: &mut Io<'_>,
) -> Result<String, Failure> {
    check_name(&manifest.name)?;
    let kind = items::stored(manifest.ty)?;
    let place = (manifest.namespace.as_str(), manifest.name.as_str());
    leave::ask(call, manifest.ty, ("get", ""), place, io.cluster)?;
    let live = io
        .cluster
        .api()
        .get(kind, &manifest.namespace, &manifest.name)
        .ok()
        .cloned();
    let written = if call.flags.is("server-side") {
        let sent = Patch::Apply {
            config: manifest.value.clone(),
            force: call.flags.is("force-conflicts"),
        };
        sender.patch(kind, place, Subresource::Main, sent, io)?
    } else if let Some(live) = &live {
        let mut modified = decode::upgraded(manifest.value.clone());
        // An empty map stands for no annotations, as in what was applied last.
        let annotations = modified.at_mut(&["metadata", "annotations"]).map_mut();
        annotations.remove(last_applied::ANNOTATION);
        let about = format!("error when patching \"{}\"", manifest.source);
        let wanted = last_applied::emptied(&manifest.value);
        last_applied::refused(live.value(), &wanted, &about, io)?;
        let original = last_applied::of(live.value());
        let body = patch::three_way(kind, &original, &modified, live.value());
        let body = body.map_err(Failure::client)?;
        let sent = Patch::Strategic(body);
        sender.patch(kind, place, Subresource::Main, sent, io)?
    } else {
        sender.create(kind, &manifest.namespace, manifest.value.clone(), io)?
    };
    let text = |value: Option<&Value>| {
        value.map_or_else(String::new, |v| {
            yaml::print(&format::shown(call, &manifest.ty.shown(v)))
        })
    };
    let before = text(live.as_ref().map(|l| l.value()));
    let after = text(Some(written.object.value()));
    let folder = io.cluster.api().store().committed() + 1_000_000;
    let name = file_name(manifest);
    let (from, to) = (
        format!("/tmp/LIVE-{folder}/{name}"),
        format!("/tmp/MERGED-{folder}/{name}"),
    );
    let time = io.now().timestamp().to_string();
    let time = time.replace('T', " ").replace('Z', ".000000000 +0000");
    let body = unified::diff(&before, &after);
    if body.is_empty() {
        return Ok(String::new());
    }
    Ok(format!(
        "diff -u -N {from} {to}\n--- {from}\t{time}\n+++ {to}\t{time}\n{body}"
    ))
}
