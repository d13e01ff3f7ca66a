//! A tree against the schema, in the API server's words: unknown fields, wrong types, and the form in which the
//! server stores what it read.
//!
//! Reading order: [`walk`] (structs, lists and maps), `scalar` (single values), `place` (where an error is), `time`.

mod place;
mod scalar;
mod time;
mod walk;

use super::schema::{Type, definition_id, schema};
use super::{Kind, Map, Value};
use crate::k8s::order::InOrder;
pub use scalar::base64;
use walk::{Mode, Walk};

/// What a tree became when it was read as an object of a kind.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// The tree as the server keeps it: without unknown and empty fields, with the fields that are always written,
    /// quantities in their canonical form. Shares every unchanged subtree with what was read.
    pub value: Value,
    /// Paths of the fields that the kind does not have, in the order of reading: `spec.containers[0].cmd`.
    pub unknown: Vec<String>,
    /// Why it could not be read: `json: cannot unmarshal string into Go struct field …`. The value is then what
    /// could be read.
    pub error: Option<String>,
}

impl Decoded {
    /// What a strict reader says: the error, or `strict decoding error: unknown field "a", unknown field "b"`.
    pub fn strict_error(&self) -> Option<String> {
        if self.error.is_some() {
            return self.error.clone();
        }
        if self.unknown.is_empty() {
            return None;
        }
        let fields: Vec<String> = self.warnings().collect();
        Some(format!("strict decoding error: {}", fields.join(", ")))
    }

    /// What a reader who only warns says, one line a field: `unknown field "spec.replicas"`.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        self.unknown
            .iter()
            .map(|path| format!("unknown field \"{path}\""))
    }
}

/// Reads a tree as the JSON of an object.
pub fn decode(kind: Kind, value: &Value) -> Decoded {
    let mut decoded = run(kind, &upgraded(value.clone()), Mode::Json);
    let path = ["spec", "template", "metadata", "labels"];
    let selected = matches!(
        kind,
        Kind::DaemonSet
            | Kind::Deployment
            | Kind::ReplicaSet
            | Kind::StatefulSet
            | Kind::ReplicationController
    );
    // Such a template is always refused, and the refusal shows what was given.
    if selected && value.at(&path).as_map().is_some_and(Map::is_empty) && decoded.error.is_none() {
        decoded.value.set_at(&path, Value::map());
    }
    decoded
}

/// An autoscaler of the first version as one of the second; all else stays as it is.
///
/// Upstream: pkg/apis/autoscaling/v1/conversion.go
pub fn upgraded(mut value: Value) -> Value {
    if value.get("apiVersion").text() != "autoscaling/v1" {
        return value;
    }
    value.set("apiVersion", "autoscaling/v2");
    let percent = value.remove_at(&["spec", "targetCPUUtilizationPercentage"]);
    if let Some(percent) = percent.filter(|p| !p.is_null()) {
        let target = crate::value!({"type": "Utilization", "averageUtilization": percent});
        let metric =
            crate::value!({"type": "Resource", "resource": {"name": "cpu", "target": target}});
        value.set_at(&["spec", "metrics"], crate::value!([metric]));
    }
    value
}

/// An autoscaler of the second version as the first one shows it. What the first has no field for stands in annotations
/// there; nothing here makes any of that but metrics, and these as they were written.
///
/// Upstream: pkg/apis/autoscaling/v1/conversion.go
pub fn downgraded(value: &Value) -> Value {
    let mut value = value.clone();
    value.set("apiVersion", "autoscaling/v1");
    let metrics = value.remove_at(&["spec", "metrics"]).unwrap_or_default();
    let percent = |metric: &Value| {
        let resource = metric.get("resource");
        let percent = resource.at(&["target", "averageUtilization"]);
        (resource.get("name").text() == "cpu" && !percent.is_null()).then(|| percent.clone())
    };
    if let Some(percent) = metrics.items().iter().find_map(percent) {
        value.set_at(&["spec", "targetCPUUtilizationPercentage"], percent);
    }
    let rest = metrics.items().iter().filter(|m| percent(m).is_none());
    let rest: Value = rest.cloned().collect();
    let behavior = value.remove_at(&["spec", "behavior"]).unwrap_or_default();
    for (name, held) in [("metrics", rest), ("behavior", behavior)] {
        if !held.is_empty() {
            let text = super::json::compact(&held);
            let annotations = value.at_mut(&["metadata", "annotations"]);
            annotations.set(format!("autoscaling.alpha.kubernetes.io/{name}"), text);
        }
    }
    if !value.get("status").is_null() {
        let status = value.at_mut(&["status"]);
        status.remove("currentMetrics");
        if status.get("currentReplicas").is_null() {
            status.set("currentReplicas", 0);
        }
    }
    value
}

/// Reads a tree that a strategic merge patch made: the same, but a wrong type is told without its place
/// (`unrecognized type: int32`, `cannot convert int64 to string`, `cannot restore slice from int64`).
pub fn restore(kind: Kind, value: &Value) -> Decoded {
    let mut decoded = run(kind, value, Mode::Tree);
    decoded.unknown.order();
    decoded
}

fn run(kind: Kind, value: &Value, mode: Mode) -> Decoded {
    let mut walk = Walk::new(mode);
    let ty = Type::Struct(definition_id(kind));
    let changed = walk.value(&ty, None, "", value);
    Decoded {
        value: changed.unwrap_or_else(|| value.clone()),
        unknown: walk.unknown,
        error: walk.error,
    }
}

/// What kubectl says of a manifest whose `metadata` it cannot read (`error: unable to decode "x.yaml": ` and this).
pub fn metadata_error(manifest: &Value) -> Option<String> {
    let mut walk = Walk::new(Mode::Json);
    let id = schema().named("meta.v1.ObjectMeta")?;
    walk.at_field(None, "metadata");
    walk.value(
        &Type::Struct(id),
        None,
        "metadataOnlyObject",
        manifest.field("metadata")?,
    );
    walk.error
}

#[cfg(test)]
mod tests;
