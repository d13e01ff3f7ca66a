//! `Setup`: what a run starts from. With the input log it is the whole truth about a run.

use crate::k8s::{Timestamp, Value};
use crate::sim::{Latencies, SimSpan};

/// The start of a run.
///
/// | field | default |
/// |---|---|
/// | `seed` | 1 |
/// | `start` | 2026-01-01T00:00:00Z |
/// | `nodes` | none |
/// | `latencies` | as measured, see [`Latencies`] |
/// | `warm_up` | 60 s |
/// | `bare_nodes` | false |
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setup {
    pub seed: u64,
    /// The moment at which people arrive; the cluster has run for `warm_up` by then.
    pub start: Timestamp,
    /// `v1 Node` objects: name, labels, taints, capacity (default 4 cpu, 8Gi, 110 pods).
    pub nodes: Vec<Value>,
    pub latencies: Latencies,
    /// How long the cluster has run before `start`.
    pub warm_up: SimSpan,
    /// Nodes are objects without a machine, and nothing schedules: pods stay Pending. For measuring.
    pub bare_nodes: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            seed: 1,
            start: Timestamp::from_civil(2026, 1, 1, 0, 0, 0),
            nodes: Vec::new(),
            latencies: Latencies::default(),
            warm_up: SimSpan::from_secs(60),
            bare_nodes: false,
        }
    }
}
