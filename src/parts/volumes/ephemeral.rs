//! Claims that pods bring along: made for the pod, owned by it, gone with it.
//!
//! Upstream: pkg/controller/volume/ephemeral/controller.go

use super::{Timer, Volumes};
use crate::k8s::{Kind, Object, Value};
use crate::sim::control::{controller_ref, pods};
use crate::sim::store::NsName;
use crate::sim::{Ctx, Status};
use crate::value;

/// The pod brings claims along.
pub(super) fn brings_claims(pod: &Object) -> bool {
    let volumes = pod.value().at(&["spec", "volumes"]).items();
    volumes.iter().any(|v| !v.get("ephemeral").is_null())
}

impl Volumes {
    /// Makes the claims of a pod that are not there yet.
    pub(super) fn sync_pod(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
    ) -> Result<(), Status> {
        let pod = self.informer.get(Kind::Pod, &key.namespace, &key.name);
        let Some(pod) = pod.cloned().filter(|pod| !pod.meta().terminating()) else {
            return Ok(());
        };
        let kind = Kind::PersistentVolumeClaim;
        for volume in pod.value().at(&["spec", "volumes"]).items() {
            let template = volume.at(&["ephemeral", "volumeClaimTemplate"]);
            if template.is_null() {
                continue;
            }
            let name = pods::own_claim(&pod, volume);
            if let Some(claim) = self.informer.get(kind, pod.namespace(), &name) {
                let owner = claim.meta().controller();
                if owner.is_none_or(|owner| owner.uid != *pod.uid()) {
                    let why = format!(
                        "PVC {}/{name} was not created for pod {}/{} (pod is not owner)",
                        pod.namespace(),
                        pod.namespace(),
                        pod.name()
                    );
                    return Err(Status::internal(&why));
                }
                continue;
            }
            let mut metadata = value!({
                "name": Value::str(&name), "namespace": pod.namespace(),
                "ownerReferences": [controller_ref(&pod)],
            });
            for field in ["labels", "annotations"] {
                let given = template.at(&["metadata", field]);
                if !given.is_null() {
                    metadata.set(field, given);
                }
            }
            let claim = value!({
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata,
                "spec": template.get("spec"),
            });
            match ctx.client.create(kind, pod.namespace(), claim) {
                Err(status) if !status.is_already_exists() => return Err(status),
                _ => {}
            }
        }
        Ok(())
    }
}
