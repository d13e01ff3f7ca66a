//! The columns of `kubectl get`, one file per family of kinds.
//!
//! Upstream: pkg/printers/internalversion/printers.go.

mod batch;
pub mod event;
pub mod network;
pub mod node;
mod other;
pub mod pod;
pub mod storage;
mod workload;

use super::View;
use crate::k8s::{Kind, Object};

/// A column's heading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    pub name: &'static str,
    /// Only with `-o wide`.
    pub wide: bool,
}

const fn col(name: &'static str) -> Column {
    Column { name, wide: false }
}

const fn wide(name: &'static str) -> Column {
    Column { name, wide: true }
}

/// The columns of kinds without their own.
const NAME_AGE: &[Column] = &[col("NAME"), col("AGE")];

/// The columns of a kind; None is a kind that the cluster does not store.
pub fn of(kind: Option<Kind>) -> &'static [Column] {
    let Some(kind) = kind else {
        return NAME_AGE;
    };
    match kind {
        Kind::Pod => pod::COLUMNS,
        Kind::Node => node::COLUMNS,
        Kind::DaemonSet => workload::DAEMON_SET,
        Kind::Deployment => workload::DEPLOYMENT,
        Kind::ReplicaSet | Kind::ReplicationController => workload::REPLICA_SET,
        Kind::StatefulSet => workload::STATEFUL_SET,
        Kind::ControllerRevision => workload::REVISION,
        Kind::Job => batch::JOB,
        Kind::CronJob => batch::CRON_JOB,
        Kind::Service => network::SERVICE,
        Kind::Endpoints => network::ENDPOINTS,
        Kind::EndpointSlice => network::SLICE,
        Kind::PersistentVolume => storage::VOLUME,
        Kind::PersistentVolumeClaim => storage::CLAIM,
        Kind::StorageClass => storage::CLASS,
        Kind::Event => event::COLUMNS,
        Kind::Namespace => other::NAMESPACE,
        Kind::ConfigMap => other::CONFIG_MAP,
        Kind::Secret => other::SECRET,
        Kind::Lease => other::LEASE,
        Kind::PriorityClass => other::PRIORITY,
        Kind::PodDisruptionBudget => other::BUDGET,
        Kind::PodTemplate => other::TEMPLATE,
        Kind::ResourceQuota => other::QUOTA,
        Kind::LimitRange => other::LIMITS,
        Kind::ServiceAccount => NAME_AGE,
    }
}

/// The cells of an object, one for each column of its kind, the wide ones included.
pub fn cells(object: &Object, view: View<'_>) -> Vec<String> {
    match object.kind() {
        Kind::Pod => pod::cells(object, view),
        Kind::Node => node::cells(object, view),
        Kind::DaemonSet => workload::daemon_set(object, view),
        Kind::Deployment => workload::deployment(object, view),
        Kind::ReplicaSet | Kind::ReplicationController => workload::replica_set(object, view),
        Kind::StatefulSet => workload::stateful_set(object, view),
        Kind::ControllerRevision => workload::revision(object, view),
        Kind::Job => batch::job(object, view),
        Kind::CronJob => batch::cron_job(object, view),
        Kind::Service => network::service(object, view),
        Kind::Endpoints => network::endpoints(object, view),
        Kind::EndpointSlice => network::slice(object, view),
        Kind::PersistentVolume => storage::volume(object, view),
        Kind::PersistentVolumeClaim => storage::claim(object, view),
        Kind::StorageClass => storage::class(object, view),
        Kind::Event => event::cells(object, view),
        Kind::Namespace
        | Kind::ConfigMap
        | Kind::Secret
        | Kind::Lease
        | Kind::PriorityClass
        | Kind::PodDisruptionBudget
        | Kind::PodTemplate
        | Kind::ResourceQuota
        | Kind::LimitRange
        | Kind::ServiceAccount => other::cells(object, view),
    }
}

/// The age of the object itself.
fn age(object: &Object, view: View<'_>) -> String {
    view.age_of(object.meta().creation)
}

/// The names of a template's containers, their images and the selector's text: the usual wide columns.
fn template_cells(object: &Object, path: &[&str]) -> [String; 2] {
    let containers = object.value().at(path).get("containers").items();
    let all = |field: &str| {
        let texts: Vec<&str> = containers.iter().map(|c| c.get(field).text()).collect();
        texts.join(",")
    };
    [all("name"), all("image")]
}
