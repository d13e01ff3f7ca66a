//! Who owns which field after which write.

use super::*;
use crate::k8s::{decode, defaults};
use crate::value;

const NOW: Timestamp = Timestamp(1_800_000_000);

fn writer(manager: &str) -> Writer<'_> {
    Writer {
        manager,
        subresource: "",
        now: NOW,
    }
}

fn stored(value: &Value) -> Value {
    let mut value = decode::decode(Kind::DaemonSet, value).value;
    defaults::apply(Kind::DaemonSet, &mut value);
    value
}

fn manifest(tier: &str, image: &str) -> Value {
    value!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "cni", "namespace": "default", "labels": {"tier": (Value::str(tier))}},
        "spec": {"selector": {"matchLabels": {"app": "cni"}}, "template": {"metadata": {"labels": {"app": "cni"}}, "spec": {"containers": [
            {"name": "agent", "image": (Value::str(image)), "env": [{"name": "MODE", "value": "vxlan"}]}]}}}})
}

fn labels(tier: &str) -> Value {
    value!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "cni", "namespace": "default", "labels": {"tier": (Value::str(tier)), "team": "net"}}})
}

fn applied(
    live: Option<&Value>,
    config: &Value,
    force: bool,
    manager: &str,
) -> Result<Value, String> {
    match apply(Kind::DaemonSet, live, config, force, &writer(manager)) {
        Ok(value) => Ok(stored(&value)),
        Err(ApplyError::Typed(e) | ApplyError::BadRequest(e) | ApplyError::Conflict(e)) => Err(e),
    }
}

fn names(value: &Value) -> Vec<String> {
    let entries = value.at(&["metadata", "managedFields"]).items().iter();
    entries
        .map(|e| format!("{} {}", e.get("manager").text(), e.get("operation").text()))
        .collect()
}

#[test]
fn owners_conflicts_and_force() {
    let first = applied(None, &manifest("network", "i:1"), false, "kubectl").expect("creates");
    assert_eq!(names(&first), ["kubectl Apply"]);
    assert_eq!(
        applied(Some(&first), &manifest("network", "i:1"), false, "kubectl").expect("same"),
        first
    );
    let refused =
        applied(Some(&first), &manifest("network", "i:2"), false, "ci").expect_err("conflict");
    assert_eq!(
        refused,
        r#"Apply failed with 1 conflict: conflict with "kubectl": .spec.template.spec.containers[name="agent"].image"#
    );
    let refused = applied(Some(&first), &labels("edge"), false, "ci").expect_err("conflict");
    assert_eq!(
        refused,
        r#"Apply failed with 1 conflict: conflict with "kubectl": .metadata.labels.tier"#
    );
    let forced = applied(Some(&first), &labels("edge"), true, "ci").expect("forced");
    assert_eq!(
        forced.at(&["metadata", "labels"]),
        &value!({"team": "net", "tier": "edge"})
    );
    let refused = applied(Some(&forced), &manifest("network", "i:1"), false, "kubectl")
        .expect_err("conflict");
    assert_eq!(
        refused,
        r#"Apply failed with 1 conflict: conflict with "ci": .metadata.labels.tier"#
    );
    let back =
        applied(Some(&forced), &manifest("network", "i:1"), true, "kubectl").expect("forced");
    assert_eq!(
        back.at(&["metadata", "labels"]),
        &value!({"team": "net", "tier": "network"})
    );
    assert_eq!(names(&back), ["ci Apply", "kubectl Apply"]);
}

#[test]
fn updates_and_fewer_fields() {
    let first = applied(None, &manifest("network", "i:1"), false, "kubectl").expect("creates");
    let forced = applied(Some(&first), &labels("edge"), true, "ci").expect("forced");
    let back =
        applied(Some(&forced), &manifest("network", "i:1"), true, "kubectl").expect("forced");

    // Others' updates take fields too.
    let mut set = back.clone();
    set.set_at(
        &["spec", "template", "spec", "containers"],
        value!([{"name": "agent", "image": "i:9", "env": [{"name": "MODE", "value": "vxlan"}]}]),
    );
    let mut set = stored(&set);
    update(
        Kind::DaemonSet,
        Some(&back),
        &mut set,
        &writer("kubectl-set"),
    );
    let mut labeled = set.clone();
    labeled.set_at(&["metadata", "labels", "tier"], "core");
    update(
        Kind::DaemonSet,
        Some(&set),
        &mut labeled,
        &writer("kubectl-label"),
    );
    let refused = applied(
        Some(&labeled),
        &manifest("network", "i:2"),
        false,
        "kubectl",
    )
    .expect_err("conflicts");
    assert_eq!(
        refused,
        concat!(
            "Apply failed with 2 conflicts: conflicts with \"kubectl-label\" using apps/v1:\n- .metadata.labels.tier\n",
            "conflicts with \"kubectl-set\" using apps/v1:\n- .spec.template.spec.containers[name=\"agent\"].image"
        )
    );
    let taken =
        applied(Some(&labeled), &manifest("network", "i:2"), true, "kubectl").expect("forced");
    assert_eq!(names(&taken), ["ci Apply", "kubectl Apply"]);

    // What is no longer applied goes, unless somebody else owns it.
    let mut fewer = manifest("network", "i:1");
    fewer.remove_at(&["metadata", "labels"]);
    fewer.set_at(
        &["spec", "template", "spec", "containers"],
        value!([{"name": "agent", "image": "i:1"}]),
    );
    let less = applied(Some(&taken), &fewer, false, "kubectl").expect("applies");
    assert_eq!(less.at(&["metadata", "labels"]), &value!({"team": "net"}));
    let container = less
        .at(&["spec", "template", "spec", "containers"])
        .index(0);
    assert!(container.get("env").is_null() && container.get("image").text() == "i:1");
}

