//! A pod as an endpoint: its address, its ports, what it points at.

use crate::k8s::api::Pod;
use crate::k8s::{Object, Str, Value};
use crate::value;

/// The pod has an address and has not ended.
///
/// Upstream: endpointslice/util/controller_utils.go `ShouldPodBeInEndpoints`
pub(super) fn has_address(pod: &Object) -> bool {
    pod.pod()
        .is_some_and(|p| !p.terminal() && !p.status.pod_ip.is_empty())
}

pub(super) fn ip(pod: &Object) -> Str {
    pod.pod()
        .map(|p| p.status.pod_ip.clone())
        .unwrap_or_default()
}

pub(super) fn node(pod: &Object) -> Str {
    pod.pod()
        .map(|p| p.spec.node_name.clone())
        .unwrap_or_default()
}

pub(super) fn ready(pod: &Object) -> bool {
    pod.pod().is_some_and(Pod::ready)
}

pub(super) fn reference(pod: &Object) -> Value {
    value!({
        "kind": "Pod", "namespace": pod.namespace(), "name": pod.name(), "uid": pod.uid(),
    })
}

/// The host name that the pod is published under, if the Service governs its names.
pub(super) fn hostname(pod: &Object, service: &Object) -> Option<Str> {
    let spec = &pod.pod()?.spec;
    let governs = spec.subdomain == *service.name() && !spec.hostname.is_empty();
    governs.then(|| spec.hostname.clone())
}

/// The Service's ports as this pod has them; those that it does not have are left out.
pub(super) fn ports(pod: &Object, service: &Object) -> Vec<Value> {
    let ports = service.value().at(&["spec", "ports"]).items().iter();
    ports
        .filter_map(|port| {
            let protocol = port.get("protocol").text();
            let protocol = if protocol.is_empty() { "TCP" } else { protocol };
            let mut found = value!({
                "name": port.get("name").to_str(), "port": number(pod, port, protocol)?,
                "protocol": Str::new(protocol),
            });
            if !port.get("appProtocol").is_null() {
                found.set("appProtocol", port.get("appProtocol"));
            }
            Some(found)
        })
        .collect()
}

/// Upstream: endpointslice/util `FindPort`
fn number(pod: &Object, port: &Value, protocol: &str) -> Option<i64> {
    let target = port.get("targetPort");
    if let Some(number) = target.as_i64() {
        return Some(if number == 0 {
            port.get("port").as_i64()?
        } else {
            number
        });
    }
    if target.is_null() {
        return port.get("port").as_i64();
    }
    let spec = pod.value().get("spec");
    let sidecar = |c: &&Value| c.get("restartPolicy").text() == "Always";
    let init = spec.get("initContainers").items().iter().filter(sidecar);
    let named = |p: &&Value| {
        let own = p.get("protocol").text();
        p.get("name").text() == target.text()
            && (own == protocol || (own.is_empty() && protocol == "TCP"))
    };
    let containers = spec.get("containers").items().iter().chain(init);
    let mut all = containers.flat_map(|c| c.get("ports").items());
    all.find(named)?.get("containerPort").as_i64()
}
