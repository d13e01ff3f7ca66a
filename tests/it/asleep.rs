//! Controllers without work sleep: nobody can tell, whenever they wake.

use daemonset_playground::cluster::{Cluster, Command, Request, Setup, SimSpan, Verb};
use daemonset_playground::k8s::{Kind, Value};
use daemonset_playground::value;

fn pods(name: &'static str) -> Value {
    value!({
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "a", "image": "registry.example.com/a:1"}]},
    })
}

fn create(cluster: &mut Cluster, kind: Kind, name: &'static str, spec: Value) {
    let value = value!({"metadata": {"name": name}, "spec": spec});
    let namespace = "default".into();
    let verb = Verb::Create {
        kind,
        namespace,
        value,
    };
    cluster.dispatch(Command::Request(Request::new("kubectl", verb)));
}

/// What wakes somebody.
fn work(kind: Kind) -> Value {
    let selector = value!({"matchLabels": {"app": "work"}});
    match kind {
        Kind::Deployment | Kind::ReplicaSet => {
            value!({"replicas": 3, "selector": selector, "template": pods("work")})
        }
        Kind::StatefulSet => {
            value!({"replicas": 2, "serviceName": "work", "selector": selector, "template": pods("work")})
        }
        Kind::ReplicationController => {
            value!({"replicas": 2, "selector": {"app": "work"}, "template": pods("work")})
        }
        Kind::Job => {
            let mut template = pods("work");
            template.set_at(&["spec", "restartPolicy"], "Never");
            value!({"completions": 2, "template": template})
        }
        Kind::PodDisruptionBudget => {
            value!({"maxUnavailable": 1, "selector": {"matchLabels": {"app": "log"}}})
        }
        Kind::Service => value!({"selector": {"app": "log"}, "ports": [{"port": 80}]}),
        Kind::PersistentVolumeClaim => value!({
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
        }),
        _ => unreachable!("not asked for"),
    }
}

#[test]
fn a_controller_that_slept_does_what_one_does_that_never_did() {
    let start = || {
        let nodes = ["a", "b", "c"].map(Cluster::node).to_vec();
        let mut cluster = Cluster::new(Setup {
            nodes,
            ..Setup::default()
        });
        let spec = value!({"selector": {"matchLabels": {"app": "log"}}, "template": pods("log")});
        create(&mut cluster, Kind::DaemonSet, "log", spec);
        cluster
    };
    for kind in [
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::ReplicationController,
        Kind::StatefulSet,
        Kind::Job,
        Kind::PodDisruptionBudget,
        Kind::Service,
        Kind::PersistentVolumeClaim,
    ] {
        for later in [0, 1_503, 20_000] {
            let (mut slept, mut awake) = (start(), start());
            awake.wake_all();
            for cluster in [&mut slept, &mut awake] {
                let at = cluster.now() + SimSpan::from_millis(later);
                cluster.advance_to(at, 1_000_000);
                create(cluster, kind, "work", work(kind));
                let at = cluster.now() + SimSpan::from_secs(90);
                cluster.advance_to(at, 1_000_000);
            }
            assert!(slept.events_done() < awake.events_done());
            assert!(slept.objects(kind).count() > 0, "{kind:?}");
            let hashes = [&slept, &awake].map(|cluster| cluster.api().trace().hash());
            assert_eq!(hashes[0], hashes[1], "{kind:?} after {later} ms");
        }
    }
}
