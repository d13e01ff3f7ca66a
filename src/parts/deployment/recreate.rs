//! Recreate: all old pods end before the first new one begins.
//!
//! Upstream: pkg/controller/deployment/recreate.go

use super::set::{self, Sets};
use super::status::complete;
use super::{DeploymentController, Timer};
use crate::k8s::api::Pod;
use crate::k8s::{Kind, Object};
use crate::sim::control::controlled_by;
use crate::sim::{Ctx, Status};
use std::sync::Arc;

impl DeploymentController {
    pub(super) fn recreate(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Arc<Object>,
        sets: &mut Sets,
    ) -> Result<(), Status> {
        self.take_new(ctx, deployment, sets)?;
        let mut down = false;
        for target in set::with_replicas(&sets.old) {
            down |= self.scale_set(ctx, deployment, sets, &target, 0)?;
        }
        if down || self.old_pods_run(sets) {
            return self.write_rollout_status(ctx, deployment, sets);
        }
        if sets.new.is_none() {
            self.make_new(ctx, deployment, sets)?;
        }
        self.scale_new(ctx, deployment, sets)?;
        if complete(deployment, deployment.value().get("status")) {
            self.clean_up(ctx, deployment, sets)?;
        }
        self.write_rollout_status(ctx, deployment, sets)
    }

    fn old_pods_run(&self, sets: &Sets) -> bool {
        sets.old.iter().any(|old| {
            let mut pods = self.informer.of(Kind::Pod).iter(Some(old.namespace()));
            pods.any(|pod| controlled_by(pod, old) && !pod.pod().is_some_and(Pod::terminal))
        })
    }
}
