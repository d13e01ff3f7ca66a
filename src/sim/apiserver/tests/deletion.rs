//! Deleting, evicting and binding.

use super::*;

#[test]
fn grace_of_a_deletion() {
    // (bound, own grace, asked, then asked, seconds left, gone)
    let rows = [
        (true, None, None, None, Some(30), false),
        (true, Some(5), None, None, Some(5), false),
        (true, None, Some(-1), None, Some(1), false),
        (true, None, Some(0), None, None, true),
        (false, None, None, None, None, true),
        (true, None, None, Some(10), Some(10), false),
        (true, None, Some(10), Some(40), Some(10), false),
        (true, None, None, Some(0), None, true),
    ];
    for (i, (on_node, own, first, second, left, gone)) in rows.into_iter().enumerate() {
        let mut api = server();
        let mut value = pod("x");
        if let Some(own) = own {
            value.set_at(&["spec", "terminationGracePeriodSeconds"], own);
        }
        make(&mut api, Kind::Pod, value);
        if on_node {
            api.bind(&part(1), "default", "x", "a").expect("bound");
        }
        for (seconds, grace_period) in [(10, first), (20, second)] {
            if seconds == 20 && grace_period.is_none() {
                continue;
            }
            let options = DeleteOptions {
                grace_period,
                ..DeleteOptions::default()
            };
            api.delete(&person(seconds), Kind::Pod, "default", "x", &options)
                .expect("deleted");
        }
        let object = api.store.get(Kind::Pod, "default", "x");
        assert_eq!(object.is_none(), gone, "row {i}");
        if let (Some(object), Some(left)) = (object, left) {
            assert_eq!(object.meta().deletion_grace, Some(left), "row {i}");
            let at = SimTime::of(object.meta().deletion.expect("going"));
            assert_eq!(
                at.since(self::at(10)).as_secs(),
                left.unsigned_abs(),
                "row {i}"
            );
            assert_eq!(object.meta().generation, 2, "row {i}");
        }
    }
}

#[test]
fn a_repeated_delete_without_period_changes_nothing() {
    let mut api = server();
    bound(&mut api, "x");
    let options = DeleteOptions::default();
    let first = api.delete(&person(2), Kind::Pod, "default", "x", &options);
    let again = api.delete(&person(9), Kind::Pod, "default", "x", &options);
    assert_eq!(first.expect("going"), again.expect("going"));
}

#[test]
fn propagation_sets_finalizers_and_the_last_one_ends_the_object() {
    let mut api = server();
    let delete = |api: &mut ApiServer, propagation| {
        let options = DeleteOptions {
            propagation,
            ..DeleteOptions::default()
        };
        api.delete(&person(3), Kind::DaemonSet, "default", "x", &options)
            .expect("deleted");
        let object = api.store.get(Kind::DaemonSet, "default", "x");
        object.map(|o| {
            o.meta()
                .finalizers
                .iter()
                .map(Str::to_string)
                .collect::<Vec<_>>()
        })
    };
    make(&mut api, Kind::DaemonSet, daemon_set("x", "a"));
    assert_eq!(delete(&mut api, Some(Propagation::Background)), None);
    make(&mut api, Kind::DaemonSet, daemon_set("x", "a"));
    let foreground = Some(vec!["foregroundDeletion".to_owned()]);
    assert_eq!(delete(&mut api, Some(Propagation::Foreground)), foreground);
    let object = api
        .get(Kind::DaemonSet, "default", "x")
        .expect("held")
        .clone();
    assert_eq!(
        (object.meta().generation, object.meta().deletion_grace),
        (2, Some(0))
    );
    assert_eq!(delete(&mut api, None), foreground);
    assert_eq!(delete(&mut api, Some(Propagation::Background)), None);
    make(&mut api, Kind::DaemonSet, daemon_set("x", "a"));
    let orphan = Some(vec!["orphan".to_owned()]);
    assert_eq!(delete(&mut api, Some(Propagation::Orphan)), orphan);
    let mut value = api
        .get(Kind::DaemonSet, "default", "x")
        .expect("held")
        .value()
        .clone();
    value.at_mut(&["metadata"]).remove("finalizers");
    api.update(&part(4), Kind::DaemonSet, Subresource::Main, value)
        .expect("written");
    assert!(api.store.get(Kind::DaemonSet, "default", "x").is_none());
}

