//! Services.

use super::ports::protocol;
use super::probe::port_number_or_name;
use super::syntax::{cidr, ip, label, port_number, qualified_name, subdomain};
use super::{Errors, Path, Shown, meta};
use crate::k8s::Value;

const SPEC: Path<'static> = Path::root("spec");
const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const LOAD_BALANCER_ONLY: &str = "may only be used when `type` is 'LoadBalancer'";
const ONCE: &str = "may not change once set";
/// Three hours, the longest time that a client keeps its pod.
const AFFINITY_SECONDS_MAX: i64 = 86_400;

/// Addresses are looked at first, when the server allots them; their faults hide all others.
///
/// Upstream: `pkg/apis/core/validation ValidateServiceCreate`.
pub fn create(errors: &mut Errors, service: &Value) {
    let before = errors.len();
    cluster_ips(errors, service.get("spec"));
    if errors.len() > before {
        return;
    }
    meta::create(errors, service, true, label);
    whole(errors, service);
}

/// Upstream: `pkg/apis/core/validation ValidateServiceUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    let before = errors.len();
    cluster_ips(errors, new.get("spec"));
    if errors.len() > before {
        return;
    }
    meta::update(errors, new, old);
    let (spec, old) = (new.get("spec"), old.get("spec"));
    let external = |spec: &Value| spec.get("type").text() == "ExternalName";
    if !external(spec) && !external(old) {
        address_changes(errors, spec, old);
    }
    let balanced = |spec: &Value| spec.get("type").text() == "LoadBalancer";
    let class = spec.get("loadBalancerClass");
    if balanced(spec) && balanced(old) && class != old.get("loadBalancerClass") {
        errors.invalid(&SPEC.child("loadBalancerClass"), class, ONCE);
    }
    let health = spec.get("healthCheckNodePort");
    if needs_health_check(spec)
        && needs_health_check(old)
        && health != old.get("healthCheckNodePort")
    {
        errors.forbidden(&SPEC.child("healthCheckNodePort"), "field is immutable");
    }
    whole(errors, new);
}

fn is_headless(spec: &Value) -> bool {
    let ips = spec.get("clusterIPs").items();
    ips.len() == 1 && ips[0].text() == "None"
}

fn needs_health_check(spec: &Value) -> bool {
    spec.get("type").text() == "LoadBalancer" && spec.get("externalTrafficPolicy").text() == "Local"
}

/// What one address or family of the old list has become.
fn address_changes(errors: &mut Errors, spec: &Value, old: &Value) {
    if is_headless(spec) && is_headless(old) {
        return;
    }
    for field in ["clusterIPs", "ipFamilies"] {
        if field == "ipFamilies" && is_headless(spec) != is_headless(old) {
            return;
        }
        let (list, old_list) = (spec.get(field), old.get(field));
        let (items, old_items) = (list.items(), old_list.items());
        let at = SPEC.child(field);
        let secondary = if field == "clusterIPs" {
            "clusterIP"
        } else {
            "ipFamily"
        };
        if items.len() == old_items.len() {
            for (i, (new, old)) in items.iter().zip(old_items).enumerate() {
                if new != old {
                    let index = if field == "clusterIPs" { i } else { 0 };
                    errors.invalid(&at.index(index), list, ONCE);
                }
            }
            continue;
        }
        if items.is_empty() {
            let detail = format!("primary {secondary} can not be unset");
            let shown = if list.is_null() {
                "null".to_owned()
            } else {
                super::errors::json(list)
            };
            errors.invalid(&at.index(0), Shown::Json(&shown), &detail);
        } else if !old_items.is_empty() && items[0] != old_items[0] {
            errors.invalid(&at.index(0), list, ONCE);
        }
        let policy = spec.get("ipFamilyPolicy");
        if items.len() == 1 && old_items.len() > 1 && policy.text() != "SingleStack" {
            let detail =
                format!("must be set to 'SingleStack' when releasing the secondary {secondary}");
            errors.invalid(&SPEC.child("ipFamilyPolicy"), policy, &detail);
        }
    }
}

/// Upstream: `pkg/apis/core/validation validateService`.
fn whole(errors: &mut Errors, service: &Value) {
    let spec = service.get("spec");
    let text = |field| spec.get(field).text();
    let kind = text("type");
    let ports = spec.get("ports").items();
    if ports.is_empty() && !is_headless(spec) && kind != "ExternalName" {
        errors.required(&SPEC.child("ports"), "");
    }
    by_type(errors, spec, kind);
    let list = SPEC.child("ports");
    for (i, port) in ports.iter().enumerate() {
        one_port(errors, &list.index(i), port, ports, i);
    }
    meta::labels(errors, &SPEC.child("selector"), spec.get("selector"));
    session_affinity(errors, spec);
    let list = SPEC.child("externalIPs");
    for (i, address) in spec.get("externalIPs").items().iter().enumerate() {
        external_ip(errors, &list.index(i), address.text());
    }
    if kind.is_empty() {
        errors.required(&SPEC.child("type"), "");
    } else if !TYPES.contains(&kind) {
        errors.not_supported(&SPEC.child("type"), kind, &TYPES);
    }
    doubled_ports(errors, ports, kind);
    load_balancer(errors, spec, kind);
    traffic(errors, spec, kind);
}

