//! `kubectl describe`: one file per family of kinds.

pub mod access;
mod batch;
pub mod container;
mod endpoints;
mod limits;
mod network;
pub mod node;
pub mod pieces;
mod pod;
mod route;
mod small;
mod storage;
pub mod template;
mod workload;
mod writer;

pub use writer::{Writer, align};

use super::View;
use crate::console::kubectl::served;
use crate::k8s::{Kind, Object};

/// Whether the events of an object are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Events {
    Shown,
    Hidden,
}

/// The description of an object.
pub fn describe(object: &Object, events: Events, view: View<'_>) -> String {
    let mut w = Writer::default();
    match object.kind() {
        Kind::Pod => pod::describe(&mut w, object, view),
        Kind::Node => node::describe(&mut w, object, view),
        Kind::DaemonSet => workload::daemon_set(&mut w, object, view),
        Kind::Deployment => workload::deployment(&mut w, object, view),
        Kind::ReplicaSet | Kind::ReplicationController => {
            workload::replica_set(&mut w, object, view);
        }
        Kind::StatefulSet => workload::stateful_set(&mut w, object, view),
        Kind::Job => batch::job(&mut w, object, view),
        Kind::CronJob => batch::cron_job(&mut w, object, view),
        Kind::Service => network::service(&mut w, object, view),
        Kind::PersistentVolumeClaim => storage::claim(&mut w, object, view),
        Kind::PersistentVolume => storage::volume(&mut w, object, view),
        Kind::StorageClass => storage::class(&mut w, object),
        Kind::PriorityClass if served::kind(object).is_some() => small::generic(&mut w, object),
        Kind::PriorityClass => small::priority_class(&mut w, object),
        Kind::ConfigMap => small::config_map(&mut w, object),
        Kind::ServiceAccount => small::service_account(&mut w, object),
        Kind::PodDisruptionBudget => small::budget(&mut w, object),
        Kind::Endpoints => endpoints::endpoints(&mut w, object),
        Kind::EndpointSlice => endpoints::slice(&mut w, object),
        Kind::Ingress => route::ingress(&mut w, object, view),
        Kind::HorizontalPodAutoscaler => route::autoscaler(&mut w, object),
        // These have no events.
        Kind::NetworkPolicy => {
            route::policy(&mut w, object);
            return w.aligned();
        }
        Kind::Role | Kind::ClusterRole | Kind::RoleBinding | Kind::ClusterRoleBinding => {
            access::describe(&mut w, object);
            return w.aligned();
        }
        Kind::ResourceQuota => {
            limits::quota(&mut w, object);
            return w.aligned();
        }
        Kind::LimitRange => {
            limits::range(&mut w, object);
            return w.aligned();
        }
        Kind::Namespace => {
            small::namespace(&mut w, object);
            limits::of_namespace(&mut w, object.name(), view);
            return w.aligned();
        }
        Kind::Secret => {
            small::secret(&mut w, object);
            return w.aligned();
        }
        Kind::Event | Kind::PodTemplate | Kind::ControllerRevision | Kind::Lease => {
            small::generic(&mut w, object);
        }
    }
    if events == Events::Shown {
        pieces::events(&mut w, object, view);
    }
    w.aligned()
}
