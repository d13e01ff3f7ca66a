//! Heartbeats of all nodes in one event: leases are renewed, statuses posted that changed or are old.
//!
//! Upstream: pkg/kubelet/kubelet.go `nodeLeaseRenewIntervalFraction`, `NodeStatusReportFrequency`

use super::{Kubelets, Kx, Timer};
use crate::sim::SimSpan;

/// Between two renewals of a lease, and two computations of a node's status.
pub const INTERVAL: SimSpan = SimSpan::from_secs(10);
/// The first beat: not in step with the node controller's passes.
pub const FIRST: SimSpan = SimSpan::from_millis(6700);
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
            ctx.client.leases().renew(name, now);
            if kubelet.stale || (now.since(kubelet.posted) >= REPORT && posts < POSTS_MAX) {
                posts += 1;
                kubelet.post_status(ctx);
            }
        }
        ctx.after(INTERVAL, Timer::Beat);
    }
}
