//! One pass over a StatefulSet: create what is missing, condemn what is too much, update from the top down.
//!
//! Upstream: pkg/controller/statefulset/stateful_set_control.go

use super::revision::{Revisions, template_of};
use super::status::Counts;
use super::{StatefulSetController, Timer, pod};
use crate::k8s::order::InOrder;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object};
use crate::sim::apiserver::DeleteOptions;
use crate::sim::control::claim;
use crate::sim::store::NsName;
use crate::sim::{Ctx, EventType, Status};
use std::sync::Arc;

/// Whether the pass goes on with the next pod.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Go {
    On,
    Wait,
}

impl StatefulSetController {
    pub(super) fn sync(&mut self, ctx: &mut Ctx<'_, Timer>, key: &NsName) -> Result<(), Status> {
        let Some(set) = self
            .informer
            .get(Kind::StatefulSet, &key.namespace, &key.name)
            .cloned()
        else {
            self.pending.forget(key);
            return Ok(());
        };
        // The caches do not show the last pass yet; the watch that brings it adds the key again.
        if self.pending.has(key) {
            return Ok(());
        }
        let selector = Selector::read(set.value().at(&["spec", "selector"]));
        let named = |p: &&Arc<Object>| pod::ordinal(&set, p).is_some();
        let of = self.informer.of(Kind::Pod).iter(Some(&key.namespace));
        let candidates: Vec<Arc<Object>> = of.filter(named).cloned().collect();
        let pods = claim(&mut ctx.client, &set, &selector, candidates)?.mine;
        let revisions = self.revisions(ctx, &set, &selector)?;
        let counts = Counts::of(&pods, &revisions, pod::min_ready(&set), ctx.now());
        let acted = if set.meta().terminating() {
            Ok(counts.clone())
        } else {
            self.act(ctx, &set, &pods, &revisions, counts.clone())
        };
        let after = acted.as_ref().unwrap_or(&counts).clone();
        self.write_status(ctx, &set, &revisions, after)?;
        acted?;
        self.truncate_history(ctx, &set, &revisions, &pods)
    }

    fn act(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Arc<Object>,
        pods: &[Arc<Object>],
        revisions: &Revisions,
        mut counts: Counts,
    ) -> Result<Counts, Status> {
        let (first, count) = (pod::start(set), pod::replicas(set));
        let end = first + count;
        let at = |n: i64| pods.iter().find(|p| pod::ordinal(set, p) == Some(n));
        for n in first..end {
            let go = self.keep(ctx, set, n, at(n), revisions, &mut counts)?;
            if go == Go::Wait {
                return Ok(counts);
            }
        }
        let ordinal = |p: &Arc<Object>| pod::ordinal(set, p).unwrap_or(0);
        let mut condemned: Vec<&Arc<Object>> = pods
            .iter()
            .filter(|p| !(first..end).contains(&ordinal(p)))
            .collect();
        condemned.order_by_key(|p| std::cmp::Reverse(ordinal(p)));
        let unhealthy = condemned
            .iter()
            .rev()
            .find(|p| !healthy(p))
            .map(|p| p.uid().clone());
        for pod in condemned {
            self.retain_claims(ctx, set, ordinal(pod), Some(pod))?;
            let go = self.condemn(ctx, set, pod, unhealthy.as_deref(), revisions, &mut counts)?;
            if go == Go::Wait {
                return Ok(counts);
            }
        }
        if pod::rolling(set) {
            let lowest = first + pod::partition(set);
            for n in (lowest.max(first)..end).rev() {
                let Some(pod) = at(n) else { return Ok(counts) };
                let old = pod::revision(pod) != revisions.update.name().as_str();
                if old && !pod.meta().terminating() {
                    self.delete(ctx, set, pod)?;
                    let was = pod::revision(pod) == revisions.current.name().as_str();
                    counts.current -= i64::from(was);
                    return Ok(counts);
                }
                if !healthy(pod) {
                    return Ok(counts);
                }
            }
        }
        Ok(counts)
    }

