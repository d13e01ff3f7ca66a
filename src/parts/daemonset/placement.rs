//! Should a node run the daemon pod? Callable for a (DaemonSet, node) pair alone, without a cluster.

use super::decision::{Decision, Reason};
use super::ledger::Lens;
use crate::k8s::Object;
use crate::k8s::affinity;
use crate::k8s::api::{DaemonSetSpec, Toleration};
use crate::k8s::taint;

const NO_SCHEDULE: &str = "NoSchedule";
const NO_EXECUTE: &str = "NoExecute";

/// The tolerations that every daemon pod gets, in order: key and effect.
const INJECTED: [(&str, &str); 6] = [
    ("node.kubernetes.io/not-ready", NO_EXECUTE),
    ("node.kubernetes.io/unreachable", NO_EXECUTE),
    ("node.kubernetes.io/disk-pressure", NO_SCHEDULE),
    ("node.kubernetes.io/memory-pressure", NO_SCHEDULE),
    ("node.kubernetes.io/pid-pressure", NO_SCHEDULE),
    ("node.kubernetes.io/unschedulable", NO_SCHEDULE),
];

/// One more for pods on the host's network.
const INJECTED_HOST_NETWORK: (&str, &str) = ("node.kubernetes.io/network-unavailable", NO_SCHEDULE);

/// The tolerations of a DaemonSet's pods: the template's, with the injected ones put in place of equal ones
/// or added at the end.
///
/// Upstream: pkg/controller/daemon/util/daemonset_util.go `AddOrUpdateDaemonPodTolerations`.
pub fn pod_tolerations(spec: &DaemonSetSpec) -> Vec<Toleration> {
    let mut tolerations = spec.pod.tolerations.clone();
    let extra = spec.pod.host_network.then_some(INJECTED_HOST_NETWORK);
    for (key, effect) in INJECTED.into_iter().chain(extra) {
        let injected = Toleration {
            key: key.into(),
            operator: "Exists".into(),
            value: "".into(),
            effect: effect.into(),
            toleration_seconds: None,
        };
        let same = |t: &&mut Toleration| {
            t.key == injected.key
                && t.effect == injected.effect
                && t.operator == injected.operator
                && t.value == injected.value
        };
        match tolerations.iter_mut().find(same) {
            Some(own) => *own = injected,
            None => tolerations.push(injected),
        }
    }
    tolerations
}

/// What the controller thinks of a node. `tolerations` are those of [`pod_tolerations`].
///
/// Upstream: pkg/controller/daemon/daemon_controller.go `NodeShouldRunDaemonPod`.
pub fn decide_with(spec: &DaemonSetSpec, tolerations: &[Toleration], node: &Object) -> Decision {
    let wanted = &spec.pod.node_name;
    if !wanted.is_empty() && wanted != node.name() {
        return Decision::never(Reason::NodeName {
            wanted: wanted.clone(),
            found: node.name().clone(),
        });
    }
    if let Err(mismatch) = affinity::matches_node(&spec.pod, &node.meta().labels, node.name()) {
        return Decision::never(Reason::Affinity(mismatch));
    }
    let taints = node.node().map_or(&[][..], |n| &n.taints);
    let tried = tolerations.len();
    let Some(blocking) = taint::find_untolerated(taints, tolerations, taint::blocks_scheduling)
    else {
        return Decision::fits();
    };
    let evicting = taint::find_untolerated(taints, tolerations, taint::evicts);
    Decision {
        run: false,
        keep: evicting.is_none(),
        reason: Reason::Taint {
            taint: evicting.unwrap_or(blocking).clone(),
            tried,
        },
    }
}

/// Two lenses give the same decisions: [`decide_with`] reads nothing that differs.
pub(super) fn alike(a: &Lens, b: &Lens) -> bool {
    let (one, other) = (&a.spec.pod, &b.spec.pod);
    one.node_name == other.node_name
        && one.node_selector == other.node_selector
        && one.affinity == other.affinity
        && a.tolerations == b.tolerations
}

/// As [`decide_with`], for a single question.
pub fn decide(spec: &DaemonSetSpec, node: &Object) -> Decision {
    decide_with(spec, &pod_tolerations(spec), node)
}
