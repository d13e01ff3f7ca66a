//! Warnings about pods and templates that are accepted, but hardly meant.

use super::Path;
use super::errors::quoted;
use super::overlap;
use super::pod_spec::all_containers;
use super::syntax::{self, label_value};
use crate::k8s::Value;
use crate::k8s::quantity::Quantity;

const DEPRECATED_LABELS: [(&str, &str); 8] = [
    (
        "beta.kubernetes.io/arch",
        "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
    ),
    (
        "beta.kubernetes.io/os",
        "deprecated since v1.14; use \"kubernetes.io/os\" instead",
    ),
    (
        "failure-domain.beta.kubernetes.io/region",
        "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
    ),
    (
        "failure-domain.beta.kubernetes.io/zone",
        "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
    ),
    (
        "beta.kubernetes.io/instance-type",
        "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
    ),
    ("app.kubernetes.io/created-by", "deprecated since v1.9"),
    (
        "scheduler.alpha.kubernetes.io/preferAvoidPods",
        "deprecated since v1.22; use Taints and Tolerations instead",
    ),
    (
        "node-role.kubernetes.io/master",
        "use \"node-role.kubernetes.io/control-plane\" instead",
    ),
];

const DEPRECATED_ANNOTATIONS: [(&str, &str); 3] = [
    (
        "scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/unsafe-sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
];

pub(super) const DEPRECATED_VOLUMES: [(&str, &str, &str); 9] = [
    (
        "photonPersistentDisk",
        "photonPersistentDisk",
        "deprecated in v1.11, non-functional in v1.16+",
    ),
    (
        "gitRepo",
        "gitRepo",
        "deprecated in v1.11, and disabled by default in v1.33+",
    ),
    (
        "scaleIO",
        "scaleIO",
        "deprecated in v1.16, non-functional in v1.22+",
    ),
    (
        "flocker",
        "flocker",
        "deprecated in v1.22, non-functional in v1.25+",
    ),
    (
        "storageos",
        "storageOS",
        "deprecated in v1.22, non-functional in v1.25+",
    ),
    (
        "quobyte",
        "quobyte",
        "deprecated in v1.22, non-functional in v1.25+",
    ),
    (
        "glusterfs",
        "glusterfs",
        "deprecated in v1.25, non-functional in v1.26+",
    ),
    (
        "cephfs",
        "cephfs",
        "deprecated in v1.28, non-functional in v1.31+",
    ),
    (
        "rbd",
        "rbd",
        "deprecated in v1.28, non-functional in v1.31+",
    ),
];

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
const NO_POD: &str = "a null labelSelector results in matching no pod";
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_OLD: &str = "non-functional in v1.27+; use the \"seccompProfile\" field instead";

fn deprecated_label(key: &str) -> Option<&'static str> {
    let found = DEPRECATED_LABELS.iter().find(|(label, _)| *label == key);
    found.map(|(_, message)| *message)
}

/// What is odd about a pod (`prefix` empty) or a template (`prefix` is its place, such as `spec.template`).
///
/// Upstream: `pkg/api/pod/warnings.go warningsForPodSpecAndMeta`.
pub fn of_pod(prefix: &str, pod: &Value) -> Vec<String> {
    let dot = if prefix.is_empty() { "" } else { "." };
    let (spec_name, annotations_name) = (
        format!("{prefix}{dot}spec"),
        format!("{prefix}{dot}metadata.annotations"),
    );
    let (at, annotations_at) = (Path::root(&spec_name), Path::root(&annotations_name));
    let (spec, annotations) = (pod.get("spec"), pod.at(&["metadata", "annotations"]));
    let mut out = Vec::new();
    node_labels(&mut out, &at, spec);
    spread(&mut out, &at, spec);
    for (key, message) in DEPRECATED_ANNOTATIONS {
        if annotations.field(key).is_some() {
            out.push(format!("{}: {message}", annotations_at.key(key)));
        }
    }
    volumes(&mut out, &at, spec);
    out.extend(overlap::of_volumes(spec.get("volumes")));
    doubled(&mut out, &at, spec);
    let overhead = at.child("overhead");
    fractions(&mut out, &overhead, spec.get("overhead"));
    let pod_profile = spec.at(&["securityContext", "seccompProfile"]);
    if pod_profile.is_null() && annotations.field(SECCOMP_POD).is_some() {
        out.push(format!(
            "{}: {SECCOMP_OLD}",
            annotations_at.key(SECCOMP_POD)
        ));
    }
    for (field, i, container) in all_containers(spec) {
        let list = at.child(field);
        if !annotations.is_empty() {
            let is_template = !prefix.is_empty();
            old_profiles(&mut out, &annotations_at, pod, container, is_template);
        }
        container_warnings(&mut out, &list.index(i), container);
    }
    ports(&mut out, &at, spec);
    if spec
        .get("terminationGracePeriodSeconds")
        .as_i64()
        .is_some_and(|s| s < 0)
    {
        let at = at.child("terminationGracePeriodSeconds");
        out.push(format!(
            "{at}: must be >= 0; negative values are invalid and will be treated as 1"
        ));
    }
    selectors(&mut out, &at, spec);
    addresses(&mut out, &at, spec);
    out
}

