//! A node's card: who it is, what it carries, one slot for each DaemonSet.

use super::capacity::{Gauge, gauges};
use super::counted::{Counted, SetFacts};
use super::daemon_set::owned;
use super::index::{Index, Place};
use super::pod::{self, Around, PodToken};
use crate::cluster::SimTime;
use crate::cluster::daemonset::Reason;
use crate::k8s::affinity::Mismatch;
use crate::k8s::api::{Node, Taint};
use crate::k8s::{Object, Str};
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
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Slot {
    pub set_uid: Str,
    pub set_name: Str,
    /// Usually one; two while one goes and one comes; none when the slot is empty.
    pub pods: Vec<PodToken>,
    /// Why it is empty, in a few words; empty text when there is a pod.
    pub reason: &'static str,
    /// The counters of the DaemonSet that count this node.
    pub counted: Counted,
}

/// A pod that belongs to no DaemonSet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OtherPod {
    pub namespace: Str,
    pub name: Str,
    pub phase: Str,
}

/// One card of the grid.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
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
    pub others: Vec<OtherPod>,
    /// cpu, memory and pods: requested against allocatable.
    pub gauges: Vec<Gauge>,
}

/// The card of a place, and the moment from which it reads differently though nothing happens.
pub(super) fn card(
    index: &Index,
    place: &Place,
    now: SimTime,
) -> Option<(NodeCard, Option<SimTime>)> {
    let object = place.node.as_ref()?;
    let default = Node::default();
    let node = object.node().unwrap_or(&default);
    let mut until = None;
    let facts = index.facts().iter();
    let slots: Vec<Slot> = facts
        .map(|set| slot(index, set, object, &place.pods, now, &mut until))
        .collect();
    let daemon = |pod: &&Arc<Object>| index.facts().iter().all(|set| !owned(pod, &set.object));
    let others = place.pods.iter().filter(daemon).map(|pod| OtherPod {
        namespace: pod.namespace().clone(),
        name: pod.name().clone(),
        phase: pod.pod().map_or(Str::default(), |p| {
            Str::new(&format!("{:?}", p.status.phase))
        }),
    });
    let card = NodeCard {
        name: object.name().clone(),
        roles: roles(object),
        ready: ready(node),
        cordoned: node.unschedulable,
        taints: node.taints.iter().map(TaintChip::of).collect(),
        labels: labels(object),
        conditions: conditions(node),
        slots,
        others: others.collect(),
        gauges: gauges(node, &place.pods),
    };
    Some((card, until))
}

fn ready(node: &Node) -> bool {
    node.condition("Ready").is_some_and(|c| c.status == "True")
}

fn slot(
    index: &Index,
    set: &SetFacts,
    node: &Object,
    pods: &[Arc<Object>],
    now: SimTime,
    until: &mut Option<SimTime>,
) -> Slot {
    let mine: Vec<&Arc<Object>> = pods.iter().filter(|pod| owned(pod, &set.object)).collect();
    let token = |pod: &&Arc<Object>| {
        let around = Around {
            daemon_set: &set.object,
            revision: index.revision(pod),
            returned: index.returned(pod),
            node: node.name(),
            node_ready: node.node().is_some_and(ready),
            now,
        };
        pod::token(pod, &around)
    };
    let tokens: Vec<PodToken> = mine.iter().map(token).collect();
    for (token, pod) in tokens.iter().zip(&mine) {
        let next = pod::changes_at(pod, token.state, set.min_ready, now);
        *until = (*until).into_iter().chain(next).min();
    }
    let decision = set.decide(node);
    let reason = match &decision {
        Some((_, reason)) if mine.is_empty() => words(reason),
        Some(_) | None => "",
    };
    let run = decision.is_some_and(|(run, _)| run);
    Slot {
        set_uid: set.object.uid().clone(),
        set_name: set.object.name().clone(),
        pods: tokens,
        reason,
        counted: set.counted(run, &mine, now),
    }
}

/// Why a slot is empty, in a few words.
fn words(reason: &Reason) -> &'static str {
    match reason {
        Reason::Fits => w("not created yet"),
        Reason::NodeName { .. } => w("the template names another node"),
        Reason::Affinity(Mismatch::NodeSelector { .. }) => w("nodeSelector does not match"),
        Reason::Affinity(Mismatch::NoTerms | Mismatch::Terms(_)) => {
            w("node affinity does not match")
        }
        Reason::Taint { .. } => w("taint not tolerated"),
    }
}

/// Marks words for the tables of the page, which translates them when it shows them.
const fn w(english: &'static str) -> &'static str {
    english
}

/// The node that a pod is on, or is pinned to by the affinity that the controller wrote.
pub(super) fn node_of(pod: &Object) -> Str {
    let Some(spec) = pod.pod().map(|p| &p.spec) else {
        return Str::default();
    };
    if !spec.node_name.is_empty() {
        return spec.node_name.clone();
    }
    let required = spec.required_nodes();
    let terms = required.into_iter().flat_map(|r| r.node_selector_terms);
    let mut fields = terms.flat_map(|term| term.match_fields);
    let named = fields.find(|field| field.key == "metadata.name");
    named
        .and_then(|field| field.values.first().cloned())
        .unwrap_or_default()
}

const ROLE_PREFIX: &str = "node-role.kubernetes.io/";

pub(super) fn roles(node: &Object) -> Vec<Str> {
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
        let mut place = Place::default();
        place.node = Some(node);
        let (card, _) = card(&Index::default(), &place, SimTime::default()).expect("a card");
        assert_eq!(card.roles, ["control-plane"]);
        assert!(card.cordoned && !card.ready);
        let taints: Vec<_> = card.taints.iter().map(TaintChip::text).collect();
        assert_eq!(taints, ["a=b:NoExecute", "c:NoSchedule"]);
        let labels: Vec<_> = card.labels.iter().map(LabelChip::text).collect();
        assert_eq!(labels, ["disktype=ssd"]);
        assert_eq!(card.conditions, ["MemoryPressure", "NotReady"]);
    }
}
