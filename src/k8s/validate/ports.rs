//! Ports of containers: each by itself, host ports across containers, and host networking.

use super::syntax::{port_name, port_number};
use super::{Errors, Path};
use crate::k8s::Value;

const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];

fn number(port: &Value, field: &str) -> i64 {
    port.get(field).as_i64().unwrap_or(0)
}

/// Upstream: `pkg/apis/core/validation validateContainerPorts`.
pub fn container_ports(errors: &mut Errors, at: &Path<'_>, ports: &Value) {
    let mut names: Vec<&str> = Vec::new();
    for (i, port) in ports.items().iter().enumerate() {
        let at = at.index(i);
        let name = port.get("name").text();
        if !name.is_empty() {
            let sentences = port_name(name);
            if !sentences.is_empty() {
                errors.invalid_each(&at.child("name"), name, sentences);
            } else if names.contains(&name) {
                errors.duplicate(&at.child("name"), name);
            } else {
                names.push(name);
            }
        }
        let container_port = number(port, "containerPort");
        if container_port == 0 {
            errors.required(&at.child("containerPort"), "");
        } else {
            let sentences = port_number(container_port);
            errors.invalid_each(&at.child("containerPort"), container_port, sentences);
        }
        let host_port = number(port, "hostPort");
        if host_port != 0 {
            errors.invalid_each(&at.child("hostPort"), host_port, port_number(host_port));
        }
        protocol(errors, &at.child("protocol"), port.get("protocol").text());
    }
}

/// `TCP`, `UDP` or `SCTP`.
pub fn protocol(errors: &mut Errors, at: &Path<'_>, protocol: &str) {
    if protocol.is_empty() {
        errors.required(at, "");
    } else if !PROTOCOLS.contains(&protocol) {
        errors.not_supported(at, protocol, &PROTOCOLS);
    }
}

/// No two of the containers may ask for the same port of the node. `first` is the index of the first container.
///
/// Upstream: `pkg/apis/core/validation AccumulateUniqueHostPorts`.
pub fn host_port_conflicts(errors: &mut Errors, at: &Path<'_>, containers: &[Value]) {
    let mut taken: Vec<String> = Vec::new();
    for (i, container) in containers.iter().enumerate() {
        for (j, port) in container.get("ports").items().iter().enumerate() {
            let host_port = number(port, "hostPort");
            if host_port == 0 {
                continue;
            }
            let protocol = port.get("protocol").text();
            let ip = port.get("hostIP").text();
            let wanted = format!("{protocol}/{ip}/{host_port}");
            if taken.contains(&wanted) {
                let (at, shown) = (at.index(i), wanted.as_str());
                errors.duplicate(&at.child("ports").index(j).child("hostPort"), shown);
            } else {
                taken.push(wanted);
            }
        }
    }
}

/// With the node's network, a port of a container is a port of the node.
///
/// Upstream: `pkg/apis/core/validation validatePodHostNetworkDeps`. A template may leave the host port out, since
/// pods get it by default.
pub fn host_network_ports(errors: &mut Errors, at: &Path<'_>, spec: &Value, is_pod: bool) {
    if spec.get("hostNetwork") != &Value::Bool(true) {
        return;
    }
    let list = at.child("containers");
    for (i, container) in spec.get("containers").items().iter().enumerate() {
        for (j, port) in container.get("ports").items().iter().enumerate() {
            let host_port = number(port, "hostPort");
            if (is_pod || host_port != 0) && host_port != number(port, "containerPort") {
                let at = list.index(i);
                let detail = "must match `containerPort` when `hostNetwork` is true";
                errors.invalid(
                    &at.child("ports").index(j).child("hostPort"),
                    host_port,
                    detail,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn single_ports() {
        let mut errors = Errors::default();
        let ports = value!([
            {"name": "A", "protocol": "X"},
            {"containerPort": 80, "hostPort": 99999, "protocol": "TCP", "name": "web"},
            {"containerPort": 81, "protocol": "TCP", "name": "web"}]);
        container_ports(&mut errors, &Path::root("p"), &ports);
        assert_eq!(
            errors.lines(),
            [
                "p[0].name: Invalid value: \"A\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
                "p[0].name: Invalid value: \"A\": must contain at least one letter (a-z)",
                "p[0].containerPort: Required value",
                "p[0].protocol: Unsupported value: \"X\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
                "p[1].hostPort: Invalid value: 99999: must be between 1 and 65535, inclusive",
                "p[2].name: Duplicate value: \"web\"",
            ]
        );
    }

    #[test]
    fn host_ports() {
        let containers = [
            value!({"ports": [{"hostPort": 80, "protocol": "TCP"}]}),
            value!({"ports": [{"hostPort": 80, "protocol": "UDP"}, {"hostPort": 80, "protocol": "TCP"}]}),
        ];
        let mut errors = Errors::default();
        host_port_conflicts(&mut errors, &Path::root("c"), &containers);
        assert_eq!(
            errors.lines(),
            ["c[1].ports[1].hostPort: Duplicate value: \"TCP//80\""]
        );
    }

    #[test]
    fn host_network() {
        let spec =
            value!({"hostNetwork": true, "containers": [{"ports": [{"containerPort": 80}]}]});
        for (is_pod, count) in [(true, 1), (false, 0)] {
            let mut errors = Errors::default();
            host_network_ports(&mut errors, &Path::root("spec"), &spec, is_pod);
            assert_eq!(errors.lines().len(), count);
        }
    }
}
