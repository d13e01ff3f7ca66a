//! A pod's way through its kubelet: seen, admitted, synced; and what its watch tells later.
//!
//! Upstream: pkg/kubelet/kubelet.go `HandlePodAdditions`, pkg/kubelet/pod_workers.go

use super::admit::{self, Refusal, Verdict};
use super::node::Kubelet;
use super::state::{PodRun, RunState, Stage};
use super::status::{self, Surroundings};
use super::{Kx, Registry, Step, Timer};
use crate::k8s::api::Phase;
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Str};
use crate::sim::{EventType, ObjectRef, SimSpan, SimTime};
use std::sync::Arc;

/// Upstream: a failed status write is tried again with the next full sync.
const WRITE_RETRY: SimSpan = SimSpan::from_secs(10);

/// Upstream: `syncPeriod` of the status manager: a status that someone else changed is asserted again.
const REASSERT: SimSpan = SimSpan::from_secs(10);

impl Kubelet {
    pub(super) fn pod_step(&self, ctx: &mut Kx<'_>, uid: &Str, at: SimTime, step: Step) {
        let timer = Timer::Pod {
            node: self.name.clone(),
            life: self.life,
            uid: uid.clone(),
            step,
        };
        ctx.at(at, timer);
    }

    /// A pod's timer. The pod is taken out of the map for the time of the call.
    pub(super) fn on_pod_step(
        &mut self,
        ctx: &mut Kx<'_>,
        uid: &Str,
        step: Step,
        registry: Registry,
    ) {
        let Some(mut pod) = self.pods.remove(uid) else {
            return;
        };
        let keep = self.act(ctx, &mut pod, step, registry);
        if keep {
            self.pods.insert(uid.clone(), pod);
        }
    }

    /// False: the pod is done with.
    fn act(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, step: Step, registry: Registry) -> bool {
        match step {
            Step::First => {
                if pod.stage == Stage::New {
                    pod.stage = Stage::Syncing;
                    self.sync(ctx, pod, registry);
                }
            }
            Step::Sync { turn } => {
                if pod.turn == turn {
                    self.sync(ctx, pod, registry);
                }
            }
            Step::Sandbox => self.sandbox_up(ctx, pod, registry),
            Step::Started { container } => self.container_up(ctx, pod, container, registry),
            Step::Exit { container, run } => self.container_exits(ctx, pod, container, run),
            Step::Probe {
                container,
                run,
                kind,
            } => self.probe(ctx, pod, container, run, kind, registry),
            Step::Acknowledge => self.acknowledge(ctx, pod),
            Step::Stop => self.stop_containers(ctx, pod),
            Step::Remove => return self.remove_object(ctx, pod),
        }
        true
    }

    /// A pod of this node was added or changed.
    pub(super) fn on_pod(&mut self, ctx: &mut Kx<'_>, object: &Arc<Object>) {
        if !self.registered || self.on_mirror(ctx, object) {
            return;
        }
        let uid = object.uid().clone();
        match self.pods.remove(&uid) {
            Some(mut pod) => {
                let before = pod.spec().clone();
                pod.object = object.clone();
                self.spec_changed(ctx, &mut pod, &before);
                self.updated(ctx, &mut pod);
                self.pods.insert(uid, pod);
            }
            None => self.adopt(ctx, object),
        }
    }

    /// All pods of this node, after a (re)list.
    pub(super) fn on_pod_list(&mut self, ctx: &mut Kx<'_>, pods: &[Arc<Object>]) {
        if !self.registered {
            return;
        }
        let mut sorted = pods.to_vec();
        // Upstream: the oldest pods are admitted first.
        sorted.order_by_key(|pod| pod.meta().creation);
        for pod in &sorted {
            self.on_pod(ctx, pod);
        }
        let gone: Vec<Arc<Object>> = self
            .pods
            .values()
            .filter(|run| !run.is_static && sorted.iter().all(|pod| pod.uid() != run.object.uid()))
            .map(|run| run.object.clone())
            .collect();
        for object in gone {
            self.on_pod_gone(ctx, &object);
        }
    }

