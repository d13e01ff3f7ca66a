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
    let text = world.changes(Kind::Node, |node| {
        let ready = node.node().and_then(|n| n.condition("Ready"));
        let taints: Vec<String> = node
            .node()
            .map(|n| n.taints.iter().map(|t| format!("{}:{}", t.key, t.effect)).collect())
            .unwrap_or_default();
        format!("{} {} [{}]", node.name(), ready.map_or("-", |c| c.status.as_str()), taints.join(" "))
    });
    text
}

#[test]
fn a_node_joins() {
    let mut world = World::new(&["worker01"]);
    let node = value!({"metadata": {"name": "gpu01", "labels": {"gpu": "yes"}},
        "spec": {"taints": [{"key": "gpu", "effect": "NoSchedule"}]},
        "status": {"capacity": {"cpu": "16", "nvidia.com/gpu": "2"}}});
    world.act(Command::NodeAdd { node });
    world.run(12_000);
    check(&nodes(&world), &expect![[r#"
           200 gpu01 False [gpu:NoSchedule node.kubernetes.io/not-ready:NoSchedule]
           203 gpu01 False [gpu:NoSchedule node.kubernetes.io/not-ready:NoSchedule]
           203 gpu01 False [gpu:NoSchedule node.kubernetes.io/not-ready:NoSchedule]
           530 gpu01 True [gpu:NoSchedule node.kubernetes.io/not-ready:NoSchedule]
           533 gpu01 True [gpu:NoSchedule]
    "#]]);
    check(&world.events(), &expect![[r#"
           200 gpu01 Starting Starting kubelet.
           200 gpu01 NodeHasSufficientMemory Node gpu01 status is now: NodeHasSufficientMemory
           200 gpu01 NodeHasNoDiskPressure Node gpu01 status is now: NodeHasNoDiskPressure
           200 gpu01 NodeHasSufficientPID Node gpu01 status is now: NodeHasSufficientPID
           200 gpu01 NodeHasSufficientMemory Node gpu01 status is now: NodeHasSufficientMemory
           200 gpu01 NodeHasNoDiskPressure Node gpu01 status is now: NodeHasNoDiskPressure
           200 gpu01 NodeHasSufficientPID Node gpu01 status is now: NodeHasSufficientPID
           530 gpu01 NodeReady Node gpu01 status is now: NodeReady
          5000 gpu01 RegisteredNode Node gpu01 event: Registered Node gpu01 in Controller
    "#]]);
    let mut node = world.get(Kind::Node, "gpu01");
    node.remove_at(&["metadata", "uid"]);
    check(&node.to_string().replace(",\"", ",\n\""), &expect![[r#"
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
        "resourceVersion":"43"},
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
    "#]]);
}

#[test]
fn a_kubelet_dies_and_comes_back() {
    let mut world = World::new(&["worker01", "worker02"]);
    world.pod("web", value!({"nodeName": "worker02", "containers": [{"name": "main", "image": "nginx:1"}],
        "tolerations": [{"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 4}]}));
    world.pod("stays", value!({"nodeName": "worker02", "containers": [{"name": "main", "image": "nginx:1"}],
        "tolerations": [{"operator": "Exists"}]}));
    world.run(5000);
    world.mark();
    world.act(Command::NodeStop { node: "worker02".into() });
    world.run(70_000);
    check(&nodes(&world), &expect![[r#"
         50000 worker02 Unknown []
         50000 worker02 Unknown [node.kubernetes.io/unreachable:NoSchedule]
         50100 worker02 Unknown [node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute]
    "#]]);
    check(&world.pods(), &expect![[r#"
         50000 stays Running False [running]
         50000 web Running False [running]
         54103 web Running False [running]
         54103 web Running False [running] terminating
    "#]]);
    check(&world.events(), &expect![[r#"
         50000 worker02 NodeNotReady Node worker02 status is now: NodeNotReady
         50000 stays NodeNotReady Node is not ready
         50000 web NodeNotReady Node is not ready
         54103 web TaintManagerEviction Marking for deletion Pod default/web
    "#]]);
    check(&world.conditions(Kind::Node, "worker02"), &expect![[r#"
        MemoryPressure=Unknown NodeStatusUnknown Kubelet stopped posting node status.
        DiskPressure=Unknown NodeStatusUnknown Kubelet stopped posting node status.
        PIDPressure=Unknown NodeStatusUnknown Kubelet stopped posting node status.
        Ready=Unknown NodeStatusUnknown Kubelet stopped posting node status.
    "#]]);
    world.mark();
    world.act(Command::NodeStart { node: "worker02".into() });
    world.run(20_000);
    check(&nodes(&world), &expect![[r#"
           200 worker02 False [node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute]
           203 worker02 False [node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute node.kubernetes.io/not-ready:NoSchedule]
           203 worker02 False [node.kubernetes.io/unreachable:NoExecute node.kubernetes.io/not-ready:NoSchedule]
           530 worker02 True [node.kubernetes.io/unreachable:NoExecute node.kubernetes.io/not-ready:NoSchedule]
           533 worker02 True [node.kubernetes.io/unreachable:NoExecute]
          5000 worker02 True [node.kubernetes.io/unreachable:NoExecute]
          5000 worker02 True []
    "#]]);
    check(&world.pods(), &expect![[r#"
           212 stays Running False [ContainerCreating x1]
           212 web Running False [ContainerCreating x1] terminating
           474 web Failed False [ContainerStatusUnknown 137 x1] terminating
           474 web Failed False [ContainerStatusUnknown 137 x1] terminating
           474 web Failed False [ContainerStatusUnknown 137 x1] terminating gone
           502 stays Running False [ContainerCreating x1]
          1512 stays Running True [running x1]
          1515 stays Running False [running x1]
          1538 stays Running True [running x1]
          1541 stays Running False [running x1]
          1564 stays Running True [running x1]
          1567 stays Running False [running x1]
          1590 stays Running True [running x1]
          1593 stays Running False [running x1]
          1616 stays Running True [running x1]
          1619 stays Running False [running x1]
          1642 stays Running True [running x1]
          1645 stays Running False [running x1]
          1668 stays Running True [running x1]
          1671 stays Running False [running x1]
          1694 stays Running True [running x1]
          1697 stays Running False [running x1]
          1720 stays Running True [running x1]
          1723 stays Running False [running x1]
          1746 stays Running True [running x1]
          1749 stays Running False [running x1]
          1772 stays Running True [running x1]
          1775 stays Running False [running x1]
          1798 stays Running True [running x1]
          1801 stays Running False [running x1]
          1824 stays Running True [running x1]
          1827 stays Running False [running x1]
          1850 stays Running True [running x1]
          1853 stays Running False [running x1]
          1876 stays Running True [running x1]
          1879 stays Running False [running x1]
          1902 stays Running True [running x1]
          1905 stays Running False [running x1]
          1928 stays Running True [running x1]
          1931 stays Running False [running x1]
          1954 stays Running True [running x1]
          1957 stays Running False [running x1]
          1980 stays Running True [running x1]
          1983 stays Running False [running x1]
          2006 stays Running True [running x1]
          2009 stays Running False [running x1]
          2032 stays Running True [running x1]
          2035 stays Running False [running x1]
          2058 stays Running True [running x1]
          2061 stays Running False [running x1]
          2084 stays Running True [running x1]
          2087 stays Running False [running x1]
          2110 stays Running True [running x1]
          2113 stays Running False [running x1]
          2136 stays Running True [running x1]
          2139 stays Running False [running x1]
          2162 stays Running True [running x1]
          2165 stays Running False [running x1]
          2188 stays Running True [running x1]
          2191 stays Running False [running x1]
          2214 stays Running True [running x1]
          2217 stays Running False [running x1]
          2240 stays Running True [running x1]
          2243 stays Running False [running x1]
          2266 stays Running True [running x1]
          2269 stays Running False [running x1]
          2292 stays Running True [running x1]
          2295 stays Running False [running x1]
          2318 stays Running True [running x1]
          2321 stays Running False [running x1]
          2344 stays Running True [running x1]
          2347 stays Running False [running x1]
          2370 stays Running True [running x1]
          2373 stays Running False [running x1]
          2396 stays Running True [running x1]
          2399 stays Running False [running x1]
          2422 stays Running True [running x1]
          2425 stays Running False [running x1]
          2448 stays Running True [running x1]
          2451 stays Running False [running x1]
          2474 stays Running True [running x1]
          2477 stays Running False [running x1]
          2500 stays Running True [running x1]
          2503 stays Running False [running x1]
          2526 stays Running True [running x1]
          2529 stays Running False [running x1]
          2552 stays Running True [running x1]
          2555 stays Running False [running x1]
          2578 stays Running True [running x1]
          2581 stays Running False [running x1]
          2604 stays Running True [running x1]
          2607 stays Running False [running x1]
          2630 stays Running True [running x1]
          2633 stays Running False [running x1]
          2656 stays Running True [running x1]
          2659 stays Running False [running x1]
          2682 stays Running True [running x1]
          2685 stays Running False [running x1]
          2708 stays Running True [running x1]
          2711 stays Running False [running x1]
          2734 stays Running True [running x1]
          2737 stays Running False [running x1]
          2760 stays Running True [running x1]
          2763 stays Running False [running x1]
          2786 stays Running True [running x1]
          2789 stays Running False [running x1]
          2812 stays Running True [running x1]
          2815 stays Running False [running x1]
          2838 stays Running True [running x1]
          2841 stays Running False [running x1]
          2864 stays Running True [running x1]
          2867 stays Running False [running x1]
          2890 stays Running True [running x1]
          2893 stays Running False [running x1]
          2916 stays Running True [running x1]
          2919 stays Running False [running x1]
          2942 stays Running True [running x1]
          2945 stays Running False [running x1]
          2968 stays Running True [running x1]
          2971 stays Running False [running x1]
          2994 stays Running True [running x1]
          2997 stays Running False [running x1]
          3020 stays Running True [running x1]
          3023 stays Running False [running x1]
          3046 stays Running True [running x1]
          3049 stays Running False [running x1]
          3072 stays Running True [running x1]
          3075 stays Running False [running x1]
          3098 stays Running True [running x1]
          3101 stays Running False [running x1]
          3124 stays Running True [running x1]
          3127 stays Running False [running x1]
          3150 stays Running True [running x1]
          3153 stays Running False [running x1]
          3176 stays Running True [running x1]
          3179 stays Running False [running x1]
          3202 stays Running True [running x1]
          3205 stays Running False [running x1]
          3228 stays Running True [running x1]
          3231 stays Running False [running x1]
          3254 stays Running True [running x1]
          3257 stays Running False [running x1]
          3280 stays Running True [running x1]
          3283 stays Running False [running x1]
          3306 stays Running True [running x1]
          3309 stays Running False [running x1]
          3332 stays Running True [running x1]
          3335 stays Running False [running x1]
          3358 stays Running True [running x1]
          3361 stays Running False [running x1]
          3384 stays Running True [running x1]
          3387 stays Running False [running x1]
          3410 stays Running True [running x1]
          3413 stays Running False [running x1]
          3436 stays Running True [running x1]
          3439 stays Running False [running x1]
          3462 stays Running True [running x1]
          3465 stays Running False [running x1]
          3488 stays Running True [running x1]
          3491 stays Running False [running x1]
          3514 stays Running True [running x1]
          3517 stays Running False [running x1]
          3540 stays Running True [running x1]
          3543 stays Running False [running x1]
          3566 stays Running True [running x1]
          3569 stays Running False [running x1]
          3592 stays Running True [running x1]
          3595 stays Running False [running x1]
          3618 stays Running True [running x1]
          3621 stays Running False [running x1]
          3644 stays Running True [running x1]
          3647 stays Running False [running x1]
          3670 stays Running True [running x1]
          3673 stays Running False [running x1]
          3696 stays Running True [running x1]
          3699 stays Running False [running x1]
          3722 stays Running True [running x1]
          3725 stays Running False [running x1]
          3748 stays Running True [running x1]
          3751 stays Running False [running x1]
          3774 stays Running True [running x1]
          3777 stays Running False [running x1]
          3800 stays Running True [running x1]
          3803 stays Running False [running x1]
          3826 stays Running True [running x1]
          3829 stays Running False [running x1]
          3852 stays Running True [running x1]
          3855 stays Running False [running x1]
          3878 stays Running True [running x1]
          3881 stays Running False [running x1]
          3904 stays Running True [running x1]
          3907 stays Running False [running x1]
          3930 stays Running True [running x1]
          3933 stays Running False [running x1]
          3956 stays Running True [running x1]
          3959 stays Running False [running x1]
          3982 stays Running True [running x1]
          3985 stays Running False [running x1]
          4008 stays Running True [running x1]
          4011 stays Running False [running x1]
          4034 stays Running True [running x1]
          4037 stays Running False [running x1]
          4060 stays Running True [running x1]
          4063 stays Running False [running x1]
          4086 stays Running True [running x1]
          4089 stays Running False [running x1]
          4112 stays Running True [running x1]
          4115 stays Running False [running x1]
          4138 stays Running True [running x1]
          4141 stays Running False [running x1]
          4164 stays Running True [running x1]
          4167 stays Running False [running x1]
          4190 stays Running True [running x1]
          4193 stays Running False [running x1]
          4216 stays Running True [running x1]
          4219 stays Running False [running x1]
          4242 stays Running True [running x1]
          4245 stays Running False [running x1]
          4268 stays Running True [running x1]
          4271 stays Running False [running x1]
          4294 stays Running True [running x1]
          4297 stays Running False [running x1]
          4320 stays Running True [running x1]
          4323 stays Running False [running x1]
          4346 stays Running True [running x1]
          4349 stays Running False [running x1]
          4372 stays Running True [running x1]
          4375 stays Running False [running x1]
          4398 stays Running True [running x1]
          4401 stays Running False [running x1]
          4424 stays Running True [running x1]
          4427 stays Running False [running x1]
          4450 stays Running True [running x1]
          4453 stays Running False [running x1]
          4476 stays Running True [running x1]
          4479 stays Running False [running x1]
          4502 stays Running True [running x1]
          4505 stays Running False [running x1]
          4528 stays Running True [running x1]
          4531 stays Running False [running x1]
          4554 stays Running True [running x1]
          4557 stays Running False [running x1]
          4580 stays Running True [running x1]
          4583 stays Running False [running x1]
          4606 stays Running True [running x1]
          4609 stays Running False [running x1]
          4632 stays Running True [running x1]
          4635 stays Running False [running x1]
          4658 stays Running True [running x1]
          4661 stays Running False [running x1]
          4684 stays Running True [running x1]
          4687 stays Running False [running x1]
          4710 stays Running True [running x1]
          4713 stays Running False [running x1]
          4736 stays Running True [running x1]
          4739 stays Running False [running x1]
          4762 stays Running True [running x1]
          4765 stays Running False [running x1]
          4788 stays Running True [running x1]
          4791 stays Running False [running x1]
          4814 stays Running True [running x1]
          4817 stays Running False [running x1]
          4840 stays Running True [running x1]
          4843 stays Running False [running x1]
          4866 stays Running True [running x1]
          4869 stays Running False [running x1]
          4892 stays Running True [running x1]
          4895 stays Running False [running x1]
          4918 stays Running True [running x1]
          4921 stays Running False [running x1]
          4944 stays Running True [running x1]
          4947 stays Running False [running x1]
          4970 stays Running True [running x1]
          4973 stays Running False [running x1]
          4996 stays Running True [running x1]
          4999 stays Running False [running x1]
          5022 stays Running True [running x1]
    "#]]);
    check(&world.conditions(Kind::Pod, "stays"), &expect![[r#"
        PodReadyToStartContainers=True
        Initialized=True
        Ready=True
        ContainersReady=True
        PodScheduled=True
    "#]]);
}

#[test]
fn a_network_is_lost_and_found() {
    let mut world = World::new(&["worker01", "worker02"]);
    let spec = || value!({"nodeName": "worker02", "containers": [{"name": "main", "image": "nginx:1"}],
        "tolerations": [{"operator": "Exists"}]});
    world.pod("web", spec());
    world.run(5000);
    world.mark();
    world.act(Command::NetworkDown { node: "worker02".into() });
    world.run(20_000);
    world.pod("late", spec());
    let mut host = spec();
    host.set("hostNetwork", true);
    world.pod("host", host);
    world.run(70_000);
    check(&nodes(&world), &expect![[r#"
          5000 worker02 False []
          5003 worker02 False [node.kubernetes.io/not-ready:NoSchedule]
          6622 worker02 False [node.kubernetes.io/not-ready:NoSchedule]
         10100 worker02 False [node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute]
    "#]]);
    check(&world.pods(), &expect![[r#"
         20000 late Pending
         20000 host Pending
         20015 late Pending False [ContainerCreating]
         20015 host Pending False [ContainerCreating]
         20305 host Pending False [ContainerCreating]
         20315 host Running True [running]
    "#]]);
    check(&world.conditions(Kind::Node, "worker02"), &expect![[r#"
        MemoryPressure=False KubeletHasSufficientMemory kubelet has sufficient memory available
        DiskPressure=False KubeletHasNoDiskPressure kubelet has no disk pressure
        PIDPressure=False KubeletHasSufficientPID kubelet has sufficient PID available
        Ready=False KubeletNotReady container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized
    "#]]);
    world.mark();
    world.act(Command::NetworkUp { node: "worker02".into() });
    world.run(30_000);
    check(&nodes(&world), &expect![[r#"
          5000 worker02 True [node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute]
          5000 worker02 True [node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute node.kubernetes.io/unreachable:NoExecute]
          5000 worker02 True [node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/unreachable:NoExecute]
          5003 worker02 True [node.kubernetes.io/unreachable:NoExecute]
          9803 worker02 True [node.kubernetes.io/unreachable:NoExecute]
         10000 worker02 True []
    "#]]);
    check(&world.pods(), &expect![[r#"
          3633 late Pending False [ContainerCreating]
          3643 late Running True [running]
    "#]]);
}

#[test]
fn pressure_evicts_one_pod_at_a_time_and_refuses_others() {
    let mut world = World::new(&["worker01", "worker02"]);
    let spec = |request: &'static str| value!({"nodeName": "worker02", "containers": [
        {"name": "main", "image": "nginx:1", "resources": {"requests": {"ephemeral-storage": request}}}]});
    world.pod("low", spec("0"));
    world.pod("high", spec("0"));
    world.run(5000);
    world.mark();
    world.act(Command::Pressure { node: "worker02".into(), condition: "DiskPressure".into(), on: true });
    world.run(5000);
    world.pod("late", spec("0"));
    world.run(1000);
    world.act(Command::Pressure { node: "worker02".into(), condition: "DiskPressure".into(), on: false });
    world.run(310_000);
    check(&nodes(&world), &expect![[r#"
          1000 worker02 True []
          1003 worker02 True [node.kubernetes.io/disk-pressure:NoSchedule]
        245000 worker01 True []
        305000 worker02 True [node.kubernetes.io/disk-pressure:NoSchedule]
        306001 worker02 True [node.kubernetes.io/disk-pressure:NoSchedule]
        306004 worker02 True []
    "#]]);
    check(&world.pods(), &expect![[r#"
          1000 low Running True [running]
          1020 low Failed False [Completed 0]
          5000 late Pending
          5003 late Failed
    "#]]);
    let told: Value = world.get(Kind::Pod, "low").at(&["status", "message"]).clone();
    check(told.text(), &expect![[r#"
        The node was low on resource: ephemeral-storage. Threshold quantity: 10%, available: 5%. Container main was using 0, request is 0, has larger consumption of ephemeral-storage. 
    "#]]);
}

#[test]
fn all_nodes_die_and_nothing_is_evicted() {
    let mut world = World::new(&["worker01", "worker02"]);
    for node in ["worker01", "worker02"] {
        world.act(Command::NodeStop { node: node.into() });
    }
    world.run(120_000);
    check(&nodes(&world), &expect![[r#"
         55000 worker01 Unknown []
         55000 worker01 Unknown [node.kubernetes.io/unreachable:NoSchedule]
         55000 worker02 Unknown []
         55000 worker02 Unknown [node.kubernetes.io/unreachable:NoSchedule]
    "#]]);
    check(&world.taints("worker01"), &expect![[r#"
        node.kubernetes.io/unreachable:NoSchedule
    "#]]);
}

#[test]
fn an_idle_cluster_writes_nothing_but_statuses_every_five_minutes() {
    let mut world = World::new(&["worker01", "worker02", "worker03"]);
    world.run(600_000);
    let before = world.cluster.api().store().committed();
    world.run(3_600_000);
    let writes = world.cluster.api().store().committed() - before;
    assert_eq!(writes, 3 * 12);
    let renewed = world.cluster.api().leases().renewed("worker01");
    let age = renewed.map(|at| world.cluster.now().since(at).as_millis());
    assert!(age.is_some_and(|ms| ms <= 10_000), "{age:?}");
}
