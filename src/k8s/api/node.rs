//! View of a node.

use crate::k8s::de::view;
use crate::k8s::{Str, Value, de};

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

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Taint {
    pub key: Str,
    pub value: Str,
    pub effect: Str,
    pub time_added: Str,
}

view!(Taint {
    key: "key",
    value: "value",
    effect: "effect",
    time_added: "timeAdded",
});

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodeCondition {
    pub kind: Str,
    pub status: Str,
    pub reason: Str,
    pub message: Str,
    pub last_heartbeat_time: Str,
    pub last_transition_time: Str,
}

view!(NodeCondition {
    kind: "type",
    status: "status",
    reason: "reason",
    message: "message",
    last_heartbeat_time: "lastHeartbeatTime",
    last_transition_time: "lastTransitionTime",
});

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
