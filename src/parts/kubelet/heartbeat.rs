//! Heartbeats of all nodes in one event: leases are renewed, statuses posted that changed or are old, of many nodes a
//! few at a time, as machines that do not beat in step would.
//!
//! Upstream: pkg/kubelet/kubelet.go `nodeLeaseRenewIntervalFraction`, `NodeStatusReportFrequency`

use super::node::Kubelet;
use super::{Kubelets, Kx, Timer};
use crate::k8s::Kind;
use crate::sim::{SimSpan, leases};
use crate::value;
use std::collections::VecDeque;

/// Between two renewals of a lease, and two computations of a node's status.
pub const INTERVAL: SimSpan = SimSpan::from_secs(10);
/// Upstream: `NodeStatusReportFrequency`: an unchanged status is posted this often.
const REPORT: SimSpan = SimSpan::from_secs(300);
/// How many unchanged statuses one beat posts at most; the others follow with the next beats.
const POSTS_MAX: usize = 1000;
/// Nodes that post at one moment, and how long the next ones wait.
const POSTS_AT_ONCE: usize = 128;
const POSTS_APART: SimSpan = SimSpan::from_millis(100);

impl Kubelets {
    pub(super) fn beat(&mut self, ctx: &mut Kx<'_>) {
        let now = ctx.now();
        let (mut renewing, mut due) = (Vec::new(), VecDeque::new());
        let mut posts = 0;
        // Most nodes only renew their leases: they are looked at, and stay shared with the copies of the cluster.
        for (name, kubelet) in &self.nodes {
            if !kubelet.running || !kubelet.registered {
                continue;
            }
            let renews = !ctx.client.cut_off(&kubelet.actor, "update", Kind::Lease);
            if renews {
                renewing.push(name);
            }
            // A lease says as much as an unchanged status, and nobody reads there which images a node has.
            let heard = renews && ctx.client.ahead();
            let old = now.since(kubelet.posted) >= REPORT && posts < POSTS_MAX;
            let posting = kubelet.stale || !heard && (old || kubelet.images_to_tell(now));
            posts += usize::from(posting);
            if posting || !kubelet.lease_made {
                due.push_back((name.clone(), posting));
            }
        }
        ctx.client.leases().renew(renewing.into_iter(), now);
        // Who still waits is due again.
        let posts = !self.due.is_empty();
        self.due = due;
        if !posts {
            self.post(ctx);
        }
        ctx.after(INTERVAL, Timer::Beat);
    }

    /// The next nodes do what is due.
    pub(super) fn post(&mut self, ctx: &mut Kx<'_>) {
        let next = self.due.len().min(POSTS_AT_ONCE);
        for (name, posting) in self.due.drain(..next).collect::<Vec<_>>() {
            let living = |kubelet: &&mut Kubelet| kubelet.running && kubelet.registered;
            let Some(kubelet) = self.kubelet(&name).filter(living) else {
                continue;
            };
            if !kubelet.lease_made {
                kubelet.make_lease(ctx);
            }
            if posting {
                kubelet.post_status(ctx);
            }
        }
        if !self.due.is_empty() {
            ctx.after(POSTS_APART, Timer::Post);
        }
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
