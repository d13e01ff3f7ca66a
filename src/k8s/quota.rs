//! What a ResourceQuota counts: how much of each resource an object takes, and which objects a quota looks at.
//!
//! Upstream: pkg/quota/v1/evaluator/core

use super::kind::KINDS;
use super::pod_resources::{self, Amounts};
use super::quantity::Quantity;
use super::{Kind, Object, Str, Timestamp, Value};
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Resources of pods that a quota may name as they are, or behind `requests.`; and behind `limits.`.
const COMPUTE: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// If a quota names one of these every container must say its own.
const EXPLICIT: [&str; 6] = [
    "cpu",
    "limits.cpu",
    "limits.memory",
    "memory",
    "requests.cpu",
    "requests.memory",
];

/// Kinds that are also counted by their bare name.
const COUNTED: [Kind; 5] = [
    Kind::ConfigMap,
    Kind::Secret,
    Kind::ResourceQuota,
    Kind::ReplicationController,
    Kind::Service,
];

const CLASS: &str = ".storageclass.storage.k8s.io/";

/// `count/deployments.apps`
fn object_count(kind: Kind) -> String {
    format!("count/{}", kind.resource())
}

/// Whether objects of this kind can take of a resource.
///
/// Upstream: the evaluators' `MatchingResources`
pub fn counts(kind: Kind, resource: &str) -> bool {
    if resource == object_count(kind) {
        return true;
    }
    match kind {
        Kind::Pod => {
            let request = resource.strip_prefix("requests.");
            resource == "pods"
                || COMPUTE.contains(&resource)
                || resource.starts_with("hugepages-")
                || request.is_some_and(|name| COMPUTE.contains(&name) || name.contains('/'))
                || request.is_some_and(|name| name.starts_with("hugepages-"))
                || resource
                    .strip_prefix("limits.")
                    .is_some_and(|name| COMPUTE.contains(&name))
        }
        Kind::Service => {
            ["services", "services.nodeports", "services.loadbalancers"].contains(&resource)
        }
        Kind::PersistentVolumeClaim => {
            let name = resource
                .split_once(CLASS)
                .map_or(resource, |(_, name)| name);
            ["persistentvolumeclaims", "requests.storage"].contains(&name)
        }
        _ => COUNTED.contains(&kind) && resource == kind.plural(),
    }
}

/// How much an object takes of everything that is counted.
///
/// Upstream: the evaluators' `Usage`
pub fn usage(kind: Kind, value: &Value, now: Timestamp) -> Amounts {
    let one = Quantity::whole(1);
    let mut used = Amounts::from([(Str::from(object_count(kind)), one.clone())]);
    let mut set = |name: &str, amount: &Quantity| {
        used.insert(Str::new(name), amount.clone());
    };
    let spec = value.get("spec");
    match kind {
        Kind::Pod => {
            if pod_counts(value, now) {
                set("pods", &one);
                for (name, amount) in pod_usage(spec) {
                    set(&name, &amount);
                }
            }
        }
        Kind::Service => {
            set("services", &one);
            let ports = spec.get("ports").items();
            let chosen = |p: &&Value| p.get("nodePort").as_i64().unwrap_or(0) != 0;
            let own = spec.get("allocateLoadBalancerNodePorts").as_bool() == Some(false);
            let node_ports = match spec.get("type").text() {
                "LoadBalancer" if own => ports.iter().filter(chosen).count(),
                "NodePort" | "LoadBalancer" => ports.len(),
                _ => 0,
            };
            let node_ports = i64::try_from(node_ports).unwrap_or(i64::MAX);
            set("services.nodeports", &Quantity::whole(node_ports));
            let balanced = i64::from(spec.get("type").text() == "LoadBalancer");
            set("services.loadbalancers", &Quantity::whole(balanced));
        }
        Kind::PersistentVolumeClaim => {
            let storage = Quantity::of(spec.at(&["resources", "requests", "storage"]));
            let class = spec.get("storageClassName").text();
            set("persistentvolumeclaims", &one);
            set("requests.storage", &storage);
            if !class.is_empty() {
                set(&format!("{class}{CLASS}persistentvolumeclaims"), &one);
                set(&format!("{class}{CLASS}requests.storage"), &storage);
            }
        }
        _ => {
            if COUNTED.contains(&kind) {
                set(kind.plural(), &one);
            }
        }
    }
    used
}

/// Pods that are over, or overdue to be gone, take nothing.
///
/// Upstream: `QuotaV1Pod`
pub fn pod_counts(pod: &Value, now: Timestamp) -> bool {
    if matches!(pod.at(&["status", "phase"]).text(), "Succeeded" | "Failed") {
        return false;
    }
    let metadata = pod.get("metadata");
    let deletion = Timestamp::parse(metadata.get("deletionTimestamp").text());
    match (
        deletion,
        metadata.get("deletionGracePeriodSeconds").as_i64(),
    ) {
        (Some(at), Some(grace)) => now.0 <= at.0.saturating_add(grace),
        (_, _) => true,
    }
}

