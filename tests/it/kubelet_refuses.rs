//! Pods that a node refuses, that end early, that are static, or that lack something.

use crate::kubelet::{check, on_node};
use crate::node_world::World;
use daemonset_playground::cluster::Command;
use daemonset_playground::k8s::Kind;
use daemonset_playground::value;
use expect_test::expect;

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
            0      first Pending
            0      second Pending
            0      big Pending
            0      selective Pending
            0      device Pending
            3      second Failed
            3      big Failed
            3      selective Failed
            15     first Pending False [ContainerCreating]
            15     device Pending False [ContainerCreating]
            305    first Pending False [ContainerCreating]
            305    device Pending False [ContainerCreating]
            1315   first Running True [running]
            2315   device Running True [running]
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
            3      second NodePorts Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports
            3      big OutOfcpu Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000
            3      selective NodeAffinity Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector
            305    first Pulling Pulling image "a:1"
            305    device Pulling Pulling image "a:1"
            1305   first Pulled Successfully pulled image "a:1" in 1s (1s including waiting). Image size: 73400320 bytes.
            1315   first Created Container created
            1315   first Started Container started
            2305   device Pulled Successfully pulled image "a:1" in 1s (2s including waiting). Image size: 73400320 bytes.
            2315   device Created Container created
            2315   device Started Container started
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
            0      polite Pending
            0      limited Pending
            15     polite Pending False [ContainerCreating]
            15     limited Pending False [ContainerCreating]
            305    polite Pending False [ContainerCreating]
            305    limited Pending False [ContainerCreating]
            1315   polite Running True [running]
            2315   limited Running True [running]
            4000   polite Running True [running] terminating
            4013   polite Running True [running] terminating
            7023   polite Succeeded False [Completed 0] terminating
            7390   polite Succeeded False [Completed 0] terminating
            7390   polite Succeeded False [Completed 0] terminating gone
            8000   limited Running False [running]
            8020   limited Failed False [Completed 0]
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
            0      etcd-worker01 Pending
            12     etcd-worker01 Pending False [ContainerCreating]
            302    etcd-worker01 Pending False [ContainerCreating]
            1312   etcd-worker01 Running True [running]
            4000   etcd-worker01 Running True [running] terminating
            4003   etcd-worker01 Running True [running] terminating
            4003   etcd-worker01 Running True [running] terminating gone
            4006   etcd-worker01 Pending
            4493   etcd-worker01 Running True [running]
            10000  etcd-worker01 Running True [running] terminating
            10000  etcd-worker01 Running True [running] terminating gone
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
            0      web Pending
            15     web Pending False [ContainerCreating]
            305    web Pending False [ContainerCreating]
            1493   web Pending False [ErrImagePull]
            16493  web Pending False [ImagePullBackOff]
            17503  web Running True [running]
            25493  web Running False [Error 1]
            25503  web Running True [running x1]
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
            0      web Pending
            15     web Pending False [PodInitializing] [PodInitializing]
            305    web Pending False [PodInitializing] [PodInitializing]
            1315   web Pending False [running] [PodInitializing]
            2493   web Pending False [Error 1] [PodInitializing]
            3493   web Failed False [Error 1] [PodInitializing]
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
            2212   web Running False [Completed 0] [PodInitializing x1]
            2502   web Running False [Completed 0] [PodInitializing x1]
            3512   web Pending False [running x1] [PodInitializing x1]
            4651   web Running False [Completed 0 x1] [PodInitializing x1]
            5661   web Running True [Completed 0 x1] [running x1]
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
            0      volume Pending
            0      env Pending
            15     volume Pending False [ContainerCreating]
            15     env Pending False [ContainerCreating]
            305    env Pending False [ContainerCreating]
            1493   env Pending False [CreateContainerConfigError]
            7805   volume Pending False [ContainerCreating]
            7815   volume Running True [running]
        "#]],
    );
    check(
        &world.events(),
        &expect![[r#"
            15     volume FailedMount MountVolume.SetUp failed for volume "c" : configmap "nope" not found
            305    env Pulling Pulling image "nginx:1"
            515    volume FailedMount MountVolume.SetUp failed for volume "c" : configmap "nope" not found
            1305   env Pulled Successfully pulled image "nginx:1" in 1s (1s including waiting). Image size: 73400320 bytes.
            1305   env Failed Error: secret "nope" not found
            1493   env Pulled Container image "nginx:1" already present on machine and can be accessed by the pod
            1493   env Failed Error: secret "nope" not found
            1515   volume FailedMount MountVolume.SetUp failed for volume "c" : configmap "nope" not found
            3515   volume FailedMount MountVolume.SetUp failed for volume "c" : configmap "nope" not found
            7805   volume Pulled Container image "nginx:1" already present on machine and can be accessed by the pod
            7815   volume Created Container created
            7815   volume Started Container started
        "#]],
    );
}