/// Annotations that say what is now said by fields. Pods of their own get the field about AppArmor by conversion.
fn old_profiles(
    out: &mut Vec<String>,
    annotations_at: &Path<'_>,
    pod: &Value,
    container: &Value,
    is_template: bool,
) {
    let annotations = pod.at(&["metadata", "annotations"]);
    let contexts = [
        container.get("securityContext"),
        pod.at(&["spec", "securityContext"]),
    ];
    let name = container.get("name").text();
    let key = format!("{SECCOMP_CONTAINER}{name}");
    if contexts[0].get("seccompProfile").is_null() && annotations.field(&key).is_some() {
        out.push(format!("{}: {SECCOMP_OLD}", annotations_at.key(&key)));
    }
    let key = format!("{APP_ARMOR}{name}");
    let no_field = contexts.iter().all(|c| c.get("appArmorProfile").is_null());
    if is_template && no_field && annotations.field(&key).is_some() {
        let message = "deprecated since v1.30; use the \"appArmorProfile\" field instead";
        out.push(format!("{}: {message}", annotations_at.key(&key)));
    }
}

fn node_labels(out: &mut Vec<String>, at: &Path<'_>, spec: &Value) {
    let selector = at.child("nodeSelector");
    for (key, _) in spec.get("nodeSelector").fields() {
        if let Some(message) = deprecated_label(key) {
            out.push(format!("{}: {message}", selector.key(key)));
        }
    }
    let affinity = spec.at(&["affinity", "nodeAffinity"]);
    let affinity_at = at.child("affinity");
    let affinity_at = affinity_at.child("nodeAffinity");
    let required = affinity_at.child(REQUIRED);
    let list = required.child("nodeSelectorTerms");
    let terms = affinity.at(&[REQUIRED, "nodeSelectorTerms"]).items();
    for (i, term) in terms.iter().enumerate() {
        node_term(out, &list.index(i), term, false);
    }
    let list = affinity_at.child(PREFERRED);
    for (i, preferred) in affinity.get(PREFERRED).items().iter().enumerate() {
        let at = list.index(i);
        node_term(
            out,
            &at.child("preference"),
            preferred.get("preference"),
            true,
        );
    }
}

fn node_term(out: &mut Vec<String>, at: &Path<'_>, term: &Value, check_values: bool) {
    let list = at.child("matchExpressions");
    for (i, requirement) in term.get("matchExpressions").items().iter().enumerate() {
        let at = list.index(i);
        let key = requirement.get("key").text();
        if let Some(message) = deprecated_label(key) {
            out.push(format!("{}: {key} is {message}", at.child("key")));
        }
        let values = at.child("values");
        for (j, value) in requirement.get("values").items().iter().enumerate() {
            for sentence in label_value(value.text()).iter().filter(|_| check_values) {
                let value = value.text();
                out.push(format!(
                    "{}: {value} is invalid, {sentence}",
                    values.index(j)
                ));
            }
        }
    }
}

fn spread(out: &mut Vec<String>, at: &Path<'_>, spec: &Value) {
    let list = at.child("topologySpreadConstraints");
    for (i, constraint) in spec
        .get("topologySpreadConstraints")
        .items()
        .iter()
        .enumerate()
    {
        let at = list.index(i);
        let key = constraint.get("topologyKey").text();
        if let Some(message) = deprecated_label(key) {
            out.push(format!("{}: {key} is {message}", at.child("topologyKey")));
        }
        if constraint.get("labelSelector").is_null() {
            out.push(format!("{}: {NO_POD}", at.child("labelSelector")));
        }
    }
}

