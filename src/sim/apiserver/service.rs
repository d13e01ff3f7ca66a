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
    if !headless && spec.get("clusterIP").is_empty() {
        let address = free_address(api);
        spec.set("clusterIP", address);
    } else if !headless && address_taken(api, spec.get("clusterIP").text()) {
        let address = spec.get("clusterIP").to_str();
        let detail = "failed to allocate IP ".to_owned()
            + &format!("{address}: provided IP is already allocated");
        let name = service.at(&["metadata", "name"]).text();
        return Err(refuse(
            name,
            "spec.clusterIPs",
            format!("Invalid value: [\"{address}\"]: {detail}"),
        ));
    }
    let spec = service.at_mut(&["spec"]);
    let address = spec.get("clusterIP").clone();
    spec.set("clusterIPs", Value::from(vec![address]));
    allocate_ports(api, service, None)
}

/// A manifest that does not name the addresses, families and node ports keeps them.
///
/// Upstream: pkg/registry/core/service/storage/storage.go `patchAllocatedValues`
pub(super) fn keep_addresses(old: &Object, service: &mut Value) {
    let before = old.value().get("spec");
    let kind = service.at(&["spec", "type"]).to_str();
    if kind == "ExternalName" || before.get("type").text() == "ExternalName" {
        return;
    }
    for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        if service.at(&["spec", field]).is_empty() && !before.get(field).is_null() {
            service.at_mut(&["spec"]).set(field, before.get(field));
        }
    }
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
