//! How long things take, in one place. Defaults are as measured on v1.36.3 (a watch's view).
//!
//! Not here: upstream's own periods and back-offs (sync periods, grace periods, crash and pull back-off, rates of
//! eviction), which stand as constants beside the rule that they belong to, and chance within a period, which is
//! drawn from the setup's seed.

use super::SimSpan;

/// Latencies of the simulated cluster, in milliseconds; part of its setup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Latencies {
    /// A write by a component: from the call to its answer. Default 4 ms.
    pub write: SimSpan,
    /// From a committed write to its delivery to a watching component. Default 3 ms.
    pub watch: SimSpan,
    /// Until a component that lost its watches lists again. Default 1000 ms.
    pub relist: SimSpan,
    /// A command of a person at the console. Default 150 ms.
    pub command: SimSpan,
    /// How long the API server waits for the service account of a namespace that was just made. Default 1000 ms.
    pub account: SimSpan,
    /// The scheduler's cycle for one pod, up to the binding. Default 4 ms.
    pub schedule: SimSpan,
    /// The kubelet: from the start of its process to the registration of its node. Default 200 ms.
    pub register: SimSpan,
    /// The kubelet: from the registration to a node that is ready. Default 330 ms.
    pub node_ready: SimSpan,
    /// The kubelets: from the start of the cluster to the first heartbeats, so that they are not in step with the
    /// node controller's passes. Default 6700 ms.
    pub first_beat: SimSpan,
    /// The kubelet: from seeing a new pod to its first status. Default 12 ms.
    pub pod_status: SimSpan,
    /// The kubelet: from a new pod's first status to its running sandbox. Default 290 ms.
    pub sandbox: SimSpan,
    /// Pulling an image; one at a time per node. Default 1000 ms.
    pub pull: SimSpan,
    /// Creating and starting a container whose image is present. Default 10 ms.
    pub start: SimSpan,
    /// A container that ends by itself: from the end of its command to its exit. Default 200 ms.
    pub exit: SimSpan,
    /// The kubelet: from a deletion seen to stopped containers (a container stops at once). Default 20 ms.
    pub stop: SimSpan,
    /// The kubelet: from stopped containers to the removal of the pod's object, at least. Default 100 ms.
    pub remove_min: SimSpan,
    /// The same, at most. Default 900 ms.
    pub remove_max: SimSpan,
}

impl Default for Latencies {
    fn default() -> Self {
        let ms = SimSpan::from_millis;
        Self {
            write: ms(4),
            watch: ms(3),
            relist: ms(1000),
            command: ms(150),
            account: ms(1000),
            schedule: ms(4),
            register: ms(200),
            node_ready: ms(330),
            first_beat: ms(6700),
            pod_status: ms(12),
            sandbox: ms(290),
            pull: ms(1000),
            start: ms(10),
            exit: ms(200),
            stop: ms(20),
            remove_min: ms(100),
            remove_max: ms(900),
        }
    }
}