fn volumes(out: &mut Vec<String>, at: &Path<'_>, spec: &Value) {
    let list = at.child("volumes");
    for (i, volume) in spec.get("volumes").items().iter().enumerate() {
        for (field, name, message) in DEPRECATED_VOLUMES {
            if !volume.get(field).is_null() {
                out.push(format!("{}: {message}", list.index(i).child(name)));
            }
        }
        let storage = volume.at(&["ephemeral", "volumeClaimTemplate", "spec"]);
        let requests = storage.at(&["resources", "requests"]);
        if let Some(amount) = requests.field("storage").map(Quantity::of)
            && amount.seems_fractional()
        {
            let at = list.index(i);
            let at = at
                .child("ephemeral")
                .child("volumeClaimTemplate")
                .to_string();
            out.push(format!("{at}.spec.resources.requests[storage]: fractional byte value {} is invalid, must be an integer", quoted(&amount.to_string())));
        }
    }
}

/// Entries of lists that repeat an earlier one.
fn doubled(out: &mut Vec<String>, at: &Path<'_>, spec: &Value) {
    for (list, field) in [("hostAliases", "ip"), ("imagePullSecrets", "name")] {
        let items = spec.get(list).items();
        let list_at = at.child(list);
        for (i, item) in items.iter().enumerate() {
            let value = item.get(field).text();
            if items[..i]
                .iter()
                .any(|other| other.get(field).text() == value)
            {
                let item = list_at.index(i);
                out.push(format!(
                    "{}: duplicate {field} {}",
                    item.child(field),
                    quoted(value)
                ));
            }
        }
    }
    let list = at.child("imagePullSecrets");
    for (i, secret) in spec.get("imagePullSecrets").items().iter().enumerate() {
        if secret.get("name").text().is_empty() {
            out.push(format!(
                "{}: invalid empty name \"\"",
                list.index(i).child("name")
            ));
        }
    }
}

fn fractions(out: &mut Vec<String>, at: &Path<'_>, amounts: &Value) {
    for name in ["memory", "ephemeral-storage"] {
        let Some(amount) = amounts.field(name).map(Quantity::of) else {
            continue;
        };
        if amount.seems_fractional() {
            let shown = quoted(&amount.to_string());
            out.push(format!(
                "{}: fractional byte value {shown} is invalid, must be an integer",
                at.key(name)
            ));
        }
    }
}

fn container_warnings(out: &mut Vec<String>, at: &Path<'_>, container: &Value) {
    let resources_at = at.child("resources");
    let resources = container.get("resources");
    for name in ["memory", "ephemeral-storage"] {
        for list in ["limits", "requests"] {
            if let Some(amount) = resources.get(list).field(name) {
                let mut one = Value::map();
                one.set(name, amount);
                fractions(out, &resources_at.child(list), &one);
            }
        }
    }
    let vars = container.get("env").items();
    let list = at.child("env");
    for (i, var) in vars.iter().enumerate() {
        let name = var.get("name").text();
        if !vars[..i]
            .iter()
            .any(|other| other.get("name").text() == name)
        {
            continue;
        }
        // A value that builds on the earlier one is fine.
        let reference = format!("$({name})");
        let value = var.get("value").text();
        let builds = value.contains(&reference) && value != reference;
        if !builds || !var.get("valueFrom").is_null() {
            let (at, name) = (list.index(i), quoted(name));
            out.push(format!(
                "{at}: hides previous definition of {name}, which may be dropped when using apply"
            ));
        }
    }
}

fn ports(out: &mut Vec<String>, at: &Path<'_>, spec: &Value) {
    let mut all: Vec<(String, &Value)> = Vec::new();
    for (field, i, container) in all_containers(spec) {
        let list = at.child(field);
        for (j, port) in container.get("ports").items().iter().enumerate() {
            let item = list.index(i);
            let place = item.child("ports").index(j).to_string();
            port_warnings(out, &place, port, &all);
            all.push((place, port));
        }
    }
    for (i, (place, port)) in all.iter().enumerate() {
        let name = port.get("name").text();
        let mut before = all[..i].iter();
        let first = before.find(|(_, p)| !name.is_empty() && p.get("name").text() == name);
        if let Some((first, _)) = first {
            let name = quoted(name);
            out.push(format!("{place}: duplicate port name {name} with {first}, services and probes that select ports by name will use {first}"));
        }
    }
}