#[test]
fn typed_refusals() {
    let head = "failed to create typed patch object (default/cni; apps/v1, Kind=DaemonSet): ";
    let with = |path: &[&'static str], value: Value| {
        let mut tree = manifest("network", "i");
        tree.set_at(path, value);
        tree
    };
    for (config, expected) in [
        (
            with(&["spec", "replicas"], value!(2)),
            ".spec.replicas: field not declared in schema",
        ),
        (
            with(&["spec", "minReadySeconds"], value!("ten")),
            ".spec.minReadySeconds: expected numeric (int or float), got string",
        ),
        (
            with(
                &["spec", "template", "spec", "containers"],
                value!([{"name": "a"}, {"name": "a"}]),
            ),
            ".spec.template.spec.containers: duplicate entries for key [name=\"a\"]",
        ),
    ] {
        assert_eq!(
            applied(None, &config, false, "kubectl"),
            Err(format!("{head}{expected}"))
        );
    }
    let no_key = with(
        &["spec", "template", "spec", "containers"],
        value!([{"image": "a"}]),
    );
    assert!(
        applied(None, &no_key, false, "kubectl").is_ok(),
        "the key has a default"
    );
}

#[test]
fn from_client_side_to_server_side() {
    let mut live = manifest("network", "i:1");
    let text = last_applied_text(&live);
    live.set_at(&["metadata", "annotations", LAST_APPLIED], text);
    let mut live = stored(&live);
    update(
        Kind::DaemonSet,
        None,
        &mut live,
        &writer("kubectl-client-side-apply"),
    );
    assert_eq!(names(&live), ["kubectl-client-side-apply Update"]);
    let next =
        applied(Some(&live), &manifest("network", "i:2"), false, "kubectl").expect("takes over");
    assert_eq!(
        next.at(&["spec", "template", "spec", "containers"])
            .index(0)
            .get("image")
            .text(),
        "i:2"
    );
    let noted = next.at(&["metadata", "annotations", LAST_APPLIED]);
    assert!(noted.text().contains("\"i:2\"") && noted.text().ends_with('\n'));
    assert_eq!(
        names(&next),
        ["kubectl Apply", "kubectl-client-side-apply Update"]
    );
    assert!(applied(Some(&live), &manifest("network", "i:2"), false, "ci").is_err());
    let moved = hand_over_client_side(&next, "kubectl").expect("something to hand over");
    assert_eq!(names(&moved), ["kubectl Apply"]);
}

#[test]
fn an_update_owns_what_it_set() {
    let mut created = stored(&manifest("network", "i:1"));
    update(
        Kind::DaemonSet,
        None,
        &mut created,
        &writer("kubectl-create"),
    );
    let fields = created
        .at(&["metadata", "managedFields"])
        .index(0)
        .get("fieldsV1")
        .clone();
    assert_eq!(
        fields.get("f:metadata"),
        &value!({
            "f:annotations": {".": {}, "f:deprecated.daemonset.template.generation": {}},
            "f:labels": {".": {}, "f:tier": {}},
        })
    );
    assert_eq!(fields.at(&["f:spec", "f:selector"]), &value!({}));
    assert_eq!(
        fields.at(&["f:spec", "f:updateStrategy"]),
        &value!({"f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}}, "f:type": {}})
    );
    assert!(fields.get("f:status").is_null());
    let mut bare = created.clone();
    bare.remove_at(&["metadata", "managedFields"]);
    update(
        Kind::DaemonSet,
        Some(&created),
        &mut bare,
        &writer("kubectl-replace"),
    );
    assert_eq!(bare, created, "nothing changed, nobody else owns anything");
    let mut counted = created.clone();
    counted.set_at(&["status", "numberReady"], 2);
    let status = Writer {
        subresource: "status",
        ..writer("kube-controller-manager")
    };
    update(Kind::DaemonSet, Some(&created), &mut counted, &status);
    let entry = counted
        .at(&["metadata", "managedFields"])
        .items()
        .iter()
        .find(|e| e.get("subresource").text() == "status");
    let entry = entry.expect("the controller has an entry");
    assert_eq!(
        entry.get("fieldsV1"),
        &value!({"f:status": {"f:numberReady": {}}})
    );
}
