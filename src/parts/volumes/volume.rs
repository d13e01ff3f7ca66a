//! One look at a volume.
//!
//! Upstream: pkg/controller/volume/persistentvolume/pv_controller.go `syncVolume`

use super::{Key, Timer, Volumes};
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::apiserver::DeleteOptions;
use crate::sim::control::volumes::{self as find, BOUND_BY_CONTROLLER};
use crate::sim::store::NsName;
use crate::sim::{Ctx, EventType, SimTime, Status};
use std::sync::Arc;

/// Sets the phase, when it began, and its message.
pub(super) fn set_phase(
    value: &mut Value,
    phase: &'static str,
    message: Option<&str>,
    now: SimTime,
) {
    if value.at(&["status", "phase"]).text() == phase {
        return;
    }
    let status = value.at_mut(&["status"]);
    status.set("phase", phase);
    status.set("lastPhaseTransitionTime", now.timestamp().to_string());
    match message {
        Some(message) => status.set("message", Str::new(message)),
        None => {
            status.remove("message");
        }
    }
}

impl Volumes {
    pub(super) fn sync_volume(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
    ) -> Result<(), Status> {
        let volume = self.informer.get(Kind::PersistentVolume, "", &key.name);
        let Some(volume) = volume.cloned() else {
            return Ok(());
        };
        if volume.meta().terminating() && self.release_volume(ctx, &volume)? {
            return Ok(());
        }
        let mut value = volume.value().clone();
        let reference = value.at(&["spec", "claimRef"]).clone();
        let uid = reference.get("uid").text();
        if reference.is_null() || uid.is_empty() {
            set_phase(&mut value, "Available", None, ctx.now());
            return self.write(ctx, &volume, value);
        }
        let (namespace, name) = (
            reference.get("namespace").text(),
            reference.get("name").text(),
        );
        let kind = Kind::PersistentVolumeClaim;
        let claim = self.informer.get(kind, namespace, name);
        let Some(claim) = claim.filter(|c| find::reserved_for(&volume, c)).cloned() else {
            return self.released(ctx, &volume);
        };
        let bound_to = claim.value().at(&["spec", "volumeName"]).text();
        if bound_to.is_empty() {
            self.worker.add(Key::Claim(NsName::of(&claim)));
            return Ok(());
        }
        if bound_to == volume.name().as_str() {
            set_phase(&mut value, "Bound", None, ctx.now());
            return self.write(ctx, &volume, value);
        }
        // The claim went to another volume: what the controller did here is taken back.
        let by_controller = volume.meta().annotation(BOUND_BY_CONTROLLER).is_some();
        if by_controller {
            value.remove_at(&["metadata", "annotations", BOUND_BY_CONTROLLER]);
            value.remove_at(&["spec", "claimRef"]);
        } else if let Some(reference) = value.at_mut(&["spec"]).map_mut().get_mut("claimRef") {
            reference.remove("uid");
            reference.remove("resourceVersion");
        }
        set_phase(&mut value, "Available", None, ctx.now());
        self.write(ctx, &volume, value)
    }

    /// The claim is gone: what becomes of the volume is its policy's.
    fn released(&mut self, ctx: &mut Ctx<'_, Timer>, volume: &Arc<Object>) -> Result<(), Status> {
        let mut value = volume.value().clone();
        let phase = value.at(&["status", "phase"]).text();
        if phase == "Failed" {
            return Ok(());
        }
        if phase != "Released" {
            set_phase(&mut value, "Released", None, ctx.now());
            return self.write(ctx, volume, value);
        }
        let spec = volume.value().get("spec");
        if spec.get("persistentVolumeReclaimPolicy").text() != "Delete" {
            return Ok(());
        }
        let path = spec.at(&["hostPath", "path"]);
        let why = if path.is_null() {
            // Of local volumes the controller has no plugin at all.
            let local = !spec.get("local").is_null();
            let deletable = if local { "" } else { "deletable " };
            format!(
                "error getting deleter volume plugin for volume \"{}\": no {deletable}volume plugin matched",
                volume.name()
            )
        } else if path.text().starts_with("/tmp/") && path.text().len() > "/tmp/".len() {
            let options = DeleteOptions::default();
            let kind = Kind::PersistentVolume;
            return match ctx.client.delete(kind, "", volume.name(), &options) {
                Err(status) if !status.is_not_found() => Err(status),
                _ => Ok(()),
            };
        } else {
            format!(
                "host_path deleter only supports /tmp/.+ but received provided {}",
                path.text()
            )
        };
        set_phase(&mut value, "Failed", Some(&why), ctx.now());
        self.write(ctx, volume, value)?;
        self.say(ctx, volume, EventType::Warning, "VolumeFailedDelete", &why);
        Ok(())
    }
}