    /// One wanted ordinal: creates its pod, or waits for it.
    fn keep(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Arc<Object>,
        ordinal: i64,
        present: Option<&Arc<Object>>,
        revisions: &Revisions,
        counts: &mut Counts,
    ) -> Result<Go, Status> {
        let wait = if pod::ordered(set) { Go::Wait } else { Go::On };
        let Some(present) = present else {
            self.make_claims(ctx, set, ordinal)?;
            self.create(ctx, set, ordinal, revisions, counts)?;
            return Ok(wait);
        };
        if present.pod().is_some_and(crate::k8s::api::Pod::terminal) {
            if !present.meta().terminating() {
                self.delete(ctx, set, present)?;
            }
            return Ok(Go::Wait);
        }
        let ready = pod::running_and_available(present, pod::min_ready(set), ctx.now());
        if wait == Go::Wait && (present.meta().terminating() || !ready) {
            return Ok(Go::Wait);
        }
        if self.retain_claims(ctx, set, ordinal, None)? {
            // The pod is written with its claims, though nothing of it has changed.
            let (name, of) = (present.name(), set.name());
            let text = format!("Update Pod {name} in StatefulSet {of} successful");
            self.say(ctx, set, EventType::Normal, "SuccessfulUpdate", &text);
        }
        Ok(Go::On)
    }

    fn create(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Arc<Object>,
        ordinal: i64,
        revisions: &Revisions,
        counts: &mut Counts,
    ) -> Result<(), Status> {
        let held = pod::rolling(set) && ordinal < pod::start(set) + pod::partition(set);
        let revision = if held {
            &revisions.current
        } else {
            &revisions.update
        };
        let value = pod::new_pod(set, &template_of(revision), revision.name(), ordinal);
        let name = format!("{}-{ordinal}", set.name());
        match ctx.client.create(Kind::Pod, set.namespace(), value) {
            Ok(created) => {
                self.pending.wrote(&NsName::of(set), &created);
                counts.replicas += 1;
                counts.current += i64::from(revision.name() == revisions.current.name());
                counts.updated += i64::from(revision.name() == revisions.update.name());
                let text = format!("Create Pod {name} in StatefulSet {} successful", set.name());
                self.say(ctx, set, EventType::Normal, "SuccessfulCreate", &text);
                Ok(())
            }
            Err(status) if status.is_already_exists() => Ok(()),
            Err(status) => {
                let text = format!(
                    "Create Pod {name} in StatefulSet {} failed error: {status}",
                    set.name()
                );
                self.say(ctx, set, EventType::Warning, "FailedCreate", &text);
                Err(status)
            }
        }
    }

    /// One pod too much: it goes when it is its turn.
    fn condemn(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Arc<Object>,
        pod: &Arc<Object>,
        unhealthy: Option<&str>,
        revisions: &Revisions,
        counts: &mut Counts,
    ) -> Result<Go, Status> {
        let ordered = pod::ordered(set);
        let wait = if ordered { Go::Wait } else { Go::On };
        if pod.meta().terminating() {
            return Ok(wait);
        }
        if ordered && !pod::running_and_ready(pod) && unhealthy != Some(pod.uid().as_str()) {
            return Ok(Go::Wait);
        }
        self.delete(ctx, set, pod)?;
        counts.current -= i64::from(pod::revision(pod) == revisions.current.name().as_str());
        counts.updated -= i64::from(pod::revision(pod) == revisions.update.name().as_str());
        Ok(wait)
    }

    fn delete(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Object,
        pod: &Object,
    ) -> Result<(), Status> {
        let options = DeleteOptions::default();
        match ctx
            .client
            .delete(Kind::Pod, pod.namespace(), pod.name(), &options)
        {
            Ok(deleted) => {
                if ctx
                    .client
                    .get(Kind::Pod, pod.namespace(), pod.name())
                    .is_ok()
                {
                    self.pending.wrote(&NsName::of(set), &deleted);
                }
                let text = format!(
                    "Delete Pod {} in StatefulSet {} successful",
                    pod.name(),
                    set.name()
                );
                self.say(ctx, set, EventType::Normal, "SuccessfulDelete", &text);
                Ok(())
            }
            Err(status) if status.is_not_found() => Ok(()),
            Err(status) => Err(status),
        }
    }
}

fn healthy(pod: &Object) -> bool {
    pod::running_and_ready(pod) && !pod.meta().terminating()
}
