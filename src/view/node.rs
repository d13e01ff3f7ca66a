//! A node's card: who it is, what it carries, one slot for each DaemonSet.

use super::daemon_set::{HASH_LABEL, owned};
use super::explain;
use super::pod::{self, Around, PodToken};
use crate::cluster::SimTime;
use crate::k8s::api::{Node, Taint};
use crate::k8s::{Object, Str};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A taint as a chip.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaintChip {
    pub key: Str,
    pub value: Str,
    pub effect: Str,
}

impl TaintChip {
    pub fn of(taint: &Taint) -> Self {
        Self {
            key: taint.key.clone(),
            value: taint.value.clone(),
            effect: taint.effect.clone(),
        }
    }

    /// `key=value:Effect`, as kubectl writes and reads it; without `=` when there is no value.
    pub fn text(&self) -> String {
        if self.value.is_empty() {
            format!("{}:{}", self.key, self.effect)
        } else {
            format!("{}={}:{}", self.key, self.value, self.effect)
        }
    }
}

/// A label as a chip.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LabelChip {
    pub key: Str,
    pub value: Str,
}

impl LabelChip {
    /// `key=value`, or the key alone.
    pub fn text(&self) -> String {
        if self.value.is_empty() {
            self.key.to_string()
        } else {
            format!("{}={}", self.key, self.value)
        }
    }
}

/// The place of one DaemonSet on one node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    pub set_uid: Str,
    pub set_name: Str,
    /// Usually one; two while one goes and one comes; none when the slot is empty.
    pub pods: Vec<PodToken>,
    /// Why it is empty, in a few words; empty text when there is a pod.
    pub reason: Str,
}

/// One card of the grid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeCard {
    pub name: Str,
    pub roles: Vec<Str>,
    pub ready: bool,
    pub cordoned: bool,
    pub taints: Vec<TaintChip>,
    /// Labels that a person gave; the ones that every node has are left out.
    pub labels: Vec<LabelChip>,
    /// Conditions worth a word: not the ones that say all is well.
    pub conditions: Vec<Str>,
    pub slots: Vec<Slot>,
    /// Pods here that belong to no DaemonSet.
    pub others: usize,
}

/// What the cards are made from.
pub struct Cards<'a> {
    pub sets: &'a [Arc<Object>],
    pub pods: &'a [Arc<Object>],
    /// Revision numbers by DaemonSet uid and hash label.
    pub revisions: &'a BTreeMap<(Str, Str), i64>,
    pub now: SimTime,
}

impl Cards<'_> {
    /// The cards of nodes, in their order.
    pub fn of(&self, nodes: &[Arc<Object>]) -> Vec<NodeCard> {
        let mut by_node: BTreeMap<&str, Vec<&Arc<Object>>> = BTreeMap::new();
        for pod in self.pods {
            by_node.entry(node_of(pod)).or_default().push(pod);
        }
        nodes
            .iter()
            .map(|node| self.card(node, by_node.get(node.name().as_str()).map_or(&[], |v| v)))
            .collect()
    }

    fn card(&self, object: &Object, pods: &[&Arc<Object>]) -> NodeCard {
        let default = Node::default();
        let node = object.node().unwrap_or(&default);
        let ready = node.condition("Ready").is_some_and(|c| c.status == "True");
        let slots: Vec<Slot> = self
            .sets
            .iter()
            .map(|set| self.slot(set, object, pods, ready))
            .collect();
        let mine: usize = slots.iter().map(|slot| slot.pods.len()).sum();
        NodeCard {
            name: object.name().clone(),
            roles: roles(object),
            ready,
            cordoned: node.unschedulable,
            taints: node.taints.iter().map(TaintChip::of).collect(),
            labels: labels(object),
            conditions: conditions(node),
            slots,
            others: pods.len() - mine,
        }
    }

    fn slot(&self, set: &Object, node: &Object, pods: &[&Arc<Object>], node_ready: bool) -> Slot {
        let token = |pod: &&Arc<Object>| {
            let hash = Str::new(pod.meta().label(HASH_LABEL).unwrap_or(""));
            let revision = self
                .revisions
                .get(&(set.uid().clone(), hash))
                .copied()
                .unwrap_or(0);
            let around = Around {
                daemon_set: set,
                revision,
                node: node.name(),
                node_ready,
                now: self.now,
            };
            pod::token(pod, &around)
        };
        let pods: Vec<PodToken> = pods
            .iter()
            .filter(|pod| owned(pod, set))
            .map(token)
            .collect();
        let reason = if pods.is_empty() {
            explain::reason(set, node)
        } else {
            Str::default()
        };
        Slot {
            set_uid: set.uid().clone(),
            set_name: set.name().clone(),
            pods,
            reason,
        }
    }
}

