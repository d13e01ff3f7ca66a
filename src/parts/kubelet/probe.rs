//! Probes. Their outcome is a property of the container, so a probe that has settled costs nothing more; one
//! that fails goes on, since every failure is told and counted.
//!
//! Upstream: pkg/kubelet/prober/worker.go `doProbe`

use super::node::Kubelet;
use super::state::{ContainerRun, PodRun, ProbeKind, Stage, Streak};
use super::{Kx, Registry, Step, runtime};
use crate::k8s::api::{Container, Probe};
use crate::k8s::{Str, Value};
use crate::sim::{EventType, SimSpan, SimTime};

impl Kubelet {
    /// A container has started: its probes begin.
    pub(super) fn start_probes(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, index: usize) {
        let spec = pod.spec().clone();
        let container = PodRun::container(&spec, index);
        if container.startup_probe.is_some() {
            self.schedule(ctx, pod, index, ProbeKind::Startup, ctx.now());
        } else {
            self.start_other_probes(ctx, pod, index);
        }
    }

    /// Those that wait for the startup probe.
    fn start_other_probes(&mut self, ctx: &mut Kx<'_>, pod: &PodRun, index: usize) {
        for kind in [ProbeKind::Liveness, ProbeKind::Readiness] {
            let spec = pod.spec().clone();
            if let Some(probe) = of(PodRun::container(&spec, index), kind) {
                // A readiness probe does not wait for its next tick when the container has just started.
                let now = ctx.now();
                if kind == ProbeKind::Readiness && probe.initial_delay_seconds == 0 {
                    let step = Step::Probe {
                        container: index,
                        run: pod.containers[index].run,
                        kind,
                    };
                    self.pod_step(ctx, pod.object.uid(), now + SimSpan::from_millis(2), step);
                } else {
                    self.schedule(ctx, pod, index, kind, now);
                }
            }
        }
    }

    /// The first tick of the probe after a moment and after its initial delay.
    fn schedule(
        &self,
        ctx: &mut Kx<'_>,
        pod: &PodRun,
        index: usize,
        kind: ProbeKind,
        after: SimTime,
    ) {
        let spec = pod.spec().clone();
        let Some(probe) = of(PodRun::container(&spec, index), kind) else {
            return;
        };
        let run = &pod.containers[index];
        let super::state::RunState::Running { since, .. } = &run.state else {
            return;
        };
        let seconds = |n: i64| SimSpan::from_secs(u64::try_from(n).unwrap_or(0));
        let earliest = SimTime::of(*since) + seconds(probe.initial_delay_seconds);
        let period = seconds(probe.period_seconds.max(1)).as_millis();
        let base = pod.added.as_millis();
        let from = earliest.max(after).as_millis();
        let ticks = from.saturating_sub(base) / period + 1;
        let at = SimTime::from_millis(base + ticks * period);
        let step = Step::Probe {
            container: index,
            run: run.run,
            kind,
        };
        self.pod_step(ctx, pod.object.uid(), at, step);
    }

    /// A probe's tick.
    pub(super) fn probe(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        index: usize,
        run: u32,
        kind: ProbeKind,
        registry: Registry,
    ) {
        let current = &pod.containers[index];
        if current.run != run || !current.is_running() || pod.stage != Stage::Syncing {
            return;
        }
        let spec = pod.spec().clone();
        let container = PodRun::container(&spec, index);
        let Some(probe) = of(container, kind) else {
            return;
        };
        let ip = match &pod.sandbox {
            Some(ip) if !ip.is_empty() => ip.clone(),
            Some(_) | None => self.ip.clone(),
        };
        let output = runtime::probe_output(probe, &ip, |port| port_number(container, port));
        let passed = output.is_none();
        if let Some(output) = output {
            self.tell_failure(ctx, pod, index, kind, &output);
        }
        let streak = count(&mut pod.containers[index], kind, passed);
        let needed = if passed {
            probe.success_threshold
        } else {
            probe.failure_threshold
        };
        if i64::from(streak) < needed.max(1) {
            self.schedule(ctx, pod, index, kind, ctx.now());
        } else {
            self.settled(ctx, pod, index, (kind, passed), registry);
        }
    }

