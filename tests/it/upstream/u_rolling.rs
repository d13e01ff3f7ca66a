//! U001 to U020: rolling updates and revisions.

use super::harness::*;
use daemonset_playground::k8s::{Kind, Object, Value};
use daemonset_playground::parts::daemonset::ledger::Roll;
use daemonset_playground::parts::daemonset::{revision, rolling};
use daemonset_playground::sim::{Rng, SimSpan};
use daemonset_playground::value;

/// So many nodes with a pod each.
fn launched(nodes: usize) -> Bench {
    let mut bench = Bench::with_nodes(nodes);
    bench.add_ds(simple_ds());
    assert_eq!(bench.sync(), (nodes, 0, 0));
    bench
}

/// The same, all ready.
fn ready(nodes: usize) -> Bench {
    let mut bench = launched(nodes);
    bench.ready();
    bench
}

fn update(bench: &mut Bench, image: &str, strategy: Value) {
    bench.set_image(image);
    bench.set_strategy(strategy);
}

/// Syncs that must give these counts, one after another.
fn expect(bench: &mut Bench, steps: &[(usize, usize, usize)]) {
    for (i, step) in steps.iter().enumerate() {
        assert_eq!(bench.sync(), *step, "step {i}: {:?}", bench.error());
    }
}

#[test]
fn u001_updates_pods() {
    let mut bench = ready(5);
    update(&mut bench, "foo2/bar2", unavailable(2));
    for _ in 0..2 {
        expect(&mut bench, &[(0, 2, 0), (2, 0, 0)]);
        bench.ready();
    }
    expect(&mut bench, &[(0, 1, 0), (1, 0, 0)]);
    bench.ready();
    expect(&mut bench, &[(0, 0, 0)]);
}

#[test]
fn u002_updates_pods_with_surge() {
    let mut bench = ready(5);
    update(&mut bench, "foo2/bar2", surge(2));
    expect(&mut bench, &[(2, 0, 0), (0, 0, 0)]);
    bench.ready();
    expect(&mut bench, &[(2, 2, 0), (0, 0, 0)]);
    bench.ready();
    expect(&mut bench, &[(1, 2, 0), (0, 0, 0)]);
    bench.ready();
    expect(&mut bench, &[(0, 1, 0), (0, 0, 0)]);
}

#[test]
fn u003_a_toleration_taken_away_during_a_surge() {
    let mut bench = Bench::new();
    bench.put(
        Kind::Node,
        tainted(
            "node-0",
            "node-role.kubernetes.io/control-plane",
            "NoSchedule",
        ),
    );
    bench.add_nodes(1, 4, &[]);
    let mut ds = simple_ds();
    let tolerations =
        value!([{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}]);
    ds.set_at(&["spec", "template", "spec", "tolerations"], tolerations);
    ds.set_at(&["spec", "updateStrategy"], surge(1));
    bench.add_ds(ds);
    expect(&mut bench, &[(5, 0, 0)]);
    bench.ready();
    bench.edit_ds(|ds| {
        ds.remove_at(&["spec", "template", "spec", "tolerations"]);
    });
    expect(&mut bench, &[(1, 1, 0), (0, 0, 0)]);
    bench.ready();
    for _ in 0..3 {
        expect(&mut bench, &[(1, 1, 0), (0, 0, 0)]);
        bench.ready();
    }
    expect(&mut bench, &[(0, 1, 0), (0, 0, 0)]);
}

#[test]
fn u004_new_pods_that_are_never_ready_stop_it() {
    let mut bench = ready(5);
    update(&mut bench, "foo2/bar2", unavailable(3));
    expect(&mut bench, &[(0, 3, 0), (3, 0, 0), (0, 0, 0)]);
}

#[test]
fn u005_old_pods_that_are_not_ready_go_first() {
    let mut bench = ready(5);
    update(&mut bench, "foo2/bar2", unavailable(2));
    expect(&mut bench, &[(0, 2, 0), (2, 0, 0), (0, 0, 0)]);
    let first: Vec<_> = ready_names(&bench);
    assert_eq!(first.len(), 3);
    bench.set_image("foo3/bar3");
    expect(&mut bench, &[(0, 2, 0), (2, 0, 0), (0, 0, 0)]);
    assert_eq!(ready_names(&bench), first);
}

fn ready_names(bench: &Bench) -> Vec<String> {
    let ready = |p: &Object| {
        p.pod()
            .is_some_and(daemonset_playground::k8s::api::Pod::ready)
    };
    bench
        .pods()
        .iter()
        .filter(|p| ready(p))
        .map(|p| p.name().to_string())
        .collect()
}