/// The node that a pod is on, or is pinned to by the affinity that the controller wrote.
pub(super) fn node_of(pod: &Object) -> &str {
    let Some(spec) = pod.pod().map(|p| &p.spec) else {
        return "";
    };
    if !spec.node_name.is_empty() {
        return &spec.node_name;
    }
    let required = spec
        .affinity
        .as_ref()
        .and_then(|a| a.node_affinity.as_ref());
    let terms = required
        .and_then(|a| a.required.as_ref())
        .map(|r| &r.node_selector_terms);
    terms
        .into_iter()
        .flatten()
        .flat_map(|term| &term.match_fields)
        .find(|field| field.key == "metadata.name")
        .and_then(|field| field.values.first())
        .map_or("", |name| name)
}

const ROLE_PREFIX: &str = "node-role.kubernetes.io/";

fn roles(node: &Object) -> Vec<Str> {
    let labels = node.meta().labels.fields();
    labels
        .filter_map(|(key, _)| key.strip_prefix(ROLE_PREFIX))
        .map(Str::new)
        .collect()
}

fn labels(node: &Object) -> Vec<LabelChip> {
    let given = |key: &str| {
        !key.starts_with(ROLE_PREFIX)
            && !key.starts_with("kubernetes.io/")
            && !key.starts_with("beta.kubernetes.io/")
    };
    let labels = node.meta().labels.fields();
    labels
        .filter(|(key, _)| given(key))
        .map(|(key, value)| LabelChip {
            key: key.clone(),
            value: value.to_str(),
        })
        .collect()
}

fn conditions(node: &Node) -> Vec<Str> {
    let word = |kind: &str, status: &str| match (kind, status) {
        ("Ready", "True") => None,
        ("Ready", _) => Some("NotReady".into()),
        (_, "True") => Some(Str::new(kind)),
        _ => None,
    };
    node.conditions
        .iter()
        .filter_map(|c| word(&c.kind, &c.status))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::Kind;
    use crate::value;

    #[test]
    fn a_card_reads_the_node() {
        let node = Object::shared(
            Kind::Node,
            value!({
                "metadata": {"name": "w1", "labels": {"node-role.kubernetes.io/control-plane": "",
                    "kubernetes.io/hostname": "w1", "disktype": "ssd"}},
                "spec": {"unschedulable": true, "taints": [
                    {"key": "a", "value": "b", "effect": "NoExecute"},
                    {"key": "c", "effect": "NoSchedule"}]},
                "status": {"conditions": [
                    {"type": "MemoryPressure", "status": "True"},
                    {"type": "DiskPressure", "status": "False"},
                    {"type": "Ready", "status": "Unknown"}]}
            }),
        );
        let cards = Cards {
            sets: &[],
            pods: &[],
            revisions: &BTreeMap::new(),
            now: SimTime::default(),
        };
        let card = cards.of(&[node]).pop().expect("one card");
        assert_eq!(card.roles, ["control-plane"]);
        assert!(card.cordoned && !card.ready);
        let taints: Vec<_> = card.taints.iter().map(TaintChip::text).collect();
        assert_eq!(taints, ["a=b:NoExecute", "c:NoSchedule"]);
        let labels: Vec<_> = card.labels.iter().map(LabelChip::text).collect();
        assert_eq!(labels, ["disktype=ssd"]);
        assert_eq!(card.conditions, ["MemoryPressure", "NotReady"]);
    }
}
