//! The API server: decoding, defaulting, admission, validation, versions, finalizers, graceful deletion.
//!
//! Reading order: [`call`] (who asks and how), [`create`], [`update`], [`patching`], [`delete`], [`evict`],
//! [`bind`]; then the rules they use: [`strategy`] (what the server itself decides about an object),
//! [`admission`], and [`bootstrap`] (what a fresh cluster holds).

pub mod call;

pub mod create;

pub mod update;

pub mod patching;

pub mod delete;

pub mod evict;

pub mod bind;

pub mod scale;

mod resize;

pub mod strategy;

pub mod job;

pub mod service;

pub mod admission;

pub mod bootstrap;

pub mod expiry;

mod own_roles;

mod twins;

#[cfg(test)]
mod tests;

pub use call::{Call, Caller, DeleteOptions, Patch, Propagation, Subresource, Written};

use super::fault::{Effect, Faults, refusal};
use super::store::Store;
use super::trace::{Entry, Trace};
use super::{Latencies, Rng, SimSpan, SimTime, Status};
use crate::k8s::ordered::BTreeSet;
use crate::k8s::{Kind, Object, ObjectKey, Shapes, Value};
use std::sync::Arc;

/// The server and its storage.
#[derive(Clone, Debug)]
pub struct ApiServer {
    pub(crate) store: Store,
    pub(crate) trace: Trace,
    /// When the nodes' leases were last renewed.
    pub(crate) leases: super::NodeLeases,
    /// For uids and generated names.
    pub(crate) rng: Rng,
    /// What it refuses on purpose.
    pub faults: Faults,
    /// How long it waits for the service account of a namespace that was just made.
    pub account_wait: SimSpan,
    /// The cluster only looks ahead: nobody will read its Events, its managed fields, its heartbeats or which images a
    /// node has, so components write none. What becomes of nodes and pods is the same.
    pub(crate) ahead: bool,
    /// What the last valid daemon pod was made from, while it does.
    proven: Option<(Value, Value)>,
    expiry: expiry::Expiry,
    /// What the token volumes of all pods have in common.
    token: admission::service_account::Token,
    /// The roles of its own that are in the storage, or were.
    own_taken: BTreeSet<ObjectKey>,
    /// When it looks whether its own Service is there, if that was deleted.
    service_due: Option<SimTime>,
    twins: Box<twins::Twins>,
    /// Shared by all objects of one form.
    shapes: Shapes,
}

impl ApiServer {
    pub fn new(rng: Rng) -> Self {
        Self {
            store: Store::default(),
            trace: Trace::default(),
            leases: super::NodeLeases::default(),
            rng,
            faults: Faults::default(),
            account_wait: Latencies::default().account,
            ahead: false,
            proven: None,
            expiry: expiry::Expiry::default(),
            token: admission::service_account::Token::default(),
            own_taken: BTreeSet::new(),
            service_due: None,
            twins: Box::default(),
            shapes: Shapes::default(),
        }
    }

    /// When the nodes' leases were last renewed.
    pub fn leases(&self) -> &super::NodeLeases {
        &self.leases
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// One object, or NotFound.
    pub fn get(&self, kind: Kind, namespace: &str, name: &str) -> Result<&Arc<Object>, Status> {
        self.store
            .get(kind, namespace, name)
            .ok_or_else(|| Status::not_found(kind, name))
    }

    /// The objects of a kind, of all namespaces or of one, in storage order.
    pub fn list<'a>(
        &'a self,
        kind: Kind,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Arc<Object>> {
        self.store.of(kind).iter(namespace)
    }

    /// How many objects of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        self.store.of(kind).len()
    }

    /// Runs a call under the faults in force and writes it down. Dry runs leave no trace of any kind.
    fn serve<T>(
        &mut self,
        call: &Call,
        verb: &'static str,
        mut key: ObjectKey,
        act: impl FnOnce(&mut Self) -> Result<T, Status>,
        object: impl FnOnce(&T) -> &Arc<Object>,
    ) -> Result<T, Status> {
        if call.dry_run {
            let before = own_roles::has(key.kind).then(|| self.clone());
            let rng = self.rng.clone();
            self.store_own(call, &key);
            let answer = act(self);
            self.rng = rng;
            if let Some(before) = before {
                *self = before;
            }
            return answer;
        }
        self.store_own(call, &key);
        let effect = self.faults.hit(&call.actor, verb, key.kind);
        let told = effect.and_then(|effect| refusal(effect, key.kind, &key.name));
        let answer = match (effect, told) {
            (Some(Effect::FailAfter), Some(told)) => act(self).and(Err(told)),
            (_, Some(told)) => Err(told),
            (_, None) => act(self),
        };
        let (resource_version, refused) = match &answer {
            Ok(done) => {
                let object = object(done);
                key.name = object.name().clone();
                (object.meta().resource_version, "")
            }
            Err(status) => (0, status.reason),
        };
        self.trace.push(Entry {
            at: call.now,
            actor: call.actor.clone(),
            verb,
            key,
            resource_version,
            refused,
        });
        answer
    }
}

/// The object of a write, for [`ApiServer::serve`].
fn written(written: &Written) -> &Arc<Object> {
    &written.object
}
