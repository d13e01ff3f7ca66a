//! Resource arithmetic: what a pod requests, what a node has left.
//!
//! Upstream: pkg/scheduler/framework/plugins/noderesources/fit.go

use crate::k8s::api::{Container, PodSpec};
use crate::k8s::ordered::BTreeMap;
use crate::k8s::pod_resources::requested;
use crate::k8s::quantity::Quantity;
use crate::k8s::{Str, Value};
use std::sync::Arc;

/// Amounts by resource: cpu in thousandths, everything else in whole units.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Amounts {
    pub milli_cpu: i64,
    pub memory: i64,
    pub ephemeral_storage: i64,
    /// Extended resources and huge pages.
    pub others: BTreeMap<Str, i64>,
}

impl Amounts {
    /// Reads a map of resource name to quantity. `pods` is left out.
    pub fn read(quantities: &Value) -> Self {
        let mut amounts = Self::default();
        for (name, quantity) in quantities.fields() {
            let quantity = Quantity::of(quantity);
            match name.as_str() {
                "cpu" => amounts.milli_cpu = quantity.milli_value(),
                "memory" => amounts.memory = quantity.value(),
                "ephemeral-storage" => amounts.ephemeral_storage = quantity.value(),
                "pods" => {}
                _ => {
                    amounts.others.insert(name.clone(), quantity.value());
                }
            }
        }
        amounts
    }

    /// Sums wrap as the server's do, so that what is taken away later leaves what was there before.
    pub fn add(&mut self, other: &Amounts) {
        self.milli_cpu = self.milli_cpu.wrapping_add(other.milli_cpu);
        self.memory = self.memory.wrapping_add(other.memory);
        self.ephemeral_storage = self.ephemeral_storage.wrapping_add(other.ephemeral_storage);
        for (name, amount) in &other.others {
            let have = self.others.entry(name.clone()).or_insert(0);
            *have = have.wrapping_add(*amount);
        }
    }

    pub fn subtract(&mut self, other: &Amounts) {
        self.milli_cpu = self.milli_cpu.wrapping_sub(other.milli_cpu);
        self.memory = self.memory.wrapping_sub(other.memory);
        self.ephemeral_storage = self.ephemeral_storage.wrapping_sub(other.ephemeral_storage);
        for (name, amount) in &other.others {
            let have = self.others.entry(name.clone()).or_insert(0);
            *have = have.wrapping_sub(*amount);
        }
    }
}

/// What a pod requests of every resource that it names. Sums are exact; they are rounded up at the end, and cut to
/// what a number can hold.
pub fn pod_requests(spec: &PodSpec) -> Amounts {
    let mut amounts = Amounts::default();
    let containers = spec.containers.iter().chain(&spec.init_containers);
    let lists = containers.map(|container| &container.resources.requests);
    let lists = lists.chain([&spec.overhead, spec.resources.get("requests")]);
    for (name, _) in lists.flat_map(Value::fields) {
        match name.as_str() {
            "cpu" => amounts.milli_cpu = requested(spec, name).milli_value(),
            "memory" => amounts.memory = requested(spec, name).value(),
            "ephemeral-storage" => amounts.ephemeral_storage = requested(spec, name).value(),
            "pods" => {}
            other => {
                let amount = requested(spec, other).value();
                amounts.others.insert(name.clone(), amount);
            }
        }
    }
    amounts
}

/// The spec with the most that each container asks for, was allocated, or has: a resize may be on its way.
///
/// Upstream: component-helpers/resource/helpers.go `determineContainerReqs`
pub fn resized(spec: &Arc<PodSpec>, status: &Value) -> Arc<PodSpec> {
    let mut spec = spec.clone();
    for known in status.get("containerStatuses").items() {
        for path in [&["allocatedResources"][..], &["resources", "requests"]] {
            for (name, amount) in known.at(path).fields() {
                let larger = |c: &Container| {
                    c.name == known.get("name").text()
                        && c.resources.requests.get(name) != amount
                        && Quantity::of(c.resources.requests.get(name)) < Quantity::of(amount)
                };
                if let Some(index) = spec.containers.iter().position(larger) {
                    let container = &mut Arc::make_mut(&mut spec).common_mut().containers[index];
                    container.resources.requests.set(name.clone(), amount);
                }
            }
        }
    }
    spec
}

