//! Validation of whole objects: every refusal of the API server, in its order and in its words.
//!
//! Objects are expected after decoding and defaulting. A value of a wrong type counts as absent.

mod access;
mod affinity;
mod autoscaler;
mod config;
mod container;
mod cron_job;
mod daemon_set;
mod deployment;
mod dns;
mod endpoints;
mod env;
mod errors;
mod internal;
mod job;
mod job_policy;
mod kind_warnings;
mod limit_range;
mod meta;
mod node;
mod overlap;
mod path;
mod pdb;
mod pod;
mod pod_resize;
mod pod_spec;
mod ports;
mod priority_class;
mod probe;
mod projected;
mod pv;
mod pvc;
mod resource_quota;
mod resources;
mod route;
mod schedule;
mod security;
mod selector;
mod service;
mod stateful_set;
mod syntax;
mod template;
mod toleration;
mod topology;
mod volume;
mod volume_source;
mod warnings;
mod windows;
mod workload;

pub(crate) use errors::{Errors, Shown};
pub use errors::{FieldError, Reason};
pub(crate) use path::Path;

use super::{Kind, Value};

/// What is wrong with a new object.
pub fn create(kind: Kind, value: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let to = &mut errors;
    match kind {
        Kind::Pod => pod::create(to, value),
        Kind::Node => node::create(to, value),
        Kind::DaemonSet => daemon_set::create(to, value),
        Kind::Deployment => deployment::create(to, value),
        Kind::ReplicaSet => deployment::create_replica_set(to, value),
        Kind::ReplicationController => deployment::create_replication_controller(to, value),
        Kind::StatefulSet => stateful_set::create(to, value),
        Kind::Job => job::create(to, value),
        Kind::CronJob => cron_job::create(to, value),
        Kind::Service => service::create(to, value),
        Kind::PersistentVolumeClaim => pvc::create(to, value),
        Kind::PodDisruptionBudget => pdb::create(to, value),
        Kind::PriorityClass => priority_class::create(to, value),
        Kind::ControllerRevision => config::create_revision(to, value),
        Kind::ConfigMap => config::create_config_map(to, value),
        Kind::Secret => config::create_secret(to, value),
        Kind::Namespace => config::create_namespace(to, value),
        Kind::Lease => {
            meta::create(to, value, true, syntax::subdomain);
            config::lease_spec(to, value);
        }
        Kind::Event => {
            config::event(to, value);
            meta::create(to, value, true, syntax::subdomain);
        }
        Kind::PodTemplate => {
            meta::create(to, value, true, syntax::subdomain);
            template::template(to, &Path::root("template"), value.get("template"));
        }
        Kind::LimitRange => limit_range::create(to, value),
        Kind::ResourceQuota => resource_quota::create(to, value),
        Kind::ServiceAccount | Kind::EndpointSlice => {
            meta::create(to, value, true, syntax::subdomain);
        }
        Kind::Endpoints => {
            meta::create(to, value, true, syntax::subdomain);
            endpoints::subsets(to, value.get("subsets"));
        }
        Kind::PersistentVolume => pv::create(to, value),
        Kind::StorageClass => pv::create_class(to, value),
        Kind::Ingress => route::create_ingress(to, value),
        Kind::NetworkPolicy => {
            meta::create(to, value, true, syntax::subdomain);
            route::network_policy(to, value);
        }
        Kind::HorizontalPodAutoscaler => {
            meta::create(to, value, true, syntax::subdomain);
            autoscaler::spec(to, value);
        }
        Kind::Role | Kind::ClusterRole | Kind::RoleBinding | Kind::ClusterRoleBinding => {
            access::create(to, kind, value);
        }
    }
    errors.into_list()
}

/// What is wrong with a change of an object, apart from its status.
/// Of a resize of a pod.
pub fn resize(new: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    pod_resize::resize(&mut errors, new, old);
    errors.into_list()
}

