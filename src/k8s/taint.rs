//! Taints against tolerations.

use super::api::{Taint, Toleration};

/// Blocks new pods.
pub const NO_SCHEDULE: &str = "NoSchedule";
/// Lowers the score of a node.
pub const PREFER_NO_SCHEDULE: &str = "PreferNoSchedule";
/// Blocks new pods and evicts running ones.
pub const NO_EXECUTE: &str = "NoExecute";

/// True when the toleration tolerates the taint. `tolerationSeconds` plays no part, and the comparing
/// operators `Gt` and `Lt` never match: their feature is off in this version.
///
/// Upstream: staging/src/k8s.io/api/core/v1/toleration.go `ToleratesTaint`.
pub fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    if !toleration.effect.is_empty() && toleration.effect != taint.effect {
        return false;
    }
    if !toleration.key.is_empty() && toleration.key != taint.key {
        return false;
    }
    match toleration.operator.as_str() {
        "" | "Equal" => toleration.value == taint.value,
        "Exists" => true,
        _ => false,
    }
}

/// True when some toleration tolerates the taint.
pub fn tolerated(tolerations: &[Toleration], taint: &Taint) -> bool {
    tolerations.iter().any(|t| tolerates(t, taint))
}

/// The first relevant taint, in list order, that no toleration tolerates.
///
/// Upstream: component-helpers/scheduling/corev1/helpers.go `FindMatchingUntoleratedTaint`.
pub fn find_untolerated<'a>(
    taints: &'a [Taint],
    tolerations: &[Toleration],
    relevant: impl Fn(&Taint) -> bool,
) -> Option<&'a Taint> {
    taints
        .iter()
        .filter(|taint| relevant(taint))
        .find(|taint| !tolerated(tolerations, taint))
}

/// The taints that keep the scheduler and the DaemonSet controller from placing a pod.
pub fn blocks_scheduling(taint: &Taint) -> bool {
    taint.effect == NO_SCHEDULE || taint.effect == NO_EXECUTE
}

/// The taints that evict a running pod.
pub fn evicts(taint: &Taint) -> bool {
    taint.effect == NO_EXECUTE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::Str;
    use proptest::prelude::*;

    fn taint(key: &str, value: &str, effect: &str) -> Taint {
        Taint {
            key: Str::new(key),
            value: Str::new(value),
            effect: Str::new(effect),
            ..Taint::default()
        }
    }

    fn toleration(key: &str, operator: &str, value: &str, effect: &str) -> Toleration {
        Toleration {
            key: Str::new(key),
            operator: Str::new(operator),
            value: Str::new(value),
            effect: Str::new(effect),
            toleration_seconds: None,
        }
    }

    #[test]
    fn each_rule() {
        let gpu = taint("gpu", "true", NO_SCHEDULE);
        for (key, operator, value, effect, want) in [
            ("gpu", "Equal", "true", "NoSchedule", true),
            ("gpu", "", "true", "", true),
            ("gpu", "", "false", "", false),
            ("gpu", "Exists", "", "", true),
            ("gpu", "Exists", "", "NoExecute", false),
            ("", "Exists", "", "", true),
            ("", "Exists", "", "NoExecute", false),
            ("cpu", "Exists", "", "", false),
            ("gpu", "In", "true", "", false),
            ("gpu", "Gt", "1", "", false),
        ] {
            let t = toleration(key, operator, value, effect);
            assert_eq!(tolerates(&t, &gpu), want, "{t:?}");
        }
    }

    #[test]
    fn first_untolerated_in_list_order() {
        let taints = [
            taint("a", "", PREFER_NO_SCHEDULE),
            taint("b", "", NO_SCHEDULE),
            taint("c", "", NO_EXECUTE),
        ];
        let b = [toleration("b", "Exists", "", "")];
        let key = |found: Option<&Taint>| found.map(|t| t.key.to_string());
        assert_eq!(
            key(find_untolerated(&taints, &[], blocks_scheduling)),
            Some("b".into())
        );
        assert_eq!(
            key(find_untolerated(&taints, &b, blocks_scheduling)),
            Some("c".into())
        );
        assert_eq!(
            key(find_untolerated(&taints, &b, |t| t.effect == NO_SCHEDULE)),
            None
        );
    }

    /// The same rule as one sentence about sets: which taints of a small universe does a toleration cover?
    fn plain(t: &Toleration, taint: &Taint) -> bool {
        let effects: Vec<&str> = if t.effect.is_empty() {
            vec![NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE]
        } else {
            vec![t.effect.as_str()]
        };
        let any_key = t.key.is_empty();
        let any_value = t.operator == "Exists";
        let known = ["", "Equal", "Exists"].contains(&t.operator.as_str());
        known
            && effects.contains(&taint.effect.as_str())
            && (any_key || t.key == taint.key)
            && (any_value || t.value == taint.value)
    }

    proptest! {
        #[test]
        fn agrees_with_the_plain_rule(
            key in "(a|b|)", operator in "(Equal|Exists|Gt|)", value in "(x|y|)",
            effect in "(NoSchedule|PreferNoSchedule|NoExecute|)",
            taint_key in "(a|b)", taint_value in "(x|y|)",
            taint_effect in "(NoSchedule|PreferNoSchedule|NoExecute)",
        ) {
            let t = toleration(&key, &operator, &value, &effect);
            let taint = taint(&taint_key, &taint_value, &taint_effect);
            prop_assert_eq!(tolerates(&t, &taint), plain(&t, &taint));
        }
    }
}
