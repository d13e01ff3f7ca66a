//! Addresses and node ports of Services: given out by the server, never twice.
//!
//! Upstream: pkg/registry/core/service/storage/alloc.go

use super::ApiServer;
use crate::k8s::{Kind, Object, Value};
use crate::sim::Status;
use crate::sim::status::Cause;
use crate::value;

/// The range of cluster addresses: 10.96.0.0/12.
const ADDRESSES: u64 = (1 << 20) - 2;
const FIRST_ADDRESS: u64 = 0x0a60_0001;

/// `--service-node-port-range`
const NODE_PORTS: (i64, i64) = (30_000, 32_767);

/// Gives a new Service its addresses, families and node ports.
pub(super) fn allocate(api: &mut ApiServer, service: &mut Value) -> Result<(), Status> {
    let external = service.at(&["spec", "type"]).text() == "ExternalName";
    if external {
        let address = service.at(&["spec", "clusterIP"]).clone();
        if !address.is_empty() {
            let addresses = Value::from(vec![address]);
            service.at_mut(&["spec"]).set("clusterIPs", addresses);
        }
        return Ok(());
    }
    let headless = service.at(&["spec", "clusterIP"]).text() == "None";
    let family = service.at(&["spec", "ipFamilies"]).is_empty();
    let spec = service.at_mut(&["spec"]);
    if family {
        spec.set("ipFamilies", value!(["IPv4"]));
    }
    if spec.get("ipFamilyPolicy").is_empty() {
        spec.set("ipFamilyPolicy", "SingleStack");
    }
    families(service)?;
    let spec = service.at_mut(&["spec"]);
    if !headless && spec.get("clusterIP").is_empty() {
        let address = free_address(api);
        spec.set("clusterIP", address);
    } else if !headless {
        let address = spec.get("clusterIP").to_str();
        let why = if !in_range(&address) {
            "the provided network does not match the current range"
        } else if address_taken(api, &address) {
            "provided IP is already allocated"
        } else {
            ""
        };
        if !why.is_empty() {
            let name = service.at(&["metadata", "name"]).text();
            return Err(refuse(
                name,
                "spec.clusterIPs",
                format!("Invalid value: [\"{address}\"]: failed to allocate IP {address}: {why}"),
            ));
        }
    }
    let spec = service.at_mut(&["spec"]);
    let address = spec.get("clusterIP").clone();
    spec.set("clusterIPs", Value::from(vec![address]));
    allocate_ports(api, service, None)
}

/// The cluster knows IPv4 only.
///
/// Upstream: pkg/registry/core/service/storage/alloc.go `initIPFamilyFields`
fn families(service: &Value) -> Result<(), Status> {
    let spec = service.get("spec");
    let name = service.at(&["metadata", "name"]).text();
    let address = spec.get("clusterIP").text();
    if address.contains(':') {
        let why = format!("Invalid value: [\"{address}\"]: IPv6 is not configured on this cluster");
        return Err(refuse(name, "spec.clusterIPs[0]", why));
    }
    if spec.get("ipFamilyPolicy").text() == "RequireDualStack" {
        let why = "Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services";
        return Err(refuse(name, "spec.ipFamilyPolicy", why.to_owned()));
    }
    Ok(())
}

/// The address lies in the cluster's range.
fn in_range(address: &str) -> bool {
    let bytes: Vec<_> = address.split('.').map(str::parse::<u8>).collect();
    match bytes[..] {
        [Ok(first), Ok(second), Ok(_), Ok(_)] => first == 10 && second & 0xf0 == 96,
        // What is no address at all is refused as such.
        _ => true,
    }
}

