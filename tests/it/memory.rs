//! Pods of one revision share what they have in common: how many lists and maps each has for itself.

use daemonset_playground::cluster::{Cluster, Command, Reply, Request, Setup, Verb};
use daemonset_playground::k8s::{Kind, Value};
use daemonset_playground::sim::SimSpan;
use daemonset_playground::value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Adds the addresses of a tree's lists and maps that were not met before.
fn walk(value: &Value, met: &mut BTreeSet<usize>) {
    match value {
        Value::List(list) => {
            if met.insert(Arc::as_ptr(list).addr()) {
                list.iter().for_each(|item| walk(item, met));
            }
        }
        Value::Map(map) => {
            if met.insert(Arc::as_ptr(map).addr()) {
                map.values().for_each(|item| walk(item, met));
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {}
    }
}

#[test]
fn pods_share_their_template_and_what_they_report_alike() {
    const NODES: usize = 30;
    let nodes = (0..NODES)
        .map(|i| Cluster::node(&format!("node{i:02}")))
        .collect();
    let mut cluster = Cluster::new(Setup {
        nodes,
        ..Setup::default()
    });
    let env: Value = (0..40)
        .map(|i| value!({"name": format!("A{i}"), "value": "b"}))
        .collect();
    let value = value!({
        "metadata": {"name": "agent", "labels": {"a": "b"}},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {
            "metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "a", "image": "a:1", "env": env,
                "resources": {"requests": {"cpu": "10m", "memory": "20Mi"}}}]}}},
    });
    let verb = Verb::Create {
        kind: Kind::DaemonSet,
        namespace: "default".into(),
        value,
    };
    let reply = cluster.dispatch(Command::Request(Request::new("kubectl", verb)));
    assert!(matches!(reply, Reply::Written(_)));
    cluster.advance_to(cluster.now() + SimSpan::from_secs(60), 1_000_000);
    let mut met = BTreeSet::new();
    let sizes: Vec<usize> = cluster
        .objects(Kind::Pod)
        .map(|pod| {
            let before = met.len();
            walk(pod.value(), &mut met);
            met.len() - before
        })
        .collect();
    assert_eq!(sizes.len(), NODES);
    // Its name, its node, its token volume, its address, and the lists and maps on the way there.
    let own = sizes[1..].iter().sum::<usize>() / (NODES - 1);
    assert!(own <= 40, "{own} lists and maps of its own, {sizes:?}");
}
