//! D035 to D059, D067 to D069: failed, terminating and foreign pods, taints, should a node run a pod.

use super::harness::*;
use daemonset_playground::k8s::api::DaemonSetSpec;
use daemonset_playground::k8s::{Kind, Object, Value};
use daemonset_playground::parts::daemonset::placement;
use daemonset_playground::sim::SimSpan;
use daemonset_playground::value;

/// One node with so many failed and so many normal pods of the DaemonSet, after a first sync.
fn bench_with_failed(ds: Value, failed: usize, normal: usize) -> Bench {
    let mut bench = Bench::with_nodes(1);
    let ds = bench.add_ds(ds);
    bench.add_pods("node-0", &L, &ds, failed);
    for pod in bench.pods() {
        bench.edit(Kind::Pod, pod.name(), |pod| {
            pod.set_at(&["status", "phase"], "Failed");
        });
    }
    bench.add_pods("node-0", &L, &ds, normal);
    bench
}

#[test]
fn d035_a_normal_pod_stays() {
    both(|ds| assert_eq!(bench_with_failed(ds, 0, 1).sync(), (0, 0, 0)));
}

#[test]
fn d036_no_pod_gets_one() {
    both(|ds| assert_eq!(bench_with_failed(ds, 0, 0).sync(), (1, 0, 0)));
}

#[test]
fn d037_a_failed_pod_is_deleted_and_replaced_later() {
    both(|ds| {
        let mut bench = bench_with_failed(ds, 1, 0);
        assert_eq!(bench.sync(), (0, 1, 1));
        assert!(bench.reasons().contains(&"FailedDaemonPod".to_owned()));
        assert_eq!(bench.sync(), (1, 0, 0));
    });
}

#[test]
fn d038_a_failed_pod_and_excess_ones_are_deleted() {
    both(|ds| assert_eq!(bench_with_failed(ds, 1, 3).sync(), (0, 3, 1)));
}

#[test]
fn d039_failed_pods_are_deleted_with_back_off() {
    both(|mut ds| {
        ds.set_at(&["status", "observedGeneration"], 1);
        let mut bench = bench_with_failed(ds, 1, 0);
        let failed = bench.pods()[0].clone();
        assert_eq!(bench.sync(), (0, 1, 1));
        let backoff = |bench: &Bench| {
            let keys: Vec<_> = bench.part.failed_pods().keys().cloned().collect();
            assert_eq!(keys.len(), 1);
            let delay = bench.part.failed_pods().delay(&keys[0]);
            (keys[0].clone(), delay)
        };
        let (key, delay) = backoff(&bench);
        assert!(delay > SimSpan::ZERO);
        // The pod is still there.
        bench.create(Kind::Pod, failed.value().clone());
        assert_eq!(bench.sync(), (0, 0, 0));
        assert_eq!(backoff(&bench).1, delay);
        bench.pass(SimSpan::from_millis(delay.as_millis() - 1));
        assert!(bench.part.failed_pods().in_backoff(&key, bench.now));
        bench.pass(SimSpan::from_millis(1));
        assert!(!bench.part.failed_pods().in_backoff(&key, bench.now));
        assert_eq!(bench.sync(), (0, 1, 1));
    });
}

/// One sync on one node with a pod of the DaemonSet.
fn sync_on(node: Value, ds: Value, pods: usize) -> (usize, usize, usize) {
    let mut bench = Bench::new();
    let name = node.at(&["metadata", "name"]).text().to_owned();
    bench.put(Kind::Node, node);
    let ds = bench.add_ds(ds);
    bench.add_pods(&name, &L, &ds, pods);
    bench.sync()
}

fn tolerating(mut ds: Value) -> Value {
    let tolerations = value!([{"key": "dedicated", "value": "user1", "effect": "NoSchedule"}]);
    ds.set_at(&["spec", "template", "spec", "tolerations"], tolerations);
    ds
}

#[test]
fn d040_no_schedule_keeps_a_running_pod() {
    both(|ds| {
        let node = tainted("tainted", "dedicated", "NoSchedule");
        assert_eq!(sync_on(node, ds, 1), (0, 0, 0));
    });
}

#[test]
fn d041_no_execute_removes_a_running_pod() {
    both(|ds| {
        let node = tainted("tainted", "dedicated", "NoExecute");
        assert_eq!(sync_on(node, ds, 1), (0, 1, 0));
    });
}

#[test]
fn d042_no_schedule_gets_no_pod() {
    both(|ds| {
        let node = tainted("tainted", "dedicated", "NoSchedule");
        assert_eq!(sync_on(node, ds, 0), (0, 0, 0));
    });
}

#[test]
fn d043_a_tolerated_taint_gets_a_pod() {
    both(|ds| {
        let node = tainted("tainted", "dedicated", "NoSchedule");
        assert_eq!(sync_on(node, tolerating(ds), 0), (1, 0, 0));
    });
}

