//! Pods of a Job made and removed.
//!
//! Upstream: pkg/controller/job/job_controller.go `manageJob`

use super::sync::{Pass, count};
use super::{JobController, Timer, indexes, track};
use crate::k8s::order::InOrder;
use crate::k8s::ordered::BTreeSet;
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::apiserver::DeleteOptions;
use crate::sim::control::pods;
use crate::sim::{Ctx, EventType, ObjectRef, SimSpan, Status};
use crate::value;
use std::sync::Arc;

/// Pods created or deleted by one pass at most.
const BURST: i64 = 500;

/// A generated name's prefix is at most this long.
const PREFIX_MAX: usize = 58;

impl JobController {
    /// Brings the number of active pods to what is wanted and keeps `active` at their number.
    pub(super) fn manage(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pass: &mut Pass,
        active: &mut i64,
    ) -> Result<(), Status> {
        let wanted = if pass.suspended() {
            0
        } else {
            wanted(pass, *active)
        };
        let surplus = for_removal(pass, (*active - wanted).max(0));
        if pass.suspended() || !surplus.is_empty() {
            let (deleted, result) = self.delete_pods(ctx, pass, Some(surplus));
            *active -= deleted;
            return result;
        }
        let going = if pass.only_failed_replaced() {
            pass.terminating
        } else {
            0
        };
        let missing = (wanted - going - *active).min(BURST);
        if missing <= 0 {
            return Ok(());
        }
        let per_index = pass.limit_per_index().is_some();
        let mut wait = if per_index {
            SimSpan::ZERO
        } else {
            pass.backoff.remaining(ctx.now())
        };
        let mut bodies = Vec::new();
        if wait == SimSpan::ZERO && pass.indexed() {
            let mut due = first_pending(pass, missing);
            if per_index {
                (due, wait) = pass.indexes_due(due, ctx.now());
            }
            bodies.extend(due.into_iter().map(|i| body(pass, Some(i))));
        } else if wait == SimSpan::ZERO {
            bodies.extend((0..missing).map(|_| body(pass, None)));
        }
        if wait > SimSpan::ZERO && bodies.is_empty() {
            let key = pass.key.clone();
            self.later(ctx, &key, wait);
            return Ok(());
        }
        self.create_pods(ctx, pass, bodies, active)
    }

    fn create_pods(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pass: &Pass,
        mut bodies: Vec<Value>,
        active: &mut i64,
    ) -> Result<(), Status> {
        let about = ObjectRef::of(&pass.job);
        let mut batch = 1;
        while !bodies.is_empty() {
            let mut error = None;
            for pod in bodies.drain(..batch.min(bodies.len())) {
                match ctx.client.create(Kind::Pod, &pass.key.namespace, pod) {
                    Ok(pod) => {
                        *active += 1;
                        self.pending.wrote(&pass.key, &pod);
                        let text = format!("Created pod: {}", pod.name());
                        let (kind, reason) = (EventType::Normal, "SuccessfulCreate");
                        self.recorder
                            .event(&mut ctx.client, &about, kind, reason, &text);
                    }
                    // Nothing is created in a namespace that goes away, and that is fine.
                    Err(status) if status.has_cause("NamespaceTerminating") => {}
                    Err(status) => {
                        let text = format!("Error creating: {status}");
                        let (kind, reason) = (EventType::Warning, "FailedCreate");
                        self.recorder
                            .event(&mut ctx.client, &about, kind, reason, &text);
                        error = Some(status);
                    }
                }
            }
            if let Some(error) = error {
                return Err(error);
            }
            batch *= 2;
        }
        Ok(())
    }

    /// Deletes pods: those named, whose end will not count, or all active ones. Returns how many, and the first
    /// failure.
    ///
    /// Upstream: `deleteJobPods`, `deleteActivePods`
    pub(super) fn delete_pods(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pass: &mut Pass,
        chosen: Option<Vec<Arc<Object>>>,
    ) -> (i64, Result<(), Status>) {
        let about = ObjectRef::of(&pass.job);
        let (mut deleted, mut result) = (0, Ok(()));
        let counted = chosen.is_none();
        for pod in chosen.unwrap_or_else(|| pass.active.clone()) {
            let (namespace, name) = (pod.namespace(), pod.name());
            if !counted && track::has_finalizer(&pod) {
                match track::remove_finalizer(&mut ctx.client, &pod) {
                    Ok(Some(object)) => self.pending.wrote(&pass.key, &object),
                    Ok(None) => {}
                    Err(status) => {
                        result = Err(status);
                        continue;
                    }
                }
            }
            let options = DeleteOptions::default();
            let (kind, reason, text) = match ctx.client.delete(Kind::Pod, namespace, name, &options)
            {
                Ok(object) => {
                    self.pending.wrote(&pass.key, &object);
                    deleted += 1;
                    pass.ready -= i64::from(pods::ready(&pod));
                    let text = format!("Deleted pod: {name}");
                    (EventType::Normal, "SuccessfulDelete", text)
                }
                Err(status) if status.is_not_found() => {
                    deleted += 1;
                    continue;
                }
                Err(status) => {
                    let text = format!("Error deleting: {status}");
                    result = Err(status);
                    (EventType::Warning, "FailedDelete", text)
                }
            };
            self.recorder
                .event(&mut ctx.client, &about, kind, reason, &text);
        }
        pass.terminating += deleted;
        (deleted, result)
    }
}

