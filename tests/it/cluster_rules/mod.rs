//! Rules of the cluster that no single part's own tests reach; each row is named after its rule.

mod index;

mod pods;

mod scheduling;

mod taints;

use crate::node_world::World;
use daemonset_playground::cluster::{
    Command, DeleteOptions, Effect, PartId, Reply, Request, Rule, Subresource, Verb,
};
use daemonset_playground::k8s::{Kind, Str, Value};
use daemonset_playground::sim::SimSpan;
use daemonset_playground::value;

fn ask(world: &mut World, verb: Verb) -> Result<Value, String> {
    match world
        .cluster
        .dispatch(Command::Request(Request::new("kubectl", verb)))
    {
        Reply::Written(written) => Ok(written.object.value().clone()),
        Reply::Deleted(object) => Ok(object.value().clone()),
        Reply::Done => Ok(Value::Null),
        Reply::Refused(status) => Err(status.message),
    }
}

fn create(world: &mut World, kind: Kind, value: Value) -> Result<Value, String> {
    let namespace = Str::from(if kind.namespaced() { "default" } else { "" });
    ask(
        world,
        Verb::Create {
            kind,
            namespace,
            value,
        },
    )
}

fn pod(name: &'static str, spec: Value) -> Value {
    value!({"metadata": {"name": name}, "spec": spec})
}

fn one_container() -> Value {
    value!([{"name": "main", "image": "a:1"}])
}

fn tolerations_of(pod: &Value) -> String {
    let list = pod.at(&["spec", "tolerations"]).items().iter();
    let told = list.map(|t| {
        let seconds = t.get("tolerationSeconds").as_i64();
        let seconds = seconds.map_or(String::new(), |s| format!(" {s}"));
        format!(
            "{}:{}{seconds}",
            t.get("key").text(),
            t.get("effect").text()
        )
    });
    told.collect::<Vec<_>>().join(", ")
}

/// 1.1 Versions and writes.
#[test]
fn identities_and_halves_of_objects() {
    let mut world = World::new(&[]);
    let map = || value!({"metadata": {"name": "m"}, "data": {"a": "1"}});
    let first = create(&mut world, Kind::ConfigMap, map()).expect("accepted");
    world.delete(Kind::ConfigMap, "m");
    let second = create(&mut world, Kind::ConfigMap, map()).expect("accepted");
    let of = |object: &Value, field| object.at(&["metadata", field]).text().to_owned();
    assert_ne!(
        of(&first, "uid"),
        of(&second, "uid"),
        "a uid is never used again"
    );
    let version = |object: &Value| {
        of(object, "resourceVersion")
            .parse::<u64>()
            .expect("a number")
    };
    assert!(version(&second) > version(&first), "versions grow");
    let long: String = "n".repeat(80);
    let generated = value!({"metadata": {"generateName": Value::str(&long)}});
    let generated = create(&mut world, Kind::ConfigMap, generated).expect("accepted");
    let name = of(&generated, "name");
    assert_eq!(
        (name.len(), &name[..58]),
        (63, &long[..58]),
        "a base is cut to 58 letters"
    );

    let mut budget = value!({"metadata": {"name": "b"}, "spec": {"minAvailable": 1,
        "selector": {"matchLabels": {"a": "b"}}}, "status": {"currentHealthy": 7}});
    let made = create(&mut world, Kind::PodDisruptionBudget, budget.clone()).expect("accepted");
    let healthy = |object: &Value| object.at(&["status", "currentHealthy"]).as_i64();
    assert_eq!(
        healthy(&made),
        Some(0),
        "a main write does not set the status"
    );
    budget.set("metadata", made.get("metadata"));
    budget.set_at(&["spec", "minAvailable"], 5);
    let status = Verb::Update {
        kind: Kind::PodDisruptionBudget,
        subresource: Subresource::Status,
        value: budget,
    };
    let after = ask(&mut world, status).expect("accepted");
    assert_eq!(healthy(&after), Some(7));
    let least = after.at(&["spec", "minAvailable"]).as_i64();
    assert_eq!(least, Some(1), "a status write does not set the spec");
    let generation = |object: &Value| object.at(&["metadata", "generation"]).as_i64();
    assert_eq!(
        generation(&after),
        generation(&made),
        "nor does it count as a change of it"
    );
}

