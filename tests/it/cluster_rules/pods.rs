//! Conditions and ends of pods.

use super::{ask, create, one_container, pod};
use crate::node_world::World;
use daemonset_playground::cluster::{Patch, Subresource, Verb};
use daemonset_playground::k8s::{Kind, Value};
use daemonset_playground::value;

fn condition(world: &World, name: &str, kind: &str) -> Value {
    let pod = world.get(Kind::Pod, name);
    let list = pod.at(&["status", "conditions"]).items().iter();
    list.into_iter()
        .find(|c| c.get("type").text() == kind)
        .cloned()
        .unwrap_or_default()
}

/// 5.5 Ready waits for gates that others open.
#[test]
fn readiness_gates() {
    let mut world = World::new(&["worker01"]);
    let spec = value!({"nodeName": "worker01", "containers": one_container(), "readinessGates": [{"conditionType": "a/b"}]});
    create(&mut world, Kind::Pod, pod("p", spec)).expect("accepted");
    world.run(5000);
    let rows = [
        (
            None,
            "False",
            "ReadinessGatesNotReady",
            "corresponding condition of pod readiness gate \"a/b\" does not exist.",
        ),
        (
            Some("False"),
            "False",
            "ReadinessGatesNotReady",
            "the status of pod readiness gate \"a/b\" is not \"True\", but False",
        ),
        (
            Some("Unknown"),
            "False",
            "ReadinessGatesNotReady",
            "the status of pod readiness gate \"a/b\" is not \"True\", but Unknown",
        ),
        (Some("True"), "True", "", ""),
    ];
    let mut since: Option<Value> = None;
    for (gate, status, reason, message) in rows {
        if let Some(gate) = gate {
            let patch = value!({"status": {"conditions": [{"type": "a/b", "status": gate}]}});
            let patch = Verb::Patch {
                kind: Kind::Pod,
                namespace: "default".into(),
                name: "p".into(),
                subresource: Subresource::Status,
                patch: Patch::Strategic(patch),
            };
            ask(&mut world, patch).expect("accepted");
            world.run(5000);
        }
        let ready = condition(&world, "p", "Ready");
        let told = ["status", "reason", "message"].map(|field| ready.get(field).text().to_owned());
        assert_eq!(told, [status, reason, message]);
        assert_eq!(
            condition(&world, "p", "ContainersReady")
                .get("status")
                .text(),
            "True"
        );
        let at = ready.get("lastTransitionTime").clone();
        match &since {
            Some(before) => assert_eq!(
                *before == at,
                status == "False",
                "only a change of the status counts"
            ),
            None => since = Some(at),
        }
    }
}

/// 5.6 An image that is not there and may not be pulled.
#[test]
fn images_that_are_never_pulled() {
    let mut world = World::new(&["worker01"]);
    let spec = value!({"nodeName": "worker01", "containers": [{"name": "main", "image": "app:1", "imagePullPolicy": "Never"}]});
    create(&mut world, Kind::Pod, pod("p", spec)).expect("accepted");
    world.run(5000);
    let status = world.get(Kind::Pod, "p").get("status").clone();
    let waiting = status
        .get("containerStatuses")
        .index(0)
        .at(&["state", "waiting"])
        .clone();
    assert_eq!(status.get("phase").text(), "Pending");
    assert_eq!(waiting.get("reason").text(), "ErrImageNeverPull");
    assert_eq!(
        waiting.get("message").text(),
        "Container image \"app:1\" is not present with pull policy of Never"
    );
    assert!(world.events().contains("p Failed Error: ErrImageNeverPull"));
}

/// 10.4 A pod that was never bound and is held by a finalizer ends as Failed.
#[test]
fn terminating_pods_that_were_never_bound() {
    let mut world = World::new(&["worker01"]);
    let mut held = pod(
        "p",
        value!({"nodeSelector": {"no": "where"}, "containers": one_container()}),
    );
    held.set_at(&["metadata", "finalizers"], value!(["a.b/c"]));
    create(&mut world, Kind::Pod, held).expect("accepted");
    world.delete(Kind::Pod, "p");
    world.run(1000);
    assert_eq!(
        world.get(Kind::Pod, "p").at(&["status", "phase"]).text(),
        "Pending"
    );
    world.run(21_000);
    assert_eq!(
        world.get(Kind::Pod, "p").at(&["status", "phase"]).text(),
        "Failed"
    );
    let free = Verb::Patch {
        kind: Kind::Pod,
        namespace: "default".into(),
        name: "p".into(),
        subresource: Subresource::Main,
        patch: Patch::Merge(value!({"metadata": {"finalizers": null}})),
    };
    ask(&mut world, free).expect("accepted");
    assert!(
        world.get(Kind::Pod, "p").is_null(),
        "gone with its last finalizer"
    );
}
