//! What goes when something else goes: owners, namespaces, nodes; told through a whole cluster.

use daemonset_playground::cluster::{Cluster, Command, Reply, Request, Setup, Verb};
use daemonset_playground::k8s::{Kind, Str, Value};
use daemonset_playground::sim::SimSpan;
use daemonset_playground::sim::apiserver::{DeleteOptions, Patch, Propagation, Subresource};
use daemonset_playground::value;

const LIMIT: usize = 1_000_000;

struct World(Cluster);

impl World {
    fn new() -> Self {
        let nodes = ["worker01", "worker02"].map(Cluster::node).to_vec();
        let mut world = Self(Cluster::new(Setup {
            nodes,
            ..Setup::default()
        }));
        for name in ["worker01", "worker02"] {
            world.ask(Verb::Patch {
                kind: Kind::Node,
                namespace: Str::default(),
                name: name.into(),
                subresource: Subresource::Main,
                patch: Patch::Merge(value!({"spec": {"taints": null}})),
            });
        }
        world
    }

    fn ask(&mut self, verb: Verb) -> Reply {
        self.0
            .dispatch(Command::Request(Request::new("kubectl", verb)))
    }

    fn create(&mut self, kind: Kind, namespace: &'static str, value: Value) {
        let namespace = Str::from(namespace);
        let reply = self.ask(Verb::Create {
            kind,
            namespace,
            value,
        });
        assert!(matches!(reply, Reply::Written(_)), "{reply:?}");
    }

    fn delete(
        &mut self,
        kind: Kind,
        namespace: &'static str,
        name: &'static str,
        how: Propagation,
    ) {
        let options = DeleteOptions {
            propagation: Some(how),
            ..DeleteOptions::default()
        };
        let reply = self.ask(Verb::Delete {
            kind,
            namespace: namespace.into(),
            name: name.into(),
            options,
        });
        assert!(matches!(reply, Reply::Deleted(_)), "{reply:?}");
    }

    fn wait(&mut self, seconds: u64) {
        let until = self.0.now() + SimSpan::from_secs(seconds);
        self.0.advance_to(until, LIMIT);
    }

    fn count(&self, kind: Kind, namespace: &str) -> usize {
        self.0.api().list(kind, Some(namespace)).count()
    }

    fn daemon_set(&mut self, namespace: &'static str) {
        let value = value!({
            "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "d"},
            "spec": {
                "selector": {"matchLabels": {"app": "d"}},
                "template": {
                    "metadata": {"labels": {"app": "d"}},
                    "spec": {"containers": [{"name": "main", "image": "registry.k8s.io/pause:3.10"}]},
                },
            },
        });
        self.create(Kind::DaemonSet, namespace, value);
        self.wait(20);
        assert_eq!(self.count(Kind::Pod, namespace), 2);
        assert_eq!(self.count(Kind::ControllerRevision, namespace), 1);
    }
}

#[test]
fn every_namespace_has_its_account_and_certificate() {
    let mut world = World::new();
    for namespace in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        assert_eq!(
            world.count(Kind::ServiceAccount, namespace),
            1,
            "{namespace}"
        );
        let maps = world.0.api().list(Kind::ConfigMap, Some(namespace));
        let names: Vec<_> = maps.map(|m| m.name().to_string()).collect();
        assert!(names.contains(&"kube-root-ca.crt".to_owned()), "{names:?}");
    }
    world.delete(
        Kind::ServiceAccount,
        "default",
        "default",
        Propagation::Background,
    );
    assert_eq!(world.count(Kind::ServiceAccount, "default"), 0);
    world.wait(1);
    assert_eq!(world.count(Kind::ServiceAccount, "default"), 1);
}

#[test]
fn a_daemon_set_takes_its_pods_and_revisions_along() {
    for how in [Propagation::Background, Propagation::Foreground] {
        let mut world = World::new();
        world.daemon_set("default");
        world.delete(Kind::DaemonSet, "default", "d", how);
        let first = usize::from(how == Propagation::Foreground);
        assert_eq!(world.count(Kind::DaemonSet, "default"), first);
        world.wait(10);
        for kind in [Kind::DaemonSet, Kind::Pod, Kind::ControllerRevision] {
            assert_eq!(world.count(kind, "default"), 0, "{kind} {how:?}");
        }
    }
}

#[test]
fn orphaned_pods_stay_and_are_adopted_again() {
    let mut world = World::new();
    world.daemon_set("default");
    let pods = |world: &World| -> Vec<String> {
        let all = world.0.api().list(Kind::Pod, Some("default"));
        all.map(|p| p.name().to_string()).collect()
    };
    let before = pods(&world);
    world.delete(Kind::DaemonSet, "default", "d", Propagation::Orphan);
    world.wait(10);
    assert_eq!(world.count(Kind::DaemonSet, "default"), 0);
    assert_eq!(world.count(Kind::ControllerRevision, "default"), 1);
    let owners = |world: &World| -> usize {
        let all = world.0.api().list(Kind::Pod, Some("default"));
        all.map(|p| p.meta().owners.len()).sum()
    };
    assert_eq!(owners(&world), 0);
    world.daemon_set("default");
    assert_eq!(pods(&world), before);
    assert_eq!(owners(&world), 2);
}

