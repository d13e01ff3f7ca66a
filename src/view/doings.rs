//! What the controller did last about a DaemonSet, and what holds it back, in its own words.

use super::age;
use crate::cluster::{Cluster, SimTime};

/// Lines shown at most.
const LINES_MAX: usize = 8;

/// The controller's last notes, as lines.
pub fn doings(cluster: &Cluster, namespace: &str, name: &str) -> Vec<String> {
    let Some(note) = cluster.parts().daemonset.part().note(namespace, name) else {
        return Vec::new();
    };
    let start = SimTime::of(cluster.setup().start);
    let mut lines = Vec::new();
    if let Some(error) = &note.error {
        lines.push(format!("last sync failed: {error}"));
    }
    if let Some(rollout) = note.rollout.as_ref().filter(|rollout| rollout.held_back()) {
        lines.push(format!("{rollout}; {} wait", rollout.waiting));
    }
    if let Some(at) = note.planned_at {
        let at = age::clock(at.since(start).as_millis());
        for delete in &note.plan.delete {
            lines.push(format!(
                "{at} {} deleted on {}: {}",
                delete.pod, delete.node, delete.why
            ));
        }
        for create in &note.plan.create {
            lines.push(format!(
                "{at} pod created for {}: {}",
                create.node, create.why
            ));
        }
    }
    lines.truncate(LINES_MAX);
    lines
}
