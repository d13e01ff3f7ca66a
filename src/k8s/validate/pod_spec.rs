//! The spec of a pod, in a pod or in a template.

use super::affinity::affinity;
use super::container::{Around, containers, ephemeral_containers, init_containers, pull_secrets};
use super::meta::labels;
use super::ports::host_network_ports;
use super::resources::{self, Level, requirements};
use super::security::pod_context;
use super::syntax::{ip, label, qualified_name, subdomain};
use super::toleration::tolerations;
use super::topology::spread_constraints;
use super::volume::{Owner, volumes};
use super::{Errors, Path, dns};
use crate::k8s::Value;

const HOST_USERS: &str = "when `hostUsers` is false";

fn on(spec: &Value, field: &str) -> bool {
    spec.get(field) == &Value::Bool(true)
}

/// All containers of a spec with the field that holds them, in the order of visits.
pub fn all_containers(spec: &Value) -> impl Iterator<Item = (&'static str, usize, &Value)> {
    ["initContainers", "containers", "ephemeralContainers"]
        .into_iter()
        .flat_map(|field| {
            let list = spec.get(field).items().iter().enumerate();
            list.map(move |(i, container)| (field, i, container))
        })
}

/// Upstream: `pkg/apis/core/validation ValidatePodSpec`.
pub fn pod_spec(errors: &mut Errors, at: &Path<'_>, spec: &Value, owner: Owner<'_>) {
    let grace = spec.get("terminationGracePeriodSeconds");
    if grace.is_null() {
        errors.required(&at.child("terminationGracePeriodSeconds"), "");
    }
    let volumes = volumes(errors, &at.child("volumes"), spec.get("volumes"), owner);
    let claims = spec.get("resourceClaims");
    resource_claims(errors, &at.child("resourceClaims"), claims);
    let claim_names: Vec<&str> = claims
        .items()
        .iter()
        .map(|claim| claim.get("name").text())
        .filter(|name| !name.is_empty())
        .collect();
    let around = Around {
        volumes: &volumes,
        claim_names: &claim_names,
        grace,
        restart_policy: spec.get("restartPolicy").text(),
        host_users: spec.get("hostUsers") != &Value::Bool(false),
    };
    let (regular, init) = (spec.get("containers"), spec.get("initContainers"));
    containers(errors, &at.child("containers"), regular, &around);
    init_containers(errors, &at.child("initContainers"), init, regular, &around);
    ephemeral_containers(errors, &at.child("ephemeralContainers"), spec, &around);
    pod_resources(errors, at, spec, &claim_names);
    host_network_ports(errors, at, spec, owner.is_pod);
    policies(errors, at, spec);
    labels(errors, &at.child("nodeSelector"), spec.get("nodeSelector"));
    pod_context(errors, &at.child("securityContext"), spec);
    pull_secrets(
        errors,
        &at.child("imagePullSecrets"),
        spec.get("imagePullSecrets"),
    );
    affinity(errors, &at.child("affinity"), spec.get("affinity"));
    dns::dns_config(errors, &at.child("dnsConfig"), spec);
    gates(errors, at, spec);
    let constraints = spec.get("topologySpreadConstraints");
    spread_constraints(errors, &at.child("topologySpreadConstraints"), constraints);
    super::windows::host_process(errors, at, spec);
    host_users(errors, at, spec);
    dns::hostname_override(errors, &at.child("hostnameOverride"), spec);
    names(errors, at, spec);
    overhead_and_os(errors, at, spec);
    file_key_volumes(errors, at, spec);
}

fn policies(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let lists: [(&str, &[&str]); 2] = [
        ("restartPolicy", &["Always", "OnFailure", "Never"]),
        (
            "dnsPolicy",
            &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
        ),
    ];
    for (field, supported) in lists {
        let value = spec.get(field).text();
        if value.is_empty() {
            errors.required(&at.child(field), "");
        } else if !supported.contains(&value) {
            errors.not_supported(&at.child(field), value, supported);
        }
    }
}

fn resource_claims(errors: &mut Errors, at: &Path<'_>, claims: &Value) {
    let list = claims.items();
    for (i, claim) in list.iter().enumerate() {
        let at = at.index(i);
        let name = claim.get("name").text();
        if name.is_empty() {
            errors.required(&at.child("name"), "");
        } else if list[..i].iter().any(|c| c.get("name").text() == name) {
            errors.duplicate(&at.child("name"), name);
        } else {
            errors.invalid_each(&at.child("name"), name, label(name));
        }
        let sources = ["resourceClaimName", "resourceClaimTemplateName"];
        let count = sources.iter().filter(|s| !claim.get(s).is_null()).count();
        let detail = match count {
            1 => None,
            0 => Some("must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"),
            _ => Some(
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
            ),
        };
        if let Some(detail) = detail {
            let text = |field| super::errors::json(claim.get(field));
            let shown = format!(
                "{{\"Name\":{},\"ResourceClaimName\":{},\"ResourceClaimTemplateName\":{}}}",
                super::errors::json(&Value::from(claim.get("name").to_str())),
                text("resourceClaimName"),
                text("resourceClaimTemplateName")
            );
            errors.invalid(&at, super::Shown::Json(&shown), detail);
        }
        for field in sources {
            if let Some(name) = claim.get(field).as_str() {
                errors.invalid_each(&at.child(field), name, subdomain(name));
            }
        }
    }
}

