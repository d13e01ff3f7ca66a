//! What becomes of one object.

use super::{GarbageCollector, Item, Timer, graph, has_finalizer, waiting, without_owners};
use crate::k8s::{Object, ObjectKey, Str};
use crate::sim::apiserver::delete::{FOREGROUND, ORPHAN};
use crate::sim::{Ctx, DeleteOptions, Propagation, Status};

/// The owners of an object, judged.
#[derive(Default)]
struct Judged {
    solid: Vec<Str>,
    /// Owners that do not exist.
    dangling: Vec<Str>,
    /// Owners that go when their dependents are gone.
    waiting: Vec<Str>,
}

impl GarbageCollector {
    /// Upstream: garbagecollector.go `attemptToDeleteItem`
    pub(super) fn attempt_to_delete(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        let object = match ctx.client.get(key.kind, &key.namespace, &key.name) {
            Ok(object) => object,
            Err(status) if status.is_not_found() => return Ok(()),
            Err(status) => return Err(status),
        };
        if waiting(&object) {
            return self.await_dependents(ctx, &object);
        }
        if object.meta().terminating() || object.meta().owners.is_empty() {
            return Ok(());
        }
        let judged = judge(ctx, &object);
        if !judged.solid.is_empty() {
            let mut gone = judged.dangling;
            gone.extend(judged.waiting);
            if !gone.is_empty() {
                let value = without_owners(&object, &gone);
                ctx.client.update(key.kind, value)?;
            }
            return Ok(());
        }
        let propagation = if !judged.waiting.is_empty() && self.graph.has_dependents(object.uid()) {
            Propagation::Foreground
        } else if has_finalizer(&object, ORPHAN) {
            Propagation::Orphan
        } else if has_finalizer(&object, FOREGROUND) {
            Propagation::Foreground
        } else {
            Propagation::Background
        };
        let options = DeleteOptions {
            propagation: Some(propagation),
            precondition_uid: Some(object.uid().clone()),
            ..DeleteOptions::default()
        };
        let answer = ctx
            .client
            .delete(key.kind, &key.namespace, &key.name, &options);
        forgiven(answer.map(|_| ()))
    }

    /// A foreground owner goes when no dependent with `blockOwnerDeletion` is left; those that are left are looked
    /// at again.
    ///
    /// Upstream: garbagecollector.go `processDeletingDependentsItem`
    fn await_dependents(&mut self, ctx: &mut Ctx<'_, Timer>, owner: &Object) -> Result<(), Status> {
        let blocking: Vec<ObjectKey> = self
            .graph
            .dependents(owner.uid(), &self.informer)
            .into_iter()
            .filter(|key| {
                self.informer.by_key(key).is_some_and(|dependent| {
                    let mut owners = dependent.meta().owners.iter();
                    owners.any(|o| o.uid == *owner.uid() && o.block_owner_deletion)
                })
            })
            .collect();
        if blocking.is_empty() {
            return remove_finalizer(ctx, owner, FOREGROUND);
        }
        for key in blocking {
            let going = self
                .informer
                .by_key(&key)
                .is_some_and(|o| o.meta().terminating());
            if !going {
                self.queue.add(Item::Delete(key));
            }
        }
        Ok(())
    }

    /// Upstream: garbagecollector.go `attemptToOrphanWorker`
    pub(super) fn attempt_to_orphan(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        let Some(owner) = self.informer.by_key(key).cloned() else {
            return Ok(());
        };
        let dependents = self.graph.dependents(owner.uid(), &self.informer);
        let mut failed = None;
        for dependent in &dependents {
            let live = ctx
                .client
                .get(dependent.kind, &dependent.namespace, &dependent.name);
            let Ok(live) = live else {
                continue;
            };
            let uids = [owner.uid().clone()];
            let owned = live.meta().owners.iter().any(|o| o.uid == uids[0]);
            if owned {
                let value = without_owners(&live, &uids);
                let answer = ctx.client.update(dependent.kind, value);
                if let Err(status) = forgiven(answer.map(|_| ())) {
                    failed = Some(status);
                }
            }
        }
        match failed {
            Some(status) => Err(status),
            None => remove_finalizer(ctx, &owner, ORPHAN),
        }
    }
}

/// Upstream: garbagecollector.go `classifyReferences`
fn judge(ctx: &Ctx<'_, Timer>, object: &Object) -> Judged {
    let mut judged = Judged::default();
    for owner in object.meta().owners.iter() {
        let uid = owner.uid.clone();
        let Some(key) = graph::owner_key(owner, object.namespace()) else {
            // A kind that the server does not know cannot be looked up; it counts as there.
            judged.solid.push(uid);
            continue;
        };
        match ctx.client.get(key.kind, &key.namespace, &key.name) {
            Ok(stored) if *stored.uid() != owner.uid => judged.dangling.push(uid),
            Ok(stored) if waiting(&stored) => judged.waiting.push(uid),
            Ok(_) => judged.solid.push(uid),
            Err(status) if status.is_not_found() => judged.dangling.push(uid),
            Err(_) => judged.solid.push(uid),
        }
    }
    judged
}

fn remove_finalizer(
    ctx: &mut Ctx<'_, Timer>,
    owner: &Object,
    finalizer: &str,
) -> Result<(), Status> {
    let live = ctx
        .client
        .get(owner.kind(), owner.namespace(), owner.name());
    let Ok(live) = live else {
        return Ok(());
    };
    if live.uid() != owner.uid() || !has_finalizer(&live, finalizer) {
        return Ok(());
    }
    let mut value = live.value().clone();
    let metadata = value.at_mut(&["metadata"]);
    let finalizers = metadata.at_mut(&["finalizers"]).list_mut();
    finalizers.retain(|f| f.text() != finalizer);
    if finalizers.is_empty() {
        metadata.remove("finalizers");
    }
    forgiven(ctx.client.update(live.kind(), value).map(|_| ()))
}

/// An object that is gone needs nothing; after a conflict the item is looked at again.
fn forgiven(answer: Result<(), Status>) -> Result<(), Status> {
    match answer {
        Err(status) if status.is_not_found() => Ok(()),
        other => other,
    }
}
