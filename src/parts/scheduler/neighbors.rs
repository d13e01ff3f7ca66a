//! Rules about other pods: topology spread constraints, pod affinity and anti-affinity.
//!
//! Upstream: pkg/scheduler/framework/plugins/podtopologyspread/filtering.go, …/interpodaffinity/filtering.go

use super::cache::{Cache, NodeInfo, Placed};
use super::filter::{Failure, Wanted};
use crate::k8s::api::PodSpec;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::selector::Selector;
use crate::k8s::{Object, Str, Value, taint};

/// A rule about other pods that keeps a pod from a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// The node lacks the label that a constraint spreads over.
    SpreadLabel,
    Spread,
    Affinity,
    AntiAffinity,
    /// The anti-affinity of a pod that is there already.
    OthersAntiAffinity,
}

impl Rule {
    /// The sentence that the scheduler prints.
    pub fn reason(self) -> &'static str {
        match self {
            Rule::SpreadLabel => {
                "node(s) didn't match pod topology spread constraints (missing required label)"
            }
            Rule::Spread => "node(s) didn't match pod topology spread constraints",
            Rule::Affinity => "node(s) didn't match pod affinity rules",
            Rule::AntiAffinity => "node(s) didn't match pod anti-affinity rules",
            Rule::OthersAntiAffinity => "node(s) didn't satisfy existing pods anti-affinity rules",
        }
    }

    /// Taking pods off the node might help.
    pub fn preemptible(self) -> bool {
        match self {
            Rule::Spread | Rule::AntiAffinity | Rule::OthersAntiAffinity => true,
            Rule::SpreadLabel | Rule::Affinity => false,
        }
    }
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

/// Required pod anti-affinity terms.
pub fn repels(spec: &PodSpec) -> &[Value] {
    spec.affinity.at(&["podAntiAffinity", REQUIRED]).items()
}

/// Required pod affinity terms.
fn attracts(spec: &PodSpec) -> &[Value] {
    spec.affinity.at(&["podAffinity", REQUIRED]).items()
}

/// The first rule about other pods that forbids the node.
pub fn check(wanted: &Wanted<'_>, info: &NodeInfo, cache: &Cache) -> Option<Failure> {
    let constraints = hard_constraints(wanted.spec);
    let (attracts, repels) = (attracts(wanted.spec), repels(wanted.spec));
    let quiet = constraints.is_empty() && attracts.is_empty() && repels.is_empty();
    if quiet && !cache.some_repel() {
        return None;
    }
    let around = Around { info, cache };
    let spread = constraints.iter().find_map(|c| around.spread(wanted, c));
    let rule = spread
        .or_else(|| around.attracted(wanted, attracts))
        .or_else(|| around.repelled(wanted, repels))
        .or_else(|| around.repelled_by_others(wanted));
    rule.map(Failure::Neighbors)
}

fn hard_constraints(spec: &PodSpec) -> Vec<&Value> {
    spec.topology_spread_constraints
        .items()
        .iter()
        .filter(|c| c.get("whenUnsatisfiable").text() != "ScheduleAnyway")
        .collect()
}

/// A node in question (possibly with pods taken off or put on for the sake of argument) among all nodes.
struct Around<'a> {
    info: &'a NodeInfo,
    cache: &'a Cache,
}

impl<'a> Around<'a> {
    /// All nodes, the one in question as it is assumed to be.
    fn nodes(&self) -> impl Iterator<Item = &'a NodeInfo> + '_ {
        let name = self.info.node.as_ref().map(|n| n.name().clone());
        let others = self.cache.nodes.iter();
        others
            .filter(move |(other, _)| name.as_ref() != Some(*other))
            .map(|(_, info)| info)
            .chain(std::iter::once(self.info))
            .filter(|info| info.node.is_some())
    }

    fn spread(&self, wanted: &Wanted<'_>, constraint: &Value) -> Option<Rule> {
        let key = constraint.get("topologyKey").text();
        let Some(here) = topology(self.info, key) else {
            return Some(Rule::SpreadLabel);
        };
        let selector = spread_selector(wanted.pod, constraint);
        let keys: Vec<&str> = hard_constraints(wanted.spec)
            .into_iter()
            .map(|c| c.get("topologyKey").text())
            .collect();
        let mut domains: BTreeMap<Str, i64> = BTreeMap::new();
        for info in self.nodes() {
            let all_keys = keys.iter().all(|key| topology(info, key).is_some());
            if !all_keys || !counts_for(wanted, constraint, info) {
                continue;
            }
            let Some(domain) = topology(info, key) else {
                continue;
            };
            let matching = info.pods.values().filter(|p| {
                p.pod.namespace() == wanted.pod.namespace()
                    && !p.pod.meta().terminating()
                    && selector.matches(&p.pod.meta().labels)
            });
            let count = i64::try_from(matching.count()).unwrap_or(i64::MAX);
            *domains.entry(domain).or_insert(0) += count;
        }
        let wanted_domains = constraint.get("minDomains").as_i64().unwrap_or(1);
        let known = i64::try_from(domains.len()).unwrap_or(i64::MAX);
        let least = if known < wanted_domains {
            0
        } else {
            domains.values().copied().min().unwrap_or(0)
        };
        let own = i64::from(selector.matches(&wanted.pod.meta().labels));
        let skew = domains.get(&here).copied().unwrap_or(0) + own - least;
        let allowed = constraint.get("maxSkew").as_i64().unwrap_or(1);
        (skew > allowed).then_some(Rule::Spread)
    }

