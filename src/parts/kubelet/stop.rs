//! The end of a pod: acknowledged, containers stopped, final status, object removed.
//!
//! ```text
//! deletion seen ── acknowledge (observedGeneration) ── stop containers ── Succeeded or Failed ── object removed
//! ```
//!
//! Upstream: pkg/kubelet/kubelet.go `SyncTerminatingPod`, `SyncTerminatedPod`; pkg/kubelet/status/status_manager.go
//! `TerminatePod`

use super::node::Kubelet;
use super::state::{Exit, PodRun, RunState, Stage};
use super::{Kx, Step, runtime, status};
use crate::k8s::api::{Handler, Phase};
use crate::k8s::{Kind, Timestamp, Value, de};
use crate::sim::{DeleteOptions, EventType, SimSpan, SimTime};

/// What a status says of a container that ran when the runtime lost its memory.
pub const LOST_RUNNING: &str = "The container could not be located when the pod was deleted.  \
     The container used to be Running";
const LOST_AT_END: &str = "The container could not be located when the pod was terminated";

impl Kubelet {
    /// The kubelet has seen that the pod is to end.
    pub(super) fn acknowledge(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) {
        if pod.stage != Stage::Stopping {
            return;
        }
        if pod.any_running() {
            self.write_status(ctx, pod);
        }
        let uid = pod.object.uid().clone();
        let half = SimSpan::from_millis(ctx.latency.stop.as_millis() / 2);
        let at = ctx.now() + half + self.hooks(ctx, pod);
        self.pod_step(ctx, &uid, at, Step::Stop);
    }

    /// Announces the end of the running containers and runs their preStop hooks; returns how long these take.
    fn hooks(&mut self, ctx: &mut Kx<'_>, pod: &PodRun) -> SimSpan {
        let spec = pod.spec().clone();
        let grace = pod
            .object
            .meta()
            .deletion_grace
            .or(spec.termination_grace_period_seconds)
            .unwrap_or(30);
        let grace = SimSpan::from_secs(u64::try_from(grace).unwrap_or(0));
        let mut longest = SimSpan::ZERO;
        for index in 0..pod.containers.len() {
            if !pod.containers[index].is_running() {
                continue;
            }
            let container = PodRun::container(&spec, index);
            let hook = container.lifecycle.get("preStop");
            let exec: Handler = de::read(hook.get("exec"));
            // The pretended runtime is through with any command at once; the kubelet itself does the sleeping.
            let sleep = hook.at(&["sleep", "seconds"]).as_i64().unwrap_or(0);
            let span = SimSpan::from_secs(u64::try_from(sleep).unwrap_or(0));
            longest = longest.max(span.min(grace));
            let fails = runtime::exec_fails(&exec.command)
                || !hook.get("httpGet").is_null()
                || !hook.get("tcpSocket").is_null();
            if fails {
                let (kind, text) = (EventType::Warning, "PreStopHook failed");
                self.pod_event(ctx, pod, Some(index), kind, "FailedPreStopHook", text);
            }
        }
        self.killing(ctx, pod);
        longest
    }

    fn killing(&mut self, ctx: &mut Kx<'_>, pod: &PodRun) {
        for index in 0..pod.containers.len() {
            if pod.containers[index].is_running() {
                let name = &PodRun::container(pod.spec(), index).name;
                let text = format!("Stopping container {name}");
                self.pod_event(ctx, pod, Some(index), EventType::Normal, "Killing", &text);
            }
        }
    }

    /// Stops what runs, at once: the object is gone already.
    pub(super) fn kill_all(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) {
        self.killing(ctx, pod);
        for run in &mut pod.containers {
            run.end(0, ctx.now());
        }
    }

