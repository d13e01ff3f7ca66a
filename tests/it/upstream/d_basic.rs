//! D001 to D034: launching pods, statuses, selectors.

use super::harness::*;
use daemonset_playground::k8s::{Kind, Value};
use daemonset_playground::parts::Part;
use daemonset_playground::sim::{Delivery, SimSpan};
use daemonset_playground::value;

const NODE_NAME: &[&str] = &["spec", "template", "spec", "nodeName"];
const NODE_SELECTOR: &[&str] = &["spec", "template", "spec", "nodeSelector"];

/// The counts of one sync of this DaemonSet on a bench.
fn sync_with(mut bench: Bench, ds: Value) -> (usize, usize, usize) {
    bench.add_ds(ds);
    bench.sync()
}

fn with_selector(mut ds: Value, labels: &[(&str, &str)]) -> Value {
    ds.set_at(NODE_SELECTOR, map(labels));
    ds
}

fn with_node_name(mut ds: Value, node: &'static str) -> Value {
    ds.set_at(NODE_NAME, node);
    ds
}

fn with_port(mut ds: Value, port: i64) -> Value {
    let containers = ds.at_mut(&["spec", "template", "spec", "containers"]);
    let ports = value!([{"containerPort": port, "hostPort": port, "protocol": "TCP"}]);
    containers.list_mut()[0].set("ports", ports);
    ds
}

/// Nodes 0 to 3 without labels, three blue ones behind them.
fn four_and_three_blue() -> Bench {
    let mut bench = Bench::with_nodes(4);
    bench.add_nodes(4, 3, &BLUE);
    bench
}

#[test]
fn d001_delete_final_state_unknown() {
    both(|ds| {
        let mut bench = Bench::new();
        bench.add_ds(ds);
        bench.drain();
        // A fresh list without it: the deletion itself was missed.
        let list = Delivery::List {
            kind: Kind::DaemonSet,
            objects: Vec::new(),
            resource_version: bench.api.store().version(),
        };
        bench.call(|part, ctx| part.on_watch(ctx, &list));
        assert_eq!(bench.queued(), ["default/foo"]);
    });
}

#[test]
fn d002_expectations_on_recreate() {
    let mut bench = Bench::with_nodes(1);
    bench.deaf = true;
    bench.add_ds(simple_ds());
    assert_eq!(bench.sync(), (1, 0, 0));
    let key = bench.foo_key();
    assert!(!bench.part.expectations().satisfied(&key, bench.now));
    // The status update came back and queued it again.
    assert_eq!(bench.queued(), ["default/foo"]);
    assert_eq!(bench.work(), (0, 0, 0));
    assert_eq!(bench.calls("update/status", Kind::DaemonSet), 0);

    let call = daemonset_playground::sim::Call::component(bench.now, "test");
    let options = daemonset_playground::sim::DeleteOptions::default();
    bench
        .api
        .delete(&call, Kind::DaemonSet, "default", "foo", &options)
        .expect("exists");
    bench.take(Kind::DaemonSet, "default", "foo");
    assert_eq!(bench.part.expectations().get(&key), None);
    bench.work();

    bench.add_ds(simple_ds());
    assert_eq!(bench.sync(), (1, 0, 0));
    assert!(!bench.part.expectations().satisfied(&key, bench.now));
}

#[test]
fn d003_simple_daemon_set_launches_pods() {
    both(|ds| {
        let mut bench = Bench::with_nodes(5);
        bench.add_ds(ds);
        assert_eq!(bench.sync(), (5, 0, 0));
        assert_eq!(bench.sync(), (0, 0, 0));
    });
}

