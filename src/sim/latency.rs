//! How long things take, in one place. Defaults are as measured on v1.36.3 (a watch's view) or upstream's
//! constants.

use super::SimSpan;

/// Latencies of the simulated cluster; part of its setup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Latencies {
    /// A write by a component: from the call to its answer.
    pub write: SimSpan,
    /// From a committed write to its delivery to a watching component.
    pub watch: SimSpan,
    /// A command of a person at the console.
    pub command: SimSpan,
    /// The scheduler's cycle for one pod, up to the binding.
    pub schedule: SimSpan,
    /// The kubelet: from seeing a new pod to its first status.
    pub pod_status: SimSpan,
    /// The kubelet: from a new pod's first status to its running sandbox.
    pub sandbox: SimSpan,
    /// Pulling an image; one at a time per node.
    pub pull: SimSpan,
    /// Creating and starting a container whose image is present.
    pub start: SimSpan,
    /// The kubelet: from a deletion seen to stopped containers (a container stops at once).
    pub stop: SimSpan,
    /// The kubelet: from stopped containers to the removal of the pod's object, at least.
    pub remove_min: SimSpan,
    /// The same, at most.
    pub remove_max: SimSpan,
}

impl Default for Latencies {
    fn default() -> Self {
        let ms = SimSpan::from_millis;
        Self {
            write: ms(4),
            watch: ms(3),
            command: ms(150),
            schedule: ms(4),
            pod_status: ms(12),
            sandbox: ms(290),
            pull: ms(1000),
            start: ms(10),
            stop: ms(20),
            remove_min: ms(100),
            remove_max: ms(900),
        }
    }
}