/// A node with this Ready status and a taint with effect NoExecute.
fn failing_node(status: &'static str, key: &'static str) -> Value {
    let mut value = tainted("node", key, "NoExecute");
    let conditions = value!([{"type": "Ready", "status": status}]);
    value.set_at(&["status", "conditions"], conditions);
    value
}

#[test]
fn d044_a_not_ready_node_with_its_no_execute_taint_gets_a_pod() {
    both(|ds| {
        let node = failing_node("False", "node.kubernetes.io/not-ready");
        assert_eq!(sync_on(node, ds, 0), (1, 0, 0));
    });
}

#[test]
fn d045_an_unreachable_node_with_its_no_execute_taint_gets_a_pod() {
    both(|ds| {
        let node = failing_node("Unknown", "node.kubernetes.io/unreachable");
        assert_eq!(sync_on(node, ds, 0), (1, 0, 0));
    });
}

#[test]
fn d046_tolerations_do_no_harm() {
    both(|ds| assert_eq!(sync_on(node("node", &[]), tolerating(ds), 0), (1, 0, 0)));
}

#[test]
fn d047_a_terminating_pod_blocks_its_node() {
    both(|ds| {
        let mut bench = Bench::with_nodes(1);
        let ds = bench.add_ds(ds);
        bench.add_pods("node-0", &L, &ds, 1);
        let name = bench.pods()[0].name().clone();
        bench.edit(Kind::Pod, &name, |pod| {
            pod.set_at(&["metadata", "deletionTimestamp"], "2026-01-01T00:00:00Z");
        });
        assert_eq!(bench.sync(), (0, 0, 0));
    });
}

#[test]
fn d048_pressure_taints_are_tolerated() {
    both(|mut ds| {
        let mut node = node("node", &[]);
        let taints: Value = ["disk-pressure", "memory-pressure", "pid-pressure"]
            .iter()
            .map(|p| {
                let key = Value::str(&format!("node.kubernetes.io/{p}"));
                value!({"key": key, "effect": "NoSchedule"})
            })
            .collect();
        node.set_at(&["spec", "taints"], taints);
        let conditions: Value = ["DiskPressure", "MemoryPressure", "PIDPressure"]
            .iter()
            .map(|c| value!({"type": Value::str(c), "status": "True"}))
            .collect();
        node.set_at(&["status", "conditions"], conditions);
        let class = "system-cluster-critical";
        ds.set_at(&["spec", "template", "spec", "priorityClassName"], class);
        let mut bench = Bench::new();
        bench.put(Kind::Node, node);
        // The class need not exist for the controller; what the server says about it is not asked here.
        bench.deaf = true;
        bench.add_ds(ds);
        assert_eq!(bench.sync(), (1, 0, 0));
    });
}

/// What the controller thinks of a node for a DaemonSet: should a pod run, may one stay?
fn answer(ds: &Value, node: Value) -> (bool, bool) {
    let spec = DaemonSetSpec::read(ds.get("spec"));
    let decision = placement::decide(&spec, &Object::read(Kind::Node, node, None));
    (decision.run, decision.keep)
}

