//! One pass over a Job: is it finished, which pods are missing or too many, what has to be counted.
//!
//! Upstream: pkg/controller/job/job_controller.go `syncJob`

use super::backoff::Backoff;
use super::policy::{self, Verdict};
use super::{JobController, Timer, finished, indexes, track};
use crate::k8s::api::Phase;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Str, Timestamp, Value};
use crate::sim::control::{active, claim, pods};
use crate::sim::store::NsName;
use crate::sim::{Ctx, EventType, ObjectRef, SimSpan, SimTime, Status};
use crate::value;
use std::sync::Arc;

/// A condition that the Job is to get.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Ending {
    pub kind: &'static str,
    pub reason: Str,
    pub message: Str,
}

impl Ending {
    pub(super) fn new(kind: &'static str, reason: &'static str, message: impl Into<Str>) -> Self {
        Self {
            kind,
            reason: Str::from(reason),
            message: message.into(),
        }
    }
}

/// What one pass knows.
pub(super) struct Pass {
    pub key: NsName,
    pub job: Arc<Object>,
    /// The status as it will be written.
    pub status: Value,
    pub pods: Vec<Arc<Object>>,
    pub active: Vec<Arc<Object>>,
    pub ready: i64,
    pub terminating: i64,
    pub succeeded: i64,
    pub failed: i64,
    /// Indexes that had succeeded before this pass, and with it.
    pub indexes_before: BTreeSet<i64>,
    pub indexes: BTreeSet<i64>,
    /// Indexes that have failed for good, where each has a limit of its own.
    pub failed_indexes: BTreeSet<i64>,
    /// There also: the last failed pods of the indexes that are to be tried again.
    pub kept: BTreeMap<i64, Arc<Object>>,
    pub backoff: Backoff,
    pub finished: Option<Ending>,
}

pub(super) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Adds a condition or changes the one of its type; false when it said the same before.
pub(super) fn ensure_condition(
    status: &mut Value,
    kind: &'static str,
    truth: bool,
    (reason, message): (&Str, &Str),
    now: SimTime,
) -> bool {
    let text = if truth { "True" } else { "False" };
    let now = now.timestamp().to_string();
    let condition = value!({
        "type": kind, "status": text, "reason": reason, "message": message,
        "lastProbeTime": Str::new(&now), "lastTransitionTime": Str::new(&now),
    });
    let list = status.at_mut(&["conditions"]);
    let at = list
        .items()
        .iter()
        .position(|c| c.get("type").text() == kind);
    let Some(at) = at else {
        if truth {
            list.push(condition);
        } else if list.items().is_empty() {
            status.remove("conditions");
        }
        return truth;
    };
    let old = list.index(at);
    let same = ["status", "reason", "message"]
        .iter()
        .all(|f| old.get(f) == condition.get(f));
    if same {
        return false;
    }
    let changed = list.items().iter().enumerate();
    let changed: Vec<Value> = changed
        .map(|(i, old)| {
            if i == at {
                condition.clone()
            } else {
                old.clone()
            }
        })
        .collect();
    status.set("conditions", Value::from(changed));
    true
}

impl Pass {
    /// A pass that has not looked at any pod.
    pub(super) fn bare(job: Arc<Object>) -> Self {
        let mut status = job.value().get("status").clone();
        if status.get("uncountedTerminatedPods").is_null() {
            status.set("uncountedTerminatedPods", Value::map());
        }
        Self {
            key: NsName::of(&job),
            job,
            status,
            pods: Vec::new(),
            active: Vec::new(),
            ready: 0,
            terminating: 0,
            succeeded: 0,
            failed: 0,
            indexes_before: BTreeSet::new(),
            indexes: BTreeSet::new(),
            failed_indexes: BTreeSet::new(),
            kept: BTreeMap::new(),
            backoff: Backoff::default(),
            finished: None,
        }
    }

