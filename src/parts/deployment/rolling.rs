//! RollingUpdate: up within maxSurge, down within maxUnavailable.
//!
//! Upstream: pkg/controller/deployment/rolling.go

use super::revision::new_size;
use super::set::{self, Sets};
use super::status::complete;
use super::{DeploymentController, Timer};
use crate::k8s::Object;
use crate::sim::{Ctx, Status};
use std::sync::Arc;

impl DeploymentController {
    pub(super) fn roll(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Arc<Object>,
        sets: &mut Sets,
    ) -> Result<(), Status> {
        self.make_new(ctx, deployment, sets)?;
        let scaled =
            self.scale_new(ctx, deployment, sets)? || self.scale_old(ctx, deployment, sets)?;
        if !scaled && complete(deployment, deployment.value().get("status")) {
            self.clean_up(ctx, deployment, sets)?;
        }
        self.write_rollout_status(ctx, deployment, sets)
    }

    pub(super) fn scale_new(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Object,
        sets: &mut Sets,
    ) -> Result<bool, Status> {
        let Some(new) = sets.new.clone() else {
            return Ok(false);
        };
        let (present, desired) = (set::replicas(&new), set::replicas(deployment));
        if present == desired {
            return Ok(false);
        }
        let size = if present > desired {
            desired
        } else {
            new_size(deployment, &sets.old, present)
        };
        self.scale_set(ctx, deployment, sets, &new, size)
    }

    fn scale_old(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Object,
        sets: &mut Sets,
    ) -> Result<bool, Status> {
        let old = set::with_replicas(&sets.old);
        if old.is_empty() {
            return Ok(false);
        }
        let min_available = set::replicas(deployment) - set::max_unavailable(deployment);
        let unavailable_new = sets.new.as_ref().map_or(0, |n| {
            set::replicas(n) - set::counter(n, "availableReplicas")
        });
        let most = set::total(&sets.all()) - min_available - unavailable_new;
        if most <= 0 {
            return Ok(false);
        }
        let Some(mut down) = self.clean_unhealthy(ctx, deployment, sets, most)? else {
            return Ok(false);
        };
        let mut spare = set::sum(&sets.all(), "availableReplicas") - min_available;
        for target in set::with_replicas(&sets.old) {
            if spare <= 0 {
                break;
            }
            let count = set::replicas(&target).min(spare);
            spare -= count;
            let size = set::replicas(&target) - count;
            down |= self.scale_set(ctx, deployment, sets, &target, size)?;
        }
        Ok(down)
    }

    /// Pods of old sets that are not available go first: they do not count as available anyway. None when a set
    /// still counts more available pods than it is to have: its numbers are old, nothing is decided by them.
    fn clean_unhealthy(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Object,
        sets: &mut Sets,
        most: i64,
    ) -> Result<Option<bool>, Status> {
        let mut left = most;
        let mut down = false;
        for target in set::with_replicas(&sets.old) {
            let replicas = set::replicas(&target);
            let sick = replicas - set::counter(&target, "availableReplicas");
            if left <= 0 {
                break;
            }
            if sick < 0 {
                return Ok(None);
            }
            let count = sick.min(left);
            if count == 0 {
                continue;
            }
            left -= count;
            down |= self.scale_set(ctx, deployment, sets, &target, replicas - count)?;
        }
        Ok(Some(down))
    }
}