/// How many pods should be active now.
fn wanted(pass: &Pass, active: i64) -> i64 {
    let parallelism = pass.spec("parallelism").as_i64().unwrap_or(1);
    match pass.completions() {
        // Once one has succeeded, those that run are left to end.
        None if pass.succeeded > 0 => active,
        None => parallelism,
        Some(completions) => (completions - pass.succeeded).min(parallelism).max(0),
    }
}

/// Pods that are one too many: without a valid index of their own, then the least advanced.
fn for_removal(pass: &Pass, at_least: i64) -> Vec<Arc<Object>> {
    let mut left = pass.active.clone();
    left.order_by_key(|pod| pods::deletion_rank(pod, 0));
    let mut gone: Vec<Arc<Object>> = Vec::new();
    if pass.indexed() {
        let completions = pass.completions().unwrap_or(0);
        let mut taken = BTreeSet::new();
        let mut kept = Vec::new();
        // From the most advanced down: the first pod of an index keeps it.
        for pod in left.into_iter().rev() {
            match indexes::of(&pod, completions) {
                Some(index) if taken.insert(index) => kept.push(pod),
                _ => gone.push(pod),
            }
        }
        kept.reverse();
        left = kept;
    }
    let more = usize::try_from(at_least - count(gone.len())).unwrap_or(0);
    gone.extend(left.into_iter().take(more));
    gone.truncate(usize::try_from(BURST).unwrap_or(usize::MAX));
    gone
}

/// The lowest indexes that have neither succeeded, nor failed for good, nor an active pod.
fn first_pending(pass: &Pass, number: i64) -> Vec<i64> {
    let completions = pass.completions().unwrap_or(0);
    let mut taken = pass.indexes.clone();
    taken.extend(pass.failed_indexes.iter().copied());
    let busy = |pod: &&Arc<Object>| {
        crate::sim::control::active(pod)
            || (pass.only_failed_replaced()
                && pod.meta().terminating()
                && !pod.pod().is_some_and(crate::k8s::api::Pod::terminal))
    };
    let pods = pass.pods.iter().filter(busy);
    taken.extend(pods.filter_map(|pod| indexes::of(pod, completions)));
    let free = (0..completions).filter(|i| !taken.contains(i));
    free.take(usize::try_from(number).unwrap_or(0)).collect()
}

/// A pod of the Job, with its index if it has one.
fn body(pass: &Pass, index: Option<i64>) -> Value {
    let mut pod = pods::from_template(&pass.job, pass.spec("template"));
    let finalizers = pod.at_mut(&["metadata", "finalizers"]);
    if !finalizers
        .items()
        .iter()
        .any(|f| f.text() == track::FINALIZER)
    {
        finalizers.push(track::FINALIZER);
    }
    let Some(index) = index else {
        return pod;
    };
    let name = pass.job.name();
    let suffix = format!("-{index}-");
    let room = PREFIX_MAX.saturating_sub(suffix.len());
    let prefix: String = name.chars().take(room).collect();
    pod.set_at(&["metadata", "generateName"], prefix + &suffix);
    for place in ["annotations", "labels"] {
        pod.set_at(&["metadata", place, indexes::INDEX], index.to_string());
    }
    pass.note_failures(&mut pod, index);
    pod.set_at(&["spec", "hostname"], format!("{name}-{index}"));
    for list in ["initContainers", "containers"] {
        if pod.at(&["spec", list]).items().is_empty() {
            continue;
        }
        let with_index: Value = pod
            .at(&["spec", list])
            .items()
            .iter()
            .map(with_variable)
            .collect();
        pod.set_at(&["spec", list], with_index);
    }
    pod
}

/// The container told its index by its environment.
fn with_variable(container: &Value) -> Value {
    const NAME: &str = "JOB_COMPLETION_INDEX";
    let mut container = container.clone();
    let env = container.get("env").items();
    if !env
        .iter()
        .any(|variable| variable.get("name").text() == NAME)
    {
        let path = Str::from(format!("metadata.labels['{}']", indexes::INDEX));
        container.at_mut(&["env"]).push(value!({
            "name": NAME, "valueFrom": {"fieldRef": {"fieldPath": path}},
        }));
    }
    container
}
