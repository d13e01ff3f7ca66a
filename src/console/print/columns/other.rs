//! The rows of small kinds.

use super::{Column, View, age, col};
use crate::console::print::{labels, scalar};
use crate::k8s::{Kind, Object, Value};

pub const NAMESPACE: &[Column] = &[col("NAME"), col("STATUS"), col("AGE")];
pub const CONFIG_MAP: &[Column] = &[col("NAME"), col("DATA"), col("AGE")];
pub const SECRET: &[Column] = &[col("NAME"), col("TYPE"), col("DATA"), col("AGE")];
pub const LEASE: &[Column] = &[col("NAME"), col("HOLDER"), col("AGE")];
pub const PRIORITY: &[Column] = &[
    col("NAME"),
    col("VALUE"),
    col("GLOBAL-DEFAULT"),
    col("AGE"),
    col("PREEMPTIONPOLICY"),
];
pub const BUDGET: &[Column] = &[
    col("NAME"),
    col("MIN AVAILABLE"),
    col("MAX UNAVAILABLE"),
    col("ALLOWED DISRUPTIONS"),
    col("AGE"),
];
pub const TEMPLATE: &[Column] = &[
    col("NAME"),
    col("CONTAINERS"),
    col("IMAGES"),
    col("POD LABELS"),
];
pub const QUOTA: &[Column] = &[col("NAME"), col("REQUEST"), col("LIMIT"), col("AGE")];
pub const LIMITS: &[Column] = &[col("NAME"), col("CREATED AT")];

pub const API_SERVICE: &[Column] = &[col("NAME"), col("SERVICE"), col("AVAILABLE"), col("AGE")];
pub const COMPONENT: &[Column] = &[col("NAME"), col("STATUS"), col("MESSAGE"), col("ERROR")];

fn fields(value: &Value) -> usize {
    value.fields().count()
}

pub fn cells(object: &Object, view: View<'_>) -> Vec<String> {
    let value = object.value();
    let (spec, status) = (value.get("spec"), value.get("status"));
    let name = object.name().to_string();
    let age = age(object, view);
    match object.kind() {
        Kind::Namespace => vec![name, status.get("phase").text().to_owned(), age],
        Kind::ConfigMap => {
            let data = fields(value.get("data")) + fields(value.get("binaryData"));
            vec![name, data.to_string(), age]
        }
        Kind::Secret => {
            let data = fields(value.get("data")).to_string();
            vec![name, value.get("type").text().to_owned(), data, age]
        }
        Kind::Lease => vec![name, spec.get("holderIdentity").text().to_owned(), age],
        Kind::PriorityClass => priority(value, name, age),
        Kind::PodDisruptionBudget => budget(value, name, age),
        Kind::PodTemplate => {
            let [names, images] = super::template_cells(object, &["template", "spec"]);
            vec![
                name,
                names,
                images,
                labels(value.at(&["template", "metadata", "labels"])),
            ]
        }
        Kind::ResourceQuota => {
            let (requests, limits) = quota(status);
            vec![name, requests, limits, age]
        }
        Kind::LimitRange => {
            let at = value.at(&["metadata", "creationTimestamp"]).text();
            vec![name, at.to_owned()]
        }
        Kind::Pod
        | Kind::Node
        | Kind::Event
        | Kind::Service
        | Kind::ServiceAccount
        | Kind::Endpoints
        | Kind::PersistentVolume
        | Kind::PersistentVolumeClaim
        | Kind::ReplicationController
        | Kind::DaemonSet
        | Kind::ControllerRevision
        | Kind::Deployment
        | Kind::ReplicaSet
        | Kind::StatefulSet
        | Kind::Job
        | Kind::CronJob
        | Kind::StorageClass
        | Kind::EndpointSlice
        | Kind::Ingress
        | Kind::NetworkPolicy
        | Kind::HorizontalPodAutoscaler
        | Kind::Role
        | Kind::ClusterRole
        | Kind::RoleBinding
        | Kind::ClusterRoleBinding => vec![name, age],
    }
}

/// Cells of what nobody stores.
pub fn served(object: &Object, view: View<'_>) -> Vec<String> {
    let value = object.value();
    let name = object.name().to_string();
    let [condition] = value.get("conditions").items() else {
        return vec![
            name,
            "Local".to_owned(),
            "True".to_owned(),
            age(object, view),
        ];
    };
    let healthy = condition.get("status").text() == "True";
    let status = if healthy { "Healthy" } else { "Unhealthy" };
    let message = condition.get("message").text().to_owned();
    vec![name, status.to_owned(), message, String::new()]
}

fn priority(value: &Value, name: String, age: String) -> Vec<String> {
    let policy = value.get("preemptionPolicy").text();
    vec![
        name,
        value.get("value").as_i64().unwrap_or(0).to_string(),
        (value.get("globalDefault").as_bool() == Some(true)).to_string(),
        age,
        if policy.is_empty() {
            "PreemptLowerPriority"
        } else {
            policy
        }
        .to_owned(),
    ]
}

fn budget(value: &Value, name: String, age: String) -> Vec<String> {
    let (spec, status) = (value.get("spec"), value.get("status"));
    let or_not = |v: &Value| {
        if v.is_null() {
            "N/A".to_owned()
        } else {
            scalar(v)
        }
    };
    vec![
        name,
        or_not(spec.get("minAvailable")),
        or_not(spec.get("maxUnavailable")),
        status
            .get("disruptionsAllowed")
            .as_i64()
            .unwrap_or(0)
            .to_string(),
        age,
    ]
}

/// `pods: 1/10, …` for requests, and the same for limits.
fn quota(status: &Value) -> (String, String) {
    let (mut requests, mut limits) = (Vec::new(), Vec::new());
    for (resource, hard) in status.get("hard").fields() {
        let used = status.get("used").get(resource);
        let text = format!("{resource}: {}/{}", scalar(used), scalar(hard));
        if resource.starts_with("limits.") {
            limits.push(text);
        } else {
            requests.push(text);
        }
    }
    (requests.join(", "), limits.join(", "))
}
