//! Replay: a run that was rewound and played again at random moments leaves the same trace as one that went
//! straight through.

use daemonset_playground::cluster::{
    Cluster, Command, Effect, History, PartId, Patch, Request, Rule, Setup, SimSpan, SimTime,
    Subresource, Verb,
};
use daemonset_playground::k8s::{Kind, Str, Value};
use daemonset_playground::sim::Rng;
use daemonset_playground::value;

fn patch(kind: Kind, namespace: &'static str, name: &'static str, patch: Value) -> Command {
    Command::Request(Request::new(
        "replay",
        Verb::Patch {
            kind,
            namespace: namespace.into(),
            name: name.into(),
            subresource: Subresource::Main,
            patch: Patch::Merge(patch),
        },
    ))
}

fn create() -> Command {
    let labels = value!({"app": "log"});
    let value = value!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "log", "namespace": "default"},
        "spec": {"selector": {"matchLabels": &labels}, "template": {
            "metadata": {"labels": &labels},
            "spec": {"containers": [{"name": "main", "image": "example.com/log:1"}]}
        }},
    });
    Command::Request(Request::new(
        "replay",
        Verb::Create {
            kind: Kind::DaemonSet,
            namespace: "default".into(),
            value,
        },
    ))
}

fn image(tag: u32) -> Command {
    let image = format!("example.com/log:{tag}");
    let spec = value!({"template": {"spec": {"containers": [{"name": "main", "image": image}]}}});
    patch(Kind::DaemonSet, "default", "log", value!({"spec": spec}))
}

fn taint(effect: &'static str) -> Command {
    let taints = value!([{"key": "gpu", "effect": effect}]);
    patch(
        Kind::Node,
        "",
        "node-1",
        value!({"spec": {"taints": taints}}),
    )
}

fn refused() -> Rule {
    Rule {
        actor: "daemonset-controller".into(),
        verb: "create".into(),
        kind: Some(Kind::Pod),
        effect: Effect::Fail,
        times: Some(2),
    }
}

/// Each scenario: seconds to let pass before each command.
fn scenarios() -> Vec<(&'static str, Vec<(u64, Command)>)> {
    let late = Command::NodeAdd {
        node: Cluster::node("late"),
    };
    let (node, part) = (Str::from("node-1"), PartId::DaemonSet);
    vec![
        ("placed", vec![(1, create())]),
        ("rolled", vec![(1, create()), (15, image(2))]),
        (
            "reverted half-way",
            vec![(1, create()), (15, image(2)), (3, image(1))],
        ),
        (
            "tainted",
            vec![
                (1, create()),
                (15, taint("NoExecute")),
                (9, taint("NoSchedule")),
            ],
        ),
        (
            "a node joins a rollout",
            vec![(1, create()), (15, image(2)), (2, late)],
        ),
        (
            "a kubelet stops",
            vec![
                (1, create()),
                (15, Command::NodeStop { node: node.clone() }),
                (50, image(2)),
                (20, Command::NodeStart { node }),
            ],
        ),
        (
            "the controller restarts, loses its watch, is refused",
            vec![
                (1, create()),
                (0, Command::ApiFault { rule: refused() }),
                (1, Command::PartStop { part }),
                (2, Command::PartStart { part }),
                (9, image(2)),
                (0, Command::LoseWatch { part }),
            ],
        ),
    ]
}

fn setup(seed: u64) -> Setup {
    Setup {
        seed,
        nodes: (0..3)
            .map(|i| Cluster::node(&format!("node-{i}")))
            .collect(),
        warm_up: SimSpan::from_secs(5),
        ..Setup::default()
    }
}

/// Somewhere between the start and the present moment, by time and by event, and back again.
fn wander(history: &mut History, rng: &mut Rng) {
    let (present, events) = (history.cluster().now(), history.cluster().events_done());
    let (from, to) = (history.start().as_millis(), present.as_millis());
    for _ in 0..2 {
        let at = from + rng.below(to - from + 1);
        history.seek(SimTime::from_millis(at));
        history.seek_event(rng.below(events + 1));
    }
    history.seek(present);
}

/// The trace's hash and the number of events at the end.
fn run(seed: u64, commands: &[(u64, Command)], seeks: bool) -> (u64, u64) {
    let mut history = History::new(setup(seed));
    let mut rng = Rng::new(seed).fork("seeks");
    for (seconds, command) in commands {
        let until = history.cluster().now() + SimSpan::from_secs(*seconds);
        history.advance_to(until, 1_000_000);
        if seeks {
            wander(&mut history, &mut rng);
        }
        history.cluster_mut().dispatch(command.clone());
    }
    let until = history.cluster().now() + SimSpan::from_secs(30);
    history.advance_to(until, 1_000_000);
    if seeks {
        wander(&mut history, &mut rng);
    }
    let cluster = history.cluster();
    (cluster.api().trace().hash(), cluster.events_done())
}

#[test]
fn seeks_leave_no_trace() {
    for (seed, (name, commands)) in (1..).zip(scenarios()) {
        let straight = run(seed, &commands, false);
        assert_eq!(run(seed, &commands, true), straight, "{name}");
        assert!(straight.1 > 0, "{name}: something happened");
    }
}
