//! Nodes: names, taints and what may not change.

use super::syntax::{cidr, label_value, qualified_name, subdomain};
use super::toleration::taint_effect;
use super::{Errors, Path, Shown, meta, resources};
use crate::k8s::Value;
use crate::k8s::quantity::Quantity;

const SPEC: Path<'static> = Path::root("spec");
/// Taints stand in the spec; messages say otherwise.
const TAINTS: Path<'static> = METADATA.child("taints");
const METADATA: &Path<'static> = &Path::root("metadata");

/// Upstream: `pkg/apis/core/validation ValidateNode`.
pub fn create(errors: &mut Errors, node: &Value) {
    meta::create(errors, node, false, subdomain);
    taints(errors, &TAINTS, node.at(&["spec", "taints"]));
    capacities(errors, node);
    let list = SPEC.child("podCIDRs");
    for (i, block) in pod_blocks(node.get("spec")).iter().enumerate() {
        errors.invalid_each(&list.index(i), *block, cidr(block));
    }
}

/// Blocks of pod addresses. The single block of old clients wins over a list that does not begin with it.
///
/// Upstream: `pkg/apis/core/v1/conversion.go Convert_v1_NodeSpec_To_core_NodeSpec`.
fn pod_blocks(spec: &Value) -> Vec<&str> {
    let single = spec.get("podCIDR").text();
    let list: Vec<&str> = spec
        .get("podCIDRs")
        .items()
        .iter()
        .map(Value::text)
        .collect();
    if single.is_empty() || list.first() == Some(&single) {
        list
    } else {
        vec![single]
    }
}

/// Upstream: `pkg/apis/core/validation ValidateNodeUpdate` after `ValidateNode`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    create(errors, new);
    meta::update(errors, new, old);
    let addresses = new.at(&["status", "addresses"]).items();
    let list = Path::root("status");
    let list = list.child("addresses");
    for (i, address) in addresses.iter().enumerate() {
        if addresses[..i].contains(address) {
            let text = |field| super::errors::json(&Value::from(address.get(field).to_str()));
            let shown = format!(
                "{{\"Type\":{},\"Address\":{}}}",
                text("type"),
                text("address")
            );
            errors.duplicate(&list.index(i), Shown::Json(&shown));
        }
    }
    let (new, old) = (new.get("spec"), old.get("spec"));
    let (blocks, old_blocks) = (pod_blocks(new), pod_blocks(old));
    if !old_blocks.is_empty() && blocks != old_blocks {
        let detail = "node updates may not change podCIDR except from \"\" to valid";
        errors.forbidden(&SPEC.child("podCIDRs"), detail);
    }
    let id = old.get("providerID").text();
    if !id.is_empty() && new.get("providerID").text() != id {
        let detail = "node updates may not change providerID except from \"\" to valid";
        errors.forbidden(&SPEC.child("providerID"), detail);
    }
    if new.get("externalID").text() != old.get("externalID").text() {
        errors.forbidden(&SPEC.child("externalID"), "may not be updated");
    }
}

/// Upstream: `pkg/apis/core/validation ValidateNodeUpdate`, as the status strategy calls it.
pub fn update_status(errors: &mut Errors, new: &Value, old: &Value) {
    update(errors, new, old);
}

fn capacities(errors: &mut Errors, node: &Value) {
    for field in ["capacity", "allocatable"] {
        let status = Path::root("status");
        let at = status.child(field);
        for (name, amount) in node.get("status").get(field).fields() {
            resources::quantity_value(errors, &at.child(name), name, &Quantity::of(amount));
        }
    }
}

/// Upstream: `pkg/apis/core/validation validateNodeTaints`.
fn taints(errors: &mut Errors, at: &Path<'_>, taints: &Value) {
    let list = taints.items();
    for (i, taint) in list.iter().enumerate() {
        let at = at.index(i);
        let text = |field| taint.get(field).text();
        errors.invalid_each(&at.child("key"), text("key"), qualified_name(text("key")));
        let sentences = label_value(text("value"));
        if !sentences.is_empty() {
            errors.invalid(&at.child("value"), text("value"), &sentences.join(";"));
        }
        taint_effect(errors, &at.child("effect"), text("effect"));
        let same = |other: &Value| {
            other.get("key").text() == text("key") && other.get("effect").text() == text("effect")
        };
        if list[..i].iter().any(same) {
            let shown = |field| super::errors::json(&Value::from(taint.get(field).to_str()));
            let shown = format!(
                "{{\"Key\":{},\"Value\":{},\"Effect\":{},\"TimeAdded\":{}}}",
                shown("key"),
                shown("value"),
                shown("effect"),
                super::errors::json(taint.get("timeAdded"))
            );
            let detail = "taints must be unique by key and effect pair";
            errors.duplicate_detail(&at, Shown::Json(&shown), detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn taint_rules() {
        let cases = [
            (
                value!([{"key": "a", "effect": "X"}]),
                "metadata.taints[0].effect: Unsupported value: \"X\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"",
            ),
            (
                value!([{"key": "a"}]),
                "metadata.taints[0].effect: Required value",
            ),
            (
                value!([{"key": "a", "effect": "NoSchedule"}, {"key": "a", "value": "b", "effect": "NoSchedule"}]),
                "metadata.taints[1]: Duplicate value: {\"Key\":\"a\",\"Value\":\"b\",\"Effect\":\"NoSchedule\",\"TimeAdded\":null}: taints must be unique by key and effect pair",
            ),
        ];
        for (list, want) in cases {
            let mut errors = Errors::default();
            create(
                &mut errors,
                &value!({"metadata": {"name": "n"}, "spec": {"taints": list}}),
            );
            assert_eq!(errors.lines(), [want]);
        }
    }

    #[test]
    fn what_stays() {
        let node = |id: &'static str| value!({"metadata": {"name": "n", "resourceVersion": "1"}, "spec": {"providerID": id, "podCIDRs": ["10.0.0.0/24"]}});
        let mut errors = Errors::default();
        update(&mut errors, &node("b"), &node("a"));
        assert_eq!(
            errors.lines(),
            [
                "spec.providerID: Forbidden: node updates may not change providerID except from \"\" to valid"
            ]
        );
    }
}
