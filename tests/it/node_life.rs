//! Nodes: joining, dying, returning, losing the network, pressure, and what becomes of their pods.

use crate::node_world::World;
use daemonset_playground::cluster::Command;
use daemonset_playground::k8s::{Kind, Value};
use daemonset_playground::value;
use expect_test::{Expect, expect};

fn check(text: &str, wanted: &Expect) {
    wanted.assert_eq(&format!("{text}\n"));
}

/// Ready's status and the taints, whenever they change.
fn nodes(world: &World) -> String {
    world.changes(Kind::Node, |node| {
        let ready = node.node().and_then(|n| n.condition("Ready"));
        let taints: Vec<String> = node
            .node()
            .map(|n| {
                n.taints
                    .iter()
                    .map(|t| format!("{}:{}", t.key, t.effect))
                    .collect()
            })
            .unwrap_or_default();
        format!(
            "{} {} [{}]",
            node.name(),
            ready.map_or("-", |c| c.status.as_str()),
            taints.join(" ")
        )
    })
}

#[test]
fn a_node_joins() {
    let mut world = World::new(&["worker01"]);
    let node = value!({"metadata": {"name": "gpu01", "labels": {"gpu": "yes"}},
        "spec": {"taints": [{"key": "gpu", "effect": "NoSchedule"}]},
        "status": {"capacity": {"cpu": "16", "nvidia.com/gpu": "2"}}});
    world.act(Command::NodeAdd { node });
    world.run(12_000);
    check(
        &nodes(&world),
        &expect![[r#"
            200    gpu01 False [gpu:NoSchedule node.kubernetes.io/not-ready:NoSchedule]
            203    gpu01 False [gpu:NoSchedule node.kubernetes.io/not-ready:NoSchedule]
            203    gpu01 False [gpu:NoSchedule node.kubernetes.io/not-ready:NoSchedule]
            530    gpu01 True [gpu:NoSchedule node.kubernetes.io/not-ready:NoSchedule]
            533    gpu01 True [gpu:NoSchedule]
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
            200    gpu01 Starting Starting kubelet.
            200    gpu01 NodeHasSufficientMemory Node gpu01 status is now: NodeHasSufficientMemory
            200    gpu01 NodeHasNoDiskPressure Node gpu01 status is now: NodeHasNoDiskPressure
            200    gpu01 NodeHasSufficientPID Node gpu01 status is now: NodeHasSufficientPID
            200    gpu01 NodeHasSufficientMemory Node gpu01 status is now: NodeHasSufficientMemory
            200    gpu01 NodeHasNoDiskPressure Node gpu01 status is now: NodeHasNoDiskPressure
            200    gpu01 NodeHasSufficientPID Node gpu01 status is now: NodeHasSufficientPID
            530    gpu01 NodeReady Node gpu01 status is now: NodeReady
            5000   gpu01 RegisteredNode Node gpu01 event: Registered Node gpu01 in Controller
        "#]],
    );
    check_joined_node(&world);
}

fn check_joined_node(world: &World) {
    let mut node = world.get(Kind::Node, "gpu01");
    node.remove_at(&["metadata", "uid"]);
    check(&node.to_string().replace(",\"", ",\n\""), &joined_node());
}

/// The whole object, but for its uid.
fn joined_node() -> Expect {
    expect![[r#"
            {"apiVersion":"v1",
            "kind":"Node",
            "metadata":{"annotations":{"node.alpha.kubernetes.io/ttl":"0"},
            "creationTimestamp":"2026-01-01T00:00:00Z",
            "labels":{"beta.kubernetes.io/arch":"amd64",
            "beta.kubernetes.io/os":"linux",
            "gpu":"yes",
            "kubernetes.io/arch":"amd64",
            "kubernetes.io/hostname":"gpu01",
            "kubernetes.io/os":"linux"},
            "name":"gpu01",
            "resourceVersion":"44"},
            "spec":{"podCIDR":"10.244.1.0/24",
            "podCIDRs":["10.244.1.0/24"],
            "taints":[{"effect":"NoSchedule",
            "key":"gpu"}]},
            "status":{"addresses":[{"address":"172.18.0.3",
            "type":"InternalIP"},{"address":"gpu01",
            "type":"Hostname"}],
            "allocatable":{"cpu":"16",
            "ephemeral-storage":"0",
            "memory":"8Gi",
            "nvidia.com/gpu":"2",
            "pods":"110"},
            "capacity":{"cpu":"16",
            "ephemeral-storage":"0",
            "memory":"8Gi",
            "nvidia.com/gpu":"2",
            "pods":"110"},
            "conditions":[{"lastHeartbeatTime":"2026-01-01T00:00:00Z",
            "lastTransitionTime":"2026-01-01T00:00:00Z",
            "message":"kubelet has sufficient memory available",
            "reason":"KubeletHasSufficientMemory",
            "status":"False",
            "type":"MemoryPressure"},{"lastHeartbeatTime":"2026-01-01T00:00:00Z",
            "lastTransitionTime":"2026-01-01T00:00:00Z",
            "message":"kubelet has no disk pressure",
            "reason":"KubeletHasNoDiskPressure",
            "status":"False",
            "type":"DiskPressure"},{"lastHeartbeatTime":"2026-01-01T00:00:00Z",
            "lastTransitionTime":"2026-01-01T00:00:00Z",
            "message":"kubelet has sufficient PID available",
            "reason":"KubeletHasSufficientPID",
            "status":"False",
            "type":"PIDPressure"},{"lastHeartbeatTime":"2026-01-01T00:00:00Z",
            "lastTransitionTime":"2026-01-01T00:00:00Z",
            "message":"kubelet is posting ready status",
            "reason":"KubeletReady",
            "status":"True",
            "type":"Ready"}],
            "daemonEndpoints":{"kubeletEndpoint":{"Port":10250}},
            "declaredFeatures":["ExtendWebSocketsToKubelet",
            "InPlacePodLevelResourcesVerticalScaling",
            "InPlacePodVerticalScalingInitContainers",
            "RestartAllContainersOnContainerExits"],
            "nodeInfo":{"architecture":"amd64",
            "bootID":"",
            "containerRuntimeVersion":"containerd://2.2.1",
            "kernelVersion":"6.12.48-amd64",
            "kubeProxyVersion":"",
            "kubeletVersion":"v1.36.3",
            "machineID":"",
            "operatingSystem":"linux",
            "osImage":"Debian GNU/Linux 13 (trixie)",
            "systemUUID":""}}}
        "#]]
}

#[test]
fn a_kubelet_dies_and_comes_back() {
    let mut world = World::new(&["worker01", "worker02"]);
    world.pod("web", value!({"nodeName": "worker02", "containers": [{"name": "main", "image": "nginx:1"}],
        "tolerations": [{"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 4}]}));
    world.pod(
        "stays",
        value!({"nodeName": "worker02", "containers": [{"name": "main", "image": "nginx:1"}],
        "tolerations": [{"operator": "Exists"}]}),
    );
    world.run(5000);
    world.mark();
    world.act(Command::NodeStop {
        node: "worker02".into(),
    });
    world.run(70_000);
    check(
        &nodes(&world),
        &expect![[r#"
            50000  worker02 Unknown []
            50000  worker02 Unknown [node.kubernetes.io/unreachable:NoSchedule]
            50100  worker02 Unknown [node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute]
        "#]],
    );
    check(
        &world.pods(),
        &expect![[r#"
            50000  stays Running False [running]
            50000  web Running False [running]
            54103  web Running False [running]
            54103  web Running False [running] terminating
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
            50000  worker02 NodeNotReady Node worker02 status is now: NodeNotReady
            50000  stays NodeNotReady Node is not ready
            50000  web NodeNotReady Node is not ready
            54103  web TaintManagerEviction Marking for deletion Pod default/web
        "#]],
    );
    check(
        &world.conditions(Kind::Node, "worker02"),
        &expect![[r#"
        MemoryPressure=Unknown NodeStatusUnknown Kubelet stopped posting node status.
        DiskPressure=Unknown NodeStatusUnknown Kubelet stopped posting node status.
        PIDPressure=Unknown NodeStatusUnknown Kubelet stopped posting node status.
        Ready=Unknown NodeStatusUnknown Kubelet stopped posting node status.
    "#]],
    );
    check_return(&mut world);
}

/// The kubelet of worker02 starts again.
fn check_return(world: &mut World) {
    world.mark();
    world.act(Command::NodeStart {
        node: "worker02".into(),
    });
    world.run(20_000);
    check(
        &nodes(world),
        &expect![[r#"
            200    worker02 True [node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute]
            203    worker02 True [node.kubernetes.io/unreachable:NoExecute]
            5000   worker02 True []
        "#]],
    );
    check(
        &world.pods(),
        &expect![[r#"
            212    stays Running False [ContainerCreating x1]
            212    web Failed False [ContainerCreating x1] terminating
            474    web Failed False [ContainerStatusUnknown 137 x1] terminating
            474    web Failed False [ContainerStatusUnknown 137 x1] terminating
            474    web Failed False [ContainerStatusUnknown 137 x1] terminating gone
            502    stays Running False [ContainerCreating x1]
            1512   stays Running True [running x1]
        "#]],
    );
    check(
        &world.conditions(Kind::Pod, "stays"),
        &expect![[r#"
        PodReadyToStartContainers=True
        Initialized=True
        Ready=True
        ContainersReady=True
        PodScheduled=True
    "#]],
    );
}

#[test]
fn a_network_is_lost_and_found() {
    let mut world = World::new(&["worker01", "worker02"]);
    let spec = || {
        value!({"nodeName": "worker02", "containers": [{"name": "main", "image": "nginx:1"}],
        "tolerations": [{"operator": "Exists"}]})
    };
    world.pod("web", spec());
    world.run(5000);
    world.mark();
    world.act(Command::NetworkDown {
        node: "worker02".into(),
    });
    world.run(20_000);
    world.pod("late", spec());
    let mut host = spec();
    host.set("hostNetwork", true);
    world.pod("host", host);
    world.run(70_000);
    check(
        &nodes(&world),
        &expect![[r#"
            1700   worker02 False []
            1703   worker02 False [node.kubernetes.io/not-ready:NoSchedule]
            5100   worker02 False [node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute]
            31700  worker02 False [node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute]
        "#]],
    );
    check(
        &world.pods(),
        &expect![[r#"
            20000  late Pending
            20000  host Pending
            20015  late Pending False [ContainerCreating]
            20015  host Pending False [ContainerCreating]
            20305  host Pending False [ContainerCreating]
            20315  host Running True [running]
        "#]],
    );
    check(
        &world.conditions(Kind::Node, "worker02"),
        &expect![[r#"
        MemoryPressure=False KubeletHasSufficientMemory kubelet has sufficient memory available
        DiskPressure=False KubeletHasNoDiskPressure kubelet has no disk pressure
        PIDPressure=False KubeletHasSufficientPID kubelet has sufficient PID available
        Ready=False KubeletNotReady container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized
    "#]],
    );
    world.mark();
    world.act(Command::NetworkUp {
        node: "worker02".into(),
    });
    world.run(30_000);
    check(
        &nodes(&world),
        &expect![[r#"
            1700   worker02 True [node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute]
            1703   worker02 True [node.kubernetes.io/not-ready:NoExecute]
            5000   worker02 True []
        "#]],
    );
    check(
        &world.pods(),
        &expect![[r#"
            3633   late Pending False [ContainerCreating]
            3643   late Running True [running]
        "#]],
    );
}

#[test]
fn pressure_evicts_one_pod_at_a_time_and_refuses_others() {
    let mut world = World::new(&["worker01", "worker02"]);
    let spec = |request: &'static str| {
        value!({"nodeName": "worker02", "containers": [
        {"name": "main", "image": "nginx:1", "resources": {"requests": {"ephemeral-storage": request}}}]})
    };
    world.pod("low", spec("0"));
    world.pod("high", spec("0"));
    world.run(5000);
    world.mark();
    world.act(Command::Pressure {
        node: "worker02".into(),
        condition: "DiskPressure".into(),
        on: true,
    });
    world.run(5000);
    world.pod("late", spec("0"));
    world.run(1000);
    world.act(Command::Pressure {
        node: "worker02".into(),
        condition: "DiskPressure".into(),
        on: false,
    });
    world.run(310_000);
    check(
        &nodes(&world),
        &expect![[r#"
            1000   worker02 True []
            1003   worker02 True [node.kubernetes.io/disk-pressure:NoSchedule]
            31700  worker02 True [node.kubernetes.io/disk-pressure:NoSchedule]
            241700 worker01 True []
            306001 worker02 True [node.kubernetes.io/disk-pressure:NoSchedule]
            306004 worker02 True []
        "#]],
    );
    check(
        &world.pods(),
        &expect![[r#"
            1000   low Running True [running]
            1020   low Failed False [Completed 0]
            5000   late Pending
            5003   late Failed
        "#]],
    );
    let told: Value = world
        .get(Kind::Pod, "low")
        .at(&["status", "message"])
        .clone();
    check(
        told.text(),
        &expect![[r#"
        The node was low on resource: ephemeral-storage. Threshold quantity: 10%, available: 5%. Container main was using 0, request is 0, has larger consumption of ephemeral-storage. 
    "#]],
    );
}

#[test]
fn all_nodes_die_and_nothing_is_evicted() {
    let mut world = World::new(&["worker01", "worker02"]);
    for node in ["worker01", "worker02"] {
        world.act(Command::NodeStop { node: node.into() });
    }
    world.run(120_000);
    check(
        &nodes(&world),
        &expect![[r#"
            55000  worker01 Unknown []
            55000  worker01 Unknown [node.kubernetes.io/unreachable:NoSchedule]
            55000  worker02 Unknown []
            55000  worker02 Unknown [node.kubernetes.io/unreachable:NoSchedule]
        "#]],
    );
    check(
        &world.taints("worker01"),
        &expect![[r#"
        node.kubernetes.io/unreachable:NoSchedule
    "#]],
    );
}

#[test]
fn an_idle_cluster_writes_nothing_but_statuses_every_five_minutes() {
    let mut world = World::new(&["worker01", "worker02", "worker03"]);
    world.run(600_000);
    world.mark();
    world.run(3_600_000);
    // Events expire meanwhile; nothing else is touched.
    let writes = world.changes(Kind::Node, |node| node.name().to_string());
    assert_eq!(writes.lines().count(), 3 * 12);
    assert_eq!(
        world.changes(Kind::Lease, |lease| lease.name().to_string()),
        ""
    );
    let renewed = world.cluster.api().leases().renewed("worker01");
    let age = renewed.map(|at| world.cluster.now().since(at).as_millis());
    assert!(age.is_some_and(|ms| ms <= 10_000), "{age:?}");
}

#[test]
fn an_hour_of_many_idle_nodes_is_few_events() {
    let names: Vec<String> = (0..200).map(|n| format!("node{n:03}")).collect();
    let nodes = names
        .iter()
        .map(|name| value!({"metadata": {"name": name.clone()}}))
        .collect();
    let mut cluster =
        daemonset_playground::cluster::Cluster::new(daemonset_playground::cluster::Setup {
            nodes,
            ..Default::default()
        });
    let before = cluster.events_done();
    let until = cluster.now() + daemonset_playground::sim::SimSpan::from_secs(3600);
    cluster.advance_to(until, 10_000_000);
    let events = cluster.events_done() - before;
    // 360 beats, 720 passes, and the deliveries of 12 statuses a node.
    assert!(events < 200 * 12 * 8 + 20_000, "{events}");
    assert_eq!(cluster.objects(Kind::Lease).count(), 200);
}

#[test]
fn a_node_that_nobody_speaks_for() {
    let mut world = World::new(&["worker01"]);
    let node = value!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "edge01"}});
    world.create(Kind::Node, node);
    world.run(30_000);
    assert_eq!(world.taints("edge01"), "");
    world.run(50_000);
    check(
        &nodes(&world),
        &expect![[r#"
        0      edge01 - [node.kubernetes.io/not-ready:NoSchedule]
        3      edge01 - [node.kubernetes.io/not-ready:NoSchedule]
        3      edge01 - [node.kubernetes.io/not-ready:NoSchedule]
        3      edge01 - []
        70000  edge01 Unknown []
        70000  edge01 Unknown [node.kubernetes.io/unreachable:NoSchedule]
        70100  edge01 Unknown [node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute]
    "#]],
    );
    check(
        &world.conditions(Kind::Node, "edge01"),
        &expect![[r#"
        MemoryPressure=Unknown NodeStatusNeverUpdated Kubelet never posted node status.
        DiskPressure=Unknown NodeStatusNeverUpdated Kubelet never posted node status.
        PIDPressure=Unknown NodeStatusNeverUpdated Kubelet never posted node status.
        Ready=Unknown NodeStatusNeverUpdated Kubelet never posted node status.
    "#]],
    );
}
