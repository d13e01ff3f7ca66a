//! The API server: decoding, defaulting, admission, validation, versions, finalizers, graceful deletion.
//!
//! Reading order: [`call`] (who asks and how), [`verbs`] (create, update, patch, bind), [`delete`].

pub mod call;

pub mod verbs;

pub mod delete;

pub use call::{Call, Caller, DeleteOptions, Patch, Propagation, Subresource, Written};

use super::store::Store;
use super::trace::{Entry, Trace};
use super::{Rng, Status};
use crate::k8s::{Kind, Object, ObjectKey};
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
}

impl ApiServer {
    pub fn new(rng: Rng) -> Self {
        Self {
            store: Store::default(),
            trace: Trace::default(),
            leases: super::NodeLeases::default(),
            rng,
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

    /// Writes down a call and its answer.
    fn record(
        &mut self,
        call: &Call,
        verb: &'static str,
        key: ObjectKey,
        answer: Result<u64, &Status>,
    ) {
        let (resource_version, refused) = match answer {
            Ok(version) => (version, ""),
            Err(status) => (0, status.reason),
        };
        let actor = call.actor.clone();
        self.trace.push(Entry {
            at: call.now,
            actor,
            verb,
            key,
            resource_version,
            refused,
        });
    }
}
