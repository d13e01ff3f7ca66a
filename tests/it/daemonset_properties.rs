//! The subtle rules of the DaemonSet controller against plain second implementations, over generated inputs.

use daemonset_playground::k8s::api::{DaemonSetSpec, Taint, Toleration};
use daemonset_playground::k8s::selector::Selector;
use daemonset_playground::k8s::{Kind, Object, Str, Value};
use daemonset_playground::parts::daemonset::ledger::{Ledger, Lens};
use daemonset_playground::parts::daemonset::{placement, rolling};
use daemonset_playground::sim::{Delivery, Informer, Rng, SimTime};
use daemonset_playground::value;
use std::collections::BTreeSet;
use std::sync::Arc;

const CASES: u64 = 2_000;

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[usize::try_from(rng.below(from.len() as u64)).expect("small")]
}

fn text(rng: &mut Rng, from: &[&str]) -> Value {
    Value::str(pick(rng, from))
}

/// `n` or `n%`, as a value and as the pods it means of `desired`: the smallest count not below the share.
fn amount(rng: &mut Rng, desired: i64) -> (Value, i64) {
    let n = i64::try_from(rng.below(101)).expect("small");
    if rng.below(2) == 0 {
        return ((n % 7).into(), n % 7);
    }
    let share = (0..)
        .find(|k| k * 100 >= n * desired)
        .expect("some count is enough");
    (format!("{n}%").into(), share)
}

fn strategy(unavailable: &Value, surge: &Value) -> Value {
    value!({"type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": unavailable, "maxSurge": surge}})
}

#[test]
fn percentages_are_rounded_up_and_something_may_always_be_replaced() {
    let mut rng = Rng::new(1);
    for _ in 0..CASES {
        let desired = i64::try_from(rng.below(50)).expect("small");
        let (unavailable, mut max_unavailable) = amount(&mut rng, desired);
        let (surge, max_surge) = amount(&mut rng, desired);
        let spec = DaemonSetSpec::read(&value!({"updateStrategy": strategy(&unavailable, &surge)}));
        if desired > 0 && max_unavailable == 0 && max_surge == 0 {
            max_unavailable = 1;
        }
        let limits = rolling::limits(&spec, desired);
        let got = (limits.max_unavailable, limits.max_surge);
        assert_eq!(
            got,
            (max_unavailable, max_surge),
            "{unavailable} {surge} of {desired}"
        );
    }
}

/// A sentence about sets: which of the taints that count does no toleration cover?
fn uncovered(taints: &[Taint], tolerations: &[Toleration], effects: &[&str]) -> bool {
    taints.iter().any(|taint| {
        let counts = effects.contains(&taint.effect.as_str());
        let covered = tolerations.iter().any(|t| {
            let effect = [taint.effect.as_str(), ""].contains(&t.effect.as_str());
            let key = [taint.key.as_str(), ""].contains(&t.key.as_str());
            let value = match t.operator.as_str() {
                "Exists" => true,
                "Equal" | "" => t.value == taint.value,
                _ => false,
            };
            effect && key && value
        });
        counts && !covered
    })
}

fn random_taints(rng: &mut Rng) -> Value {
    let keys = [
        "gpu",
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/disk-pressure",
    ];
    (0..rng.below(3))
        .map(|_| {
            let effects = ["NoSchedule", "NoExecute", "PreferNoSchedule"];
            value!({"key": text(rng, &keys), "value": text(rng, &["", "x"]),
                "effect": text(rng, &effects)})
        })
        .collect()
}

fn random_tolerations(rng: &mut Rng) -> Value {
    let keys = ["gpu", "", "node.kubernetes.io/not-ready"];
    (0..rng.below(3))
        .map(|_| {
            value!({"key": text(rng, &keys), "operator": text(rng, &["Exists", "Equal", ""]),
                "value": text(rng, &["", "x"]),
                "effect": text(rng, &["", "NoSchedule", "NoExecute"])})
        })
        .collect()
}

