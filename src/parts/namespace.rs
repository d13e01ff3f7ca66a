//! Empties a namespace that is being deleted, pods first, and lets it go.
//!
//! Upstream: pkg/controller/namespace/namespace_controller.go and
//! deletion/namespaced_resources_deleter.go (with `OrderedNamespaceDeletion`)

use super::Part;
use crate::k8s::kind::KINDS;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::workqueue::WorkQueue;
use crate::sim::{Ctx, DeleteOptions, Delivery, Informer, Propagation, SimSpan, Status};
use crate::value;
use std::sync::Arc;

/// Upstream: `namespaceDeletionGracePeriod`, for other API servers to notice.
const DELETION_DELAY: SimSpan = SimSpan::from_secs(5);

/// How long what is held by finalizers is expected to take.
const FINALIZER_ESTIMATE: i64 = 15;

/// The controller of namespaces that go.
#[derive(Clone, Default)]
pub struct Namespaces {
    informer: Informer,
    queue: WorkQueue<Str>,
    working: bool,
}

#[derive(Clone, Debug)]
pub enum Timer {
    /// A delayed namespace is due.
    Due,
    /// The worker takes the next namespace.
    Work,
}

/// What was found and done in one pass.
#[derive(Default)]
struct Pass {
    /// Resource name to how many are left.
    remaining: BTreeMap<String, usize>,
    /// Finalizer to how many objects it holds.
    finalizers: BTreeMap<Str, usize>,
    /// Seconds until looking again makes sense; 0: all is gone.
    estimate: i64,
}

impl Part for Namespaces {
    type Timer = Timer;
    const NAME: &'static str = "namespace-controller";
    const KINDS: &'static [Kind] = &[Kind::Namespace];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            let Some(namespace) = &delta.new else {
                continue;
            };
            if namespace.meta().terminating() {
                let name = namespace.name().clone();
                let at = self.queue.add_after(name, ctx.now(), DELETION_DELAY);
                ctx.at(at, Timer::Due);
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        match timer {
            Timer::Due => self.queue.due(ctx.now()),
            Timer::Work => {
                self.working = false;
                if let Some(name) = self.queue.take() {
                    let next = match sync(ctx, &name) {
                        Ok(wait) => {
                            self.queue.forget(&name);
                            wait.map(|wait| self.queue.add_after(name.clone(), ctx.now(), wait))
                        }
                        Err(_) => Some(self.queue.add_rate_limited(name.clone(), ctx.now())),
                    };
                    if let Some(at) = next {
                        ctx.at(at, Timer::Due);
                    }
                    self.queue.done(&name);
                }
            }
        }
        if !self.working && !self.queue.is_idle() {
            self.working = true;
            ctx.after(ctx.latency.write, Timer::Work);
        }
    }
}

/// One pass over a namespace. Returns after how long to look again, if something is left.
fn sync(ctx: &mut Ctx<'_, Timer>, name: &Str) -> Result<Option<SimSpan>, Status> {
    let Ok(namespace) = ctx.client.get(Kind::Namespace, "", name) else {
        return Ok(None);
    };
    if !namespace.meta().terminating() || namespace.value().at(&["spec", "finalizers"]).is_empty() {
        return Ok(None);
    }
    let pass = empty(ctx, name)?;
    write_conditions(ctx, &namespace, &pass)?;
    if pass.estimate > 0 {
        let seconds = u64::try_from(pass.estimate / 2 + 1).unwrap_or(1);
        return Ok(Some(SimSpan::from_secs(seconds)));
    }
    ctx.client.finalize_namespace(name)?;
    Ok(None)
}

/// Deletes the pods; when they are gone, everything else.
///
/// Upstream: namespaced_resources_deleter.go `deleteAllContent`
fn empty(ctx: &mut Ctx<'_, Timer>, namespace: &Str) -> Result<Pass, Status> {
    let mut pass = Pass::default();
    delete_kind(ctx, Kind::Pod, namespace, &mut pass)?;
    if pass.estimate > 0 {
        return Ok(pass);
    }
    for info in KINDS.iter().filter(|k| k.namespaced) {
        delete_kind(ctx, info.kind, namespace, &mut pass)?;
    }
    Ok(pass)
}