    /// The pod's object is gone. What still runs of it is stopped.
    pub(super) fn on_pod_gone(&mut self, ctx: &mut Kx<'_>, object: &Arc<Object>) {
        if self.on_mirror_gone(ctx, object) {
            return;
        }
        let Some(mut pod) = self.pods.remove(object.uid()) else {
            return;
        };
        self.kill_all(ctx, &mut pod);
        self.forget(object.uid());
    }

    /// Drops the back-offs of a pod that is over.
    pub(super) fn forget(&mut self, uid: &Str) {
        let crash: Vec<_> = self
            .crash_backoff
            .keys()
            .filter(|(pod, _)| pod == uid)
            .cloned()
            .collect();
        for key in crash {
            self.crash_backoff.remove(&key);
        }
        let images: Vec<_> = self
            .image_backoff
            .keys()
            .filter(|(pod, _)| pod == uid)
            .cloned()
            .collect();
        for key in images {
            self.image_backoff.remove(&key);
        }
    }

    /// A pod is seen for the first time.
    fn adopt(&mut self, ctx: &mut Kx<'_>, object: &Arc<Object>) {
        let Some(view) = object.pod() else { return };
        if matches!(view.status.phase, Phase::Succeeded | Phase::Failed)
            && !object.meta().terminating()
        {
            return;
        }
        let now = ctx.now();
        let uid = object.uid().clone();
        let mut pod = PodRun::new(object.clone(), now);
        self.recall(&mut pod, now);
        if matches!(view.status.phase, Phase::Succeeded | Phase::Failed) {
            // Over long ago: only the object is left to be taken away.
            pod.stage = Stage::Rejected;
            self.pod_step(ctx, &uid, now + ctx.latency.pod_status, Step::Remove);
        } else if object.meta().terminating() {
            pod.stage = Stage::Stopping;
            self.pod_step(ctx, &uid, now + ctx.latency.pod_status, Step::Stop);
        } else {
            self.take_in(ctx, &mut pod);
        }
        self.pods.insert(uid, pod);
    }

    /// Admits a new pod, if need be in the place of lesser ones, or refuses it.
    pub(super) fn take_in(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) {
        let object = pod.object.clone();
        let refused = match admit::admit(self, &object) {
            Verdict::Welcome => None,
            Verdict::Refused(refusal) => Some(refusal),
            Verdict::Room(shortages) => self.make_room(ctx, &object, &shortages).err(),
        };
        match refused {
            Some(refusal) => self.reject(ctx, pod, refusal),
            None => {
                let at = ctx.now() + ctx.latency.pod_status;
                self.pod_step(ctx, object.uid(), at, Step::First);
            }
        }
    }

    /// Refuses a pod: it failed before it began.
    fn reject(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun, refusal: Refusal) {
        pod.stage = Stage::Rejected;
        let message = Str::from(format!("Pod was rejected: {}", refusal.text));
        pod.verdict = Some((refusal.reason.clone(), message));
        let (kind, reason) = (EventType::Warning, refusal.reason);
        self.pod_event(ctx, pod, None, kind, reason, &refusal.text);
        self.write_status(ctx, pod);
    }

    /// Takes over from the status what an earlier life of the kubelet wrote: the runtime has forgotten the
    /// containers, but their restart counts and what became of them must show.
    fn recall(&self, pod: &mut PodRun, now: SimTime) {
        let view = pod.object.pod().expect("a kubelet holds pods").clone();
        if let Some(started) = crate::k8s::Timestamp::parse(&view.status.start_time) {
            pod.started = started;
        }
        let statuses = view
            .status
            .init_container_statuses
            .iter()
            .chain(&view.status.container_statuses);
        for old in statuses {
            let Some(index) = pod.index_of(&old.name) else {
                continue;
            };
            let run = &mut pod.containers[index];
            run.restarts = old.restart_count;
            run.last = super::stop::read_exit(&old.last_state.terminated, now).map(Box::new);
            if !old.state.running.is_null() {
                run.restarts += 1;
                run.last = Some(Box::new(super::state::Exit::lost(
                    now,
                    super::stop::LOST_RUNNING,
                )));
            } else if let Some(exit) = super::stop::read_exit(&old.state.terminated, now) {
                run.state = RunState::Exited(Box::new(exit));
                run.recalled = true;
            }
        }
    }

