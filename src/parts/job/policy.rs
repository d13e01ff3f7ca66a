//! The pod failure policy of a Job.
//!
//! Upstream: pkg/controller/job/pod_failure_policy.go

use crate::k8s::{Object, Value};

/// What the policy makes of a failed pod.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// It counts towards the back-off limit.
    Count,
    /// It counts, and its index is given up.
    FailIndex,
    /// It does not count.
    Ignore,
    /// The whole Job fails, for this reason.
    FailJob(String),
}

/// Upstream: `matchPodFailurePolicy`
pub(super) fn judge(policy: &Value, pod: &Object) -> Verdict {
    let status = pod.value().get("status");
    for (index, rule) in policy.get("rules").items().iter().enumerate() {
        let action = rule.get("action").text();
        let who = format!("{}/{}", pod.namespace(), pod.name());
        let why = if rule.get("onExitCodes").is_null() {
            let patterns = rule.get("onPodConditions").items();
            condition(status, patterns).map(|kind| format!("Pod {who} has condition {kind}"))
        } else {
            container(status, rule.get("onExitCodes")).map(|(name, code)| {
                format!("Container {name} for pod {who} failed with exit code {code}")
            })
        };
        let Some(why) = why else {
            continue;
        };
        match action {
            "Ignore" => return Verdict::Ignore,
            "Count" => return Verdict::Count,
            "FailIndex" => return Verdict::FailIndex,
            "FailJob" => {
                return Verdict::FailJob(format!("{why} matching {action} rule at index {index}"));
            }
            _ => {}
        }
    }
    Verdict::Count
}

fn condition<'a>(status: &'a Value, patterns: &[Value]) -> Option<&'a str> {
    let same =
        |c: &Value, p: &Value| p.get("type") == c.get("type") && p.get("status") == c.get("status");
    let mut conditions = status.get("conditions").items().iter();
    let hit = conditions.find(|c| patterns.iter().any(|p| same(c, p)))?;
    Some(hit.get("type").text())
}

fn container<'a>(status: &'a Value, wanted: &Value) -> Option<(&'a str, i64)> {
    let containers = status.get("containerStatuses").items().iter();
    let init = status.get("initContainerStatuses").items().iter();
    containers.chain(init).find_map(|container| {
        let code = container
            .at(&["state", "terminated", "exitCode"])
            .as_i64()?;
        let name = wanted.get("containerName");
        let named = name.is_null() || name.text() == container.get("name").text();
        let listed = wanted
            .get("values")
            .items()
            .iter()
            .any(|v| v.as_i64() == Some(code));
        let hit = match wanted.get("operator").text() {
            "In" => listed,
            "NotIn" => !listed,
            _ => false,
        };
        (code != 0 && named && hit).then(|| (container.get("name").text(), code))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::Kind;
    use crate::value;

    #[test]
    fn the_first_matching_rule_decides() {
        let policy = value!({"rules": [
            {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
            {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}},
            {"action": "Count", "onExitCodes": {"operator": "NotIn", "values": [1]}},
        ]});
        let pod = |status: Value| {
            let metadata = value!({"name": "p", "namespace": "n"});
            Object::read(
                Kind::Pod,
                value!({"metadata": metadata, "status": status}),
                None,
            )
        };
        let exit = |code: i64| {
            pod(value!({"containerStatuses": [
                {"name": "main", "state": {"terminated": {"exitCode": code}}},
            ]}))
        };
        let disrupted = value!({"conditions": [{"type": "DisruptionTarget", "status": "True"}]});
        assert_eq!(judge(&policy, &pod(disrupted)), Verdict::Ignore);
        let text =
            "Container main for pod n/p failed with exit code 42 matching FailJob rule at index 1";
        assert_eq!(judge(&policy, &exit(42)), Verdict::FailJob(text.to_owned()));
        assert_eq!(judge(&policy, &exit(7)), Verdict::Count);
    }
}