/// A DaemonSet whose template has one more field.
fn with(path: &[&'static str], value: impl Into<Value>) -> Value {
    let mut ds = simple_ds();
    ds.at_mut(&["spec", "template", "spec"]).set_at(path, value);
    ds
}

fn asking_for(memory: &'static str, cpu: &'static str) -> Value {
    let requests = value!([{"resources": {"requests": {"memory": memory, "cpu": cpu}}}]);
    with(&["containers"], requests)
}

fn small_node() -> Value {
    let mut value = node("test-node", &L);
    let size = value!({"memory": "100M", "cpu": "1"});
    value.set_at(&["status", "allocatable"], size);
    value
}

fn on_type(wanted: &'static str) -> Value {
    let required = value!({"nodeSelectorTerms": [{"matchExpressions": [
        {"key": "type", "operator": "In", "values": [wanted]}
    ]}]});
    let path = [
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
    ];
    with(&path, required)
}

#[test]
fn d049_a_plain_pod_runs() {
    assert_eq!(
        answer(&asking_for("50M", "0.5"), small_node()),
        (true, true)
    );
}

#[test]
fn d050_a_pod_that_is_too_big_runs() {
    assert_eq!(
        answer(&asking_for("200M", "0.5"), small_node()),
        (true, true)
    );
}

#[test]
fn d051_another_node_name() {
    let ds = with(&["nodeName"], "other-node");
    assert_eq!(answer(&ds, small_node()), (false, false));
}

#[test]
fn d052_a_taken_host_port_plays_no_part() {
    let ds = with(&["containers"], value!([{"ports": [{"hostPort": 666}]}]));
    assert_eq!(answer(&ds, small_node()), (true, true));
}

#[test]
fn d053_taken_memory_plays_no_part() {
    assert_eq!(
        answer(&asking_for("100M", "0.5"), small_node()),
        (true, true)
    );
}

#[test]
fn d054_a_pod_that_fits_beside_another_runs() {
    assert_eq!(
        answer(&asking_for("50M", "0.5"), small_node()),
        (true, true)
    );
}

#[test]
fn d055_node_selector_does_not_match() {
    let ds = with(&["nodeSelector"], map(&L2));
    assert_eq!(answer(&ds, small_node()), (false, false));
}

#[test]
fn d056_node_selector_matches() {
    let ds = with(&["nodeSelector"], map(&L));
    assert_eq!(answer(&ds, small_node()), (true, true));
}

#[test]
fn d057_affinity_does_not_match() {
    assert_eq!(answer(&on_type("test"), small_node()), (false, false));
}

#[test]
fn d058_affinity_matches() {
    assert_eq!(answer(&on_type("production"), small_node()), (true, true));
}

#[test]
fn d059_an_unschedulable_node_runs_it() {
    let mut node = small_node();
    node.set_at(&["spec", "unschedulable"], true);
    assert_eq!(answer(&simple_ds(), node), (true, true));
}

#[test]
fn d067_an_unscheduled_pod_of_a_node_that_does_not_exist_is_deleted() {
    both(|ds| {
        let mut bench = Bench::with_nodes(1);
        let ds = bench.add_ds(ds);
        bench.add_pods("node-0", &L, &ds, 1);
        bench.add_pods("node-1", &L, &ds, 1);
        let mut lost = owned(pod("lost", "", &L), &ds);
        let affinity =
            daemonset_playground::parts::daemonset::create::pin_to_node(&Value::map(), "node-2");
        lost.set_at(&["spec", "affinity"], affinity);
        bench.create(Kind::Pod, lost);
        let names = |bench: &Bench| bench.pods().iter().map(|p| p.name().to_string()).collect();
        assert_eq!(bench.sync(), (0, 1, 0));
        let left: Vec<String> = names(&bench);
        assert!(!left.contains(&"lost".to_owned()));
        assert_eq!(left.len(), 2);
    });
}

/// Pods of every sort on two nodes; the controller's books after a sync.
fn sorted_pods() -> Bench {
    let mut bench = Bench::with_nodes(2);
    bench.reap = false;
    let ds = bench.add_ds(simple_ds());
    let mut foreign = ds.value().clone();
    foreign.set_at(&["metadata", "uid"], "another");
    foreign.set_at(&["metadata", "name"], "bar");
    let foreign = Object::read(Kind::DaemonSet, foreign, None);
    for (node, i) in [("node-0", 0), ("node-1", 1)] {
        let name = |what: &str| format!("{what}-{i}");
        bench.create(Kind::Pod, owned(pod(&name("owned"), node, &L), &ds));
        bench.create(Kind::Pod, pod(&name("orphan"), node, &L));
        bench.create(Kind::Pod, owned(pod(&name("foreign"), node, &L), &foreign));
        bench.create(Kind::Pod, pod(&name("other"), node, &L2));
        for phase in ["Succeeded", "Failed"] {
            let mut done = owned(pod(&name(&phase.to_lowercase()), node, &L), &ds);
            done.set_at(&["status", "phase"], phase);
            bench.create(Kind::Pod, done.clone());
            done.set_at(
                &["metadata", "name"],
                name(&format!("gone-{}", phase.to_lowercase())),
            );
            done.set_at(&["metadata", "deletionTimestamp"], "2026-01-01T00:00:00Z");
            bench.create(Kind::Pod, done);
        }
    }
    bench
}

#[test]
fn d068_pods_by_node_without_the_terminal_ones_that_go() {
    let mut bench = sorted_pods();
    bench.sync();
    let ds = bench.foo();
    let ledger = bench.part.ledger(ds.uid()).expect("was synced");
    for i in 0..2 {
        let slot = ledger
            .slot(&format!("node-{i}"))
            .expect("the node is there");
        let mut names: Vec<String> = slot.pods.iter().map(|p| p.name().to_string()).collect();
        names.sort();
        // What the sync itself deleted is terminating or gone by now.
        let want = ["failed", "orphan", "owned", "succeeded"].map(|n| format!("{n}-{i}"));
        assert!(names.iter().all(|n| want.contains(n)), "{names:?}");
        for kept in [&want[1], &want[2]] {
            assert!(names.contains(kept), "{names:?}");
        }
    }
}

#[test]
fn d069_pods_by_owner_with_the_terminal_ones_that_go() {
    let mut bench = sorted_pods();
    bench.sync();
    let ds = bench.foo();
    let ledger = bench.part.ledger(ds.uid()).expect("was synced");
    let selector =
        daemonset_playground::k8s::selector::Selector::read(ds.value().at(&["spec", "selector"]));
    let names: Vec<&str> = ledger
        .matching(&selector)
        .map(|p| p.name().as_str())
        .collect();
    for i in 0..2 {
        for what in ["gone-failed", "gone-succeeded", "orphan", "owned"] {
            assert!(
                names.contains(&format!("{what}-{i}").as_str()),
                "{what}: {names:?}"
            );
        }
        for what in ["foreign", "other"] {
            assert!(
                !names.contains(&format!("{what}-{i}").as_str()),
                "{what}: {names:?}"
            );
        }
    }
}