/// 1.4 Admission: priority classes.
#[test]
fn priorities() {
    let mut world = World::new(&[]);
    let class = |name: &'static str, value: i64, default: bool| value!({"metadata": {"name": name}, "value": value, "globalDefault": default});
    let rows = [
        (
            "the highest of a user",
            class("top", 1_000_000_000, false),
            "",
        ),
        (
            "above the highest",
            class("over", 1_000_000_001, false),
            "maximum allowed value of a user defined priority is 1000000000",
        ),
        ("a first default", class("usual", 10, true), ""),
        (
            "a second default",
            class("other", 20, true),
            "PriorityClass usual is already marked as default. Only one default can exist",
        ),
    ];
    for (rule, class, refusal) in rows {
        match create(&mut world, Kind::PriorityClass, class) {
            Ok(_) => assert_eq!(refusal, "", "{rule}"),
            Err(told) => assert!(
                !refusal.is_empty() && told.contains(refusal),
                "{rule}: {told}"
            ),
        }
    }
    let of =
        |name: &'static str| value!({"containers": one_container(), "priorityClassName": name});
    let rows = [
        (
            "the class's own value",
            pod("a", of("top")),
            Ok(1_000_000_000),
        ),
        (
            "the system's classes are there",
            pod("b", of("system-node-critical")),
            Ok(2_000_001_000),
        ),
        (
            "no class is the default",
            pod("c", value!({"containers": one_container()})),
            Ok(10),
        ),
        (
            "an unknown class",
            pod("d", of("nosuch")),
            Err("pods \"d\" is forbidden: no PriorityClass with name nosuch was found"),
        ),
    ];
    for (rule, pod, want) in rows {
        let got = create(&mut world, Kind::Pod, pod);
        let got = got.map(|pod| pod.at(&["spec", "priority"]).as_i64().unwrap_or(-1));
        assert_eq!(got, want.map_err(str::to_owned), "{rule}");
    }
}

/// 1.4 Admission: five minutes on a node that is lost; the first taint of a node.
#[test]
fn tolerations_and_taints_of_newcomers() {
    let mut world = World::new(&[]);
    let (not_ready, unreachable) = (
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    );
    let both = format!("{not_ready}:NoExecute 300, {unreachable}:NoExecute 300");
    let own = |list: Value| value!({"containers": one_container(), "tolerations": list});
    let rows = [
        ("none given", "a", value!([]), both.clone()),
        (
            "own of one key",
            "b",
            value!([{"key": not_ready, "operator": "Exists", "effect": "NoExecute"}]),
            format!("{not_ready}:NoExecute, {unreachable}:NoExecute 300"),
        ),
        (
            "another effect does not count",
            "c",
            value!([{"key": not_ready, "operator": "Exists", "effect": "NoSchedule"}]),
            format!("{not_ready}:NoSchedule, {both}"),
        ),
        (
            "every key and effect",
            "d",
            value!([{"operator": "Exists"}]),
            ":".to_owned(),
        ),
        (
            "a value that no taint has counts",
            "e",
            value!([{"key": unreachable, "operator": "Equal", "value": "x"}]),
            format!("{unreachable}:, {not_ready}:NoExecute 300"),
        ),
    ];
    for (rule, name, list, want) in rows {
        let made = create(&mut world, Kind::Pod, pod(name, own(list))).expect("accepted");
        assert_eq!(tolerations_of(&made), want, "{rule}");
    }
    let node = |name: &'static str, taints: Value| value!({"metadata": {"name": name}, "spec": {"taints": taints}});
    let mine = value!([{"key": not_ready, "effect": "NoSchedule", "value": "mine"}]);
    for (rule, node, count) in [
        ("a new node is not ready", node("n1", value!([])), 1),
        (
            "its own taint of that key and effect stays",
            node("n2", mine),
            1,
        ),
        (
            "others are kept",
            node("n3", value!([{"key": "gpu", "effect": "NoSchedule"}])),
            2,
        ),
    ] {
        let made = create(&mut world, Kind::Node, node).expect("accepted");
        assert_eq!(made.at(&["spec", "taints"]).items().len(), count, "{rule}");
    }
}