    pub(super) fn spec(&self, field: &str) -> &Value {
        self.job.value().get("spec").get(field)
    }

    pub(super) fn completions(&self) -> Option<i64> {
        self.spec("completions").as_i64()
    }

    pub(super) fn indexed(&self) -> bool {
        self.spec("completionMode").text() == "Indexed"
    }

    pub(super) fn suspended(&self) -> bool {
        self.spec("suspend").as_bool() == Some(true)
    }

    /// Terminating pods are replaced only when they have ended.
    pub(super) fn only_failed_replaced(&self) -> bool {
        self.spec("podReplacementPolicy").text() == "Failed"
    }

    pub(super) fn condition(&self, kind: &str) -> Option<&Value> {
        let list = self.status.get("conditions").items().iter();
        let mut list = list.filter(|c| c.get("type").text() == kind);
        list.find(|c| c.get("status").text() == "True")
    }

    pub(super) fn uncounted(&self, list: &str, pod: &Object) -> bool {
        let uids = self.status.at(&["uncountedTerminatedPods", list]).items();
        uids.iter().any(|uid| uid.text() == pod.uid().as_str())
    }

    /// The pod ended in failure, or is taken for one.
    pub(super) fn pod_failed(&self, pod: &Object) -> bool {
        match pod.pod().map(|p| p.status.phase) {
            Some(Phase::Failed) => true,
            Some(Phase::Succeeded) => false,
            Some(Phase::Pending | Phase::Running | Phase::Unknown | Phase::None) | None => {
                !self.only_failed_replaced() && pod.meta().terminating()
            }
        }
    }

    /// Pods that ended and were not counted before.
    fn newly(&self, list: &str, ended: impl Fn(&Object) -> bool) -> Vec<&Object> {
        let completions = self.completions().unwrap_or(0);
        let fresh = |pod: &&Object| {
            track::has_finalizer(pod)
                && !self.uncounted(list, pod)
                && (!self.indexed() || indexes::of(pod, completions).is_some())
        };
        let pods = self.pods.iter().map(|pod| &**pod);
        pods.filter(fresh).filter(|pod| ended(pod)).collect()
    }

    /// Counts what the pods say, before anything is done about it.
    fn observe(&mut self, before: Backoff) {
        let succeeded = self.newly("succeeded", pod_succeeded);
        let failed = self.newly("failed", |pod| self.pod_failed(pod));
        let policy = self.spec("podFailurePolicy");
        let counted = failed.iter().filter(|pod| {
            policy.is_null() || !matches!(policy::judge(policy, pod), Verdict::Ignore)
        });
        let listed = |list| {
            count(
                self.status
                    .at(&["uncountedTerminatedPods", list])
                    .items()
                    .len(),
            )
        };
        let number = |field| self.status.get(field).as_i64().unwrap_or(0);
        let new_succeeded = number("succeeded") + count(succeeded.len()) + listed("succeeded");
        let new_failed = number("failed") + count(counted.count()) + listed("failed");
        let backoff = before.after(&succeeded, &failed);
        (self.succeeded, self.failed, self.backoff) = (new_succeeded, new_failed, backoff);
        if self.indexed() {
            let completions = self.completions().unwrap_or(0);
            let text = self.status.get("completedIndexes").text();
            self.indexes_before = indexes::parse(text, completions);
            self.indexes = self.indexes_before.clone();
            let done = self
                .pods
                .iter()
                .filter(|p| pod_succeeded(p) && track::has_finalizer(p));
            self.indexes
                .extend(done.filter_map(|pod| indexes::of(pod, completions)));
            self.succeeded = count(self.indexes.len());
            self.observe_indexes();
        }
    }

