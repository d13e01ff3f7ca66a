//! Claims that a pod waits for.
//!
//! Upstream: pkg/scheduler/framework/plugins/volumebinding

use super::filter::Failure;
use super::{Scheduler, Timer};
use crate::k8s::api::NodeSelector;
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Str, affinity, de};
use crate::sim::apiserver::{Patch, Subresource};
use crate::sim::control::{pods, volumes};
use crate::sim::{Ctx, Delta};
use crate::value;
use std::sync::Arc;

/// Only one pod may use the claim, and one does.
pub(super) const ONE_POD: &str = "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod";

const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// How the claims of a pod keep it from every node.
pub(super) enum Blocked {
    /// For this reason, known before any node is looked at.
    Before(String),
    /// A node is chosen, and the claims are being bound there.
    Binding,
}

/// What the claims of a pod ask of a node.
#[derive(Clone, Debug, Default)]
pub struct Volumes {
    /// Volumes that the claims are bound to; None: one that is gone.
    bound: Vec<Option<Arc<Object>>>,
    /// Claims that wait for their first pod and need a volume that is there already, the least first.
    open: Vec<Arc<Object>>,
    /// Another pod holds a claim that only one may use.
    taken: bool,
    /// All volumes, when there are such claims.
    all: Vec<Arc<Object>>,
}

impl Volumes {
    /// What keeps the pod from this node; upstream: `volumeBinder.FindPodVolumes`.
    pub fn check(&self, node: &Object) -> Option<Failure> {
        if self.taken {
            return Some(Failure::Volume(ONE_POD));
        }
        for volume in &self.bound {
            let why = match volume {
                Some(volume) if reaches(volume, node) => continue,
                Some(_) => "node(s) didn't match PersistentVolume's node affinity",
                None => "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
            };
            return Some(Failure::Volume(why));
        }
        let none = "node(s) didn't find available persistent volumes to bind";
        (self.open.len() > self.found(node).len()).then_some(Failure::Volume(none))
    }

    /// Claims that wait and the volumes that they find on this node, as far as they find any.
    fn found(&self, node: &Object) -> Vec<(&Arc<Object>, Arc<Object>)> {
        let mut found: Vec<(&Arc<Object>, Arc<Object>)> = Vec::new();
        for claim in &self.open {
            let free = |v: &&Arc<Object>| {
                reaches(v, node) && found.iter().all(|(_, taken)| taken.name() != v.name())
            };
            let Some(volume) = volumes::best(claim, self.all.iter().filter(free)) else {
                break;
            };
            found.push((claim, volume));
        }
        found
    }
}

/// The volume can be used on the node.
fn reaches(volume: &Object, node: &Object) -> bool {
    let required = volume.value().at(&["spec", "nodeAffinity", "required"]);
    required.is_null() || {
        let required: Option<NodeSelector> = de::read(required);
        let required = required.unwrap_or_default();
        affinity::matches_selector(&required, &node.meta().labels, node.name()).is_ok()
    }
}

fn bound(claim: &Object) -> bool {
    !claim.value().at(&["spec", "volumeName"]).is_empty()
        && claim
            .meta()
            .annotation("pv.kubernetes.io/bind-completed")
            .is_some()
}

impl Scheduler {
    fn claims(&self, pod: &Object) -> Vec<Result<Arc<Object>, Str>> {
        let find = |name: Str| {
            let kind = Kind::PersistentVolumeClaim;
            let claim = self.informer.get(kind, pod.namespace(), &name);
            claim.cloned().ok_or(name)
        };
        pods::claims_of(pod).into_iter().map(find).collect()
    }

