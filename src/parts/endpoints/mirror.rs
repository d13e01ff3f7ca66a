//! Addresses that were written by hand for a Service without selector: mirrored into slices.
//!
//! Upstream: pkg/controller/endpointslicemirroring/reconciler.go

use super::slices::{MANAGED_BY, SERVICE};
use super::{Endpoints, Timer};
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Value, hash};
use crate::sim::apiserver::DeleteOptions;
use crate::sim::control::controller_ref;
use crate::sim::store::NsName;
use crate::sim::{Ctx, Status};
use crate::value;
use std::sync::Arc;

const CONTROLLER: &str = "endpointslicemirroring-controller.k8s.io";
const SKIP: &str = "endpointslice.kubernetes.io/skip-mirror";
/// Annotations that are the object's own.
const OWN: [&str; 2] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "endpoints.kubernetes.io/last-change-trigger-time",
];

/// The ports and endpoints of one slice.
fn content(subset: &Value) -> (Value, Value) {
    let mut ports = subset.get("ports").items().to_vec();
    for port in ports.iter_mut().filter(|p| p.get("name").is_null()) {
        port.set("name", "");
    }
    ports.order_by_key(|port| hash::place_of("core.EndpointPort", port));
    let mut all: Vec<Value> = Vec::new();
    for (field, ready) in [("addresses", true), ("notReadyAddresses", false)] {
        for address in subset.get(field).items() {
            let mut endpoint = value!({
                "addresses": [address.get("ip")], "conditions": {"ready": ready},
            });
            for field in ["hostname", "nodeName", "targetRef"] {
                if !address.get(field).is_null() {
                    endpoint.set(field, address.get(field));
                }
            }
            all.push(endpoint);
        }
    }
    (Value::from(ports), Value::from(all))
}

impl Endpoints {
    /// Brings the mirrored slices of a Service up to date; there are none unless its addresses are written by hand.
    pub(super) fn sync_mirror(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
        by_hand: bool,
    ) -> Result<(), Status> {
        let ours = |slice: &&Arc<Object>| {
            slice.meta().label(SERVICE) == Some(key.name.as_str())
                && slice.meta().label(MANAGED_BY) == Some(CONTROLLER)
                && !slice.meta().terminating()
        };
        let all = self
            .informer
            .of(Kind::EndpointSlice)
            .iter(Some(&key.namespace));
        let mut existing: Vec<Arc<Object>> = all.filter(ours).cloned().collect();
        let object = self
            .informer
            .get(Kind::Endpoints, &key.namespace, &key.name);
        let object = object.filter(|e| by_hand && e.meta().label(SKIP) != Some("true"));
        if let Some(object) = object.cloned() {
            for subset in object.value().get("subsets").items() {
                let kept = (!existing.is_empty()).then(|| existing.remove(0));
                self.mirror(ctx, key, &object, content(subset), kept)?;
            }
        }
        for slice in existing {
            let options = DeleteOptions::default();
            let kind = Kind::EndpointSlice;
            match ctx
                .client
                .delete(kind, &key.namespace, slice.name(), &options)
            {
                Ok(gone) => self.pending.wrote(key, &gone),
                Err(status) if status.is_not_found() => {}
                Err(status) => return Err(status),
            }
        }
        Ok(())
    }

    fn mirror(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
        object: &Object,
        (ports, endpoints): (Value, Value),
        kept: Option<Arc<Object>>,
    ) -> Result<(), Status> {
        let mut labels = object.meta().labels.clone();
        labels.set(MANAGED_BY, CONTROLLER);
        labels.set(SERVICE, &key.name);
        let kind = Kind::EndpointSlice;
        let mut slice = match &kept {
            Some(kept) => kept.value().clone(),
            None => value!({
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
                "metadata": {
                    "generateName": format!("{}-", key.name), "namespace": &key.namespace,
                    "ownerReferences": [controller_ref(object)],
                },
                "addressType": "IPv4",
            }),
        };
        slice.set("ports", ports);
        slice.set("endpoints", endpoints);
        slice.set_at(&["metadata", "labels"], labels);
        let mut notes = object.meta().annotations.clone();
        for own in OWN {
            notes.remove(own);
        }
        if !notes.is_empty() {
            slice.set_at(&["metadata", "annotations"], notes);
        }
        let written = match &kept {
            Some(kept) if *kept.value() == slice => return Ok(()),
            Some(_) => ctx.client.update(kind, slice)?,
            None => ctx.client.create(kind, &key.namespace, slice)?,
        };
        self.pending.wrote(key, &written);
        Ok(())
    }
}
