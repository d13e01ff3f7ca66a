//! Resource quotas: names that can be counted, and scopes that fit them.

use super::resources::{STANDARD, is_huge_page, quantity_value, resource_name};
use super::syntax::subdomain;
use super::workload::immutable;
use super::{Errors, Path, Shown, meta};
use crate::k8s::Value;
use crate::k8s::order::InOrder;
use crate::k8s::quantity::Quantity;

const SPEC: Path<'static> = Path::root("spec");

const SCOPES: [&str; 7] = [
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "VolumeAttributesClass",
    "CrossNamespacePodAffinity",
];

/// Scopes that exclude each other.
const PAIRS: [[&str; 2]; 2] = [
    ["BestEffort", "NotBestEffort"],
    ["Terminating", "NotTerminating"],
];

const OF_PODS: [&str; 7] = [
    "pods",
    "cpu",
    "memory",
    "limits.cpu",
    "limits.memory",
    "requests.cpu",
    "requests.memory",
];

/// Upstream: `pkg/apis/core/validation ValidateResourceQuota`.
pub fn create(errors: &mut Errors, quota: &Value) {
    meta::create(errors, quota, true, subdomain);
    spec(errors, quota.get("spec"));
}

/// Upstream: `pkg/apis/core/validation ValidateResourceQuotaUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    spec(errors, new.get("spec"));
    let scopes = |quota: &Value| {
        let mut list: Vec<String> = quota
            .at(&["spec", "scopes"])
            .items()
            .iter()
            .map(|scope| scope.text().to_owned())
            .collect();
        list.order();
        list.dedup();
        list
    };
    if scopes(new) != scopes(old) {
        let (new, old) = (new.at(&["spec", "scopes"]), old.at(&["spec", "scopes"]));
        immutable(errors, &SPEC.child("scopes"), new, old);
    }
}

fn spec(errors: &mut Errors, spec: &Value) {
    let at = SPEC.child("hard");
    for (name, amount) in spec.get("hard").fields() {
        let at = at.key(name);
        resource_name(errors, &at, name);
        if !name.contains('/') && !is_quota_resource(name) {
            errors.invalid(&at, name.as_str(), "must be a standard resource for quota");
        }
        quantity_value(errors, &at, name, &Quantity::of(amount));
    }
    scopes(errors, spec);
    scope_selector(errors, spec);
}

fn is_quota_resource(name: &str) -> bool {
    (STANDARD.contains(&name) && name != "storage")
        || is_huge_page(name)
        || name.starts_with("requests.hugepages-")
}

/// Upstream: `IsResourceQuotaScopeValidForResource`
fn fits(scope: &str, resource: &str) -> bool {
    match scope {
        "BestEffort" => resource == "pods",
        "VolumeAttributesClass" => {
            ["persistentvolumeclaims", "requests.storage"].contains(&resource)
        }
        scope if SCOPES.contains(&scope) => OF_PODS.contains(&resource),
        _ => true,
    }
}

/// Refuses once a resource that the scope cannot look at.
fn misfits(scope: &str, hard: &Value) -> bool {
    hard.fields()
        .any(|(name, _)| is_quota_resource(name) && !fits(scope, name))
}

fn scopes(errors: &mut Errors, spec: &Value) {
    let at = SPEC.child("scopes");
    let list = spec.get("scopes");
    let names: Vec<&str> = list.items().iter().map(Value::text).collect();
    for scope in &names {
        if !SCOPES.contains(scope) {
            errors.invalid(&at, list, "unsupported scope");
        }
        if misfits(scope, spec.get("hard")) {
            errors.invalid(&at, list, "unsupported scope applied to resource");
        }
    }
    for pair in PAIRS {
        if pair.iter().all(|scope| names.contains(scope)) {
            errors.invalid(&at, list, "conflicting scopes");
        }
    }
}

/// Upstream: `pkg/apis/core/validation validateScopedResourceSelectorRequirement`.
fn scope_selector(errors: &mut Errors, spec: &Value) {
    let selector = spec.get("scopeSelector");
    let at = SPEC.child("scopeSelector");
    let at = at.child("matchExpressions");
    let terms = selector.get("matchExpressions").items();
    for term in terms {
        let (scope, operator) = (term.get("scopeName").text(), term.get("operator").text());
        if !SCOPES.contains(&scope) {
            errors.invalid(&at.child("scopeName"), scope, "unsupported scope");
        }
        if misfits(scope, spec.get("hard")) {
            // The server shows its own struct.
            let shown = |t: &Value| {
                let [name, operator] = ["scopeName", "operator"].map(|key| t.get(key));
                let values = t.get("values");
                format!("{{\"ScopeName\":{name},\"Operator\":{operator},\"Values\":{values}}}")
            };
            let all: Vec<String> = terms.iter().map(shown).collect();
            let shown = format!("{{\"MatchExpressions\":[{}]}}", all.join(","));
            let detail = "unsupported scope applied to resource";
            errors.invalid(&at, Shown::Json(&shown), detail);
        }
        let bare =
            !matches!(scope, "PriorityClass" | "VolumeAttributesClass") && SCOPES.contains(&scope);
        if bare && operator != "Exists" {
            let detail = "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
            errors.invalid(&at.child("operator"), operator, detail);
        }
        let values = term.get("values");
        match operator {
            "In" | "NotIn" if values.items().is_empty() => {
                let detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
                errors.required(&at.child("values"), detail);
            }
            "In" | "NotIn" => {}
            "Exists" | "DoesNotExist" if !values.items().is_empty() => {
                let detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
                errors.invalid(&at.child("values"), values, detail);
            }
            "Exists" | "DoesNotExist" => {}
            _ => errors.invalid(
                &at.child("operator"),
                operator,
                "not a valid selector operator",
            ),
        }
    }
    for pair in PAIRS {
        let has = |scope: &&str| terms.iter().any(|t| t.get("scopeName").text() == *scope);
        if pair.iter().all(has) {
            errors.invalid(&at, spec.get("scopes"), "conflicting scopes");
        }
    }
}
