//! The fields that `--field-selector` knows.

use super::Type;
use crate::k8s::{Kind, Object};

const POD: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "spec.nodeName",
    "spec.host",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
];

const EVENT: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
];

/// The fields of a kind beside `metadata.name` and `metadata.namespace`, and whether it has its own sentence for
/// unknown ones.
fn known(kind: Option<Kind>) -> Option<&'static [&'static str]> {
    match kind? {
        Kind::Pod => Some(POD),
        Kind::Event => Some(EVENT),
        Kind::Node => Some(&["metadata.name", "spec.unschedulable"]),
        Kind::Namespace => Some(&["metadata.name", "status.phase"]),
        Kind::Secret => Some(&["metadata.name", "metadata.namespace", "type"]),
        Kind::Job => Some(&["metadata.name", "metadata.namespace", "status.successful"]),
        Kind::ReplicationController => {
            Some(&["metadata.name", "metadata.namespace", "status.replicas"])
        }
        Kind::Service => Some(&[
            "metadata.name",
            "metadata.namespace",
            "spec.clusterIP",
            "spec.type",
        ]),
        Kind::ConfigMap
        | Kind::ReplicaSet
        | Kind::ServiceAccount
        | Kind::Endpoints
        | Kind::LimitRange
        | Kind::PersistentVolume
        | Kind::PersistentVolumeClaim
        | Kind::PodTemplate
        | Kind::ResourceQuota
        | Kind::DaemonSet
        | Kind::ControllerRevision
        | Kind::Deployment
        | Kind::StatefulSet
        | Kind::CronJob
        | Kind::PodDisruptionBudget
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
        | Kind::ClusterRoleBinding => None,
    }
}

/// Whether the server can select a type by a field; the error is its sentence.
pub fn check(ty: Type, field: &str) -> Result<(), String> {
    match known(ty.kind) {
        Some(fields) if fields.contains(&field) => Ok(()),
        Some(_) if ty.kind == Some(Kind::Job) => {
            Err(format!("field label \"{field}\" not supported for Job"))
        }
        Some(_) => Err(format!("field label not supported: {field}")),
        None if matches!(field, "metadata.name" | "metadata.namespace") => Ok(()),
        None => Err(format!(
            "\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        )),
    }
}

/// The value of a field as selectors see it.
pub fn value<'a>(object: &'a Object, field: &str) -> &'a str {
    let value = object.value();
    match field {
        "metadata.name" => object.name(),
        "metadata.namespace" => object.namespace(),
        "reportingComponent" => value.get("reportingComponent").text(),
        "source" => {
            let component = value.at(&["source", "component"]).text();
            if component.is_empty() {
                value.get("reportingComponent").text()
            } else {
                component
            }
        }
        // As clients of old call it.
        "spec.host" => value.at(&["spec", "nodeName"]).text(),
        "status.podIPs" => value.at(&["status", "podIP"]).text(),
        _ => {
            let path: Vec<&str> = field.split('.').collect();
            match value.at(&path) {
                crate::k8s::Value::Str(text) => text,
                crate::k8s::Value::Bool(true) => "true",
                crate::k8s::Value::Bool(false) => "false",
                _ if matches!(field, "spec.unschedulable" | "spec.hostNetwork") => "false",
                _ => "",
            }
        }
    }
}
