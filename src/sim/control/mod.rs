//! What controllers of pods share: expectations, claiming by owner references, pods made from a template, volumes
//! for claims.

pub mod claim;

pub mod expectations;

pub mod pending;

pub mod pods;

pub mod volumes;

pub use claim::{Claim, claim};
pub use expectations::Expectations;
pub use pending::PendingWrites;

use crate::k8s::{Object, Str, Value};
use crate::value;

/// An owner reference with `controller: true`.
pub fn controller_ref(owner: &Object) -> Value {
    value!({
        "apiVersion": Str::from(owner.kind().api_version()), "kind": owner.kind().name(),
        "name": owner.name(), "uid": owner.uid(), "controller": true, "blockOwnerDeletion": true,
    })
}

/// The object's controller is this owner (by uid).
pub fn controlled_by(object: &Object, owner: &Object) -> bool {
    object
        .meta()
        .controller()
        .is_some_and(|o| o.uid == *owner.uid())
}

/// The number of a ControllerRevision.
pub fn revision_number(revision: &Object) -> i64 {
    revision.controller_revision().map_or(0, |r| r.revision)
}

/// The pod counts as a replica: neither ended nor on its way out.
pub fn active(pod: &Object) -> bool {
    !pod.meta().terminating() && !pod.pod().is_some_and(crate::k8s::api::Pod::terminal)
}