/// Why a pod does not fit. `helpless`: the request exceeds what the node has at all, so no eviction could help.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shortage {
    /// As printed: `Insufficient cpu`.
    pub reason: String,
    /// `cpu`, `memory`, `pods`, …
    pub resource: Str,
    pub requested: i64,
    pub used: i64,
    pub capacity: i64,
    pub helpless: bool,
}

/// What a node offers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Room {
    pub allocatable: Amounts,
    pub allowed_pods: i64,
    pub used: Amounts,
    pub pods: i64,
}

impl Room {
    /// Compares a request with what is left; empty when it fits.
    pub fn shortages(&self, request: &Amounts) -> Vec<Shortage> {
        let mut shortages = Vec::new();
        if self.pods >= self.allowed_pods {
            shortages.push(Shortage {
                reason: "Too many pods".to_owned(),
                resource: "pods".into(),
                requested: 1,
                used: self.pods,
                capacity: self.allowed_pods,
                helpless: false,
            });
        }
        let mut check = |resource: &Str, requested: i64, used: i64, capacity: i64| {
            if requested > 0 && requested > capacity.wrapping_sub(used) {
                shortages.push(Shortage {
                    reason: format!("Insufficient {resource}"),
                    resource: resource.clone(),
                    requested,
                    used,
                    capacity,
                    helpless: requested > capacity,
                });
            }
        };
        let (have, used) = (&self.allocatable, &self.used);
        check(
            &"cpu".into(),
            request.milli_cpu,
            used.milli_cpu,
            have.milli_cpu,
        );
        check(&"memory".into(), request.memory, used.memory, have.memory);
        check(
            &"ephemeral-storage".into(),
            request.ephemeral_storage,
            used.ephemeral_storage,
            have.ephemeral_storage,
        );
        for (name, amount) in &request.others {
            let of = |amounts: &Amounts| amounts.others.get(name).copied().unwrap_or(0);
            check(name, *amount, of(used), of(have));
        }
        shortages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::de;
    use crate::value;

    #[test]
    fn init_containers_count_by_their_largest() {
        let spec: PodSpec = de::read(&value!({
            "containers": [
                {"name": "a", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}},
                {"name": "b", "resources": {"requests": {"cpu": "0.2"}}},
            ],
            "initContainers": [
                {"name": "s", "restartPolicy": "Always", "resources": {"requests": {"cpu": "50m"}}},
                {"name": "i", "resources": {"requests": {"cpu": "1", "memory": "1Mi"}}},
            ],
            "overhead": {"cpu": "10m"},
        }));
        let amounts = pod_requests(&spec);
        assert_eq!((amounts.milli_cpu, amounts.memory), (1060, 64 << 20));
    }

    #[test]
    fn equal_fits_and_reasons_come_in_order() {
        let room = Room {
            allocatable: Amounts {
                milli_cpu: 4000,
                memory: 100,
                ..Amounts::default()
            },
            allowed_pods: 2,
            used: Amounts {
                milli_cpu: 3000,
                memory: 50,
                ..Amounts::default()
            },
            pods: 1,
        };
        let ask = |milli_cpu, memory| Amounts {
            milli_cpu,
            memory,
            ..Amounts::default()
        };
        assert_eq!(room.shortages(&ask(1000, 50)), []);
        let reasons: Vec<_> = room
            .shortages(&ask(1001, 101))
            .into_iter()
            .map(|s| (s.reason, s.helpless))
            .collect();
        let want = [
            ("Insufficient cpu".to_owned(), false),
            ("Insufficient memory".to_owned(), true),
        ];
        assert_eq!(reasons, want);
        let full = Room { pods: 2, ..room };
        assert_eq!(full.shortages(&ask(0, 0))[0].reason, "Too many pods");
    }
}