    fn tell_failure(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &PodRun,
        index: usize,
        kind: ProbeKind,
        output: &str,
    ) {
        let word = match kind {
            ProbeKind::Startup => "Startup",
            ProbeKind::Liveness => "Liveness",
            ProbeKind::Readiness => "Readiness",
        };
        let text = format!("{word} probe failed: {output}");
        self.pod_event(
            ctx,
            pod,
            Some(index),
            EventType::Warning,
            "Unhealthy",
            &text,
        );
    }

    /// A probe has passed, or failed, as often as it takes.
    fn settled(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        index: usize,
        (kind, passed): (ProbeKind, bool),
        registry: Registry,
    ) {
        match (kind, passed) {
            (ProbeKind::Readiness, _) => {
                if pod.containers[index].ready != passed {
                    pod.containers[index].ready = passed;
                    self.write_status(ctx, pod);
                }
                if !passed {
                    self.schedule(ctx, pod, index, kind, ctx.now());
                }
            }
            (ProbeKind::Liveness, true) => {}
            (ProbeKind::Startup, true) => {
                pod.containers[index].started = true;
                self.start_other_probes(ctx, pod, index);
                self.sync(ctx, pod, registry);
            }
            (ProbeKind::Startup | ProbeKind::Liveness, false) => {
                self.unhealthy(ctx, pod, index, kind, registry);
            }
        }
    }

    /// A container failed its startup or liveness probe: it is stopped and restarted in one sync.
    fn unhealthy(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        index: usize,
        kind: ProbeKind,
        registry: Registry,
    ) {
        let word = if kind == ProbeKind::Startup {
            "startup"
        } else {
            "liveness"
        };
        let name = PodRun::container(pod.spec(), index).name.clone();
        let text = format!("Container {name} failed {word} probe, will be restarted");
        self.pod_event(ctx, pod, Some(index), EventType::Normal, "Killing", &text);
        pod.containers[index].end(0, ctx.now());
        let spec = pod.spec();
        if spec.restart_policy == "Never" {
            let at = self.tick(ctx.now() + SimSpan::from_millis(1));
            self.resync_at(ctx, pod, at);
            return;
        }
        if pod.work.is_some() {
            pod.again = true;
            return;
        }
        let mut work = super::state::Work {
            touched: true,
            killed: vec![index],
            ..Default::default()
        };
        work.todo.push_back(index);
        pod.work = Some(Box::new(work));
        self.next_container(ctx, pod, registry);
    }
}

fn of(container: &Container, kind: ProbeKind) -> Option<&Probe> {
    match kind {
        ProbeKind::Startup => container.startup_probe.as_deref(),
        ProbeKind::Liveness => container.liveness_probe.as_deref(),
        ProbeKind::Readiness => container.readiness_probe.as_deref(),
    }
}

/// Counts a result; returns how many of its kind came in a row.
fn count(run: &mut ContainerRun, kind: ProbeKind, passed: bool) -> u16 {
    let streak: &mut Streak = &mut run.streak[kind as usize];
    if streak.passed != passed {
        *streak = Streak { passed, count: 0 };
    }
    streak.count = streak.count.saturating_add(1);
    streak.count
}

/// A probe's port: a number, or the name of one of the container's ports.
fn port_number(container: &Container, port: &Value) -> String {
    if let Some(number) = port.as_i64() {
        return number.to_string();
    }
    container
        .ports
        .iter()
        .find(|p| !p.name.is_empty() && p.name == port.text())
        .map_or_else(
            || Str::new(port.text()).to_string(),
            |p| p.container_port.to_string(),
        )
}