fn port_warnings(out: &mut Vec<String>, place: &str, port: &Value, before: &[(String, &Value)]) {
    let number = |port: &Value, field| port.get(field).as_i64().unwrap_or(0);
    let ip = |port: &Value| port.get("hostIP").to_str();
    let host_port = number(port, "hostPort");
    if !ip(port).is_empty() && host_port == 0 {
        out.push(format!(
            "{place}: hostIP set without hostPort: {{Name:{} HostPort:0 ContainerPort:{} Protocol:{} HostIP:{}}}",
            port.get("name").text(),
            number(port, "containerPort"),
            port.get("protocol").text(),
            ip(port)
        ));
    }
    for (other_place, other) in before {
        let same = number(other, "containerPort") == number(port, "containerPort")
            && other.get("protocol") == port.get("protocol");
        if !same {
            continue;
        }
        let other_port = number(other, "hostPort");
        let what = if ip(port) == ip(other) && host_port == other_port {
            "duplicate"
        } else if host_port == 0 || other_port == 0 {
            "overlapping"
        } else if host_port == other_port && ip(port).is_empty() != ip(other).is_empty() {
            "dangerously ambiguous"
        } else {
            continue;
        };
        out.push(format!(
            "{place}: {what} port definition with {other_place}"
        ));
    }
}

fn selectors(out: &mut Vec<String>, at: &Path<'_>, spec: &Value) {
    let affinity_at = at.child("affinity");
    for kind in ["podAffinity", "podAntiAffinity"] {
        let affinity = spec.at(&["affinity", kind]);
        let kind_at = affinity_at.child(kind);
        for (list, inner) in [(REQUIRED, ""), (PREFERRED, "podAffinityTerm")] {
            let list_at = kind_at.child(list);
            for (i, item) in affinity.get(list).items().iter().enumerate() {
                let at = list_at.index(i);
                let (term, at) = if inner.is_empty() {
                    (item, at)
                } else {
                    (item.get(inner), at.child(inner))
                };
                if term.get("labelSelector").is_null() {
                    out.push(format!("{}: {NO_POD}", at.child("labelSelector")));
                }
            }
        }
    }
}

fn addresses(out: &mut Vec<String>, at: &Path<'_>, spec: &Value) {
    let dns = at.child("dnsConfig");
    let list = dns.child("nameservers");
    for (i, server) in spec
        .at(&["dnsConfig", "nameservers"])
        .items()
        .iter()
        .enumerate()
    {
        out.extend(of_address(&list.index(i), server.text()));
    }
    let list = at.child("hostAliases");
    for (i, alias) in spec.get("hostAliases").items().iter().enumerate() {
        out.extend(of_address(
            &list.index(i).child("ip"),
            alias.get("ip").text(),
        ));
    }
}

/// An address that is written in an unusual way.
///
/// Upstream: `apimachinery/pkg/util/validation GetWarningsForIP`.
pub fn of_address(at: &Path<'_>, text: &str) -> Option<String> {
    let six: std::net::Ipv6Addr = text.parse().ok()?;
    let (shown, best) = (quoted(text), quoted(&six.to_string()));
    (six.to_string() != text && syntax::ip(text).is_empty()).then(|| {
        format!("{at}: IPv6 address {shown} should be in RFC 5952 canonical format ({best})")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn each_kind() {
        let container = |fields: Value| value!({"containers": [fields]});
        let cases = [
            (
                value!({"nodeSelector": {"beta.kubernetes.io/os": "linux"}}),
                "t.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \"kubernetes.io/os\" instead",
            ),
            (
                value!({"terminationGracePeriodSeconds": (-1)}),
                "t.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1",
            ),
            (
                value!({"imagePullSecrets": [{}]}),
                "t.spec.imagePullSecrets[0].name: invalid empty name \"\"",
            ),
            (
                container(value!({"resources": {"requests": {"memory": "100m"}}})),
                "t.spec.containers[0].resources.requests[memory]: fractional byte value \"100m\" is invalid, must be an integer",
            ),
            (
                container(
                    value!({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}),
                ),
                "t.spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when using apply",
            ),
            (
                container(
                    value!({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "$(A)2"}]}),
                ),
                "",
            ),
            (
                container(
                    value!({"ports": [{"containerPort": 80}, {"containerPort": 80, "name": "web"}]}),
                ),
                "t.spec.containers[0].ports[1]: duplicate port definition with t.spec.containers[0].ports[0]",
            ),
            (
                value!({"containers": [{"ports": [{"containerPort": 80, "name": "web"}]}, {"ports": [{"containerPort": 81, "name": "web"}]}]}),
                "t.spec.containers[1].ports[0]: duplicate port name \"web\" with t.spec.containers[0].ports[0], services and probes that select ports by name will use t.spec.containers[0].ports[0]",
            ),
            (
                value!({"volumes": [{"name": "logs", "projected": {"sources": [{}]}}]}),
                "volume \"logs\" (Projected) has no sources provided",
            ),
        ];
        for (spec, want) in cases {
            assert_eq!(of_pod("t", &value!({"spec": spec})).join("\n"), want);
        }
    }
}
