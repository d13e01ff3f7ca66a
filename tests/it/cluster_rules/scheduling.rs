//! When waiting pods are tried again.

use super::{ask, create, one_container, pod};
use crate::node_world::World;
use daemonset_playground::cluster::{Command, Effect, Patch, Rule, Subresource, Verb};
use daemonset_playground::k8s::{Kind, Str, Value};
use daemonset_playground::sim::store::NsName;
use daemonset_playground::value;

fn merge(world: &mut World, kind: Kind, name: &'static str, patch: Value) {
    let namespace = Str::from(if kind.namespaced() { "default" } else { "" });
    let patch = Verb::Patch {
        kind,
        namespace,
        name: name.into(),
        subresource: Subresource::Main,
        patch: Patch::Merge(patch),
    };
    ask(world, patch).expect("accepted");
}

/// Failed attempts so far; None: the pod waits no longer.
fn attempts(world: &World, name: &'static str) -> Option<u32> {
    let key = NsName {
        namespace: "default".into(),
        name: name.into(),
    };
    let scheduler = world.cluster.parts().scheduler.part();
    scheduler.queue().get(&key).map(|waiting| waiting.attempts)
}

fn asking(cpu: &'static str) -> Value {
    value!([{"name": "main", "image": "a:1", "resources": {"requests": {"cpu": cpu}}}])
}

/// 4.1 A pod comes back on a change that may help it, and on no other.
#[test]
fn what_makes_a_pod_be_tried_again() {
    let mut world = World::new(&["worker01"]);
    let picky = value!({"nodeSelector": {"disk": "ssd"}, "containers": one_container()});
    create(&mut world, Kind::Pod, pod("picky", picky)).expect("accepted");
    create(
        &mut world,
        Kind::Pod,
        pod("holder", value!({"containers": asking("3")})),
    )
    .expect("accepted");
    world.run(2000);
    create(
        &mut world,
        Kind::Pod,
        pod("large", value!({"containers": asking("2")})),
    )
    .expect("accepted");
    world.run(30_000);
    assert_eq!(
        (attempts(&world, "picky"), attempts(&world, "large")),
        (Some(1), Some(1)),
        "heartbeats help nobody"
    );
    let label = value!({"metadata": {"labels": {"app": "x"}, "annotations": {"note": "a"}}});
    merge(&mut world, Kind::Node, "worker01", label);
    world.run(5000);
    assert_eq!(
        (attempts(&world, "picky"), attempts(&world, "large")),
        (Some(1), Some(1)),
        "nor does another label"
    );
    merge(
        &mut world,
        Kind::Pod,
        "picky",
        value!({"metadata": {"labels": {"a": "b"}}}),
    );
    world.run(5000);
    assert_eq!(
        attempts(&world, "picky"),
        Some(2),
        "its own labels have changed"
    );
    merge(
        &mut world,
        Kind::Node,
        "worker01",
        value!({"metadata": {"labels": {"disk": "ssd"}}}),
    );
    world.run(5000);
    assert_eq!(
        attempts(&world, "picky"),
        None,
        "the node has its label now"
    );
    assert_eq!(attempts(&world, "large"), Some(1), "which frees no cpu");
    world.delete(Kind::Pod, "holder");
    world.run(5000);
    assert_eq!(attempts(&world, "large"), None, "the cpu is free");
}

/// 4.1 What nothing woke is tried again after five minutes, looked for every half a minute.
#[test]
fn forgotten_pods_are_flushed() {
    let mut world = World::new(&["worker01"]);
    let lost = value!({"nodeSelector": {"no": "where"}, "containers": one_container()});
    create(&mut world, Kind::Pod, pod("lost", lost)).expect("accepted");
    for (seconds, wanted) in [(329, 1), (2, 2), (328, 2), (2, 3)] {
        world.run(seconds * 1000);
        assert_eq!(
            attempts(&world, "lost"),
            Some(wanted),
            "after {seconds} s more"
        );
    }
}

/// A pod larger than any node, a node with nothing, a toleration that matches no taint.
#[test]
fn pods_that_no_node_can_take() {
    let mut world = World::new(&["worker01"]);
    let mut node = world.get(Kind::Node, "worker01");
    node.set_at(
        &["spec", "taints"],
        value!([{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]),
    );
    let update = Verb::Update {
        kind: Kind::Node,
        subresource: Subresource::Main,
        value: node,
    };
    ask(&mut world, update).expect("accepted");
    let nothing = value!({"metadata": {"name": "nothing"}, "status": {
        "capacity": {"cpu": "0", "memory": "0", "pods": "0"}, "allocatable": {"cpu": "0", "memory": "0", "pods": "0"}}});
    world.act(Command::NodeAdd { node: nothing });
    world.run(10_000);
    let preempt = "no new claims to deallocate, preemption: 0/2 nodes are available:";
    let useless = value!([{"key": "gpu", "value": "no", "effect": "NoSchedule"}, {"key": "other", "operator": "Exists"}]);
    let all = value!([{"operator": "Exists"}]);
    let rows = [
        (
            "useless",
            value!({"tolerations": useless, "containers": one_container()}),
            "1 Too many pods, 1 node(s) had untolerated taint(s).",
            "1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
        ),
        (
            "largest",
            value!({"tolerations": all, "containers": asking("1000")}),
            "1 Too many pods, 2 Insufficient cpu.",
            "2 Preemption is not helpful for scheduling.",
        ),
    ];
    for (name, spec, reasons, rest) in rows {
        create(&mut world, Kind::Pod, pod(name, spec)).expect("accepted");
        world.run(3000);
        let told = world.get(Kind::Pod, name);
        let told = told
            .at(&["status", "conditions"])
            .items()
            .iter()
            .map(|c| c.get("message").text().to_owned());
        let want = format!("0/2 nodes are available: {reasons} {preempt} {rest}");
        assert_eq!(told.collect::<Vec<_>>(), [want], "{name}");
    }
}

/// 4.2 A binding that the server refuses is tried again after a back-off that nothing shortens.
#[test]
fn a_binding_that_fails_is_tried_again() {
    let mut world = World::new(&["worker01"]);
    world.act(Command::ApiFault {
        rule: Rule {
            actor: "default-scheduler".into(),
            verb: "bind".into(),
            kind: Some(Kind::Pod),
            effect: Effect::Fail,
            times: Some(2),
        },
    });
    let plain = value!({"containers": one_container()});
    create(&mut world, Kind::Pod, pod("late", plain)).expect("accepted");
    let bound = |world: &World| {
        world
            .get(Kind::Pod, "late")
            .at(&["spec", "nodeName"])
            .text()
            != ""
    };
    world.run(500);
    let told = world.conditions(Kind::Pod, "late");
    assert!(told.contains("PodScheduled=False SchedulerError"), "{told}");
    assert_eq!(attempts(&world, "late"), Some(0), "no node was missing");
    let label = value!({"metadata": {"labels": {"app": "x"}}});
    merge(&mut world, Kind::Node, "worker01", label);
    world.run(2400);
    assert!(!bound(&world), "one second, then two");
    world.run(300);
    assert!(bound(&world));
    assert_eq!(attempts(&world, "late"), None);
}