#[test]
fn taints_decide_as_sets_do() {
    let mut rng = Rng::new(2);
    for _ in 0..CASES {
        let template = value!({"spec": {"tolerations": random_tolerations(&mut rng),
            "hostNetwork": rng.below(2) == 0}});
        let spec = DaemonSetSpec::read(&value!({"template": template}));
        let node = value!({"metadata": {"name": "n"}, "spec": {"taints": random_taints(&mut rng)}});
        let node = Object::read(Kind::Node, node, None);
        let taints = &node.node().expect("a node").taints;
        let tolerations = placement::pod_tolerations(&spec);
        let decision = placement::decide(&spec, &node);
        let run = !uncovered(taints, &tolerations, &["NoSchedule", "NoExecute"]);
        let keep = !uncovered(taints, &tolerations, &["NoExecute"]);
        assert_eq!(
            (decision.run, decision.keep),
            (run, keep),
            "{taints:?} {tolerations:?}"
        );
    }
}

fn random_requirement(rng: &mut Rng) -> Value {
    let operator = pick(rng, &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]);
    let values = match operator {
        "In" | "NotIn" => value!(["1", "3"]),
        "Gt" | "Lt" => value!(["2"]),
        _ => value!([]),
    };
    value!({"key": text(rng, &["a", "b"]), "operator": Value::str(operator), "values": values})
}

fn requirement_holds(requirement: &Value, labels: &Value) -> bool {
    let label = labels.get(requirement.get("key").text()).as_str();
    let values = requirement.get("values").items();
    let listed = label.is_some_and(|l| values.iter().any(|v| v.text() == l));
    let number = label.and_then(|l| l.parse::<i64>().ok());
    match requirement.get("operator").text() {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => label.is_some(),
        "DoesNotExist" => label.is_none(),
        "Gt" => number.is_some_and(|n| n > 2),
        _ => number.is_some_and(|n| n < 2),
    }
}

#[test]
fn affinity_is_an_or_of_ands() {
    let mut rng = Rng::new(3);
    for _ in 0..CASES {
        let terms: Value = (0..rng.below(3))
            .map(|_| {
                let count = rng.below(3);
                let all: Value = (0..count).map(|_| random_requirement(&mut rng)).collect();
                value!({"matchExpressions": all})
            })
            .collect();
        let mut labels = Value::map();
        for key in ["a", "b"] {
            if rng.below(3) > 0 {
                labels.set(key, text(&mut rng, &["1", "2", "3", "x"]));
            }
        }
        let template = value!({"spec": {"affinity": {"nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": &terms}
        }}}});
        let spec = DaemonSetSpec::read(&value!({"template": template}));
        let node = value!({"metadata": {"name": "n", "labels": &labels}});
        let decision = placement::decide(&spec, &Object::read(Kind::Node, node, None));
        let plain = terms.items().iter().any(|term| {
            let all = term.get("matchExpressions").items();
            !all.is_empty() && all.iter().all(|r| requirement_holds(r, &labels))
        });
        assert_eq!(decision.run, plain, "{terms} {labels}");
    }
}

/// One node of a rolling update: does it take pods, and which has it?
#[derive(Debug)]
struct Home {
    name: String,
    run: bool,
    new: Option<bool>,
    old: Option<bool>,
    terminating: bool,
}

fn random_homes(rng: &mut Rng) -> Vec<Home> {
    let maybe = |rng: &mut Rng| (rng.below(2) == 0).then(|| rng.below(2) == 0);
    (0..rng.range(1, 9))
        .map(|i| Home {
            name: format!("n{i}"),
            run: rng.below(5) > 0,
            new: maybe(rng),
            old: maybe(rng),
            terminating: rng.below(5) == 0,
        })
        .collect()
}

fn pod(name: &str, node: &str, hash: &'static str, ready: bool, terminating: bool) -> Arc<Object> {
    let status = if ready { "True" } else { "False" };
    let mut value = value!({
        "metadata": {"name": Value::str(name), "namespace": "default",
            "labels": {"app": "x", "controller-revision-hash": hash}},
        "spec": {"nodeName": Value::str(node)},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": status}]},
    });
    if terminating {
        value.set_at(&["metadata", "deletionTimestamp"], "2026-01-01T00:00:00Z");
    }
    Object::shared(Kind::Pod, value)
}

