//! EndpointSlices: one group of slices for every set of ports that pods have.
//!
//! Upstream: staging/src/k8s.io/endpointslice/reconciler.go

use super::address;
use super::{Endpoints, Timer, labels, tolerates_unready, trigger};
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Str, Timestamp, Value, hash};
use crate::sim::apiserver::DeleteOptions;
use crate::sim::control::controller_ref;
use crate::sim::store::NsName;
use crate::sim::{Client, Ctx, Status};
use crate::value;
use std::sync::Arc;

pub(super) const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
const CONTROLLER: &str = "endpointslice-controller.k8s.io";
pub(super) const SERVICE: &str = "kubernetes.io/service-name";

/// Endpoints in one slice at most.
const SLICE_MAX: usize = 100;

/// The Service that a slice (or the older object) belongs to.
pub(super) fn service_of(object: &Object) -> Option<NsName> {
    let name = match object.kind() {
        Kind::EndpointSlice => Str::new(object.meta().label(SERVICE)?),
        _ => object.name().clone(),
    };
    Some(NsName {
        namespace: object.namespace().clone(),
        name,
    })
}

/// The slices of one set of ports, as they should be.
struct Group {
    ports: Vec<Value>,
    endpoints: Vec<Value>,
}

/// A pod in a slice.
fn endpoint(client: &Client<'_>, pod: &Object, service: &Object) -> Value {
    let serving = address::ready(pod);
    let terminating = pod.meta().terminating();
    let ready = tolerates_unready(service) || (serving && !terminating);
    let node = address::node(pod);
    let mut endpoint = value!({
        "addresses": [address::ip(pod)],
        "conditions": {"ready": ready, "serving": serving, "terminating": terminating},
        "targetRef": address::reference(pod),
    });
    if let Some(hostname) = address::hostname(pod, service) {
        endpoint.set("hostname", hostname);
    }
    if let Ok(machine) = client.get(Kind::Node, "", &node)
        && let Some(zone) = machine.meta().label("topology.kubernetes.io/zone")
    {
        endpoint.set("zone", Str::new(zone));
    }
    if !node.is_empty() {
        endpoint.set("nodeName", node);
    }
    endpoint
}

fn groups(client: &Client<'_>, service: &Object, pods: &[Arc<Object>]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for pod in pods {
        let mut ports = address::ports(pod, service);
        ports.order_by_key(|port| hash::place_of("discovery.EndpointPort", port));
        let endpoint = endpoint(client, pod, service);
        match groups.iter_mut().find(|g| g.ports == ports) {
            Some(group) => group.endpoints.push(endpoint),
            None => groups.push(Group {
                ports,
                endpoints: vec![endpoint],
            }),
        }
    }
    groups
}

/// Null stands for none, as the storage gives it back.
fn list(items: Vec<Value>) -> Value {
    if items.is_empty() {
        Value::Null
    } else {
        Value::from(items)
    }
}

fn uid(endpoint: &Value) -> &str {
    endpoint.at(&["targetRef", "uid"]).text()
}

/// Contents (endpoints and ports) for slices: those kept, and those to make.
fn contents(existing: &[Arc<Object>], group: Group) -> (Vec<(usize, Value)>, Vec<Vec<Value>>) {
    let mut left = group.endpoints;
    let mut kept: Vec<(usize, Vec<Value>)> = Vec::new();
    for (i, slice) in existing.iter().enumerate() {
        if slice.value().get("ports").items() != group.ports {
            continue;
        }
        let mut stay = Vec::new();
        for old in slice.value().get("endpoints").items() {
            if let Some(at) = left.iter().position(|e| uid(e) == uid(old)) {
                stay.push(left.remove(at));
            }
        }
        kept.push((i, stay));
    }
    for (_, endpoints) in &mut kept {
        let room = SLICE_MAX.saturating_sub(endpoints.len()).min(left.len());
        endpoints.extend(left.drain(..room));
    }
    kept.retain(|(_, endpoints)| !endpoints.is_empty());
    let more = left.chunks(SLICE_MAX).map(<[Value]>::to_vec).collect();
    let kept = kept.into_iter().map(|(i, e)| (i, list(e))).collect();
    (kept, more)
}

