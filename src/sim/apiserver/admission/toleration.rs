//! Pods stay five minutes on a node that is not ready or unreachable, unless they say something else.
//!
//! Upstream: plugin/pkg/admission/defaulttolerationseconds/admission.go

use crate::k8s::Value;
use crate::value;

const SECONDS: i64 = 300;

const KEYS: [&str; 2] = [
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
];

/// Adds the two tolerations where no toleration has their key and effect, whatever its operator and value.
pub(super) fn add_default_seconds(pod: &mut Value) {
    for key in KEYS {
        let tolerations = pod.at(&["spec", "tolerations"]).items();
        let covered = tolerations.iter().any(|t| {
            let (own, effect) = (t.get("key").text(), t.get("effect").text());
            (own == key || own.is_empty()) && (effect == "NoExecute" || effect.is_empty())
        });
        if !covered {
            let toleration = value!({
                "effect": "NoExecute", "key": key, "operator": "Exists",
                "tolerationSeconds": SECONDS,
            });
            pod.at_mut(&["spec", "tolerations"]).push(toleration);
        }
    }
}
