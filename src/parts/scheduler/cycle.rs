//! One attempt to place a pod: filter, score, bind; or say why not, and preempt.

use super::cache::NodeInfo;
use super::claims::Blocked;
use super::filter::{Failure, Wanted, check};
use super::preempt::Search;
use super::{Scheduler, Timer, message, preempt, score, waits};
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::apiserver::{DeleteOptions, Patch, Subresource};
use crate::sim::store::NsName;
use crate::sim::{Ctx, EventType, ObjectRef};
use crate::value;
use std::sync::Arc;

/// Why a pod has no node: none would do.
const UNSCHEDULABLE: &str = "Unschedulable";

/// Every term of a pod's affinity names nodes, and none of them can be the one.
const NAMES_CONFLICT: &str = "pod affinity terms conflict";

/// What an attempt found.
enum Found {
    Node(Str),
    /// Something keeps the pod from every node, whatever they are.
    Blocked(Blocked),
    /// Failures and on how many nodes each, and what came of looking for victims.
    Nothing {
        failures: Vec<(Failure, u64)>,
        preempt: Preempt,
    },
}

/// What came of looking for pods whose end would make room.
enum Preempt {
    Victims(Str, Vec<Arc<Object>>),
    /// The pod's policy forbids it.
    Never,
    /// Earlier victims are still ending.
    UnderWay,
    /// How many nodes hold no victims, by reason.
    NoVictims(BTreeMap<String, u64>),
}

impl Scheduler {
    pub(super) fn cycle(&mut self, ctx: &mut Ctx<'_, Timer>) {
        let Some(key) = self.queue.pop(ctx.now()) else {
            return;
        };
        let pod = self
            .informer
            .get(Kind::Pod, &key.namespace, &key.name)
            .cloned();
        let Some(pod) = pod.filter(|p| waits(p)) else {
            self.queue.remove(&key);
            return;
        };
        match self.find(ctx, &pod) {
            Found::Node(node) => {
                if self.choose_for_claims(ctx, &pod, &node) {
                    self.bind(ctx, &pod, &node);
                } else {
                    self.queue.failed(&key, Vec::new(), ctx.now());
                    self.flush_later(ctx);
                }
            }
            Found::Blocked(blocked) => {
                match blocked {
                    Blocked::Before(why) => {
                        let nodes = self.cache.count();
                        let text = format!("0/{nodes} nodes are available: {why}. not found");
                        self.report(ctx, &pod, &text, Vec::new(), Preempt::UnderWay);
                    }
                    Blocked::Binding => self.queue.failed(&key, Vec::new(), ctx.now()),
                }
                self.flush_later(ctx);
            }
            Found::Nothing { failures, preempt } => {
                self.give_up(ctx, &pod, failures, preempt);
                self.flush_later(ctx);
            }
        }
    }

    fn find(&self, ctx: &mut Ctx<'_, Timer>, pod: &Arc<Object>) -> Found {
        let spec = pod.pod().map(|p| p.spec.clone()).unwrap_or_default();
        let mut wanted = Wanted::new(pod, &spec);
        let nodes = self.cache.count() > 0;
        if nodes && wanted.names.as_ref().is_some_and(Vec::is_empty) {
            return Found::Blocked(Blocked::Before(NAMES_CONFLICT.to_owned()));
        }
        match self.volumes_of(ctx, pod) {
            Ok(volumes) => wanted.volumes = volumes,
            Err(blocked) if nodes => return Found::Blocked(blocked),
            Err(_) => {}
        }
        let mut failures: Vec<(Failure, u64)> = Vec::new();
        let mut fail =
            |failure: Failure, count: u64| match failures.iter_mut().find(|(f, _)| *f == failure) {
                Some((_, n)) => *n += count,
                None => failures.push((failure, count)),
            };
        let mut fitting: Vec<&NodeInfo> = Vec::new();
        let mut full: Vec<&NodeInfo> = Vec::new();
        let mut looked = 0;
        for info in self.worth_looking(&wanted) {
            looked += 1;
            match check(&wanted, info, &self.cache) {
                None => fitting.push(info),
                Some(failure) => {
                    if failure.preemptible() {
                        full.push(info);
                    }
                    fail(failure, 1);
                }
            }
        }
        if fitting.is_empty() {
            if self.cache.count() > looked {
                fail(Failure::OtherNode, self.cache.count() - looked);
            }
            let preempt = self.choose_victims(&wanted, &full);
            return Found::Nothing { failures, preempt };
        }
        Found::Node(self.best(ctx, &wanted, &fitting))
    }

