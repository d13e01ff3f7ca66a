//! What a pod asks for as a whole, by resource.

use super::api::{Container, PodSpec};
use super::quantity::Quantity;
use super::{Str, Value};
use crate::k8s::ordered::BTreeMap;

/// Amounts by resource name.
pub type Amounts = BTreeMap<Str, Quantity>;

/// Adds amounts to others.
pub fn add(to: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        let sum = to.entry(name.clone()).or_default();
        *sum = sum.plus(amount);
    }
}

/// Amounts as a tree holds them.
pub fn read(list: &Value) -> Amounts {
    let fields = list.fields();
    fields
        .map(|(name, amount)| (name.clone(), Quantity::of(amount)))
        .collect()
}

/// The tree of amounts.
pub fn write(amounts: &Amounts) -> Value {
    let mut list = Value::map();
    for (name, amount) in amounts {
        list.set(name.clone(), amount.to_string());
    }
    list
}

fn raise(to: &mut Amounts, other: &Amounts) {
    for (name, amount) in other {
        let most = to.entry(name.clone()).or_insert_with(|| amount.clone());
        if *amount > *most {
            *most = amount.clone();
        }
    }
}

/// The `requests` or `limits` of a pod: its containers together, or a larger init container with the sidecars that
/// started before it. What the pod itself says of a resource counts instead.
///
/// Upstream: component-helpers/resource/helpers.go `PodRequests`, `PodLimits`, without the overhead
pub fn total(spec: &Value, list: &'static str) -> Amounts {
    let of = |container: &Value| read(container.at(&["resources", list]));
    let mut sum = Amounts::new();
    for container in spec.get("containers").items() {
        add(&mut sum, &of(container));
    }
    let (mut sidecars, mut peak) = (Amounts::new(), Amounts::new());
    for container in spec.get("initContainers").items() {
        let mut own = of(container);
        if container.get("restartPolicy").text() == "Always" {
            add(&mut sum, &own);
            add(&mut sidecars, &own);
            own = sidecars.clone();
        } else {
            add(&mut own, &sidecars);
        }
        raise(&mut peak, &own);
    }
    raise(&mut sum, &peak);
    sum.extend(read(spec.at(&["resources", list])));
    sum
}

/// What a pod requests of one resource: the larger of what its app containers need together and what each init
/// container needs, sidecars counted with both, or what the pod as a whole requests instead; plus the overhead.
///
/// Upstream: component-helpers/resource/helpers.go `PodRequests`.
pub fn requested(spec: &PodSpec, name: &str) -> Quantity {
    let of = |container: &Container| Quantity::of(container.resources.requests.get(name));
    let containers = spec.containers.iter();
    let total = containers.fold(Quantity::default(), |sum, container| {
        sum.plus(&of(container))
    });
    let (mut sidecars, mut peak) = <(Quantity, Quantity)>::default();
    for container in &spec.init_containers {
        if container.restart_policy == "Always" {
            sidecars = sidecars.plus(&of(container));
            peak = peak.max(sidecars.clone());
        } else {
            peak = peak.max(sidecars.plus(&of(container)));
        }
    }
    let overhead = Quantity::of(spec.overhead.get(name));
    let whole = spec.resources.get("requests").get(name);
    if whole.is_null() {
        total.plus(&sidecars).max(peak).plus(&overhead)
    } else {
        Quantity::of(whole).plus(&overhead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn totals() {
        let asks = |cpu: &'static str| value!({"resources": {"requests": {"cpu": cpu}}});
        let mut sidecar = asks("200m");
        sidecar.set("restartPolicy", "Always");
        let rows = [
            (value!({"containers": [asks("100m"), asks("200m")]}), "300m"),
            (
                value!({"containers": [asks("100m")], "initContainers": [asks("1")]}),
                "1",
            ),
            (
                value!({"containers": [asks("100m")], "initContainers": [&sidecar, asks("1")]}),
                "1200m",
            ),
            (
                value!({"containers": [asks("900m")], "initContainers": [asks("1"), &sidecar]}),
                "1100m",
            ),
            (
                value!({"containers": [asks("1")], "resources": {"requests": {"cpu": "3"}}}),
                "3",
            ),
        ];
        for (spec, want) in rows {
            assert_eq!(total(&spec, "requests")["cpu"].to_string(), want, "{spec}");
        }
    }
}