    /// Stops the containers; a container stops at once with exit code 0.
    pub(super) fn stop_containers(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) {
        if pod.stage != Stage::Stopping {
            return;
        }
        if !pod.terminating() {
            self.killing(ctx, pod);
        }
        let now = ctx.now();
        for run in &mut pod.containers {
            run.end(0, now);
        }
        let over = matches!(status::phase(pod), Phase::Succeeded | Phase::Failed);
        if over || pod.verdict.is_some() {
            pod.stage = Stage::Stopped;
        }
        // If something never ran the phase stays for now: its fate is told with the last status only.
        self.write_status(ctx, pod);
        self.forget(&pod.object.uid().clone());
        let (low, high) = (ctx.latency.remove_min, ctx.latency.remove_max);
        let rest = ctx.rng.range(low.as_millis(), high.as_millis());
        let uid = pod.object.uid().clone();
        self.pod_step(ctx, &uid, now + SimSpan::from_millis(rest), Step::Remove);
    }

    /// The last status, and the end of the object if it was to be deleted. False: the pod is done with.
    pub(super) fn remove_object(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) -> bool {
        let now = ctx.now();
        if pod.stage != Stage::Rejected {
            let before = std::mem::replace(&mut pod.stage, Stage::Stopped);
            let lost = mark_lost(pod, now);
            // What was told when the containers stopped still holds, unless the pod or its object has changed since.
            if before != Stage::Stopped || lost || pod.verdict.is_some() || !stands(ctx, pod) {
                self.write_status(ctx, pod);
            }
        }
        if !pod.terminating() {
            // Stays as it is until someone deletes it.
            return pod.stage != Stage::Stopped || !pod.is_static;
        }
        let options = DeleteOptions {
            grace_period: Some(0),
            precondition_uid: Some(pod.object.uid().clone()),
            ..DeleteOptions::default()
        };
        let (namespace, name) = (pod.object.namespace().clone(), pod.object.name().clone());
        let mut client = ctx.client.signed(self.actor.clone());
        match client.delete(Kind::Pod, &namespace, &name, &options) {
            // Finalizers may hold the object; the kubelet has done its part.
            Ok(_) => true,
            Err(status) if status.is_not_found() || status.is_conflict() => false,
            Err(_) => {
                let uid = pod.object.uid().clone();
                self.pod_step(ctx, &uid, now + SimSpan::from_secs(10), Step::Remove);
                true
            }
        }
    }
}

/// The last status that was written is still the object's newest version.
fn stands(ctx: &Kx<'_>, pod: &PodRun) -> bool {
    let (namespace, name) = (pod.object.namespace(), pod.object.name());
    let live = ctx.client.get(Kind::Pod, namespace, name);
    !pod.is_static && live.is_ok_and(|live| live.meta().resource_version == pod.written_version)
}

/// Marks containers that never ran as lost: app containers of an initialized pod, and init containers before
/// one that ran. True when there are some.
fn mark_lost(pod: &mut PodRun, now: SimTime) -> bool {
    let inits = pod.inits();
    let through = pod.containers[..inits]
        .iter()
        .rposition(|run| run.was_started() || run.last.is_some())
        .map_or(0, |last| last + 1);
    let initialized = pod.containers[..inits]
        .last()
        .is_none_or(|run| run.exit().is_some_and(|exit| exit.code == 0));
    let mut lost = false;
    for (index, run) in pod.containers.iter_mut().enumerate() {
        let counts = if index < inits {
            index < through
        } else {
            initialized
        };
        if counts && !run.was_started() {
            run.state = RunState::Exited(Box::new(Exit::lost(now, LOST_AT_END)));
            lost = true;
        }
    }
    lost
}

/// Reads an exit from a status.
pub fn read_exit(terminated: &Value, now: SimTime) -> Option<Exit> {
    if terminated.is_null() {
        return None;
    }
    let finished = Timestamp::parse(terminated.get("finishedAt").text());
    Some(Exit {
        id: terminated.get("containerID").to_str(),
        code: terminated.get("exitCode").as_i64().unwrap_or(0),
        reason: terminated.get("reason").to_str(),
        message: terminated.get("message").to_str(),
        started: Timestamp::parse(terminated.get("startedAt").text()),
        finished,
        at: finished.map_or(now, SimTime::of),
    })
}
