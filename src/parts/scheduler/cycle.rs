//! One attempt to place a pod: filter, score, bind; or say why not, and preempt.

use super::cache::NodeInfo;
use super::claims::Blocked;
use super::filter::{Failure, Wanted, check};
use super::{Scheduler, Timer, message, preempt, score, waits};
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::apiserver::{DeleteOptions, Patch, Subresource};
use crate::sim::store::NsName;
use crate::sim::{Ctx, EventType, ObjectRef};
use crate::value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an attempt found.
enum Found {
    Node(Str),
    /// The pod's claims keep it from every node.
    Claims(Blocked),
    /// Failures and on how many nodes each, and the victims whose end would make room.
    Nothing {
        failures: Vec<(Failure, u64)>,
        preempt: Option<(Str, Vec<Arc<Object>>)>,
    },
}

impl Scheduler {
    pub(super) fn cycle(&mut self, ctx: &mut Ctx<'_, Timer>) {
        let Some(key) = self.queue.pop() else { return };
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
            Found::Claims(blocked) => {
                match self.claims_sentence(blocked) {
                    Some(text) => self.report(ctx, &pod, &text, Vec::new(), None),
                    None => self.queue.failed(&key, Vec::new(), ctx.now()),
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
        if let Some(blocked) = self
            .blocked_by_claims(ctx, pod)
            .filter(|_| self.cache.count() > 0)
        {
            return Found::Claims(blocked);
        }
        let wanted = Wanted::new(pod, &spec);
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
            match check(&wanted, info) {
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

    fn choose_victims(
        &self,
        wanted: &Wanted<'_>,
        full: &[&NodeInfo],
    ) -> Option<(Str, Vec<Arc<Object>>)> {
        if wanted.spec.preemption_policy == "Never" {
            return None;
        }
        let priority = wanted.spec.priority.unwrap_or(0);
        let of = |pod: &Object| pod.pod().and_then(|p| p.spec.priority).unwrap_or(0);
        full.iter()
            .filter_map(|info| {
                let victims = preempt::victims(wanted, info, priority)?;
                let node = info.node.as_ref()?.name().clone();
                let highest = victims.iter().map(|v| of(v)).max().unwrap_or(0);
                let sum: i64 = victims.iter().map(|v| of(v)).sum();
                Some(((highest, sum, victims.len()), node, victims))
            })
            .min_by(|a, b| a.0.cmp(&b.0))
            .map(|(_, node, victims)| (node, victims))
    }

    fn bind(&mut self, ctx: &mut Ctx<'_, Timer>, pod: &Arc<Object>, node: &Str) {
        self.queue.remove(&NsName::of(pod));
        if ctx.client.bind(pod.namespace(), pod.name(), node).is_err() {
            // The pod is gone or was bound by someone else; its watch will tell.
            return;
        }
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

    fn give_up(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pod: &Arc<Object>,
        failures: Vec<(Failure, u64)>,
        preempt: Option<(Str, Vec<Arc<Object>>)>,
    ) {
        let text = self.sentence(pod, &failures, preempt.is_some());
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
        preempt: Option<(Str, Vec<Arc<Object>>)>,
    ) {
        let key: NsName = NsName::of(pod);
        self.queue.failed(&key, failures, ctx.now());
        let about = ObjectRef::of(pod);
        let kind = EventType::Warning;
        self.recorder.event_with_action(
            &mut ctx.client,
            &about,
            kind,
            "FailedScheduling",
            "Scheduling",
            text,
        );
        let nominated = preempt.as_ref().map(|(node, _)| node.clone());
        write_unschedulable(ctx, pod, text, nominated);
        for victim in preempt
            .into_iter()
            .flat_map(|(node, v)| v.into_iter().map(move |v| (node.clone(), v)))
        {
            self.evict(ctx, pod, &victim.0, &victim.1);
        }
    }

    fn sentence(&self, pod: &Object, failures: &[(Failure, u64)], preempts: bool) -> String {
        let nodes = self.cache.count();
        if nodes == 0 {
            return "no nodes available to schedule pods".to_owned();
        }
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        let (mut hopeful, mut helpless) = (0, 0);
        for (failure, count) in failures {
            for reason in failure.reasons() {
                *reasons.entry(reason).or_insert(0) += count;
            }
            *(if failure.preemptible() {
                &mut hopeful
            } else {
                &mut helpless
            }) += count;
        }
        let text = message::unavailable(nodes, &reasons);
        if preempts {
            return text;
        }
        let never = pod
            .pod()
            .is_some_and(|p| p.spec.preemption_policy == "Never");
        let rest = if never {
            "preemption: not eligible due to preemptionPolicy=Never.".to_owned()
        } else {
            message::preemption(nodes, hopeful, helpless)
        };
        format!("{text} no new claims to deallocate, {rest}")
    }

    fn evict(&mut self, ctx: &mut Ctx<'_, Timer>, pod: &Object, node: &Str, victim: &Object) {
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

/// Writes the condition `PodScheduled=False`; an equal one is not written again.
fn write_unschedulable(ctx: &mut Ctx<'_, Timer>, pod: &Object, text: &str, nominated: Option<Str>) {
    let old = pod.pod().and_then(|p| p.condition("PodScheduled"));
    let same = old.is_some_and(|c| c.status == "False" && c.message == text);
    if same && nominated.is_none() {
        return;
    }
    let now: Value = ctx.now().timestamp().to_string().into();
    let since = old
        .filter(|c| c.status == "False")
        .map(|c| Value::from(&c.last_transition_time));
    let condition = value!({
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
        "message": Str::new(text), "lastProbeTime": null,
        "lastTransitionTime": since.unwrap_or(now), "observedGeneration": pod.meta().generation,
    });
    let mut status = value!({"conditions": [condition]});
    if let Some(node) = nominated {
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
