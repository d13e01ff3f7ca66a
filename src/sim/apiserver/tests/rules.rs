//! Admission, quotas, services, events, faults.

use super::*;

#[test]
fn pods_are_refused_for_unknown_accounts_and_classes() {
    let mut api = server();
    let rows = [
        (
            "serviceAccountName",
            Value::from("nosuch"),
            "pods \"x\" is forbidden: error looking up service account default/nosuch: serviceaccount \"nosuch\" \
             not found",
        ),
        (
            "priorityClassName",
            Value::from("nosuch"),
            "pods \"x\" is forbidden: no PriorityClass with name nosuch was found",
        ),
        (
            "priority",
            Value::from(5),
            "pods \"x\" is forbidden: the integer value of priority (5) must not be provided in pod spec; \
             priority admission controller computed 0 from the given PriorityClass name",
        ),
    ];
    for (field, given, message) in rows {
        let before = contents(&api);
        let mut value = pod("x");
        value.at_mut(&["spec"]).set(field, given);
        let refused = api.create(&person(1), Kind::Pod, "default", value);
        assert_eq!(refused.expect_err(field).message, message);
        assert_eq!(before, contents(&api));
    }
    let mut value = pod("");
    value.set_at(&["metadata", "generateName"], "low-");
    value.set_at(&["spec", "priorityClassName"], "low");
    let refused = api.create(&part(1), Kind::Pod, "default", value);
    assert_eq!(
        refused.expect_err("no class").message,
        "pods \"low-\" is forbidden: no PriorityClass with name low was found"
    );
}

#[test]
fn a_new_pod_gets_what_admission_gives() {
    let mut api = server();
    let mut value = pod("x");
    value.set_at(&["spec", "priorityClassName"], "system-node-critical");
    let object = make(&mut api, Kind::Pod, value);
    let pod = object.pod().expect("a pod");
    assert_eq!(pod.spec.priority, Some(2_000_001_000));
    assert_eq!(pod.spec.preemption_policy, "PreemptLowerPriority");
    assert_eq!(pod.spec.service_account_name, "default");
    let seconds: Vec<_> = pod
        .spec
        .tolerations
        .iter()
        .map(|t| t.toleration_seconds)
        .collect();
    assert_eq!(seconds, [Some(300), Some(300)]);
    let volume = object.value().at(&["spec", "volumes"]).items()[0]
        .get("name")
        .text();
    assert!(volume.starts_with("kube-api-access-"), "{volume}");
    let mounts = object.value().at(&["spec", "containers"]).items()[0].get("volumeMounts");
    assert_eq!(mounts.items()[0].get("name").text(), volume);
    assert_eq!(object.meta().generation, 1);
    assert_eq!(
        object.value().get("status").to_string(),
        r#"{"phase":"Pending","qosClass":"BestEffort"}"#
    );
    let mut bare = self::pod("bare");
    bare.set_at(&["spec", "automountServiceAccountToken"], false);
    let bare = make(&mut api, Kind::Pod, bare);
    assert!(bare.value().at(&["spec", "volumes"]).is_null());
}

#[test]
fn faults_hit_before_or_after_the_write() {
    use crate::sim::fault::Rule;
    for (effect, stored) in [(Effect::Fail, false), (Effect::FailAfter, true)] {
        let mut api = server();
        api.faults.add(Rule {
            actor: "part".into(),
            verb: "create".into(),
            kind: Some(Kind::ConfigMap),
            effect,
            times: Some(1),
        });
        let map = value!({"metadata": {"name": "x"}});
        assert!(
            api.create(&part(1), Kind::ConfigMap, "default", map.clone())
                .is_err()
        );
        assert_eq!(api.get(Kind::ConfigMap, "default", "x").is_ok(), stored);
        let again = api.create(&part(1), Kind::ConfigMap, "default", map);
        assert_eq!(again.is_ok(), !stored);
    }
}