/// The books of these homes.
fn books(homes: &[Home], spec: &Arc<DaemonSetSpec>) -> Ledger {
    books_through(homes, &[lens(spec, "new", 7)])
}

/// How a DaemonSet is seen when a revision is the current one.
fn lens(spec: &Arc<DaemonSetSpec>, hash: &str, salt: u64) -> Arc<Lens> {
    Arc::new(Lens {
        blank: Arc::default(),
        spec: spec.clone(),
        hash: Str::new(hash),
        generation: None,
        data: Value::Null,
        selector: Selector::read(&spec.selector),
        tolerations: placement::pod_tolerations(spec),
        surge: rolling::allows_surge(spec),
        salt,
    })
}

/// The same, seen in one way after the other.
fn books_through(homes: &[Home], lenses: &[Arc<Lens>]) -> Ledger {
    let nodes = homes.iter().map(|home| {
        let mut node = value!({"metadata": {"name": Value::str(&home.name)}});
        if !home.run {
            let taint = value!({"key": "gpu", "effect": "NoSchedule"});
            node.set_at(&["spec", "taints"], value!([taint]));
        }
        Object::shared(Kind::Node, node)
    });
    let mut informer = Informer::default();
    informer.apply(&Delivery::List {
        kind: Kind::Node,
        objects: nodes.collect(),
        resource_version: 1,
    });
    let mut ledger = Ledger::default();
    for home in homes {
        let name = |what: &str| format!("{what}-{}", home.name);
        if let Some(ready) = home.new {
            ledger.put_pod(pod(&name("new"), &home.name, "new", ready, false));
        }
        if let Some(ready) = home.old {
            ledger.put_pod(pod(&name("old"), &home.name, "old", ready, false));
        }
        if home.terminating {
            ledger.put_pod(pod(&name("gone"), &home.name, "old", true, true));
        }
    }
    for lens in lenses {
        ledger.refresh(lens, &informer, SimTime::from_millis(1_000));
    }
    ledger
}

#[test]
fn books_seen_anew_are_as_books_made_anew() {
    let mut rng = Rng::new(9);
    let late = |spec: &Arc<DaemonSetSpec>| {
        let mut late = (**spec).clone();
        late.min_ready_seconds = 30;
        Arc::new(late)
    };
    let tolerant = |lens: Arc<Lens>| {
        let mut tolerant = (*lens).clone();
        tolerant.tolerations.push(Toleration {
            operator: "Exists".into(),
            ..Toleration::default()
        });
        Arc::new(tolerant)
    };
    let seen = |ledger: &Ledger| {
        let rolls: Vec<_> = ledger.rolls().map(|(r, set)| (r, set.clone())).collect();
        let decisions = ledger.slots().map(|(_, slot)| slot.decision.clone());
        let decisions: Vec<_> = decisions.collect();
        let (empty, attention) = (ledger.empty().clone(), ledger.attention().clone());
        (ledger.counts(), rolls, decisions, empty, attention)
    };
    for _ in 0..CASES / 10 {
        let homes = random_homes(&mut rng);
        let spec = spec(1, i64::try_from(rng.range(0, 2)).expect("small"));
        let lenses = [
            lens(&spec, "old", 3),
            lens(&late(&spec), "old", 4),
            tolerant(lens(&spec, "new", 5)),
            lens(&spec, "new", 6),
            lens(&spec, "old", 8),
        ];
        for many in 1..=lenses.len() {
            let through = books_through(&homes, &lenses[..many]);
            let anew = books_through(&homes, &lenses[many - 1..many]);
            assert_eq!(seen(&through), seen(&anew), "{many} lenses");
        }
    }
}