/// 5.2 Admission on a node under pressure.
#[test]
fn who_may_come_under_pressure() {
    let tolerant = value!([{"key": "node.kubernetes.io/memory-pressure", "operator": "Exists"}]);
    let mut asking = one_container();
    asking.list_mut()[0].set("resources", value!({"requests": {"cpu": "1m"}}));
    let plain = || value!({"nodeName": "worker01", "containers": one_container()});
    let with = |field: &'static str, held: Value| {
        let mut spec = plain();
        spec.set(field, held);
        spec
    };
    let critical = with("priorityClassName", value!("system-node-critical"));
    let pods = [
        ("best-effort", plain()),
        ("burstable", with("containers", asking)),
        ("tolerant", with("tolerations", tolerant)),
        ("critical", critical),
    ];
    let rows = [
        (&["MemoryPressure"][..], [false, true, true, true]),
        (&["DiskPressure"], [false, false, false, true]),
        (&["PIDPressure"], [false, false, false, true]),
        (
            &["DiskPressure", "MemoryPressure"],
            [false, false, false, true],
        ),
    ];
    for (conditions, welcome) in rows {
        let mut world = World::new(&["worker01"]);
        for condition in conditions {
            world.act(Command::Pressure {
                node: "worker01".into(),
                condition: Str::new(condition),
                on: true,
            });
        }
        world.run(100);
        for ((name, spec), welcome) in pods.iter().zip(welcome) {
            create(&mut world, Kind::Pod, pod(name, spec.clone())).expect("accepted");
            world.run(50);
            let status = world.get(Kind::Pod, name).get("status").clone();
            let want = if welcome { "Pending" } else { "Failed" };
            assert_eq!(
                status.get("phase").text(),
                want,
                "{name} under {conditions:?}"
            );
            if !welcome {
                let list = conditions.join(", ");
                let told = format!("Pod was rejected: The node had condition: [{list}]. ");
                assert_eq!(status.get("message").text(), told);
                assert_eq!(status.get("reason").text(), "Evicted");
            }
        }
    }
}

/// 10 Pods that nobody else would take away.
#[test]
fn what_the_pod_collector_takes() {
    let mut world = World::new(&["worker01", "worker02"]);
    let on = |node: &'static str| value!({"nodeName": node, "containers": one_container()});
    create(&mut world, Kind::Pod, pod("stays", on("worker01"))).expect("accepted");
    create(&mut world, Kind::Pod, pod("lost", on("worker02"))).expect("accepted");
    world.run(5000);
    for node in ["worker01", "worker02"] {
        world.act(Command::NodeStop { node: node.into() });
    }
    world.delete(Kind::Node, "worker01");
    world.delete(Kind::Pod, "lost");
    world.run(15_000);
    // The name is back before its quarantine is over: its pods are kept.
    let node = value!({"metadata": {"name": "worker01"}});
    create(&mut world, Kind::Node, node).expect("accepted");
    world.run(120_000);
    assert!(
        !world.get(Kind::Pod, "stays").is_null(),
        "a node that came back keeps its pods"
    );
    assert!(
        !world.get(Kind::Pod, "lost").is_null(),
        "a dead node's pod stays, terminating"
    );
    let mut node = world.get(Kind::Node, "worker02");
    let taint = value!({"key": "node.kubernetes.io/out-of-service", "effect": "NoExecute"});
    node.at_mut(&["spec", "taints"]).push(taint);
    let update = Verb::Update {
        kind: Kind::Node,
        subresource: Subresource::Main,
        value: node,
    };
    ask(&mut world, update).expect("accepted");
    world.run(25_000);
    assert!(
        world.get(Kind::Pod, "lost").is_null(),
        "out of service, its terminating pods go"
    );
}

