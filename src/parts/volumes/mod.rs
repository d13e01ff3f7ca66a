//! The volume controllers: claims find volumes, volumes learn what became of their claims, and neither goes while
//! it is in use.
//!
//! Reading order: [`claim`], [`volume`], [`ephemeral`], [`protect`].
//!
//! Nothing here provisions: a class with a provisioner of its own waits for it, as in a cluster where that
//! provisioner does not run.
//!
//! Upstream: pkg/controller/volume/{persistentvolume,pvcprotection,pvprotection}

mod claim;
mod ephemeral;
mod protect;
mod volume;

use super::Part;
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::control::{PendingWrites, pods, volumes as find};
use crate::sim::store::NsName;
use crate::sim::worker::{Tick, Worker};
use crate::sim::{Ctx, Delivery, EventType, Informer, ObjectRef, Recorder, SimSpan, Status};
use std::sync::Arc;

/// Claims that wait are looked at again this often.
const RESYNC: SimSpan = SimSpan::from_secs(15);

/// A claim whose binding is complete.
const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";

/// What may wait in the queue.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    Claim(NsName),
    Volume(NsName),
    /// A pod that brings claims along.
    Pod(NsName),
}

/// Binds claims and volumes.
#[derive(Clone, Debug)]
pub struct Volumes {
    informer: Informer,
    worker: Worker<Key>,
    recorder: Recorder,
    /// The next look at waiting claims is under way.
    resync: bool,
    pending: PendingWrites,
}

impl Default for Volumes {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            worker: Worker::default(),
            recorder: Recorder::new(Self::NAME, ""),
            resync: false,
            pending: PendingWrites::default(),
        }
    }
}

/// A moment that the controller asked for.
#[derive(Clone, Debug)]
pub enum Timer {
    Worker(Tick),
    /// All claims that wait are looked at again.
    Resync,
}

impl From<Tick> for Timer {
    fn from(tick: Tick) -> Self {
        Timer::Worker(tick)
    }
}

impl Part for Volumes {
    type Timer = Timer;
    const NAME: &'static str = "persistentvolume-controller";
    const KINDS: &'static [Kind] = &[
        Kind::PersistentVolume,
        Kind::PersistentVolumeClaim,
        Kind::StorageClass,
        Kind::Pod,
    ];
    const SLEEPS_THROUGH: &'static [Kind] = &[Kind::Pod];

    fn wakes(object: &Object) -> bool {
        match object.kind() {
            Kind::PersistentVolume | Kind::PersistentVolumeClaim => true,
            Kind::Pod => {
                let waits = object.pod().is_some_and(|p| p.spec.node_name.is_empty());
                waits && ephemeral::brings_claims(object)
            }
            _ => false,
        }
    }

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            self.pending.seen(delta.object(), delta.new.is_none());
            let object = delta.object();
            match delta.kind() {
                Kind::PersistentVolumeClaim => {
                    self.claim_changed(object);
                    let owner = object.meta().controller();
                    if let Some(pod) = owner.filter(|o| delta.new.is_none() && o.kind == "Pod") {
                        let (namespace, name) = (object.namespace().clone(), pod.name.clone());
                        self.worker.add(Key::Pod(NsName { namespace, name }));
                    }
                }
                Kind::PersistentVolume => self.volume_changed(object),
                Kind::Pod => {
                    let done = object.pod().is_some_and(crate::k8s::api::Pod::terminal);
                    if delta.new.is_none() || done {
                        self.pod_gone(object);
                    } else if delta.old.is_none() && ephemeral::brings_claims(object) {
                        self.worker.add(Key::Pod(NsName::of(object)));
                    }
                }
                _ => {}
            }
        }
        self.worker.wake(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        match timer {
            Timer::Resync => {
                self.resync = false;
                let claims = self.informer.of(Kind::PersistentVolumeClaim).iter(None);
                for claim in claims.filter(|c| !claim::complete(c)) {
                    self.worker.add(Key::Claim(NsName::of(claim)));
                }
            }
            Timer::Worker(tick) => {
                if let Some(key) = self.worker.turn(ctx.now(), tick) {
                    let ended = self.sync(ctx, &key).into();
                    self.worker.end(ctx, &key, ended);
                }
            }
        }
        self.worker.wake(ctx);
    }
}

impl Volumes {
    fn sync(&mut self, ctx: &mut Ctx<'_, Timer>, key: &Key) -> Result<(), Status> {
        let (Key::Claim(name) | Key::Volume(name) | Key::Pod(name)) = key;
        if self.pending.has(name) {
            return Err(Status::internal(
                "the caches are behind this controller's writes",
            ));
        }
        match key {
            Key::Claim(name) => self.sync_claim(ctx, name),
            Key::Volume(name) => self.sync_volume(ctx, name),
            Key::Pod(name) => self.sync_pod(ctx, name),
        }
    }

    fn claim_changed(&mut self, claim: &Object) {
        self.worker.add(Key::Claim(NsName::of(claim)));
        let volume = claim.value().at(&["spec", "volumeName"]).to_str();
        if !volume.is_empty() {
            self.worker.add(Key::Volume(volume_key(volume)));
        }
        // A volume may still name a claim that is gone.
        let volumes = self.informer.of(Kind::PersistentVolume).iter(None);
        for volume in volumes.filter(|v| find::reserved_for(v, claim)) {
            self.worker.add(Key::Volume(NsName::of(volume)));
        }
    }

    fn volume_changed(&mut self, volume: &Object) {
        self.worker.add(Key::Volume(NsName::of(volume)));
        let claims = self.informer.of(Kind::PersistentVolumeClaim).iter(None);
        let named = |claim: &&Arc<Object>| {
            claim.value().at(&["spec", "volumeName"]).text() == volume.name().as_str()
        };
        for claim in claims.filter(named) {
            self.worker.add(Key::Claim(NsName::of(claim)));
        }
    }

    /// The claims of a pod that is gone may go as well.
    fn pod_gone(&mut self, pod: &Object) {
        for name in pods::claims_of(pod) {
            let namespace = pod.namespace().clone();
            self.worker.add(Key::Claim(NsName { namespace, name }));
        }
    }

    fn resync_later(&mut self, ctx: &mut Ctx<'_, Timer>) {
        if !self.resync {
            self.resync = true;
            ctx.after(RESYNC, Timer::Resync);
        }
    }

    fn say(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        about: &Object,
        kind: EventType,
        reason: &'static str,
        text: &str,
    ) {
        let about = ObjectRef::of(about);
        self.recorder
            .event(&mut ctx.client, &about, kind, reason, text);
    }

    /// Writes what has changed, main part first, then the status.
    fn write(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        old: &Object,
        value: Value,
    ) -> Result<(), Status> {
        let (kind, key) = (old.kind(), NsName::of(old));
        let status = value.get("status").clone();
        let same = |field: &str| value.get(field) == old.value().get(field);
        let mut current = old.value().clone();
        if !same("spec") || !same("metadata") {
            let written = ctx.client.update(kind, value)?;
            self.pending.wrote(&key, &written);
            current = written.value().clone();
        }
        if status != *current.get("status") {
            current.set("status", status);
            let written = ctx.client.update_status(kind, current)?;
            self.pending.wrote(&key, &written);
        }
        Ok(())
    }
}

fn volume_key(name: Str) -> NsName {
    NsName {
        namespace: Str::default(),
        name,
    }
}
