//! Invariants of a running cluster, checked after every event in tests and on demand in the page.

use super::Cluster;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Kind, Object, Str};
use crate::parts::daemonset::availability::{self, Available};
use crate::parts::daemonset::create::{target_node, template_generation};
use crate::parts::daemonset::ledger::{Counts, Lens};
use crate::parts::daemonset::placement;
use crate::sim::control::revision_number;
use crate::sim::{Informer, SimTime};
use std::sync::Arc;

/// What must hold at any moment; the error says what does not.
pub fn check(cluster: &Cluster) -> Result<(), String> {
    for daemon_set in cluster.objects(Kind::DaemonSet) {
        kept_budget(cluster, daemon_set)?;
    }
    expectations_in_time(cluster)
}

/// The live pods that a DaemonSet owns, by the node that they are on or meant for.
pub fn live_pods(cluster: &Cluster, daemon_set: &Object) -> BTreeMap<Str, Vec<Arc<Object>>> {
    let mut by_node: BTreeMap<Str, Vec<Arc<Object>>> = BTreeMap::new();
    let namespace = Some(daemon_set.namespace().as_str());
    for object in cluster.api().list(Kind::Pod, namespace) {
        let Some(pod) = object.pod() else { continue };
        let owned = object
            .meta()
            .controller()
            .is_some_and(|o| o.uid == *daemon_set.uid());
        if !owned || pod.terminal() || object.meta().terminating() {
            continue;
        }
        if let Some(node) = target_node(&pod.spec) {
            by_node.entry(node).or_default().push(object.clone());
        }
    }
    by_node
}

/// Never two live pods of one DaemonSet on a node; one more during a surge. Holds as long as no creation was carried
/// out and its caller told otherwise.
pub fn lonely_pods(cluster: &Cluster, daemon_set: &Object) -> Result<(), String> {
    let Some(ds) = daemon_set.daemon_set() else {
        return Ok(());
    };
    let most = 1 + usize::from(crate::parts::daemonset::rolling::allows_surge(&ds.spec));
    for (node, pods) in live_pods(cluster, daemon_set) {
        if pods.len() > most {
            let names: Vec<&str> = pods.iter().map(|p| p.name().as_str()).collect();
            return Err(format!(
                "{} has {} live pods on {node}: {}",
                daemon_set.name(),
                pods.len(),
                names.join(", ")
            ));
        }
    }
    Ok(())
}

/// No two revisions of a DaemonSet have one number. Holds as long as the controller knows of all of them: a sync
/// on caches that lag behind its own creations takes a number twice, and a later one gives the newer another.
pub fn ordered_revisions(cluster: &Cluster, daemon_set: &Object) -> Result<(), String> {
    let mut numbers = BTreeSet::new();
    let namespace = Some(daemon_set.namespace().as_str());
    for object in cluster.api().list(Kind::ControllerRevision, namespace) {
        let owned = object
            .meta()
            .controller()
            .is_some_and(|o| o.uid == *daemon_set.uid());
        if owned && !numbers.insert(revision_number(object)) {
            return Err(format!(
                "two revisions of {} have the number {}",
                daemon_set.name(),
                revision_number(object)
            ));
        }
    }
    Ok(())
}

/// A step of a rolling update never took more than its budget left.
fn kept_budget(cluster: &Cluster, daemon_set: &Object) -> Result<(), String> {
    let controller = cluster.parts().daemonset.part();
    let note = controller.note(daemon_set.namespace(), daemon_set.name());
    let Some(rollout) = note.and_then(|note| note.rollout.as_ref()) else {
        return Ok(());
    };
    let left = usize::try_from(rollout.max - rollout.used).unwrap_or(0);
    if rollout.replaced > left {
        return Err(format!(
            "{} replaced {} pods with {left} left of the budget",
            daemon_set.name(),
            rollout.replaced
        ));
    }
    Ok(())
}

/// Expectations are never set in the future. (Their counts may be negative: a deletion is seen twice.)
fn expectations_in_time(cluster: &Cluster) -> Result<(), String> {
    for (key, record) in cluster.parts().daemonset.part().expectations().iter() {
        if record.since > cluster.now() {
            return Err(format!("the expectations of {key} were set in the future"));
        }
    }
    Ok(())
}