/// Resources of the pod as a whole.
///
/// Upstream: `pkg/apis/core/validation validatePodResources`; sums over containers are compared for requests and
/// single containers for limits.
fn pod_resources(errors: &mut Errors, at: &Path<'_>, spec: &Value, claim_names: &[&str]) {
    let resources = spec.get("resources");
    if resources.is_null() {
        return;
    }
    let at = at.child("resources");
    if spec.at(&["os", "name"]).text() == "windows" {
        errors.forbidden(&at, "may not be set for a windows pod");
        return;
    }
    if !resources.get("claims").is_null() {
        let detail = "claims may not be set for Resources at pod-level";
        errors.forbidden(&at.child("claims"), detail);
    }
    requirements(errors, &at, resources, claim_names, Level::Pod);
    resources::pod_consistency(errors, &at, spec);
}

fn gates(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let list = at.child("readinessGates");
    for (i, gate) in spec.get("readinessGates").items().iter().enumerate() {
        let condition = gate.get("conditionType").text();
        let at = list.index(i);
        errors.invalid_each(
            &at.child("conditionType"),
            condition,
            qualified_name(condition),
        );
    }
    let list = at.child("schedulingGates");
    let gates = spec.get("schedulingGates").items();
    for (i, gate) in gates.iter().enumerate() {
        let name = gate.get("name").text();
        errors.invalid_each(&list.index(i), name, qualified_name(name));
        if gates[..i].iter().any(|g| g.get("name").text() == name) {
            errors.duplicate(&list.index(i), name);
        }
    }
}

fn host_users(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    if spec.get("hostUsers") != &Value::Bool(false) {
        return;
    }
    for (field, name) in [
        ("hostNetwork", "hostNetwork"),
        ("hostPID", "HostPID"),
        ("hostIPC", "HostIPC"),
    ] {
        if on(spec, field) {
            errors.forbidden(&at.child(name), HOST_USERS);
        }
    }
    for (field, i, container) in all_containers(spec) {
        if !container.get("volumeDevices").items().is_empty() {
            let at = at.child(field);
            errors.forbidden(&at.index(i).child("volumeDevices"), HOST_USERS);
        }
    }
}

/// Names, deadlines, tolerations and host aliases, in the server's order.
fn names(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let text = |field| spec.get(field).text();
    for field in ["serviceAccountName", "nodeName"] {
        if !text(field).is_empty() {
            errors.invalid_each(&at.child(field), text(field), subdomain(text(field)));
        }
    }
    if let Some(deadline) = spec.get("activeDeadlineSeconds").as_i64()
        && !(1..=i64::from(i32::MAX)).contains(&deadline)
    {
        let detail = "must be between 1 and 2147483647, inclusive";
        errors.invalid(&at.child("activeDeadlineSeconds"), deadline, detail);
    }
    for field in ["hostname", "subdomain"] {
        if !text(field).is_empty() {
            errors.invalid_each(&at.child(field), text(field), label(text(field)));
        }
    }
    tolerations(errors, &at.child("tolerations"), spec.get("tolerations"));
    let aliases = at.child("hostAliases");
    for (i, alias) in spec.get("hostAliases").items().iter().enumerate() {
        let at = aliases.index(i);
        let address = alias.get("ip").text();
        errors.invalid_each(&at.child("ip"), address, ip(address));
        let hostnames = at.child("hostnames");
        for (j, hostname) in alias.get("hostnames").items().iter().enumerate() {
            let name = hostname.text();
            errors.invalid_each(&hostnames.index(j), name, subdomain(name));
        }
    }
    if !text("priorityClassName").is_empty() {
        let name = text("priorityClassName");
        errors.invalid_each(&at.child("priorityClassName"), name, subdomain(name));
    }
    if let Some(name) = spec.get("runtimeClassName").as_str() {
        errors.invalid_each(&at.child("runtimeClassName"), name, subdomain(name));
    }
    preemption_policy(
        errors,
        &at.child("preemptionPolicy"),
        spec.get("preemptionPolicy"),
    );
}

/// Whether pods push others away.
pub fn preemption_policy(errors: &mut Errors, at: &Path<'_>, policy: &Value) {
    match policy.as_str() {
        None | Some("PreemptLowerPriority" | "Never") => {}
        Some("") => errors.required(at, ""),
        Some(policy) => errors.not_supported(at, policy, &["PreemptLowerPriority", "Never"]),
    }
}

