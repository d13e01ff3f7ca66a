//! The scheduler's sentence about a pod that it cannot bind, taken apart.

use crate::k8s::{Object, Str};

/// The sentence in pieces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    /// `Unschedulable`
    pub reason: Str,
    /// `0/4 nodes are available`
    pub head: String,
    /// How many nodes have which reason.
    pub reasons: Vec<(u64, String)>,
    /// The same of the try to make room by preempting others.
    pub preemption: Vec<(u64, String)>,
    /// The node that the controller pinned it to; empty when none.
    pub pinned: Str,
}

/// What keeps a pod from being bound; none when it is bound, or was not tried yet.
pub fn pending(object: &Object) -> Option<Pending> {
    let pod = object.pod()?;
    let condition = pod.condition("PodScheduled")?;
    if condition.status != "False" || !pod.spec.node_name.is_empty() {
        return None;
    }
    let message = condition.message.as_str();
    let (first, second) = message.split_once(" preemption: ").unwrap_or((message, ""));
    let (head, reasons) = pieces(first);
    Some(Pending {
        reason: condition.reason.clone(),
        head,
        reasons,
        preemption: pieces(second).1,
        pinned: super::node::node_of(object),
    })
}

/// `0/4 nodes are available: 1 a, 3 b, c.` → the head, and each reason with its count. A comma belongs to the
/// reason unless a count follows.
fn pieces(text: &str) -> (String, Vec<(u64, String)>) {
    let text = text.trim().trim_end_matches('.');
    let (head, rest) = text.split_once(": ").unwrap_or((text, ""));
    let mut out: Vec<(u64, String)> = Vec::new();
    for piece in rest.split(", ").filter(|piece| !piece.is_empty()) {
        let counted = piece.split_once(' ').and_then(|(n, reason)| {
            let n = n.parse().ok()?;
            Some((n, reason.to_owned()))
        });
        match (counted, out.last_mut()) {
            (Some(counted), _) => out.push(counted),
            (None, Some((_, last))) => {
                last.push_str(", ");
                last.push_str(piece);
            }
            (None, None) => out.push((0, piece.to_owned())),
        }
    }
    (head.to_owned(), out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::Kind;
    use crate::value;

    #[test]
    fn each_reason_has_its_count() {
        let message = "0/4 nodes are available: 1 Insufficient cpu, 3 node(s) didn't satisfy plugin(s) [NodeAffinity, X]. \
            preemption: 0/4 nodes are available: 1 No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.";
        let pod = Object::shared(
            Kind::Pod,
            value!({"metadata": {"name": "p"}, "spec": {"affinity": {"nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchFields": [
                    {"key": "metadata.name", "operator": "In", "values": ["w1"]}]}]}}}},
                "status": {"conditions": [{"type": "PodScheduled", "status": "False",
                    "reason": "Unschedulable", "message": Value::str(message)}]}}),
        );
        let found = pending(&pod).expect("it is pending");
        assert_eq!(found.head, "0/4 nodes are available");
        assert_eq!(
            found.reasons,
            [
                (1, "Insufficient cpu".to_owned()),
                (
                    3,
                    "node(s) didn't satisfy plugin(s) [NodeAffinity, X]".to_owned()
                )
            ]
        );
        assert_eq!(found.preemption[1].0, 3);
        assert_eq!(found.pinned, "w1");
    }

    use crate::k8s::Value;
}
