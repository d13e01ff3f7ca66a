//! Heartbeats of all nodes in one event: leases are renewed, statuses posted that changed or are old.
//!
//! Upstream: pkg/kubelet/kubelet.go `nodeLeaseRenewIntervalFraction`, `NodeStatusReportFrequency`

use super::node::Kubelet;
use super::{Kubelets, Kx, Timer};
use crate::k8s::Kind;
use crate::sim::{SimSpan, leases};
use crate::value;

/// Between two renewals of a lease, and two computations of a node's status.
pub const INTERVAL: SimSpan = SimSpan::from_secs(10);
/// Upstream: `NodeStatusReportFrequency`: an unchanged status is posted this often.
const REPORT: SimSpan = SimSpan::from_secs(300);
/// How many unchanged statuses one beat posts at most; the others follow with the next beats.
const POSTS_MAX: usize = 1000;

impl Kubelets {
    pub(super) fn beat(&mut self, ctx: &mut Kx<'_>) {
        let now = ctx.now();
        let mut posts = 0;
        for (name, kubelet) in &mut self.nodes {
            if !kubelet.running || !kubelet.registered {
                continue;
            }
            if !ctx.client.cut_off(&kubelet.actor, "update", Kind::Lease) {
                ctx.client.leases().renew(name, now);
            }
            if !kubelet.lease_made {
                kubelet.make_lease(ctx);
            }
            let fresh = kubelet.stale || kubelet.images_to_tell(now);
            if fresh || (now.since(kubelet.posted) >= REPORT && posts < POSTS_MAX) {
                posts += 1;
                kubelet.post_status(ctx);
            }
        }
        ctx.after(INTERVAL, Timer::Beat);
    }
}

impl Kubelet {
    /// Creates the node's Lease object. Its renewals are not written to it, see [`leases::NodeLeases::shown`].
    fn make_lease(&mut self, ctx: &mut Kx<'_>) {
        self.lease_made = true;
        let Ok(node) = ctx.client.get(Kind::Node, "", &self.name) else {
            return;
        };
        let lease = value!({
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": {
                "name": &self.name, "namespace": leases::NAMESPACE,
                "ownerReferences": [{
                    "apiVersion": "v1", "kind": "Node", "name": &self.name, "uid": node.uid(),
                }],
            },
            "spec": {
                "holderIdentity": &self.name, "leaseDurationSeconds": 40,
                "renewTime": ctx.now().micro_time(),
            },
        });
        let mut client = ctx.client.signed(self.actor.clone());
        // One of an earlier life serves as well.
        let _ = client.create(Kind::Lease, leases::NAMESPACE, lease);
    }
}
