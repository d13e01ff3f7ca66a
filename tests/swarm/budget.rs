//! The unavailability budget, recounted from what the controller's watches have told and from its calls in the
//! trace; the controller's own books and notes play no part.
//!
//! A node is down by the controller's own doing from the moment at which it deletes the node's last available pod
//! until another one is available there. Of such nodes there are never more than `maxUnavailable`.

use daemonset_playground::cluster::daemonset::availability::{Available, available};
use daemonset_playground::cluster::daemonset::create::target_node;
use daemonset_playground::cluster::daemonset::placement;
use daemonset_playground::cluster::{Cluster, SimSpan, SimTime};
use daemonset_playground::k8s::{Kind, Object, Str, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A deletion was planned at most so long before it is made.
const PLANNING: SimSpan = SimSpan::from_millis(60);

/// A DaemonSet's uid and the name of a pod, or of a node.
type Item = (Str, Str);

/// What was seen so far.
#[derive(Default)]
pub struct Budget {
    /// Calls in the trace that were looked at.
    calls: u64,
    /// Since when the caches show a pod as available on a node that should run it.
    clean: BTreeMap<Item, SimTime>,
    /// When the caches last showed an available pod of the DaemonSet on a node: node, pod, moment.
    up: BTreeMap<Item, (Str, SimTime)>,
    down: BTreeSet<Item>,
    /// The newest budgets of each DaemonSet.
    limits: BTreeMap<Str, Vec<(SimTime, usize)>>,
}

fn owner(pod: &Object) -> Option<&Str> {
    pod.meta().controller().map(|owner| &owner.uid)
}

/// A share of the nodes, rounded up, or a number.
fn scaled(value: &Value, desired: usize) -> usize {
    match value.as_i64() {
        Some(number) => usize::try_from(number).unwrap_or(0),
        None => {
            let percent: usize = value.text().trim_end_matches('%').parse().unwrap_or(0);
            (percent * desired).div_ceil(100)
        }
    }
}

/// How many available pods a rolling update may take away.
fn limit(daemon_set: &Object, desired: usize) -> usize {
    let strategy = daemon_set.value().at(&["spec", "updateStrategy"]);
    let rolling = strategy.get("rollingUpdate");
    if strategy.get("type").text() != "RollingUpdate" {
        return 0;
    }
    let (most, surge) = (
        scaled(rolling.get("maxUnavailable"), desired),
        scaled(rolling.get("maxSurge"), desired),
    );
    if most == 0 && surge == 0 { 1 } else { most }
}

impl Budget {
    /// Looks at what the controller has just done and seen.
    pub fn watch(&mut self, cluster: &Cluster) -> Result<(), String> {
        self.deletions(cluster)?;
        self.caches(cluster);
        Ok(())
    }

    fn deletions(&mut self, cluster: &Cluster) -> Result<(), String> {
        let trace = cluster.api().trace();
        let fresh = usize::try_from(trace.count() - self.calls).expect("few");
        self.calls = trace.count();
        let deleted: Vec<Item> = trace
            .entries()
            .rev()
            .take(fresh)
            .filter(|e| e.actor == "daemonset-controller" && e.verb == "delete")
            .filter(|e| e.key.kind == Kind::Pod && e.refused.is_empty())
            .filter_map(|e| {
                let informer = cluster.parts().daemonset.part().cache().informer();
                let pod = informer.by_key(&e.key)?;
                Some((owner(pod)?.clone(), pod.name().clone()))
            })
            .collect();
        for (uid, name) in deleted {
            self.deleted(cluster, uid, &name)?;
        }
        Ok(())
    }

    fn deleted(&mut self, cluster: &Cluster, uid: Str, name: &Str) -> Result<(), String> {
        let item = (uid.clone(), name.clone());
        let recent = |at: SimTime| cluster.now().since(at) <= PLANNING;
        if self.clean.remove(&item).is_none_or(recent) {
            return Ok(());
        }
        let informer = cluster.parts().daemonset.part().cache().informer();
        let pod = informer.get(Kind::Pod, "default", name);
        let Some(node) = pod.and_then(|p| target_node(&p.pod()?.spec)) else {
            return Ok(());
        };
        let others = self.up.iter().any(|((owner, pod), (home, at))| {
            *owner == uid && pod != name && *home == node && recent(*at)
        });
        if others {
            return Ok(());
        }
        self.down.insert((uid.clone(), node.clone()));
        let down = self.down.iter().filter(|(owner, _)| *owner == uid).count();
        let limits = self.limits.get(&uid).into_iter().flatten();
        let most = limits.map(|(_, limit)| *limit).max().unwrap_or(0);
        if down > most {
            return Err(format!(
                "{name} on {node} was deleted: {down} nodes are down by the controller's doing, allowed are {most}"
            ));
        }
        Ok(())
    }

    /// Takes over what the controller knows now.
    fn caches(&mut self, cluster: &Cluster) {
        let now = cluster.now();
        let informer = cluster.parts().daemonset.part().cache().informer();
        let mut clean = BTreeMap::new();
        let mut running: BTreeSet<Item> = BTreeSet::new();
        let mut up: BTreeSet<Item> = BTreeSet::new();
        for object in informer.of(Kind::DaemonSet).iter(None) {
            let Some(ds) = object.daemon_set() else {
                continue;
            };
            let uid = object.uid();
            let tolerations = placement::pod_tolerations(&ds.spec);
            let nodes = informer.of(Kind::Node).iter(None);
            let runs: BTreeSet<&Str> = nodes
                .filter(|node| placement::decide_with(&ds.spec, &tolerations, node).run)
                .map(|node| node.name())
                .collect();
            let limits = self.limits.entry(uid.clone()).or_default();
            limits.retain(|(at, _)| now.since(*at) <= PLANNING);
            limits.push((now, limit(object, runs.len())));
            for pod in informer.of(Kind::Pod).iter(Some(object.namespace())) {
                if owner(pod) != Some(uid) || pod.meta().terminating() {
                    continue;
                }
                let ready = available(pod, ds.spec.min_ready_seconds, now) == Available::Yes;
                let Some(node) = pod.pod().and_then(|p| target_node(&p.spec)) else {
                    continue;
                };
                if !ready || !runs.contains(&node) {
                    continue;
                }
                let item = (uid.clone(), pod.name().clone());
                let since = self.clean.get(&item).copied().unwrap_or(now);
                self.up.insert(item.clone(), (node.clone(), now));
                clean.insert(item, since);
                let stored = cluster.api().get(Kind::Pod, pod.namespace(), pod.name());
                if stored.is_ok_and(|s| s.uid() == pod.uid() && !s.meta().terminating()) {
                    up.insert((uid.clone(), node.clone()));
                }
            }
            running.extend(runs.into_iter().map(|node| (uid.clone(), node.clone())));
        }
        self.clean = clean;
        self.up.retain(|_, (_, at)| now.since(*at) <= PLANNING);
        self.down
            .retain(|item| running.contains(item) && !up.contains(item));
    }

    /// Forgets what it saw: the user has gone elsewhere in time.
    pub fn jump(&mut self, cluster: &Cluster) {
        *self = Self {
            calls: cluster.api().trace().count(),
            ..Self::default()
        };
    }
}