/// What a change of the address or of the type brings with it, before anything is checked.
///
/// Upstream: pkg/registry/core/service/strategy.go `NormalizeClusterIPs`, `dropTypeDependentFields`
fn normalize(before: &Value, service: &mut Value) {
    let same = |service: &Value, field: &str| service.at(&["spec", field]) == before.get(field);
    let new_address = service.at(&["spec", "clusterIP"]).clone();
    if !same(service, "clusterIP") && same(service, "clusterIPs") && !new_address.is_empty() {
        let mut all = before.get("clusterIPs").items().to_vec();
        match all.first_mut() {
            Some(first) => *first = new_address,
            None => all.push(new_address),
        }
        service
            .at_mut(&["spec"])
            .set("clusterIPs", Value::from(all));
    }
    let (old, new) = (
        before.get("type").text(),
        service.at(&["spec", "type"]).to_str(),
    );
    if old != "ExternalName" && new == "ExternalName" {
        for fields in [
            &["clusterIP", "clusterIPs"][..],
            &["ipFamilies"],
            &["ipFamilyPolicy"],
        ] {
            if fields.iter().all(|f| same(service, f)) {
                for field in fields {
                    service.at_mut(&["spec"]).remove(field);
                }
            }
        }
    }
    let outside = |kind: &str| matches!(kind, "NodePort" | "LoadBalancer");
    if outside(old) && !outside(&new) {
        let ports = |service: &Value| -> Vec<i64> {
            let ports = service.get("ports").items().iter();
            ports
                .map(|p| p.get("nodePort").as_i64().unwrap_or(0))
                .collect()
        };
        if ports(service.get("spec")) == ports(before) {
            for port in service.at_mut(&["spec", "ports"]).list_mut() {
                port.remove("nodePort");
            }
        }
    }
    let open = |spec: &Value| match spec.get("type").text() {
        "ClusterIP" => !spec.get("externalIPs").is_empty(),
        kind => outside(kind),
    };
    if open(before) && !open(service.get("spec")) && same(service, "externalTrafficPolicy") {
        service.at_mut(&["spec"]).remove("externalTrafficPolicy");
    }
    if old == "LoadBalancer" && new != "LoadBalancer" {
        for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
            if same(service, field) {
                service.at_mut(&["spec"]).remove(field);
            }
        }
    }
}

/// A manifest that does not name the addresses, families and node ports keeps them.
///
/// Upstream: pkg/registry/core/service/storage/storage.go `patchAllocatedValues`
pub(super) fn keep_addresses(old: &Object, service: &mut Value) {
    let before = old.value().get("spec");
    let kind = service.at(&["spec", "type"]).to_str();
    if kind == "ExternalName" && before.get("type").text() != "ExternalName" {
        normalize(before, service);
    }
    if kind == "ExternalName" || before.get("type").text() == "ExternalName" {
        return;
    }
    for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        if service.at(&["spec", field]).is_empty() && !before.get(field).is_null() {
            service.at_mut(&["spec"]).set(field, before.get(field));
        }
    }
    normalize(before, service);
    if kind != "NodePort" && kind != "LoadBalancer" {
        return;
    }
    let ports = service.at(&["spec", "ports"]).items().len();
    for i in 0..ports {
        let port = &service.at(&["spec", "ports"]).items()[i];
        if !port.get("nodePort").is_empty() {
            continue;
        }
        let same = |p: &&Value| {
            p.get("port") == port.get("port") && p.get("protocol") == port.get("protocol")
        };
        let kept = before.get("ports").items().iter().find(same);
        if let Some(node_port) = kept.map(|p| p.get("nodePort")).filter(|p| !p.is_empty()) {
            service.at_mut(&["spec", "ports"]).list_mut()[i].set("nodePort", node_port);
        }
    }
}

/// The same for a Service whose spec changed.
pub(super) fn reallocate(
    api: &mut ApiServer,
    old: &Object,
    service: &mut Value,
) -> Result<(), Status> {
    match service.at(&["spec", "type"]).text() {
        "ExternalName" => {
            let spec = service.at_mut(&["spec"]);
            for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
                spec.remove(field);
            }
            return Ok(());
        }
        "ClusterIP" => {
            for port in service.at_mut(&["spec", "ports"]).list_mut() {
                port.remove("nodePort");
            }
        }
        _ => {}
    }
    if service.at(&["spec", "clusterIP"]).is_empty() {
        return allocate(api, service);
    }
    families(service)?;
    allocate_ports(api, service, Some(old))
}

