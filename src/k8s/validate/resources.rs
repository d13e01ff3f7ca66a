//! Requests, limits and claims of containers and pods.

use super::syntax::{label, qualified_name};
use super::{Errors, Path};
use crate::k8s::Value;
use crate::k8s::order::InOrder;
use crate::k8s::quantity::Quantity;

/// Resources without a domain that the system knows anywhere.
pub(super) const STANDARD: [&str; 20] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "storage",
    "requests.storage",
    "services.nodeports",
    "services.loadbalancers",
];

/// Resources that are counted in whole numbers.
const WHOLE: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

const POD_LEVEL: [&str; 2] = ["cpu", "memory"];

/// Where the resources stand, which decides the names that are accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Container,
    Pod,
}

pub(super) fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

fn is_extended(name: &str) -> bool {
    !is_native(name)
        && !name.starts_with("requests.")
        && qualified_name(&format!("requests.{name}")).is_empty()
}

pub(super) fn overcommit_allowed(name: &str) -> bool {
    is_native(name) && !is_huge_page(name)
}

/// Upstream: `pkg/apis/core/validation validateResourceName`; the answer is whether nothing was wrong.
pub(super) fn resource_name(errors: &mut Errors, at: &Path<'_>, name: &str) -> bool {
    let sentences = qualified_name(name);
    let mut good = sentences.is_empty();
    errors.invalid_each(at, name, sentences);
    if good && !name.contains('/') {
        let quota_pages = is_huge_page(name) || name.starts_with("requests.hugepages-");
        if !quota_pages && !STANDARD.contains(&name) {
            errors.invalid(
                at,
                name,
                "must be a standard resource type or fully qualified",
            );
            good = false;
        }
    }
    good
}

pub(super) fn level_name(errors: &mut Errors, at: &Path<'_>, name: &str, level: Level) {
    let good = resource_name(errors, at, name);
    match level {
        Level::Container => {
            if !name.contains('/') {
                let standard = ["cpu", "memory", "ephemeral-storage"];
                if !standard.contains(&name) && !is_huge_page(name) {
                    errors.invalid(at, name, "must be a standard resource for containers");
                }
            } else if !is_native(name) && !is_extended(name) {
                errors.invalid(at, name, "doesn't follow extended resource name standard");
            }
        }
        Level::Pod => {
            if good && !POD_LEVEL.contains(&name) && !is_huge_page(name) {
                errors.not_supported(at, name, &["cpu", "hugepages-", "memory"]);
            }
        }
    }
}

/// Not below zero, and whole where only whole numbers make sense.
///
/// Upstream: `pkg/apis/core/validation ValidateResourceQuantityValue`.
pub fn quantity_value(errors: &mut Errors, at: &Path<'_>, name: &str, quantity: &Quantity) {
    if quantity.is_negative() {
        let shown = quantity.to_string();
        errors.invalid(at, shown.as_str(), "must be greater than or equal to 0");
    }
    if !quantity.is_whole() && (WHOLE.contains(&name) || is_extended(name)) {
        errors.invalid(at, quantity.to_string().as_str(), "must be an integer");
    }
}

fn huge_page_value(errors: &mut Errors, at: &Path<'_>, name: &str, quantity: &Quantity) {
    let size = Quantity::parse(name.strip_prefix("hugepages-").unwrap_or("")).ok();
    let divides = size.is_some_and(|size| {
        size.is_whole() && size.value() > 0 && quantity.value().checked_rem(size.value()) == Some(0)
    });
    if !divides {
        let shown = quantity.to_string();
        let detail = format!("{shown} is not positive integer multiple of {name}");
        errors.invalid(at, shown.as_str(), &detail);
    }
}