#[test]
fn quotas_count_and_sum() {
    let mut api = server();
    let quota = value!({
        "metadata": {"name": "limits"}, "spec": {"hard": {"pods": "2", "requests.cpu": "1"}},
    });
    let quota = make(&mut api, Kind::ResourceQuota, quota);
    let asking = |name: &str, cpu: &'static str| {
        let mut value = pod(name);
        value.at_mut(&["spec", "containers"]).list_mut()[0]
            .set("resources", value!({"requests": {"cpu": cpu}}));
        value
    };
    let refused = api.create(&person(1), Kind::Pod, "default", pod("r"));
    assert_eq!(
        refused.expect_err("no request").message,
        "pods \"r\" is forbidden: failed quota: limits: must specify requests.cpu for: main"
    );
    let refused = api.create(&person(1), Kind::Pod, "default", asking("a", "600m"));
    assert_eq!(
        refused.expect_err("not reckoned up yet").message,
        "pods \"a\" is forbidden: status unknown for quota: limits, resources: pods,requests.cpu"
    );
    let mut counted = quota.value().clone();
    let hard = quota.value().at(&["spec", "hard"]);
    counted.set(
        "status",
        value!({"hard": hard, "used": {"pods": "0", "requests.cpu": "0"}}),
    );
    api.update(&part(1), Kind::ResourceQuota, Subresource::Status, counted)
        .expect("a status");
    make(&mut api, Kind::Pod, asking("a", "600m"));
    let refused = api.create(&person(1), Kind::Pod, "default", asking("b", "600m"));
    assert_eq!(
        refused.expect_err("too much").message,
        "pods \"b\" is forbidden: exceeded quota: limits, requested: requests.cpu=600m, used: requests.cpu=600m, \
         limited: requests.cpu=1"
    );
    make(&mut api, Kind::Pod, asking("c", "400m"));
}

#[test]
fn events_end_an_hour_after_their_last_write() {
    let mut api = server();
    let event = value!({"metadata": {"name": "e"}, "involvedObject": {"namespace": "default"}});
    let object = api
        .create(&part(0), Kind::Event, "default", event)
        .expect("written")
        .object;
    let mut value = object.value().clone();
    value.set("count", 2);
    api.update(&part(1800), Kind::Event, Subresource::Main, value)
        .expect("written");
    for (seconds, there) in [(3700, true), (5400, false)] {
        api.expire_events(&part(seconds));
        assert_eq!(api.get(Kind::Event, "default", "e").is_ok(), there);
    }
}

#[test]
fn services_get_addresses_and_ports_once() {
    let mut api = server();
    let service =
        |name: &str, spec: Value| value!({"metadata": {"name": Value::str(name)}, "spec": spec});
    let plain = service("a", value!({"type": "NodePort", "ports": [{"port": 80}]}));
    let object = make(&mut api, Kind::Service, plain);
    let address = text(&object, &["spec", "clusterIP"]).to_owned();
    assert!(address.starts_with("10."), "{address}");
    let port = object.value().at(&["spec", "ports"]).items()[0]
        .get("nodePort")
        .clone();
    let taken = service(
        "b",
        value!({"type": "NodePort", "ports": [{"port": 80, "nodePort": &port}]}),
    );
    let refused = api.create(&person(1), Kind::Service, "default", taken);
    assert_eq!(
        refused.expect_err("taken").message,
        format!(
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: {port}: provided port is already \
             allocated"
        )
    );
    let mut again = service(
        "a",
        value!({"type": "NodePort", "ports": [{"port": 80, "targetPort": 8080}]}),
    );
    again.set_at(&["metadata", "namespace"], "default");
    let written = api.update(&person(2), Kind::Service, Subresource::Main, again);
    let object = written.expect("accepted").object;
    assert_eq!(text(&object, &["spec", "clusterIP"]), address);
    assert_eq!(
        object.value().at(&["spec", "ports"]).items()[0].get("nodePort"),
        &port
    );
}

#[test]
fn scale_is_for_kinds_with_replicas() {
    let mut api = server();
    make(&mut api, Kind::DaemonSet, daemon_set("x", "a"));
    let mut value = daemon_set("x", "a");
    value.set("kind", "Deployment");
    make(&mut api, Kind::Deployment, value);
    let patch = Patch::Merge(value!({"spec": {"replicas": 4}}));
    let scale = Subresource::Scale;
    let refused = api.patch(&person(1), Kind::DaemonSet, "default", "x", scale, &patch);
    assert_eq!(
        refused.expect_err("no replicas").message,
        "the server could not find the requested resource"
    );
    let written = api.patch(&person(1), Kind::Deployment, "default", "x", scale, &patch);
    let object = written.expect("accepted").object;
    assert_eq!(object.value().at(&["spec", "replicas"]), &Value::Int(4));
    assert_eq!(object.meta().generation, 2);
    let patch = Patch::Merge(value!({"spec": {"replicas": -1}}));
    let refused = api.patch(&person(1), Kind::Deployment, "default", "x", scale, &patch);
    assert_eq!(
        refused.expect_err("negative").message,
        "Scale.autoscaling \"x\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"
    );
}
