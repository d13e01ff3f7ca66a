//! One busy scene, played natively and in the browser's wasm: both must leave the same trace and the same objects.
//!
//! `hash.txt` holds what it leaves. After a change that is meant to alter runs:
//! `UPDATE_EXPECT=1 cargo test --test it parity`.

use daemonset_playground::cluster::{
    Cluster, Command, DeleteOptions, Effect, PartId, Patch, Request, Rule, Setup, SimSpan,
    Subresource, Verb,
};
use daemonset_playground::k8s::kind::KINDS;
use daemonset_playground::k8s::{Kind, Str, Value};
use daemonset_playground::value;
use std::collections::BTreeMap;

fn request(verb: Verb) -> Command {
    Command::Request(Request::new("parity", verb))
}

fn patch(kind: Kind, name: &'static str, patch: Value) -> Command {
    let namespace = if kind.namespaced() { "default" } else { "" };
    request(Verb::Patch {
        kind,
        namespace: namespace.into(),
        name: name.into(),
        subresource: Subresource::Main,
        patch: Patch::Merge(patch),
    })
}

/// A DaemonSet whose container runs a script.
fn daemon_set(name: &'static str, script: &'static str, strategy: Value, extra: Value) -> Command {
    let labels = value!({"app": name});
    let mut spec = value!({
        "containers": [{
            "name": "main", "image": "example.com/agent:1", "command": ["sh", "-c", script],
            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
        }],
    });
    if !extra.is_empty() {
        spec.set("tolerations", extra);
    }
    let value = value!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": &labels},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": strategy},
            "template": {"metadata": {"labels": &labels}, "spec": spec},
        },
    });
    request(Verb::Create {
        kind: Kind::DaemonSet,
        namespace: "default".into(),
        value,
    })
}

fn image(name: &'static str, image: &'static str) -> Command {
    let containers = value!([{"name": "main", "image": image}]);
    patch(
        Kind::DaemonSet,
        name,
        value!({"spec": {"template": {"spec": {"containers": containers}}}}),
    )
}

fn taint(node: &'static str, effect: &'static str) -> Command {
    let taints = value!([{"key": "gpu", "value": "x", "effect": effect}]);
    patch(Kind::Node, node, value!({"spec": {"taints": taints}}))
}

/// Seconds to let pass before each command: placing, rolling with both budgets, taints, a kubelet that stops,
/// a crash loop, refusals, a lost watch, nodes that come and go.
fn commands() -> Vec<(u64, Command)> {
    let shares = || value!({"maxUnavailable": "40%"});
    let surge = || value!({"maxSurge": 1, "maxUnavailable": 0});
    let all = || value!([{"operator": "Exists"}]);
    let stopped = || Str::from("node-2");
    vec![
        (1, daemon_set("log", "sleep 100000", shares(), Value::Null)),
        (1, daemon_set("net", "sleep 100000", surge(), all())),
        (
            3,
            daemon_set("bad", "sleep 2; exit 3", shares(), Value::Null),
        ),
        (9, image("log", "example.com/agent:2")),
        (4, taint("node-1", "NoSchedule")),
        (5, image("net", "example.com/agent:2")),
        (8, taint("node-0", "NoExecute")),
        (2, Command::NodeStop { node: stopped() }),
        (70, image("log", "example.com/agent:missing")),
        (9, Command::NodeStart { node: stopped() }),
        (
            2,
            Command::NodeAdd {
                node: Cluster::node("late"),
            },
        ),
        (
            3,
            Command::ApiFault {
                rule: Rule {
                    actor: "daemonset-controller".into(),
                    verb: "create".into(),
                    kind: None,
                    effect: Effect::FailAfter,
                    times: Some(3),
                },
            },
        ),
        (0, image("log", "example.com/agent:1")),
        (
            1,
            Command::LoseWatch {
                part: PartId::Scheduler,
            },
        ),
        (9, Command::SlowPulls { factor: 3 }),
        (0, image("log", "example.com/agent:3")),
        (
            4,
            request(Verb::Delete {
                kind: Kind::Node,
                namespace: "".into(),
                name: "node-4".into(),
                options: DeleteOptions::default(),
            }),
        ),
    ]
}

/// FNV-1a, as the trace hashes itself.
fn mix(hash: u64, text: &str) -> u64 {
    text.bytes().fold(hash, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// How often each reason was told, so that a reader sees what the scene has in it.
fn reasons(cluster: &Cluster) -> String {
    let mut counts: BTreeMap<Str, i64> = BTreeMap::new();
    for event in cluster.objects(Kind::Event) {
        let times = event.value().get("count").as_i64().unwrap_or(1);
        *counts
            .entry(event.value().get("reason").to_str())
            .or_default() += times;
    }
    counts.iter().fold(String::new(), |text, (reason, count)| {
        format!("{text}{reason} {count}\n")
    })
}

/// Plays the scene; one line a figure.
pub fn figures() -> String {
    let mut cluster = Cluster::new(Setup {
        seed: 42,
        nodes: (0..5)
            .map(|i| Cluster::node(&format!("node-{i}")))
            .collect(),
        warm_up: SimSpan::from_secs(5),
        ..Setup::default()
    });
    for (seconds, command) in commands() {
        cluster.advance_to(cluster.now() + SimSpan::from_secs(seconds), 1_000_000);
        cluster.dispatch(command);
    }
    cluster.advance_to(cluster.now() + SimSpan::from_secs(120), 1_000_000);
    let objects = KINDS.iter().flat_map(|info| cluster.objects(info.kind));
    let (count, stored) = objects.fold((0, 0xcbf2_9ce4_8422_2325), |(count, hash), object| {
        (count + 1, mix(hash, &object.value().to_string()))
    });
    let trace = cluster.api().trace();
    format!(
        "events {}\ncalls {}\ntrace {:016x}\nobjects {count}\nstored {stored:016x}\n\n{}",
        cluster.events_done(),
        trace.count(),
        trace.hash(),
        reasons(&cluster),
    )
}
