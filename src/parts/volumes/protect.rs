//! Claims in use by pods, and volumes in use by claims, are not removed.
//!
//! Upstream: pkg/controller/volume/{pvcprotection,pvprotection}

use super::{Timer, Volumes};
use crate::k8s::{Kind, Object, Value};
use crate::sim::control::pods;
use crate::sim::{Ctx, Status};
use std::sync::Arc;

const CLAIM: &str = "kubernetes.io/pvc-protection";
const VOLUME: &str = "kubernetes.io/pv-protection";

impl Volumes {
    /// Lets a claim go that no scheduled pod uses; false if it has to stay.
    pub(super) fn release_claim(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        claim: &Arc<Object>,
    ) -> Result<bool, Status> {
        let pods = ctx.client.list(Kind::Pod, Some(claim.namespace()));
        let uses = |pod: &Arc<Object>| {
            pod.pod().is_some_and(|p| !p.spec.node_name.is_empty())
                && pods::claims_of(pod).contains(claim.name())
        };
        if pods.iter().any(uses) {
            return Ok(false);
        }
        self.unprotect(ctx, claim, CLAIM, "pvc-protection-controller")
    }

    /// Lets a volume go that is not bound.
    pub(super) fn release_volume(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        volume: &Arc<Object>,
    ) -> Result<bool, Status> {
        if volume.value().at(&["status", "phase"]).text() == "Bound" {
            return Ok(false);
        }
        self.unprotect(ctx, volume, VOLUME, "pv-protection-controller")
    }

    fn unprotect(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        object: &Arc<Object>,
        finalizer: &'static str,
        actor: &'static str,
    ) -> Result<bool, Status> {
        if !object.meta().finalizers.iter().any(|f| f == finalizer) {
            return Ok(false);
        }
        let mut value = object.value().clone();
        let rest = value.at(&["metadata", "finalizers"]).items().iter();
        let rest: Vec<Value> = rest.filter(|f| f.text() != finalizer).cloned().collect();
        if rest.is_empty() {
            value.remove_at(&["metadata", "finalizers"]);
        } else {
            value.set_at(&["metadata", "finalizers"], Value::from(rest));
        }
        let written = ctx.client.signed(actor).update(object.kind(), value)?;
        let key = crate::sim::store::NsName::of(object);
        self.pending.wrote(&key, &written);
        Ok(true)
    }
}
