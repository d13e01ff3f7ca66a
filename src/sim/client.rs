//! `Client`: the only door through which a part changes the world, signed by the caller.

use super::apiserver::{ApiServer, Call, DeleteOptions, Patch, Subresource, Written};
use super::{SimTime, Status};
use crate::k8s::{Kind, Object, Str, Value};
use std::sync::Arc;

/// A part's connection to the API server for the length of one call.
pub struct Client<'a> {
    api: &'a mut ApiServer,
    call: Call,
}

impl<'a> Client<'a> {
    pub fn new(api: &'a mut ApiServer, now: SimTime, actor: impl Into<Str>) -> Self {
        Self {
            api,
            call: Call::component(now, actor),
        }
    }

    /// The same connection signed by another name (one kubelet of many).
    pub fn signed(&mut self, actor: impl Into<Str>) -> Client<'_> {
        Client {
            call: Call::component(self.call.now, actor),
            api: self.api,
        }
    }

    pub fn now(&self) -> SimTime {
        self.call.now
    }

    pub fn actor(&self) -> &Str {
        &self.call.actor
    }

    /// Calls like this one all fail while some fault lasts.
    pub fn cut_off(&self, actor: &str, verb: &str, kind: Kind) -> bool {
        self.api.faults.cut_off(actor, verb, kind)
    }

    /// The cluster only looks ahead: what nobody will read there need not be written. Under faults every call counts.
    pub fn ahead(&self) -> bool {
        self.api.ahead && self.api.faults.rules().is_empty()
    }

    /// The nodes' leases, renewed in bulk.
    pub fn leases(&mut self) -> &mut super::NodeLeases {
        &mut self.api.leases
    }

    /// A live read, past the part's cache.
    pub fn get(&self, kind: Kind, namespace: &str, name: &str) -> Result<Arc<Object>, Status> {
        self.api.get(kind, namespace, name).cloned()
    }

    /// A live list, past the part's cache.
    pub fn list(&self, kind: Kind, namespace: Option<&str>) -> Vec<Arc<Object>> {
        self.api.list(kind, namespace).cloned().collect()
    }

    pub fn create(
        &mut self,
        kind: Kind,
        namespace: &str,
        value: Value,
    ) -> Result<Arc<Object>, Status> {
        self.api
            .create(&self.call, kind, namespace, value)
            .map(|w| w.object)
    }

    pub fn update(&mut self, kind: Kind, value: Value) -> Result<Arc<Object>, Status> {
        self.api
            .update(&self.call, kind, Subresource::Main, value)
            .map(|w| w.object)
    }

    pub fn update_status(&mut self, kind: Kind, value: Value) -> Result<Arc<Object>, Status> {
        self.api
            .update(&self.call, kind, Subresource::Status, value)
            .map(|w| w.object)
    }

    pub fn patch(
        &mut self,
        kind: Kind,
        namespace: &str,
        name: &str,
        subresource: Subresource,
        patch: &Patch,
    ) -> Result<Written, Status> {
        self.api
            .patch(&self.call, kind, namespace, name, subresource, patch)
    }

    pub fn bind(&mut self, namespace: &str, pod: &str, node: &str) -> Result<Arc<Object>, Status> {
        self.api
            .bind(&self.call, namespace, pod, node)
            .map(|w| w.object)
    }

    pub fn delete(
        &mut self,
        kind: Kind,
        namespace: &str,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Arc<Object>, Status> {
        self.api.delete(&self.call, kind, namespace, name, options)
    }

    /// Evicts a pod, if its disruption budget allows it.
    pub fn evict(
        &mut self,
        namespace: &str,
        pod: &str,
        options: &DeleteOptions,
    ) -> Result<Arc<Object>, Status> {
        self.api.evict(&self.call, namespace, pod, options)
    }

    /// Takes the finalizer from the spec of an empty namespace.
    pub fn finalize_namespace(&mut self, name: &str) -> Result<Arc<Object>, Status> {
        self.api.finalize_namespace(&self.call, name)
    }

    /// Removes events that are older than their time to live.
    pub fn expire_events(&mut self) {
        self.api.expire_events(&self.call);
    }
}