fn by_type(errors: &mut Errors, spec: &Value, kind: &str) {
    match kind {
        "LoadBalancer" | "NodePort" if is_headless(spec) => {
            let detail = format!("may not be set to 'None' for {kind} services");
            errors.invalid(&SPEC.child("clusterIPs").index(0), "None", &detail);
        }
        "ExternalName" => {
            for field in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
                if !spec.get(field).is_empty() {
                    let detail = "may not be set for ExternalName services";
                    errors.forbidden(&SPEC.child(field), detail);
                }
            }
            let name = spec.get("externalName").text();
            let bare = name.strip_suffix('.').unwrap_or(name);
            if bare.is_empty() {
                errors.required(&SPEC.child("externalName"), "");
            } else {
                errors.invalid_each(&SPEC.child("externalName"), bare, subdomain(bare));
            }
        }
        _ => {}
    }
}

/// Upstream: `pkg/apis/core/validation validateServicePort`.
fn one_port(errors: &mut Errors, at: &Path<'_>, port: &Value, ports: &[Value], index: usize) {
    let name = port.get("name").text();
    if name.is_empty() {
        if ports.len() > 1 {
            errors.required(&at.child("name"), "");
        }
    } else {
        errors.invalid_each(&at.child("name"), name, label(name));
        if ports[..index].iter().any(|p| p.get("name").text() == name) {
            errors.duplicate(&at.child("name"), name);
        }
    }
    let number = port.get("port").as_i64().unwrap_or(0);
    errors.invalid_each(&at.child("port"), number, port_number(number));
    protocol(errors, &at.child("protocol"), port.get("protocol").text());
    port_number_or_name(errors, &at.child("targetPort"), port.get("targetPort"));
    if let Some(app) = port.get("appProtocol").as_str() {
        errors.invalid_each(&at.child("appProtocol"), app, qualified_name(app));
    }
}

fn session_affinity(errors: &mut Errors, spec: &Value) {
    let config = spec.get("sessionAffinityConfig");
    let config_at = SPEC.child("sessionAffinityConfig");
    let at = SPEC.child("sessionAffinity");
    match spec.get("sessionAffinity").text() {
        "" => errors.required(&at, ""),
        "None" => {
            if !config.is_null() {
                let detail = "must not be set when session affinity is None";
                errors.forbidden(&config_at, detail);
            }
        }
        "ClientIP" => {
            let detail = "when session affinity type is ClientIP";
            let client_at = config_at.child("clientIP");
            let seconds = config.at(&["clientIP", "timeoutSeconds"]);
            match seconds.as_i64() {
                Some(seconds) if (1..=AFFINITY_SECONDS_MAX).contains(&seconds) => {}
                Some(seconds) => {
                    let detail = "must be greater than 0 and less than 86400";
                    errors.invalid(&client_at.child("timeoutSeconds"), seconds, detail);
                }
                None if config.is_null() => errors.required(&config_at, detail),
                None if config.get("clientIP").is_null() => errors.required(&client_at, detail),
                None => errors.required(&client_at.child("timeoutSeconds"), detail),
            }
        }
        other => errors.not_supported(&at, other, &["ClientIP", "None"]),
    }
}