#[test]
fn d004_pods_are_left_to_the_scheduler_and_pinned_to_their_node() {
    both(|ds| {
        let mut bench = Bench::with_nodes(5);
        bench.add_ds(ds);
        assert_eq!(bench.sync(), (5, 0, 0));
        let mut nodes = Vec::new();
        for pod in bench.pods() {
            let spec = pod.value().get("spec");
            assert!(spec.get("nodeName").is_empty());
            let required = spec.at(&[
                "affinity",
                "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution",
                "nodeSelectorTerms",
            ]);
            assert_eq!(required.items().len(), 1);
            let fields = required.index(0).get("matchFields");
            assert_eq!(fields.items().len(), 1);
            assert_eq!(fields.index(0).get("key").text(), "metadata.name");
            assert_eq!(fields.index(0).get("operator").text(), "In");
            nodes.push(fields.index(0).get("values").index(0).text().to_owned());
        }
        nodes.sort();
        assert_eq!(nodes, ["node-0", "node-1", "node-2", "node-3", "node-4"]);
    });
}

#[test]
fn d007_the_same_sync_writes_the_status() {
    both(|ds| {
        let mut bench = Bench::with_nodes(5);
        bench.add_ds(ds);
        assert_eq!(bench.sync(), (5, 0, 0));
        assert_eq!(bench.status("currentNumberScheduled"), 5);
    });
}

#[test]
fn d011_no_nodes_does_nothing() {
    both(|ds| assert_eq!(sync_with(Bench::new(), ds), (0, 0, 0)));
}

#[test]
fn d012_one_node_launches_a_pod() {
    both(|ds| assert_eq!(sync_with(Bench::with_nodes(1), ds), (1, 0, 0)));
}

/// A bench with one node whose condition has this status.
fn bench_with_condition(condition: &'static str, status: &'static str) -> Bench {
    let mut bench = Bench::new();
    let mut value = node("node-0", &[]);
    let conditions = value!([{"type": condition, "status": status}]);
    value.set_at(&["status", "conditions"], conditions);
    bench.put(Kind::Node, value);
    bench
}

#[test]
fn d013_a_node_that_is_not_ready_gets_a_pod() {
    both(|ds| {
        let bench = bench_with_condition("Ready", "False");
        assert_eq!(sync_with(bench, ds), (1, 0, 0));
    });
}

/// A node with these resources.
fn sized(name: &str, labels: &[(&str, &str)], memory: &'static str, cpu: &'static str) -> Value {
    let mut value = node(name, labels);
    value.set_at(
        &["status", "allocatable"],
        value!({"memory": memory, "cpu": cpu, "pods": "100"}),
    );
    value
}

fn requesting(mut ds: Value, memory: &'static str, cpu: &'static str) -> Value {
    let containers = ds.at_mut(&["spec", "template", "spec", "containers"]);
    let resources = value!({"requests": {"memory": memory, "cpu": cpu}});
    containers.list_mut()[0].set("resources", resources);
    ds
}

#[test]
fn d014_resources_are_ignored() {
    both(|ds| {
        let mut bench = Bench::new();
        bench.put(Kind::Node, sized("too-much-mem", &[], "100M", "200m"));
        bench.create(Kind::Pod, pod("other", "too-much-mem", &[]));
        let ds = with_node_name(requesting(ds, "75M", "75m"), "too-much-mem");
        assert_eq!(sync_with(bench, ds), (1, 0, 0));
    });
}

#[test]
fn d015_only_the_labelled_node_gets_a_pod_and_no_event_speaks_of_resources() {
    let mut bench = Bench::new();
    bench.put(Kind::Node, sized("not-enough", &[], "10M", "20m"));
    bench.put(Kind::Node, sized("enough", &BLUE, "100M", "200m"));
    let ds = with_selector(requesting(simple_ds(), "50M", "75m"), &BLUE);
    assert_eq!(sync_with(bench, ds), (1, 0, 0));
}

#[test]
fn d016_a_node_without_network_gets_a_pod() {
    both(|ds| {
        let bench = bench_with_condition("NetworkUnavailable", "True");
        assert_eq!(sync_with(bench, ds), (1, 0, 0));
    });
}

