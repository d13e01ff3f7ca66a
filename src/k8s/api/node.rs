//! View of a node.

use crate::k8s::{Str, Value, de};
use serde::Deserialize;

/// What parts read of a node.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Node {
    pub taints: Vec<Taint>,
    pub unschedulable: bool,
    pub conditions: Vec<NodeCondition>,
    /// Resource name to quantity.
    pub allocatable: Value,
    pub capacity: Value,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Taint {
    pub key: Str,
    pub value: Str,
    pub effect: Str,
    pub time_added: Str,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeCondition {
    #[serde(rename = "type")]
    pub kind: Str,
    pub status: Str,
    pub reason: Str,
    pub message: Str,
    pub last_heartbeat_time: Str,
    pub last_transition_time: Str,
}

impl Node {
    pub(crate) fn read(value: &Value) -> Self {
        let (spec, status) = (value.get("spec"), value.get("status"));
        Self {
            taints: de::read(spec.get("taints")),
            unschedulable: spec.get("unschedulable").as_bool() == Some(true),
            conditions: de::read(status.get("conditions")),
            allocatable: status.get("allocatable").clone(),
            capacity: status.get("capacity").clone(),
        }
    }

    pub fn condition(&self, kind: &str) -> Option<&NodeCondition> {
        self.conditions.iter().find(|c| c.kind == kind)
    }
}