/// Upstream: `podComputeUsageHelper`
fn compute_usage(requests: &Amounts, limits: &Amounts) -> Amounts {
    let mut used = Amounts::new();
    for (name, amount) in requests {
        let huge = name.starts_with("hugepages-");
        if COMPUTE.contains(&name.as_str()) || huge {
            used.insert(name.clone(), amount.clone());
        }
        if COMPUTE.contains(&name.as_str()) || huge || name.contains('/') {
            used.insert(Str::from(format!("requests.{name}")), amount.clone());
        }
    }
    for (name, amount) in limits {
        if COMPUTE.contains(&name.as_str()) {
            used.insert(Str::from(format!("limits.{name}")), amount.clone());
        }
    }
    used
}

fn pod_usage(spec: &Value) -> Amounts {
    let (mut requests, mut limits) = (
        pod_resources::total(spec, "requests"),
        pod_resources::total(spec, "limits"),
    );
    let overhead = pod_resources::read(spec.get("overhead"));
    pod_resources::add(&mut requests, &overhead);
    for (name, amount) in &overhead {
        if let Some(limit) = limits.get_mut(name) {
            *limit = limit.plus(amount);
        }
    }
    compute_usage(&requests, &limits)
}

/// What containers of a pod do not say although the quota counts it: `must specify …`. A pod that says something
/// as a whole may leave out the rest.
///
/// Upstream: pkg/quota/v1/evaluator/core/pods.go `Constraints`
pub fn unsaid(spec: &Value, counted: &[Str]) -> Option<String> {
    let mut missing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    if ["requests", "limits"]
        .iter()
        .any(|list| !spec.at(&["resources", list]).is_empty())
    {
        return None;
    }
    let containers = spec.get("containers").items().iter();
    for container in containers.chain(spec.get("initContainers").items()) {
        let of = |list| pod_resources::read(container.at(&["resources", list]));
        let said = compute_usage(&of("requests"), &of("limits"));
        for resource in EXPLICIT {
            if counted.iter().any(|c| c == resource) && !said.contains_key(resource) {
                missing
                    .entry(resource)
                    .or_default()
                    .insert(container.get("name").text());
            }
        }
    }
    let parts: Vec<String> = missing
        .iter()
        .map(|(resource, names)| {
            let names: Vec<&str> = names.iter().copied().collect();
            format!("{resource} for: {}", names.join(","))
        })
        .collect();
    (!parts.is_empty()).then(|| format!("must specify {}", parts.join("; ")))
}

/// Whether a quota with this spec looks at an object: all its scopes must hold, and only pods have scopes.
///
/// Upstream: `podMatchesScopeFunc`
pub fn in_scope(quota_spec: &Value, kind: Kind, value: &Value) -> bool {
    let scopes = quota_spec.get("scopes").items();
    let selected = quota_spec
        .at(&["scopeSelector", "matchExpressions"])
        .items();
    if scopes.is_empty() && selected.is_empty() {
        return true;
    }
    kind == Kind::Pod
        && scopes
            .iter()
            .all(|scope| pod_in_scope(scope.text(), &Value::Null, value))
        && selected
            .iter()
            .all(|term| pod_in_scope(term.get("scopeName").text(), term, value))
}

fn pod_in_scope(scope: &str, term: &Value, pod: &Value) -> bool {
    let spec = pod.get("spec");
    let terminating = spec
        .get("activeDeadlineSeconds")
        .as_i64()
        .is_some_and(|s| s >= 0);
    let best_effort = super::qos::class(spec) == "BestEffort";
    match scope {
        "Terminating" => terminating,
        "NotTerminating" => !terminating,
        "BestEffort" => best_effort,
        "NotBestEffort" => !best_effort,
        "PriorityClass" => {
            let class = spec.get("priorityClassName").text();
            let listed = term.get("values").items().iter().any(|v| v.text() == class);
            match term.get("operator").text() {
                "In" => !class.is_empty() && listed,
                "NotIn" => class.is_empty() || !listed,
                "DoesNotExist" => class.is_empty(),
                _ => !class.is_empty(),
            }
        }
        "CrossNamespacePodAffinity" => crosses_namespaces(spec),
        _ => false,
    }
}

/// Some term of the pod's affinity to other pods names other namespaces.
fn crosses_namespaces(spec: &Value) -> bool {
    ["podAffinity", "podAntiAffinity"].iter().any(|field| {
        let affinity = spec.at(&["affinity", field]);
        let required = affinity
            .get("requiredDuringSchedulingIgnoredDuringExecution")
            .items();
        let preferred = affinity
            .get("preferredDuringSchedulingIgnoredDuringExecution")
            .items();
        let preferred = preferred.iter().map(|p| p.get("podAffinityTerm"));
        required.iter().chain(preferred).any(|term| {
            !term.get("namespaces").is_empty() || !term.get("namespaceSelector").is_null()
        })
    })
}

