//! Ingresses and NetworkPolicies, which are kept though nothing here routes or filters requests.
//!
//! Upstream: `pkg/apis/networking/validation`.

use super::selector::label_selector;
use super::syntax::{cidr, ip, label, path_segment, port_name, port_number, subdomain};
use super::{Errors, Path, meta};
use crate::k8s::Value;

const SPEC: Path<'static> = Path::root("spec");
const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];
const WILDCARD: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/// The annotation that named the class before there was a field.
pub const CLASS: &str = "kubernetes.io/ingress.class";

/// Upstream: `ValidateIngressCreate`.
pub fn create_ingress(errors: &mut Errors, value: &Value) {
    meta::create(errors, value, true, subdomain);
    ingress(errors, value);
    let annotation = value.at(&["metadata", "annotations", CLASS]);
    let class = value.at(&["spec", "ingressClassName"]);
    if !annotation.is_null() && !class.is_null() && annotation != class {
        let detail = "must match `ingressClassName` when both are specified";
        let at = Path::root("annotations");
        errors.invalid(&at.child(CLASS), annotation, detail);
    }
}

/// Upstream: `ValidateIngressSpec`.
pub fn ingress(errors: &mut Errors, value: &Value) {
    let spec = value.get("spec");
    let (rules, default) = (spec.get("rules"), spec.get("defaultBackend"));
    if rules.is_empty() && default.is_null() {
        let detail = "either `defaultBackend` or `rules` must be specified";
        errors.invalid(&SPEC, &Value::Null, detail);
    }
    if !default.is_null() {
        backend(errors, &SPEC.child("defaultBackend"), default);
    }
    let list = SPEC.child("rules");
    for (i, rule) in rules.items().iter().enumerate() {
        let at = list.index(i);
        let host = rule.get("host").text();
        if !host.is_empty() {
            let at = at.child("host");
            if ip(host).is_empty() {
                errors.invalid(&at, host, "must be a DNS name, not an IP address");
            }
            dns_name(errors, &at, host);
        }
        let http = at.child("http");
        let list = http.child("paths");
        let paths = rule.at(&["http", "paths"]);
        if paths.is_empty() && !rule.get("http").is_null() {
            errors.required(&list, "");
        }
        for (j, path) in paths.items().iter().enumerate() {
            http_path(errors, &list.index(j), path);
        }
    }
    let list = SPEC.child("tls");
    for (i, tls) in spec.get("tls").items().iter().enumerate() {
        let at = list.index(i);
        let hosts = at.child("hosts");
        for (j, host) in tls.get("hosts").items().iter().enumerate() {
            dns_name(errors, &hosts.index(j), host.text());
        }
        let secret = tls.get("secretName").text();
        if !secret.is_empty() {
            errors.invalid_each(&at.child("secretName"), secret, subdomain(secret));
        }
    }
    if let Some(class) = spec.get("ingressClassName").as_str() {
        errors.invalid_each(&SPEC.child("ingressClassName"), class, subdomain(class));
    }
}

/// A host, which may begin with `*.`.
fn dns_name(errors: &mut Errors, at: &Path<'_>, host: &str) {
    if !host.contains('*') {
        errors.invalid_each(at, host, subdomain(host));
    } else if !host
        .strip_prefix("*.")
        .is_some_and(|h| subdomain(h).is_empty())
    {
        errors.invalid(at, host, WILDCARD);
    }
}

/// Upstream: `validateHTTPIngressPath`.
fn http_path(errors: &mut Errors, at: &Path<'_>, path: &Value) {
    let text = path.get("path").text();
    let place = at.child("path");
    let absolute = text.starts_with('/');
    match path.get("pathType").text() {
        "" => {
            errors.required(&at.child("pathType"), "pathType must be specified");
            return;
        }
        "Exact" | "Prefix" => {
            if !absolute {
                errors.invalid(&place, text, "must be an absolute path");
            }
            for part in ["//", "/./", "/../", "%2f", "%2F"] {
                if text.contains(part) {
                    errors.invalid(&place, text, &format!("must not contain '{part}'"));
                }
            }
            for end in ["/..", "/."] {
                if text.ends_with(end) {
                    errors.invalid(&place, text, &format!("cannot end with '{end}'"));
                }
            }
        }
        "ImplementationSpecific" => {
            if !text.is_empty() && !absolute {
                errors.invalid(&place, text, "must be an absolute path");
            }
        }
        other => {
            let known = ["Exact", "ImplementationSpecific", "Prefix"];
            errors.not_supported(&at.child("pathType"), other, &known);
        }
    }
    backend(errors, &at.child("backend"), path.get("backend"));
}

