//! The other workloads that a plan watches: their pods before and after.

use crate::cluster::Cluster;
use crate::k8s::api::Phase;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Kind, Object, ObjectKey, Str};

/// Kinds that bring pods, DaemonSets aside.
pub(super) const OWNERS: [Kind; 6] = [
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::ReplicaSet,
    Kind::ReplicationController,
    Kind::Job,
    Kind::CronJob,
];

/// What counts as a change of a pod.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mark {
    uid: Str,
    node: Str,
    phase: Phase,
    ready: bool,
    pub terminating: bool,
}

impl Mark {
    pub fn of(object: &Object) -> Self {
        let pod = object.pod();
        Self {
            uid: object.uid().clone(),
            node: pod.map(|p| p.spec.node_name.clone()).unwrap_or_default(),
            phase: pod.map(|p| p.status.phase).unwrap_or_default(),
            ready: pod.is_some_and(crate::k8s::api::Pod::ready),
            terminating: object.meta().terminating(),
        }
    }

    /// It runs and is ready, or it is done.
    fn well(&self) -> bool {
        self.ready || matches!(self.phase, Phase::Succeeded | Phase::Failed)
    }
}

/// One workload, or a pod that has none.
pub(super) struct Load {
    pub key: ObjectKey,
    pub uid: Str,
    /// The pods before.
    pub before: BTreeSet<Str>,
    must: bool,
}

/// All workloads that are watched.
#[derive(Default)]
pub(super) struct Loads {
    pub list: Vec<Load>,
    marks: BTreeMap<ObjectKey, (Mark, Str)>,
}

impl Loads {
    pub fn open(before: &Cluster, after: &Cluster, touched: &BTreeSet<ObjectKey>) -> Self {
        let nodes = touched.iter().any(|key| key.kind == Kind::Node);
        let mut loads = Self::default();
        let mut uids: BTreeMap<Str, BTreeSet<Str>> = BTreeMap::new();
        for pod in before
            .objects(Kind::Pod)
            .filter(|pod| !pod.meta().terminating())
        {
            let root = root(before, pod);
            uids.entry(root).or_default().insert(pod.uid().clone());
        }
        for kind in OWNERS.into_iter().chain([Kind::Pod]) {
            for object in after.objects(kind) {
                let own = touched.contains(&object.key());
                let top = object.meta().controller().is_none();
                if own || nodes && top {
                    loads.list.push(Load {
                        key: object.key(),
                        uid: object.uid().clone(),
                        before: uids.get(object.uid()).cloned().unwrap_or_default(),
                        must: own,
                    });
                }
            }
        }
        for pod in after.objects(Kind::Pod) {
            let root = root(after, pod);
            if loads.watches(&root) {
                loads.marks.insert(pod.key(), (Mark::of(pod), root));
            }
        }
        loads
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn watches(&self, uid: &Str) -> bool {
        self.list.iter().any(|load| load.uid == *uid)
    }

    /// Looks at a pod that was written; true when it is one of theirs and has changed.
    pub fn pod(&mut self, cluster: &Cluster, key: &ObjectKey) -> bool {
        if self.list.is_empty() {
            return false;
        }
        let Some(pod) = cluster.api().store().by_key(key) else {
            return self.marks.remove(key).is_some();
        };
        let root = root(cluster, pod);
        if !self.watches(&root) {
            return false;
        }
        let mark = (Mark::of(pod), root);
        self.marks.insert(key.clone(), mark.clone()) != Some(mark)
    }

    /// All that must be is complete: as many pods as wanted, all well, none on its way out.
    pub fn complete(&self, cluster: &Cluster) -> bool {
        let well = |load: &Load| {
            let pods = || self.marks.values().filter(|(_, root)| *root == load.uid);
            let wanted = cluster
                .api()
                .store()
                .by_key(&load.key)
                .and_then(|object| object.value().at(&["spec", "replicas"]).as_i64());
            let enough = wanted.is_none_or(|wanted| i64::try_from(pods().count()) == Ok(wanted));
            let mut pods = pods();
            enough && pods.all(|(mark, _)| mark.well() && !mark.terminating)
        };
        self.list.iter().filter(|load| load.must).all(well)
            && !self.marks.values().any(|(mark, _)| mark.terminating)
    }

    /// The pods of a workload at the end, as the store has them.
    pub fn pods<'a>(&self, cluster: &'a Cluster, load: &Load) -> Vec<&'a Object> {
        let keys = self.marks.iter().filter(|(_, (_, root))| *root == load.uid);
        keys.filter_map(|(key, _)| cluster.api().store().by_key(key))
            .map(|pod| &**pod)
            .collect()
    }
}

/// The uid of what a pod belongs to in the end: the Deployment of its ReplicaSet, the CronJob of its Job, itself.
fn root(cluster: &Cluster, pod: &Object) -> Str {
    let mut uid = pod.uid().clone();
    let mut owner = pod.meta().controller().cloned();
    while let Some(reference) = owner {
        uid = reference.uid;
        let named = |kind: &Kind| kind.info().name == reference.kind.as_str();
        let Some(kind) = OWNERS.into_iter().find(named) else {
            break;
        };
        let object = cluster.api().get(kind, pod.namespace(), &reference.name);
        owner = object.ok().and_then(|o| o.meta().controller().cloned());
    }
    uid
}
