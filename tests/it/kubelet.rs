//! Pods on their nodes: the order of writes, the texts of events, conditions and reasons.

use crate::node_world::World;
use daemonset_playground::cluster::{Cluster, Setup, SimSpan};
use daemonset_playground::k8s::{Kind, Value};
use daemonset_playground::value;
use expect_test::{Expect, expect};
use std::collections::BTreeMap;

pub fn on_node(container: Value) -> Value {
    value!({"nodeName": "worker01", "containers": [container]})
}

pub fn check(text: &str, wanted: &Expect) {
    wanted.assert_eq(&format!("{text}\n"));
}

#[test]
fn a_pod_starts_and_ends() {
    let mut world = World::new(&["worker01"]);
    world.pod("web", on_node(value!({"name": "main", "image": "nginx:1"})));
    world.run(3000);
    world.delete(Kind::Pod, "web");
    world.run(2000);
    check(
        &world.pods(),
        &expect![[r#"
            0      web Pending
            15     web Pending False [ContainerCreating]
            305    web Pending False [ContainerCreating]
            1315   web Running True [running]
            3000   web Running True [running] terminating
            3013   web Running True [running] terminating
            3023   web Succeeded False [Completed 0] terminating
            3406   web Succeeded False [Completed 0] terminating
            3406   web Succeeded False [Completed 0] terminating gone
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
            305    web Pulling Pulling image "nginx:1"
            1305   web Pulled Successfully pulled image "nginx:1" in 1s (1s including waiting). Image size: 73400320 bytes.
            1315   web Created Container created
            1315   web Started Container started
            3013   web Killing Stopping container main
        "#]],
    );
}

#[test]
fn conditions_of_a_running_pod() {
    let mut world = World::new(&["worker01"]);
    let container = value!({"name": "main", "image": "nginx", "resources": {"requests": {"cpu": "100m"}},
        "volumeMounts": [{"name": "v", "mountPath": "/v", "readOnly": true}]});
    let mut spec = on_node(container);
    spec.set("volumes", value!([{"name": "v", "emptyDir": {}}]));
    world.pod("web", spec);
    world.run(3000);
    let mut pod = world.get(Kind::Pod, "web").get("status").clone();
    let status = pod.at_mut(&["containerStatuses"]).list_mut();
    status[0].set("containerID", "<container>");
    // The token's mount has a name by chance.
    status[0].at_mut(&["volumeMounts"]).list_mut().truncate(1);
    check(
        &pod.to_string().replace(",\"", ",\n\""),
        &expect![[r#"
            {"allocatedResources":{"cpu":"100m"},
            "conditions":[{"lastProbeTime":null,
            "lastTransitionTime":"2026-01-01T00:00:00Z",
            "observedGeneration":1,
            "status":"True",
            "type":"PodReadyToStartContainers"},{"lastProbeTime":null,
            "lastTransitionTime":"2026-01-01T00:00:00Z",
            "observedGeneration":1,
            "status":"True",
            "type":"Initialized"},{"lastProbeTime":null,
            "lastTransitionTime":"2026-01-01T00:00:01Z",
            "observedGeneration":1,
            "status":"True",
            "type":"Ready"},{"lastProbeTime":null,
            "lastTransitionTime":"2026-01-01T00:00:01Z",
            "observedGeneration":1,
            "status":"True",
            "type":"ContainersReady"},{"lastProbeTime":null,
            "lastTransitionTime":"2026-01-01T00:00:00Z",
            "observedGeneration":1,
            "status":"True",
            "type":"PodScheduled"}],
            "containerStatuses":[{"allocatedResources":{"cpu":"100m"},
            "containerID":"<container>",
            "image":"nginx:latest",
            "imageID":"nginx:latest",
            "lastState":{},
            "name":"main",
            "ready":true,
            "resources":{"requests":{"cpu":"100m",
            "memory":"0"}},
            "restartCount":0,
            "started":true,
            "state":{"running":{"startedAt":"2026-01-01T00:00:01Z"}},
            "volumeMounts":[{"mountPath":"/v",
            "name":"v",
            "readOnly":true,
            "recursiveReadOnly":"Disabled"}]}],
            "hostIP":"172.18.0.2",
            "hostIPs":[{"ip":"172.18.0.2"}],
            "observedGeneration":1,
            "phase":"Running",
            "podIP":"10.244.0.2",
            "podIPs":[{"ip":"10.244.0.2"}],
            "qosClass":"Burstable",
            "resources":{"requests":{"cpu":"100m"}},
            "startTime":"2026-01-01T00:00:00Z"}
        "#]],
    );
}

#[test]
fn a_container_that_crashes() {
    let mut world = World::new(&["worker01"]);
    let container = value!({"name": "main", "image": "nginx:1", "command": ["sh", "-c", "exit 3"]});
    world.pod("crash", on_node(container));
    world.run(100_000);
    check(
        &world.pods(),
        &expect![[r#"
            0      crash Pending
            15     crash Pending False [ContainerCreating]
            305    crash Pending False [ContainerCreating]
            1315   crash Running True [running]
            2493   crash Running False [Error 3]
            2503   crash Running True [running x1]
            3493   crash Running False [Error 3 x1]
            15503  crash Running True [running x2]
            16493  crash Running False [Error 3 x2]
            28493  crash Running False [CrashLoopBackOff x2]
            36503  crash Running True [running x3]
            37493  crash Running False [Error 3 x3]
            48493  crash Running False [CrashLoopBackOff x3]
            78503  crash Running True [running x4]
            79493  crash Running False [Error 3 x4]
            91493  crash Running False [CrashLoopBackOff x4]
        "#]],
    );
    world.mark();
    world.delete(Kind::Pod, "crash");
    world.run(2000);
    check(
        &world.pods(),
        &expect![[r#"
            0      crash Running False [CrashLoopBackOff x4] terminating
            23     crash Failed False [Error 3 x4] terminating
            634    crash Failed False [Error 3 x4] terminating
            634    crash Failed False [Error 3 x4] terminating gone
        "#]],
    );
}

#[test]
fn an_image_that_is_not_there() {
    let mut world = World::new(&["worker01"]);
    world.pod(
        "broken",
        on_node(value!({"name": "main", "image": "app:missing"})),
    );
    world.run(50_000);
    check(
        &world.pods(),
        &expect![[r#"
            0      broken Pending
            15     broken Pending False [ContainerCreating]
            305    broken Pending False [ContainerCreating]
            1493   broken Pending False [ErrImagePull]
            16493  broken Pending False [ImagePullBackOff]
            29493  broken Pending False [ErrImagePull]
            41493  broken Pending False [ImagePullBackOff]
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
            305    broken Pulling Pulling image "app:missing"
            1305   broken Failed Failed to pull image "app:missing": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/app:missing": failed to resolve reference "docker.io/library/app:missing": docker.io/library/app:missing: not found
            1305   broken Failed Error: ErrImagePull
            1493   broken BackOff Back-off pulling image "app:missing"
            1493   broken Failed Error: ImagePullBackOff
            16493  broken Pulling Pulling image "app:missing"
            17493  broken Failed Failed to pull image "app:missing": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/app:missing": failed to resolve reference "docker.io/library/app:missing": docker.io/library/app:missing: not found
            17493  broken Failed Error: ErrImagePull
            29493  broken BackOff Back-off pulling image "app:missing"
            29493  broken Failed Error: ImagePullBackOff
            41493  broken Pulling Pulling image "app:missing"
            42493  broken Failed Failed to pull image "app:missing": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/app:missing": failed to resolve reference "docker.io/library/app:missing": docker.io/library/app:missing: not found
            42493  broken Failed Error: ErrImagePull
        "#]],
    );
    world.mark();
    world.delete(Kind::Pod, "broken");
    world.run(2000);
    check(
        &world.pods(),
        &expect![[r#"
            0      broken Pending False [ImagePullBackOff] terminating
            23     broken Pending False [ContainerCreating] terminating
            406    broken Failed False [ContainerStatusUnknown 137] terminating
            406    broken Failed False [ContainerStatusUnknown 137] terminating
            406    broken Failed False [ContainerStatusUnknown 137] terminating gone
        "#]],
    );
}

#[test]
fn init_containers_come_first_and_a_sidecar_stays() {
    let mut world = World::new(&["worker01"]);
    world.pod(
        "web",
        value!({
            "nodeName": "worker01",
            "initContainers": [
                {"name": "side", "image": "pause:1", "restartPolicy": "Always"},
                {"name": "setup", "image": "busybox:1", "command": ["true"]},
            ],
            "containers": [{"name": "main", "image": "nginx:1"}],
        }),
    );
    world.run(6000);
    check(
        &world.pods(),
        &expect![[r#"
            0      web Pending
            15     web Pending False [PodInitializing] [PodInitializing] [PodInitializing]
            305    web Pending False [PodInitializing] [PodInitializing] [PodInitializing]
            1315   web Pending False [running] [PodInitializing] [PodInitializing]
            2325   web Pending False [running] [running] [PodInitializing]
            3493   web Pending False [running] [Completed 0] [PodInitializing]
            4503   web Running True [running] [Completed 0] [running]
        "#]],
    );
}

#[test]
fn an_init_container_that_fails_keeps_the_pod_pending() {
    let mut world = World::new(&["worker01"]);
    world.pod("web", value!({
        "nodeName": "worker01",
        "initContainers": [{"name": "setup", "image": "busybox:1", "command": ["sh", "-c", "exit 7"]}],
        "containers": [{"name": "main", "image": "nginx:1"}],
    }));
    world.run(40_000);
    check(
        &world.pods(),
        &expect![[r#"
            0      web Pending
            15     web Pending False [PodInitializing] [PodInitializing]
            305    web Pending False [PodInitializing] [PodInitializing]
            1315   web Pending False [running] [PodInitializing]
            2493   web Pending False [Error 7] [PodInitializing]
            2503   web Pending False [running x1] [PodInitializing]
            3493   web Pending False [Error 7 x1] [PodInitializing]
            15503  web Pending False [running x2] [PodInitializing]
            16493  web Pending False [Error 7 x2] [PodInitializing]
            28493  web Pending False [CrashLoopBackOff x2] [PodInitializing]
            36503  web Pending False [running x3] [PodInitializing]
            37493  web Pending False [Error 7 x3] [PodInitializing]
        "#]],
    );
    check(
        &world.conditions(Kind::Pod, "web"),
        &expect![[r#"
        PodReadyToStartContainers=True
        Initialized=False ContainersNotInitialized containers with incomplete status: [setup]
        Ready=False ContainersNotReady containers with unready status: [main]
        ContainersReady=False ContainersNotReady containers with unready status: [main]
        PodScheduled=True
    "#]],
    );
}

#[test]
fn restart_policies() {
    let mut world = World::new(&["worker01"]);
    for (name, policy, command) in [
        ("never-0", "Never", "sleep 2; exit 0"),
        ("never-4", "Never", "sleep 2; exit 4"),
        ("on-failure-0", "OnFailure", "sleep 2; exit 0"),
    ] {
        let container =
            value!({"name": "main", "image": "busybox:1", "command": ["sh", "-c", command]});
        let mut spec = on_node(container);
        spec.set("restartPolicy", policy);
        world.pod(name, spec);
        world.run(8000);
        world.run(0);
    }
    check(
        &world.pods(),
        &expect![[r#"
            0      never-0 Pending
            15     never-0 Pending False [ContainerCreating]
            305    never-0 Pending False [ContainerCreating]
            1315   never-0 Running True [running]
            4493   never-0 Running False [Completed 0]
            5493   never-0 Succeeded False [Completed 0]
            8000   never-4 Pending
            8015   never-4 Pending False [ContainerCreating]
            8305   never-4 Pending False [ContainerCreating]
            8315   never-4 Running True [running]
            11493  never-4 Running False [Error 4]
            12493  never-4 Failed False [Error 4]
            16000  on-failure-0 Pending
            16015  on-failure-0 Pending False [ContainerCreating]
            16305  on-failure-0 Pending False [ContainerCreating]
            16315  on-failure-0 Running True [running]
            19493  on-failure-0 Running False [Completed 0]
            20493  on-failure-0 Succeeded False [Completed 0]
        "#]],
    );
    check(
        &world.conditions(Kind::Pod, "never-4"),
        &expect![[r#"
        PodReadyToStartContainers=False
        Initialized=True
        Ready=False PodFailed
        ContainersReady=False PodFailed
        PodScheduled=True
    "#]],
    );
}

fn probe(command: &'static str, period: i64) -> Value {
    value!({"exec": {"command": [command]}, "periodSeconds": period, "failureThreshold": 2,
        "successThreshold": 1, "timeoutSeconds": 1})
}

#[test]
fn probes() {
    let mut world = World::new(&["worker01"]);
    world.pod(
        "unready",
        on_node(value!({"name": "main", "image": "a:1", "readinessProbe": probe("false", 5)})),
    );
    world.run(9000);
    check(
        &world.pods(),
        &expect![[r#"
            0      unready Pending
            15     unready Pending False [ContainerCreating]
            305    unready Pending False [ContainerCreating]
            1315   unready Running False [running]
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
            305    unready Pulling Pulling image "a:1"
            1305   unready Pulled Successfully pulled image "a:1" in 1s (1s including waiting). Image size: 73400320 bytes.
            1315   unready Created Container created
            1315   unready Started Container started
            1317   unready Unhealthy Readiness probe failed: 
            5003   unready Unhealthy Readiness probe failed: 
        "#]],
    );
    world.delete(Kind::Pod, "unready");
    world.run(2000);
    check_liveness_and_startup(&mut world);
}

fn check_liveness_and_startup(world: &mut World) {
    world.mark();
    world.pod(
        "sick",
        on_node(value!({"name": "main", "image": "a:1", "livenessProbe": probe("false", 3)})),
    );
    world.run(20_000);
    check(
        &world.pods(),
        &expect![[r#"
            0      sick Pending
            15     sick Pending False [ContainerCreating]
            305    sick Pending False [ContainerCreating]
            315    sick Running True [running]
            6013   sick Running True [running x1]
            12013  sick Running True [running x2]
            18493  sick Running False [CrashLoopBackOff x2]
        "#]],
    );
    world.delete(Kind::Pod, "sick");
    world.run(2000);
    world.mark();
    world.pod(
        "slow",
        on_node(value!({"name": "main", "image": "a:1",
        "startupProbe": probe("true", 4), "readinessProbe": probe("true", 3)})),
    );
    world.run(20_000);
    check(
        &world.pods(),
        &expect![[r#"
            0      slow Pending
            15     slow Pending False [ContainerCreating]
            305    slow Pending False [ContainerCreating]
            315    slow Running False [running]
            4003   slow Running False [running]
            4005   slow Running True [running]
        "#]],
    );
}

#[test]
fn many_nodes_post_a_few_at_a_time_and_none_is_forgotten() {
    const NODES: usize = 160;
    let names = (0..NODES).map(|i| Cluster::node(&format!("n{i}")));
    let mut cluster = Cluster::new(Setup {
        nodes: names.collect(),
        ..Setup::default()
    });
    let (mut seen, until) = (
        cluster.api().trace().count(),
        cluster.now() + SimSpan::from_secs(600),
    );
    let (mut at, mut of) = (BTreeMap::new(), BTreeMap::new());
    while cluster.now() < until && cluster.step() {
        let trace = cluster.api().trace();
        let new = usize::try_from(trace.count() - seen).expect("a few");
        seen = trace.count();
        for entry in trace.entries().rev().take(new) {
            if entry.key.kind == Kind::Node {
                *at.entry(cluster.now()).or_insert(0) += 1;
                *of.entry(entry.key.name.clone()).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(at.values().max(), Some(&128));
    assert_eq!(of.len(), NODES);
    assert!(of.values().all(|posts| *posts == 2), "{of:?}");
    let leases = cluster.objects(Kind::Lease).count();
    assert_eq!(leases, NODES);
}