#[test]
fn u006_healthy_old_pods_are_saved() {
    let mut bench = ready(20);
    update(&mut bench, "foo/1", unavailable(10));
    expect(&mut bench, &[(0, 10, 0), (10, 0, 0), (0, 0, 0)]);
    let healthy = ready_names(&bench);
    let mut rng = Rng::new(6);
    for round in 0..10 {
        let max = i64::try_from(rng.below(10)).expect("small");
        update(&mut bench, &format!("foo/round-{round}"), unavailable(max));
        expect(&mut bench, &[(0, 10, 0), (10, 0, 0), (0, 0, 0)]);
        assert_eq!(ready_names(&bench), healthy);
    }
    update(&mut bench, "foo/last", unavailable(11));
    expect(&mut bench, &[(0, 11, 0), (11, 0, 0), (0, 0, 0)]);
    assert_eq!(ready_names(&bench).len(), 9);
}

#[test]
fn u007_unavailable_old_pods_are_replaced_whatever_is_unavailable() {
    let mut bench = ready(100);
    update(&mut bench, "foo/1", unavailable(10));
    for _ in 0..10 {
        expect(&mut bench, &[(0, 10, 0), (10, 0, 0)]);
        bench.ready();
    }
    expect(&mut bench, &[(0, 0, 0)]);
    // 10 available old, 2 unavailable old, 88 unavailable new ones.
    for (i, pod) in bench.pods().iter().enumerate() {
        bench.edit(Kind::Pod, pod.name(), |value| {
            if i < 12 {
                let labels = value.at_mut(&["metadata", "labels"]);
                labels.set(revision::HASH_LABEL, "old");
            }
            if i >= 10 {
                set_ready(value, "False", "2001-09-09T01:46:40Z");
            }
        });
    }
    expect(&mut bench, &[(0, 2, 0), (2, 0, 0), (0, 0, 0)]);
}

#[test]
fn u008_old_pods_that_are_all_not_ready_go_at_once() {
    let mut bench = launched(5);
    update(&mut bench, "foo2/bar2", unavailable(3));
    expect(&mut bench, &[(0, 5, 0), (5, 0, 0), (0, 0, 0)]);
}

#[test]
fn u009_surge_over_old_pods_that_are_not_ready() {
    let mut bench = launched(5);
    update(&mut bench, "foo2/bar2", surge(3));
    let start = bench.now;
    let to = |bench: &mut Bench, t: u64| bench.now = start + SimSpan::from_secs(t);
    to(&mut bench, 100);
    expect(&mut bench, &[(5, 0, 0)]);
    to(&mut bench, 200);
    expect(&mut bench, &[(0, 5, 0)]);
    bench.ready();
    bench.edit_ds(|ds| ds.set_at(&["spec", "minReadySeconds"], 15));
    bench.set_image("foo3/bar3");
    to(&mut bench, 300);
    expect(&mut bench, &[(3, 0, 0)]);

    // Two of the three new pods become ready, and an old one on a node without new pod is lost.
    let hash = revision::hash(&bench.foo());
    let is_new = |p: &Object| p.meta().label(revision::HASH_LABEL) == Some(hash.as_str());
    let target = |p: &Object| {
        let spec = &p.pod().expect("a pod").spec;
        daemonset_playground::parts::daemonset::create::target_node(spec)
    };
    let new: Vec<_> = bench.pods().into_iter().filter(|p| is_new(p)).collect();
    assert_eq!(new.len(), 3);
    let chosen: Vec<_> = new.iter().take(2).map(|p| p.name().clone()).collect();
    bench.ready_where(|p| chosen.contains(p.name()));
    let covered: Vec<_> = new.iter().filter_map(|p| target(p)).collect();
    let lonely = bench
        .pods()
        .into_iter()
        .find(|p| !is_new(p) && !target(p).is_some_and(|n| covered.contains(&n)))
        .expect("two old pods are alone on their nodes");
    bench.edit(Kind::Pod, lonely.name(), |pod| {
        set_ready(pod, "False", "2001-09-09T01:46:40Z");
    });
    to(&mut bench, 310);
    expect(&mut bench, &[(1, 0, 0)]);
    to(&mut bench, 320);
    expect(&mut bench, &[(1, 3, 0)]);
    assert_eq!(bench.ready_where(is_new), 3);
    to(&mut bench, 340);
    expect(&mut bench, &[(0, 2, 0)]);
    to(&mut bench, 350);
    expect(&mut bench, &[(0, 0, 0)]);
}

#[test]
fn u010_a_new_strategy_alone_changes_no_pod() {
    let mut bench = launched(5);
    bench.set_strategy(unavailable(3));
    expect(&mut bench, &[(0, 0, 0)]);
}

/// Budgets and empty entries, as upstream's getUnavailableNumbers gives them.
#[derive(Debug, PartialEq)]
struct Numbers {
    surge: i64,
    unavailable: i64,
    desired: i64,
    empty: usize,
}

