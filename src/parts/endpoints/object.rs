//! The older object, Endpoints: one for a Service, named like it.
//!
//! Upstream: pkg/controller/endpoint/endpoints_controller.go `syncService`

use super::{Endpoints, Timer, address, labels, tolerates_unready};
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Value};
use crate::sim::apiserver::DeleteOptions;
use crate::sim::store::NsName;
use crate::sim::{Ctx, Status};
use crate::value;
use std::sync::Arc;

const ACTOR: &str = "endpoint-controller";
const MANAGED_BY: &str = "endpoints.kubernetes.io/managed-by";

/// A pod's address.
fn address(pod: &Object, service: &Object) -> Value {
    let mut address = value!({"ip": address::ip(pod), "targetRef": address::reference(pod)});
    let node = address::node(pod);
    if !node.is_empty() {
        address.set("nodeName", node);
    }
    if let Some(hostname) = address::hostname(pod, service) {
        address.set("hostname", hostname);
    }
    address
}

/// Pods by their ports, ready ones apart from the others, sorted by address.
fn subsets(service: &Object, pods: &[Arc<Object>]) -> Vec<Value> {
    let unready = tolerates_unready(service);
    let mut subsets: Vec<(Vec<Value>, Vec<Value>, Vec<Value>)> = Vec::new();
    let mut pods: Vec<&Arc<Object>> = pods
        .iter()
        .filter(|pod| unready || !pod.meta().terminating())
        .collect();
    pods.order_by_key(|pod| address::ip(pod));
    for pod in pods {
        let ports = address::ports(pod, service);
        if ports.is_empty() && !service.value().at(&["spec", "ports"]).items().is_empty() {
            continue;
        }
        let at = subsets.iter().position(|(p, _, _)| *p == ports);
        let at = at.unwrap_or_else(|| {
            subsets.push((ports, Vec::new(), Vec::new()));
            subsets.len() - 1
        });
        let (_, good, bad) = &mut subsets[at];
        let list = if unready || address::ready(pod) {
            good
        } else {
            bad
        };
        list.push(address(pod, service));
    }
    let subsets = subsets.into_iter().map(|(ports, good, bad)| {
        let mut subset = Value::map();
        let named = |mut port: Value| {
            if port.get("name").text().is_empty() {
                port.remove("name");
            }
            port
        };
        let ports: Vec<Value> = ports.into_iter().map(named).collect();
        for (field, list) in [
            ("addresses", good),
            ("notReadyAddresses", bad),
            ("ports", ports),
        ] {
            if !list.is_empty() {
                subset.set(field, Value::from(list));
            }
        }
        subset
    });
    subsets.collect()
}

impl Endpoints {
    pub(super) fn sync_object(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
        service: &Object,
        pods: &[Arc<Object>],
    ) -> Result<(), Status> {
        let subsets = subsets(service, pods);
        let labels = labels(service, &[(MANAGED_BY, Value::from(ACTOR))]);
        let old = self
            .informer
            .get(Kind::Endpoints, &key.namespace, &key.name)
            .cloned();
        let mut value = match &old {
            Some(old) => old.value().clone(),
            None => value!({
                "apiVersion": "v1", "kind": "Endpoints",
                "metadata": {"name": &key.name, "namespace": &key.namespace},
            }),
        };
        value.set_at(&["metadata", "labels"], labels);
        if subsets.is_empty() {
            value.remove("subsets");
        } else {
            value.set("subsets", Value::from(subsets));
        }
        if old.as_ref().is_some_and(|old| *old.value() == value) {
            return Ok(());
        }
        let mut client = ctx.client.signed(ACTOR);
        let written = if old.is_some() {
            client.update(Kind::Endpoints, value)?
        } else {
            client.create(Kind::Endpoints, &key.namespace, value)?
        };
        self.pending.wrote(key, &written);
        Ok(())
    }

    /// The Service is gone, and its endpoints with it (slices are left to the garbage collector).
    pub(super) fn remove_object(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
    ) -> Result<(), Status> {
        let own = self
            .informer
            .get(Kind::Endpoints, &key.namespace, &key.name);
        if !own.is_some_and(|e| e.meta().label(MANAGED_BY) == Some(ACTOR)) {
            return Ok(());
        }
        let options = DeleteOptions::default();
        let mut client = ctx.client.signed(ACTOR);
        match client.delete(Kind::Endpoints, &key.namespace, &key.name, &options) {
            Err(status) if !status.is_not_found() => Err(status),
            _ => Ok(()),
        }
    }
}
