//! The calls that a sync makes, and what their answers mean.

use super::consistency::Written;
use super::ledger::Counts;
use super::plan::USERS_LIMIT;
use super::revision::{self, HASH_LABEL};
use super::status;
use super::sync::Sync;
use super::{DaemonSetController, Timer};
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::apiserver::{DeleteOptions, Patch, Subresource};
use crate::sim::control::claim;
use crate::sim::{Ctx, EventType, Status};
use crate::value;
use std::sync::Arc;

/// One call, with what it needs.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    AdoptPod(Arc<Object>),
    ReleasePod(Arc<Object>),
    AdoptRevision(Arc<Object>),
    ReleaseRevision(Arc<Object>),
    /// Gives a revision the hash label that it lacks: its own name.
    LabelRevision(Arc<Object>),
    /// Makes the current revision, with this number.
    CreateRevision(i64),
    Renumber(Arc<Object>, i64),
    DeleteRevision(Arc<Object>),
    /// Gives a pod the hash of the revision that is kept of several equal ones.
    RelabelPod(Arc<Object>, Str),
    WriteStatus {
        base: Arc<Object>,
        counts: Counts,
        tried: u32,
    },
}

impl DaemonSetController {
    pub(super) fn act(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, deed: Deed) {
        match deed {
            Deed::AdoptPod(pod) => self.adopt_pod(ctx, sync, &pod),
            Deed::ReleasePod(pod) => release_pod(ctx, sync, &pod),
            Deed::AdoptRevision(revision) => {
                if let Some(adopted) = adopt(ctx, sync, &revision) {
                    let at = sync
                        .revisions
                        .partition_point(|r| r.name() < adopted.name());
                    sync.revisions.insert(at, adopted);
                }
            }
            Deed::ReleaseRevision(revision) => release(ctx, sync, &revision),
            Deed::LabelRevision(revision) => label_revision(ctx, sync, &revision),
            Deed::CreateRevision(number) => create_revision(ctx, sync, number),
            Deed::Renumber(revision, number) => renumber(ctx, sync, &revision, number),
            Deed::DeleteRevision(revision) => delete_revision(ctx, sync, &revision),
            Deed::RelabelPod(pod, hash) => relabel_pod(ctx, sync, &pod, &hash),
            Deed::WriteStatus {
                base,
                counts,
                tried,
            } => self.write_status(ctx, sync, &base, counts, tried),
        }
    }

    fn adopt_pod(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, pod: &Arc<Object>) {
        if adopt(ctx, sync, pod).is_some() {
            self.cache.adopt(sync.daemon_set.uid(), pod);
            note_name(&mut sync.note.adopted, pod.name());
        }
    }

    /// One batch of creations, all at one moment; the next one is twice as large.
    pub(super) fn create_batch(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync) {
        let Some(lens) = sync.lens.clone() else {
            sync.creates.clear();
            return;
        };
        let size = sync.batch.min(sync.creates.len());
        sync.batch = size * 2;
        let mut failed = false;
        for node in sync.creates.drain(..size).collect::<Vec<_>>() {
            let namespace = sync.key.namespace.clone();
            let affinity = self.cache.pinned(sync.daemon_set.uid(), &lens, &node);
            match ctx
                .client
                .create(Kind::Pod, &namespace, lens.blank.pod(&affinity))
            {
                Ok(pod) => {
                    let version = pod.meta().resource_version;
                    let uid = sync.daemon_set.uid();
                    self.consistency
                        .wrote(&sync.key, uid, Written::Pods, version);
                    let message = format!("Created pod: {}", pod.name());
                    let (kind, reason) = (EventType::Normal, "SuccessfulCreate");
                    self.event(ctx, &sync.daemon_set, kind, reason, &message);
                }
                // Nothing more can be created there, and nothing is wrong with that.
                Err(status) if status.has_cause("NamespaceTerminating") => {}
                Err(status) => {
                    let message = format!("Error creating: {status}");
                    let (kind, reason) = (EventType::Warning, "FailedCreate");
                    self.event(ctx, &sync.daemon_set, kind, reason, &message);
                    self.expectations.creation_observed(&sync.key);
                    sync.problems
                        .push(format!("unable to create pods: {status}"));
                    failed = true;
                }
            }
        }
        if failed {
            let skipped = i64::try_from(sync.creates.len()).unwrap_or(i64::MAX);
            self.expectations.lower(&sync.key, skipped, 0);
            sync.creates.clear();
        }
    }