/// A slice to create for a Service.
fn new_slice(service: &Object, labels: &Value, endpoints: Value, ports: Value) -> Value {
    value!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {
            "generateName": format!("{}-", service.name()),
            "namespace": service.namespace(), "labels": labels.clone(),
            "ownerReferences": [controller_ref(service)],
        },
        "addressType": "IPv4", "endpoints": endpoints, "ports": ports,
    })
}

impl Endpoints {
    pub(super) fn sync_slices(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
        service: &Arc<Object>,
        pods: &[Arc<Object>],
        trigger: Option<Timestamp>,
    ) -> Result<(), Status> {
        let ours = |slice: &&Arc<Object>| {
            slice.meta().label(SERVICE) == Some(service.name())
                && slice.meta().label(MANAGED_BY) == Some(CONTROLLER)
                && !slice.meta().terminating()
        };
        let all = self.informer.of(Kind::EndpointSlice);
        let existing: Vec<Arc<Object>> = all
            .iter(Some(&key.namespace))
            .filter(ours)
            .cloned()
            .collect();
        let marks = [
            (MANAGED_BY, Value::from(CONTROLLER)),
            (SERVICE, Value::from(service.name())),
        ];
        let labels = labels(service, &marks);
        let mut updates: Vec<(usize, Value, Value)> = Vec::new();
        let mut creates: Vec<(Value, Value)> = Vec::new();
        for group in groups(&ctx.client, service, pods) {
            let ports = list(group.ports.clone());
            let (kept, more) = contents(&existing, group);
            updates.extend(kept.into_iter().map(|(i, e)| (i, e, ports.clone())));
            creates.extend(more.into_iter().map(|e| (list(e), ports.clone())));
        }
        if updates.is_empty() && creates.is_empty() {
            // A Service always has a slice, if an empty one.
            creates.push((Value::Null, Value::Null));
        }
        let mut spare: Vec<usize> = (0..existing.len())
            .filter(|i| !updates.iter().any(|(kept, _, _)| kept == i))
            .collect();
        while !spare.is_empty() && !creates.is_empty() {
            let (endpoints, ports) = creates.remove(0);
            updates.push((spare.remove(0), endpoints, ports));
        }
        for (i, endpoints, ports) in updates {
            let content = (endpoints, ports);
            self.update_slice(ctx, key, &existing[i], content, &labels, trigger)?;
        }
        for i in spare {
            let options = DeleteOptions::default();
            let (kind, name) = (Kind::EndpointSlice, existing[i].name());
            match ctx.client.delete(kind, &key.namespace, name, &options) {
                Ok(gone) => self.pending.wrote(key, &gone),
                Err(status) if status.is_not_found() => {}
                Err(status) => return Err(status),
            }
        }
        for (endpoints, ports) in creates {
            let mut slice = new_slice(service, &labels, endpoints, ports);
            trigger::note(&mut slice, trigger);
            let made = ctx
                .client
                .create(Kind::EndpointSlice, &key.namespace, slice)?;
            self.pending.wrote(key, &made);
        }
        Ok(())
    }

    fn update_slice(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
        slice: &Object,
        (endpoints, ports): (Value, Value),
        labels: &Value,
        trigger: Option<Timestamp>,
    ) -> Result<(), Status> {
        let mut value = slice.value().clone();
        value.set("endpoints", endpoints);
        value.set("ports", ports);
        value.set_at(&["metadata", "labels"], labels);
        if value == *slice.value() {
            return Ok(());
        }
        trigger::note(&mut value, trigger);
        let written = ctx.client.update(Kind::EndpointSlice, value)?;
        self.pending.wrote(key, &written);
        Ok(())
    }
}
