//! One look at a claim.
//!
//! Upstream: pkg/controller/volume/persistentvolume/pv_controller.go `syncClaim`

use super::{BIND_COMPLETED, Timer, Volumes, volume_key};
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::control::pods;
use crate::sim::control::volumes::{self as find, BOUND_BY_CONTROLLER};
use crate::sim::store::NsName;
use crate::sim::{Ctx, EventType, Status};
use crate::value;
use std::sync::Arc;

/// The scheduler has chosen a node for the claim's first pod.
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

const PROVISIONER: [&str; 2] = [
    "volume.beta.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/storage-provisioner",
];

/// The claim's binding is complete.
pub(super) fn complete(claim: &Object) -> bool {
    claim.meta().annotation(BIND_COMPLETED).is_some()
}

fn phase(value: &mut Value, phase: &'static str) {
    if value.at(&["status", "phase"]).text() != phase {
        value.set_at(&["status", "phase"], phase);
    }
}

impl Volumes {
    pub(super) fn sync_claim(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
    ) -> Result<(), Status> {
        let kind = Kind::PersistentVolumeClaim;
        let claim = self.informer.get(kind, &key.namespace, &key.name);
        let Some(claim) = claim.cloned() else {
            return Ok(());
        };
        if claim.meta().terminating() && self.release_claim(ctx, &claim)? {
            return Ok(());
        }
        if complete(&claim) {
            return self.sync_bound(ctx, &claim);
        }
        self.resync_later(ctx);
        let name = claim.value().at(&["spec", "volumeName"]).to_str();
        if name.is_empty() {
            return self.sync_unbound(ctx, &claim);
        }
        // The claim asks for this volume and no other.
        let volume = self.informer.get(Kind::PersistentVolume, "", &name);
        match volume.cloned() {
            Some(volume)
                if volume.value().at(&["spec", "claimRef"]).is_null()
                    || find::reserved_for(&volume, &claim) =>
            {
                self.bind(ctx, &claim, &volume)
            }
            _ => self.pend(ctx, &claim),
        }
    }

    fn pend(&mut self, ctx: &mut Ctx<'_, Timer>, claim: &Arc<Object>) -> Result<(), Status> {
        let mut value = claim.value().clone();
        phase(&mut value, "Pending");
        self.write(ctx, claim, value)
    }

    fn sync_unbound(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        claim: &Arc<Object>,
    ) -> Result<(), Status> {
        let class_name = claim.storage_class();
        let class = self.informer.get(Kind::StorageClass, "", class_name);
        let class = class.cloned();
        let delayed = class.as_ref().is_some_and(|class| {
            class.value().get("volumeBindingMode").text() == "WaitForFirstConsumer"
        }) && claim.meta().annotation(SELECTED_NODE).is_none();
        let volumes = self.informer.of(Kind::PersistentVolume).iter(None);
        let found = if delayed {
            let mut volumes = volumes;
            volumes.find(|v| find::reserved_for(v, claim)).cloned()
        } else {
            find::best(claim, volumes)
        };
        if let Some(volume) = found {
            return self.bind(ctx, claim, &volume);
        }
        let mut value = claim.value().clone();
        let (kind, reason, text) = if delayed {
            // Of pods that are made right after the claim, its first look knows nothing yet.
            let young = claim.meta().creation == Some(ctx.now().timestamp());
            let pods = self.waiting_for(claim, young).join(",");
            let some = if pods.contains(',') { "pods" } else { "pod" };
            if pods.is_empty() {
                let text = "waiting for first consumer to be created before binding".to_owned();
                (EventType::Normal, "WaitForFirstConsumer", text)
            } else {
                let text = format!("waiting for {some} {pods} to be scheduled");
                (EventType::Normal, "WaitForPodScheduled", text)
            }
        } else if class_name.is_empty() {
            let text = "no persistent volumes available for this claim and no storage class is set";
            (EventType::Normal, "FailedBinding", text.to_owned())
        } else if let Some(class) = class {
            let provisioner = class.value().get("provisioner").to_str();
            if provisioner.starts_with("kubernetes.io/") {
                let text = format!("no volume plugin matched name: {provisioner}");
                (EventType::Warning, "ProvisioningFailed", text)
            } else {
                for key in PROVISIONER {
                    if claim.meta().annotation(key) != Some(&provisioner) {
                        value.set_at(&["metadata", "annotations", key], &provisioner);
                    }
                }
                let text = format!(
                    "Waiting for a volume to be created either by the external provisioner \
                     '{provisioner}' or manually by the system administrator. If volume creation is \
                     delayed, please verify that the provisioner is running and correctly \
                     registered."
                );
                (EventType::Normal, "ExternalProvisioning", text)
            }
        } else {
            let text = format!("storageclass.storage.k8s.io \"{class_name}\" not found");
            (EventType::Warning, "ProvisioningFailed", text)
        };
        self.say(ctx, claim, kind, reason, &text);
        phase(&mut value, "Pending");
        self.write(ctx, claim, value)
    }

