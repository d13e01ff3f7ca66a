//! The endpoint controllers: for every Service with a selector the addresses of its pods, as EndpointSlices and
//! as one object of the older kind.
//!
//! Reading order: [`address`] (pods and ports), [`slices`], [`object`], [`mirror`], [`trigger`].
//!
//! Upstream: pkg/controller/endpointslice, staging/src/k8s.io/endpointslice, pkg/controller/endpoint

mod address;
mod mirror;
mod object;
mod slices;
mod trigger;

use super::Part;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Value};
use crate::sim::control::PendingWrites;
use crate::sim::store::NsName;
use crate::sim::worker::{Tick, Worker};
use crate::sim::{Ctx, Delivery, Informer, Status};
use std::sync::Arc;

/// Marks slices and endpoints of Services without a cluster address.
const HEADLESS: &str = "service.kubernetes.io/headless";

/// Keeps endpoints.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    informer: Informer,
    worker: Worker<NsName>,
    pending: PendingWrites,
    seen: BTreeMap<NsName, trigger::Seen>,
}

/// A moment that the controller asked for.
pub type Timer = Tick;

impl Part for Endpoints {
    type Timer = Timer;
    const NAME: &'static str = "endpointslice-controller";
    const KINDS: &'static [Kind] = &[
        Kind::Service,
        Kind::EndpointSlice,
        Kind::Endpoints,
        Kind::Pod,
    ];
    const SLEEPS_THROUGH: &'static [Kind] = &[Kind::Pod];

    fn wakes(object: &Object) -> bool {
        object.kind() == Kind::Service && selector(object).is_some()
    }

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            self.pending.seen(delta.object(), delta.new.is_none());
            let object = delta.object();
            if delta.kind() == Kind::Service {
                self.worker.add(NsName::of(object));
            } else if delta.kind() == Kind::Pod {
                for pod in [&delta.old, &delta.new].into_iter().flatten() {
                    self.enqueue_matching(pod);
                }
            } else if let Some(service) = slices::service_of(object) {
                self.worker.add(service);
            }
        }
        self.worker.wake(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        if let Some(key) = self.worker.turn(ctx.now(), timer) {
            let ended = self.sync(ctx, &key).into();
            self.worker.end(ctx, &key, ended);
        }
        self.worker.wake(ctx);
    }
}

/// What a Service selects; None for Services whose endpoints are made by others.
fn selector(service: &Object) -> Option<Selector> {
    let spec = service.value().get("spec");
    let external = spec.get("type").text() == "ExternalName";
    let labels = spec.get("selector");
    (!external && !labels.is_empty()).then(|| Selector::from_map(labels))
}

fn headless(service: &Object) -> bool {
    service.value().at(&["spec", "clusterIP"]).text() == "None"
}

/// Not-ready pods are published too.
fn tolerates_unready(service: &Object) -> bool {
    let flag = service.value().at(&["spec", "publishNotReadyAddresses"]);
    flag.as_bool() == Some(true)
}

/// The Service's labels and those of the controller.
fn labels(service: &Object, marks: &[(&'static str, Value)]) -> Value {
    let mut labels = service.meta().labels.clone();
    for (key, value) in marks {
        labels.set(*key, value);
    }
    if headless(service) {
        labels.set(HEADLESS, "");
    }
    labels
}

impl Endpoints {
    fn enqueue_matching(&mut self, pod: &Object) {
        for service in self.informer.of(Kind::Service).iter(Some(pod.namespace())) {
            if selector(service).is_some_and(|s| s.matches(&pod.meta().labels)) {
                self.worker.add(NsName::of(service));
            }
        }
    }

    fn sync(&mut self, ctx: &mut Ctx<'_, Timer>, key: &NsName) -> Result<(), Status> {
        let service = self.informer.get(Kind::Service, &key.namespace, &key.name);
        let Some(service) = service.cloned() else {
            self.pending.forget(key);
            self.seen.remove(key);
            return self.remove_object(ctx, key);
        };
        if service.meta().terminating() {
            return Ok(());
        }
        if self.pending.has(key) {
            return Err(Status::internal(
                "the caches are behind this controller's writes",
            ));
        }
        let by_hand = service.value().at(&["spec", "selector"]).is_empty();
        self.sync_mirror(ctx, key, by_hand)?;
        let Some(selector) = selector(&service) else {
            return Ok(());
        };
        let pods = self.informer.of(Kind::Pod).iter(Some(&key.namespace));
        let pods: Vec<Arc<Object>> = pods
            .filter(|pod| selector.matches(&pod.meta().labels) && address::has_address(pod))
            .cloned()
            .collect();
        let trigger = self.triggered(key, &service, &pods);
        self.sync_slices(ctx, key, &service, &pods, trigger)?;
        self.sync_object(ctx, key, &service, &pods, trigger)
    }
}
