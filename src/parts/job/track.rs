//! Ended pods counted once each, and the status written.
//!
//! A pod's uid goes to the status first, then the pod loses its finalizer, then the counters take the uid over:
//! whatever fails in between, nothing is counted twice or lost.
//!
//! Upstream: pkg/controller/job/job_controller.go `trackJobStatusAndRemoveFinalizers`

use super::policy::{self, Verdict};
use super::sync::{Ending, Pass, count, ensure_condition, pod_succeeded, set_number};
use super::{JobController, Timer, indexes};
use crate::k8s::ordered::BTreeSet;
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::apiserver::{Patch, Subresource};
use crate::sim::{Client, Ctx, EventType, ObjectRef, Status};
use crate::value;
use std::sync::Arc;

/// Keeps a pod until its end is counted.
pub(super) const FINALIZER: &str = "batch.kubernetes.io/job-tracking";

pub(super) fn has_finalizer(pod: &Object) -> bool {
    pod.meta().finalizers.iter().any(|f| f == FINALIZER)
}

pub(super) fn remove_finalizer(
    client: &mut Client<'_>,
    pod: &Object,
) -> Result<Option<Arc<Object>>, Status> {
    let patch = value!({"metadata": {
        "$deleteFromPrimitiveList/finalizers": [FINALIZER], "uid": pod.uid(),
    }});
    match send(client, pod, patch) {
        Ok(object) => Ok(Some(object)),
        Err(status) if status.is_not_found() => Ok(None),
        Err(status) => Err(status),
    }
}

pub(super) fn add_finalizer(client: &mut Client<'_>, pod: &Object) -> Result<Arc<Object>, Status> {
    send(
        client,
        pod,
        value!({"metadata": {"finalizers": [FINALIZER]}}),
    )
}

fn send(client: &mut Client<'_>, pod: &Object, patch: Value) -> Result<Arc<Object>, Status> {
    let (namespace, name) = (pod.namespace(), pod.name());
    let patch = Patch::Strategic(patch);
    client
        .patch(Kind::Pod, namespace, name, Subresource::Main, &patch)
        .map(|written| written.object)
}

impl JobController {
    /// Counts what ended, frees the pods, finishes the Job when nothing is left.
    pub(super) fn track(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        mut pass: Pass,
        changed: bool,
    ) -> Result<(), Status> {
        let mut flush = changed | pass.status_begins();
        let tracked: BTreeSet<Str> = pass
            .pods
            .iter()
            .filter(|p| has_finalizer(p))
            .map(|p| p.uid().clone())
            .collect();
        flush |= pass.take_over(&tracked);
        let free = pass.count_ended(&mut flush);
        if pass.indexed() {
            flush |= set_number(
                &mut pass.status,
                "succeeded",
                count(pass.indexes.len()),
                true,
            );
            let text = indexes::print(&pass.indexes);
            if text != pass.status.get("completedIndexes").text() {
                pass.status.set("completedIndexes", text);
                flush = true;
            }
            let failed = Value::from(indexes::print(&pass.failed_indexes));
            if pass.limit_per_index().is_some() && failed != *pass.status.get("failedIndexes") {
                pass.status.set("failedIndexes", failed);
                flush = true;
            }
        }
        flush |= pass.announce_end(ctx.now());
        if flush {
            self.write_status(ctx, &mut pass)?;
        }
        self.backoffs.insert(pass.key.clone(), pass.backoff);
        let mut left = tracked;
        for pod in free {
            if let Some(object) = remove_finalizer(&mut ctx.client, &pod)? {
                self.pending.wrote(&pass.key, &object);
            }
            left.remove(pod.uid());
        }
        let mut flush = pass.take_over(&left);
        let ended = pass.finish(ctx.now());
        flush |= ended.is_some();
        if flush {
            self.write_status(ctx, &mut pass)?;
        }
        if let Some(ended) = ended {
            self.record_end(ctx, &pass, &ended);
        }
        Ok(())
    }

    fn write_status(&mut self, ctx: &mut Ctx<'_, Timer>, pass: &mut Pass) -> Result<(), Status> {
        let mut value = pass.job.value().clone();
        value.set("status", &pass.status);
        let job = ctx.client.update_status(Kind::Job, value)?;
        self.pending.wrote(&pass.key, &job);
        pass.job = job;
        Ok(())
    }