fn allocate_ports(
    api: &mut ApiServer,
    service: &mut Value,
    old: Option<&Object>,
) -> Result<(), Status> {
    if !matches!(
        service.at(&["spec", "type"]).text(),
        "NodePort" | "LoadBalancer"
    ) {
        return Ok(());
    }
    let name = service.at(&["metadata", "name"]).to_str();
    let own = |port: i64| old.is_some_and(|old| node_ports(old.value()).any(|p| p == port));
    let mut given: Vec<i64> = Vec::new();
    for i in 0..service.at(&["spec", "ports"]).items().len() {
        let wanted = service.at(&["spec", "ports"]).items()[i]
            .get("nodePort")
            .as_i64()
            .unwrap_or(0);
        let field = format!("spec.ports[{i}].nodePort");
        if wanted == 0 {
            let port = free_port(api, &given);
            given.push(port);
            service.at_mut(&["spec", "ports"]).list_mut()[i].set("nodePort", port);
        } else if !(NODE_PORTS.0..=NODE_PORTS.1).contains(&wanted) {
            let range = format!("{}-{}", NODE_PORTS.0, NODE_PORTS.1);
            let why = format!(
                "Invalid value: {wanted}: provided port is not in the valid range. The range of valid ports \
                 is {range}"
            );
            return Err(refuse(&name, &field, why));
        } else if !own(wanted) && port_taken(api, wanted) {
            let why = format!("Invalid value: {wanted}: provided port is already allocated");
            return Err(refuse(&name, &field, why));
        } else {
            given.push(wanted);
        }
    }
    Ok(())
}

/// A Service that changes asks for one port twice; that is seen before anything is checked.
///
/// Upstream: pkg/registry/core/service/storage/alloc.go `updateNodePorts`
pub(super) fn doubled_ports(kind: Kind, service: &Value) -> Result<(), Status> {
    if kind != Kind::Service {
        return Ok(());
    }
    let ports = service.at(&["spec", "ports"]).items();
    let pair = |port: &Value| (port.get("protocol").clone(), port.get("nodePort").clone());
    for (i, port) in ports.iter().enumerate() {
        let (protocol, number) = pair(port);
        let again = ports[..i].iter().any(|p| pair(p) == pair(port));
        if let Some(number) = number.as_i64().filter(|n| *n != 0 && again) {
            let why = format!("duplicate nodePort: {{{} {number}}}", protocol.text());
            return Err(Status::plain(500, "", why));
        }
    }
    Ok(())
}

fn node_ports(service: &Value) -> impl Iterator<Item = i64> {
    let ports = service.at(&["spec", "ports"]).items().iter();
    ports.filter_map(|p| p.get("nodePort").as_i64())
}

fn port_taken(api: &ApiServer, port: i64) -> bool {
    api.list(Kind::Service, None)
        .any(|s| node_ports(s.value()).any(|p| p == port))
}

fn address_taken(api: &ApiServer, address: &str) -> bool {
    api.list(Kind::Service, None)
        .any(|s| s.value().at(&["spec", "clusterIP"]).text() == address)
}

fn free_port(api: &mut ApiServer, given: &[i64]) -> i64 {
    loop {
        let span = u64::try_from(NODE_PORTS.1 - NODE_PORTS.0 + 1).expect("a small range");
        let draw = i64::try_from(api.rng.below(span)).expect("a small number");
        let port = NODE_PORTS.0 + draw;
        if !given.contains(&port) && !port_taken(api, port) {
            return port;
        }
    }
}

fn free_address(api: &mut ApiServer) -> String {
    loop {
        let number = FIRST_ADDRESS + 1 + api.rng.below(ADDRESSES - 1);
        let byte = |shift: u32| (number >> shift) & 0xff;
        let address = format!("{}.{}.{}.{}", byte(24), byte(16), byte(8), byte(0));
        if !address_taken(api, &address) {
            return address;
        }
    }
}

fn refuse(name: &str, field: &str, message: String) -> Status {
    let cause = Cause {
        reason: "FieldValueInvalid",
        field: field.to_owned(),
        message,
    };
    Status::invalid(Kind::Service, name, vec![cause])
}
