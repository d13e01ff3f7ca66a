//! PriorityClasses.

use super::pod_spec::preemption_policy;
use super::syntax::subdomain;
use super::workload::immutable;
use super::{Errors, Path, meta};
use crate::k8s::Value;

/// The highest value that is not the system's own.
const USER_MAX: i64 = 1_000_000_000;
const SYSTEM: [(&str, i64); 2] = [
    ("system-node-critical", 2_000_001_000),
    ("system-cluster-critical", 2_000_000_000),
];

/// Upstream: `pkg/apis/scheduling/validation ValidatePriorityClass`.
pub fn create(errors: &mut Errors, class: &Value) {
    meta::create(errors, class, false, subdomain);
    let name = class.at(&["metadata", "name"]).text();
    let value = class.get("value").as_i64().unwrap_or(0);
    if name.starts_with("system-") {
        let why = match SYSTEM.iter().find(|(known, _)| *known == name) {
            None => Some(format!("{name} is not a known system priority class")),
            Some((_, right)) if *right != value => {
                Some(format!("value of {name} PriorityClass must be {right}"))
            }
            Some(_) if class.get("globalDefault") == &Value::Bool(true) => Some(format!(
                "globalDefault of {name} PriorityClass must be false"
            )),
            Some(_) => None,
        };
        if let Some(why) = why {
            let detail = format!(
                "priority class names with 'system-' prefix are reserved for system use only. error: {why}"
            );
            errors.forbidden(&Path::root("metadata").child("name"), &detail);
        }
    } else if value > USER_MAX {
        let detail = "maximum allowed value of a user defined priority is 1000000000";
        errors.forbidden(&Path::root("value"), detail);
    }
    preemption_policy(
        errors,
        &Path::root("preemptionPolicy"),
        class.get("preemptionPolicy"),
    );
}

/// Upstream: `pkg/apis/scheduling/validation ValidatePriorityClassUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    let number = |class: &Value| class.get("value").as_i64().unwrap_or(0);
    if number(new) != number(old) {
        errors.forbidden(&Path::root("value"), "may not be changed in an update.");
    }
    let field = "preemptionPolicy";
    immutable(errors, &Path::root(field), new.get(field), old.get(field));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn reserved_names_and_values() {
        let cases = [
            ("low", 10, ""),
            (
                "high",
                1_000_000_001,
                "value: Forbidden: maximum allowed value of a user defined priority is 1000000000",
            ),
            (
                "system-mine",
                1,
                "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class",
            ),
            ("system-node-critical", 2_000_001_000, ""),
        ];
        for (name, number, want) in cases {
            let mut errors = Errors::default();
            create(
                &mut errors,
                &value!({"metadata": {"name": name}, "value": number}),
            );
            assert_eq!(errors.lines().join("\n"), want);
        }
    }
}
