//! One pass over a Deployment.
//!
//! Upstream: pkg/controller/deployment/deployment_controller.go `syncDeployment`, sync.go

use super::set::{self, DESIRED_REPLICAS, MAX_REPLICAS, Sets};
use super::{DeploymentController, Timer};
use crate::k8s::order::InOrder;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Value};
use crate::sim::apiserver::DeleteOptions;
use crate::sim::control::claim;
use crate::sim::store::NsName;
use crate::sim::{Ctx, EventType, ObjectRef, Status};
use std::sync::Arc;

impl DeploymentController {
    pub(super) fn sync(&mut self, ctx: &mut Ctx<'_, Timer>, key: &NsName) -> Result<(), Status> {
        let found = self
            .informer
            .get(Kind::Deployment, &key.namespace, &key.name);
        let Some(deployment) = found.cloned() else {
            return Ok(());
        };
        let selector = Selector::read(deployment.value().at(&["spec", "selector"]));
        if selector.is_everything() {
            let about = ObjectRef::of(&deployment);
            let text = "This deployment is selecting all pods. A non-empty selector is required.";
            let kind = EventType::Warning;
            self.recorder
                .event(&mut ctx.client, &about, kind, "SelectingAll", text);
            return Ok(());
        }
        let candidates: Vec<Arc<Object>> = self
            .informer
            .of(Kind::ReplicaSet)
            .iter(Some(&key.namespace))
            .cloned()
            .collect();
        let mine = claim(&mut ctx.client, &deployment, &selector, candidates)?.mine;
        // A set whose own last write has not come back yet would be counted wrongly: its watch event will
        // bring the key again.
        if mine
            .iter()
            .any(|s| self.written.contains_key(&NsName::of(s)))
        {
            return Ok(());
        }
        let mut sets = Sets::of(&deployment, mine);
        if deployment.meta().terminating() {
            return self.write_status(ctx, &deployment, &sets);
        }
        let deployment = self.check_paused(ctx, deployment)?;
        let paused = deployment.value().at(&["spec", "paused"]).as_bool() == Some(true);
        if paused || scaling_event(&deployment, &sets) {
            self.take_new(ctx, &deployment, &mut sets)?;
            self.scale(ctx, &deployment, &mut sets)?;
            if paused {
                self.clean_up(ctx, &deployment, &sets)?;
            }
            return self.write_status(ctx, &deployment, &sets);
        }
        if set::is_rolling(&deployment) {
            self.roll(ctx, &deployment, &mut sets)
        } else {
            self.recreate(ctx, &deployment, &mut sets)
        }
    }

    /// Gives a ReplicaSet its number and notes the change.
    pub(super) fn scale_set(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Object,
        sets: &mut Sets,
        target: &Arc<Object>,
        size: i64,
    ) -> Result<bool, Status> {
        let before = set::replicas(target);
        let desired = set::replicas(deployment);
        let max = desired + set::max_surge(deployment);
        let noted = set::number(target, DESIRED_REPLICAS) == Some(desired)
            && set::number(target, MAX_REPLICAS) == Some(max);
        if before == size && noted {
            return Ok(false);
        }
        let mut value = target.value().clone();
        value.set_at(&["spec", "replicas"], size);
        let annotations = value.at_mut(&["metadata", "annotations"]);
        annotations.set(DESIRED_REPLICAS, desired.to_string());
        annotations.set(MAX_REPLICAS, max.to_string());
        let written = self.update_set(ctx, value)?;
        sets.replace(&written);
        if before != size {
            let direction = if size > before { "up" } else { "down" };
            let text = format!(
                "Scaled {direction} replica set {} from {before} to {size}",
                target.name()
            );
            self.scaled(ctx, deployment, &text);
        }
        Ok(before != size)
    }

    pub(super) fn scaled(&mut self, ctx: &mut Ctx<'_, Timer>, deployment: &Object, text: &str) {
        let about = ObjectRef::of(deployment);
        let kind = EventType::Normal;
        self.recorder
            .event(&mut ctx.client, &about, kind, "ScalingReplicaSet", text);
    }

    pub(super) fn update_set(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        value: Value,
    ) -> Result<Arc<Object>, Status> {
        let written = ctx.client.update(Kind::ReplicaSet, value)?;
        self.written
            .insert(NsName::of(&written), written.meta().resource_version);
        Ok(written)
    }

    /// Deletes the oldest empty ReplicaSets beyond the history limit.
    pub(super) fn clean_up(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Object,
        sets: &Sets,
    ) -> Result<(), Status> {
        let limit = deployment
            .value()
            .at(&["spec", "revisionHistoryLimit"])
            .as_i64();
        let Some(limit) = limit.and_then(|l| usize::try_from(l).ok()) else {
            return Ok(());
        };
        let mut old: Vec<&Arc<Object>> = sets
            .old
            .iter()
            .filter(|s| !s.meta().terminating())
            .collect();
        let surplus = old.len().saturating_sub(limit);
        old.order_by_key(|s| set::revision(s));
        for candidate in old.into_iter().take(surplus) {
            let busy = set::counter(candidate, "replicas") != 0
                || set::replicas(candidate) != 0
                || candidate.meta().generation > set::counter(candidate, "observedGeneration");
            if busy {
                continue;
            }
            let (namespace, name) = (candidate.namespace(), candidate.name());
            let options = DeleteOptions::default();
            match ctx
                .client
                .delete(Kind::ReplicaSet, namespace, name, &options)
            {
                Err(status) if !status.is_not_found() => return Err(status),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }
}

/// The number of replicas was changed since the ReplicaSets were last scaled.
fn scaling_event(deployment: &Object, sets: &Sets) -> bool {
    let desired = set::replicas(deployment);
    set::with_replicas(&sets.all())
        .iter()
        .any(|s| set::number(s, DESIRED_REPLICAS).is_some_and(|n| n != desired))
}
