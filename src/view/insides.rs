//! What the DaemonSet controller has in its head: its queue, what it expects, its last plan.

use super::age;
use super::doings::{create_why, delete_why};
use super::say::Say;
use crate::cluster::daemonset::Key;
use crate::cluster::daemonset::sync::{Stage, Step};
use crate::cluster::{Cluster, SimTime};
use crate::k8s::Kind;
use crate::say;

/// Rows of a list at most.
const ROWS_MAX: usize = 50;

/// One key of the work queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueRow {
    pub key: String,
    pub state: Say,
    /// Failed syncs in a row: each doubles the wait.
    pub failures: u32,
}

/// One DaemonSet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetInside {
    pub key: String,
    /// Creations and deletions that it made and has not seen yet.
    pub expects: Say,
    /// When the last sync ended, and its error.
    pub synced: Say,
    pub plan: Vec<Say>,
}

/// The controller.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Insides {
    pub syncs: u64,
    pub queue: Vec<QueueRow>,
    pub nodes_waiting: usize,
    pub sets: Vec<SetInside>,
    /// Nodes whose failed pods are replaced only after a while.
    pub backoff: Vec<Say>,
    /// `namespace/name`, number, hash.
    pub revisions: Vec<(String, i64, String)>,
}

/// Reads the controller.
pub fn insides(cluster: &Cluster) -> Insides {
    let part = cluster.parts().daemonset.part();
    let start = SimTime::of(cluster.setup().start);
    let sets = cluster.objects(Kind::DaemonSet).take(ROWS_MAX);
    let backoff = part.failed_pods();
    let revisions = cluster.objects(Kind::ControllerRevision).take(ROWS_MAX);
    Insides {
        syncs: part.synced(),
        queue: queue(cluster),
        nodes_waiting: part.node_queue().waiting().count(),
        sets: sets
            .map(|set| inside(cluster, &Key::of(set), start))
            .collect(),
        backoff: backoff
            .keys()
            .take(ROWS_MAX)
            .map(|key| {
                let delay = backoff.delay(key).as_millis() / 1000;
                say!("{}: failed pods wait {} s", &key.2, &delay)
            })
            .collect(),
        revisions: revisions
            .map(|one| {
                let number = one.controller_revision().map_or(0, |r| r.revision);
                let hash = one
                    .meta()
                    .label(super::daemon_set::HASH_LABEL)
                    .unwrap_or("");
                let name = format!("{}/{}", one.namespace(), one.name());
                (name, number, hash.to_owned())
            })
            .collect(),
    }
}

fn queue(cluster: &Cluster) -> Vec<QueueRow> {
    let part = cluster.parts().daemonset.part();
    let queue = part.queue();
    let row = |key: &Key, state: Say| QueueRow {
        key: key.to_string(),
        state,
        failures: queue.failures(key),
    };
    let step_of = |key: &Key| {
        let sync = part.syncs().find(|sync| sync.key() == key);
        sync.map_or(say!("in a sync"), |sync| {
            say!("in a sync: {}", step(sync.step()))
        })
    };
    let working = queue.in_processing().map(|key| row(key, step_of(key)));
    let waiting = queue
        .waiting()
        .enumerate()
        .map(|(i, key)| row(key, say!("waits, number {}", &(i + 1))));
    let delayed = queue.delayed().map(|(key, due)| {
        let left = due.since(cluster.now()).as_millis();
        let text = format!("{}.{:03}", left / 1000, left % 1000);
        row(key, say!("comes back in {} s", &text))
    });
    working
        .chain(waiting)
        .chain(delayed)
        .take(ROWS_MAX)
        .collect()
}

fn step(step: Step) -> Say {
    match step {
        Step::ClaimRevisions | Step::LabelRevisions | Step::ChooseRevision => {
            say!("its revisions")
        }
        Step::Gate => say!("does it expect something?"),
        Step::Claim(_) => say!("adopting and releasing pods"),
        Step::Act(stage) | Step::After(stage) => match stage {
            Stage::Manage => say!("which nodes need a pod"),
            Stage::Roll => say!("rolling update"),
            Stage::CleanUp => say!("old revisions"),
            Stage::Status => say!("status"),
        },
        Step::Create(_) => say!("creating pods"),
        Step::Delete(_) => say!("deleting pods"),
        Step::Finish => say!("the end"),
    }
}

fn inside(cluster: &Cluster, key: &Key, start: SimTime) -> SetInside {
    let part = cluster.parts().daemonset.part();
    let note = part.note(&key.namespace, &key.name);
    let expects = match part.expectations().get(key) {
        Some(out) if out.adds > 0 || out.deletes > 0 => {
            let ago = age::short(cluster.now().since(out.since).as_secs());
            say!(
                "{} creations and {} deletions not seen yet, for {}",
                &out.adds,
                &out.deletes,
                &ago
            )
        }
        Some(_) | None => say!("nothing"),
    };
    let clock = |at: SimTime| age::clock(at.since(start).as_millis());
    let synced = match note {
        None => say!("never"),
        Some(note) => match &note.error {
            Some(error) => say!("at {}, failed: {}", &clock(note.at), error),
            None => say!("at {}", &clock(note.at)),
        },
    };
    let mut plan = Vec::new();
    if let Some((note, at)) = note.and_then(|note| Some((note, clock(note.planned_at?)))) {
        let deleted = note.plan.delete.iter().take(ROWS_MAX);
        plan.extend(deleted.map(|one| {
            say!(
                "{} {} deleted on {}: {}",
                &at,
                &one.pod,
                &one.node,
                delete_why(one.why)
            )
        }));
        let created = note.plan.create.iter().take(ROWS_MAX);
        plan.extend(created.map(|one| {
            say!(
                "{} pod created for {}: {}",
                &at,
                &one.node,
                create_why(one.why)
            )
        }));
    }
    SetInside {
        key: key.to_string(),
        expects,
        synced,
        plan,
    }
}
