//! Topology spread constraints.

use super::affinity::match_label_keys;
use super::selector::label_selector;
use super::{Errors, Path};
use crate::k8s::Value;

/// Upstream: `pkg/apis/core/validation validateTopologySpreadConstraints`.
pub fn spread_constraints(errors: &mut Errors, at: &Path<'_>, constraints: &Value) {
    for (i, constraint) in constraints.items().iter().enumerate() {
        let at = at.index(i);
        let rest = &constraints.items()[i + 1..];
        one(errors, &at, constraint, rest);
    }
}

fn one(errors: &mut Errors, at: &Path<'_>, constraint: &Value, rest: &[Value]) {
    let text = |field| constraint.get(field).text();
    let (key, action) = (text("topologyKey"), text("whenUnsatisfiable"));
    let skew = constraint.get("maxSkew").as_i64().unwrap_or(0);
    if skew <= 0 {
        errors.invalid(&at.child("maxSkew"), skew, "must be greater than zero");
    }
    if key.is_empty() {
        errors.required(&at.child("topologyKey"), "can not be empty");
    }
    if !["DoNotSchedule", "ScheduleAnyway"].contains(&action) {
        let supported = ["DoNotSchedule", "ScheduleAnyway"];
        errors.not_supported(&at.child("whenUnsatisfiable"), action, &supported);
    }
    let same = |other: &Value| {
        other.get("topologyKey").text() == key && other.get("whenUnsatisfiable").text() == action
    };
    if rest.iter().any(same) {
        let at = at.child("{topologyKey, whenUnsatisfiable}");
        errors.duplicate(&at, format!("{{{key}, {action}}}").as_str());
    }
    if let Some(domains) = constraint.get("minDomains").as_i64() {
        let at = at.child("minDomains");
        if domains <= 0 {
            errors.invalid(&at, domains, "must be greater than zero");
        }
        if action != "DoNotSchedule" {
            let detail =
                format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}");
            errors.invalid(&at, domains, &detail);
        }
    }
    for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
        let policy = constraint.get(field);
        if !policy.is_null() && !["Honor", "Ignore"].contains(&policy.text()) {
            errors.not_supported(&at.child(field), policy.text(), &["Honor", "Ignore"]);
        }
    }
    let selector = constraint.get("labelSelector");
    let keys = constraint.get("matchLabelKeys");
    match_label_keys(errors, at, keys, &Value::Null, selector);
    label_selector(errors, &at.child("labelSelector"), selector);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn constraints_in_order() {
        let mut errors = Errors::default();
        let one = value!({"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}});
        let bad = value!({"maxSkew": 0, "topologyKey": "", "whenUnsatisfiable": "Ignore", "minDomains": 0});
        let list = Value::from(vec![one.clone(), one, bad]);
        spread_constraints(&mut errors, &Path::root("t"), &list);
        assert_eq!(
            errors.lines(),
            [
                "t[0].{topologyKey, whenUnsatisfiable}: Duplicate value: \"{zone, DoNotSchedule}\"",
                "t[2].maxSkew: Invalid value: 0: must be greater than zero",
                "t[2].topologyKey: Required value: can not be empty",
                "t[2].whenUnsatisfiable: Unsupported value: \"Ignore\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\"",
                "t[2].minDomains: Invalid value: 0: must be greater than zero",
                "t[2].minDomains: Invalid value: 0: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not Ignore",
            ]
        );
    }
}