    /// Whether the Job has come to its end, judged before pods are managed.
    fn judge(&mut self, now: SimTime) {
        let kept = |c: &Value, kind| Ending {
            kind,
            reason: c.get("reason").to_str(),
            message: c.get("message").to_str(),
        };
        if let Some(met) = self.condition("SuccessCriteriaMet") {
            self.finished = Some(kept(met, "SuccessCriteriaMet"));
            return;
        }
        if let Some(target) = self.condition("FailureTarget") {
            self.finished = Some(kept(target, "Failed"));
            return;
        }
        let policy = self.spec("podFailurePolicy");
        let failed = self.pods.iter().filter(|pod| self.pod_failed(pod));
        let fatal = failed
            .map(|pod| policy::judge(policy, pod))
            .find_map(|v| match v {
                Verdict::FailJob(why) => Some(why),
                Verdict::Count | Verdict::FailIndex | Verdict::Ignore => None,
            });
        let limit = self.spec("backoffLimit").as_i64().unwrap_or(6);
        self.finished = if let Some(why) = fatal {
            Some(Ending::new("FailureTarget", "PodFailurePolicy", why))
        } else if self.failed > limit || self.restarted_too_often(limit) {
            let text = "Job has reached the specified backoff limit";
            Some(Ending::new("FailureTarget", "BackoffLimitExceeded", text))
        } else if self.time_left(now) == Some(SimSpan::ZERO) {
            let text = "Job was active longer than specified deadline";
            Some(Ending::new("FailureTarget", "DeadlineExceeded", text))
        } else if self.indexed() {
            self.judge_indexes().or_else(|| self.judge_success())
        } else {
            None
        };
    }

    /// Restarts count as failures when containers are restarted in place.
    fn restarted_too_often(&self, limit: i64) -> bool {
        let template = self.job.value().at(&["spec", "template", "spec"]);
        if template.get("restartPolicy").text() != "OnFailure" {
            return false;
        }
        let of = |pod: &Arc<Object>| {
            let view = pod.pod().filter(|p| !p.terminal())?;
            let init = view.status.init_container_statuses.iter();
            let all = init.chain(&view.status.container_statuses);
            Some(all.map(|c| c.restart_count).sum::<i64>())
        };
        let restarts: i64 = self.pods.iter().filter_map(of).sum();
        restarts >= limit.max(1)
    }

    /// What is left of the active deadline; None without one.
    fn time_left(&self, now: SimTime) -> Option<SimSpan> {
        let allowed = self.spec("activeDeadlineSeconds").as_i64();
        let allowed = u64::try_from(allowed?).ok().filter(|_| !self.suspended())?;
        let started = Timestamp::parse(self.status.get("startTime").text())?;
        let until = SimTime::of(started) + SimSpan::from_secs(allowed);
        Some(if until > now {
            until.since(now)
        } else {
            SimSpan::ZERO
        })
    }
}

pub(super) fn pod_succeeded(pod: &Object) -> bool {
    pod.pod()
        .is_some_and(|p| p.status.phase == Phase::Succeeded)
}

impl JobController {
    pub(super) fn sync(&mut self, ctx: &mut Ctx<'_, Timer>, key: &NsName) -> Result<(), Status> {
        let job = self.informer.get(Kind::Job, &key.namespace, &key.name);
        let Some(job) = job.cloned() else {
            return Ok(());
        };
        if finished(&job).is_some() {
            self.backoffs.remove(key);
            self.pending.forget(key);
            return Ok(());
        }
        if self.pending.has(key) {
            return Err(Status::internal(
                "the caches are behind this controller's writes",
            ));
        }
        let mut pass = self.look(ctx, key, job)?;
        if let Some(left) = pass
            .time_left(ctx.now())
            .filter(|_| pass.finished.is_none())
        {
            self.later(ctx, key, left);
        }
        let had = count(pass.active.len());
        let mut changed = false;
        let managed;
        let mut now_active;
        if pass.finished.is_some() {
            let deleted = self.delete_pods(ctx, &mut pass, None);
            now_active = had - deleted.0;
            managed = deleted.1;
            if now_active > 0 {
                pass.finished = None;
            }
        } else {
            now_active = had;
            managed = if pass.job.meta().terminating() {
                Ok(())
            } else {
                let result = self.manage(ctx, &mut pass, &mut now_active);
                changed |= self.complete_or_suspend(ctx, &mut pass, now_active);
                result
            };
        }
        changed |= set_number(&mut pass.status, "active", now_active, true);
        let (ready, terminating) = (pass.ready, pass.terminating);
        changed |= set_number(&mut pass.status, "ready", ready, false);
        changed |= set_number(&mut pass.status, "terminating", terminating, false);
        self.track(ctx, pass, changed)?;
        managed
    }

