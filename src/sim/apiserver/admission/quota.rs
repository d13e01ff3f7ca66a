//! Resource quotas: counts and sums of a namespace that a new object may not exceed. What is used stands in the
//! quota's status: its controller reckons it up, and each admitted object is added here.
//!
//! Upstream: apiserver/pkg/admission/plugin/resourcequota/controller.go

use super::name_of;
use crate::k8s::pod_resources::{self, Amounts};
use crate::k8s::quantity::Quantity;
use crate::k8s::{Kind, Object, Str, Timestamp, Value, quota};
use crate::sim::apiserver::Call;
use crate::sim::{ApiServer, Status};
use std::sync::Arc;

/// Refuses an object that would exceed a quota of its namespace, or that says too little for one. An object that
/// changes counts with what it takes more than before.
///
/// Upstream: `CheckRequest`
pub(super) fn check(
    api: &ApiServer,
    kind: Kind,
    value: &Value,
    old: Option<&Value>,
    now: Timestamp,
) -> Result<(), Status> {
    let refuse = |why: String| Err(Status::forbidden(kind, name_of(value), &why));
    let quotas = pertinent(api, kind, value);
    for quota in &quotas {
        let counted = counted(kind, quota);
        if kind == Kind::Pod
            && let Some(unsaid) = quota::unsaid(value.get("spec"), &counted)
        {
            return refuse(format!("failed quota: {}: {unsaid}", quota.name()));
        }
        let used = quota.value().at(&["status", "used"]);
        if counted.iter().any(|name| used.field(name).is_none()) {
            return refuse(format!(
                "status unknown for quota: {}, resources: {}",
                quota.name(),
                counted
                    .iter()
                    .map(Str::as_str)
                    .collect::<Vec<_>>()
                    .join(",")
            ));
        }
    }
    if quotas.is_empty() {
        return Ok(());
    }
    let delta = delta(kind, value, old, now);
    for quota in &quotas {
        if let Some(excess) = excess(quota, &delta) {
            return refuse(excess);
        }
    }
    Ok(())
}

/// Adds an admitted object to the quotas that count it.
pub(super) fn charge(api: &mut ApiServer, call: &Call, object: &Object, old: Option<&Value>) {
    let kind = object.kind();
    let quotas = pertinent(api, kind, object.value());
    if call.dry_run || quotas.is_empty() {
        return;
    }
    let delta = delta(kind, object.value(), old, call.now.timestamp());
    for quota in quotas {
        let mut used = pod_resources::read(quota.value().at(&["status", "used"]));
        let before = used.clone();
        for (name, amount) in &mut used {
            if let Some(more) = delta.get(name) {
                *amount = amount.plus(more);
            }
        }
        if used != before {
            let mut value = quota.value().clone();
            value.set_at(&["status", "used"], pod_resources::write(&used));
            api.commit(call, Kind::ResourceQuota, value, Some(&quota));
        }
    }
}

/// The quotas of the namespace that look at the object, by name.
fn pertinent(api: &ApiServer, kind: Kind, value: &Value) -> Vec<Arc<Object>> {
    let namespace = value.at(&["metadata", "namespace"]).text();
    if !kind.namespaced() {
        return Vec::new();
    }
    api.list(Kind::ResourceQuota, Some(namespace))
        .filter(|quota| !counted(kind, quota).is_empty())
        .filter(|quota| quota::in_scope(quota.value().get("spec"), kind, value))
        .cloned()
        .collect()
}

/// What a quota limits of this kind; before its controller has seen it, what it will limit.
fn counted(kind: Kind, quota: &Object) -> Vec<Str> {
    let hard = match quota.value().at(&["status", "hard"]) {
        Value::Null => quota.value().at(&["spec", "hard"]),
        hard => hard,
    };
    let names = hard.fields().map(|(name, _)| name);
    names
        .filter(|name| quota::counts(kind, name))
        .cloned()
        .collect()
}

fn delta(kind: Kind, value: &Value, old: Option<&Value>, now: Timestamp) -> Amounts {
    let mut delta = quota::usage(kind, value, now);
    if let Some(old) = old {
        let before = quota::usage(kind, old, now);
        for (name, amount) in &mut delta {
            let rest = amount.minus(&before.get(name).cloned().unwrap_or_default());
            *amount = if rest.is_negative() {
                Quantity::default()
            } else {
                rest
            };
        }
    }
    delta.retain(|_, amount| !amount.is_zero());
    delta
}

fn excess(quota: &Object, delta: &Amounts) -> Option<String> {
    let status = quota.value().get("status");
    let (hard, used) = (
        pod_resources::read(status.get("hard")),
        pod_resources::read(status.get("used")),
    );
    let (mut requested, mut taken, mut limited) = (Vec::new(), Vec::new(), Vec::new());
    for (name, limit) in &hard {
        let Some(more) = delta.get(name) else {
            continue;
        };
        let before = used.get(name).cloned().unwrap_or_default();
        if before.plus(more) > *limit {
            requested.push(format!("{name}={more}"));
            taken.push(format!("{name}={before}"));
            limited.push(format!("{name}={limit}"));
        }
    }
    (!requested.is_empty()).then(|| {
        format!(
            "exceeded quota: {}, requested: {}, used: {}, limited: {}",
            quota.name(),
            requested.join(","),
            taken.join(","),
            limited.join(",")
        )
    })
}
