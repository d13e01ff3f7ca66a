//! The older object, Endpoints: one for a Service, named like it.
//!
//! Upstream: pkg/controller/endpoint/endpoints_controller.go `syncService`

use super::{Endpoints, Timer, address, labels, tolerates_unready, trigger};
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Timestamp, Value, hash};
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

/// The pods behind one port: their places, and which are ready.
type Behind = Vec<(usize, bool)>;

/// Ports that have the same pods behind them together, ready pods apart from the others, sorted by address.
///
/// Upstream: pkg/api/v1/endpoints/util.go `RepackSubsets`
fn subsets(service: &Object, pods: &[Arc<Object>]) -> Vec<Value> {
    let unready = tolerates_unready(service);
    let mut pods: Vec<&Arc<Object>> = pods
        .iter()
        .filter(|pod| unready || !pod.meta().terminating())
        .collect();
    pods.order_by_key(|pod| address::ip(pod));
    let portless = service.value().at(&["spec", "ports"]).items().is_empty();
    let mut behind: Vec<(Value, Behind)> = Vec::new();
    for (place, pod) in pods.iter().enumerate() {
        let mut ports = address::ports(pod, service);
        if portless {
            ports.push(Value::Null);
        }
        let here = (place, unready || address::ready(pod));
        for port in ports {
            match behind.iter_mut().find(|(p, _)| *p == port) {
                Some((_, pods)) => pods.push(here),
                None => behind.push((port, vec![here])),
            }
        }
    }
    let mut packed: Vec<(Behind, Vec<Value>)> = Vec::new();
    for (port, pods) in behind {
        match packed.iter_mut().find(|(p, _)| *p == pods) {
            Some((_, ports)) => ports.push(port),
            None => packed.push((pods, vec![port])),
        }
    }
    let packed = packed.into_iter().map(|(behind, ports)| {
        let of = |wanted: bool| -> Value {
            let places = behind.iter().filter(|(_, ready)| *ready == wanted);
            places
                .map(|(place, _)| address(pods[*place], service))
                .collect()
        };
        subset(of(true), of(false), ports)
    });
    packed.collect()
}

fn subset(good: Value, bad: Value, mut ports: Vec<Value>) -> Value {
    ports.retain(|port| !port.is_null());
    ports.order_by_key(|port| hash::place_of("core.EndpointPort", port));
    for port in &mut ports {
        if port.get("name").text().is_empty() {
            port.remove("name");
        }
    }
    let mut subset = Value::map();
    for (field, list) in [
        ("addresses", good),
        ("notReadyAddresses", bad),
        ("ports", Value::from(ports)),
    ] {
        if !list.is_empty() {
            subset.set(field, list);
        }
    }
    subset
}

impl Endpoints {
    pub(super) fn sync_object(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
        service: &Object,
        pods: &[Arc<Object>],
        trigger: Option<Timestamp>,
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
        trigger::note(&mut value, trigger);
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