    /// Reads the Job's pods and judges them.
    fn look(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
        job: Arc<Object>,
    ) -> Result<Pass, Status> {
        let selector = Selector::read(job.value().at(&["spec", "selector"]));
        let all = self.informer.of(Kind::Pod).iter(Some(&key.namespace));
        let all: Vec<Arc<Object>> = all.cloned().collect();
        let claimed = claim(&mut ctx.client, &job, &selector, all)?;
        for pod in claimed.adopted.iter().filter(|p| !track::has_finalizer(p)) {
            let adopted = track::add_finalizer(&mut ctx.client, pod)?;
            self.pending.wrote(key, &adopted);
        }
        let running: Vec<Arc<Object>> =
            claimed.mine.iter().filter(|p| active(p)).cloned().collect();
        let ready = running.iter().filter(|p| pods::ready(p)).count();
        let going = |p: &&Arc<Object>| {
            p.meta().terminating() && !p.pod().is_some_and(crate::k8s::api::Pod::terminal)
        };
        let mut pass = Pass {
            ready: count(ready),
            terminating: count(claimed.mine.iter().filter(going).count()),
            pods: claimed.mine,
            active: running,
            ..Pass::bare(job)
        };
        if pass.status.get("startTime").is_null() && !pass.suspended() {
            let now = ctx.now().timestamp().to_string();
            pass.status.set("startTime", now);
        }
        pass.observe(self.backoffs.get(key).copied().unwrap_or_default());
        pass.judge(ctx.now());
        Ok(pass)
    }

    /// After pods were managed: all completions are there, or the suspension changed. True when the status did.
    fn complete_or_suspend(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pass: &mut Pass,
        active: i64,
    ) -> bool {
        let enough = match pass.completions() {
            None => pass.succeeded > 0,
            Some(wanted) => pass.succeeded >= wanted,
        };
        if enough && active == 0 {
            let text = "Reached expected number of succeeded pods";
            pass.finished = Some(Ending::new(
                "SuccessCriteriaMet",
                "CompletionsReached",
                text,
            ));
            return false;
        }
        let suspended = pass.suspended();
        let (reason, message) = if suspended {
            ("JobSuspended", "Job suspended")
        } else {
            ("JobResumed", "Job resumed")
        };
        let words = (&Str::from(reason), &Str::from(message));
        let now = ctx.now();
        let changed = ensure_condition(&mut pass.status, "Suspended", suspended, words, now);
        if changed {
            if suspended {
                pass.status.remove("startTime");
            } else {
                pass.status.set("startTime", now.timestamp().to_string());
            }
            let about = ObjectRef::of(&pass.job);
            let reason = reason.trim_start_matches("Job");
            let kind = EventType::Normal;
            self.recorder
                .event(&mut ctx.client, &about, kind, Str::new(reason), message);
        }
        changed
    }
}

/// Sets a counter, leaving a zero out where the API does; true when it changed.
pub(super) fn set_number(
    status: &mut Value,
    field: &'static str,
    number: i64,
    omit_zero: bool,
) -> bool {
    let old = status.get(field).as_i64();
    let new = Some(number).filter(|n| *n != 0 || !omit_zero);
    if old == new {
        return false;
    }
    match new {
        Some(number) => status.set(field, number),
        None => {
            status.remove(field);
        }
    }
    true
}
