//! When a run has come to rest: nothing has happened to a pod or a DaemonSet for a while.

use crate::cluster::{Cluster, SimSpan, SimTime};
use crate::k8s::Kind;

/// Quiet for this long is rest when every DaemonSet is complete; otherwise a back-off may still be running.
const QUIET: SimSpan = SimSpan::from_secs(10);
const QUIET_INCOMPLETE: SimSpan = SimSpan::from_secs(60);

/// What has not come to rest by then does not.
const PATIENCE: SimSpan = SimSpan::from_secs(1800);

/// A run on its way to rest.
#[derive(Clone, Debug)]
pub struct Settle {
    begun: SimTime,
    /// The last change seen, and what the world looked like after it.
    changed: SimTime,
    last: (usize, u64),
}

/// What a look found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rest {
    NotYet,
    Settled,
    /// It goes on and on: a crash loop, a pull that always fails.
    Never,
}

impl Settle {
    pub fn new(cluster: &Cluster) -> Self {
        let begun = cluster.now();
        Self {
            begun,
            changed: begun,
            last: look(cluster),
        }
    }

    /// Looks at the present moment.
    pub fn look(&mut self, cluster: &Cluster) -> Rest {
        let (now, seen) = (cluster.now(), look(cluster));
        if seen != self.last {
            self.last = seen;
            self.changed = now;
        }
        let quiet = if complete(cluster) {
            QUIET
        } else {
            QUIET_INCOMPLETE
        };
        if now.since(self.changed) >= quiet {
            Rest::Settled
        } else if now.since(self.begun) >= PATIENCE {
            Rest::Never
        } else {
            Rest::NotYet
        }
    }
}

/// How many pods and DaemonSets there are, and their newest version.
fn look(cluster: &Cluster) -> (usize, u64) {
    let objects = [Kind::Pod, Kind::DaemonSet]
        .into_iter()
        .flat_map(|kind| cluster.objects(kind));
    objects.fold((0, 0), |(count, newest), object| {
        (count + 1, newest.max(object.meta().resource_version))
    })
}

fn complete(cluster: &Cluster) -> bool {
    let whole = cluster
        .objects(Kind::DaemonSet)
        .filter_map(|set| set.daemon_set())
        .all(|set| {
            let wanted = set.status.desired_number_scheduled;
            set.status.updated_number_scheduled >= wanted && set.status.number_available >= wanted
        });
    whole
        && !cluster
            .objects(Kind::Pod)
            .any(|pod| pod.meta().terminating())
}
