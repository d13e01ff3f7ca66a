//! Controllers that have nothing to do in a look ahead are left out of it: every change of a pod would still be
//! delivered to each.

use crate::cluster::{Cluster, Command, PartId};
use crate::k8s::Kind;

/// A controller, and the kinds without which it never writes. Kinds that another controller makes stand beside those
/// that it makes them for.
const IDLE: [(PartId, &[Kind]); 6] = [
    (PartId::Deployment, &[Kind::Deployment]),
    (PartId::ReplicaSet, &[Kind::ReplicaSet, Kind::Deployment]),
    (PartId::StatefulSet, &[Kind::StatefulSet]),
    (PartId::Job, &[Kind::Job, Kind::CronJob]),
    (PartId::Disruption, &[Kind::PodDisruptionBudget]),
    (
        PartId::Volumes,
        &[
            Kind::PersistentVolume,
            Kind::PersistentVolumeClaim,
            Kind::StatefulSet,
        ],
    ),
];

/// Stops those of them that no object keeps busy. Nothing that happens from then on differs, as long as nobody gives
/// further commands: they read nothing else, write nothing, and their chance is their own.
pub fn stop(cluster: &mut Cluster) {
    for (part, kinds) in IDLE {
        let none = kinds.iter().all(|kind| cluster.api().count(*kind) == 0);
        if none && !owns_pods(cluster, kinds) {
            cluster.dispatch(Command::PartStop { part });
        }
    }
}

/// What is gone may have left pods behind, which its controller lets go.
fn owns_pods(cluster: &Cluster, kinds: &[Kind]) -> bool {
    cluster.objects(Kind::Pod).any(|pod| {
        let owner = pod.meta().controller();
        owner.is_some_and(|owner| kinds.iter().any(|kind| owner.kind == kind.name()))
    })
}
