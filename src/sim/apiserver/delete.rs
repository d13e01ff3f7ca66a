//! Deletion: preconditions, grace periods, finalizers, propagation.

use super::{ApiServer, Call, DeleteOptions, Propagation, admission};
use crate::k8s::{Kind, Object, ObjectKey, Timestamp, Value};
use crate::sim::Status;
use std::sync::Arc;

/// Finalizer of an owner that waits for its dependents to be gone.
pub const FOREGROUND: &str = "foregroundDeletion";

/// Finalizer of an owner whose dependents are to be orphaned first.
pub const ORPHAN: &str = "orphan";

/// What a grace period asks for.
enum Grace {
    /// The kind has none, or it is over: finalizers decide.
    None,
    /// Nothing changes: the object is going already.
    Pending,
    /// deletionTimestamp and deletionGracePeriodSeconds are to be set.
    Set { at: Timestamp, seconds: i64 },
}

impl ApiServer {
    /// Deletes an object: it disappears at once, or gets a deletionTimestamp and stays for its grace period or
    /// its finalizers. Returns the last version there is.
    pub fn delete(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Arc<Object>, Status> {
        let key = ObjectKey::new(kind, namespace, name);
        let act = |api: &mut Self| api.try_delete(call, kind, namespace, name, options);
        self.serve(call, "delete", key, act, |object| object)
    }

    /// Upstream: apiserver/pkg/registry/generic/registry/store.go `Store.Delete`
    pub(super) fn try_delete(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Arc<Object>, Status> {
        admission::namespace::check_delete(kind, name)?;
        let old = self.get(kind, namespace, name)?.clone();
        check_preconditions(&old, options)?;
        if kind == Kind::Namespace && !old.value().at(&["spec", "finalizers"]).is_empty() {
            return Ok(self.terminate_namespace(call, old));
        }
        let grace = grace(call, &old, options);
        let finalizers = finalizers(&old, options);
        let held = !finalizers.is_empty();
        let mut value = old.value().clone();
        let graceful = match grace {
            Grace::Pending => return Ok(old),
            Grace::None => {
                if held {
                    mark(call, &old, &mut value);
                }
                false
            }
            Grace::Set { at, seconds } => {
                let metadata = value.at_mut(&["metadata"]);
                metadata.set("deletionTimestamp", at.to_string());
                metadata.set("deletionGracePeriodSeconds", seconds);
                bump(&old, &mut value);
                true
            }
        };
        set_finalizers(&old, &mut value, finalizers);
        if call.dry_run {
            return Ok(old);
        }
        let changed = value != *old.value();
        let at_once = !held && (!graceful || matches!(grace, Grace::Set { seconds: 0, .. }));
        let last = if changed && (graceful || held) {
            self.commit(call, kind, value, Some(&old))
        } else {
            old
        };
        if at_once {
            self.store.remove(call.now, kind, namespace, name);
            self.note_service(call.now, kind, namespace, name);
        }
        Ok(last)
    }

    /// The first deletion of a namespace makes it Terminating; its controller empties it.
    ///
    /// Upstream: pkg/registry/core/namespace/storage/storage.go `REST.Delete`
    fn terminate_namespace(&mut self, call: &Call, old: Arc<Object>) -> Arc<Object> {
        if old.meta().terminating() || call.dry_run {
            return old;
        }
        let mut value = old.value().clone();
        let now = call.now.timestamp().to_string();
        value.at_mut(&["metadata"]).set("deletionTimestamp", now);
        value.at_mut(&["status"]).set("phase", "Terminating");
        self.commit(call, Kind::Namespace, value, Some(&old))
    }

    /// Takes the finalizer `kubernetes` from a namespace that is empty; with it the namespace goes.
    ///
    /// Upstream: the namespace's `finalize` subresource
    pub fn finalize_namespace(&mut self, call: &Call, name: &str) -> Result<Arc<Object>, Status> {
        let key = ObjectKey::new(Kind::Namespace, "", name);
        let act = |api: &mut Self| {
            let old = api.get(Kind::Namespace, "", name)?.clone();
            let mut value = old.value().clone();
            value.set("spec", Value::map());
            let bare = api.commit(call, Kind::Namespace, value, Some(&old));
            if bare.meta().finalizers.is_empty() {
                api.store.remove(call.now, Kind::Namespace, "", name);
            }
            Ok(bare)
        };
        self.serve(call, "update/finalize", key, act, |object| object)
    }
}

/// Upstream: apiserver/pkg/registry/rest/delete.go `BeforeDelete`
pub(super) fn check_preconditions(old: &Object, options: &DeleteOptions) -> Result<(), Status> {
    if let Some(uid) = &options.precondition_uid
        && uid != old.uid()
    {
        let why = format!(
            "the UID in the precondition ({uid}) does not match the UID in record ({}). The object might have \
             been deleted and then recreated",
            old.uid()
        );
        return Err(Status::conflict(old.kind(), old.name(), &why));
    }
    let stored = old.meta().resource_version;
    if let Some(version) = options.precondition_version
        && version != stored
    {
        let why = format!(
            "the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record \
             ({stored}). The object might have been modified"
        );
        return Err(Status::conflict(old.kind(), old.name(), &why));
    }
    Ok(())
}

/// The grace of a deletion; only pods have one.
///
/// Upstream: apiserver/pkg/registry/rest/delete.go `BeforeDelete`, pkg/registry/core/pod/strategy.go
/// `CheckGracefulDelete`
fn grace(call: &Call, old: &Object, options: &DeleteOptions) -> Grace {
    let Some(pod) = old.pod() else {
        return Grace::None;
    };
    let asked = options
        .grace_period
        .map(|grace| if grace < 0 { 1 } else { grace });
    if let Some(deletion) = old.meta().deletion {
        let running = old.meta().deletion_grace.unwrap_or(0);
        return match asked {
            _ if running == 0 => Grace::None,
            Some(shorter) if shorter < running => Grace::Set {
                at: Timestamp(deletion.0 - running + shorter),
                seconds: shorter,
            },
            Some(_) | None => Grace::Pending,
        };
    }
    let seconds = if pod.spec.node_name.is_empty() || pod.terminal() {
        0
    } else {
        let own = pod.spec.termination_grace_period_seconds.unwrap_or(30);
        let seconds = asked.unwrap_or(own);
        if seconds < 0 { 1 } else { seconds }
    };
    let at = Timestamp(call.now.timestamp().0.saturating_add(seconds));
    Grace::Set { at, seconds }
}

/// The finalizers that the object has while it goes.
///
/// Upstream: registry/generic/registry/store.go `deletionFinalizersForGarbageCollection`
fn finalizers(old: &Object, options: &DeleteOptions) -> Vec<Value> {
    let present = old.value().at(&["metadata", "finalizers"]).items();
    let has = |name: &str| present.iter().any(|f| f.text() == name);
    let (orphan, foreground) = match options.propagation {
        Some(Propagation::Orphan) => (true, false),
        Some(Propagation::Foreground) => (false, true),
        Some(Propagation::Background) => (false, false),
        None => (
            has(ORPHAN) || (old.kind() == Kind::Job && !has(FOREGROUND)),
            has(FOREGROUND),
        ),
    };
    let mut list: Vec<Value> = present
        .iter()
        .filter(|f| f.text() != ORPHAN && f.text() != FOREGROUND)
        .cloned()
        .collect();
    if orphan {
        list.push(ORPHAN.into());
    }
    if foreground {
        list.push(FOREGROUND.into());
    }
    list
}

fn set_finalizers(old: &Object, value: &mut Value, finalizers: Vec<Value>) {
    if finalizers == old.value().at(&["metadata", "finalizers"]).items() {
        return;
    }
    let metadata = value.at_mut(&["metadata"]);
    if finalizers.is_empty() {
        metadata.remove("finalizers");
    } else {
        metadata.set("finalizers", Value::from(finalizers));
    }
}

/// An object without grace that finalizers hold: going since now, with grace 0.
///
/// Upstream: registry/generic/registry/store.go `markAsDeleting`
fn mark(call: &Call, old: &Object, value: &mut Value) {
    let now = call.now.timestamp();
    if old.meta().deletion.is_none_or(|at| at > now) {
        value
            .at_mut(&["metadata"])
            .set("deletionTimestamp", now.to_string());
    }
    if old.meta().deletion_grace.is_none() {
        bump(old, value);
    }
    if old.meta().deletion_grace != Some(0) {
        value
            .at_mut(&["metadata"])
            .set("deletionGracePeriodSeconds", 0);
    }
}

/// The first deletion counts as a change of what is wanted.
fn bump(old: &Object, value: &mut Value) {
    let generation = old.meta().generation;
    if generation > 0 && !old.meta().terminating() {
        value
            .at_mut(&["metadata"])
            .set("generation", generation + 1);
    }
}