#[test]
fn d017_nothing_is_done_while_being_deleted() {
    both(|ds| {
        let mut bench = Bench::with_nodes(1);
        bench.add_ds(ds);
        bench.edit_ds(|ds| ds.set_at(&["metadata", "deletionTimestamp"], "2026-01-01T00:00:00Z"));
        assert_eq!(bench.sync(), (0, 0, 0));
        assert_eq!(bench.calls("update/status", Kind::DaemonSet), 0);
    });
}

#[test]
fn d018_the_check_before_adoption_sees_the_deletion() {
    both(|mut ds| {
        let mut bench = Bench::with_nodes(5);
        ds.set_at(&["metadata", "finalizers"], value!(["example.com/hold"]));
        bench.add_ds(ds);
        bench.create(Kind::Pod, pod("orphan", "node-0", &L));
        let call = daemonset_playground::sim::Call::component(bench.now, "test");
        let options = daemonset_playground::sim::DeleteOptions::default();
        bench
            .api
            .delete(&call, Kind::DaemonSet, "default", "foo", &options)
            .expect("held by the finalizer");
        assert_eq!(bench.sync(), (0, 0, 0));
        let error = bench.error().expect("the adoption failed");
        assert!(error.contains("can't adopt Pod default/orphan"), "{error}");
        assert!(
            error.contains("default/foo has just been deleted at"),
            "{error}"
        );
    });
}

#[test]
fn d019_a_port_conflict_with_its_own_pod_deletes_nothing() {
    both(|ds| {
        let mut bench = Bench::with_nodes(1);
        let ds = bench.add_ds(with_node_name(with_port(ds, 666), "node-0"));
        bench.add_pods("node-0", &L, &ds, 1);
        assert_eq!(bench.sync(), (0, 0, 0));
    });
}

#[test]
fn d020_another_port_is_no_conflict() {
    both(|ds| {
        let mut bench = Bench::with_nodes(1);
        let mut other = pod("other", "node-0", &[]);
        let ports = value!([{"containerPort": 6661, "hostPort": 6661, "protocol": "TCP"}]);
        other.at_mut(&["spec", "containers"]).list_mut()[0].set("ports", ports);
        bench.create(Kind::Pod, other);
        let ds = with_node_name(with_port(ds, 6662), "node-0");
        assert_eq!(sync_with(bench, ds), (1, 0, 0));
    });
}

#[test]
fn d021_an_empty_selector_selects_nothing_and_says_so() {
    both(|ds| {
        let mut bench = Bench::with_nodes(1);
        bench.create(Kind::Pod, pod("other", "node-0", &[("a", "b")]));
        bench.add_ds(with_selector(ds, &[("foo", "bar")]));
        bench.edit_ds(|ds| ds.set_at(&["spec", "selector"], value!({})));
        assert_eq!(bench.sync(), (0, 0, 1));
        assert_eq!(bench.reasons(), ["SelectingAll"]);
    });
}

#[test]
fn d022_deals_with_existing_pods() {
    both(|ds| {
        let mut bench = Bench::with_nodes(5);
        let ds = bench.add_ds(ds);
        bench.add_pods("node-1", &L, &ds, 1);
        bench.add_pods("node-2", &L, &ds, 2);
        bench.add_pods("node-3", &L, &ds, 5);
        bench.add_pods("node-4", &L2, &ds, 2);
        assert_eq!(bench.sync(), (2, 5, 0));
        // Two pods are let go, not deleted.
        let orphans = bench
            .pods()
            .iter()
            .filter(|p| p.meta().owners.is_empty())
            .count();
        assert_eq!(orphans, 2);
    });
}

#[test]
fn d023_selector_launches_pods() {
    both(|ds| {
        let ds = with_selector(ds, &BLUE);
        assert_eq!(sync_with(four_and_three_blue(), ds), (3, 0, 0));
    });
}

/// Nodes 0 to 4 without labels, 5 to 9 blue.
fn five_and_five_blue() -> Bench {
    let mut bench = Bench::with_nodes(5);
    bench.add_nodes(5, 5, &BLUE);
    bench
}