/// Limits, requests and claims together.
///
/// Upstream: `pkg/apis/core/validation validateResourceRequirements`.
pub fn requirements(
    errors: &mut Errors,
    at: &Path<'_>,
    resources: &Value,
    claim_names: &[&str],
    level: Level,
) {
    if resources.is_empty() {
        return;
    }
    let (limits, requests) = (resources.get("limits"), resources.get("requests"));
    let (limits_at, requests_at) = (at.child("limits"), at.child("requests"));
    let (mut computes, mut pages) = (false, false);
    for (list_at, list) in [(&limits_at, limits), (&requests_at, requests)] {
        for (name, amount) in list.fields() {
            let at = list_at.key(name);
            let quantity = Quantity::of(amount);
            level_name(errors, &at, name, level);
            quantity_value(errors, &at, name, &quantity);
            if std::ptr::eq(list, requests) {
                let limit = limits.field(name).map(Quantity::of);
                let limit = limit.as_ref();
                against_limit(errors, &limits_at, &requests_at, name, &quantity, limit);
            }
            if is_huge_page(name) {
                pages = true;
                huge_page_value(errors, &at, name, &quantity);
            }
            computes |= *name == "cpu" || *name == "memory";
        }
    }
    if pages && !computes {
        errors.forbidden(at, "HugePages require cpu or memory");
    }
    claims(
        errors,
        &at.child("claims"),
        resources.get("claims"),
        claim_names,
    );
}

fn against_limit(
    errors: &mut Errors,
    limits_at: &Path<'_>,
    requests_at: &Path<'_>,
    name: &str,
    request: &Quantity,
    limit: Option<&Quantity>,
) {
    let Some(limit) = limit else {
        if !overcommit_allowed(name) {
            errors.required(
                limits_at,
                "Limit must be set for non overcommitable resources",
            );
        }
        return;
    };
    let rule = if request != limit && !overcommit_allowed(name) {
        "must be equal to"
    } else if request > limit {
        "must be less than or equal to"
    } else {
        return;
    };
    let shown = request.to_string();
    errors.invalid(
        requests_at,
        shown.as_str(),
        &format!("{rule} {name} limit of {limit}"),
    );
}

/// Upstream: `pkg/apis/core/validation validateResourceClaimNames`.
fn claims(errors: &mut Errors, at: &Path<'_>, claims: &Value, pod_claims: &[&str]) {
    let mut seen: Vec<String> = Vec::new();
    for (i, claim) in claims.items().iter().enumerate() {
        let at = at.index(i);
        let name = claim.get("name").text();
        if name.is_empty() {
            errors.required(&at, "");
            continue;
        }
        let request = claim.get("request").text();
        if seen.iter().any(|s| s == name) {
            errors.duplicate(&at, name);
        } else {
            let mut key = name.to_owned();
            if !request.is_empty() {
                errors.invalid_each(&at.child("request"), request, label(request));
                key = format!("{name}/{request}");
            }
            if seen.contains(&key) {
                errors.duplicate(&at, key.as_str());
            } else if request.is_empty() {
                let of_claim = |s: &&String| s.split_once('/').is_some_and(|(n, _)| n == name);
                for _ in seen.iter().filter(of_claim) {
                    errors.duplicate(&at, name);
                }
            }
            seen.push(key);
        }
        if !pod_claims.contains(&name) {
            let mut detail = "must be one of the names in pod.spec.resourceClaims".to_owned();
            if pod_claims.is_empty() {
                detail.push_str(" which is empty");
            } else {
                let mut names = pod_claims.to_vec();
                names.order();
                names.dedup();
                detail.push_str(": ");
                detail.push_str(&names.join(", "));
            }
            errors.not_found(&at, name, &detail);
        }
    }
}

/// What a kind of container adds to the pod's total of a resource.
fn total(spec: &Value, list: &str, name: &str) -> Quantity {
    let amount = |container: &Value| {
        let amount = container.get("resources").get(list).field(name);
        amount.map_or_else(|| Quantity::whole(0), Quantity::of)
    };
    let regular = spec.get("containers").items().iter();
    let mut sum = regular.fold(Quantity::whole(0), |sum, c| sum.plus(&amount(c)));
    let mut sidecars = Quantity::whole(0);
    let mut start = Quantity::whole(0);
    for container in spec.get("initContainers").items() {
        let mut needed = amount(container);
        if container.get("restartPolicy").text() == "Always" {
            sum = sum.plus(&needed);
            sidecars = sidecars.plus(&needed);
            needed = sidecars.clone();
        } else {
            needed = needed.plus(&sidecars);
        }
        start = start.max(needed);
    }
    sum.max(start)
}