fn overhead_and_os(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let overhead = spec.get("overhead");
    if !overhead.is_null() {
        let limits = crate::value!({"limits": overhead});
        requirements(
            errors,
            &at.child("overhead"),
            &limits,
            &[],
            Level::Container,
        );
    }
    let os = spec.get("os");
    if os.is_null() {
        return;
    }
    let os_at = at.child("os");
    match os.get("name").text() {
        "" => errors.required(&os_at.child("name"), ""),
        "linux" => no_windows_options(errors, at, spec),
        "windows" => super::windows::windows_pod(errors, at, spec),
        name => errors.not_supported(&os_at, name, &["linux", "windows"]),
    }
}

fn no_windows_options(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let detail = "windows options cannot be set for a linux pod";
    let path = ["securityContext", "windowsOptions"];
    if !spec.at(&path).is_null() {
        errors.forbidden(&at.child(path[0]).child(path[1]), detail);
    }
    for (field, i, container) in all_containers(spec) {
        if !container.at(&path).is_null() {
            let at = at.child(field);
            errors.forbidden(&at.index(i).child(path[0]).child(path[1]), detail);
        }
    }
}

/// Files with environment variables must lie in an empty directory.
fn file_key_volumes(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    for (field, i, container) in all_containers(spec) {
        for (j, var) in container.get("env").items().iter().enumerate() {
            let reference = var.at(&["valueFrom", "fileKeyRef"]);
            if reference.is_null() {
                continue;
            }
            let name = reference.get("volumeName").text();
            let list = at.child(field);
            let item = list.index(i);
            let at = item.child("env");
            let at = at.index(j);
            let at = at
                .child("valueFrom")
                .child("fileKeyRef")
                .child("volumeName")
                .to_string();
            let at = Path::root(&at);
            let mut volumes = spec.get("volumes").items().iter().rev();
            match volumes.find(|v| v.get("name").text() == name) {
                None => errors.not_found(&at, name, ""),
                Some(volume) if volume.get("emptyDir").is_null() => {
                    errors.invalid(&at, name, "referenced volume must be of type emptyDir");
                }
                Some(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn of(change: &[(&'static str, Value)]) -> Vec<String> {
        let mut spec = value!({"terminationGracePeriodSeconds": 30, "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
            "containers": [{"name": "a", "image": "x", "imagePullPolicy": "Always", "terminationMessagePolicy": "File"}]});
        for (field, value) in change {
            spec.set(*field, value);
        }
        let mut errors = Errors::default();
        let owner = Owner {
            pod_name: "",
            is_pod: true,
        };
        pod_spec(&mut errors, &Path::root("spec"), &spec, owner);
        errors.lines()
    }

    #[test]
    fn single_fields() {
        assert!(of(&[]).is_empty());
        let cases = [
            (
                "restartPolicy",
                value!("x"),
                "restartPolicy: Unsupported value: \"x\": supported values: \"Always\", \"OnFailure\", \"Never\"",
            ),
            (
                "dnsPolicy",
                value!("x"),
                "dnsPolicy: Unsupported value: \"x\": supported values: \"ClusterFirstWithHostNet\", \"ClusterFirst\", \"Default\", \"None\"",
            ),
            (
                "dnsPolicy",
                value!("None"),
                "dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None",
            ),
            (
                "activeDeadlineSeconds",
                value!(0),
                "activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive",
            ),
            (
                "subdomain",
                value!("a.b"),
                "subdomain: Invalid value: \"a.b\": must not contain dots",
            ),
            (
                "preemptionPolicy",
                value!("x"),
                "preemptionPolicy: Unsupported value: \"x\": supported values: \"PreemptLowerPriority\", \"Never\"",
            ),
            (
                "os",
                value!({"name": "x"}),
                "os: Unsupported value: \"x\": supported values: \"linux\", \"windows\"",
            ),
            (
                "hostAliases",
                value!([{"ip": "x", "hostnames": []}]),
                "hostAliases[0].ip: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
            ),
            (
                "schedulingGates",
                value!([{"name": "a"}, {"name": "a"}]),
                "schedulingGates[1]: Duplicate value: \"a\"",
            ),
            (
                "resourceClaims",
                value!([{"name": "a"}]),
                "resourceClaims[0]: Invalid value: {\"Name\":\"a\",\"ResourceClaimName\":null,\"ResourceClaimTemplateName\":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
            ),
            (
                "terminationGracePeriodSeconds",
                Value::Null,
                "terminationGracePeriodSeconds: Required value",
            ),
        ];
        for (field, value, want) in cases {
            assert_eq!(of(&[(field, value)]), [format!("spec.{want}")]);
        }
    }

    #[test]
    fn host_namespaces() {
        let change = [
            ("hostUsers", value!(false)),
            ("hostNetwork", value!(true)),
            ("hostPID", value!(true)),
        ];
        assert_eq!(
            of(&change),
            [
                "spec.hostNetwork: Forbidden: when `hostUsers` is false",
                "spec.HostPID: Forbidden: when `hostUsers` is false",
            ]
        );
    }
}
