//! The rhythm of a DaemonSet: what a watch of pods and DaemonSets sees, compared with the recording.

use daemonset_playground::cluster::{Cluster, Command, Request, Setup, Verb};
use daemonset_playground::k8s::{Kind, Object, Value};
use daemonset_playground::sim::SimSpan;
use daemonset_playground::sim::apiserver::{DeleteOptions, Patch, Subresource};
use daemonset_playground::value;

/// One line of a watch: a pod or the DaemonSet, times and versions left out.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Seen {
    Pod {
        name: String,
        node: String,
        phase: String,
        ready: String,
        reason: String,
        deleting: bool,
    },
    /// generation, observedGeneration, desired, current, ready, updated, available, unavailable
    Set([i64; 8]),
}

fn of_pod(object: &Object) -> Seen {
    let value = object.value();
    let status = value.at(&["status", "containerStatuses"]).index(0);
    let or_none = |text: &str| {
        if text.is_empty() {
            "<none>".into()
        } else {
            text.to_owned()
        }
    };
    let conditions = value.at(&["status", "conditions"]).items();
    let ready = conditions.iter().find(|c| c.get("type").text() == "Ready");
    Seen::Pod {
        name: object.name().to_string(),
        node: or_none(value.at(&["spec", "nodeName"]).text()),
        phase: or_none(value.at(&["status", "phase"]).text()),
        ready: or_none(ready.map_or("", |c| c.get("status").text())),
        reason: or_none(status.at(&["state", "waiting", "reason"]).text()),
        deleting: object.meta().terminating(),
    }
}

fn of_set(object: &Object) -> Seen {
    let status = object.value().get("status");
    let field = |name: &str| status.get(name).as_i64().unwrap_or(0);
    Seen::Set([
        object.meta().generation,
        field("observedGeneration"),
        field("desiredNumberScheduled"),
        field("currentNumberScheduled"),
        field("numberReady"),
        field("updatedNumberScheduled"),
        field("numberAvailable"),
        field("numberUnavailable"),
    ])
}

/// Does a command and tells what a watch sees until nothing changes any more.
fn scene(cluster: &mut Cluster, command: Command) -> Vec<Seen> {
    let cursor = cluster.api().store().committed();
    let _ = cluster.dispatch(command);
    let until = cluster.now() + SimSpan::from_secs(10);
    cluster.advance_to(until, 1_000_000);
    let mut seen = Vec::new();
    for change in cluster.api().store().changes_since(cursor) {
        let Some(new) = &change.new else { continue };
        if change.kind == Kind::Pod {
            seen.push(of_pod(new));
        } else if change.kind == Kind::DaemonSet {
            seen.push(of_set(new));
        }
    }
    seen
}

fn manifest() -> Value {
    value!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "d", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"app": "d"}},
            "template": {
                "metadata": {"labels": {"app": "d"}},
                "spec": {"containers": [{"name": "main", "image": "example.com/d:1"}]},
            },
        },
    })
}

fn create() -> Command {
    let (kind, namespace) = (Kind::DaemonSet, "default".into());
    let verb = Verb::Create {
        kind,
        namespace,
        value: manifest(),
    };
    Command::Request(Request::new("kubectl-create", verb))
}

fn set_image(image: &'static str) -> Command {
    let patch = value!({"spec": {"template": {"spec": {"containers": [
        {"name": "main", "image": image}
    ]}}}});
    let verb = Verb::Patch {
        kind: Kind::DaemonSet,
        namespace: "default".into(),
        name: "d".into(),
        subresource: Subresource::Main,
        patch: Patch::Strategic(patch),
    };
    Command::Request(Request::new("kubectl-set", verb))
}

fn delete_one(cluster: &Cluster) -> Command {
    let pod = cluster.objects(Kind::Pod).next().expect("three pods run");
    let verb = Verb::Delete {
        kind: Kind::Pod,
        namespace: "default".into(),
        name: pod.name().clone(),
        options: DeleteOptions::default(),
    };
    Command::Request(Request::new("kubectl-delete", verb))
}

fn cluster() -> Cluster {
    let nodes = ["worker01", "worker02", "worker03"].map(Cluster::node);
    let mut cluster = Cluster::new(Setup {
        nodes: nodes.to_vec(),
        ..Setup::default()
    });
    for name in ["worker01", "worker02", "worker03"] {
        let verb = Verb::Patch {
            kind: Kind::Node,
            namespace: "".into(),
            name: name.into(),
            subresource: Subresource::Main,
            patch: Patch::Merge(value!({"spec": {"taints": null}})),
        };
        cluster.dispatch(Command::Request(Request::new("kubectl-taint", verb)));
    }
    cluster
}