#[test]
fn namespaces_that_stay_and_namespaces_that_go() {
    let mut api = server();
    let options = DeleteOptions::default();
    for name in ["default", "kube-system", "kube-public"] {
        let refused = api.delete(&person(1), Kind::Namespace, "", name, &options);
        assert_eq!(
            refused.expect_err(name).message,
            format!("namespaces \"{name}\" is forbidden: this namespace may not be deleted")
        );
    }
    make(
        &mut api,
        Kind::Namespace,
        value!({"metadata": {"name": "t"}}),
    );
    let gone = api.delete(&person(1), Kind::Namespace, "", "t", &options);
    let gone = gone.expect("going");
    assert_eq!(text(&gone, &["status", "phase"]), "Terminating");
    let map = value!({"metadata": {"name": "x"}});
    let refused = api
        .create(&person(2), Kind::ConfigMap, "t", map)
        .expect_err("going");
    assert_eq!(
        refused.message,
        "configmaps \"x\" is forbidden: unable to create new content in namespace t because it is being terminated"
    );
    assert!(refused.has_cause("NamespaceTerminating"));
    api.finalize_namespace(&part(3), "t").expect("empty");
    assert!(api.get(Kind::Namespace, "", "t").is_err());
}

#[test]
fn binding_is_refused_twice() {
    let mut api = server();
    let object = bound(&mut api, "x");
    assert_eq!(object.meta().generation, 1);
    let refused = api.bind(&part(2), "default", "x", "b").expect_err("bound");
    assert_eq!(
        refused.message,
        "Operation cannot be fulfilled on pods/binding \"x\": pod x is already assigned to node \"a\""
    );
}

fn budget(api: &mut ApiServer, allowed: i64) {
    let value = value!({
        "metadata": {"name": "b"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "x"}}},
    });
    let object = make(api, Kind::PodDisruptionBudget, value);
    let mut value = object.value().clone();
    value.set("status", value!({
        "observedGeneration": 1, "disruptionsAllowed": allowed, "currentHealthy": 1, "desiredHealthy": 1,
        "expectedPods": 1,
    }));
    api.update(
        &part(1),
        Kind::PodDisruptionBudget,
        Subresource::Status,
        value,
    )
    .expect("written");
}

#[test]
fn eviction_asks_the_budget() {
    for (allowed, refused) in [(0, true), (1, false)] {
        let mut api = server();
        budget(&mut api, allowed);
        let mut value = pod("x");
        value.set_at(&["metadata", "labels", "app"], "x");
        make(&mut api, Kind::Pod, value);
        let object = api
            .bind(&part(1), "default", "x", "a")
            .expect("bound")
            .object;
        let mut value = object.value().clone();
        value.set(
            "status",
            value!({
                "phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
            }),
        );
        api.update(&part(1), Kind::Pod, Subresource::Status, value)
            .expect("written");
        let before = contents(&api);
        let answer = api.evict(&person(5), "default", "x", &DeleteOptions::default());
        assert_eq!(answer.is_err(), refused);
        if let Err(status) = answer {
            assert_eq!(
                status.message,
                "Cannot evict pod as it would violate the pod's disruption budget."
            );
            assert_eq!(
                status.causes[0].message,
                "The disruption budget b needs 1 healthy pods and has 1 currently"
            );
            assert_eq!(before, contents(&api));
        } else {
            let object = api.get(Kind::Pod, "default", "x").expect("going");
            let target = object.pod().and_then(|p| p.condition("DisruptionTarget"));
            assert_eq!(
                target.map(|c| c.reason),
                Some("EvictionByEvictionAPI".into())
            );
            let budget = api
                .get(Kind::PodDisruptionBudget, "default", "b")
                .expect("there");
            assert_eq!(
                budget.value().at(&["status", "disruptionsAllowed"]),
                &Value::Int(0)
            );
        }
    }
}
