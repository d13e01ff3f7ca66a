//! Subtrees that many pods have alike: conditions of one second, resources, states. Equal ones are stored once.
//!
//! Only what was stored a moment ago is looked at, so that a write stays cheap. It saves memory and changes nothing else.

use crate::k8s::{Object, Value};
use std::collections::VecDeque;
use std::sync::Arc;

/// How many owners' last pods are remembered.
const OWNERS: usize = 4;

/// How many subtrees of one sort are remembered.
const RECENT: usize = 24;

/// Fields of a container's status that are often alike.
const OF_CONTAINER: [&str; 4] = ["allocatedResources", "lastState", "resources", "state"];

/// Fields of a pod's status that are.
const OF_POD: [&str; 3] = ["allocatedResources", "hostIPs", "resources"];

/// Subtrees stored lately, by sort.
#[derive(Clone, Debug, Default)]
pub(super) struct Twins {
    /// Whole statuses of new pods.
    first: Recent,
    conditions: Recent,
    container: [Recent; OF_CONTAINER.len()],
    pod: [Recent; OF_POD.len()],
    /// The last pod of each of some owners.
    last: VecDeque<Arc<Object>>,
}

#[derive(Clone, Debug, Default)]
struct Recent(VecDeque<Value>);

impl Recent {
    /// Takes an equal subtree in place of the given one, or remembers it.
    fn share(&mut self, value: &mut Value) {
        match self.0.iter().rev().find(|twin| *twin == value) {
            Some(twin) => *value = twin.clone(),
            None => {
                if self.0.len() == RECENT {
                    self.0.pop_front();
                }
                self.0.push_back(value.clone());
            }
        }
    }

    /// The same for a field, if it is there and differs from the version before.
    fn share_field(&mut self, tree: &mut Value, name: &'static str, before: &Value) {
        let fresh = tree.get(name);
        if !fresh.is_null() && !fresh.same(before.get(name)) {
            self.share(tree.at_mut(&[name]));
        }
    }
}

/// Pods of one owner share this tree.
fn owners(pod: &Value) -> &Value {
    pod.at(&["metadata", "ownerReferences"])
}

impl Twins {
    /// A pod of the same owner that was stored lately.
    pub(super) fn of(&self, pod: &Value) -> Option<&Object> {
        let own = owners(pod);
        let mut last = self.last.iter().map(|pod| &**pod);
        last.find(|other| owners(other.value()).same(own) && !own.is_null())
    }

    /// A pod was stored.
    pub(super) fn note(&mut self, pod: &Arc<Object>) {
        let own = owners(pod.value());
        if own.is_null() {
            return;
        }
        let mut last = self.last.iter_mut();
        if let Some(other) = last.find(|other| owners(other.value()).same(own)) {
            *other = pod.clone();
            return;
        }
        if self.last.len() == OWNERS {
            self.last.pop_front();
        }
        self.last.push_back(pod.clone());
    }

    /// Shares what a pod's new status has in common with others, as far as it is new.
    pub(super) fn share(&mut self, pod: &mut Value, before: &Value) {
        let old = before.get("status").clone();
        let fresh = pod.get("status");
        if fresh.is_null() || fresh.same(&old) {
            return;
        }
        let status = pod.at_mut(&["status"]);
        if old.is_null() && status.get("containerStatuses").is_null() {
            self.first.share(status);
            return;
        }
        for (field, recent) in OF_POD.iter().zip(&mut self.pod) {
            recent.share_field(status, field, &old);
        }
        if !status.get("conditions").items().is_empty() {
            for condition in status.at_mut(&["conditions"]).list_mut() {
                self.conditions.share(condition);
            }
        }
        if !status.get("containerStatuses").items().is_empty() {
            let list = status.at_mut(&["containerStatuses"]).list_mut();
            for (i, container) in list.iter_mut().enumerate() {
                let old = old.get("containerStatuses").index(i);
                for (field, recent) in OF_CONTAINER.iter().zip(&mut self.container) {
                    recent.share_field(container, field, old);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn pod(name: &'static str, second: &'static str) -> Value {
        value!({"metadata": {"name": name}, "status": {
            "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": second}],
            "containerStatuses": [{"name": "a", "state": {"running": {"startedAt": second}}, "lastState": {}}],
            "resources": {"requests": {"cpu": "1"}},
        }})
    }

    #[test]
    fn equal_subtrees_become_one_and_nothing_else_changes() {
        let mut twins = Twins::default();
        let (mut a, mut b, mut later) = (pod("a", "1"), pod("b", "1"), pod("c", "2"));
        for pod in [&mut a, &mut b, &mut later] {
            let before = pod.clone();
            twins.share(pod, &Value::Null);
            assert_eq!(*pod, before);
        }
        let condition = |pod: &Value| pod.at(&["status", "conditions"]).index(0).clone();
        assert!(condition(&a).same(&condition(&b)));
        assert!(!condition(&a).same(&condition(&later)));
        let state = |pod: &Value| {
            pod.at(&["status", "containerStatuses"])
                .index(0)
                .get("state")
                .clone()
        };
        assert!(state(&a).same(&state(&b)) && !state(&a).same(&state(&later)));
        let resources = |pod: &Value| pod.at(&["status", "resources"]).clone();
        assert!(resources(&a).same(&resources(&later)));
    }
}
