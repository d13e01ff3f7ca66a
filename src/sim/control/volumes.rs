//! Which volume fits a claim, and how it becomes the claim's.
//!
//! Upstream: pkg/controller/volume/persistentvolume/index.go, pkg/volume/util `FindMatchingVolume`

use crate::k8s::quantity::Quantity;
use crate::k8s::selector::Selector;
use crate::k8s::{Object, Value};
use crate::value;
use std::sync::Arc;

/// Volumes and claims that the controller has bound itself carry this.
pub const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";

/// The volume names this claim (by uid, or by name alone when it was reserved by hand).
pub fn reserved_for(volume: &Object, claim: &Object) -> bool {
    let reference = volume.value().at(&["spec", "claimRef"]);
    let uid = reference.get("uid").text();
    reference.get("name").text() == claim.name().as_str()
        && reference.get("namespace").text() == claim.namespace().as_str()
        && (uid.is_empty() || uid == claim.uid().as_str())
}

fn storage(value: &Value, path: &[&str]) -> Quantity {
    Quantity::of(value.at(path))
}

/// How much the claim asks for.
pub fn wanted(claim: &Object) -> Quantity {
    storage(claim.value(), &["spec", "resources", "requests", "storage"])
}

fn mode(object: &Object) -> &str {
    let mode = object.value().at(&["spec", "volumeMode"]).text();
    if mode.is_empty() { "Filesystem" } else { mode }
}

/// The volume reserved for the claim, else the smallest free one that will do.
pub fn best<'a>(
    claim: &Object,
    volumes: impl Iterator<Item = &'a Arc<Object>>,
) -> Option<Arc<Object>> {
    let spec = claim.value().get("spec");
    let wanted = wanted(claim);
    let modes = spec.get("accessModes").items();
    let selector = spec.get("selector");
    let selector = (!selector.is_null()).then(|| Selector::read(selector));
    let mut best: Option<(Quantity, &Arc<Object>)> = None;
    for volume in volumes {
        let own = volume.value().get("spec");
        let size = storage(own, &["capacity", "storage"]);
        let has = own.get("accessModes").items();
        let usable = !volume.meta().terminating()
            && modes.iter().all(|m| has.contains(m))
            && mode(volume) == mode(claim)
            && size >= wanted;
        if !usable {
            continue;
        }
        if reserved_for(volume, claim) {
            return Some(volume.clone());
        }
        let free = own.get("claimRef").is_null()
            && volume.value().at(&["status", "phase"]).text() == "Available"
            && volume.storage_class() == claim.storage_class()
            && selector
                .as_ref()
                .is_none_or(|s| s.matches(&volume.meta().labels));
        if free && best.as_ref().is_none_or(|(least, _)| size < *least) {
            best = Some((size, volume));
        }
    }
    best.map(|(_, volume)| volume.clone())
}

/// The volume is the claim's.
pub fn reserve(volume: &mut Value, claim: &Object) {
    let reference = volume.at(&["spec", "claimRef"]);
    if reference.get("uid").text() != claim.uid().as_str() {
        let by_hand = !reference.is_null();
        let reference = value!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": claim.name(),
            "namespace": claim.namespace(), "uid": claim.uid(),
            "resourceVersion": claim.meta().resource_version.to_string(),
        });
        volume.set_at(&["spec", "claimRef"], reference);
        if !by_hand {
            volume.set_at(&["metadata", "annotations", BOUND_BY_CONTROLLER], "yes");
        }
    }
}
