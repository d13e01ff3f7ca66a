//! The nodes in the order and in the groups that a person asked for, without those filtered out.

use super::field::{Cell, Look};
use super::index::Index;
use super::pod::PodState;
use crate::cluster::fit::pod_requests;
use crate::k8s::order::InOrder;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::selector::Selector;
use crate::k8s::{Object, Str};
use std::sync::Arc;

/// What the nodes are sorted by; equal ones by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sort {
    #[default]
    Name,
    /// What needs attention first.
    State,
    /// The oldest revision first: what a rollout has not reached.
    Revision,
    /// The most cpu requested first.
    Cpu,
    /// The newest node first.
    Newest,
}

impl Sort {
    pub const ALL: [Sort; 5] = [
        Sort::Name,
        Sort::State,
        Sort::Revision,
        Sort::Cpu,
        Sort::Newest,
    ];
}

/// The state that a node must be in to be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Want {
    #[default]
    Any,
    NotReady,
    Cordoned,
    Tainted,
    /// No pod of the DaemonSet in front.
    Empty,
    /// A pod that is not available.
    Unavailable,
    /// A pod of an older revision.
    Outdated,
}

impl Want {
    pub const ALL: [Want; 7] = [
        Want::Any,
        Want::NotReady,
        Want::Cordoned,
        Want::Tainted,
        Want::Empty,
        Want::Unavailable,
        Want::Outdated,
    ];

    fn meets(self, look: &Look) -> bool {
        use super::counted::Counter;
        match self {
            Want::Any => true,
            Want::NotReady => !look.ready,
            Want::Cordoned => look.cordoned,
            Want::Tainted => look.tainted,
            Want::Empty => look.mark.is_none(),
            Want::Unavailable => look.mark.is_some_and(|m| m.state != PodState::Available),
            Want::Outdated => look.mark.is_some() && !look.counted.has(Counter::Updated),
        }
    }
}

/// What a person asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Arrangement {
    /// The key of the label whose values make the groups; empty: one group. `role` groups by role.
    pub group: Str,
    pub sort: Sort,
    pub want: Want,
    /// A part of a name, a label or a taint, or a label selector.
    pub text: String,
}

impl Arrangement {
    /// Nothing was asked for: all nodes by name.
    pub fn plain(&self) -> bool {
        *self == Self::default()
    }
}

/// Nodes that stand together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Group {
    /// The label's value; empty for the only group, or for nodes without the label.
    pub title: Str,
    /// Places in the list of cells.
    pub cells: Vec<u32>,
}

/// Arranges the nodes. The cells are in the order of the index.
pub fn arrange(index: &Index, cells: &[Cell], asked: &Arrangement) -> Vec<Group> {
    let filter = Filter::read(&asked.text);
    let mut rows: Vec<(i64, u32, Str)> = Vec::new();
    for (i, cell) in (0u32..).zip(cells) {
        let objects = index.on(&cell.name);
        let node = objects.map(|(node, _)| &**node);
        if asked.want.meets(&cell.look) && filter.meets(&cell.name, node) {
            let key = match asked.sort {
                Sort::Name => 0,
                Sort::State => rank(&cell.look),
                Sort::Revision => cell.look.mark.map_or(0, |m| m.revision),
                Sort::Cpu => -objects.map_or(0, |(_, pods)| cpu(pods)),
                Sort::Newest => node.and_then(|n| n.meta().creation).map_or(0, |at| -at.0),
            };
            let title = node.map_or(Str::default(), |node| title(node, &asked.group));
            rows.push((key, i, title));
        }
    }
    if asked.sort != Sort::Name {
        rows.order_by_key(|(key, _, _)| *key);
    }
    let mut groups: BTreeMap<Str, Vec<u32>> = BTreeMap::new();
    for (_, i, title) in rows {
        groups.entry(title).or_default().push(i);
    }
    let group = |(title, cells)| Group { title, cells };
    groups.into_iter().map(group).collect()
}

/// The keys of labels by which grouping makes sense, `role` first.
pub fn keys(index: &Index) -> Vec<Str> {
    let mut keys: BTreeMap<Str, usize> = BTreeMap::new();
    for (node, _) in index.nodes() {
        for (key, _) in node.meta().labels.fields() {
            if !key.starts_with("node-role.kubernetes.io/") {
                *keys.entry(key.clone()).or_default() += 1;
            }
        }
    }
    let mut out = vec![Str::from(ROLE)];
    out.extend(keys.into_keys());
    out
}

const ROLE: &str = "role";

fn title(node: &Object, key: &str) -> Str {
    if key == ROLE {
        return super::node::roles(node)
            .into_iter()
            .next()
            .unwrap_or_default();
    }
    Str::new(node.meta().label(key).unwrap_or(""))
}