/// 2 Watches: a part that lost its watch finds out by listing again.
#[test]
fn a_lost_watch_is_made_good() {
    let mut world = World::new(&["worker01"]);
    let set = value!({"metadata": {"name": "agent"}, "spec": {
        "selector": {"matchLabels": {"a": "b"}},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": one_container()}},
    }});
    create(&mut world, Kind::DaemonSet, set).expect("accepted");
    world.run(5000);
    let names = |world: &World| -> Vec<Str> {
        world
            .cluster
            .objects(Kind::Pod)
            .map(|pod| pod.name().clone())
            .collect()
    };
    let before = names(&world);
    assert_eq!(before.len(), 1);
    world.act(Command::LoseWatch {
        part: PartId::DaemonSet,
    });
    let gone = Verb::Delete {
        kind: Kind::Pod,
        namespace: "default".into(),
        name: before[0].clone(),
        options: DeleteOptions {
            grace_period: Some(0),
            ..DeleteOptions::default()
        },
    };
    ask(&mut world, gone).expect("accepted");
    world.run(500);
    assert!(names(&world).is_empty(), "nobody told the controller");
    world.run(3000);
    assert_eq!(names(&world).len(), 1, "its next list does");
}

fn delay(actor: &'static str, verb: &'static str, kind: Kind, seconds: u64) -> Command {
    Command::ApiFault {
        rule: Rule {
            actor: actor.into(),
            verb: verb.into(),
            kind: Some(kind),
            effect: Effect::Delay(SimSpan::from_secs(seconds)),
            times: None,
        },
    }
}

/// Faults: calls that take long, and watches that tell late.
#[test]
fn delays() {
    let mut world = World::new(&["worker01"]);
    world.act(delay("kubelet", "watch", Kind::Pod, 4));
    let plain = value!({"nodeName": "worker01", "containers": one_container()});
    create(&mut world, Kind::Pod, pod("late", plain)).expect("accepted");
    let started = |world: &World| {
        !world
            .get(Kind::Pod, "late")
            .at(&["status", "startTime"])
            .is_null()
    };
    world.run(3900);
    assert!(!started(&world), "the kubelet has not heard of it");
    world.run(200);
    assert!(started(&world));

    world.act(Command::ApiHeal);
    world.act(delay("default-scheduler", "bind", Kind::Pod, 3));
    for name in ["a", "b"] {
        create(
            &mut world,
            Kind::Pod,
            pod(name, value!({"containers": one_container()})),
        )
        .expect("accepted");
    }
    world.run(1000);
    let bound = |world: &World| {
        let pods = ["a", "b"].map(|name| {
            !world
                .get(Kind::Pod, name)
                .at(&["spec", "nodeName"])
                .is_null()
        });
        pods.iter().filter(|bound| **bound).count()
    };
    assert_eq!(
        bound(&world),
        1,
        "the scheduler waits for the answer to its first call"
    );
    world.run(3000);
    assert_eq!(bound(&world), 2);
}

/// Faults: a kubelet whose calls all fail cannot renew its lease; its node is lost.
#[test]
fn a_kubelet_that_is_cut_off() {
    let mut world = World::new(&["worker01", "worker02"]);
    world.act(Command::ApiFault {
        rule: Rule {
            actor: "kubelet/worker02".into(),
            verb: Str::default(),
            kind: None,
            effect: Effect::Fail,
            times: None,
        },
    });
    let ready = |world: &World, node: &str| {
        let conditions = world.conditions(Kind::Node, node);
        conditions.contains("Ready=True KubeletReady")
    };
    world.run(70_000);
    assert!(ready(&world, "worker01") && !ready(&world, "worker02"));
    world.act(Command::ApiHeal);
    world.run(30_000);
    assert!(ready(&world, "worker02"), "healed, it reports again");
}