fn spec(unavailable: i64, surge: i64) -> Arc<DaemonSetSpec> {
    let strategy = strategy(&unavailable.into(), &surge.into());
    Arc::new(DaemonSetSpec::read(&value!({
        "selector": {"matchLabels": {"app": "x"}}, "updateStrategy": strategy,
    })))
}

/// The node of an old pod.
fn home_of(pod: &str) -> String {
    pod.trim_start_matches("old-").to_owned()
}

fn names(homes: &[Home], wanted: impl Fn(&Home) -> bool) -> BTreeSet<String> {
    homes
        .iter()
        .filter(|h| wanted(h))
        .map(|h| h.name.clone())
        .collect()
}

/// The chosen ones are so many of the candidates.
fn chosen(chosen: &BTreeSet<String>, candidates: &BTreeSet<String>, budget: i64) {
    let want = usize::try_from(budget).unwrap_or(0).min(candidates.len());
    assert!(chosen.is_subset(candidates), "{chosen:?} of {candidates:?}");
    assert_eq!(
        chosen.len(),
        want,
        "{chosen:?} of {candidates:?} within {budget}"
    );
}

#[test]
fn the_budget_of_unavailable_pods() {
    let mut rng = Rng::new(4);
    for _ in 0..CASES {
        let homes = random_homes(&mut rng);
        let max = i64::try_from(rng.range(1, 5)).expect("small");
        let spec = spec(max, 0);
        let rolled = rolling::roll(&books(&homes, &spec), &spec).expect("no node is missing");
        assert!(rolled.plan.create.is_empty());
        let counted = |h: &Home| h.run || h.new.is_some() || h.old.is_some() || h.terminating;
        let serving = |h: &Home| matches!((h.new, h.old), (Some(true), None) | (None, Some(true)));
        let used = names(&homes, |h| counted(h) && !serving(h)).len();
        let lost = names(&homes, |h| h.new.is_none() && h.old == Some(false));
        let candidates = names(&homes, |h| h.new.is_none() && h.old == Some(true));
        let deleted: BTreeSet<_> = rolled.plan.delete.iter().map(|d| home_of(&d.pod)).collect();
        assert!(lost.is_subset(&deleted), "{homes:?}");
        let rest = &deleted - &lost;
        chosen(
            &rest,
            &candidates,
            max - i64::try_from(used).expect("small"),
        );
        let waiting = rolled.rollout.as_ref().map_or(0, |r| r.waiting);
        assert_eq!(waiting, candidates.len() - rest.len());
    }
}

#[test]
fn the_budget_of_surge_pods() {
    let mut rng = Rng::new(5);
    for _ in 0..CASES {
        let homes = random_homes(&mut rng);
        let max = i64::try_from(rng.range(1, 4)).expect("small");
        let spec = spec(0, max);
        let rolled = rolling::roll(&books(&homes, &spec), &spec).expect("no node is missing");
        let count = |set: BTreeSet<String>| i64::try_from(set.len()).expect("small");
        let surging = count(names(&homes, |h| h.new == Some(false) && h.old.is_some()));
        let available = count(names(&homes, |h| h.old.or(h.new) == Some(true)));
        let desired = count(names(&homes, |h| h.run));
        let alone = |h: &Home, available: bool, run: bool| {
            h.new.is_none() && h.old == Some(available) && h.run == run
        };
        let done = names(&homes, |h| {
            (h.new == Some(true) && h.old.is_some()) || alone(h, false, false)
        });
        let sunset = names(&homes, |h| alone(h, true, false));
        let unlimited = names(&homes, |h| alone(h, false, true));
        let candidates = names(&homes, |h| alone(h, true, true));
        let deleted: BTreeSet<_> = rolled.plan.delete.iter().map(|d| home_of(&d.pod)).collect();
        let created: BTreeSet<_> = rolled
            .plan
            .create
            .iter()
            .map(|c| c.node.to_string())
            .collect();
        assert!(
            done.is_subset(&deleted) && unlimited.is_subset(&created),
            "{homes:?}"
        );
        chosen(&(&deleted - &done), &sunset, available - desired);
        chosen(&(&created - &unlimited), &candidates, max - surging);
    }
}
