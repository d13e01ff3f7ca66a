//! A changed number of replicas: to the only active set, or to all in proportion.
//!
//! Upstream: pkg/controller/deployment/sync.go `scale`

use super::set::{self, DESIRED_REPLICAS, MAX_REPLICAS, Sets};
use super::{DeploymentController, Timer};
use crate::k8s::Object;
use crate::k8s::order::InOrder;
use crate::sim::{Ctx, Status};
use std::cmp::Reverse;
use std::sync::Arc;

impl DeploymentController {
    pub(super) fn scale(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Object,
        sets: &mut Sets,
    ) -> Result<(), Status> {
        let desired = set::replicas(deployment);
        if let Some(only) = active_or_latest(sets) {
            self.scale_set(ctx, deployment, sets, &only, desired)?;
            return Ok(());
        }
        if saturated(deployment, sets) {
            for target in set::with_replicas(&sets.old) {
                self.scale_set(ctx, deployment, sets, &target, 0)?;
            }
            return Ok(());
        }
        if set::is_rolling(deployment) {
            for (target, size) in proportions(deployment, sets) {
                self.scale_set(ctx, deployment, sets, &target, size)?;
            }
        }
        Ok(())
    }
}

/// The only set with replicas; without any, the new one or the youngest old one.
fn active_or_latest(sets: &Sets) -> Option<Arc<Object>> {
    let active = set::with_replicas(&sets.all());
    match &active[..] {
        [] => sets.new.clone().or_else(|| sets.old.last().cloned()),
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn saturated(deployment: &Object, sets: &Sets) -> bool {
    let desired = set::replicas(deployment);
    sets.new.as_ref().is_some_and(|new| {
        set::replicas(new) == desired
            && set::number(new, DESIRED_REPLICAS) == Some(desired)
            && set::counter(new, "availableReplicas") == desired
    })
}

/// Sizes of the active sets such that their sum is allowed and their shares are kept; what rounding leaves goes to
/// the largest.
fn proportions(deployment: &Object, sets: &Sets) -> Vec<(Arc<Object>, i64)> {
    let mut active = set::with_replicas(&sets.all());
    let desired = set::replicas(deployment);
    let allowed = if desired > 0 {
        desired + set::max_surge(deployment)
    } else {
        0
    };
    let add = allowed - set::total(&active);
    if add > 0 {
        active.order_by_key(|s| (Reverse(set::replicas(s)), Reverse(s.meta().creation)));
    } else {
        active.order_by_key(|s| (Reverse(set::replicas(s)), s.meta().creation));
    }
    let mut added = 0;
    let mut sizes: Vec<(Arc<Object>, i64)> = Vec::new();
    for target in active {
        let part = proportion(deployment, &target, add, added);
        added += part;
        let size = set::replicas(&target) + part;
        sizes.push((target, size));
    }
    if let Some((_, size)) = sizes.first_mut() {
        *size = (*size + add - added).max(0);
    }
    sizes
}

/// Upstream: `GetReplicaSetProportion`.
fn proportion(deployment: &Object, target: &Object, add: i64, added: i64) -> i64 {
    if add == 0 || add == added {
        return 0;
    }
    let size = set::replicas(target);
    let desired = set::replicas(deployment);
    let fraction = if desired == 0 {
        -size
    } else {
        let max = desired + set::max_surge(deployment);
        let before = set::number(target, MAX_REPLICAS)
            .filter(|n| *n > 0)
            .unwrap_or_else(|| set::counter(deployment, "replicas").max(1));
        // Rounded half up, as the share of the former maximum.
        (size * max * 2 + before) / (before * 2) - size
    };
    let allowed = add - added;
    if add > 0 {
        fraction.min(allowed)
    } else {
        fraction.max(allowed)
    }
}