    /// All deletions at one moment.
    pub(super) fn delete_all(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync) {
        let options = DeleteOptions::default();
        for name in std::mem::take(&mut sync.deletes) {
            let namespace = sync.key.namespace.clone();
            match ctx.client.delete(Kind::Pod, &namespace, &name, &options) {
                Ok(_) => {
                    let message = format!("Deleted pod: {name}");
                    let (kind, reason) = (EventType::Normal, "SuccessfulDelete");
                    self.event(ctx, &sync.daemon_set, kind, reason, &message);
                }
                Err(status) => {
                    self.expectations.deletion_observed(&sync.key);
                    if status.is_not_found() {
                        continue;
                    }
                    let message = format!("Error deleting: {status}");
                    let (kind, reason) = (EventType::Warning, "FailedDelete");
                    self.event(ctx, &sync.daemon_set, kind, reason, &message);
                    sync.problems
                        .push(format!("unable to delete pods: {status}"));
                }
            }
        }
    }

    /// Upstream: pkg/controller/daemon/daemon_controller.go `storeDaemonSetStatus`.
    fn write_status(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        sync: &mut Sync,
        base: &Object,
        counts: Counts,
        tried: u32,
    ) {
        let observed = sync.observe.then_some(sync.daemon_set.meta().generation);
        let value = status::object(base, counts, observed);
        let wrap = |e: Status| format!("error storing status for daemon set {:?}: {e}", sync.key);
        match ctx.client.update_status(Kind::DaemonSet, value) {
            Ok(written) => {
                let version = written.meta().resource_version;
                let uid = sync.daemon_set.uid();
                self.consistency
                    .wrote(&sync.key, uid, Written::DaemonSets, version);
            }
            Err(error) if tried >= status::UPDATE_RETRIES => {
                let text = wrap(error);
                sync.problems.push(text);
            }
            Err(_) => {
                let key = &sync.key;
                match ctx.client.get(Kind::DaemonSet, &key.namespace, &key.name) {
                    Ok(base) => sync.deeds.push_back(Deed::WriteStatus {
                        base,
                        counts,
                        tried: tried + 1,
                    }),
                    Err(error) => {
                        let text = wrap(error);
                        sync.problems.push(text);
                    }
                }
            }
        }
    }
}

/// Keeps the newest names of a list.
fn note_name(names: &mut Vec<Str>, name: &Str) {
    if names.len() >= USERS_LIMIT {
        names.remove(0);
    }
    names.push(name.clone());
}

/// Before the first adoption of a pass the live DaemonSet is asked: is it the same, and not being deleted?
fn may_adopt(ctx: &mut Ctx<'_, Timer>, sync: &mut Sync) -> Result<(), String> {
    let ask = || claim::recheck(&ctx.client, &sync.daemon_set).map_err(|e| e.to_string());
    sync.may_adopt.get_or_insert_with(ask).clone()
}

/// Makes the DaemonSet the controller of an object; None when that failed.
fn adopt(ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, object: &Object) -> Option<Arc<Object>> {
    if let Err(error) = may_adopt(ctx, sync) {
        sync.problems.push(format!(
            "can't adopt {} {}/{} ({}): {error}",
            object.kind(),
            object.namespace(),
            object.name(),
            object.uid()
        ));
        return None;
    }
    match claim::adopt(&mut ctx.client, &sync.daemon_set, object) {
        Ok(adopted) => Some(adopted),
        Err(error) => {
            // An object that is gone needs no owner.
            if !error.is_not_found() {
                sync.problems.push(error.to_string());
            }
            None
        }
    }
}

/// Ends the DaemonSet's control over an object.
fn release(ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, object: &Object) {
    if let Err(error) = claim::release(&mut ctx.client, &sync.daemon_set, object) {
        sync.problems.push(error.to_string());
    }
}

fn release_pod(ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, pod: &Object) {
    release(ctx, sync, pod);
    note_name(&mut sync.note.released, pod.name());
}

fn patch_main(
    ctx: &mut Ctx<'_, Timer>,
    object: &Object,
    patch: &Patch,
) -> Result<Arc<Object>, Status> {
    let (namespace, name) = (object.namespace(), object.name());
    let main = Subresource::Main;
    ctx.client
        .patch(object.kind(), namespace, name, main, patch)
        .map(|written| written.object)
}

