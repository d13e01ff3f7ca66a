//! Taints by condition, and the clocks that NoExecute taints start.

use super::{ask, create, one_container, pod};
use crate::node_world::World;
use daemonset_playground::cluster::{Subresource, Verb};
use daemonset_playground::k8s::{Kind, Value};
use daemonset_playground::value;

fn edit(world: &mut World, subresource: Subresource, change: impl FnOnce(&mut Value)) {
    let mut value = world.get(Kind::Node, "worker01");
    change(&mut value);
    let update = Verb::Update {
        kind: Kind::Node,
        subresource,
        value,
    };
    ask(world, update).expect("accepted");
}

/// Turns a condition of worker01 on or off.
type Switch = Box<dyn Fn(&mut World, bool)>;

/// 7.1 Each condition has its taint, which goes with it; others' taints stay.
#[test]
fn conditions_and_their_taints() {
    let mut world = World::new(&["worker01", "worker02"]);
    let own = value!([{"key": "gpu", "effect": "NoSchedule"},
        {"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"}]);
    edit(&mut world, Subresource::Main, |node| {
        node.set_at(&["spec", "taints"], own);
    });
    world.run(50);
    assert_eq!(
        world.taints("worker01"),
        "gpu:NoSchedule",
        "a stale one goes"
    );
    let condition = |kind: &'static str| {
        move |world: &mut World, on: bool| {
            edit(world, Subresource::Status, |node| {
                let list = node.at_mut(&["status", "conditions"]).list_mut();
                list.retain(|c| c.get("type").text() != kind);
                if on {
                    list.push(
                        value!({"type": kind, "status": "True", "reason": "R", "message": "m"}),
                    );
                }
            });
        }
    };
    let cordon = |world: &mut World, on: bool| {
        edit(world, Subresource::Main, |node| {
            node.set_at(&["spec", "unschedulable"], on);
        });
    };
    let rows: [(Switch, &str); 5] = [
        (Box::new(condition("MemoryPressure")), "memory-pressure"),
        (Box::new(condition("DiskPressure")), "disk-pressure"),
        (Box::new(condition("PIDPressure")), "pid-pressure"),
        (
            Box::new(condition("NetworkUnavailable")),
            "network-unavailable",
        ),
        (Box::new(cordon), "unschedulable"),
    ];
    for (switch, taint) in rows {
        switch(&mut world, true);
        world.run(50);
        let both = format!("gpu:NoSchedule node.kubernetes.io/{taint}:NoSchedule");
        assert_eq!(world.taints("worker01"), both);
        switch(&mut world, false);
        world.run(50);
        assert_eq!(
            world.taints("worker01"),
            "gpu:NoSchedule",
            "{taint} goes at once"
        );
    }
}

fn taint(world: &mut World, keys: &[&'static str]) {
    let taints: Value = keys
        .iter()
        .map(|key| value!({"key": *key, "effect": "NoExecute"}))
        .collect();
    edit(world, Subresource::Main, |node| {
        node.set_at(&["spec", "taints"], taints);
    });
}

/// A pod's tolerations with their seconds, the taints from some second on, and when it goes.
type Clock = (
    &'static str,
    &'static [(&'static str, Option<i64>)],
    &'static [(u64, &'static [&'static str])],
    Option<u64>,
);

#[rustfmt::skip]
const CLOCKS: [Clock; 10] = [
    ("nothing tolerated", &[], &[(0, &["a"])], Some(0)),
    ("tolerated for ever", &[("a", None)], &[(0, &["a"])], None),
    ("tolerated for a while", &[("a", Some(20))], &[(0, &["a"])], Some(20)),
    ("for no time", &[("a", Some(0))], &[(0, &["a"])], Some(0)),
    ("for less than that", &[("a", Some(-5))], &[(0, &["a"])], Some(0)),
    ("the least of two", &[("a", Some(20)), ("b", Some(10))], &[(0, &["a", "b"])], Some(10)),
    ("a second taint neither shortens", &[("a", Some(20)), ("b", Some(2))], &[(0, &["a"]), (5, &["a", "b"])], Some(20)),
    ("nor lengthens", &[("a", Some(10)), ("b", Some(30))], &[(0, &["a"]), (5, &["b"])], Some(10)),
    ("untolerated meanwhile", &[("a", Some(20))], &[(0, &["a"]), (5, &["a", "b"])], Some(5)),
    ("all gone in time", &[("a", Some(10))], &[(0, &["a"]), (5, &[])], None),
];

fn toleration((key, seconds): &(&'static str, Option<i64>)) -> Value {
    let mut toleration = value!({"key": *key, "operator": "Exists", "effect": "NoExecute"});
    if let Some(seconds) = seconds {
        toleration.set("tolerationSeconds", *seconds);
    }
    toleration
}

/// The pod `p` is terminating, or gone.
fn going(world: &World) -> bool {
    let pod = world.get(Kind::Pod, "p");
    pod.is_null() || !pod.at(&["metadata", "deletionTimestamp"]).is_null()
}

/// 9 A running clock is neither put off nor brought forward, and stops when nothing is left to tolerate.
#[test]
fn clocks_of_evictions() {
    for (rule, tolerations, taints, goes) in CLOCKS {
        let mut world = World::new(&["worker01", "worker02"]);
        let list: Value = tolerations.iter().map(toleration).collect();
        let spec =
            value!({"nodeName": "worker01", "tolerations": list, "containers": one_container()});
        create(&mut world, Kind::Pod, pod("p", spec)).expect("accepted");
        world.run(3000);
        world.mark();
        let mut marked = None;
        for now in 0..45 {
            if let Some((_, keys)) = taints.iter().find(|(second, _)| *second == now) {
                taint(&mut world, keys);
            }
            world.run(1000);
            if marked.is_none() && going(&world) {
                marked = Some(now);
            }
        }
        assert_eq!(marked, goes, "{rule}");
        let events = world.events();
        let cancelled = "p TaintManagerEviction Cancelling deletion of Pod default/p";
        let stops = ["untolerated meanwhile", "all gone in time"].contains(&rule);
        assert_eq!(events.contains(cancelled), stops, "{rule}: {events}");
        let told = "p TaintManagerEviction Marking for deletion Pod default/p";
        assert_eq!(events.contains(told), goes.is_some(), "{rule}");
    }
}

/// 9 A pod whose tolerations change, and one that is bound later, are looked at too.
#[test]
fn pods_that_come_to_a_tainted_node() {
    let mut world = World::new(&["worker01", "worker02"]);
    taint(&mut world, &["a"]);
    world.run(100);
    let spec = value!({"nodeName": "worker01", "containers": one_container(),
        "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 15}]});
    create(&mut world, Kind::Pod, pod("p", spec)).expect("accepted");
    world.run(14_500);
    assert!(!going(&world));
    world.run(1000);
    assert!(going(&world));
}
