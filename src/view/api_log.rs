//! Who asked the API server for what, and what it answered, newest first.

use crate::cluster::{Cluster, SimTime};
use crate::k8s::Str;

/// Rows shown at most.
pub const ROWS_MAX: usize = 300;

/// One call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallRow {
    /// Counts calls from the start of the run.
    pub number: u64,
    /// Milliseconds since people arrived.
    pub elapsed: u64,
    pub actor: Str,
    pub verb: &'static str,
    pub kind: &'static str,
    /// `namespace/name`, or the name.
    pub object: String,
    /// `resourceVersion 42`, or the reason of the refusal: `Conflict`.
    pub answer: String,
    pub refused: bool,
}

/// What rows are wanted; empty means all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CallFilter {
    pub actor: String,
    pub verb: String,
    pub kind: String,
    pub refused: bool,
}

/// The rows that a filter wants.
pub fn calls(cluster: &Cluster, filter: &CallFilter) -> Vec<CallRow> {
    let trace = cluster.api().trace();
    let start = SimTime::of(cluster.setup().start);
    let entries = trace.entries();
    let first = trace.count() - entries.len() as u64;
    let wanted = |part: &str, text: &str| {
        let part = part.trim();
        part.is_empty() || text.to_lowercase().contains(&part.to_lowercase())
    };
    entries
        .enumerate()
        .rev()
        .filter(|(_, entry)| {
            wanted(&filter.actor, &entry.actor)
                && wanted(&filter.verb, entry.verb)
                && wanted(&filter.kind, entry.key.kind.name())
                && !(filter.refused && entry.refused.is_empty())
        })
        .take(ROWS_MAX)
        .map(|(i, entry)| CallRow {
            number: first + i as u64,
            elapsed: entry.at.since(start).as_millis(),
            actor: entry.actor.clone(),
            verb: entry.verb,
            kind: entry.key.kind.name(),
            object: if entry.key.namespace.is_empty() {
                entry.key.name.to_string()
            } else {
                format!("{}/{}", entry.key.namespace, entry.key.name)
            },
            answer: if entry.refused.is_empty() {
                format!("resourceVersion {}", entry.resource_version)
            } else {
                entry.refused.to_owned()
            },
            refused: !entry.refused.is_empty(),
        })
        .collect()
}
