//! Pods on their nodes: the order of writes, the texts of events, conditions and reasons.

use crate::node_world::World;
use daemonset_playground::cluster::Command;
use daemonset_playground::k8s::{Kind, Value};
use daemonset_playground::value;
use expect_test::{Expect, expect};

fn on_node(container: Value) -> Value {
    value!({"nodeName": "worker01", "containers": [container]})
}

fn check(text: &str, wanted: &Expect) {
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
                 0 web Pending
                15 web Pending False [ContainerCreating]
               305 web Pending False [ContainerCreating]
              1315 web Running True [running]
              3000 web Running True [running] terminating
              3013 web Running True [running] terminating
              3023 web Succeeded False [Completed 0] terminating
              3406 web Succeeded False [Completed 0] terminating
              3406 web Succeeded False [Completed 0] terminating gone
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
               305 web Pulling Pulling image "nginx:1"
              1305 web Pulled Successfully pulled image "nginx:1" in 1s (1s including waiting). Image size: 73400320 bytes.
              1315 web Created Container created
              1315 web Started Container started
              3013 web Killing Stopping container main
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
                 0 crash Pending
                15 crash Pending False [ContainerCreating]
               305 crash Pending False [ContainerCreating]
              1315 crash Running True [running]
              2493 crash Running False [Error 3]
              2503 crash Running True [running x1]
              3493 crash Running False [Error 3 x1]
             15503 crash Running True [running x2]
             16493 crash Running False [Error 3 x2]
             28493 crash Running False [CrashLoopBackOff x2]
             36503 crash Running True [running x3]
             37493 crash Running False [Error 3 x3]
             48493 crash Running False [CrashLoopBackOff x3]
             78503 crash Running True [running x4]
             79493 crash Running False [Error 3 x4]
             91493 crash Running False [CrashLoopBackOff x4]
        "#]],
    );
    world.mark();
    world.delete(Kind::Pod, "crash");
    world.run(2000);
    check(
        &world.pods(),
        &expect![[r#"
                 0 crash Running False [CrashLoopBackOff x4] terminating
                23 crash Failed False [Error 3 x4] terminating
               634 crash Failed False [Error 3 x4] terminating
               634 crash Failed False [Error 3 x4] terminating gone
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
                 0 broken Pending
                15 broken Pending False [ContainerCreating]
               305 broken Pending False [ContainerCreating]
              1493 broken Pending False [ErrImagePull]
             16493 broken Pending False [ImagePullBackOff]
             29493 broken Pending False [ErrImagePull]
             41493 broken Pending False [ImagePullBackOff]
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
               305 broken Pulling Pulling image "app:missing"
              1305 broken Failed Failed to pull image "app:missing": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/app:missing": failed to resolve reference "docker.io/library/app:missing": docker.io/library/app:missing: not found
              1305 broken Failed Error: ErrImagePull
              1493 broken BackOff Back-off pulling image "app:missing"
              1493 broken Failed Error: ImagePullBackOff
             16493 broken Pulling Pulling image "app:missing"
             17493 broken Failed Failed to pull image "app:missing": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/app:missing": failed to resolve reference "docker.io/library/app:missing": docker.io/library/app:missing: not found
             17493 broken Failed Error: ErrImagePull
             29493 broken BackOff Back-off pulling image "app:missing"
             29493 broken Failed Error: ImagePullBackOff
             41493 broken Pulling Pulling image "app:missing"
             42493 broken Failed Failed to pull image "app:missing": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/app:missing": failed to resolve reference "docker.io/library/app:missing": docker.io/library/app:missing: not found
             42493 broken Failed Error: ErrImagePull
        "#]],
    );
    world.mark();
    world.delete(Kind::Pod, "broken");
    world.run(2000);
    check(
        &world.pods(),
        &expect![[r#"
                 0 broken Pending False [ImagePullBackOff] terminating
                23 broken Pending False [ContainerCreating] terminating
               406 broken Failed False [ContainerStatusUnknown 137] terminating
               406 broken Failed False [ContainerStatusUnknown 137] terminating
               406 broken Failed False [ContainerStatusUnknown 137] terminating gone
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
                 0 web Pending
                15 web Pending False [PodInitializing] [PodInitializing] [PodInitializing]
               305 web Pending False [PodInitializing] [PodInitializing] [PodInitializing]
              1315 web Pending False [running] [PodInitializing] [PodInitializing]
              2325 web Pending False [running] [running] [PodInitializing]
              3493 web Pending False [running] [Completed 0] [PodInitializing]
              4503 web Running True [running] [Completed 0] [running]
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
                 0 web Pending
                15 web Pending False [PodInitializing] [PodInitializing]
               305 web Pending False [PodInitializing] [PodInitializing]
              1315 web Pending False [running] [PodInitializing]
              2493 web Pending False [Error 7] [PodInitializing]
              2503 web Pending False [running x1] [PodInitializing]
              3493 web Pending False [Error 7 x1] [PodInitializing]
             15503 web Pending False [running x2] [PodInitializing]
             16493 web Pending False [Error 7 x2] [PodInitializing]
             28493 web Pending False [CrashLoopBackOff x2] [PodInitializing]
             36503 web Pending False [running x3] [PodInitializing]
             37493 web Pending False [Error 7 x3] [PodInitializing]
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
                 0 never-0 Pending
                15 never-0 Pending False [ContainerCreating]
               305 never-0 Pending False [ContainerCreating]
              1315 never-0 Running True [running]
              4493 never-0 Running False [Completed 0]
              5493 never-0 Succeeded False [Completed 0]
              8000 never-4 Pending
              8015 never-4 Pending False [ContainerCreating]
              8305 never-4 Pending False [ContainerCreating]
              8315 never-4 Running True [running]
             11493 never-4 Running False [Error 4]
             12493 never-4 Failed False [Error 4]
             16000 on-failure-0 Pending
             16015 on-failure-0 Pending False [ContainerCreating]
             16305 on-failure-0 Pending False [ContainerCreating]
             16315 on-failure-0 Running True [running]
             19493 on-failure-0 Running False [Completed 0]
             20493 on-failure-0 Succeeded False [Completed 0]
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

#[test]
fn probes() {
    let mut world = World::new(&["worker01"]);
    let probe = |command: &'static str, period: i64| {
        value!({"exec": {"command": [command]}, "periodSeconds": period, "failureThreshold": 2,
            "successThreshold": 1, "timeoutSeconds": 1})
    };
    world.pod(
        "unready",
        on_node(value!({"name": "main", "image": "a:1", "readinessProbe": probe("false", 5)})),
    );
    world.run(9000);
    check(
        &world.pods(),
        &expect![[r#"
                 0 unready Pending
                15 unready Pending False [ContainerCreating]
               305 unready Pending False [ContainerCreating]
              1315 unready Running False [running]
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
               305 unready Pulling Pulling image "a:1"
              1305 unready Pulled Successfully pulled image "a:1" in 1s (1s including waiting). Image size: 73400320 bytes.
              1315 unready Created Container created
              1315 unready Started Container started
              1317 unready Unhealthy Readiness probe failed: 
              5003 unready Unhealthy Readiness probe failed: 
        "#]],
    );
    world.delete(Kind::Pod, "unready");
    world.run(2000);
    world.mark();
    world.pod(
        "sick",
        on_node(value!({"name": "main", "image": "a:1", "livenessProbe": probe("false", 3)})),
    );
    world.run(20_000);
    check(
        &world.pods(),
        &expect![[r#"
                 0 sick Pending
                15 sick Pending False [ContainerCreating]
               305 sick Pending False [ContainerCreating]
               315 sick Running True [running]
              6013 sick Running True [running x1]
             12013 sick Running True [running x2]
             18493 sick Running False [CrashLoopBackOff x2]
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
                 0 slow Pending
                15 slow Pending False [ContainerCreating]
               305 slow Pending False [ContainerCreating]
               315 slow Running False [running]
              4003 slow Running False [running]
              4005 slow Running True [running]
        "#]],
    );
}

#[test]
fn what_a_node_refuses() {
    let mut world = World::new(&["worker01"]);
    let plain = || value!({"name": "main", "image": "a:1"});
    let mut port = plain();
    port.set(
        "ports",
        value!([{"containerPort": 80, "hostPort": 8080, "protocol": "TCP"}]),
    );
    world.pod("first", on_node(port.clone()));
    world.pod("second", on_node(port));
    let mut big = plain();
    big.set(
        "resources",
        value!({"requests": {"cpu": "5", "memory": "100Gi"}}),
    );
    world.pod("big", on_node(big));
    let mut selective = on_node(plain());
    selective.set("nodeSelector", value!({"disk": "ssd"}));
    world.pod("selective", selective);
    let mut device = plain();
    device.set(
        "resources",
        value!({"requests": {"x.com/nic": "1"}, "limits": {"x.com/nic": "1"}}),
    );
    world.pod("device", on_node(device));
    world.run(3000);
    check(
        &world.pods(),
        &expect![[r#"
                 0 first Pending
                 0 second Pending
                 0 big Pending
                 0 selective Pending
                 0 device Pending
                 3 second Failed
                 3 big Failed
                 3 selective Failed
                15 first Pending False [ContainerCreating]
                15 device Pending False [ContainerCreating]
               305 first Pending False [ContainerCreating]
               305 device Pending False [ContainerCreating]
              1315 first Running True [running]
              2315 device Running True [running]
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
                 3 second NodePorts Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports
                 3 big OutOfcpu Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000
                 3 selective NodeAffinity Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector
               305 first Pulling Pulling image "a:1"
               305 device Pulling Pulling image "a:1"
              1305 first Pulled Successfully pulled image "a:1" in 1s (1s including waiting). Image size: 73400320 bytes.
              1315 first Created Container created
              1315 first Started Container started
              2305 device Pulled Successfully pulled image "a:1" in 1s (2s including waiting). Image size: 73400320 bytes.
              2315 device Created Container created
              2315 device Started Container started
        "#]],
    );
    check(
        &world.get(Kind::Pod, "big").get("status").to_string(),
        &expect![[r#"
        {"message":"Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000","observedGeneration":1,"phase":"Failed","qosClass":"Burstable","reason":"OutOfcpu","startTime":"2026-01-01T00:00:00Z"}
    "#]],
    );
}

#[test]
fn hooks_and_deadlines() {
    let mut world = World::new(&["worker01"]);
    let mut container = value!({"name": "main", "image": "a:1"});
    container.set("lifecycle", value!({"preStop": {"sleep": {"seconds": 3}}}));
    world.pod("polite", on_node(container));
    let mut limited = on_node(value!({"name": "main", "image": "a:1"}));
    limited.set("activeDeadlineSeconds", 8);
    world.pod("limited", limited);
    world.run(4000);
    world.delete(Kind::Pod, "polite");
    world.run(8000);
    check(
        &world.pods(),
        &expect![[r#"
                 0 polite Pending
                 0 limited Pending
                15 polite Pending False [ContainerCreating]
                15 limited Pending False [ContainerCreating]
               305 polite Pending False [ContainerCreating]
               305 limited Pending False [ContainerCreating]
              1315 polite Running True [running]
              2315 limited Running True [running]
              4000 polite Running True [running] terminating
              4013 polite Running True [running] terminating
              7023 polite Succeeded False [Completed 0] terminating
              7390 polite Succeeded False [Completed 0] terminating
              7390 polite Succeeded False [Completed 0] terminating gone
              8000 limited Running False [running]
              8020 limited Failed False [Completed 0]
        "#]],
    );
}

#[test]
fn static_pods_and_their_mirrors() {
    let mut world = World::new(&["worker01"]);
    let manifest = value!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "etcd"},
        "spec": {"hostNetwork": true, "containers": [{"name": "etcd", "image": "etcd:3"}]}});
    world.act(Command::StaticAdd {
        node: "worker01".into(),
        file: "etcd.yaml".into(),
        manifest,
    });
    world.run(4000);
    let pod = world.get(Kind::Pod, "etcd-worker01");
    check(
        &pod.at(&["metadata", "ownerReferences"])
            .index(0)
            .get("kind")
            .to_string(),
        &expect![[r#"
        "Node"
    "#]],
    );
    check(
        &pod.at(&["spec", "tolerations"]).to_string(),
        &expect![[r#"
        [{"effect":"NoExecute","operator":"Exists"}]
    "#]],
    );
    world.delete(Kind::Pod, "etcd-worker01");
    world.run(6000);
    world.act(Command::StaticRemove {
        node: "worker01".into(),
        file: "etcd.yaml".into(),
    });
    world.run(2000);
    check(
        &world.pods(),
        &expect![[r#"
                 0 etcd-worker01 Pending
                12 etcd-worker01 Pending False [ContainerCreating]
               302 etcd-worker01 Pending False [ContainerCreating]
              1312 etcd-worker01 Running True [running]
              4000 etcd-worker01 Running True [running] terminating
              4003 etcd-worker01 Running True [running] terminating
              4003 etcd-worker01 Running True [running] terminating gone
              4006 etcd-worker01 Pending
              4493 etcd-worker01 Running True [running]
             10000 etcd-worker01 Running True [running] terminating
             10000 etcd-worker01 Running True [running] terminating gone
        "#]],
    );
}

#[test]
fn a_crash_on_demand_and_a_registry_that_is_down() {
    let mut world = World::new(&["worker01"]);
    world.act(Command::Registry { up: false });
    world.pod(
        "web",
        on_node(value!({"name": "main", "image": "quay.io/a/b:1"})),
    );
    world.run(5000);
    world.act(Command::Registry { up: true });
    world.run(20_000);
    let crash = Command::CrashContainer {
        namespace: "default".into(),
        pod: "web".into(),
        container: "main".into(),
    };
    world.act(crash);
    world.run(5000);
    check(
        &world.pods(),
        &expect![[r#"
                 0 web Pending
                15 web Pending False [ContainerCreating]
               305 web Pending False [ContainerCreating]
              1493 web Pending False [ErrImagePull]
             16493 web Pending False [ImagePullBackOff]
             17503 web Running True [running]
             25493 web Running False [Error 1]
             25503 web Running True [running x1]
        "#]],
    );
}

#[test]
fn a_failed_init_container_without_restarts_ends_the_pod() {
    let mut world = World::new(&["worker01"]);
    world.pod(
        "web",
        value!({
            "nodeName": "worker01", "restartPolicy": "Never",
            "initContainers": [{"name": "setup", "image": "busybox:1", "command": ["false"]}],
            "containers": [{"name": "main", "image": "nginx:1"}],
        }),
    );
    world.run(6000);
    check(
        &world.pods(),
        &expect![[r#"
             0 web Pending
            15 web Pending False [PodInitializing] [PodInitializing]
           305 web Pending False [PodInitializing] [PodInitializing]
          1315 web Pending False [running] [PodInitializing]
          2493 web Pending False [Error 1] [PodInitializing]
          3493 web Failed False [Error 1] [PodInitializing]
    "#]],
    );
}

#[test]
fn init_containers_run_again_after_a_reboot() {
    let mut world = World::new(&["worker01"]);
    world.pod(
        "web",
        value!({
            "nodeName": "worker01",
            "initContainers": [{"name": "setup", "image": "busybox:1", "command": ["true"]}],
            "containers": [{"name": "main", "image": "nginx:1"}],
        }),
    );
    world.run(6000);
    world.mark();
    world.act(Command::NodeStop {
        node: "worker01".into(),
    });
    world.run(2000);
    world.act(Command::NodeStart {
        node: "worker01".into(),
    });
    world.run(6000);
    check(
        &world.pods(),
        &expect![[r#"
          2212 web Running False [Completed 0] [PodInitializing x1]
          2502 web Running False [Completed 0] [PodInitializing x1]
          3512 web Pending False [running x1] [PodInitializing x1]
          4651 web Running False [Completed 0 x1] [PodInitializing x1]
          5661 web Running True [Completed 0 x1] [running x1]
    "#]],
    );
}

#[test]
fn config_that_is_not_there() {
    let mut world = World::new(&["worker01"]);
    let mut container = value!({"name": "main", "image": "nginx:1"});
    container.set("volumeMounts", value!([{"name": "c", "mountPath": "/c"}]));
    let mut spec = on_node(container);
    spec.set(
        "volumes",
        value!([{"name": "c", "configMap": {"name": "nope"}}]),
    );
    world.pod("volume", spec);
    let mut container = value!({"name": "main", "image": "nginx:1"});
    container.set(
        "env",
        value!([{"name": "A", "valueFrom": {"secretKeyRef": {"name": "nope", "key": "k"}}}]),
    );
    world.pod("env", on_node(container));
    world.run(5000);
    let map = value!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "nope", "namespace": "default"}});
    world.create(Kind::ConfigMap, map);
    world.run(10_000);
    check(
        &world.pods(),
        &expect![[r#"
             0 volume Pending
             0 env Pending
            15 volume Pending False [ContainerCreating]
            15 env Pending False [ContainerCreating]
           305 env Pending False [ContainerCreating]
          1493 env Pending False [CreateContainerConfigError]
          7805 volume Pending False [ContainerCreating]
          7815 volume Running True [running]
    "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
            15 volume FailedMount MountVolume.SetUp failed for volume "c" : configmap "nope" not found
           305 env Pulling Pulling image "nginx:1"
           515 volume FailedMount MountVolume.SetUp failed for volume "c" : configmap "nope" not found
          1305 env Pulled Successfully pulled image "nginx:1" in 1s (1s including waiting). Image size: 73400320 bytes.
          1305 env Failed Error: secret "nope" not found
          1493 env Pulled Container image "nginx:1" already present on machine and can be accessed by the pod
          1493 env Failed Error: secret "nope" not found
          1515 volume FailedMount MountVolume.SetUp failed for volume "c" : configmap "nope" not found
          3515 volume FailedMount MountVolume.SetUp failed for volume "c" : configmap "nope" not found
          7805 volume Pulled Container image "nginx:1" already present on machine and can be accessed by the pod
          7815 volume Created Container created
          7815 volume Started Container started
    "#]],
    );
}
