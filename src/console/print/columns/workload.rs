//! The rows of DaemonSets, Deployments, ReplicaSets, StatefulSets and their revisions.

use super::{Column, View, age, col, template_cells, wide};
use crate::console::print::labels;
use crate::k8s::selector::Selector;
use crate::k8s::{Object, Value};

pub const DAEMON_SET: &[Column] = &[
    col("NAME"),
    col("DESIRED"),
    col("CURRENT"),
    col("READY"),
    col("UP-TO-DATE"),
    col("AVAILABLE"),
    col("NODE SELECTOR"),
    col("AGE"),
    wide("CONTAINERS"),
    wide("IMAGES"),
    wide("SELECTOR"),
];

pub const DEPLOYMENT: &[Column] = &[
    col("NAME"),
    col("READY"),
    col("UP-TO-DATE"),
    col("AVAILABLE"),
    col("AGE"),
    wide("CONTAINERS"),
    wide("IMAGES"),
    wide("SELECTOR"),
];

pub const REPLICA_SET: &[Column] = &[
    col("NAME"),
    col("DESIRED"),
    col("CURRENT"),
    col("READY"),
    col("AGE"),
    wide("CONTAINERS"),
    wide("IMAGES"),
    wide("SELECTOR"),
];

pub const STATEFUL_SET: &[Column] = &[
    col("NAME"),
    col("READY"),
    col("AGE"),
    wide("CONTAINERS"),
    wide("IMAGES"),
];

pub const REVISION: &[Column] = &[col("NAME"), col("CONTROLLER"), col("REVISION"), col("AGE")];

const POD_SPEC: &[&str] = &["spec", "template", "spec"];

fn number(value: &Value) -> String {
    value.as_i64().unwrap_or(0).to_string()
}

/// The selector as text; an absent one is `<none>`.
fn selector(object: &Object) -> String {
    let selector = object.value().at(&["spec", "selector"]);
    if selector.is_null() {
        "<none>".to_owned()
    } else {
        Selector::read(selector).or_none()
    }
}

pub fn daemon_set(object: &Object, view: View<'_>) -> Vec<String> {
    let status = object.value().get("status");
    let [names, images] = template_cells(object, POD_SPEC);
    vec![
        object.name().to_string(),
        number(status.get("desiredNumberScheduled")),
        number(status.get("currentNumberScheduled")),
        number(status.get("numberReady")),
        number(status.get("updatedNumberScheduled")),
        number(status.get("numberAvailable")),
        labels(object.value().at(POD_SPEC).get("nodeSelector")),
        age(object, view),
        names,
        images,
        selector(object),
    ]
}

fn ready_of(object: &Object) -> String {
    let ready = object.value().at(&["status", "readyReplicas"]);
    let wanted = object.value().at(&["spec", "replicas"]);
    format!("{}/{}", number(ready), number(wanted))
}

pub fn deployment(object: &Object, view: View<'_>) -> Vec<String> {
    let status = object.value().get("status");
    let [names, images] = template_cells(object, POD_SPEC);
    vec![
        object.name().to_string(),
        ready_of(object),
        number(status.get("updatedReplicas")),
        number(status.get("availableReplicas")),
        age(object, view),
        names,
        images,
        selector(object),
    ]
}

pub fn replica_set(object: &Object, view: View<'_>) -> Vec<String> {
    let status = object.value().get("status");
    let [names, images] = template_cells(object, POD_SPEC);
    let selector = if object.kind() == crate::k8s::Kind::ReplicationController {
        labels(object.value().at(&["spec", "selector"]))
    } else {
        selector(object)
    };
    vec![
        object.name().to_string(),
        number(object.value().at(&["spec", "replicas"])),
        number(status.get("replicas")),
        number(status.get("readyReplicas")),
        age(object, view),
        names,
        images,
        selector,
    ]
}

pub fn stateful_set(object: &Object, view: View<'_>) -> Vec<String> {
    let [names, images] = template_cells(object, POD_SPEC);
    vec![
        object.name().to_string(),
        ready_of(object),
        age(object, view),
        names,
        images,
    ]
}

pub fn revision(object: &Object, view: View<'_>) -> Vec<String> {
    let controller = object
        .meta()
        .controller()
        .map_or("<none>".to_owned(), |owner| {
            let kind = owner.kind.to_lowercase();
            match owner.api_version.split_once('/') {
                Some((group, _)) => format!("{kind}.{group}/{}", owner.name),
                None => format!("{kind}/{}", owner.name),
            }
        });
    vec![
        object.name().to_string(),
        controller,
        number(object.value().get("revision")),
        age(object, view),
    ]
}
