//! Admission: what the server adds to a request, and what it refuses although it is valid.
//!
//! The steps run in upstream's order; each is one file. Not here: plugins that change nothing in this cluster
//! (web hooks).

pub mod namespace;

pub mod service_account;

pub mod node_taints;

pub mod priority;

pub mod toleration;

pub mod topology;

pub mod storage;

pub mod quota;

pub mod limit_range;

pub mod pod_security;

use super::{ApiServer, Call};
use crate::k8s::{Kind, Object, Value};
use crate::sim::Status;

/// Steps that may change a new object, before it is validated.
pub(super) fn on_create(
    api: &mut ApiServer,
    call: &Call,
    kind: Kind,
    value: &mut Value,
) -> Result<(), Status> {
    namespace::accepts(api, kind, value)?;
    match kind {
        Kind::Pod => {
            limit_range::fill_in(api, value);
            service_account::add_token(api, call, value)?;
            priority::resolve(api, value, None)?;
            toleration::add_default_seconds(value);
            runtime_class(value)?;
            topology::copy(api, value);
        }
        Kind::Node => node_taints::add_not_ready(value),
        Kind::PriorityClass => priority::one_default(api, value)?,
        Kind::PersistentVolumeClaim | Kind::PersistentVolume => {
            storage::prepare(api, kind, value);
        }
        Kind::Namespace
        | Kind::Event
        | Kind::ConfigMap
        | Kind::Secret
        | Kind::Service
        | Kind::ServiceAccount
        | Kind::Endpoints
        | Kind::LimitRange
        | Kind::PodTemplate
        | Kind::ReplicationController
        | Kind::ResourceQuota
        | Kind::DaemonSet
        | Kind::ControllerRevision
        | Kind::Deployment
        | Kind::ReplicaSet
        | Kind::StatefulSet
        | Kind::Job
        | Kind::CronJob
        | Kind::PodDisruptionBudget
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
    Ok(())
}

/// No runtime class exists here, so a pod that names one is refused.
///
/// Upstream: plugin/pkg/admission/runtimeclass/admission.go `Admit`
fn runtime_class(pod: &Value) -> Result<(), Status> {
    let class = pod.at(&["spec", "runtimeClassName"]);
    if class.is_null() {
        return Ok(());
    }
    let why = format!("pod rejected: RuntimeClass {class} not found");
    Err(Status::forbidden(Kind::Pod, name_of(pod), &why))
}

/// Steps that may change an object that is updated.
pub(super) fn on_update(
    api: &mut ApiServer,
    old: &Object,
    value: &mut Value,
) -> Result<(), Status> {
    if old.kind() == Kind::Pod && !value.get("spec").same(old.value().get("spec")) {
        priority::resolve(api, value, Some(old))?;
        toleration::add_default_seconds(value);
    }
    if old.kind() == Kind::PriorityClass {
        priority::one_default(api, value)?;
    }
    Ok(())
}

/// Steps that only refuse, after validation.
pub(super) fn check_create(
    api: &ApiServer,
    call: &Call,
    kind: Kind,
    value: &Value,
) -> Result<(), Status> {
    limit_range::check(api, kind, value)?;
    pod_security::check_labels(kind, value, None)?;
    pod_security::check(api, kind, value)?;
    quota::check(api, kind, value, None, call.now.timestamp())
}

/// Kinds whose changes quotas and limits look at.
fn limited(kind: Kind) -> bool {
    matches!(kind, Kind::Service | Kind::PersistentVolumeClaim)
}

/// Steps that only refuse a change, after validation.
pub(super) fn check_update(
    api: &ApiServer,
    call: &Call,
    old: &Object,
    value: &Value,
    resizing: bool,
) -> Result<(), Status> {
    pod_security::check_labels(old.kind(), value, Some(old.value()))?;
    storage::check_growth(api, old, value)?;
    if !(limited(old.kind()) || resizing) || value.get("spec").same(old.value().get("spec")) {
        return Ok(());
    }
    limit_range::check(api, old.kind(), value)?;
    let now = call.now.timestamp();
    quota::check(api, old.kind(), value, Some(old.value()), now)
}

/// What is kept in the books of an object that was made (`old` is None) or changed.
pub(super) fn account(
    api: &mut ApiServer,
    call: &Call,
    object: &Object,
    old: Option<&Object>,
    resized: bool,
) {
    if old.is_none() || limited(object.kind()) || resized {
        quota::charge(api, call, object, old.map(Object::value));
    }
}

/// How a refusal names an object that may not have its name yet.
fn name_of(value: &Value) -> &str {
    let metadata = value.get("metadata");
    let name = metadata.get("name").text();
    if name.is_empty() {
        metadata.get("generateName").text()
    } else {
        name
    }
}
