//! Reckons up what the quotas of a namespace have used.
//!
//! Upstream: pkg/controller/resourcequota/resource_quota_controller.go. New objects are added by the API server;
//! here what goes, or stops counting, is taken off again.

use super::Part;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Kind, ObjectKey, Str, Value, pod_resources, quota};
use crate::sim::store::Change;
use crate::sim::workqueue::WorkQueue;
use crate::sim::{Ctx, Delivery, SimSpan, Status};

/// Upstream: `ResourceQuotaSyncPeriod`
const RESYNC: SimSpan = SimSpan::from_secs(300);

/// The controller.
#[derive(Clone, Default)]
pub struct ResourceQuotas {
    /// The quotas' names by namespace.
    quotas: BTreeMap<Str, BTreeSet<Str>>,
    queue: WorkQueue<ObjectKey>,
    working: bool,
    /// The next resync is set.
    resyncing: bool,
}

#[derive(Clone, Debug)]
pub enum Timer {
    /// A delayed quota is due.
    Due,
    /// The worker takes the next quota.
    Work,
    /// All quotas are reckoned up again.
    Resync,
}

impl Part for ResourceQuotas {
    type Timer = Timer;
    const NAME: &'static str = "resourcequota-controller";
    const KINDS: &'static [Kind] = &[
        Kind::ResourceQuota,
        Kind::Pod,
        Kind::Service,
        Kind::PersistentVolumeClaim,
        Kind::ConfigMap,
        Kind::Secret,
        Kind::ServiceAccount,
        Kind::ReplicationController,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Job,
        Kind::CronJob,
    ];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    /// Where no quota is nothing is counted.
    fn wants(&self, delivery: &Delivery) -> bool {
        match delivery {
            Delivery::List { kind, objects, .. } => {
                *kind == Kind::ResourceQuota && !(objects.is_empty() && self.quotas.is_empty())
            }
            Delivery::Change(change) => {
                change.kind == Kind::ResourceQuota
                    || self.quotas.contains_key(change.object().namespace())
            }
        }
    }

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        match delivery {
            Delivery::List { kind, objects, .. } => {
                if *kind == Kind::ResourceQuota {
                    self.quotas.clear();
                    for quota in objects {
                        self.learn(&quota.key());
                    }
                }
            }
            Delivery::Change(change) if change.kind == Kind::ResourceQuota => self.on_quota(change),
            Delivery::Change(change) => self.on_object(ctx, change),
        }
        self.work_soon(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        match timer {
            Timer::Due => self.queue.due(ctx.now()),
            Timer::Work => self.work(ctx),
            Timer::Resync => {
                self.resyncing = false;
                let names: Vec<Str> = self.quotas.keys().cloned().collect();
                for namespace in names {
                    self.add_all(&namespace);
                }
            }
        }
        self.work_soon(ctx);
    }
}

impl ResourceQuotas {
    fn learn(&mut self, key: &ObjectKey) {
        let names = self.quotas.entry(key.namespace.clone()).or_default();
        names.insert(key.name.clone());
        self.queue.add(key.clone());
    }

    /// Changes of the status alone are the server's or our own.
    fn on_quota(&mut self, change: &Change) {
        let key = change.object().key();
        match (&change.old, &change.new) {
            (Some(old), Some(new)) => {
                if old.value().at(&["spec", "hard"]) != new.value().at(&["spec", "hard"]) {
                    self.queue.add(key);
                }
            }
            (None, Some(_)) => self.learn(&key),
            (_, None) => {
                if let Some(names) = self.quotas.get_mut(&key.namespace) {
                    names.remove(&key.name);
                    if names.is_empty() {
                        self.quotas.remove(&key.namespace);
                    }
                }
            }
        }
    }

    /// Something is gone, or takes less than before.
    fn on_object(&mut self, ctx: &Ctx<'_, Timer>, change: &Change) {
        let namespace = change.object().namespace();
        let now = ctx.now().timestamp();
        let replenished = match (&change.old, &change.new) {
            (Some(old), Some(new)) => match change.kind {
                Kind::Pod => {
                    quota::pod_counts(old.value(), now) && !quota::pod_counts(new.value(), now)
                }
                Kind::Service | Kind::PersistentVolumeClaim => {
                    !old.value().get("spec").same(new.value().get("spec"))
                }
                _ => false,
            },
            (_, None) => true,
            (None, Some(_)) => false,
        };
        if replenished {
            let namespace = namespace.clone();
            self.add_all(&namespace);
        }
    }

    fn add_all(&mut self, namespace: &Str) {
        for name in self.quotas.get(namespace).into_iter().flatten() {
            self.queue
                .add(ObjectKey::new(Kind::ResourceQuota, namespace, name));
        }
    }

    fn work_soon(&mut self, ctx: &mut Ctx<'_, Timer>) {
        if !self.resyncing && !self.quotas.is_empty() {
            self.resyncing = true;
            ctx.after(RESYNC, Timer::Resync);
        }
        if !self.working && !self.queue.is_idle() {
            self.working = true;
            ctx.after(ctx.latency.write, Timer::Work);
        }
    }

    fn work(&mut self, ctx: &mut Ctx<'_, Timer>) {
        self.working = false;
        let Some(key) = self.queue.take() else {
            return;
        };
        if sync(ctx, &key).is_err() {
            let at = self.queue.add_rate_limited(key.clone(), ctx.now());
            ctx.at(at, Timer::Due);
        } else {
            self.queue.forget(&key);
        }
        self.queue.done(&key);
    }
}

/// Upstream: `syncResourceQuota`
fn sync(ctx: &mut Ctx<'_, Timer>, key: &ObjectKey) -> Result<(), Status> {
    let Ok(quota) = ctx
        .client
        .get(Kind::ResourceQuota, &key.namespace, &key.name)
    else {
        return Ok(());
    };
    let spec = quota.value().get("spec");
    let list = |kind| ctx.client.list(kind, Some(&key.namespace));
    let used = quota::used(spec, list, ctx.now().timestamp());
    let hard = match spec.get("hard") {
        Value::Null => Value::map(),
        hard => hard.clone(),
    };
    let status = quota.value().get("status");
    let same = status.get("hard") == &hard
        && status.field("used").is_some()
        && pod_resources::read(status.get("used")) == used;
    if same {
        return Ok(());
    }
    let mut value = quota.value().clone();
    value.set("status", Value::map());
    let fresh = value.at_mut(&["status"]);
    fresh.set("hard", hard);
    fresh.set("used", pod_resources::write(&used));
    ctx.client
        .update_status(Kind::ResourceQuota, value)
        .map(|_| ())
}