/// The controller's books of every DaemonSet equal a count from scratch over its caches.
pub fn check_books(cluster: &Cluster) -> Result<(), String> {
    let controller = cluster.parts().daemonset.part();
    let informer = controller.cache().informer();
    for daemon_set in informer.of(Kind::DaemonSet).iter(None) {
        let Some(ledger) = controller.ledger(daemon_set.uid()) else {
            continue;
        };
        let Some(lens) = ledger.lens().cloned() else {
            continue;
        };
        // The books are brought up to date at the start of a sync.
        let mut ledger = ledger.clone();
        ledger.refresh(&lens, informer, cluster.now());
        let counted = recount(informer, daemon_set, &lens, cluster.now());
        // Pods that were adopted and are not seen yet are in the books alone.
        let adopting = controller.cache().adopting();
        if ledger.counts() != counted && !adopting {
            return Err(format!(
                "the books of {} say {:?}, a recount {counted:?}",
                daemon_set.name(),
                ledger.counts()
            ));
        }
    }
    Ok(())
}

/// The counters of a status, counted plainly.
pub fn recount(informer: &Informer, daemon_set: &Object, lens: &Lens, now: SimTime) -> Counts {
    let mut counts = Counts::default();
    let pods: Vec<&Arc<Object>> = informer
        .of(Kind::Pod)
        .iter(Some(daemon_set.namespace()))
        .filter(|pod| {
            let owner = pod.meta().controller();
            owner.is_some_and(|o| o.kind == "DaemonSet" && o.uid == *daemon_set.uid())
        })
        .filter(|pod| lens.selector.matches(&pod.meta().labels))
        .filter(|pod| {
            !(pod.meta().terminating()
                && pod
                    .pod()
                    .is_some_and(super::super::k8s::api::pod::Pod::terminal))
        })
        .collect();
    for node in informer.of(Kind::Node).iter(None) {
        let run = placement::decide(&lens.spec, node).run;
        let here = pods.iter().filter(|pod| {
            let target = pod.pod().and_then(|p| target_node(&p.spec));
            target.as_ref() == Some(node.name())
        });
        let oldest = here.min_by_key(|pod| availability::seniority(pod));
        counts.desired += i64::from(run);
        let Some(oldest) = oldest else { continue };
        if !run {
            counts.misscheduled += 1;
            continue;
        }
        counts.current += 1;
        let min_ready = lens.spec.min_ready_seconds;
        let available = availability::available(oldest, min_ready, now) == Available::Yes;
        counts.ready += i64::from(
            oldest
                .pod()
                .is_some_and(super::super::k8s::api::pod::Pod::ready),
        );
        counts.available += i64::from(available);
        let updated = availability::updated(oldest, &lens.hash, lens.generation);
        counts.updated += i64::from(updated);
    }
    counts
}

/// What must hold when nothing has happened for long enough after the last touch of every DaemonSet: status equals
/// a recount of the store, and each node has the pods that it should have.
pub fn check_settled(cluster: &Cluster) -> Result<(), String> {
    let controller = cluster.parts().daemonset.part();
    for daemon_set in cluster.objects(Kind::DaemonSet) {
        let Some(ds) = daemon_set.daemon_set() else {
            continue;
        };
        ordered_revisions(cluster, daemon_set)?;
        let name = daemon_set.name();
        let lens = controller.ledger(daemon_set.uid()).and_then(|l| l.lens());
        let Some(lens) = lens else {
            return Err(format!("{name} was never synced"));
        };
        if lens.generation != template_generation(daemon_set) {
            return Err(format!("{name} was last seen with another template"));
        }
        let counted = recount(
            controller.cache().informer(),
            daemon_set,
            lens,
            cluster.now(),
        );
        let status = &ds.status;
        let written = Counts {
            desired: status.desired_number_scheduled,
            current: status.current_number_scheduled,
            misscheduled: status.number_misscheduled,
            ready: status.number_ready,
            available: status.number_available,
            updated: status.updated_number_scheduled,
        };
        if written != counted {
            return Err(format!(
                "the status of {name} says {written:?}, a recount {counted:?}"
            ));
        }
        if status.observed_generation != daemon_set.meta().generation {
            return Err(format!("{name} has not observed its generation"));
        }
        if counted.current != counted.desired {
            return Err(format!("{name} lacks pods: {counted:?}"));
        }
    }
    Ok(())
}
