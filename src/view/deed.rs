//! A command as a line of text for its mark on the time line.

use super::Say;
use crate::cluster::{Command, Request, Verb};
use crate::k8s::{Kind, Str};
use crate::say;

/// What a command does, in a few words.
pub fn title(command: &Command) -> Say {
    match command {
        Command::Request(request) => request_title(request),
        Command::NodeAdd { node } => {
            say!("node {} joins", node.at(&["metadata", "name"]).text())
        }
        Command::NodeStop { node } => say!("the kubelet of {} stops", node),
        Command::NodeStart { node } => say!("the kubelet of {} starts", node),
        Command::NetworkDown { node } => say!("the network of {} goes down", node),
        Command::NetworkUp { node } => say!("the network of {} comes up", node),
        Command::StaticAdd { node, file, .. } => say!("static manifest {} on {}", file, node),
        Command::StaticRemove { node, file } => say!("static manifest {} leaves {}", file, node),
        Command::Pressure {
            node,
            condition,
            on: true,
        } => say!("{} begins on {}", condition, node),
        Command::Pressure {
            node,
            condition,
            on: false,
        } => say!("{} ends on {}", condition, node),
        Command::Registry { up: true } => say!("the registry answers again"),
        Command::Registry { up: false } => say!("the registry is down"),
        Command::SlowPulls { factor } => say!("pulls take {} times as long", factor),
        Command::CrashContainer { pod, container, .. } => {
            say!("container {} of {} crashes", container, pod)
        }
        Command::PartStop { part } => say!("{} stops", part.name()),
        Command::PartStart { part } => say!("{} starts", part.name()),
        Command::LoseWatch { part } => say!("{} loses its watches", part.name()),
        Command::ApiFault { .. } => say!("the API server begins to fail"),
        Command::ApiHeal => say!("the API server works again"),
    }
}

fn request_title(request: &Request) -> Say {
    let object = |kind: Kind, namespace: &Str, name: &str| {
        if namespace.is_empty() {
            format!("{} {name}", kind.name())
        } else {
            format!("{} {namespace}/{name}", kind.name())
        }
    };
    let named = |kind: Kind, value: &crate::k8s::Value| {
        let meta = value.get("metadata");
        object(
            kind,
            &meta.get("namespace").to_str(),
            meta.get("name").text(),
        )
    };
    match &request.verb {
        Verb::Create { kind, value, .. } => say!("create {}", &named(*kind, value)),
        Verb::Update { kind, value, .. } => say!("replace {}", &named(*kind, value)),
        Verb::Patch {
            kind,
            namespace,
            name,
            ..
        } => say!("change {}", &object(*kind, namespace, name)),
        Verb::Delete {
            kind,
            namespace,
            name,
            ..
        } => say!("delete {}", &object(*kind, namespace, name)),
        Verb::Evict { namespace, pod, .. } => say!("evict {}", &object(Kind::Pod, namespace, pod)),
    }
}
