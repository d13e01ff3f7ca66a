//! Resource quotas: counts and sums of a namespace that a new object may not exceed.
//!
//! Upstream: apiserver/pkg/admission/plugin/resourcequota/controller.go. What is used is counted from the stored
//! objects, not kept in the quota's status. Scopes are not looked at.

use super::name_of;
use crate::k8s::quantity::Quantity;
use crate::k8s::{Kind, Value};
use crate::sim::{ApiServer, Status};

/// Refuses a new object that would exceed a quota of its namespace, or that says too little for one.
pub(super) fn check(api: &ApiServer, kind: Kind, value: &Value) -> Result<(), Status> {
    let namespace = value.at(&["metadata", "namespace"]).text();
    for quota in api.list(Kind::ResourceQuota, Some(namespace)) {
        let hard = quota.value().at(&["spec", "hard"]);
        missing(kind, value, quota.name(), hard)?;
        let (mut requested, mut used, mut limited) = (Vec::new(), Vec::new(), Vec::new());
        for (resource, limit) in hard.fields() {
            let asked = usage(kind, value, resource);
            if asked.is_zero() {
                continue;
            }
            let limit = Quantity::of(limit);
            let before = used_in(api, namespace, resource);
            if before.plus(asked) > limit {
                requested.push(format!("{resource}={asked}"));
                used.push(format!("{resource}={before}"));
                limited.push(format!("{resource}={limit}"));
            }
        }
        if !requested.is_empty() {
            let why = format!(
                "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                quota.name(),
                requested.join(","),
                used.join(","),
                limited.join(",")
            );
            return Err(Status::forbidden(kind, name_of(value), &why));
        }
    }
    Ok(())
}

/// Containers must ask for what a quota counts.
fn missing(kind: Kind, pod: &Value, quota: &str, hard: &Value) -> Result<(), Status> {
    if kind != Kind::Pod {
        return Ok(());
    }
    let mut lacking: Vec<String> = Vec::new();
    for (resource, _) in hard.fields() {
        let Some((list, name)) = compute(resource) else {
            continue;
        };
        let without: Vec<&str> = containers(pod)
            .filter(|c| c.at(&["resources", list, name]).is_null())
            .map(|c| c.get("name").text())
            .collect();
        if !without.is_empty() {
            lacking.push(format!("{resource} for: {}", without.join(",")));
        }
    }
    if lacking.is_empty() {
        return Ok(());
    }
    let why = format!("failed quota: {quota}: must specify {}", lacking.join("; "));
    Err(Status::forbidden(kind, name_of(pod), &why))
}

fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    let spec = pod.get("spec");
    let all = spec.get("containers").items().iter();
    all.chain(spec.get("initContainers").items())
}

/// The list of a container's resources that a quota's resource counts, and the name in it.
fn compute(resource: &str) -> Option<(&'static str, &str)> {
    match resource {
        "cpu" | "memory" => Some(("requests", resource)),
        _ => resource
            .strip_prefix("requests.")
            .map(|name| ("requests", name))
            .or_else(|| {
                resource
                    .strip_prefix("limits.")
                    .map(|name| ("limits", name))
            })
            .filter(|(_, name)| matches!(*name, "cpu" | "memory" | "ephemeral-storage")),
    }
}

/// How much of a quota's resource an object takes.
fn usage(kind: Kind, value: &Value, resource: &str) -> Quantity {
    if let Some((list, name)) = compute(resource) {
        return if kind == Kind::Pod {
            pod_sum(value, list, name)
        } else {
            Quantity::default()
        };
    }
    let counted = match resource.strip_prefix("count/") {
        Some(plural) => plural == kind.resource(),
        None => resource == kind.plural(),
    };
    Quantity::whole(i64::from(counted))
}

fn pod_sum(pod: &Value, list: &'static str, name: &str) -> Quantity {
    let spec = pod.get("spec");
    let of = |c: &Value| Quantity::of(c.at(&["resources", list, name]));
    let apps = spec.get("containers").items().iter();
    let sum = apps.fold(Quantity::default(), |sum, c| sum.plus(of(c)));
    let inits = spec.get("initContainers").items().iter().map(of);
    inits.fold(sum, Ord::max)
}

fn used_in(api: &ApiServer, namespace: &str, resource: &str) -> Quantity {
    let kind = if compute(resource).is_some() {
        Some(Kind::Pod)
    } else {
        let name = resource.strip_prefix("count/").unwrap_or(resource);
        crate::k8s::kind::KINDS
            .iter()
            .map(|info| info.kind)
            .find(|k| k.plural() == name || k.resource() == name)
    };
    let Some(kind) = kind else {
        return Quantity::default();
    };
    api.list(kind, Some(namespace))
        .filter(|o| !o.pod().is_some_and(crate::k8s::api::Pod::terminal))
        .fold(Quantity::default(), |sum, o| {
            sum.plus(usage(kind, o.value(), resource))
        })
}
