//! Bringing a pod up: status, network, sandbox, then the containers that should run, one after another.
//!
//! ```text
//! sync ── status ── sandbox? ── todo: container ── back-off? ── image ── created, started ─┐
//!                                  ^                                                         │
//!                                  └────────────────────── next ───────────────────────────┘
//! end:  something started → sync again now (the status shows it)
//!       something failed  → again at the next relist if the runtime changed, else in 10 to 15 s
//!       else              → nothing until something happens
//! ```
//!
//! Upstream: pkg/kubelet/kubelet.go `SyncPod`, pkg/kubelet/kuberuntime/kuberuntime_manager.go `SyncPod`,
//! `computePodActions`, `doBackOff`

use super::image::Image;
use super::node::{Kubelet, NO_NETWORK};
use super::state::{PodRun, RunState, Stage, Work, is_sidecar};
use super::status;
use super::{Kx, Registry, Step, runtime};
use crate::k8s::Str;
use crate::k8s::api::{Handler, Phase};
use crate::sim::{EventType, SimSpan, SimTime};

/// Upstream: `backOffPeriod` and `workerBackOffPeriodJitterFactor` 0.5.
const RETRY: SimSpan = SimSpan::from_secs(10);

impl Kubelet {
    /// One sync of a pod that is to run.
    pub(super) fn sync(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, registry: Registry) {
        if pod.stage != Stage::Syncing {
            return;
        }
        if pod.work.is_some() {
            pod.again = true;
            return;
        }
        pod.again = false;
        if self.past_deadline(ctx, pod) {
            return;
        }
        self.resize(ctx, pod);
        if !self.about_to_restart(pod, ctx.now()) {
            self.write_status(ctx, pod);
        }
        if matches!(status::phase(pod), Phase::Succeeded | Phase::Failed) {
            // All is over: the worker tears the rest down before the phase shows.
            pod.stage = Stage::Stopping;
            let at = self.tick(ctx.now() + SimSpan::from_millis(1));
            self.pod_step(ctx, &pod.object.uid().clone(), at, Step::Stop);
            return;
        }
        if !self.network && !pod.spec().host_network {
            let message = format!("network is not ready: {NO_NETWORK}");
            self.pod_event(
                ctx,
                pod,
                None,
                EventType::Warning,
                "NetworkNotReady",
                &message,
            );
            self.retry(ctx, pod, None);
            return;
        }
        if self.mounts_fail(ctx, pod) {
            return;
        }
        if pod.sandbox.is_none() {
            pod.work = Some(Box::default());
            let at = ctx.now() + ctx.latency.sandbox;
            self.pod_step(ctx, &pod.object.uid().clone(), at, Step::Sandbox);
            return;
        }
        if let Some(work) = self.stop_changed(ctx, pod) {
            pod.work = Some(Box::new(work));
            self.next_container(ctx, pod, registry);
            return;
        }
        let todo = wanted(pod);
        if todo.is_empty() {
            return;
        }
        pod.work = Some(Box::new(Work {
            todo: todo.into(),
            ..Work::default()
        }));
        self.next_container(ctx, pod, registry);
    }

    /// A back-off that was shown is over and its container is about to run: what shows next is that.
    fn about_to_restart(&self, pod: &PodRun, now: SimTime) -> bool {
        let uid = pod.object.uid();
        wanted(pod).into_iter().any(|index| {
            let run = &pod.containers[index];
            let name = &PodRun::container(pod.spec(), index).name;
            let key = (uid.clone(), name.clone());
            let crashed = |why: &(Str, Str)| why.0 == "CrashLoopBackOff";
            run.why.as_deref().is_some_and(crashed)
                && run
                    .exit()
                    .is_some_and(|exit| !self.crash_backoff.in_backoff_since(&key, exit.at, now))
        })
    }

    /// The sandbox has come up.
    pub(super) fn sandbox_up(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, registry: Registry) {
        if pod.stage != Stage::Syncing || pod.sandbox.is_some() {
            return;
        }
        // The address shows with the next status only.
        pod.sandbox = Some(Str::default());
        self.write_status(ctx, pod);
        if !pod.spec().host_network {
            pod.sandbox = Some(self.next_address());
        }
        let todo = wanted(pod);
        pod.work = Some(Box::new(Work {
            todo: todo.into(),
            touched: true,
            ..Work::default()
        }));
        self.next_container(ctx, pod, registry);
    }

    /// The next address of the node's pod network.
    fn next_address(&mut self) -> Str {
        let cidr = self
            .node
            .as_ref()
            .map(|node| node.value().at(&["spec", "podCIDR"]).to_str())
            .unwrap_or_default();
        let base = cidr.rsplit_once('.').map_or("10.244.0", |(base, _)| base);
        let address = format!("{base}.{}", self.next_ip);
        self.next_ip = if self.next_ip >= 254 {
            2
        } else {
            self.next_ip + 1
        };
        Str::from(address)
    }

