//! A pod that is changed while it runs: a container with another image is started anew, and resources are resized.
//!
//! ```text
//! spec changed ── image ── stopped, started
//!              └─ resources ── room? ── no: deferred, tried again
//!                                 └──── yes: allocated ── given to the containers ── seen at the next relist
//! ```
//!
//! Upstream: pkg/kubelet/allocation/allocation_manager.go, pkg/kubelet/kuberuntime/kuberuntime_manager.go
//! `computePodActions`

use super::node::Kubelet;
use super::state::{PodRun, Stage, Work, is_sidecar};
use super::{Kx, admit};
use crate::k8s::api::{Container, PodSpec};
use crate::k8s::{Str, Timestamp, Value, json};
use crate::sim::{EventType, SimSpan};
use crate::value;
use std::sync::Arc;

/// Conditions that tell of a resize.
pub const CONDITIONS: [&str; 2] = ["PodResizePending", "PodResizeInProgress"];

/// How a running pod differs from its spec.
#[derive(Clone, Debug)]
pub struct Change {
    /// The spec that room is taken for.
    pub allocated: Arc<PodSpec>,
    /// The spec whose resources the containers were last seen with.
    pub actual: Arc<PodSpec>,
    /// Why the resize waits, and since when.
    pending: Option<(Str, Timestamp)>,
    /// The resize at work: of which generation, and since when.
    doing: Option<(i64, Timestamp)>,
    /// Running containers that are to be started anew, and what is told of it.
    restarts: Vec<(usize, &'static str)>,
}

const OTHER_IMAGE: &str = "definition changed, will be restarted";
const RESIZED: &str = "resize requires restart";

impl Change {
    /// The conditions that the change puts before the pod's own.
    pub fn conditions(&self, generation: i64) -> Vec<Value> {
        let one = |kind: &'static str, generation: i64, since: Timestamp| {
            let since: Value = since.to_string().into();
            value!({
                "type": kind, "status": "True", "lastProbeTime": &since, "lastTransitionTime": &since,
                "observedGeneration": generation,
            })
        };
        let mut list = Vec::new();
        if let Some((message, since)) = &self.pending {
            let mut condition = one(CONDITIONS[0], generation, *since);
            condition.set("reason", "Deferred");
            condition.set("message", message);
            list.push(condition);
        }
        list.extend(self.doing.map(|(of, since)| one(CONDITIONS[1], of, since)));
        list
    }

    /// The container still runs as it was before.
    pub fn awaits_restart(&self, index: usize) -> bool {
        self.restarts.iter().any(|(i, _)| *i == index)
    }
}

impl PodRun {
    /// The spec that room is taken for: an older one while a resize waits.
    pub fn allocated(&self) -> &Arc<PodSpec> {
        let change = self.change.as_ref();
        change.map_or(self.spec(), |change| &change.allocated)
    }
}

impl Kubelet {
    /// A newer version of a pod has come, in the place of one with this spec.
    pub(super) fn spec_changed(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        before: &Arc<PodSpec>,
    ) {
        let spec = pod.spec().clone();
        let over = pod.stage != Stage::Syncing || pod.terminating();
        if over || Arc::ptr_eq(before, &spec) || *before == spec {
            return;
        }
        let change = pod.change.get_or_insert_with(|| {
            Box::new(Change {
                allocated: before.clone(),
                actual: before.clone(),
                pending: None,
                doing: None,
                restarts: Vec::new(),
            })
        });
        for (index, run) in pod.containers.iter().enumerate() {
            let (was, is) = (
                PodRun::container(before, index),
                PodRun::container(&spec, index),
            );
            let lasts = index >= spec.init_containers.len() || is_sidecar(is);
            if run.is_running() && lasts && was.image != is.image && !change.awaits_restart(index) {
                change.restarts.push((index, OTHER_IMAGE));
            }
        }
        let at = ctx.now() + ctx.latency.pod_status;
        self.resync_at(ctx, pod, at);
    }