/// Nodes with a ready pod on some of them.
fn numbers(nodes: usize, pods: usize, terminating: usize, strategy: Value) -> Numbers {
    let mut bench = Bench::with_nodes(nodes);
    let ds = bench.add_ds(simple_ds());
    for i in 0..pods {
        bench.add_pods(&format!("node-{i}"), &L, &ds, 1);
    }
    bench.ready();
    for pod in bench.pods().iter().take(terminating) {
        bench.edit(Kind::Pod, pod.name(), |pod| {
            pod.set_at(&["metadata", "deletionTimestamp"], "2026-01-01T00:00:00Z");
        });
    }
    bench.edit_ds(|ds| ds.set_at(&["spec", "updateStrategy"], strategy));
    bench.deaf = true;
    bench.sync();
    let ds = bench.foo();
    let ledger = bench.part.ledger(ds.uid()).expect("was synced");
    let desired = ledger.counts().desired;
    let limits = rolling::limits(&ds.daemon_set().expect("a daemon set").spec, desired);
    let empty = ledger
        .slots()
        .filter(|(_, slot)| slot.pods.is_empty())
        .count();
    let vacant: usize = ledger
        .rolls()
        .filter(|(roll, _)| *roll == Roll::Vacant)
        .map(|(_, set)| set.len())
        .sum();
    assert_eq!(vacant, empty + terminating);
    Numbers {
        surge: limits.max_surge,
        unavailable: limits.max_unavailable,
        desired,
        empty,
    }
}

fn want(surge: i64, unavailable: i64, desired: i64, empty: usize) -> Numbers {
    Numbers {
        surge,
        unavailable,
        desired,
        empty,
    }
}

#[test]
fn u011_no_nodes() {
    assert_eq!(numbers(0, 0, 0, unavailable(0)), want(0, 0, 0, 0));
}

#[test]
fn u012_two_nodes_with_ready_pods() {
    assert_eq!(numbers(2, 2, 0, unavailable(1)), want(0, 1, 2, 0));
}

#[test]
fn u013_one_node_without_pod() {
    assert_eq!(numbers(2, 1, 0, unavailable(0)), want(0, 1, 2, 1));
}

#[test]
fn u014_one_node_without_pod_and_no_surge() {
    assert_eq!(numbers(2, 1, 0, surge(0)), want(0, 1, 2, 1));
}

#[test]
fn u015_percent() {
    assert_eq!(numbers(2, 2, 0, unavailable("50%")), want(0, 1, 2, 0));
}

#[test]
fn u016_percent_surge() {
    assert_eq!(numbers(2, 2, 0, surge("50%")), want(1, 0, 2, 0));
}

#[test]
fn u017_all_surge() {
    assert_eq!(numbers(2, 2, 0, surge("100%")), want(2, 0, 2, 0));
}

#[test]
fn u018_percent_with_a_terminating_pod() {
    assert_eq!(numbers(3, 2, 1, unavailable("50%")), want(0, 2, 3, 1));
}

/// A revision that is not the current one.
fn some_revision(name: &'static str, namespace: &'static str) -> Value {
    value!({
        "apiVersion": "apps/v1", "kind": "ControllerRevision",
        "metadata": {"name": name, "namespace": namespace, "labels": map(&L)},
        "data": {"spec": {"template": {"$patch": "replace"}}}, "revision": 1,
    })
}

#[test]
fn u019_owned_and_orphaned_revisions_belong() {
    let mut bench = Bench::new();
    let ds = bench.add_ds(simple_ds());
    let mut mine = some_revision("rev-mine", "default");
    mine = owned(mine, &ds);
    bench.create(Kind::ControllerRevision, mine);
    bench.create(
        Kind::ControllerRevision,
        some_revision("rev-orphan", "default"),
    );
    bench.sync();
    assert_eq!(bench.error(), None);
    for name in ["rev-mine", "rev-orphan"] {
        let revision = bench.cached(Kind::ControllerRevision, "default", name);
        let owner = revision.and_then(|r| r.meta().controller().cloned());
        assert_eq!(owner.map(|o| o.uid), Some(ds.uid().clone()), "{name}");
    }
}

#[test]
fn u020_revisions_of_another_namespace_do_not() {
    let mut bench = Bench::new();
    let call = daemonset_playground::sim::Call::component(bench.now, "test");
    let other = value!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}});
    bench
        .api
        .create(&call, Kind::Namespace, "", other)
        .expect("valid");
    bench.add_ds(simple_ds());
    bench.create(Kind::ControllerRevision, some_revision("rev", "other"));
    bench.sync();
    let revision = bench
        .cached(Kind::ControllerRevision, "other", "rev")
        .expect("stays");
    assert!(revision.meta().owners.is_empty());
}