    /// Goes on with the sync's next container, or ends the sync.
    pub(super) fn next_container(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        registry: Registry,
    ) {
        loop {
            let Some(work) = &mut pod.work else { return };
            let Some(index) = work.todo.front().copied() else {
                self.end_sync(ctx, pod, registry);
                return;
            };
            if self.in_crash_backoff(ctx, pod, index) {
                self.skip(pod);
                continue;
            }
            match self.image(ctx, pod, index, registry) {
                Image::Here => {
                    if self.config_fails(ctx, pod, index) {
                        self.skip(pod);
                        continue;
                    }
                    let at = ctx.now() + ctx.latency.start;
                    let step = Step::Started { container: index };
                    self.pod_step(ctx, &pod.object.uid().clone(), at, step);
                    return;
                }
                Image::Awaited => return,
                Image::Refused => self.skip(pod),
            }
        }
    }

    /// The container at the head failed to start.
    pub(super) fn skip(&self, pod: &mut PodRun) {
        if let Some(work) = &mut pod.work {
            work.todo.pop_front();
            work.failed = true;
        }
    }

    /// True when the container must wait before it is restarted; else its back-off grows.
    fn in_crash_backoff(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, index: usize) -> bool {
        let work = pod.work.as_ref();
        let killed = work.is_some_and(|work| work.killed.contains(&index));
        let run = &pod.containers[index];
        if run.recalled {
            return false;
        }
        let exit = if killed {
            run.last.as_deref()
        } else {
            run.exit()
        };
        let Some(exit) = exit else {
            return false;
        };
        let (ended, now) = (exit.at, ctx.now());
        let spec = pod.spec().clone();
        let name = &PodRun::container(&spec, index).name;
        let uid = pod.object.uid().clone();
        let key = (uid.clone(), name.clone());
        if !self.crash_backoff.in_backoff_since(&key, ended, now) {
            self.crash_backoff.advance(&key, now);
            return false;
        }
        let delay = self.crash_backoff.delay(&key);
        let full = format!("{}_{}({uid})", pod.object.name(), pod.object.namespace());
        let message = format!("Back-off restarting failed container {name} in pod {full}");
        self.pod_event(
            ctx,
            pod,
            Some(index),
            EventType::Warning,
            "BackOff",
            &message,
        );
        let why = format!("back-off {delay} restarting failed container={name} pod={full}");
        pod.containers[index].why = Some(Box::new(("CrashLoopBackOff".into(), Str::from(why))));
        let rest = (ended + delay).since(now);
        if let Some(work) = &mut pod.work {
            work.backoff = Some(work.backoff.map_or(rest, |least| least.min(rest)));
        }
        true
    }

    /// A container has been created and started.
    pub(super) fn container_up(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        index: usize,
        registry: Registry,
    ) {
        let head = pod
            .work
            .as_ref()
            .and_then(|work| work.todo.front().copied());
        if pod.stage != Stage::Syncing || head != Some(index) {
            return;
        }
        let now = ctx.now();
        let spec = pod.spec().clone();
        let container = PodRun::container(&spec, index);
        self.pod_event(
            ctx,
            pod,
            Some(index),
            EventType::Normal,
            "Created",
            "Container created",
        );
        self.pod_event(
            ctx,
            pod,
            Some(index),
            EventType::Normal,
            "Started",
            "Container started",
        );
        let id = container_id(ctx);
        let run = &mut pod.containers[index];
        run.begin(id, now);
        run.started = container.startup_probe.is_none();
        run.ready = container.readiness_probe.is_none();
        let number = run.run;
        if let Some(work) = &mut pod.work {
            work.todo.pop_front();
            work.started = true;
            work.touched = true;
        }
        if self.post_start_fails(ctx, pod, index) {
            if let Some(work) = &mut pod.work {
                work.failed = true;
            }
        } else {
            if let Some(outcome) = runtime::outcome(container) {
                let step = Step::Exit {
                    container: index,
                    run: number,
                };
                let at = now + outcome.after + ctx.latency.exit;
                self.pod_step(ctx, &pod.object.uid().clone(), at, step);
            }
            self.start_probes(ctx, pod, index);
        }
        self.next_container(ctx, pod, registry);
    }

