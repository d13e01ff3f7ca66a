//! The resize subresource of pods: their requests and limits, while they run.
//!
//! Upstream: pkg/registry/core/pod/strategy.go `podResizeStrategy`

use super::ApiServer;
use crate::k8s::pod_resources::total;
use crate::k8s::{Kind, Object, Value};
use crate::sim::Status;

/// What of the sent tree counts: who manages what, and of the spec what containers and the pod ask for.
pub(super) fn prepare(old: &Object, value: &mut Value) {
    let before = old.value();
    let mut spec = before.get("spec").clone();
    let sent = value.get("spec");
    set(&mut spec, "resources", sent);
    for field in ["containers", "initContainers"] {
        let (had, has) = (before.at(&["spec", field]).items(), sent.get(field).items());
        let one = |(was, is): (&Value, &Value)| {
            if was.get("name") != is.get("name") {
                return is.clone();
            }
            let mut container = was.clone();
            for field in ["resources", "resizePolicy"] {
                set(&mut container, field, is);
            }
            container
        };
        if had.len() != has.len() {
            spec.set(field, sent.get(field));
        } else if before.at(&["spec", field]) != sent.get(field) {
            spec.set(field, had.iter().zip(has).map(one).collect::<Value>());
        }
    }
    let managers = value.at(&["metadata", "managedFields"]).clone();
    value.set("metadata", before.get("metadata"));
    if !managers.is_null() {
        value.set_at(&["metadata", "managedFields"], managers);
    }
    value.set("spec", spec);
}

/// Takes a field over, also when it is not there.
fn set(to: &mut Value, field: &'static str, from: &Value) {
    if from.get(field).is_null() {
        to.remove(field);
    } else if from.get(field) != to.get(field) {
        to.set(field, from.get(field));
    }
}

/// Refuses what the pod's node could never give.
pub(super) fn check_node(api: &ApiServer, pod: &Value) -> Result<(), Status> {
    let name = pod.at(&["spec", "nodeName"]).text();
    let Ok(node) = api.get(Kind::Node, "", name) else {
        return Ok(());
    };
    let asked = total(pod.get("spec"), "requests");
    let has = crate::k8s::pod_resources::read(node.value().at(&["status", "allocatable"]));
    let mut short = Vec::new();
    for (resource, milli) in [("cpu", true), ("memory", false)] {
        let of = |amounts: &crate::k8s::pod_resources::Amounts| {
            amounts.get(resource).map_or(0, |amount| {
                if milli {
                    amount.milli_value()
                } else {
                    amount.value()
                }
            })
        };
        let (asked, has) = (of(&asked), of(&has));
        if asked > has {
            short.push(format!(
                "{resource}, requested: {asked}, allocatable: {has}"
            ));
        }
    }
    if short.is_empty() {
        return Ok(());
    }
    let short = short.join("; ");
    let why = format!("node didn't have enough allocatable resources: {short}");
    let name = pod.at(&["metadata", "name"]).text();
    Err(Status::forbidden(Kind::Pod, name, &why))
}