/// Upstream: `pkg/apis/core/validation ValidateServiceClusterIPsRelatedFields`.
fn cluster_ips(errors: &mut Errors, spec: &Value) {
    if spec.get("type").text() == "ExternalName" {
        return;
    }
    let at = SPEC.child("clusterIPs");
    let (first, list) = (spec.get("clusterIP").text(), spec.get("clusterIPs"));
    let ips = list.items();
    if first.is_empty() {
        if !ips.is_empty() {
            errors.invalid(&at, list, "must be empty when `clusterIP` is not specified");
        }
    } else if ips.is_empty() {
        // The server completes the list from the single address before it looks.
        if first != "None" {
            errors.invalid_each(&at.index(0), first, ip(first));
        }
    } else if ips[0].text() != first {
        errors.invalid(&at, list, "first value must match `clusterIP`");
    }
    let families = SPEC.child("ipFamilies");
    let family_items = spec.get("ipFamilies").items();
    for (i, family) in family_items.iter().enumerate() {
        if !["IPv4", "IPv6"].contains(&family.text()) {
            errors.not_supported(&families.index(i), family.text(), &["IPv4", "IPv6"]);
        }
        if family_items[..i].contains(family) {
            errors.duplicate(&families.index(i), family.text());
        }
    }
    if let Some(policy) = spec.get("ipFamilyPolicy").as_str() {
        let supported = ["PreferDualStack", "RequireDualStack", "SingleStack"];
        if !supported.contains(&policy) {
            errors.not_supported(&SPEC.child("ipFamilyPolicy"), policy, &supported);
        }
    }
    for (i, address) in ips.iter().enumerate() {
        let address = address.text();
        if i == 0 && address == "None" {
            if ips.len() > 1 {
                errors.invalid(&at, list, "'None' must be the first and only value");
            }
        } else {
            errors.invalid_each(&at.index(i), address, ip(address));
        }
    }
    if ips.len() > 2 {
        errors.invalid(&at, list, "may only hold up to 2 values");
    }
    let six = |address: &Value| address.text().contains(':');
    if ips.len() == 2 && six(&ips[0]) == six(&ips[1]) {
        errors.invalid(
            &at,
            list,
            "may specify no more than one IP for each IP family",
        );
    }
    for (i, (address, family)) in ips.iter().zip(family_items).enumerate() {
        let family = family.text();
        if address.text() != "None" && six(address) != (family == "IPv6") {
            let detail = format!("expected an {family} value as indicated by `ipFamilies[{i}]`");
            errors.invalid(&at.index(i), address.text(), &detail);
        }
    }
}

/// Upstream: `pkg/apis/core/validation ValidateEndpointIP`, after the form of the address.
pub fn external_ip(errors: &mut Errors, at: &Path<'_>, address: &str) {
    let sentences = ip(address);
    if !sentences.is_empty() {
        errors.invalid_each(at, address, sentences);
        return;
    }
    let Ok(parsed) = address.parse::<std::net::IpAddr>() else {
        return;
    };
    if parsed.is_unspecified() {
        let detail = format!("may not be unspecified ({parsed})");
        errors.invalid(at, address, &detail);
    }
    if parsed.is_loopback() {
        errors.invalid(
            at,
            address,
            "may not be in the loopback range (127.0.0.0/8, ::1/128)",
        );
    }
    let (link_local, link_local_multicast) = match parsed {
        std::net::IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            (v4.is_link_local(), a == 224 && b == 0 && c == 0)
        }
        std::net::IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            (first & 0xffc0 == 0xfe80, first & 0xff0f == 0xff02)
        }
    };
    if link_local {
        let detail = "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
        errors.invalid(at, address, detail);
    }
    if link_local_multicast {
        let detail = "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
        errors.invalid(at, address, detail);
    }
}

fn doubled_ports(errors: &mut Errors, ports: &[Value], kind: &str) {
    let list = SPEC.child("ports");
    let node_port = |port: &Value| port.get("nodePort").as_i64().unwrap_or(0);
    if kind == "ClusterIP" {
        for (i, port) in ports.iter().enumerate() {
            if node_port(port) != 0 {
                let detail = "may not be used when `type` is 'ClusterIP'";
                errors.forbidden(&list.index(i).child("nodePort"), detail);
            }
        }
    }
    let same = |a: &Value, b: &Value, field: &str| {
        a.get("protocol") == b.get("protocol") && a.get(field) == b.get(field)
    };
    for (i, port) in ports.iter().enumerate() {
        let number = node_port(port);
        if number != 0 && ports[..i].iter().any(|p| same(p, port, "nodePort")) {
            errors.duplicate(&list.index(i).child("nodePort"), number);
        }
    }
    for (i, port) in ports.iter().enumerate() {
        if ports[..i].iter().any(|p| same(p, port, "port")) {
            let protocol = super::errors::json(&Value::from(port.get("protocol").to_str()));
            let number = port.get("port").as_i64().unwrap_or(0);
            let shown = format!(
                "{{\"Name\":\"\",\"Protocol\":{protocol},\"AppProtocol\":null,\"Port\":{number},\"TargetPort\":0,\"NodePort\":0}}"
            );
            errors.duplicate(&list.index(i), Shown::Json(&shown));
        }
    }
}

fn load_balancer(errors: &mut Errors, spec: &Value, kind: &str) {
    let balanced = kind == "LoadBalancer";
    let ranges = spec.get("loadBalancerSourceRanges").items();
    let at = SPEC.child("LoadBalancerSourceRanges");
    if !ranges.is_empty() && !balanced {
        errors.forbidden(&at, LOAD_BALANCER_ONLY);
    }
    for (i, range) in ranges.iter().enumerate() {
        let block = range.text().trim();
        errors.invalid_each(&at.index(i), block, cidr(block));
    }
    if !spec.get("allocateLoadBalancerNodePorts").is_null() && !balanced {
        let at = SPEC.child("allocateLoadBalancerNodePorts");
        errors.forbidden(&at, LOAD_BALANCER_ONLY);
    }
    if let Some(class) = spec.get("loadBalancerClass").as_str() {
        let at = SPEC.child("loadBalancerClass");
        if balanced {
            errors.invalid_each(&at, class, qualified_name(class));
        } else {
            errors.forbidden(&at, LOAD_BALANCER_ONLY);
        }
    }
}