/// Containers together may not ask for more than their pod, and none may have a higher limit.
///
/// Upstream: `pkg/apis/core/validation validatePodResourceConsistency`.
pub fn pod_consistency(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let pod = spec.get("resources");
    for (list, pages_only) in [("requests", false), ("limits", true)] {
        let list_at = at.child(list);
        for (name, amount) in pod.get(list).fields() {
            let sum = total(spec, list, name);
            let amount = Quantity::of(amount);
            if sum > amount && (!pages_only || is_huge_page(name)) {
                let detail =
                    format!("must be greater than or equal to aggregate container {list} of {sum}");
                errors.invalid(&list_at.key(name), amount.to_string().as_str(), &detail);
            }
        }
    }
    let containers_at = at.child("containers");
    for (i, container) in spec.get("containers").items().iter().enumerate() {
        for (name, limit) in container.at(&["resources", "limits"]).fields() {
            let Some(pod_limit) = pod.get("limits").field(name).map(Quantity::of) else {
                continue;
            };
            let limit = Quantity::of(limit);
            if limit > pod_limit {
                let item = containers_at.index(i);
                let detail = format!("must be less than or equal to pod limits of {pod_limit}");
                let at = item.key(name);
                errors.invalid(&at.child("limits"), limit.to_string().as_str(), &detail);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn requests_and_limits() {
        let cases = [
            (
                value!({"requests": {"memory": "200Mi"}, "limits": {"memory": "100Mi"}}),
                ".requests: Invalid value: \"200Mi\": must be less than or equal to memory limit of 100Mi",
            ),
            (
                value!({"requests": {"cpu": "1.5"}, "limits": {"cpu": "1200m"}}),
                ".requests: Invalid value: \"1500m\": must be less than or equal to cpu limit of 1200m",
            ),
            (
                value!({"limits": {"memory": "-1Gi"}}),
                ".limits[memory]: Invalid value: \"-1Gi\": must be greater than or equal to 0",
            ),
            (
                value!({"requests": {"a.b/gpu": "1"}}),
                ".limits: Required value: Limit must be set for non overcommitable resources",
            ),
            (
                value!({"limits": {"a.b/gpu": "500m"}}),
                ".limits[a.b/gpu]: Invalid value: \"500m\": must be an integer",
            ),
            (
                value!({"limits": {"a.b/gpu": 2}, "requests": {"a.b/gpu": 1}}),
                ".requests: Invalid value: \"1\": must be equal to a.b/gpu limit of 2",
            ),
            (
                value!({"limits": {"hugepages-2Mi": "4Mi"}}),
                ": Forbidden: HugePages require cpu or memory",
            ),
            (
                value!({"limits": {"hugepages-2Mi": "3Mi", "cpu": "1"}}),
                ".limits[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer multiple of hugepages-2Mi",
            ),
            (
                value!({"claims": [{"name": "x"}]}),
                ".claims[0]: Not found: \"x\": must be one of the names in pod.spec.resourceClaims which is empty",
            ),
        ];
        for (resources, want) in cases {
            let mut errors = Errors::default();
            requirements(
                &mut errors,
                &Path::root("r"),
                &resources,
                &[],
                Level::Container,
            );
            assert_eq!(errors.lines(), [format!("r{want}")]);
        }
    }

    #[test]
    fn pods_and_their_containers() {
        let spec = value!({"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}, "containers": [
            {"resources": {"requests": {"cpu": "800m"}, "limits": {"cpu": "3"}}}, {"resources": {"requests": {"cpu": "700m"}}}]});
        let mut errors = Errors::default();
        pod_consistency(&mut errors, &Path::root("r"), &spec);
        assert_eq!(
            errors.lines(),
            [
                "r.requests[cpu]: Invalid value: \"1\": must be greater than or equal to aggregate container requests of 1500m",
                "r.containers[0][cpu].limits: Invalid value: \"3\": must be less than or equal to pod limits of 2",
            ]
        );
    }

    #[test]
    fn unknown_names_get_two_sentences() {
        let mut errors = Errors::default();
        let resources = value!({"requests": {"gpu": "1"}});
        requirements(
            &mut errors,
            &Path::root("r"),
            &resources,
            &[],
            Level::Container,
        );
        assert_eq!(
            errors.lines(),
            [
                "r.requests[gpu]: Invalid value: \"gpu\": must be a standard resource type or fully qualified",
                "r.requests[gpu]: Invalid value: \"gpu\": must be a standard resource for containers",
            ]
        );
    }
}