#[test]
fn a_finalizer_holds_a_pod_and_its_foreground_owner() {
    let mut world = World::new();
    world.daemon_set("default");
    let pod = world.0.api().list(Kind::Pod, Some("default")).next();
    let name = pod.expect("a pod").name().clone();
    let finalizers = |list: Value| Verb::Patch {
        kind: Kind::Pod,
        namespace: "default".into(),
        name: name.clone(),
        subresource: Subresource::Main,
        patch: Patch::Merge(value!({"metadata": {"finalizers": list}})),
    };
    world.ask(finalizers(value!(["example.com/hold"])));
    world.delete(Kind::DaemonSet, "default", "d", Propagation::Foreground);
    world.wait(20);
    assert_eq!(world.count(Kind::DaemonSet, "default"), 1);
    assert_eq!(world.count(Kind::ControllerRevision, "default"), 0);
    assert_eq!(world.count(Kind::Pod, "default"), 1);
    let held = world
        .0
        .api()
        .get(Kind::Pod, "default", &name)
        .expect("held");
    assert_eq!(held.value().at(&["status", "phase"]).text(), "Succeeded");
    assert_eq!(held.meta().deletion_grace, Some(0));
    world.ask(finalizers(Value::Null));
    world.wait(5);
    assert_eq!(world.count(Kind::DaemonSet, "default"), 0);
    assert_eq!(world.count(Kind::Pod, "default"), 0);
}

#[test]
fn a_namespace_goes_with_all_it_holds() {
    let mut world = World::new();
    world.create(Kind::Namespace, "", value!({"metadata": {"name": "tools"}}));
    world.wait(1);
    world.daemon_set("tools");
    world.delete(Kind::Namespace, "", "tools", Propagation::Background);
    world.wait(1);
    assert_eq!(world.count(Kind::Pod, "tools"), 2);
    world.wait(60);
    assert!(world.0.api().get(Kind::Namespace, "", "tools").is_err());
    for kind in [
        Kind::DaemonSet,
        Kind::Pod,
        Kind::ConfigMap,
        Kind::ServiceAccount,
        Kind::Event,
    ] {
        assert_eq!(world.count(kind, "tools"), 0, "{kind}");
    }
}

#[test]
fn pods_of_a_deleted_node_go_after_their_quarantine() {
    let mut world = World::new();
    world.daemon_set("default");
    world.0.dispatch(Command::NodeStop {
        node: "worker02".into(),
    });
    world.delete(Kind::Node, "", "worker02", Propagation::Background);
    world.wait(39);
    assert_eq!(world.count(Kind::Pod, "default"), 2);
    world.wait(45);
    assert_eq!(world.count(Kind::Pod, "default"), 1);
}

#[test]
fn a_budget_counts_its_pods_and_holds_an_eviction_up() {
    let mut world = World::new();
    let template = value!({
        "metadata": {"labels": {"app": "q"}},
        "spec": {"containers": [{"name": "main", "image": "registry.k8s.io/pause:3.10"}]},
    });
    world.create(
        Kind::Deployment,
        "default",
        value!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "q"},
            "spec": {
                "replicas": 1, "selector": {"matchLabels": {"app": "q"}}, "template": template,
            },
        }),
    );
    world.create(
        Kind::PodDisruptionBudget,
        "default",
        value!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "q"},
            "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "q"}}},
        }),
    );
    world.wait(20);
    let numbers = |world: &World| {
        let budget = world.0.api().get(Kind::PodDisruptionBudget, "default", "q");
        let status = budget.expect("there").value().get("status").clone();
        [
            "expectedPods",
            "desiredHealthy",
            "currentHealthy",
            "disruptionsAllowed",
        ]
        .map(|field| status.get(field).as_i64().unwrap_or(-1))
    };
    assert_eq!(numbers(&world), [1, 1, 1, 0]);
    let pod = world.0.api().list(Kind::Pod, Some("default")).next();
    let pod = pod.expect("a pod").name().clone();
    let evict = |world: &mut World| {
        world.ask(Verb::Evict {
            namespace: "default".into(),
            pod: pod.clone(),
            options: DeleteOptions::default(),
        })
    };
    let Reply::Refused(status) = evict(&mut world) else {
        panic!("the budget allows nothing");
    };
    assert_eq!(status.code, 429);
    world.ask(Verb::Patch {
        kind: Kind::PodDisruptionBudget,
        namespace: "default".into(),
        name: "q".into(),
        subresource: Subresource::Main,
        patch: Patch::Merge(value!({"spec": {"minAvailable": 0}})),
    });
    world.wait(1);
    assert_eq!(numbers(&world), [1, 0, 1, 1]);
    assert!(matches!(evict(&mut world), Reply::Deleted(_)));
}
