//! The sentence of a failed attempt.
//!
//! Upstream: pkg/scheduler/framework/types.go `FitError.Error`.

use crate::k8s::order::InOrder;
use crate::k8s::ordered::BTreeMap;

/// `0/3 nodes are available: 1 Insufficient cpu, 2 ….`: how many nodes have which reason, sorted as text.
pub fn unavailable(nodes: u64, reasons: &BTreeMap<String, u64>) -> String {
    let mut parts: Vec<String> = reasons
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    parts.order();
    format!("0/{nodes} nodes are available: {}.", parts.join(", "))
}

/// The reason of a node that has no lesser pods.
pub const NO_VICTIMS: &str = "No preemption victims found for incoming pod";

/// The preemption half, when no victims were found: how many nodes had none and why, how many could not be helped.
pub fn preemption(nodes: u64, without_victims: &BTreeMap<String, u64>, helpless: u64) -> String {
    let mut reasons = without_victims.clone();
    if helpless > 0 {
        reasons.insert(
            "Preemption is not helpful for scheduling".to_owned(),
            helpless,
        );
    }
    format!("preemption: {}", unavailable(nodes, &reasons))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_and_sorted_as_text() {
        let reasons = [("node(s) were unschedulable", 2), ("Insufficient cpu", 1)];
        let reasons = reasons.iter().map(|(r, n)| ((*r).to_owned(), *n)).collect();
        let want = "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.";
        assert_eq!(unavailable(3, &reasons), want);
    }
}