    /// A newer version of a pod that is known.
    fn updated(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) {
        let uid = pod.object.uid().clone();
        if pod.terminating() {
            if matches!(pod.stage, Stage::New | Stage::Syncing) {
                pod.stage = Stage::Stopping;
                pod.work = None;
                pod.turn += 1;
                let at = ctx.now() + SimSpan::from_millis(ctx.latency.stop.as_millis() / 2);
                self.pod_step(ctx, &uid, at, Step::Acknowledge);
            } else if pod.stage == Stage::Rejected {
                self.pod_step(ctx, &uid, ctx.now() + ctx.latency.stop, Step::Remove);
            } else if pod.stage == Stage::Stopped && pod.verdict.is_some() {
                self.pod_step(ctx, &uid, ctx.now() + ctx.latency.stop, Step::Remove);
            }
            return;
        }
        let Some(view) = pod.object.pod() else { return };
        if pod.stage == Stage::Syncing
            && matches!(view.status.phase, Phase::Succeeded | Phase::Failed)
            && pod.verdict.is_none()
        {
            // Someone else declared it over.
            pod.stage = Stage::Stopping;
            pod.work = None;
            self.pod_step(ctx, &uid, ctx.now() + ctx.latency.stop, Step::Stop);
            return;
        }
        // Someone else changed the status: it is asserted again.
        let foreign = pod.object.meta().resource_version > pod.written_version
            && pod.stage == Stage::Syncing
            && !pod.written.is_null()
            && *pod.object.value().get("status") != pod.written;
        if foreign && !view.spec.readiness_gates.is_empty() {
            // Upstream: `NeedToReconcilePodReadiness`: a gate may have opened or shut.
            let now = ctx.now();
            self.resync_at(ctx, pod, now);
        } else if foreign && pod.work.is_none() {
            let wait = ctx.rng.range(1, REASSERT.as_millis());
            let at = self.tick(ctx.now() + SimSpan::from_millis(wait));
            self.resync_at(ctx, pod, at);
        }
    }

    /// Asks for the pod's next sync at a moment, in place of any earlier wish.
    pub(super) fn resync_at(&self, ctx: &mut Kx<'_>, pod: &mut PodRun, at: SimTime) {
        pod.turn += 1;
        let uid = pod.object.uid().clone();
        self.pod_step(ctx, &uid, at, Step::Sync { turn: pod.turn });
    }

    /// Writes the pod's status if it differs from what the API holds.
    pub(super) fn write_status(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) {
        let (namespace, name) = (pod.object.namespace().clone(), pod.object.name().clone());
        let Ok(live) = ctx.client.get(Kind::Pod, &namespace, &name) else {
            return;
        };
        if !pod.is_static && live.uid() != pod.object.uid() {
            return;
        }
        let around = Surroundings {
            now: ctx.now(),
            host_ip: &self.ip,
            host_ips: &self.host_ips,
            live: &live,
        };
        let fresh = status::generate(pod, around);
        if fresh == *live.value().get("status") {
            pod.written = live.value().get("status").clone();
            pod.written_version = live.meta().resource_version;
            return;
        }
        let mut value = live.value().clone();
        value.set("status", fresh);
        let mut client = ctx.client.signed(self.actor.clone());
        match client.update_status(Kind::Pod, value) {
            Ok(object) => {
                pod.written = object.value().get("status").clone();
                pod.written_version = object.meta().resource_version;
            }
            Err(_) => {
                if pod.work.is_none() && pod.stage == Stage::Syncing {
                    self.resync_at(ctx, pod, ctx.now() + WRITE_RETRY);
                }
            }
        }
    }

    /// An event about a pod, or about one of its containers.
    pub(super) fn pod_event(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &PodRun,
        container: Option<usize>,
        kind: EventType,
        reason: impl Into<Str>,
        message: &str,
    ) {
        if ctx.client.ahead() {
            return;
        }
        let mut about = ObjectRef::of(&pod.object);
        if let Some(index) = container {
            let list = if index < pod.inits() {
                "initContainers"
            } else {
                "containers"
            };
            let name = &PodRun::container(pod.spec(), index).name;
            about.field_path = Str::from(format!("spec.{list}{{{name}}}"));
        }
        let mut client = ctx.client.signed(self.actor.clone());
        self.recorder
            .event(&mut client, &about, kind, reason, message);
    }
}
