//! The revisions of a StatefulSet's template.
//!
//! Upstream: pkg/controller/history/controller_history.go, stateful_set_control.go `getStatefulSetRevisions`

use super::{StatefulSetController, Timer, pod};
use crate::k8s::order::InOrder;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Str, Value, hash};
use crate::sim::apiserver::DeleteOptions;
use crate::sim::control::{claim, controller_ref, revision_number};
use crate::sim::store::NsName;
use crate::sim::{Ctx, Status};
use crate::value;
use std::sync::Arc;

const HASH_LABEL: &str = "controller.kubernetes.io/hash";

/// The revision that pods had before the update, and the one that they shall have.
#[derive(Clone, Debug)]
pub struct Revisions {
    pub current: Arc<Object>,
    pub update: Arc<Object>,
    pub all: Vec<Arc<Object>>,
    pub collisions: i64,
}

/// The template that a revision keeps.
pub fn template_of(revision: &Object) -> Value {
    let mut template = revision.value().at(&["data", "spec", "template"]).clone();
    template.remove("$patch");
    template
}

impl StatefulSetController {
    pub(super) fn revisions(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Arc<Object>,
        selector: &Selector,
    ) -> Result<Revisions, Status> {
        let of = self
            .informer
            .of(Kind::ControllerRevision)
            .iter(Some(set.namespace()));
        let candidates: Vec<Arc<Object>> = of.cloned().collect();
        let mut all = claim(&mut ctx.client, set, selector, candidates)?.mine;
        all.order_by_key(|r| (revision_number(r), r.meta().creation, r.name().clone()));
        let mut template = set.value().at(&["spec", "template"]).clone();
        template.set("$patch", "replace");
        let data = value!({"spec": {"template": template}});
        let next = all.last().map_or(1, |r| revision_number(r) + 1);
        let mut collisions = set
            .value()
            .at(&["status", "collisionCount"])
            .as_i64()
            .unwrap_or(0);
        let equal = all.iter().rposition(|r| *r.value().get("data") == data);
        let update = match equal {
            Some(i) if i + 1 == all.len() => all[i].clone(),
            Some(i) => {
                let mut value = all[i].value().clone();
                value.set("revision", next);
                let written = ctx.client.update(Kind::ControllerRevision, value)?;
                self.pending.wrote(&NsName::of(set), &written);
                all.remove(i);
                all.push(written.clone());
                written
            }
            None => {
                let created = self.create_revision(ctx, set, &data, next, &mut collisions)?;
                self.pending.wrote(&NsName::of(set), &created);
                all.push(created.clone());
                created
            }
        };
        let name = set.value().at(&["status", "currentRevision"]).to_str();
        let current = all
            .iter()
            .find(|r| *r.name() == name)
            .unwrap_or(&update)
            .clone();
        Ok(Revisions {
            current,
            update,
            all,
            collisions,
        })
    }

    fn create_revision(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Object,
        data: &Value,
        number: i64,
        collisions: &mut i64,
    ) -> Result<Arc<Object>, Status> {
        // A bound on collisions; each one gives another hash.
        for _ in 0..100 {
            let hash = hash::revision_hash(data, *collisions);
            let name = format!("{}-{hash}", set.name());
            let mut labels = set
                .value()
                .at(&["spec", "template", "metadata", "labels"])
                .clone();
            labels.set(HASH_LABEL, hash);
            let annotations = &set.meta().annotations;
            let mut value = value!({
                "apiVersion": "apps/v1", "kind": "ControllerRevision",
                "metadata": {
                    "name": Str::new(&name), "labels": labels,
                    "ownerReferences": [controller_ref(set)],
                },
                "data": data, "revision": number,
            });
            if !annotations.is_empty() {
                value.set_at(&["metadata", "annotations"], annotations);
            }
            match ctx
                .client
                .create(Kind::ControllerRevision, set.namespace(), value)
            {
                Err(status) if status.is_already_exists() => {
                    let found = ctx
                        .client
                        .get(Kind::ControllerRevision, set.namespace(), &name)?;
                    if found.value().get("data") == data {
                        return Ok(found);
                    }
                    *collisions += 1;
                }
                other => return other,
            }
        }
        Err(Status::plain(
            500,
            "InternalError",
            "too many hash collisions",
        ))
    }

    /// Deletes the oldest revisions that no pod has, beyond the history limit.
    pub(super) fn truncate_history(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Object,
        revisions: &Revisions,
        pods: &[Arc<Object>],
    ) -> Result<(), Status> {
        let limit = set
            .value()
            .at(&["spec", "revisionHistoryLimit"])
            .as_i64()
            .unwrap_or(10);
        let live = |r: &Object| {
            r.name() == revisions.current.name()
                || r.name() == revisions.update.name()
                || pods.iter().any(|p| pod::revision(p) == r.name().as_str())
        };
        let history: Vec<&Arc<Object>> = revisions.all.iter().filter(|r| !live(r)).collect();
        let surplus = history
            .len()
            .saturating_sub(usize::try_from(limit).unwrap_or(0));
        for old in history.into_iter().take(surplus) {
            let (namespace, name) = (old.namespace(), old.name());
            let options = DeleteOptions::default();
            match ctx
                .client
                .delete(Kind::ControllerRevision, namespace, name, &options)
            {
                Err(status) if !status.is_not_found() => return Err(status),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }
}