pub fn update(kind: Kind, new: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let to = &mut errors;
    // The server's generic part looks at the metadata before the kind's own rules do.
    if matches!(kind, Kind::PodDisruptionBudget | Kind::Lease) {
        meta::any_update(to, new, old);
    } else {
        meta::update(to, new, old);
    }
    match kind {
        Kind::Pod => pod::update(to, new, old),
        Kind::Node => node::update(to, new, old),
        Kind::DaemonSet => daemon_set::update(to, new, old),
        Kind::Deployment => deployment::update(to, new, old),
        Kind::ReplicaSet => deployment::update_replica_set(to, new, old),
        Kind::ReplicationController => deployment::update_replication_controller(to, new, old),
        Kind::StatefulSet => stateful_set::update(to, new, old),
        Kind::Job => job::update(to, new, old),
        Kind::CronJob => cron_job::update(to, new, old),
        Kind::Service => service::update(to, new, old),
        Kind::PersistentVolumeClaim => pvc::update(to, new, old),
        Kind::PodDisruptionBudget => pdb::spec(to, new.get("spec")),
        Kind::PriorityClass => priority_class::update(to, new, old),
        Kind::ControllerRevision => config::update_revision(to, new, old),
        Kind::ConfigMap => config::update_config_map(to, new, old),
        Kind::Secret => config::update_secret(to, new, old),
        Kind::Lease => config::lease_spec(to, new),
        Kind::Event => config::event(to, new),
        Kind::PodTemplate => {
            template::template(to, &Path::root("template"), new.get("template"));
        }
        Kind::LimitRange => limit_range::create(to, new),
        Kind::ResourceQuota => resource_quota::update(to, new, old),
        Kind::PersistentVolume => pv::update(to, new, old),
        Kind::StorageClass => pv::update_class(to, new, old),
        Kind::Ingress => route::ingress(to, new),
        Kind::NetworkPolicy => route::network_policy(to, new),
        Kind::HorizontalPodAutoscaler => autoscaler::spec(to, new),
        Kind::Role | Kind::ClusterRole | Kind::RoleBinding | Kind::ClusterRoleBinding => {
            access::update(to, kind, new, old);
        }
        Kind::Endpoints => endpoints::subsets(to, new.get("subsets")),
        Kind::Namespace | Kind::ServiceAccount | Kind::EndpointSlice => {}
    }
    errors.into_list()
}

/// What is wrong with a change of an object's status.
pub fn update_status(kind: Kind, new: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let to = &mut errors;
    meta::update(to, new, old);
    match kind {
        Kind::Node => node::update_status(to, new, old),
        Kind::DaemonSet => daemon_set::update_status(to, new, old),
        Kind::Deployment => deployment::update_status(to, new, old),
        Kind::ReplicaSet => deployment::update_replica_set_status(to, new, old),
        Kind::StatefulSet => stateful_set::update_status(to, new, old),
        Kind::Job => job::update_status(to, new, old),
        Kind::PodDisruptionBudget => pdb::update_status(to, new, old),
        // Written by the system's own parts only.
        Kind::Pod
        | Kind::Namespace
        | Kind::Event
        | Kind::ConfigMap
        | Kind::Secret
        | Kind::Service
        | Kind::ServiceAccount
        | Kind::Endpoints
        | Kind::LimitRange
        | Kind::PersistentVolume
        | Kind::PersistentVolumeClaim
        | Kind::PodTemplate
        | Kind::ReplicationController
        | Kind::ResourceQuota
        | Kind::ControllerRevision
        | Kind::CronJob
        | Kind::PriorityClass
        | Kind::StorageClass
        | Kind::Lease
        | Kind::EndpointSlice
        | Kind::Ingress
        | Kind::NetworkPolicy
        | Kind::HorizontalPodAutoscaler
        | Kind::Role
        | Kind::ClusterRole
        | Kind::RoleBinding
        | Kind::ClusterRoleBinding => {}
    }
    errors.into_list()
}

/// The lines that the server sends as `Warning:` with an accepted create (`old` is None) or update.
pub fn warnings(kind: Kind, new: &Value, old: Option<&Value>) -> Vec<String> {
    kind_warnings::of_kind(kind, new, old)
}