    /// What the pod's claims ask of a node, or have against any.
    pub(super) fn volumes_of(
        &self,
        ctx: &Ctx<'_, Timer>,
        pod: &Object,
    ) -> Result<Volumes, Blocked> {
        let mut wanted = Volumes::default();
        let mut binding = false;
        for claim in self.claims(pod) {
            let claim = claim.map_err(|name| {
                let known = pod.value().at(&["spec", "volumes"]).items().iter();
                let mut named = known.map(|v| v.at(&["persistentVolumeClaim", "claimName"]));
                Blocked::Before(if named.any(|n| n.text() == name.as_str()) {
                    format!("persistentvolumeclaim \"{name}\" not found")
                } else {
                    format!(
                        "waiting for ephemeral volume controller to create the \
                         persistentvolumeclaim \"{name}\""
                    )
                })
            })?;
            let name = claim.name();
            if claim.meta().terminating() {
                let why = format!("persistentvolumeclaim \"{name}\" is being deleted");
                return Err(Blocked::Before(why));
            }
            let volume = claim.value().at(&["spec", "volumeName"]).text();
            if claim.value().at(&["status", "phase"]).text() == "Lost" {
                let why = format!(
                    "persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \
                     \"{volume}\""
                );
                return Err(Blocked::Before(why));
            }
            let modes = claim.value().at(&["spec", "accessModes"]).items();
            if modes.iter().any(|mode| mode.text() == "ReadWriteOncePod") {
                wanted.taken |= self.holds(name, pod);
            }
            if bound(&claim) {
                let volume = ctx.client.get(Kind::PersistentVolume, "", volume).ok();
                wanted.bound.push(volume);
                continue;
            }
            let class = (ctx.client).get(Kind::StorageClass, "", claim.storage_class());
            let class = class.map_err(|_| unbound())?;
            if class.value().get("volumeBindingMode").text() != "WaitForFirstConsumer" {
                return Err(unbound());
            }
            if wanted.all.is_empty() {
                wanted.all = ctx.client.list(Kind::PersistentVolume, None);
            }
            let reserved = |v: &Arc<Object>| {
                v.value().at(&["spec", "claimRef", "uid"]).text() == claim.uid().as_str()
            };
            if claim.meta().annotation(SELECTED_NODE).is_some() || wanted.all.iter().any(reserved) {
                binding = true;
            } else if class.value().get("provisioner").text() == "kubernetes.io/no-provisioner" {
                wanted.open.push(claim);
            }
        }
        wanted.open.order_by_key(|claim| volumes::wanted(claim));
        if binding {
            return Err(Blocked::Binding);
        }
        Ok(wanted)
    }

    /// A pod that has a node uses the claim.
    ///
    /// Upstream: pkg/scheduler/framework/plugins/volumerestrictions `calPreFilterState`
    fn holds(&self, claim: &Str, pod: &Object) -> bool {
        let mut pods = self.informer.of(Kind::Pod).iter(Some(pod.namespace()));
        pods.any(|other| super::runs(other) && pods::claims_of(other).contains(claim))
    }

    /// Takes volumes for the claims that wait for their first pod, or tells them which node it goes to; true if
    /// there are none.
    pub(super) fn choose_for_claims(
        &self,
        ctx: &mut Ctx<'_, Timer>,
        pod: &Object,
        node: &Str,
    ) -> bool {
        let waiting = self.claims(pod).into_iter().flatten();
        let waiting: Vec<Arc<Object>> = waiting.filter(|claim| !bound(claim)).collect();
        if waiting.is_empty() {
            return true;
        }
        let node_object = self.cache.nodes.get(node).and_then(|n| n.node.clone());
        let (Ok(wanted), Some(node_object)) = (self.volumes_of(ctx, pod), node_object) else {
            return false;
        };
        let found = wanted.found(&node_object);
        for claim in &waiting {
            // A claim that is gone, or a volume that is taken, is noticed by the next attempt.
            if let Some((_, volume)) = found.iter().find(|(c, _)| c.name() == claim.name()) {
                let mut value = volume.value().clone();
                volumes::reserve(&mut value, claim);
                let _ = ctx.client.update(Kind::PersistentVolume, value);
                continue;
            }
            let patch = value!({"metadata": {"annotations": {
                "volume.kubernetes.io/selected-node": node,
            }}});
            let patch = Patch::Strategic(patch);
            let (kind, main) = (Kind::PersistentVolumeClaim, Subresource::Main);
            let _ = ctx
                .client
                .patch(kind, claim.namespace(), claim.name(), main, &patch);
        }
        false
    }

    /// A volume came or changed: pods that found none, or not on their node, are tried again.
    pub(super) fn volume_changed(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta) {
        if delta.new.is_some() {
            let volumes = |f: &Failure| matches!(f, Failure::Volume(_));
            let keys = self
                .queue
                .unschedulable(|_, waiting| waiting.failures.iter().any(volumes));
            self.wake(ctx, &keys);
        }
    }

    /// A claim came or was bound: pods that use it are tried again.
    pub(super) fn claim_changed(&mut self, ctx: &mut Ctx<'_, Timer>, delta: &Delta) {
        let claim = delta.object();
        if delta.old.is_some() && !bound(claim) {
            return;
        }
        let informer = &self.informer;
        let keys = self.queue.unschedulable(|key, _| {
            let pod = informer.get(Kind::Pod, &key.namespace, &key.name);
            key.namespace == *claim.namespace()
                && pod.is_some_and(|pod| pods::claims_of(pod).contains(claim.name()))
        });
        self.wake(ctx, &keys);
    }
}

fn unbound() -> Blocked {
    Blocked::Before("pod has unbound immediate PersistentVolumeClaims".to_owned())
}
