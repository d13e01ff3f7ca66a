//! Which pods of a node a drain takes away, and why it refuses others.
//!
//! Upstream: kubectl/pkg/drain/filters.go, drain.go `GetPodsForDeletion`

use crate::cluster::ApiServer;
use crate::console::kubectl::Call;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object};
use std::sync::Arc;

/// What is to be done.
pub(super) struct Found {
    pub(super) pods: Vec<Arc<Object>>,
    /// `ignoring DaemonSet-managed Pods: a/b, c/d`
    pub(super) warnings: Vec<String>,
}

/// What a filter says of a pod.
enum Verdict {
    Okay,
    Skip,
    Warn { delete: bool, why: String },
    Refuse(String),
}

impl Verdict {
    fn deletes(&self) -> bool {
        matches!(self, Verdict::Okay | Verdict::Warn { delete: true, .. })
    }
}

/// The pods of a node that go; or every reason not to begin.
pub(super) fn on(call: &Call, node: &str, api: &ApiServer) -> Result<Found, Vec<String>> {
    let selector = Selector::parse(call.flags.text("pod-selector").unwrap_or(""));
    let selector = selector.map_err(|why| vec![why])?;
    let mut found = Found {
        pods: Vec::new(),
        warnings: Vec::new(),
    };
    let mut warnings: Vec<(String, Vec<String>)> = Vec::new();
    let mut refusals: Vec<(String, Vec<String>)> = Vec::new();
    let here = api.list(Kind::Pod, None).filter(|pod| {
        pod.value().at(&["spec", "nodeName"]).text() == node && selector.matches(&pod.meta().labels)
    });
    for pod in here {
        let verdict = verdict(call, pod, api);
        let title = format!("{}/{}", pod.namespace(), pod.name());
        if verdict.deletes() {
            found.pods.push(pod.clone());
        }
        match verdict {
            Verdict::Okay | Verdict::Skip => {}
            Verdict::Warn { why, .. } => add(&mut warnings, why, title),
            Verdict::Refuse(why) => add(&mut refusals, why, title),
        }
    }
    if !refusals.is_empty() {
        let reasons = refusals.into_iter();
        return Err(reasons
            .map(|(why, pods)| format!("cannot delete {why}: {}", pods.join(", ")))
            .collect());
    }
    let told = warnings.into_iter();
    found.warnings = told
        .map(|(why, pods)| format!("{why}: {}", pods.join(", ")))
        .collect();
    Ok(found)
}

fn add(groups: &mut Vec<(String, Vec<String>)>, why: String, pod: String) {
    match groups.iter_mut().find(|(w, _)| *w == why) {
        Some((_, pods)) => pods.push(pod),
        None => groups.push((why, vec![pod])),
    }
}

/// The last filter's verdict; the first that keeps the pod decides.
fn verdict(call: &Call, pod: &Object, api: &ApiServer) -> Verdict {
    let filters: [fn(&Call, &Object, &ApiServer) -> Verdict; 4] =
        [daemon_set, mirror, local_storage, unreplicated];
    let mut last = Verdict::Okay;
    for filter in filters {
        last = filter(call, pod, api);
        if !last.deletes() {
            break;
        }
    }
    last
}

fn finished(pod: &Object) -> bool {
    matches!(
        pod.value().at(&["status", "phase"]).text(),
        "Succeeded" | "Failed"
    )
}

fn daemon_set(call: &Call, pod: &Object, api: &ApiServer) -> Verdict {
    let owner = pod.meta().owners.iter().find(|o| o.controller);
    let Some(owner) =
        owner.filter(|o| o.kind.as_str() == "DaemonSet" && o.api_version.as_str() == "apps/v1")
    else {
        return Verdict::Okay;
    };
    if finished(pod) {
        return Verdict::Okay;
    }
    if let Err(status) = api.get(Kind::DaemonSet, pod.namespace(), &owner.name) {
        return if call.flags.is("force") {
            Verdict::Warn {
                delete: true,
                why: status.message,
            }
        } else {
            Verdict::Refuse(status.message)
        };
    }
    if call.flags.is("ignore-daemonsets") {
        Verdict::Warn {
            delete: false,
            why: "ignoring DaemonSet-managed Pods".to_owned(),
        }
    } else {
        Verdict::Refuse("DaemonSet-managed Pods (use --ignore-daemonsets to ignore)".to_owned())
    }
}

fn mirror(_: &Call, pod: &Object, _: &ApiServer) -> Verdict {
    if pod
        .meta()
        .annotation("kubernetes.io/config.mirror")
        .is_some()
    {
        Verdict::Skip
    } else {
        Verdict::Okay
    }
}

fn local_storage(call: &Call, pod: &Object, _: &ApiServer) -> Verdict {
    let volumes = pod.value().at(&["spec", "volumes"]).items();
    let local = volumes
        .iter()
        .any(|v| v.field("emptyDir").is_some_and(|e| !e.is_null()));
    if !local || finished(pod) {
        return Verdict::Okay;
    }
    if call.flags.is("delete-emptydir-data") || call.flags.is("delete-local-data") {
        Verdict::Warn {
            delete: true,
            why: "deleting Pods with local storage".to_owned(),
        }
    } else {
        let why = "Pods with local storage (use --delete-emptydir-data to override)";
        Verdict::Refuse(why.to_owned())
    }
}

fn unreplicated(call: &Call, pod: &Object, _: &ApiServer) -> Verdict {
    if finished(pod) || pod.meta().owners.iter().any(|o| o.controller) {
        return Verdict::Okay;
    }
    if call.flags.is("force") {
        Verdict::Warn {
            delete: true,
            why: "deleting Pods that declare no controller".to_owned(),
        }
    } else {
        let why = "Pods that declare no controller (use --force to override)";
        Verdict::Refuse(why.to_owned())
    }
}
