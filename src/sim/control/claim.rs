//! Which objects belong to a controller: adoption of matching orphans, release of what no longer matches.
//!
//! Upstream: pkg/controller/controller_ref_manager.go

use super::{controlled_by, controller_ref};
use crate::k8s::selector::Selector;
use crate::k8s::{Object, Value};
use crate::sim::apiserver::{Patch, Subresource};
use crate::sim::{Client, Status};
use crate::value;
use std::sync::Arc;

/// The objects that are the owner's, and what had to be done for it.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    pub mine: Vec<Arc<Object>>,
    pub adopted: Vec<Arc<Object>>,
    pub released: Vec<Arc<Object>>,
}

/// Sorts the candidates (same namespace) into the owner's and others', adopting and releasing on the way.
/// Before the first adoption the owner is read again: one that is gone or going adopts nothing.
pub fn claim(
    client: &mut Client<'_>,
    owner: &Object,
    selector: &Selector,
    candidates: impl IntoIterator<Item = Arc<Object>>,
) -> Result<Claim, Status> {
    let mut claim = Claim::default();
    let mut may_adopt: Option<Result<(), Status>> = None;
    let mut error = None;
    for object in candidates {
        let matches = selector.matches(&object.meta().labels);
        if controlled_by(&object, owner) {
            if matches {
                claim.mine.push(object);
            } else if !owner.meta().terminating() {
                match release(client, owner, &object) {
                    Ok(()) => claim.released.push(object),
                    Err(status) => error = Some(status),
                }
            }
            continue;
        }
        let orphan = object.meta().controller().is_none();
        if !orphan || !matches || owner.meta().terminating() || object.meta().terminating() {
            continue;
        }
        let allowed = may_adopt
            .get_or_insert_with(|| recheck(client, owner))
            .clone();
        match allowed.and_then(|()| adopt(client, owner, &object)) {
            Ok(adopted) => {
                claim.mine.push(adopted.clone());
                claim.adopted.push(adopted);
            }
            Err(status) if status.is_not_found() => {}
            Err(status) => error = Some(status),
        }
    }
    error.map_or(Ok(claim), Err)
}

/// The owner is still there, and not going.
///
/// Upstream: pkg/controller/controller_ref_manager.go `RecheckDeletionTimestamp`, `CanAdopt`.
pub fn recheck(client: &Client<'_>, owner: &Object) -> Result<(), Status> {
    let live = client.get(owner.kind(), owner.namespace(), owner.name())?;
    let who = format!("{}/{}", owner.namespace(), owner.name());
    if live.uid() != owner.uid() {
        let kind = owner.kind().name();
        return Err(Status::plain(
            500,
            "InternalError",
            format!(
                "original {kind} {who} is gone: got uid {}, wanted {}",
                live.uid(),
                owner.uid()
            ),
        ));
    }
    match live.meta().deletion {
        None => Ok(()),
        Some(at) => Err(Status::plain(
            500,
            "InternalError",
            format!("{who} has just been deleted at {at}"),
        )),
    }
}

/// Makes the owner the controller of an object.
pub fn adopt(
    client: &mut Client<'_>,
    owner: &Object,
    object: &Object,
) -> Result<Arc<Object>, Status> {
    let patch = value!({"metadata": {
        "ownerReferences": [controller_ref(owner)], "uid": object.uid(),
    }});
    send(client, object, patch)
}

/// Ends the owner's control over an object.
pub fn release(client: &mut Client<'_>, owner: &Object, object: &Object) -> Result<(), Status> {
    let patch = value!({"metadata": {
        "ownerReferences": [{"$patch": "delete", "uid": owner.uid()}], "uid": object.uid(),
    }});
    match send(client, object, patch) {
        // Gone, or another object of that name, or without that owner already.
        Err(status) if status.is_not_found() || status.reason == "Invalid" => Ok(()),
        other => other.map(|_| ()),
    }
}

fn send(client: &mut Client<'_>, object: &Object, patch: Value) -> Result<Arc<Object>, Status> {
    let (kind, namespace, name) = (object.kind(), object.namespace(), object.name());
    let patch = Patch::Strategic(patch);
    client
        .patch(kind, namespace, name, Subresource::Main, &patch)
        .map(|w| w.object)
}