fn cpu(pods: &[Arc<Object>]) -> i64 {
    let live = pods.iter().filter_map(|pod| pod.pod());
    let live = live.filter(|pod| !pod.terminal());
    live.map(|pod| pod_requests(&pod.spec).milli_cpu)
        .fold(0, i64::saturating_add)
}

/// What needs attention comes first.
fn rank(look: &Look) -> i64 {
    let pod = look.mark.map(|mark| (mark.troubled, mark.state));
    match pod {
        _ if !look.ready => 0,
        Some((true, _) | (_, PodState::Failed | PodState::CrashLoop)) => 1,
        Some((_, PodState::Pending)) => 2,
        Some((_, PodState::Creating | PodState::Running)) => 3,
        Some((_, PodState::Terminating)) => 4,
        None if look.wanted => 5,
        None => 6,
        Some((_, PodState::Ready)) => 7,
        Some((_, PodState::Available | PodState::Succeeded)) => 8,
    }
}

/// The text of the filter, read once.
enum Filter {
    Selector(Selector),
    Part(String),
}

impl Filter {
    fn read(text: &str) -> Self {
        let text = text.trim();
        let selects = text.contains(['=', '!', '(']);
        match Selector::parse(text) {
            Ok(selector) if selects => Filter::Selector(selector),
            _ => Filter::Part(text.to_lowercase()),
        }
    }

    fn meets(&self, name: &str, node: Option<&Object>) -> bool {
        let part = match self {
            Filter::Selector(selector) => {
                return node.is_some_and(|node| selector.matches(&node.meta().labels));
            }
            Filter::Part(part) => part,
        };
        if part.is_empty() || name.contains(part.as_str()) {
            return true;
        }
        let Some(node) = node else { return false };
        let labels = node.meta().labels.fields();
        let mut labels = labels.map(|(key, value)| format!("{key}={}", value.text()));
        let taints = node.node().map_or(&[][..], |node| &node.taints);
        let mut taints = taints.iter().map(|t| super::TaintChip::of(t).text());
        labels.any(|text| text.to_lowercase().contains(part))
            || taints.any(|text| text.to_lowercase().contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Cluster, Setup};
    use crate::value;
    use crate::view::{Cells, Painter};

    fn cluster() -> Cluster {
        let node = |name: &str, zone: &str| {
            value!({"apiVersion": "v1", "kind": "Node", "metadata": {
                "name": crate::k8s::Value::str(name),
                "labels": {"topology.kubernetes.io/zone": crate::k8s::Value::str(zone)}}})
        };
        let mut edge = node("edge-1", "b");
        let taints = value!([{"key": "dedicated", "value": "edge", "effect": "NoExecute"}]);
        edge.set("spec", value!({"taints": taints}));
        Cluster::new(Setup {
            nodes: vec![node("a-1", "a"), node("a-2", "b"), edge],
            ..Setup::default()
        })
    }

    fn names(asked: &Arrangement) -> Vec<String> {
        let mut painter = Painter::default();
        let Cells::All(cells) = painter.refresh(&cluster(), "", usize::MAX) else {
            return Vec::new();
        };
        let groups = arrange(painter.index(), &cells, asked);
        let names = |group: &Group| {
            let names = group.cells.iter().map(|i| cells[*i as usize].name.as_str());
            format!("{}: {}", group.title, names.collect::<Vec<_>>().join(" "))
        };
        groups.iter().map(names).collect()
    }

    #[test]
    fn nodes_are_grouped_sorted_and_filtered() {
        let plain = Arrangement::default();
        let by = |group: &'static str, text: &str| Arrangement {
            group: group.into(),
            text: text.to_owned(),
            ..Arrangement::default()
        };
        let zone = "topology.kubernetes.io/zone";
        let rows: [(Arrangement, &[&str]); 8] = [
            (plain.clone(), &[": a-1 a-2 edge-1"]),
            (by(zone, ""), &["a: a-1", "b: a-2 edge-1"]),
            (by("", "a-"), &[": a-1 a-2"]),
            (by("", "zone=b"), &[]),
            (by("", "topology.kubernetes.io/zone=b"), &[": a-2 edge-1"]),
            (by("", "NoExec"), &[": edge-1"]),
            (
                Arrangement {
                    want: Want::Tainted,
                    ..plain.clone()
                },
                &[": edge-1"],
            ),
            (
                Arrangement {
                    sort: Sort::State,
                    ..plain
                },
                &[": a-1 a-2 edge-1"],
            ),
        ];
        for (asked, expected) in rows {
            assert_eq!(names(&asked), expected, "{asked:?}");
        }
    }
}