    /// Pods that use the claim and have no node yet; of those made before the claim only, if so wished.
    fn waiting_for(&self, claim: &Object, before: bool) -> Vec<String> {
        let pods = self.informer.of(Kind::Pod).iter(Some(claim.namespace()));
        let uses = |pod: &&Arc<Object>| {
            let view = pod.pod();
            (!before || pod.meta().resource_version < claim.meta().resource_version)
                && view.is_some_and(|p| p.spec.node_name.is_empty() && !p.terminal())
                && pods::claims_of(pod).contains(claim.name())
        };
        pods.filter(uses).map(|p| p.name().to_string()).collect()
    }

    /// Ties the two together: the volume first, then the claim.
    ///
    /// Upstream: `bind`
    fn bind(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        claim: &Arc<Object>,
        volume: &Arc<Object>,
    ) -> Result<(), Status> {
        if self.pending.has(&NsName::of(volume)) {
            return Err(Status::internal("the volume is being written"));
        }
        let mut value = volume.value().clone();
        find::reserve(&mut value, claim);
        super::volume::set_phase(&mut value, "Bound", None, ctx.now());
        self.write(ctx, volume, value)?;
        let mut value = claim.value().clone();
        if value.at(&["spec", "volumeName"]).is_empty() {
            value.set_at(&["spec", "volumeName"], volume.name());
            value.set_at(&["metadata", "annotations", BOUND_BY_CONTROLLER], "yes");
        }
        value.set_at(&["metadata", "annotations", BIND_COMPLETED], "yes");
        let spec = volume.value().get("spec");
        value.set(
            "status",
            value!({
                "phase": "Bound", "accessModes": spec.get("accessModes"),
                "capacity": spec.get("capacity"),
            }),
        );
        self.write(ctx, claim, value)
    }

    /// A claim that was bound: its volume must still be there, and its own.
    fn sync_bound(&mut self, ctx: &mut Ctx<'_, Timer>, claim: &Arc<Object>) -> Result<(), Status> {
        let name = claim.value().at(&["spec", "volumeName"]).to_str();
        let volume = self.informer.get(Kind::PersistentVolume, "", &name);
        let volume = volume.cloned();
        let lost = match &volume {
            None => Some((
                "ClaimLost",
                "Bound claim has lost its PersistentVolume. Data on the volume is lost!",
            )),
            Some(volume) => {
                let owner = volume.value().at(&["spec", "claimRef"]);
                if owner.is_null() || find::reserved_for(volume, claim) {
                    None
                } else {
                    let text =
                        "Two claims are bound to the same volume, this one is bound incorrectly";
                    Some(("ClaimMisbound", text))
                }
            }
        };
        match (lost, volume) {
            (None, Some(volume)) => {
                let settled = claim.value().at(&["status", "phase"]).text() == "Bound"
                    && !volume.value().at(&["spec", "claimRef", "uid"]).is_empty();
                if settled {
                    return Ok(());
                }
                self.worker.add(super::Key::Volume(volume_key(name)));
                self.bind(ctx, claim, &volume)
            }
            (Some((reason, text)), _) => {
                if claim.value().at(&["status", "phase"]).text() == "Lost" {
                    return Ok(());
                }
                self.say(ctx, claim, EventType::Warning, reason, text);
                let mut value = claim.value().clone();
                value.set("status", value!({"phase": Str::from("Lost")}));
                self.write(ctx, claim, value)
            }
            (None, None) => Ok(()),
        }
    }
}
