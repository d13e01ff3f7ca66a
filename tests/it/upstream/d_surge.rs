//! D080 to D085: pods that exist when a surge begins.

use super::harness::*;
use daemonset_playground::k8s::{Kind, Timestamp};
use daemonset_playground::parts::daemonset::revision::HASH_LABEL;
use daemonset_playground::sim::SimTime;

/// A moment of the tests' small numbers.
fn at(seconds: i64) -> String {
    Timestamp(seconds).to_string()
}

/// Five nodes and a DaemonSet with maxSurge 1.
fn surging() -> Bench {
    let mut bench = Bench::with_nodes(5);
    let mut ds = simple_ds();
    ds.set_at(&["spec", "updateStrategy"], surge(1));
    bench.add_ds(ds);
    bench
}

#[derive(Clone, Copy, PartialEq)]
enum Age {
    New,
    Old,
}

/// A pod of the DaemonSet: new or old, created then, ready since then.
fn add(bench: &mut Bench, name: &str, node: &str, age: Age, created: i64, ready: Option<i64>) {
    let ds = bench.foo();
    let mut value = owned(pod(name, node, &L), &ds);
    let hash = match age {
        Age::New => daemonset_playground::parts::daemonset::revision::hash(&ds),
        Age::Old => "old".to_owned(),
    };
    value.at_mut(&["metadata", "labels"]).set(HASH_LABEL, hash);
    value.set_at(&["metadata", "creationTimestamp"], at(created));
    if let Some(since) = ready {
        set_ready(&mut value, "True", &at(since));
    }
    bench.create(Kind::Pod, value);
}

fn names(bench: &Bench) -> Vec<String> {
    bench.pods().iter().map(|p| p.name().to_string()).collect()
}

#[test]
fn d080_deals_with_existing_pods() {
    let mut bench = surging();
    let ds = bench.foo();
    bench.add_pods("node-1", &L, &ds, 1);
    bench.add_pods("node-2", &L, &ds, 2);
    bench.add_pods("node-3", &L, &ds, 5);
    bench.add_pods("node-4", &L2, &ds, 2);
    assert_eq!(bench.sync(), (2, 5, 0));
}

#[test]
fn d081_preserves_a_ready_old_pod() {
    let mut bench = surging();
    add(&mut bench, "new", "node-1", Age::New, 100, None);
    add(&mut bench, "old-50", "node-1", Age::Old, 50, Some(50));
    add(&mut bench, "old-60", "node-1", Age::Old, 60, Some(60));
    let ds = bench.foo();
    bench.add_pods("node-2", &L, &ds, 1);
    assert_eq!(bench.sync(), (3, 1, 0));
    assert!(!names(&bench).contains(&"old-60".to_owned()));
}

#[test]
fn d082_creates_a_new_pod_above_the_budget_when_the_old_one_is_being_deleted() {
    let mut bench = surging();
    add(&mut bench, "new", "node-0", Age::New, 100, None);
    for i in 0..5 {
        add(
            &mut bench,
            &format!("old-{i}"),
            &format!("node-{i}"),
            Age::Old,
            50,
            Some(50),
        );
    }
    bench.edit(Kind::Pod, "old-4", |pod| {
        pod.set_at(&["metadata", "deletionTimestamp"], "2026-01-01T00:00:00Z");
    });
    assert_eq!(bench.sync(), (1, 0, 0));
    let created = bench.pods().into_iter().find(|p| {
        daemonset_playground::parts::daemonset::create::target_node(&p.pod().expect("a pod").spec)
            .is_some_and(|n| n == "node-4")
            && p.name().as_str() != "old-4"
    });
    assert!(created.is_some());
}

#[test]
fn d083_deletes_old_pods_that_are_not_ready() {
    let mut bench = surging();
    add(&mut bench, "new", "node-1", Age::New, 100, None);
    add(&mut bench, "old-50", "node-1", Age::Old, 50, None);
    add(&mut bench, "old-60", "node-1", Age::Old, 60, Some(60));
    let ds = bench.foo();
    bench.add_pods("node-2", &L, &ds, 1);
    assert_eq!(bench.sync(), (3, 2, 0));
    let names = names(&bench);
    assert!(!names.iter().any(|n| n.starts_with("old-")), "{names:?}");
}

/// minReadySeconds 15; the new pod is ready since 50.
fn min_ready(now: i64) -> Bench {
    let mut bench = surging();
    bench.edit(Kind::DaemonSet, "foo", |ds| {
        ds.set_at(&["spec", "minReadySeconds"], 15);
    });
    bench.now = SimTime::of(Timestamp(now));
    add(&mut bench, "new", "node-1", Age::New, 100, Some(50));
    add(&mut bench, "old-50", "node-1", Age::Old, 50, Some(50));
    add(&mut bench, "old-60", "node-1", Age::Old, 60, Some(60));
    let ds = bench.foo();
    bench.add_pods("node-2", &L, &ds, 1);
    bench
}

#[test]
fn d084_preserves_an_old_ready_pod_until_the_new_one_is_available() {
    let mut bench = min_ready(60);
    assert_eq!(bench.sync(), (3, 1, 0));
    assert!(!names(&bench).contains(&"old-60".to_owned()));
    assert!(names(&bench).contains(&"old-50".to_owned()));
}

#[test]
fn d085_deletes_the_old_ready_pod_when_the_new_one_is_available() {
    let mut bench = min_ready(70);
    assert_eq!(bench.sync(), (3, 2, 0));
    assert!(names(&bench).contains(&"new".to_owned()));
    assert!(!names(&bench).contains(&"old-50".to_owned()));
}