    /// Runs the hook that follows a start. A container whose hook fails is stopped.
    fn post_start_fails(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, index: usize) -> bool {
        let spec = pod.spec().clone();
        let container = PodRun::container(&spec, index);
        let hook: Handler = crate::k8s::de::read(container.lifecycle.at(&["postStart", "exec"]));
        if !runtime::exec_fails(&hook.command) {
            return false;
        }
        let normal = EventType::Normal;
        self.pod_event(
            ctx,
            pod,
            Some(index),
            EventType::Warning,
            "FailedPostStartHook",
            "PostStartHook failed",
        );
        self.pod_event(
            ctx,
            pod,
            Some(index),
            normal,
            "Killing",
            "FailedPostStartHook",
        );
        let command: Vec<&str> = hook.command.iter().map(Str::as_str).collect();
        let why = format!(
            "Exec lifecycle hook ([{}]) for Container \"{}\" in Pod \"{}_{}({})\" failed - error: command terminated with exit code 1, message: \"\"",
            command.join(" "),
            container.name,
            pod.object.name(),
            pod.object.namespace(),
            pod.object.uid()
        );
        let run = &mut pod.containers[index];
        run.end(0, ctx.now());
        run.why = Some(Box::new(("PostStartHookError".into(), Str::from(why))));
        true
    }

    fn end_sync(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, registry: Registry) {
        let work = pod.work.take().unwrap_or_default();
        let now = ctx.now();
        if pod.again || (work.started && !work.failed) {
            self.sync(ctx, pod, registry);
        } else if work.failed && work.touched {
            let at = self.tick(now + SimSpan::from_millis(1));
            self.resync_at(ctx, pod, at);
        } else if work.failed {
            self.retry(ctx, pod, work.backoff);
        }
    }

    /// The next try of a sync that failed: 10 s (or what is left of a back-off) and up to half of it more.
    pub(super) fn retry(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, backoff: Option<SimSpan>) {
        let base = backoff.map_or(RETRY, |rest| rest.min(RETRY)).as_millis();
        let wait = SimSpan::from_millis(base + ctx.rng.below(base / 2 + 1));
        let at = self.tick(ctx.now() + wait);
        self.resync_at(ctx, pod, at);
    }

    /// A container's command is through: the runtime's next relist notices.
    pub(super) fn container_exits(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        index: usize,
        run: u32,
    ) {
        let spec = pod.spec().clone();
        let code = runtime::outcome(PodRun::container(&spec, index)).map_or(0, |o| o.code);
        if pod.containers[index].run == run {
            self.exits(ctx, pod, index, code);
        }
    }

    /// A container ends by itself.
    pub(super) fn exits(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, index: usize, code: i64) {
        if !pod.containers[index].is_running() {
            return;
        }
        pod.containers[index].end(code, ctx.now());
        if pod.stage == Stage::Syncing {
            let at = self.tick(ctx.now() + SimSpan::from_millis(1));
            self.resync_at(ctx, pod, at);
        }
    }

    /// `activeDeadlineSeconds` have passed.
    fn past_deadline(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) -> bool {
        const MESSAGE: &str = "Pod was active on the node longer than the specified deadline";
        let Some(seconds) = pod.spec().active_deadline_seconds else {
            return false;
        };
        let span = SimSpan::from_secs(u64::try_from(seconds).unwrap_or(0));
        let end = SimTime::of(pod.started) + span;
        let now = ctx.now();
        if now < end {
            if pod.written.is_null() {
                self.resync_at(ctx, pod, end);
            }
            return false;
        }
        pod.verdict = Some(("DeadlineExceeded".into(), MESSAGE.into()));
        pod.stage = Stage::Stopping;
        pod.work = None;
        self.pod_event(
            ctx,
            pod,
            None,
            EventType::Normal,
            "DeadlineExceeded",
            MESSAGE,
        );
        self.write_status(ctx, pod);
        self.pod_step(
            ctx,
            &pod.object.uid().clone(),
            now + ctx.latency.stop,
            Step::Stop,
        );
        true
    }
}

/// The containers to start now, in order.
fn wanted(pod: &PodRun) -> Vec<usize> {
    let spec = pod.spec();
    let initialized = pod.initialized();
    for (index, container) in spec.init_containers.iter().enumerate() {
        let run = &pod.containers[index];
        if is_sidecar(container) {
            if !run.is_running() {
                return vec![index];
            }
            if !run.started {
                return Vec::new();
            }
            continue;
        }
        if initialized {
            continue;
        }
        match &run.state {
            RunState::Exited(exit) if exit.code == 0 && !run.recalled => {}
            RunState::Running { .. } => return Vec::new(),
            RunState::Exited(_) if spec.restart_policy == "Never" => return Vec::new(),
            RunState::Exited(_) | RunState::Waiting => return vec![index],
        }
    }
    let first = spec.init_containers.len();
    (first..pod.containers.len())
        .filter(|index| match &pod.containers[*index].state {
            RunState::Running { .. } => false,
            RunState::Waiting => true,
            RunState::Exited(exit) => match spec.restart_policy.as_str() {
                "Never" => false,
                "OnFailure" => exit.code != 0,
                _ => true,
            },
        })
        .collect()
}

/// A runtime's container id.
fn container_id(ctx: &mut Kx<'_>) -> Str {
    let [a, b, c, d] = std::array::from_fn(|_| ctx.rng.next_u64());
    Str::from(format!("containerd://{a:016x}{b:016x}{c:016x}{d:016x}"))
}