    /// The nodes that the pod names, or all.
    fn worth_looking<'a>(
        &'a self,
        wanted: &'a Wanted<'_>,
    ) -> Box<dyn Iterator<Item = &'a NodeInfo> + 'a> {
        let known = |info: &&NodeInfo| info.node.is_some();
        match &wanted.names {
            Some(names) => Box::new(
                names
                    .iter()
                    .filter_map(|n| self.cache.nodes.get(n))
                    .filter(known),
            ),
            None => Box::new(self.cache.nodes.values().filter(known)),
        }
    }

    /// The node with the highest score; one of them by chance when there are several.
    fn best(&self, ctx: &mut Ctx<'_, Timer>, wanted: &Wanted<'_>, fitting: &[&NodeInfo]) -> Str {
        let name = |info: &NodeInfo| {
            info.node
                .as_ref()
                .map(|n| n.name().clone())
                .unwrap_or_default()
        };
        if let [only] = fitting {
            return name(only);
        }
        let scores = score::scores(wanted, fitting);
        let top = scores.iter().copied().max().unwrap_or(0);
        let best: Vec<&NodeInfo> = fitting
            .iter()
            .zip(&scores)
            .filter(|(_, s)| **s == top)
            .map(|(n, _)| *n)
            .collect();
        let i = usize::try_from(ctx.rng.below(best.len() as u64)).unwrap_or(0);
        name(best[i])
    }

    fn choose_victims(&self, wanted: &Wanted<'_>, full: &[&NodeInfo]) -> Preempt {
        let priority = wanted.spec.priority.unwrap_or(0);
        if wanted.spec.preemption_policy == "Never" {
            return Preempt::Never;
        }
        if self.victims_are_ending(wanted, priority, full) {
            return Preempt::UnderWay;
        }
        let mut best: Option<((i64, i64), Str, Vec<Arc<Object>>)> = None;
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        for info in full {
            let Some(node) = &info.node else { continue };
            let victims = match preempt::search(wanted, info, &self.cache, priority) {
                Search::Victims(victims) => victims,
                Search::NoLesser => {
                    *reasons.entry(message::NO_VICTIMS.to_owned()).or_insert(0) += 1;
                    continue;
                }
                Search::InVain(failure) => {
                    for reason in failure.reasons() {
                        *reasons.entry(reason).or_insert(0) += 1;
                    }
                    continue;
                }
            };
            let highest = victims.iter().map(|v| priority_of(v)).max().unwrap_or(0);
            // Each victim weighs, so that fewer are better also when priorities are low.
            let sum: i64 = victims.iter().map(|v| priority_of(v) + (1 << 31)).sum();
            let cost = (highest, sum);
            if best.as_ref().is_none_or(|(least, _, _)| cost < *least) {
                best = Some((cost, node.name().clone(), victims));
            }
        }
        match best {
            Some((_, node, victims)) => Preempt::Victims(node, victims),
            None => Preempt::NoVictims(reasons),
        }
    }

    /// Room is being made for the pod, and a victim is still there.
    ///
    /// Upstream: pkg/scheduler/framework/plugins/defaultpreemption `PodEligibleToPreemptOthers`.
    fn victims_are_ending(&self, wanted: &Wanted<'_>, priority: i64, full: &[&NodeInfo]) -> bool {
        let Some(node) = self.cache.nomination(&NsName::of(wanted.pod)) else {
            return false;
        };
        let ending = |pod: &Object| {
            let condition = pod.pod().and_then(|p| p.condition("DisruptionTarget"));
            pod.meta().terminating()
                && priority_of(pod) < priority
                && condition
                    .is_some_and(|c| c.status == "True" && c.reason == "PreemptionByScheduler")
        };
        let here = |info: &&&NodeInfo| info.node.as_ref().is_some_and(|n| n.name() == node);
        full.iter()
            .find(here)
            .is_some_and(|info| info.pods.values().any(|p| ending(&p.pod)))
    }

    fn bind(&mut self, ctx: &mut Ctx<'_, Timer>, pod: &Arc<Object>, node: &Str) {
        if let Err(status) = ctx.client.bind(pod.namespace(), pod.name(), node) {
            self.erred(
                ctx,
                pod,
                &format!("running Bind plugin \"DefaultBinder\": {status}"),
            );
            return;
        }
        self.queue.remove(&NsName::of(pod));
        self.cache.place(pod.clone(), node);
        let message = format!(
            "Successfully assigned {}/{} to {node}",
            pod.namespace(),
            pod.name()
        );
        let about = ObjectRef::of(pod);
        self.recorder.event_with_action(
            &mut ctx.client,
            &about,
            EventType::Normal,
            "Scheduled",
            "Binding",
            &message,
        );
    }

    /// Something went wrong that is not the pod's fault: it is tried again after a while.
    ///
    /// Upstream: pkg/scheduler/schedule_one.go `handleBindingCycleError`, `handleSchedulingFailure`
    fn erred(&mut self, ctx: &mut Ctx<'_, Timer>, pod: &Arc<Object>, text: &str) {
        if let Some(at) = self.queue.erred(&NsName::of(pod), ctx.now()) {
            ctx.at(at, Timer::Retry);
        }
        self.tell_failure(ctx, pod, text);
        write_unscheduled(ctx, pod, "SchedulerError", text, None);
    }

    fn tell_failure(&mut self, ctx: &mut Ctx<'_, Timer>, pod: &Arc<Object>, text: &str) {
        self.recorder.event_with_action(
            &mut ctx.client,
            &ObjectRef::of(pod),
            EventType::Warning,
            "FailedScheduling",
            "Scheduling",
            text,
        );
    }

    fn give_up(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pod: &Arc<Object>,
        failures: Vec<(Failure, u64)>,
        preempt: Preempt,
    ) {
        let text = self.sentence(&failures, &preempt);
        let failures = failures.into_iter().map(|(failure, _)| failure).collect();
        self.report(ctx, pod, &text, failures, preempt);
    }

    /// Tells why the pod stays, and makes room for it if victims were found.
    fn report(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pod: &Arc<Object>,
        text: &str,
        failures: Vec<Failure>,
        preempt: Preempt,
    ) {
        let key: NsName = NsName::of(pod);
        self.queue.failed(&key, failures, ctx.now());
        self.tell_failure(ctx, pod, text);
        match preempt {
            Preempt::Victims(node, victims) => {
                write_unscheduled(ctx, pod, UNSCHEDULABLE, text, Some(node.clone()));
                self.cache.nominate(pod.clone(), node.clone());
                for victim in victims {
                    self.evict(ctx, pod, &node, &victim);
                }
                self.outbid(ctx, pod, &node);
            }
            Preempt::NoVictims(_) if self.cache.forget_nomination(&key).is_some() => {
                write_unscheduled(ctx, pod, UNSCHEDULABLE, text, Some(Str::default()));
            }
            Preempt::Never | Preempt::UnderWay | Preempt::NoVictims(_) => {
                write_unscheduled(ctx, pod, UNSCHEDULABLE, text, None);
            }
        }
    }

    /// Lesser pods for which room was being made on the node have to look elsewhere.
    fn outbid(&mut self, ctx: &mut Ctx<'_, Timer>, pod: &Object, node: &Str) {
        for (key, lesser) in self.cache.outbid(node, priority_of(pod)) {
            self.cache.forget_nomination(&key);
            let patch = Patch::Strategic(value!({"status": {"nominatedNodeName": null}}));
            let status = Subresource::Status;
            // A pod that is gone waits for nothing.
            let _ = ctx
                .client
                .patch(Kind::Pod, lesser.namespace(), lesser.name(), status, &patch);
            self.wake(ctx, std::slice::from_ref(&key));
        }
    }

    fn sentence(&self, failures: &[(Failure, u64)], preempt: &Preempt) -> String {
        let nodes = self.cache.count();
        if nodes == 0 {
            return "no nodes available to schedule pods".to_owned();
        }
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        let mut helpless = 0;
        for (failure, count) in failures {
            for reason in failure.reasons() {
                *reasons.entry(reason).or_insert(0) += count;
            }
            if !failure.preemptible() {
                helpless += count;
            }
        }
        let text = message::unavailable(nodes, &reasons);
        let rest = match preempt {
            Preempt::Victims(..) => return text,
            Preempt::Never => "preemption: not eligible due to preemptionPolicy=Never.".to_owned(),
            Preempt::UnderWay => {
                "preemption: not eligible due to a terminating pod on the nominated node."
                    .to_owned()
            }
            Preempt::NoVictims(without) => message::preemption(nodes, without, helpless),
        };
        format!("{text} no new claims to deallocate, {rest}")
    }

    fn evict(&mut self, ctx: &mut Ctx<'_, Timer>, pod: &Object, node: &Str, victim: &Object) {
        if victim.meta().terminating() {
            return;
        }
        let condition = value!({
            "type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler",
            "message": "default-scheduler: preempting to accommodate a higher priority pod",
            "lastProbeTime": null, "lastTransitionTime": ctx.now().timestamp().to_string(),
            "observedGeneration": victim.meta().generation,
        });
        let patch = Patch::Strategic(value!({"status": {"conditions": [condition]}}));
        let (namespace, name) = (victim.namespace(), victim.name());
        let status = Subresource::Status;
        // A victim that is gone already has made room.
        let _ = ctx.client.patch(Kind::Pod, namespace, name, status, &patch);
        let options = DeleteOptions::default();
        if ctx
            .client
            .delete(Kind::Pod, namespace, name, &options)
            .is_ok()
        {
            let message = format!("Preempted by pod {} on node {node}", pod.uid());
            let about = ObjectRef::of(victim);
            self.recorder.event_with_action(
                &mut ctx.client,
                &about,
                EventType::Normal,
                "Preempted",
                "Preempting",
                &message,
            );
        }
    }
}