/// The recording, scene by scene.
fn recorded(scene: &str) -> Vec<Seen> {
    let text = include_str!("../golden/rhythm.txt");
    let header = format!("## {scene}");
    let lines = text.lines().skip_while(|line| *line != header).skip(1);
    lines
        .take_while(|line| !line.starts_with("## "))
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let number = |i: usize| words[i].parse().unwrap_or(0);
            if words[1] == "ds" {
                return Seen::Set(std::array::from_fn(|i| number(i + 3)));
            }
            Seen::Pod {
                name: words[2].into(),
                node: words[3].into(),
                phase: words[4].into(),
                ready: words[5].into(),
                reason: words[6].into(),
                deleting: words[7] != "<none>",
            }
        })
        .collect()
}

/// Pods and nodes under the numbers of their first appearance, a pod's repeated lines left out.
fn pods(seen: &[Seen]) -> Vec<(usize, String)> {
    let (mut names, mut nodes) = (Vec::new(), vec!["<none>".to_owned()]);
    let index = |list: &mut Vec<String>, text: &String| {
        list.iter().position(|t| t == text).unwrap_or_else(|| {
            list.push(text.clone());
            list.len() - 1
        })
    };
    let mut last: std::collections::BTreeMap<usize, String> = std::collections::BTreeMap::new();
    let mut lines = Vec::new();
    for line in seen {
        let Seen::Pod {
            name,
            node,
            phase,
            ready,
            reason,
            deleting,
        } = line
        else {
            continue;
        };
        let (pod, node) = (index(&mut names, name), index(&mut nodes, node));
        let text = format!("node {node} {phase} {ready} {reason} deleting {deleting}");
        if last.insert(pod, text.clone()).as_ref() != Some(&text) {
            lines.push((pod, text));
        }
    }
    lines
}

/// The counters in order. Whether a status is written in the moment between a new pod's creation and its
/// appearance in the controller's cache is a race, and the recording has it both ways: `skip_gaps` leaves out
/// those lines of both sides.
fn counters(seen: &[Seen], skip_gaps: bool) -> Vec<[i64; 8]> {
    seen.iter()
        .filter_map(|line| match line {
            Seen::Set(counters) => Some(*counters),
            Seen::Pod { .. } => None,
        })
        .filter(|[_, _, desired, current, ..]| !skip_gaps || current >= desired)
        .collect()
}

#[test]
fn the_scenes_of_the_recording() {
    let mut cluster = cluster();
    let played = scene(&mut cluster, create());
    let recording = recorded("create");
    assert_eq!(counters(&played, false), counters(&recording, false));
    // The three pods start side by side: each one's own sequence counts.
    let by_pod = |seen: &[Seen]| {
        let mut lines = pods(seen);
        for (_, text) in &mut lines {
            *text = text.replace(['1', '2', '3'], "n");
        }
        lines.sort_by_key(|(pod, _)| *pod);
        lines
    };
    assert_eq!(by_pod(&played), by_pod(&recording));

    let scenes = [
        ("roll", Some(set_image("example.com/d:2"))),
        (
            "roll back to an image that is present",
            Some(set_image("example.com/d:1")),
        ),
        ("delete one pod", None),
    ];
    for (name, command) in scenes {
        let command = command.unwrap_or_else(|| delete_one(&cluster));
        let played = scene(&mut cluster, command);
        let recording = recorded(name);
        assert_eq!(
            counters(&played, true),
            counters(&recording, true),
            "{name}"
        );
        assert_eq!(pods(&played), pods(&recording), "{name}");
    }
}

#[test]
fn a_replacement_comes_before_the_old_object_goes() {
    let mut cluster = cluster();
    scene(&mut cluster, create());
    let before = cluster.api().store().committed();
    let played = scene(&mut cluster, set_image("example.com/d:2"));
    let first = |wanted: &dyn Fn(&Seen) -> bool| played.iter().position(wanted);
    let made = first(&|seen| matches!(seen, Seen::Pod { node, .. } if node == "<none>"));
    let stopped = first(&|seen| matches!(seen, Seen::Pod { phase, .. } if phase == "Succeeded"));
    assert!(stopped < made, "the containers stop first");
    let replaced =
        |change: &&std::sync::Arc<daemonset_playground::sim::Change>| change.kind == Kind::Pod;
    let store = cluster.api().store();
    let changes: Vec<_> = store.changes_since(before).filter(replaced).collect();
    let made = changes.iter().position(|c| c.old.is_none());
    let gone = changes.iter().position(|c| c.new.is_none());
    assert!(
        made.is_some() && made < gone,
        "the new pod is made before the old one is gone"
    );
}
