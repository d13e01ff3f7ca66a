//! How full a node is: what its pods request against what it has to give.

use crate::cluster::fit::{Amounts, pod_requests};
use crate::k8s::api::Node;
use crate::k8s::quantity::{Format, Quantity};
use crate::k8s::{Object, Value};
use std::sync::Arc;

/// One resource of a node as a bar.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Gauge {
    /// `cpu`, `memory`, `pods`.
    pub resource: &'static str,
    /// Requested, as kubectl writes quantities.
    pub used: String,
    /// Allocatable.
    pub room: String,
    /// At most 100, also where more is requested than there is.
    pub percent: u8,
    pub over: bool,
}

/// The bars of a node.
pub fn gauges(node: &Node, pods: &[Arc<Object>]) -> Vec<Gauge> {
    let live = |pod: &&Arc<Object>| pod.pod().is_some_and(|p| !p.terminal());
    let mut used = Amounts::default();
    let mut count = 0;
    for pod in pods.iter().filter(live).filter_map(|pod| pod.pod()) {
        used.add(&pod_requests(&pod.spec));
        count += 1;
    }
    let room = Amounts::read(&node.allocatable);
    let bytes = |amount| Quantity::with_format(amount, Format::BinarySi).to_string();
    let milli = |amount| Quantity::milli(amount).to_string();
    let plain = |amount: i64| amount.to_string();
    let pods_max = Quantity::of(&quantity(&node.allocatable, "pods")).value();
    vec![
        gauge("cpu", used.milli_cpu, room.milli_cpu, milli),
        gauge("memory", used.memory, room.memory, bytes),
        gauge("pods", count, pods_max, plain),
    ]
}

fn quantity(quantities: &Value, name: &str) -> Value {
    quantities.get(name).clone()
}

fn gauge(resource: &'static str, used: i64, room: i64, text: impl Fn(i64) -> String) -> Gauge {
    let percent = if room > 0 {
        (i128::from(used) * 100 / i128::from(room)).clamp(0, 100)
    } else {
        0
    };
    Gauge {
        resource,
        used: text(used),
        room: text(room),
        percent: u8::try_from(percent).unwrap_or(100),
        over: used > room,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::Kind;
    use crate::value;

    #[test]
    fn requests_of_live_pods_fill_a_node() {
        let node = Object::shared(
            Kind::Node,
            value!({"metadata": {"name": "w1"}, "status": {
                "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}}}),
        );
        let pod = |phase: &str, cpu: &str| {
            Object::shared(
                Kind::Pod,
                value!({"metadata": {"name": "p"}, "status": {"phase": Value::str(phase)},
                    "spec": {"containers": [{"name": "c", "resources": {
                        "requests": {"cpu": Value::str(cpu), "memory": "512Mi"}}}]}}),
            )
        };
        let pods = [
            pod("Running", "500m"),
            pod("Pending", "1"),
            pod("Failed", "2"),
        ];
        let view = node.node().expect("a node");
        let texts: Vec<String> = gauges(view, &pods)
            .iter()
            .map(|g| format!("{} {}/{} {}", g.resource, g.used, g.room, g.percent))
            .collect();
        assert_eq!(
            texts,
            ["cpu 1500m/4 37", "memory 1Gi/8Gi 12", "pods 2/110 1"]
        );
    }
}
