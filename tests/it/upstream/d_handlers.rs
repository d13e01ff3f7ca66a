//! D060 to D066, D070 to D079, D086 to D092: what enqueues what, and writing the status.

use super::harness::*;
use daemonset_playground::k8s::{Kind, Object, Value};
use daemonset_playground::parts::daemonset::cache::same_placement;
use daemonset_playground::sim::{Call, DeleteOptions};
use daemonset_playground::value;

fn blue_only() -> Value {
    let mut ds = simple_ds();
    ds.set_at(&["spec", "template", "spec", "nodeSelector"], map(&BLUE));
    ds
}

/// A bench with this node and DaemonSet whose first sync gave these counts and whose queues are empty.
fn settled(node: Value, ds: Value, first: (usize, usize, usize)) -> Bench {
    let mut bench = Bench::new();
    bench.put(Kind::Node, node);
    bench.add_ds(ds);
    bench.part.process_nodes();
    assert_eq!(bench.sync(), first);
    bench.drain();
    bench
}

#[test]
fn d060_a_node_update_without_change_enqueues_nothing() {
    let mut bench = settled(node("node1", &[]), blue_only(), (0, 0, 0));
    bench.put(Kind::Node, node("node1", &[]));
    assert!(bench.queued().is_empty());
}

#[test]
fn d061_a_node_that_gets_the_label_enqueues() {
    let mut bench = settled(node("node1", &[]), blue_only(), (0, 0, 0));
    bench.put(Kind::Node, node("node1", &BLUE));
    assert_eq!(bench.queued(), ["default/foo"]);
}

#[test]
fn d062_a_node_that_loses_the_taint_enqueues() {
    let node1 = tainted("node1", "dedicated", "NoSchedule");
    let mut bench = settled(node1, simple_ds(), (0, 0, 0));
    bench.put(Kind::Node, node("node1", &[]));
    assert_eq!(bench.queued(), ["default/foo"]);
}

#[test]
fn d063_more_allocatable_enqueues_nothing() {
    let mut small = node("node1", &[]);
    small.set_at(
        &["status", "allocatable"],
        value!({"memory": "200M", "cpu": "200m"}),
    );
    let mut bench = settled(small.clone(), simple_ds(), (1, 0, 0));
    small.set_at(
        &["status", "allocatable"],
        value!({"memory": "500M", "cpu": "500m"}),
    );
    bench.put(Kind::Node, small);
    assert!(bench.queued().is_empty());
}

/// Four other pods on the node; one of them is deleted.
fn deleting_other_pods(edit: impl Fn(&mut Value)) {
    both(|ds| {
        let mut bench = Bench::with_nodes(1);
        for i in 0..4 {
            let mut other = pod(&format!("other-{i}"), "node-0", &[]);
            edit(&mut other);
            bench.create(Kind::Pod, other);
        }
        bench.add_ds(ds);
        bench.part.process_nodes();
        assert_eq!(bench.sync(), (1, 0, 0));
        bench.drain();
        bench.take(Kind::Pod, "default", "other-0");
        assert!(bench.queued().is_empty());
    });
}

#[test]
fn d064_deleting_a_plain_pod_enqueues_nothing() {
    deleting_other_pods(|_| {});
}

#[test]
fn d065_deleting_a_pod_of_another_controller_enqueues_nothing() {
    deleting_other_pods(|pod| {
        let owner = value!({"apiVersion": "v1", "kind": "ReplicationController", "name": "x",
            "uid": "x", "controller": true});
        pod.set_at(&["metadata", "ownerReferences"], value!([owner]));
    });
}

#[test]
fn d066_deleting_an_unscheduled_pod_enqueues_nothing() {
    deleting_other_pods(|pod| {
        pod.remove_at(&["spec", "nodeName"]);
    });
}

#[test]
fn d070_a_new_node_goes_to_the_node_queue() {
    let mut bench = Bench::new();
    bench.add_ds(blue_only());
    bench.drain();
    for labels in [&[][..], &BLUE[..]] {
        let name = format!("node{}", labels.len());
        bench.put(Kind::Node, node(&name, labels));
        let waiting: Vec<String> = bench
            .part
            .node_queue()
            .waiting()
            .map(ToString::to_string)
            .collect();
        assert_eq!(waiting, [name]);
        assert!(bench.part.queue().is_idle());
        bench.drain();
    }
}

fn named(name: &'static str, labels: &[(&str, &str)]) -> Value {
    let mut ds = simple_ds();
    ds.set_at(&["metadata", "name"], name);
    ds.set_at(&["spec", "selector", "matchLabels"], map(labels));
    ds.set_at(&["spec", "template", "metadata", "labels"], map(labels));
    ds
}

/// foo1 and foo2 with the same selector, foo3 with another one, and empty queues.
fn three_sets() -> (Bench, Vec<std::sync::Arc<Object>>) {
    let mut bench = Bench::new();
    let sets = [("foo1", &L), ("foo2", &L), ("foo3", &L2)]
        .map(|(name, labels)| bench.add_ds(named(name, labels)));
    bench.drain();
    (bench, sets.to_vec())
}

#[test]
fn d071_a_new_pod_enqueues_its_owner() {
    for i in 0..2 {
        let (mut bench, sets) = three_sets();
        bench.put(Kind::Pod, owned(pod("pod", "node-0", &L), &sets[i]));
        assert_eq!(bench.queued(), [format!("default/foo{}", i + 1)]);
    }
}

#[test]
fn d072_a_new_orphan_enqueues_all_that_match() {
    let (mut bench, _) = three_sets();
    bench.put(Kind::Pod, pod("pod", "node-0", &L));
    assert_eq!(bench.queued(), ["default/foo1", "default/foo2"]);
}