    fn record_end(&mut self, ctx: &mut Ctx<'_, Timer>, pass: &Pass, ended: &Ending) {
        let about = ObjectRef::of(&pass.job);
        if ended.kind != "Complete" {
            let (kind, reason) = (EventType::Warning, ended.reason.clone());
            self.recorder
                .event(&mut ctx.client, &about, kind, reason, &ended.message);
            return;
        }
        let succeeded = pass.status.get("succeeded").as_i64().unwrap_or(0);
        if pass.completions().is_some_and(|wanted| succeeded > wanted) {
            let text = "Too many succeeded pods running after completion count reached";
            let (kind, reason) = (EventType::Warning, "TooManySucceededPods");
            self.recorder
                .event(&mut ctx.client, &about, kind, reason, text);
        }
        let (kind, reason) = (EventType::Normal, "Completed");
        self.recorder
            .event(&mut ctx.client, &about, kind, reason, "Job completed");
    }
}

impl Pass {
    /// The status has a start that was not written yet.
    fn status_begins(&self) -> bool {
        self.status.get("startTime") != self.job.value().at(&["status", "startTime"])
    }

    /// Lists the ended pods in the status and returns those that may go.
    fn count_ended(&mut self, flush: &mut bool) -> Vec<Arc<Object>> {
        let completions = self.completions().unwrap_or(0);
        let failing = self
            .finished
            .as_ref()
            .is_some_and(|e| e.kind != "SuccessCriteriaMet");
        let mut free = Vec::new();
        for pod in self.pods.clone() {
            if !has_finalizer(&pod) || !self.may_go(&pod) {
                continue;
            }
            let index = indexes::of(&pod, completions);
            if pod_succeeded(&pod) && !self.uncounted("failed", &pod) {
                if self.indexed() {
                    *flush |= index.is_some_and(|i| !self.indexes_before.contains(&i));
                } else if !self.uncounted("succeeded", &pod) {
                    self.list("succeeded", &pod);
                    *flush = true;
                }
            } else if (self.pod_failed(&pod) || failing)
                && !self.uncounted("failed", &pod)
                && (!self.indexed() || index.is_some())
            {
                let policy = self.spec("podFailurePolicy");
                if policy.is_null() || policy::judge(policy, &pod) != Verdict::Ignore {
                    self.list("failed", &pod);
                    *flush = true;
                }
            }
            free.push(pod);
        }
        free
    }

    fn may_go(&self, pod: &Object) -> bool {
        self.job.meta().terminating()
            || self.finished.is_some()
            || pod_succeeded(pod)
            || (self.pod_failed(pod) && !self.keeps(pod))
    }

    fn list(&mut self, list: &'static str, pod: &Object) {
        let lists = self.status.at_mut(&["uncountedTerminatedPods", list]);
        lists.push(pod.uid());
    }

    /// Moves listed pods that have lost their finalizer into the counters; true when there were any.
    fn take_over(&mut self, tracked: &BTreeSet<Str>) -> bool {
        let mut moved = false;
        for list in ["succeeded", "failed"] {
            let listed = self.status.at(&["uncountedTerminatedPods", list]);
            let (stay, go): (Vec<Value>, Vec<Value>) = listed
                .items()
                .iter()
                .cloned()
                .partition(|uid| tracked.contains(&uid.to_str()));
            if go.is_empty() {
                continue;
            }
            moved = true;
            let number = self.status.get(list).as_i64().unwrap_or(0) + count(go.len());
            self.status.set(list, number);
            let uncounted = self.status.at_mut(&["uncountedTerminatedPods"]);
            if stay.is_empty() {
                uncounted.remove(list);
            } else {
                uncounted.set(list, Value::from(stay));
            }
        }
        moved
    }

    /// Writes the interim condition of an end that has just been decided, and turns it into the final one.
    fn announce_end(&mut self, now: crate::sim::SimTime) -> bool {
        let Some(end) = self.finished.clone() else {
            return false;
        };
        let last = match end.kind {
            "FailureTarget" => "Failed",
            "SuccessCriteriaMet" => "Complete",
            _ => return false,
        };
        let words = (&end.reason, &end.message);
        let new = ensure_condition(&mut self.status, end.kind, true, words, now);
        self.finished = Some(Ending { kind: last, ..end });
        new
    }

    /// Gives the Job its last condition when every pod is counted and gone.
    fn finish(&mut self, now: crate::sim::SimTime) -> Option<Ending> {
        let end = self.finished.clone()?;
        let lists = self.status.get("uncountedTerminatedPods");
        let waiting = ["succeeded", "failed"]
            .iter()
            .any(|l| !lists.get(l).items().is_empty());
        if waiting || self.terminating > 0 {
            return None;
        }
        let words = (&end.reason, &end.message);
        ensure_condition(&mut self.status, end.kind, true, words, now);
        if end.kind == "Complete" {
            self.status
                .set("completionTime", now.timestamp().to_string());
        }
        Some(end)
    }
}
