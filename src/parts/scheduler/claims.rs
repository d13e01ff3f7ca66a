//! Claims that a pod waits for.
//!
//! Upstream: pkg/scheduler/framework/plugins/volumebinding

use super::{Scheduler, Timer, message};
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object, Str};
use crate::sim::apiserver::{Patch, Subresource};
use crate::sim::control::pods;
use crate::sim::{Ctx, Delta};
use crate::value;
use std::sync::Arc;

const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// How the claims of a pod keep it from every node.
pub(super) enum Blocked {
    /// For this reason, known before any node is looked at.
    Before(String),
    /// On no node is a volume for a claim that waits for its first pod.
    NoVolume,
    /// A node is chosen, and the claims are being bound there.
    Binding,
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

    /// What the pod's claims have against any node.
    pub(super) fn blocked_by_claims(&self, ctx: &Ctx<'_, Timer>, pod: &Object) -> Option<Blocked> {
        let mut waits = None;
        for claim in self.claims(pod) {
            let claim = match claim {
                Ok(claim) => claim,
                Err(name) => {
                    let why = format!("persistentvolumeclaim \"{name}\" not found");
                    return Some(Blocked::Before(why));
                }
            };
            let name = claim.name();
            if claim.meta().terminating() {
                let why = format!("persistentvolumeclaim \"{name}\" is being deleted");
                return Some(Blocked::Before(why));
            }
            if claim.value().at(&["status", "phase"]).text() == "Lost" {
                let volume = claim.value().at(&["spec", "volumeName"]).text();
                let why = format!(
                    "persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \
                     \"{volume}\""
                );
                return Some(Blocked::Before(why));
            }
            if bound(&claim) {
                continue;
            }
            let Ok(class) = ctx
                .client
                .get(Kind::StorageClass, "", claim.storage_class())
            else {
                return Some(unbound());
            };
            if class.value().get("volumeBindingMode").text() != "WaitForFirstConsumer" {
                return Some(unbound());
            }
            if claim.meta().annotation(SELECTED_NODE).is_some() {
                waits = waits.or(Some(Blocked::Binding));
            } else if !has_volume(ctx, &class) {
                waits = Some(Blocked::NoVolume);
            }
        }
        waits
    }

    /// The sentence for the pod's condition; None while its claims are being bound.
    pub(super) fn claims_sentence(&self, blocked: Blocked) -> Option<String> {
        let nodes = self.cache.count();
        match blocked {
            Blocked::Before(why) => {
                Some(format!("0/{nodes} nodes are available: {why}. not found"))
            }
            Blocked::NoVolume => {
                let reason = "node(s) didn't find available persistent volumes to bind";
                let reasons = BTreeMap::from([(reason.to_owned(), nodes)]);
                let first = message::unavailable(nodes, &reasons);
                let rest = message::preemption(nodes, &BTreeMap::new(), nodes);
                Some(format!("{first} no new claims to deallocate, {rest}"))
            }
            Blocked::Binding => None,
        }
    }

    /// Tells the claims that wait for their first pod which node it goes to; true if there are none.
    pub(super) fn choose_for_claims(
        &self,
        ctx: &mut Ctx<'_, Timer>,
        pod: &Object,
        node: &Str,
    ) -> bool {
        let waiting = self.claims(pod).into_iter().flatten();
        let waiting: Vec<Arc<Object>> = waiting.filter(|claim| !bound(claim)).collect();
        for claim in &waiting {
            let patch = value!({"metadata": {"annotations": {
                "volume.kubernetes.io/selected-node": node,
            }}});
            let patch = Patch::Strategic(patch);
            let (kind, main) = (Kind::PersistentVolumeClaim, Subresource::Main);
            // A claim that is gone is noticed by the next attempt.
            let _ = ctx
                .client
                .patch(kind, claim.namespace(), claim.name(), main, &patch);
        }
        waiting.is_empty()
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

/// The class has a provisioner, or a free volume.
fn has_volume(ctx: &Ctx<'_, Timer>, storage_class: &Object) -> bool {
    if storage_class.value().get("provisioner").text() != "kubernetes.io/no-provisioner" {
        return true;
    }
    let volumes = ctx.client.list(Kind::PersistentVolume, None);
    volumes.iter().any(|volume| {
        volume.storage_class() == storage_class.name().as_str()
            && volume.value().at(&["status", "phase"]).text() == "Available"
    })
}