fn priority_of(pod: &Object) -> i64 {
    pod.pod().and_then(|p| p.spec.priority).unwrap_or(0)
}

/// Writes the condition `PodScheduled=False`; an equal one is not written again.
fn write_unscheduled(
    ctx: &mut Ctx<'_, Timer>,
    pod: &Object,
    reason: &'static str,
    text: &str,
    nominated: Option<Str>,
) {
    let old = pod.pod().and_then(|p| p.condition("PodScheduled"));
    let same = old
        .as_ref()
        .is_some_and(|c| c.status == "False" && c.reason == reason && c.message == text);
    if same && nominated.is_none() {
        return;
    }
    let now: Value = ctx.now().timestamp().to_string().into();
    let since = old
        .filter(|c| c.status == "False")
        .map(|c| Value::from(&c.last_transition_time));
    let condition = value!({
        "type": "PodScheduled", "status": "False", "reason": reason,
        "message": Str::new(text), "lastProbeTime": null,
        "lastTransitionTime": since.unwrap_or(now), "observedGeneration": pod.meta().generation,
    });
    let mut status = value!({"conditions": [condition]});
    if let Some(node) = nominated {
        let node = if node.is_empty() {
            Value::Null
        } else {
            node.into()
        };
        status.set("nominatedNodeName", node);
    }
    let patch = Patch::Strategic(value!({"status": status}));
    // A pod that is gone needs no condition.
    let _ = ctx.client.patch(
        Kind::Pod,
        pod.namespace(),
        pod.name(),
        Subresource::Status,
        &patch,
    );
}