/// Upstream: `validateIngressBackend`.
fn backend(errors: &mut Errors, at: &Path<'_>, backend: &Value) {
    let (service, resource) = (backend.get("service"), backend.get("resource"));
    match (service.is_null(), resource.is_null()) {
        (false, false) => {
            let detail = "cannot set both resource and service backends";
            errors.invalid(at, "", detail);
        }
        (true, true) => errors.invalid(at, "", "resource or service backend is required"),
        (true, false) => {
            let inner = at.child("resource");
            named(
                errors,
                &inner.child("kind"),
                resource.get("kind"),
                path_segment,
            );
            named(
                errors,
                &inner.child("name"),
                resource.get("name"),
                path_segment,
            );
        }
        (false, true) => {
            let inner = at.child("service");
            named(errors, &inner.child("name"), service.get("name"), label);
            let name = service.at(&["port", "name"]).text();
            let number = service.at(&["port", "number"]).as_i64().unwrap_or(0);
            let inner = inner.child("port");
            match (name, number) {
                ("", 0) => errors.required(at, "port name or number is required"),
                ("", _) => {
                    errors.invalid_each(&inner.child("number"), number, port_number(number));
                }
                (_, 0) => errors.invalid_each(&inner.child("name"), name, port_name(name)),
                _ => errors.invalid(at, "", "cannot set both port name & port number"),
            }
        }
    }
}

/// A text that must be given and well formed.
pub(super) fn named(errors: &mut Errors, at: &Path<'_>, text: &Value, rule: meta::NameRule) {
    let text = text.text();
    if text.is_empty() {
        errors.required(at, "");
    } else {
        errors.invalid_each(at, text, rule(text));
    }
}

/// Upstream: `ValidateNetworkPolicySpec`.
pub fn network_policy(errors: &mut Errors, value: &Value) {
    let spec = value.get("spec");
    label_selector(errors, &SPEC.child("podSelector"), spec.get("podSelector"));
    for (field, peers) in [("ingress", "from"), ("egress", "to")] {
        let list = SPEC.child(field);
        for (i, rule) in spec.get(field).items().iter().enumerate() {
            let at = list.index(i);
            let ports = at.child("ports");
            for (j, port) in rule.get("ports").items().iter().enumerate() {
                policy_port(errors, &ports.index(j), port);
            }
            let list = at.child(peers);
            for (j, one) in rule.get(peers).items().iter().enumerate() {
                peer(errors, &list.index(j), one);
            }
        }
    }
    let (types, at) = (spec.get("policyTypes"), SPEC.child("policyTypes"));
    if types.items().len() > 2 {
        errors.invalid(&at, types, "may not specify more than two policyTypes");
        return;
    }
    for (i, kind) in types.items().iter().enumerate() {
        let known = ["Ingress", "Egress"];
        if !known.contains(&kind.text()) {
            errors.not_supported(&at.index(i), kind, &known);
        }
    }
}

fn policy_port(errors: &mut Errors, at: &Path<'_>, value: &Value) {
    if let Some(protocol) = value.get("protocol").as_str()
        && !PROTOCOLS.contains(&protocol)
    {
        errors.not_supported(&at.child("protocol"), protocol, &PROTOCOLS);
    }
    let port = value.get("port");
    let detail = if let Some(number) = port.as_i64() {
        errors.invalid_each(&at.child("port"), number, port_number(number));
        match value.get("endPort").as_i64() {
            Some(end) if end < number => {
                let detail = "must be greater than or equal to `port`";
                errors.invalid(&at.child("endPort"), number, detail);
            }
            Some(end) => errors.invalid_each(&at.child("endPort"), end, port_number(end)),
            None => {}
        }
        return;
    } else if port.is_null() {
        "may not be specified when `port` is not specified"
    } else {
        "may not be specified when `port` is non-numeric"
    };
    if let Some(end) = value.get("endPort").as_i64() {
        errors.invalid(&at.child("endPort"), end, detail);
    }
    if let Some(name) = port.as_str() {
        errors.invalid_each(&at.child("port"), name, port_name(name));
    }
}

fn peer(errors: &mut Errors, at: &Path<'_>, peer: &Value) {
    let mut count = 0;
    for field in ["podSelector", "namespaceSelector"] {
        if !peer.get(field).is_null() {
            count += 1;
            label_selector(errors, &at.child(field), peer.get(field));
        }
    }
    let block = peer.get("ipBlock");
    if block.is_null() {
        if count == 0 {
            errors.required(at, "must specify a peer");
        }
        return;
    }
    if count == 0 {
        ip_block(errors, &at.child("ipBlock"), block);
    } else {
        errors.forbidden(at, "may not specify both ipBlock and another peer");
    }
}

fn ip_block(errors: &mut Errors, at: &Path<'_>, block: &Value) {
    let whole = block.get("cidr").text();
    if whole.is_empty() {
        errors.required(&at.child("cidr"), "");
        return;
    }
    if !accepted(errors, &at.child("cidr"), whole) {
        return;
    }
    let list = at.child("except");
    for (i, part) in block.get("except").items().iter().enumerate() {
        let at = list.index(i);
        if !accepted(errors, &at, part.text()) {
            return;
        }
        if !within(part.text(), whole) {
            errors.invalid(&at, part.text(), "must be a strict subset of `cidr`");
        }
    }
}