    /// Takes room for other resources, and sees when the containers have them.
    pub(super) fn resize(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) {
        let Some(mut change) = pod.change.take() else {
            return;
        };
        let (spec, now) = (pod.spec().clone(), ctx.now());
        if change.doing.is_some() && change.restarts.is_empty() {
            change.actual = change.allocated.clone();
            let told = told(
                &change.actual,
                change.doing.take().map_or(0, |(of, _)| of),
                "",
            );
            let (kind, text) = (EventType::Normal, format!("Pod resize completed: {told}"));
            self.pod_event(ctx, pod, None, kind, "ResizeCompleted", &text);
        }
        if !differ(&spec, &change.allocated) {
            change.pending = None;
        } else if change.doing.is_none() {
            let generation = pod.object.meta().generation;
            match self.lacking(&spec) {
                Some((reason, text)) => {
                    if change.pending.as_ref().is_none_or(|(old, _)| *old != text) {
                        let told = told(&spec, generation, &text);
                        let text = format!("Pod resize {reason}: {told}");
                        self.pod_event(ctx, pod, None, EventType::Warning, "ResizeDeferred", &text);
                    }
                    change.pending = Some((text, now.timestamp()));
                }
                None => {
                    let told = told(&spec, generation, "");
                    let (kind, text) = (EventType::Normal, format!("Pod resize started: {told}"));
                    self.pod_event(ctx, pod, None, kind, "ResizeStarted", &text);
                    change.restarts.extend(restarts(pod, &change.actual));
                    change.allocated = spec;
                    change.pending = None;
                    change.doing = Some((generation, now.timestamp()));
                }
            }
        }
        let idle = change.doing.is_none() && change.pending.is_none();
        if !idle {
            let at = self.tick(now + SimSpan::from_millis(1));
            self.resync_at(ctx, pod, at);
        }
        if !idle || !change.restarts.is_empty() {
            pod.change = Some(change);
        }
    }

    /// What the node lacks for a pod beside the others: reason and sentence.
    fn lacking(&self, spec: &PodSpec) -> Option<(Str, Str)> {
        let node = self.node.as_ref()?;
        let others = self.pods.values().filter(|run| admit::active(run));
        let others: Vec<&PodSpec> = others.map(|run| run.allocated().as_ref()).collect();
        let short = admit::resources(&node.node()?.allocatable, spec, &others);
        let refusal = short.first()?.refusal();
        Some((refusal.reason, Str::from(refusal.text)))
    }

    /// Stops the containers that are to be started anew, and tells what a sync has to do then.
    pub(super) fn stop_changed(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) -> Option<Work> {
        let change = pod.change.as_mut()?;
        let mut restarts = std::mem::take(&mut change.restarts);
        restarts.retain(|(index, _)| pod.containers[*index].is_running());
        if restarts.is_empty() {
            return None;
        }
        for (index, why) in &restarts {
            let text = format!(
                "Container {} {why}",
                PodRun::container(pod.spec(), *index).name
            );
            self.pod_event(ctx, pod, Some(*index), EventType::Normal, "Killing", &text);
            pod.containers[*index].end(0, ctx.now());
        }
        let killed: Vec<usize> = restarts.iter().map(|(index, _)| *index).collect();
        Some(Work {
            todo: killed.clone().into(),
            touched: true,
            killed,
            ..Work::default()
        })
    }
}

/// All containers of a spec, in the order of [`PodRun::containers`].
fn containers(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    spec.init_containers.iter().chain(&spec.containers)
}

/// The specs ask for different resources.
fn differ(a: &PodSpec, b: &PodSpec) -> bool {
    let pairs = || containers(a).zip(containers(b));
    a.resources != b.resources || pairs().any(|(a, b)| a.resources != b.resources)
}

/// Running containers that take their new resources with a restart only.
fn restarts(pod: &PodRun, actual: &PodSpec) -> Vec<(usize, &'static str)> {
    let (spec, inits) = (pod.object.value().get("spec"), pod.inits());
    let pairs = containers(pod.spec()).zip(containers(actual)).enumerate();
    let restarted = pairs.filter(|(index, (new, old))| {
        let tree = match index.checked_sub(inits) {
            Some(index) => spec.get("containers").index(index),
            None => spec.get("initContainers").index(*index),
        };
        let amounts = |c: &Container, name: &str| {
            let resources = &c.resources;
            [&resources.requests, &resources.limits].map(|list| list.get(name).clone())
        };
        let by_restart = |policy: &Value| {
            let name = policy.get("resourceName").text();
            policy.get("restartPolicy").text() == "RestartContainer"
                && amounts(new, name) != amounts(old, name)
        };
        pod.containers[*index].is_running()
            && tree.get("resizePolicy").items().iter().any(by_restart)
    });
    restarted.map(|(index, _)| (index, RESIZED)).collect()
}

/// What an event says of a resize.
fn told(spec: &PodSpec, generation: i64, error: &str) -> String {
    let one = |container: &Container| {
        let mut resources = Value::map();
        for (list, amounts) in [
            ("limits", &container.resources.limits),
            ("requests", &container.resources.requests),
        ] {
            if !amounts.is_empty() {
                resources.set(list, amounts);
            }
        }
        value!({"name": &container.name, "resources": resources})
    };
    let list: Value = spec.containers.iter().map(one).collect();
    let error = match error {
        "" => String::new(),
        text => format!(",\"error\":{}", json::quoted(text)),
    };
    format!(
        "{{\"containers\":{},\"generation\":{generation}{error}}}",
        json::compact(&list)
    )
}
