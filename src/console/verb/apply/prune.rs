//! `kubectl apply --prune`: what was applied before and is in no file any more is deleted.
//!
//! Upstream: kubectl/pkg/cmd/apply/prune.go

use super::Applied;
use super::last_applied::ANNOTATION;
use crate::cluster::{DeleteOptions, Propagation};
use crate::console::error::Failure;
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Type};
use crate::console::task::Io;
use crate::k8s::order::InOrder;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object};
use std::sync::Arc;

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

pub(super) fn run(
    call: &Call,
    sender: &Sender,
    applied: &[Applied],
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let selector = Selector::parse(call.flags.text("selector").unwrap_or(""));
    let selector = selector.map_err(Failure::client)?;
    let keep: Vec<&str> = applied
        .iter()
        .map(|a| a.value.at(&["metadata", "uid"]).text())
        .collect();
    let mut spaces: Vec<&str> = applied.iter().map(|a| a.item.namespace.as_str()).collect();
    spaces.order();
    spaces.dedup();
    let mut gone: Vec<Arc<Object>> = Vec::new();
    for kind in KINDS {
        let stale = io.cluster.api().list(*kind, None).filter(|object| {
            spaces.contains(&object.namespace().as_str())
                && object.meta().annotation(ANNOTATION).is_some()
                && selector.matches(&object.meta().labels)
                && !keep.contains(&object.uid().as_str())
        });
        gone.extend(stale.cloned());
    }
    for object in gone {
        let ty = Type::of(object.kind());
        if !sender.client_only() {
            let options = DeleteOptions {
                propagation: Some(Propagation::Background),
                ..DeleteOptions::default()
            };
            sender.delete(
                object.kind(),
                (object.namespace(), object.name()),
                options,
                io,
            )?;
        }
        io.line(format!(
            "{}/{} pruned{}",
            ty.qualified(),
            object.name(),
            sender.suffix()
        ));
    }
    Ok(())
}