/// Upstream: `pkg/apis/core/validation validateServiceExternalTrafficPolicy` and its neighbors.
fn traffic(errors: &mut Errors, spec: &Value, kind: &str) {
    let policy = spec.get("externalTrafficPolicy").text();
    let at = SPEC.child("externalTrafficPolicy");
    let with_addresses = kind == "ClusterIP" && !spec.get("externalIPs").items().is_empty();
    let reachable = ["LoadBalancer", "NodePort"].contains(&kind) || with_addresses;
    if reachable {
        if policy.is_empty() {
            errors.required(&at, "");
        } else if !["Cluster", "Local"].contains(&policy) {
            errors.not_supported(&at, policy, &["Cluster", "Local"]);
        }
    } else if !policy.is_empty() {
        errors.invalid(
            &at,
            policy,
            "may only be set for externally-accessible services",
        );
    }
    let health = spec.get("healthCheckNodePort").as_i64().unwrap_or(0);
    if health != 0 && !needs_health_check(spec) {
        let detail =
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        errors.invalid(&SPEC.child("healthCheckNodePort"), health, detail);
    } else if health != 0 {
        errors.invalid_each(
            &SPEC.child("healthCheckNodePort"),
            health,
            port_number(health),
        );
    }
    let internal = spec.get("internalTrafficPolicy");
    let at = SPEC.child("internalTrafficPolicy");
    if internal.is_null() {
        if ["ClusterIP", "LoadBalancer", "NodePort"].contains(&kind) {
            errors.required(&at, "");
        }
    } else if !["Cluster", "Local"].contains(&internal.text()) {
        errors.not_supported(&at, internal.text(), &["Cluster", "Local"]);
    }
    if let Some(distribution) = spec.get("trafficDistribution").as_str() {
        let supported = ["PreferClose", "PreferSameZone", "PreferSameNode"];
        if !supported.contains(&distribution) {
            errors.not_supported(&SPEC.child("trafficDistribution"), distribution, &supported);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn of(change: &[(&'static str, Value)]) -> String {
        let mut spec = value!({"type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster",
            "ports": [{"port": 80, "targetPort": 80, "protocol": "TCP"}]});
        for (field, value) in change {
            spec.set(*field, value);
        }
        let mut errors = Errors::default();
        let service = value!({"metadata": {"name": "s", "namespace": "d"}, "spec": spec});
        create(&mut errors, &service);
        errors.lines().join("\n")
    }

    #[test]
    fn single_fields() {
        assert_eq!(of(&[]), "");
        let cases = [
            ("ports", Value::Null, "spec.ports: Required value"),
            (
                "clusterIP",
                value!("none"),
                "spec.clusterIPs[0]: Invalid value: \"none\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
            ),
            (
                "type",
                value!("x"),
                "spec.type: Unsupported value: \"x\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"",
            ),
            (
                "externalTrafficPolicy",
                value!("Local"),
                "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services",
            ),
            (
                "ports",
                value!([{"port": 80, "targetPort": 80, "protocol": "TCP", "nodePort": 30000}]),
                "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
            ),
            (
                "ports",
                value!([{"port": 0, "targetPort": "Web", "protocol": "TCP"}]),
                "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive\nspec.ports[0].targetPort: Invalid value: \"Web\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
            ),
            (
                "ports",
                value!([{"name": "a", "port": 80, "targetPort": 80, "protocol": "TCP"}, {"name": "b", "port": 80, "targetPort": 80, "protocol": "TCP"}]),
                "spec.ports[1]: Duplicate value: {\"Name\":\"\",\"Protocol\":\"TCP\",\"AppProtocol\":null,\"Port\":80,\"TargetPort\":0,\"NodePort\":0}",
            ),
        ];
        for (field, value, want) in cases {
            assert_eq!(of(&[(field, value)]), want);
        }
    }

    #[test]
    fn addresses_stay() {
        let old = value!({"spec": {"type": "ClusterIP", "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"]}});
        let mut new = old.clone();
        new.set_at(&["spec", "clusterIP"], "10.0.0.2");
        new.set_at(&["spec", "clusterIPs"], value!(["10.0.0.2"]));
        let mut errors = Errors::default();
        address_changes(&mut errors, new.get("spec"), old.get("spec"));
        assert_eq!(
            errors.lines(),
            ["spec.clusterIPs[0]: Invalid value: [\"10.0.0.2\"]: may not change once set"]
        );
    }
}
