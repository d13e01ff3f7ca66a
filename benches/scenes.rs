//! What the benches run: a cluster of some size, one DaemonSet placed, rolled.

use daemonset_playground::cluster::{Cluster, Command, Reply, Request, Setup, Verb};
use daemonset_playground::k8s::{Kind, Str, Value};
use daemonset_playground::sim::SimSpan;
use daemonset_playground::sim::apiserver::{Patch, Subresource};
use daemonset_playground::value;

/// Simulated time after which a scene that has not settled is a failure.
const PATIENCE: SimSpan = SimSpan::from_secs(4 * 3600);

/// A cluster of `nodes` workers; bare ones have no kubelet, so that their pods stay Pending.
pub fn cluster(nodes: u32, bare: bool) -> Cluster {
    let nodes = (0..nodes)
        .map(|i| Cluster::node(&format!("node-{i:06}")))
        .collect();
    Cluster::new(Setup {
        nodes,
        bare_nodes: bare,
        ..Setup::default()
    })
}

/// The manifest of the benches, with a share of pods that may be replaced at a time.
fn daemon_set(name: &str, max_unavailable: &str) -> Value {
    let labels = value!({"app": Str::new(name)});
    value!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": Str::new(name), "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": &labels},
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": Str::new(max_unavailable)},
            },
            "template": {
                "metadata": {"labels": &labels},
                "spec": {"containers": [{
                    "name": "agent", "image": "registry.example.com/agent:1",
                    "resources": {"requests": {"cpu": "10m", "memory": "20Mi"}},
                }]},
            },
        },
    })
}

fn send(cluster: &mut Cluster, verb: Verb) {
    match cluster.dispatch(Command::Request(Request::new("bench", verb))) {
        Reply::Refused(status) => panic!("refused: {status}"),
        Reply::Written(_) | Reply::Deleted(_) | Reply::Done => {}
    }
}

/// Lets time pass until the DaemonSet's status fulfills a condition.
fn until(cluster: &mut Cluster, name: &str, done: impl Fn(&Value) -> bool) {
    let end = cluster.now() + PATIENCE;
    loop {
        let found = cluster.api().get(Kind::DaemonSet, "default", name);
        let status = found
            .map(|ds| ds.value().get("status").clone())
            .unwrap_or_default();
        if done(&status) {
            return;
        }
        assert!(
            cluster.now() < end,
            "the scene settles: {status} {}",
            events(cluster)
        );
        let next = cluster.now() + SimSpan::from_millis(500);
        while cluster.advance_to(next, 1_000_000) == daemonset_playground::cluster::Advanced::Limit
        {
        }
    }
}

/// The warnings so far, for a scene that does not settle.
fn events(cluster: &Cluster) -> String {
    let warnings = cluster.objects(Kind::Event).map(|e| e.value());
    let warnings = warnings.filter(|e| e.get("type").text() == "Warning");
    warnings
        .take(5)
        .map(|e| e.get("message").to_string())
        .collect::<Vec<_>>()
        .join("; ")
}

fn is(status: &Value, field: &str, nodes: u32) -> bool {
    status.get(field).as_i64().unwrap_or(0) == i64::from(nodes)
}

/// Applies a DaemonSet and waits until every pod is Ready (created, on bare nodes).
pub fn place(cluster: &mut Cluster, name: &str, nodes: u32, max_unavailable: &str) {
    let value = daemon_set(name, max_unavailable);
    send(
        cluster,
        Verb::Create {
            kind: Kind::DaemonSet,
            namespace: "default".into(),
            value,
        },
    );
    let counter = if cluster.setup().bare_nodes {
        "currentNumberScheduled"
    } else {
        "numberReady"
    };
    until(cluster, name, |status| {
        is(status, counter, nodes) && is(status, "desiredNumberScheduled", nodes)
    });
}

/// Changes the image and waits until every pod is of the new revision (and available, with kubelets).
pub fn roll(cluster: &mut Cluster, name: &str, nodes: u32, image: &str) {
    let generation = cluster
        .api()
        .get(Kind::DaemonSet, "default", name)
        .map(|ds| ds.meta().generation)
        .unwrap_or_default();
    let container = value!({"name": "agent", "image": Str::new(image)});
    let patch = value!({"spec": {"template": {"spec": {"containers": [container]}}}});
    let verb = Verb::Patch {
        kind: Kind::DaemonSet,
        namespace: "default".into(),
        name: Str::new(name),
        subresource: Subresource::Main,
        patch: Patch::Strategic(patch),
    };
    send(cluster, verb);
    let bare = cluster.setup().bare_nodes;
    until(cluster, name, |status| {
        status.get("observedGeneration").as_i64().unwrap_or(0) > generation
            && is(status, "updatedNumberScheduled", nodes)
            && (bare || is(status, "numberAvailable", nodes))
    });
}

/// Annotates a DaemonSet and lets the sync that follows end.
#[allow(dead_code, reason = "not every program that plays scenes asks for it")]
pub fn touch(cluster: &mut Cluster, name: &str, number: u32) {
    let patch = value!({"metadata": {"annotations": {"touched": number.to_string()}}});
    let verb = Verb::Patch {
        kind: Kind::DaemonSet,
        namespace: "default".into(),
        name: Str::new(name),
        subresource: Subresource::Main,
        patch: Patch::Merge(patch),
    };
    send(cluster, verb);
    let next = cluster.now() + SimSpan::from_millis(200);
    cluster.advance_to(next, 1_000_000);
}

/// Lets seconds pass.
#[allow(dead_code, reason = "not every program that plays scenes asks for it")]
pub fn wait(cluster: &mut Cluster, seconds: u64) {
    let end = cluster.now() + SimSpan::from_secs(seconds);
    while cluster.advance_to(end, 1_000_000) == daemonset_playground::cluster::Advanced::Limit {}
}