fn delete_kind(
    ctx: &mut Ctx<'_, Timer>,
    kind: Kind,
    namespace: &Str,
    pass: &mut Pass,
) -> Result<(), Status> {
    let options = DeleteOptions {
        propagation: Some(Propagation::Background),
        ..DeleteOptions::default()
    };
    let before = ctx.client.list(kind, Some(namespace));
    let grace = if kind == Kind::Pod {
        longest_grace(&before)
    } else {
        0
    };
    for object in &before {
        match ctx.client.delete(kind, namespace, object.name(), &options) {
            Err(status) if !status.is_not_found() => return Err(status),
            Ok(_) | Err(_) => {}
        }
    }
    let left = ctx.client.list(kind, Some(namespace));
    if left.is_empty() {
        return Ok(());
    }
    let resource = format!("{}.{}", kind.plural(), kind.group());
    pass.remaining.insert(resource, left.len());
    for finalizer in left.iter().flat_map(|o| &o.meta().finalizers) {
        *pass.finalizers.entry(finalizer.clone()).or_insert(0) += 1;
    }
    let estimate = if grace > 0 { grace } else { FINALIZER_ESTIMATE };
    pass.estimate = pass.estimate.max(estimate);
    Ok(())
}

/// The longest grace period of the pods that still run.
fn longest_grace(pods: &[Arc<Object>]) -> i64 {
    pods.iter()
        .filter_map(|o| o.pod())
        .filter(|pod| !pod.terminal())
        .filter_map(|pod| pod.spec.termination_grace_period_seconds)
        .max()
        .unwrap_or(0)
}

/// Status, reason and message of a condition.
type Verdict = (&'static str, &'static str, String);

/// What is left in the namespace, and which finalizers hold it.
fn verdicts(pass: &Pass) -> (Verdict, Verdict) {
    let resources: Vec<String> = pass
        .remaining
        .iter()
        .map(|(resource, n)| format!("{resource} has {n} resource instances"))
        .collect();
    let finalizers: Vec<String> = pass
        .finalizers
        .iter()
        .map(|(finalizer, n)| format!("{finalizer} in {n} resource instances"))
        .collect();
    let remaining = if resources.is_empty() {
        (
            "False",
            "ContentRemoved",
            "All content successfully removed".to_owned(),
        )
    } else {
        let message = format!("Some resources are remaining: {}", resources.join(", "));
        ("True", "SomeResourcesRemain", message)
    };
    let held = if finalizers.is_empty() {
        let message = "All content-preserving finalizers finished".to_owned();
        ("False", "ContentHasNoFinalizers", message)
    } else {
        let message = format!(
            "Some content in the namespace has finalizers remaining: {}",
            finalizers.join(", ")
        );
        ("True", "SomeFinalizersRemain", message)
    };
    (remaining, held)
}

/// The five conditions of a namespace that goes.
///
/// Upstream: pkg/controller/namespace/deletion/status_condition_utils.go
fn write_conditions(
    ctx: &mut Ctx<'_, Timer>,
    namespace: &Object,
    pass: &Pass,
) -> Result<(), Status> {
    let now = ctx.now().timestamp().to_string();
    let (remaining, held) = verdicts(pass);
    let fixed = |reason, message: &str| ("False", reason, message.to_owned());
    let wanted = [
        (
            "NamespaceDeletionDiscoveryFailure",
            fixed(
                "ResourcesDiscovered",
                "All resources successfully discovered",
            ),
        ),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            fixed(
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed",
            ),
        ),
        (
            "NamespaceDeletionContentFailure",
            fixed(
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization",
            ),
        ),
        ("NamespaceContentRemaining", remaining),
        ("NamespaceFinalizersRemaining", held),
    ];
    let before = namespace.value().at(&["status", "conditions"]);
    let list: Vec<Value> = wanted
        .into_iter()
        .map(|(kind, (status, reason, message))| {
            let old = before.items().iter().find(|c| c.get("type").text() == kind);
            let same = old.filter(|c| c.get("status").text() == status);
            let since = same.map_or(Value::str(&now), |c| c.get("lastTransitionTime").clone());
            value!({
                "lastTransitionTime": since, "message": message, "reason": reason,
                "status": status, "type": kind,
            })
        })
        .collect();
    let mut value = namespace.value().clone();
    value
        .at_mut(&["status"])
        .set("conditions", Value::from(list));
    ctx.client.update_status(Kind::Namespace, value)?;
    Ok(())
}
