//! The quality-of-service class of a pod.

use crate::k8s::Value;
use crate::k8s::quantity::Quantity;

/// `Guaranteed` (every container limits cpu and memory to its requests), `BestEffort` (nothing is asked for at
/// all) or `Burstable`.
///
/// Upstream: pkg/apis/core/v1/helper/qos/qos.go `ComputePodQOS`
pub fn class(spec: &Value) -> &'static str {
    let mut guaranteed = true;
    let mut asked = false;
    let mut any = false;
    let containers = spec.get("containers").items().iter();
    let containers = containers.chain(spec.get("initContainers").items());
    // A pod that says itself what it needs is judged by that alone.
    let whole = ["requests", "limits"].iter().any(|list| {
        let amounts = spec.at(&["resources", list]);
        amounts.fields().next().is_some()
    });
    for container in whole
        .then_some(spec)
        .into_iter()
        .chain(containers.filter(|_| !whole))
    {
        any = true;
        let resources = container.get("resources");
        for resource in ["cpu", "memory"] {
            let limit = amount(resources.at(&["limits", resource]));
            let request = amount(resources.at(&["requests", resource]));
            asked |= limit.is_some() || request.is_some();
            guaranteed &= limit.is_some() && request.is_none_or(|r| Some(r) == limit);
            if asked && !guaranteed {
                return "Burstable";
            }
        }
    }
    match (any && asked, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

/// An amount above zero.
fn amount(value: &Value) -> Option<Quantity> {
    let quantity = Quantity::of(value);
    (!quantity.is_zero() && !quantity.is_negative()).then_some(quantity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn classes() {
        let with = |resources: Value| value!({"containers": [{"resources": resources}]});
        let rows = [
            (with(value!({})), "BestEffort"),
            (with(value!({"requests": {"cpu": "0"}})), "BestEffort"),
            (with(value!({"requests": {"cpu": "1"}})), "Burstable"),
            (with(value!({"limits": {"cpu": "1"}})), "Burstable"),
            (
                with(value!({"limits": {"cpu": "1", "memory": "1Gi"}})),
                "Guaranteed",
            ),
            (
                with(value!({
                    "limits": {"cpu": "1", "memory": "1Gi"},
                    "requests": {"cpu": "1000m", "memory": "1024Mi"},
                })),
                "Guaranteed",
            ),
            (
                with(value!({
                    "limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"},
                })),
                "Burstable",
            ),
        ];
        let whole = |resources: Value| {
            value!({
                "resources": resources,
                "containers": [{"resources": {"requests": {"cpu": "1"}}}],
            })
        };
        let rows = rows.into_iter().chain([
            (
                whole(value!({"limits": {"cpu": "2", "memory": "1Gi"}})),
                "Guaranteed",
            ),
            (whole(value!({"limits": {"cpu": "2"}})), "Burstable"),
            (whole(value!({"requests": {"memory": "1Gi"}})), "Burstable"),
            (whole(value!({})), "Burstable"),
        ]);
        for (spec, expected) in rows {
            assert_eq!(class(&spec), expected, "{spec}");
        }
    }
}