#[test]
fn d024_selector_deletes_unselected_pods() {
    both(|ds| {
        let mut bench = five_and_five_blue();
        let ds = bench.add_ds(with_selector(ds, &BLUE));
        bench.add_pods("node-0", &L2, &ds, 2);
        bench.add_pods("node-1", &L, &ds, 3);
        bench.add_pods("node-1", &L2, &ds, 1);
        bench.add_pods("node-4", &L, &ds, 1);
        assert_eq!(bench.sync(), (5, 4, 0));
    });
}

#[test]
fn d025_selector_deals_with_existing_pods() {
    both(|ds| {
        let mut bench = five_and_five_blue();
        let ds = bench.add_ds(with_selector(ds, &BLUE));
        for (node, ours, others) in [
            ("node-0", 1, 0),
            ("node-1", 3, 2),
            ("node-2", 4, 0),
            ("node-6", 13, 0),
            ("node-7", 0, 4),
            ("node-9", 1, 1),
        ] {
            bench.add_pods(node, &L, &ds, ours);
            bench.add_pods(node, &L2, &ds, others);
        }
        assert_eq!(bench.sync(), (3, 20, 0));
    });
}

#[test]
fn d026_a_selector_that_matches_no_node_does_nothing() {
    both(|ds| {
        let ds = with_selector(ds, &RED);
        assert_eq!(sync_with(four_and_three_blue(), ds), (0, 0, 0));
    });
}

#[test]
fn d027_node_name_launches_one_pod() {
    both(|ds| {
        let ds = with_node_name(ds, "node-0");
        assert_eq!(sync_with(Bench::with_nodes(5), ds), (1, 0, 0));
    });
}

#[test]
fn d028_an_unknown_node_name_does_nothing() {
    both(|ds| {
        let ds = with_node_name(ds, "node-10");
        assert_eq!(sync_with(Bench::with_nodes(5), ds), (0, 0, 0));
    });
}

#[test]
fn d029_node_name_and_selector_agree() {
    both(|ds| {
        let ds = with_node_name(with_selector(ds, &BLUE), "node-6");
        assert_eq!(sync_with(four_and_three_blue(), ds), (1, 0, 0));
    });
}

#[test]
fn d030_node_name_and_selector_disagree() {
    let ds = with_node_name(with_selector(simple_ds(), &BLUE), "node-0");
    assert_eq!(sync_with(four_and_three_blue(), ds), (0, 0, 0));
}

#[test]
fn d031_selector_launches_pods_on_delete() {
    let ds = with_selector(simple_ds(), &BLUE);
    assert_eq!(sync_with(four_and_three_blue(), ds), (3, 0, 0));
}

#[test]
fn d032_required_affinity_launches_pods() {
    both(|mut ds| {
        let required = value!({"nodeSelectorTerms": [{"matchExpressions": [
            {"key": "color", "operator": "In", "values": ["blue"]}
        ]}]});
        ds.set_at(
            &[
                "spec",
                "template",
                "spec",
                "affinity",
                "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution",
            ],
            required,
        );
        assert_eq!(sync_with(four_and_three_blue(), ds), (3, 0, 0));
    });
}

#[test]
fn d033_number_ready() {
    both(|ds| {
        let mut bench = Bench::with_nodes(2);
        let ds = bench.add_ds(ds);
        bench.add_pods("node-0", &L, &ds, 1);
        bench.add_pods("node-1", &L, &ds, 1);
        assert_eq!(bench.sync(), (0, 0, 0));
        assert_eq!(bench.status("numberReady"), 0);
        bench.ready();
        assert_eq!(bench.sync(), (0, 0, 0));
        assert_eq!(bench.status("numberReady"), 2);
        bench.pass(SimSpan::from_secs(1));
    });
}

#[test]
fn d034_observed_generation() {
    both(|ds| {
        let mut bench = Bench::with_nodes(1);
        let ds = bench.add_ds(ds);
        bench.add_pods("node-0", &L, &ds, 1);
        bench.sync();
        assert_eq!(bench.status("observedGeneration"), 1);
    });
}