fn replace_revision(sync: &mut Sync, revision: &Arc<Object>) {
    for known in &mut sync.revisions {
        if known.name() == revision.name() {
            *known = revision.clone();
        }
    }
}

fn label_revision(ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, revision: &Object) {
    let mut value = revision.value().clone();
    let labels = value.at_mut(&["metadata", "labels"]);
    labels.set(HASH_LABEL, revision.name());
    match ctx.client.update(Kind::ControllerRevision, value) {
        Ok(updated) => replace_revision(sync, &updated),
        Err(error) => sync.problems.push(error.to_string()),
    }
}

/// Creates the current revision. If the name is taken by the same data, that one is used; if by another, the
/// collision is counted in the status and the sync tried again.
///
/// Upstream: pkg/controller/daemon/update.go `snapshot`.
fn create_revision(ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, number: i64) {
    let kind = Kind::ControllerRevision;
    let value = revision::new_revision(&sync.daemon_set, number);
    let name = value.at(&["metadata", "name"]).to_str();
    let data = value.get("data").clone();
    let namespace = sync.key.namespace.clone();
    let error = match ctx.client.create(kind, &namespace, value) {
        Ok(created) => {
            sync.current = Some(created);
            return;
        }
        Err(error) => error,
    };
    if !error.is_already_exists() {
        sync.problems.push(error.to_string());
        return;
    }
    match ctx.client.get(kind, &namespace, &name) {
        Ok(taken) if revision::holds(&taken, &data) => sync.current = Some(taken),
        Ok(_) => {
            let problem = match count_collision(ctx, sync) {
                Ok(()) => error.to_string(),
                Err(problem) => problem,
            };
            sync.problems.push(problem);
        }
        Err(error) => sync.problems.push(error.to_string()),
    }
}

fn count_collision(ctx: &mut Ctx<'_, Timer>, sync: &Sync) -> Result<(), String> {
    let key = &sync.key;
    let kind = Kind::DaemonSet;
    let live = ctx.client.get(kind, &key.namespace, &key.name);
    let live = live.map_err(|e| e.to_string())?;
    let count = |object: &Object| object.daemon_set().and_then(|ds| ds.status.collision_count);
    let counted = count(&live);
    if counted != count(&sync.daemon_set) {
        return Err(format!(
            "found a stale collision count ({}, expected {}) of DaemonSet \"{}\" while processing; will retry \
             until it is updated",
            count(&sync.daemon_set).unwrap_or(0),
            counted.unwrap_or(0),
            key.name
        ));
    }
    let mut value = live.value().clone();
    value.set_at(&["status", "collisionCount"], counted.unwrap_or(0) + 1);
    let written = ctx.client.update_status(kind, value);
    written.map(|_| ()).map_err(|e| e.to_string())
}

/// Gives the current revision a new number, on its newest version if the cached one is stale.
fn renumber(ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, cached: &Object, number: i64) {
    let kind = Kind::ControllerRevision;
    let with_number = |base: &Object| {
        let mut value = base.value().clone();
        value.set("revision", number);
        value
    };
    let answer = match ctx.client.update(kind, with_number(cached)) {
        Err(error) if error.is_conflict() => ctx
            .client
            .get(kind, cached.namespace(), cached.name())
            .and_then(|live| ctx.client.update(kind, with_number(&live))),
        answer => answer,
    };
    match answer {
        Ok(updated) => sync.current = Some(updated),
        Err(error) => sync.problems.push(error.to_string()),
    }
}

fn delete_revision(ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, revision: &Object) {
    let options = DeleteOptions::default();
    let (namespace, name) = (revision.namespace(), revision.name());
    let kind = Kind::ControllerRevision;
    if let Err(error) = ctx.client.delete(kind, namespace, name, &options) {
        sync.problems.push(error.to_string());
    }
}

fn relabel_pod(ctx: &mut Ctx<'_, Timer>, sync: &mut Sync, pod: &Object, hash: &Str) {
    let mut labels = Value::map();
    labels.set(HASH_LABEL, hash);
    let patch = value!({"metadata": {"labels": labels}});
    if let Err(error) = patch_main(ctx, pod, &Patch::Merge(patch)) {
        sync.problems.push(error.to_string());
    }
}
