//! Why a pod is where it is: who created it and for what reason, who bound it, what pins it.

use super::doings::create_why;
use super::say::Say;
use super::{age, node::node_of, pod::since};
use crate::cluster::{Cluster, SimTime};
use crate::k8s::kind::KINDS;
use crate::k8s::{Kind, Object};
use crate::say;

/// The story so far, oldest first.
pub fn life(cluster: &Cluster, pod: &Object) -> Vec<Say> {
    let mut out = vec![created(cluster, pod)];
    let node = node_of(pod);
    let (bound, name) = pod
        .pod()
        .map_or(("", ""), |p| (p.spec.node_name.as_str(), &*node));
    if pod
        .meta()
        .controller()
        .is_some_and(|o| o.kind == "DaemonSet")
        && !name.is_empty()
    {
        out.push(say!(
            "pinned to {} by the node affinity that the controller wrote",
            name
        ));
    }
    let start = SimTime::of(cluster.setup().start);
    if !bound.is_empty() {
        let entry = cluster.api().trace().entries().rev().find(|entry| {
            entry.verb == "bind"
                && entry.key.name == *pod.name()
                && entry.key.namespace == *pod.namespace()
                && entry.refused.is_empty()
        });
        out.push(match entry {
            Some(entry) => {
                let at = age::clock(entry.at.since(start).as_millis());
                say!("bound to {} by {} at {}", bound, &entry.actor, &at)
            }
            None if pod
                .meta()
                .annotation("kubernetes.io/config.source")
                .is_some() =>
            {
                say!("run by the kubelet of {} from a file", bound)
            }
            None => say!("bound to {}", bound),
        });
    }
    if let Some(ready) = pod.pod().and_then(|p| p.condition("Ready")) {
        let ago = age::short(since(&ready.last_transition_time, cluster.now()));
        out.push(if ready.status == "True" {
            say!("ready for {}", &ago)
        } else {
            say!("not ready for {}: {}", &ago, &ready.reason)
        });
    }
    out
}

fn created(cluster: &Cluster, pod: &Object) -> Say {
    let start = SimTime::of(cluster.setup().start);
    let entry = cluster.api().trace().entries().rev().find(|entry| {
        entry.verb == "create"
            && entry.key.kind == Kind::Pod
            && entry.key.name == *pod.name()
            && entry.key.namespace == *pod.namespace()
            && entry.refused.is_empty()
    });
    let Some(entry) = entry else {
        let at = pod.meta().creation.map_or(start, SimTime::of);
        return say!("created at {}", &age::clock(at.since(start).as_millis()));
    };
    let at = age::clock(entry.at.since(start).as_millis());
    let owner = pod.meta().controller();
    let note = owner.filter(|o| o.kind == "DaemonSet").and_then(|o| {
        let part = cluster.parts().daemonset.part();
        part.note(pod.namespace(), &o.name)
    });
    let why = note
        .filter(|note| note.planned_at.is_some_and(|planned| planned <= entry.at))
        .and_then(|note| {
            let node = node_of(pod);
            note.plan.create.iter().find(|one| one.node == node)
        });
    match why {
        Some(one) => say!(
            "created by {} at {}: {}",
            &entry.actor,
            &at,
            create_why(one.why)
        ),
        None => say!("created by {} at {}", &entry.actor, &at),
    }
}

/// One object of the chain from a pod up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owner {
    /// `Pod`, `DaemonSet`, `ControllerRevision`.
    pub kind: &'static str,
    pub name: String,
    /// `revision 2`, when it has one.
    pub note: Option<Say>,
}

/// Pod → its owner → that one's owner, and the revision of the template that it was made from.
pub fn chain(cluster: &Cluster, object: &Object) -> Vec<Owner> {
    let mut out = vec![Owner {
        kind: object.kind().name(),
        name: object.name().to_string(),
        note: None,
    }];
    let mut at = object.clone();
    for _ in 0..4 {
        let Some(owner) = at.meta().controller().cloned() else {
            break;
        };
        let Some(kind) = KINDS
            .iter()
            .map(|info| info.kind)
            .find(|kind| kind.name() == owner.kind.as_str())
        else {
            break;
        };
        let Some(found) = cluster.objects(kind).find(|o| *o.uid() == owner.uid) else {
            break;
        };
        out.push(Owner {
            kind: kind.name(),
            name: found.name().to_string(),
            note: None,
        });
        at = (**found).clone();
    }
    let hash = object.meta().label(super::daemon_set::HASH_LABEL);
    let revision = cluster.objects(Kind::ControllerRevision).find(|revision| {
        hash.is_some()
            && revision.meta().label(super::daemon_set::HASH_LABEL) == hash
            && revision.meta().controller().map(|o| &o.uid)
                == object.meta().controller().map(|o| &o.uid)
    });
    if let Some(revision) = revision {
        let number = revision.controller_revision().map_or(0, |r| r.revision);
        out.push(Owner {
            kind: Kind::ControllerRevision.name(),
            name: revision.name().to_string(),
            note: Some(say!("revision {}", &number)),
        });
    }
    out
}
