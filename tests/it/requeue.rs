//! A node event makes the controller look again at those DaemonSets alone that it can affect.

use daemonset_playground::cluster::{
    Cluster, Command, Patch, Request, Setup, SimSpan, Subresource, Verb,
};
use daemonset_playground::k8s::{Kind, Str, Value};
use daemonset_playground::value;

fn daemon_set(name: &'static str, pod: Value) -> Value {
    let labels = value!({"app": name});
    let mut spec = value!({"containers": [{"name": "main", "image": "example.com/x:1"}]});
    for (field, value) in pod
        .as_map()
        .into_iter()
        .flat_map(daemonset_playground::k8s::Map::iter)
    {
        spec.set(field.clone(), value.clone());
    }
    value!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": &labels},
            "template": {"metadata": {"labels": &labels}, "spec": spec},
        },
    })
}

fn request(cluster: &mut Cluster, verb: Verb) {
    cluster.dispatch(Command::Request(Request::new("test", verb)));
}

/// Two nodes in two zones; DaemonSets for everywhere, for each zone, and for everywhere whatever the taints.
fn world() -> Cluster {
    let node = |name: &str, zone: &'static str| {
        let mut node = Cluster::node(name);
        node.set_at(&["metadata", "labels"], value!({"zone": zone}));
        node
    };
    let mut cluster = Cluster::new(Setup {
        nodes: vec![node("a1", "a"), node("b1", "b")],
        warm_up: SimSpan::from_secs(30),
        ..Setup::default()
    });
    let sets = [
        ("all", value!({})),
        ("in-a", value!({"nodeSelector": {"zone": "a"}})),
        ("in-b", value!({"nodeSelector": {"zone": "b"}})),
        ("tough", value!({"tolerations": [{"operator": "Exists"}]})),
    ];
    for (name, pod) in sets {
        let value = daemon_set(name, pod);
        request(
            &mut cluster,
            Verb::Create {
                kind: Kind::DaemonSet,
                namespace: "default".into(),
                value,
            },
        );
    }
    cluster.advance_to(cluster.now() + SimSpan::from_secs(20), 100_000);
    cluster
}

/// The DaemonSets that a patch of node `a1` brings into the queue, and whether the node was looked at.
fn requeued(subresource: Subresource, patch: Value) -> (bool, Vec<Str>) {
    let mut cluster = world();
    request(
        &mut cluster,
        Verb::Patch {
            kind: Kind::Node,
            namespace: "".into(),
            name: "a1".into(),
            subresource,
            patch: Patch::Merge(patch),
        },
    );
    let delivered = |cluster: &Cluster| {
        let informer = cluster.parts().daemonset.part().cache().informer();
        let version = |o: Option<&std::sync::Arc<daemonset_playground::k8s::Object>>| {
            o.map(|o| o.meta().resource_version)
        };
        let stored = cluster.api().get(Kind::Node, "", "a1").ok();
        version(informer.get(Kind::Node, "", "a1")) == version(stored)
    };
    while !delivered(&cluster) {
        assert!(cluster.step(), "the watch delivers the change");
    }
    let mut part = cluster.parts().daemonset.part().clone();
    let looked = part.node_queue().waiting().count() > 0;
    part.process_nodes();
    let keys = part.queue().waiting().map(|key| key.name.clone());
    (looked, keys.collect())
}

#[test]
fn a_node_event_requeues_only_what_it_can_affect() {
    let taints =
        |effect: &'static str| value!({"spec": {"taints": [{"key": "x", "effect": effect}]}});
    let (main, status) = (Subresource::Main, Subresource::Status);
    let ready =
        value!([{"type": "Ready", "status": "True", "lastHeartbeatTime": "2026-01-01T00:10:00Z"}]);
    let rows: [(&str, Subresource, Value, bool, &[&str]); 7] = [
        (
            "a heartbeat",
            status,
            value!({"status": {"conditions": ready}}),
            false,
            &[],
        ),
        (
            "an annotation",
            main,
            value!({"metadata": {"annotations": {"note": "x"}}}),
            false,
            &[],
        ),
        (
            "a label that nobody selects",
            main,
            value!({"metadata": {"labels": {"color": "red"}}}),
            true,
            &[],
        ),
        (
            "another zone",
            main,
            value!({"metadata": {"labels": {"zone": "b"}}}),
            true,
            &["in-a", "in-b"],
        ),
        (
            "no zone",
            main,
            value!({"metadata": {"labels": null}}),
            true,
            &["in-a"],
        ),
        ("pods may stay", main, taints("NoSchedule"), true, &[]),
        (
            "pods must go",
            main,
            taints("NoExecute"),
            true,
            &["all", "in-a"],
        ),
    ];
    for (name, subresource, patch, looked, keys) in rows {
        let found = requeued(subresource, patch);
        assert_eq!(
            found,
            (looked, keys.iter().map(|k| Str::new(k)).collect()),
            "{name}"
        );
    }
}