    /// Each term needs pods in the node's domain that match all terms; the first pod of its kind needs none.
    fn attracted(&self, wanted: &Wanted<'_>, terms: &[Value]) -> Option<Rule> {
        if terms.is_empty() {
            return None;
        }
        let all = |pod: &Object| terms.iter().all(|t| term_matches(t, wanted.pod, pod));
        let mut any = false;
        let mut met = vec![false; terms.len()];
        for info in self.nodes() {
            if !info.pods.values().any(|p| all(&p.pod)) {
                continue;
            }
            for (term, met) in terms.iter().zip(&mut met) {
                let key = term.get("topologyKey").text();
                let (there, here) = (topology(info, key), topology(self.info, key));
                any |= there.is_some();
                *met |= there.is_some() && there == here;
            }
        }
        let labelled = terms
            .iter()
            .all(|t| topology(self.info, t.get("topologyKey").text()).is_some());
        let first = !any && labelled && all(wanted.pod);
        let fine = first || met.iter().all(|met| *met);
        (!fine).then_some(Rule::Affinity)
    }

    fn repelled(&self, wanted: &Wanted<'_>, terms: &[Value]) -> Option<Rule> {
        let hit = terms.iter().any(|term| {
            let key = term.get("topologyKey").text();
            let Some(here) = topology(self.info, key) else {
                return false;
            };
            let near = |info: &&NodeInfo| topology(info, key).as_ref() == Some(&here);
            self.nodes().filter(near).any(|info| {
                let matches = |p: &Placed| term_matches(term, wanted.pod, &p.pod);
                info.pods.values().any(matches)
            })
        });
        hit.then_some(Rule::AntiAffinity)
    }

    fn repelled_by_others(&self, wanted: &Wanted<'_>) -> Option<Rule> {
        if !self.cache.some_repel() {
            return None;
        }
        let hit = self.nodes().any(|info| {
            info.pods.values().any(|placed| {
                let Some(view) = placed.pod.pod() else {
                    return false;
                };
                repels(&view.spec).iter().any(|term| {
                    let key = term.get("topologyKey").text();
                    let there = topology(info, key);
                    there.is_some()
                        && there == topology(self.info, key)
                        && term_matches(term, &placed.pod, wanted.pod)
                })
            })
        });
        hit.then_some(Rule::OthersAntiAffinity)
    }
}

/// The value of the node's label.
fn topology(info: &NodeInfo, key: &str) -> Option<Str> {
    let labels = &info.node.as_ref()?.meta().labels;
    labels.field(key).map(Value::to_str)
}

/// The node's pods count for the constraint.
fn counts_for(wanted: &Wanted<'_>, constraint: &Value, info: &NodeInfo) -> bool {
    let Some(node) = &info.node else { return false };
    let honor = |field: &str, default: bool| match constraint.get(field).text() {
        "Honor" => true,
        "Ignore" => false,
        _ => default,
    };
    if honor("nodeAffinityPolicy", true) && !wanted.admits(node) {
        return false;
    }
    let taints = node.node().map_or(&[][..], |n| &n.taints);
    !honor("nodeTaintsPolicy", false)
        || taint::find_untolerated(taints, &wanted.spec.tolerations, taint::blocks_scheduling)
            .is_none()
}

/// The selector of a constraint, narrowed by the pod's own values of `matchLabelKeys`.
fn spread_selector(pod: &Object, constraint: &Value) -> Selector {
    let mut selector = constraint.get("labelSelector").clone();
    for key in constraint.get("matchLabelKeys").items() {
        if let Some(value) = pod.meta().labels.field(key.text()) {
            let labels = selector.map_mut().entry("matchLabels");
            labels.set(key.to_str(), value.clone());
        }
    }
    Selector::read(&selector)
}

/// Some required affinity term of `owner` speaks of `other`.
pub fn looks_for(owner: &Object, other: &Object) -> bool {
    owner.pod().is_some_and(|view| {
        let mut terms = attracts(&view.spec).iter();
        terms.any(|term| term_matches(term, owner, other))
    })
}

/// A term of `owner` speaks of `other`.
fn term_matches(term: &Value, owner: &Object, other: &Object) -> bool {
    let named = term.get("namespaces").items();
    let own = named.is_empty() && term.get("namespaceSelector").is_null();
    let all = !term.get("namespaceSelector").is_null()
        && term.get("namespaceSelector").fields().next().is_none();
    let here = (own && owner.namespace() == other.namespace())
        || all
        || named.iter().any(|n| n.text() == other.namespace().as_str());
    here && Selector::read(term.get("labelSelector")).matches(&other.meta().labels)
}