/// What a quota with this spec finds used among the objects of its namespace.
///
/// Upstream: apiserver/pkg/quota/v1/resources.go `CalculateUsage`
pub fn used(
    quota_spec: &Value,
    list: impl Fn(Kind) -> Vec<Arc<Object>>,
    now: Timestamp,
) -> Amounts {
    let hard = quota_spec.get("hard");
    let mut used = Amounts::new();
    for info in &KINDS {
        let counted: Vec<&Str> = hard
            .fields()
            .map(|(name, _)| name)
            .filter(|name| counts(info.kind, name))
            .collect();
        if counted.is_empty() {
            continue;
        }
        for name in &counted {
            used.entry((*name).clone()).or_default();
        }
        for object in list(info.kind) {
            if !in_scope(quota_spec, info.kind, object.value()) {
                continue;
            }
            let mut own = usage(info.kind, object.value(), now);
            own.retain(|name, _| counted.contains(&name));
            pod_resources::add(&mut used, &own);
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn told(kind: Kind, value: &Value) -> String {
        let used = usage(kind, value, Timestamp(0));
        let parts = used
            .iter()
            .filter(|(_, q)| !q.is_zero())
            .map(|(n, q)| format!("{n}={q}"));
        parts.collect::<Vec<_>>().join(",")
    }

    #[test]
    fn usage_of_objects() {
        let resources =
            value!({"requests": {"cpu": "100m", "x.com/gpu": "2"}, "limits": {"cpu": "1"}});
        let pod = value!({"spec": {"containers": [{"resources": resources}]}});
        let mut over = pod.clone();
        over.set("status", value!({"phase": "Failed"}));
        let claim = value!({"spec": {"storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}}});
        let service =
            |ty: &'static str| value!({"spec": {"type": ty, "ports": [{"port": 1}, {"port": 2}]}});
        let rows = [
            (
                Kind::Pod,
                pod,
                "count/pods=1,cpu=100m,limits.cpu=1,pods=1,requests.cpu=100m,requests.x.com/gpu=2",
            ),
            (Kind::Pod, over, "count/pods=1"),
            (
                Kind::Service,
                service("ClusterIP"),
                "count/services=1,services=1",
            ),
            (
                Kind::Service,
                service("LoadBalancer"),
                "count/services=1,services=1,services.loadbalancers=1,services.nodeports=2",
            ),
            (
                Kind::PersistentVolumeClaim,
                claim,
                "count/persistentvolumeclaims=1,fast.storageclass.storage.k8s.io/persistentvolumeclaims=1,\
                 fast.storageclass.storage.k8s.io/requests.storage=1Gi,persistentvolumeclaims=1,requests.storage=1Gi",
            ),
            (Kind::Secret, value!({}), "count/secrets=1,secrets=1"),
            (Kind::Deployment, value!({}), "count/deployments.apps=1"),
        ];
        for (kind, value, want) in rows {
            assert_eq!(told(kind, &value), want);
            for part in want.split(',') {
                let name = part.split('=').next().unwrap_or("");
                assert!(counts(kind, name), "{name}");
            }
        }
        assert!(!counts(Kind::Pod, "services") && !counts(Kind::Deployment, "deployments.apps"));
    }

    #[test]
    fn scopes() {
        let pod = |spec: Value| value!({"spec": spec});
        let plain = pod(value!({"containers": [{"name": "a"}]}));
        let asks = pod(value!({"containers": [{"resources": {"requests": {"cpu": "1"}}}]}));
        let short = pod(value!({"activeDeadlineSeconds": 5, "containers": [{}]}));
        let high = pod(value!({"priorityClassName": "high", "containers": [{}]}));
        let scope = |name: &'static str| value!({"scopes": [name]});
        let class = |operator: &'static str| {
            value!({"scopeSelector": {"matchExpressions": [
                {"scopeName": "PriorityClass", "operator": operator, "values": ["high"]},
            ]}})
        };
        let rows = [
            (value!({}), &plain, true),
            (scope("BestEffort"), &plain, true),
            (scope("BestEffort"), &asks, false),
            (scope("NotBestEffort"), &asks, true),
            (scope("Terminating"), &short, true),
            (scope("Terminating"), &plain, false),
            (scope("NotTerminating"), &short, false),
            (scope("PriorityClass"), &high, true),
            (class("In"), &high, true),
            (class("In"), &plain, false),
            (class("NotIn"), &plain, true),
            (class("DoesNotExist"), &high, false),
        ];
        for (quota, pod, want) in rows {
            assert_eq!(in_scope(&quota, Kind::Pod, pod), want, "{quota} {pod}");
        }
        assert!(!in_scope(&scope("BestEffort"), Kind::Secret, &value!({})));
    }
}