/// A block of addresses; bits beyond its length are accepted in this old field.
fn accepted(errors: &mut Errors, at: &Path<'_>, text: &str) -> bool {
    let mut sentences = cidr(text);
    sentences.retain(|s| s.starts_with("must be a valid"));
    let good = sentences.is_empty();
    errors.invalid_each(at, text, sentences);
    good
}

/// Whether a block of addresses lies in another one and is smaller.
fn within(part: &str, whole: &str) -> bool {
    let read = |text: &str| {
        let (address, bits) = text.split_once('/')?;
        let bits: u32 = bits.parse().ok()?;
        match address.parse().ok()? {
            std::net::IpAddr::V4(v4) => Some((u128::from(v4.to_bits()) << 96, bits, 32)),
            std::net::IpAddr::V6(v6) => Some((v6.to_bits(), bits, 128)),
        }
    };
    let (Some(part), Some(whole)) = (read(part), read(whole)) else {
        return false;
    };
    let same = part.0 ^ whole.0;
    part.2 == whole.2 && part.1 > whole.1 && (whole.1 == 0 || same >> (128 - whole.1) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn lines(rule: fn(&mut Errors, &Value), spec: Value) -> Vec<String> {
        let mut errors = Errors::default();
        rule(&mut errors, &value!({ "spec": spec }));
        errors.lines()
    }

    #[test]
    fn ingresses_lead_somewhere() {
        assert_eq!(
            lines(ingress, Value::map()),
            ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"]
        );
        let web = value!({"service": {"name": "web", "port": {"number": 80}}});
        let path = |path: &'static str, kind: &'static str| value!({"path": path, "pathType": kind, "backend": (web.clone())});
        let paths = value!([
            (path("/", "Prefix")),
            (path("x", "Exact")),
            (path("/a/../b//", "Exact")),
            (path("", "ImplementationSpecific")),
            (path("/", ""))
        ]);
        let spec =
            value!({"rules": [{"host": "*.a.b", "http": {"paths": (paths)}}, {"host": "*.*.a"}]});
        let found = lines(ingress, spec);
        assert_eq!(
            found[..4],
            [
                "spec.rules[0].http.paths[1].path: Invalid value: \"x\": must be an absolute path",
                "spec.rules[0].http.paths[2].path: Invalid value: \"/a/../b//\": must not contain '//'",
                "spec.rules[0].http.paths[2].path: Invalid value: \"/a/../b//\": must not contain '/../'",
                "spec.rules[0].http.paths[4].pathType: Required value: pathType must be specified",
            ]
        );
        assert!(found[4].starts_with("spec.rules[1].host: Invalid value: \"*.*.a\": a wildcard"));
        assert_eq!(
            lines(
                ingress,
                value!({"defaultBackend": {"service": {"name": "web"}}})
            ),
            ["spec.defaultBackend: Required value: port name or number is required"]
        );
    }

    #[test]
    fn policies_have_peers_and_ports() {
        let spec = value!({
            "podSelector": {}, "policyTypes": ["Ingress", "Both"],
            "ingress": [{
                "from": [{}, {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16", "11.0.0.0/16"]}}],
                "ports": [{"port": 80, "endPort": 70}, {"endPort": 9}, {"protocol": "ICMP"}],
            }],
        });
        assert_eq!(
            lines(network_policy, spec),
            [
                "spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`",
                "spec.ingress[0].ports[1].endPort: Invalid value: 9: may not be specified when `port` is not specified",
                "spec.ingress[0].ports[2].protocol: Unsupported value: \"ICMP\": supported values: \"TCP\", \"UDP\", \"SCTP\"",
                "spec.ingress[0].from[0]: Required value: must specify a peer",
                "spec.ingress[0].from[1].ipBlock.except[1]: Invalid value: \"11.0.0.0/16\": must be a strict subset of `cidr`",
                "spec.policyTypes[1]: Unsupported value: \"Both\": supported values: \"Ingress\", \"Egress\"",
            ]
        );
    }

    #[test]
    fn blocks_in_blocks() {
        for (part, whole, want) in [
            ("10.0.1.0/24", "10.0.0.0/16", true),
            ("10.0.0.0/16", "10.0.0.0/16", false),
            ("10.0.1.0/24", "0.0.0.0/0", true),
            ("10.1.0.0/24", "10.0.0.0/16", false),
            ("fd00:1::/64", "fd00::/16", true),
            ("10.0.0.0/24", "::/0", false),
        ] {
            assert_eq!(within(part, whole), want, "{part} in {whole}");
        }
    }
}
