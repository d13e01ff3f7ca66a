//! `kubectl apply --prune`: what was applied before and is in no file any more is deleted.
//!
//! Upstream: kubectl/pkg/cmd/apply/prune.go

use super::Applied;
use super::last_applied::ANNOTATION;
use crate::cluster::{DeleteOptions, Propagation};
use crate::console::error::Failure;
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Type, items};
use crate::console::task::Io;
use crate::k8s::Kind;

const DEPRECATED: &str = "Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.";

/// The kinds that are looked through.
const KINDS: &[Kind] = &[
    Kind::ConfigMap,
    Kind::Endpoints,
    Kind::PersistentVolumeClaim,
    Kind::Pod,
    Kind::ReplicationController,
    Kind::Secret,
    Kind::Service,
    Kind::Job,
    Kind::CronJob,
    Kind::DaemonSet,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::StatefulSet,
    Kind::Namespace,
    Kind::PersistentVolume,
];

/// The kinds of `--prune-allowlist`, or those that are always looked through.
///
/// Upstream: kubectl/pkg/util/prune/prune.go `ParseResources`
pub(super) fn kinds(call: &Call) -> Result<Vec<Kind>, Failure> {
    let list = call.flags.list("prune-allowlist");
    if list.is_empty() {
        return Ok(KINDS.to_vec());
    }
    let one = |text: &String| {
        let parts: Vec<&str> = text.split('/').collect();
        let [group, version, kind] = parts[..] else {
            return Err(Failure::client(format!(
                "invalid GroupVersionKind format: {text}, please follow <group/version/kind>"
            )));
        };
        let version = match group {
            "core" | "" => version.to_owned(),
            group => format!("{group}/{version}"),
        };
        let same = |t: &Type| t.resource.kind == kind && t.resource.api_version() == version;
        Type::all().find(same).map_or_else(
            || {
                let why = format!("no matches for kind \"{kind}\" in version \"{version}\"");
                Err(Failure::client(why))
            },
            items::stored,
        )
    };
    list.iter().map(one).collect()
}

pub(super) fn run(
    call: &Call,
    sender: &Sender,
    kinds: &[Kind],
    applied: &[Applied],
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let selector = call.selector()?;
    let keep: Vec<&str> = applied
        .iter()
        .map(|a| a.value.at(&["metadata", "uid"]).text())
        .collect();
    let spaces: Vec<&str> = applied.iter().map(|a| a.item.namespace.as_str()).collect();
    if call.flags.list("prune-allowlist").is_empty() {
        io.log('W', "prune.go:71", DEPRECATED);
    }
    for kind in kinds {
        if *kind == Kind::Endpoints {
            io.warn(crate::console::kubectl::builder::ENDPOINTS);
        }
        let ty = Type::of(*kind);
        let stale = io.cluster.api().list(*kind, None).filter(|object| {
            (!ty.namespaced() || spaces.contains(&object.namespace().as_str()))
                && object.meta().annotation(ANNOTATION).is_some()
                && selector.matches(&object.meta().labels)
                && !keep.contains(&object.uid().as_str())
        });
        for object in stale.cloned().collect::<Vec<_>>() {
            if !sender.client_only() {
                let options = DeleteOptions {
                    propagation: Some(Propagation::Background),
                    ..DeleteOptions::default()
                };
                let place = (object.namespace().as_str(), object.name().as_str());
                sender.delete(*kind, place, options, io)?;
            }
            let (ty, name, suffix) = (ty.qualified(), object.name(), sender.suffix());
            io.line(format!("{ty}/{name} pruned{suffix}"));
        }
    }
    Ok(())
}