/// A cached pod, then another version of it; the keys in the queue.
fn update(bench: &mut Bench, mut old: Value, mut new: Value) -> Vec<String> {
    old.set_at(&["metadata", "resourceVersion"], "1");
    new.set_at(&["metadata", "resourceVersion"], "2");
    bench.put(Kind::Pod, old);
    bench.drain();
    bench.put(Kind::Pod, new);
    bench.queued()
}

#[test]
fn d073_an_updated_pod_enqueues_its_owner() {
    for i in 0..2 {
        let (mut bench, sets) = three_sets();
        let pod = owned(pod("pod", "node-0", &L), &sets[i]);
        let queued = update(&mut bench, pod.clone(), pod);
        assert_eq!(queued, [format!("default/foo{}", i + 1)]);
    }
}

/// An orphan that no set may adopt, because it is not at the API server.
fn stray(labels: &[(&str, &str)]) -> Value {
    pod("pod", "node-0", labels)
}

#[test]
fn d074_an_orphan_with_the_same_labels_enqueues_nothing() {
    let (mut bench, _) = three_sets();
    let other = stray(&[("a", "b")]);
    assert!(update(&mut bench, other.clone(), other).is_empty());
}

#[test]
fn d075_an_orphan_with_new_labels_enqueues_all_that_match() {
    let (mut bench, _) = three_sets();
    let queued = update(&mut bench, stray(&[("a", "b")]), stray(&L));
    assert_eq!(queued, ["default/foo1", "default/foo2"]);
}

#[test]
fn d076_another_owner_enqueues_both() {
    let (mut bench, sets) = three_sets();
    let old = owned(stray(&L), &sets[1]);
    let new = owned(stray(&L), &sets[0]);
    assert_eq!(
        update(&mut bench, old, new),
        ["default/foo2", "default/foo1"]
    );
}

#[test]
fn d077_a_removed_owner_enqueues_all_that_match() {
    let (mut bench, sets) = three_sets();
    let old = owned(stray(&L), &sets[0]);
    assert_eq!(update(&mut bench, old, stray(&L)).len(), 2);
}

#[test]
fn d078_a_deleted_pod_enqueues_its_owner() {
    for i in 0..2 {
        let (mut bench, sets) = three_sets();
        bench.put(Kind::Pod, owned(stray(&L), &sets[i]));
        bench.drain();
        bench.take(Kind::Pod, "default", "pod");
        assert_eq!(bench.queued(), [format!("default/foo{}", i + 1)]);
    }
}

#[test]
fn d079_a_deleted_orphan_enqueues_nothing() {
    let (mut bench, _) = three_sets();
    bench.put(Kind::Pod, stray(&[("a", "b")]));
    bench.drain();
    bench.take(Kind::Pod, "default", "pod");
    assert!(bench.queued().is_empty());
}

/// A DaemonSet with no nodes whose first status write is still to come.
fn unwritten() -> Bench {
    let mut bench = Bench::new();
    bench.add_ds(simple_ds());
    bench
}

/// Someone else writes the DaemonSet, unseen by the controller.
fn overtake(bench: &mut Bench, note: &str) {
    let call = Call::component(bench.now, "test");
    let live = bench
        .api
        .get(Kind::DaemonSet, "default", "foo")
        .expect("exists")
        .clone();
    let mut value = live.value().clone();
    value.set_at(&["metadata", "annotations", "note"], Value::str(note));
    let main = daemonset_playground::sim::apiserver::Subresource::Main;
    bench
        .api
        .update(&call, Kind::DaemonSet, main, value)
        .expect("valid");
}

#[test]
fn d086_a_status_write_that_succeeds() {
    let mut bench = unwritten();
    bench.sync();
    assert_eq!(bench.calls("update/status", Kind::DaemonSet), 1);
    assert_eq!(bench.error(), None);
}

#[test]
fn d087_a_status_write_is_tried_again_after_a_fresh_read() {
    let mut bench = unwritten();
    overtake(&mut bench, "first");
    bench.sync();
    assert_eq!(bench.calls("update/status", Kind::DaemonSet), 2);
    assert_eq!(bench.error(), None);
}

#[test]
fn d088_two_refusals_end_it() {
    let mut bench = unwritten();
    overtake(&mut bench, "first");
    bench.between = Some(|bench| overtake(bench, "again"));
    bench.sync();
    assert_eq!(bench.calls("update/status", Kind::DaemonSet), 2);
    let error = bench.error().expect("both were refused");
    assert!(error.contains("the object has been modified"), "{error}");
}

#[test]
fn d089_a_refused_read_ends_it() {
    let mut bench = unwritten();
    let call = Call::component(bench.now, "test");
    let options = DeleteOptions::default();
    bench
        .api
        .delete(&call, Kind::DaemonSet, "default", "foo", &options)
        .expect("exists");
    bench.sync();
    assert_eq!(bench.calls("update/status", Kind::DaemonSet), 1);
    let error = bench.error().expect("the read was refused");
    assert!(
        error.contains("daemonsets.apps \"foo\" not found"),
        "{error}"
    );
}

fn ignored(old: Value, new: Value) -> bool {
    let read = |value| Object::read(Kind::Node, value, None);
    same_placement(&read(old), &read(new))
}

#[test]
fn d090_the_same_node_is_ignored() {
    assert!(ignored(node("node1", &[]), node("node1", &[])));
}

#[test]
fn d091_other_labels_are_not_ignored() {
    assert!(!ignored(node("node1", &[]), node("node1", &BLUE)));
}

#[test]
fn d092_other_taints_are_not_ignored() {
    assert!(!ignored(
        node("node1", &[]),
        tainted("node1", "a", "NoSchedule")
    ));
}
