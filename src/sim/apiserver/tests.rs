//! Tables of the server's rules.

use super::*;
use crate::k8s::Str;
use crate::sim::{SimSpan, SimTime};
use crate::value;

fn at(seconds: u64) -> SimTime {
    SimTime::from_millis(1_767_225_600_000) + SimSpan::from_secs(seconds)
}

fn person(seconds: u64) -> Call {
    Call::person(at(seconds), "kubectl-create")
}

fn part(seconds: u64) -> Call {
    Call::component(at(seconds), "part")
}

/// A fresh cluster whose namespaces have their service accounts.
fn server() -> ApiServer {
    let mut api = ApiServer::new(Rng::new(7));
    api.bootstrap(at(0));
    for namespace in ["default", "kube-system"] {
        let account = value!({"metadata": {"name": "default"}});
        api.create(&part(0), Kind::ServiceAccount, namespace, account)
            .expect("an account");
    }
    api
}

fn pod(name: &str) -> Value {
    value!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": Value::str(name)},
        "spec": {"containers": [{"name": "main", "image": "nginx"}]},
    })
}

fn daemon_set(name: &str, image: &str) -> Value {
    value!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": Value::str(name)},
        "spec": {
            "selector": {"matchLabels": {"app": "x"}},
            "template": {
                "metadata": {"labels": {"app": "x"}},
                "spec": {"containers": [{"name": "main", "image": Value::str(image)}]},
            },
        },
    })
}

fn make(api: &mut ApiServer, kind: Kind, value: Value) -> Arc<Object> {
    let namespace = if kind.namespaced() { "default" } else { "" };
    let written = api.create(&person(0), kind, namespace, value);
    written.expect("accepted").object
}

fn bound(api: &mut ApiServer, name: &str) -> Arc<Object> {
    make(api, Kind::Pod, pod(name));
    let written = api.bind(&part(1), "default", name, "a");
    written.expect("bound").object
}

fn text<'a>(object: &'a Object, path: &[&str]) -> &'a str {
    object.value().at(path).text()
}

/// Everything stored, as one text.
fn contents(api: &ApiServer) -> String {
    let mut all = format!("{} ", api.store.version());
    for info in &crate::k8s::kind::KINDS {
        for object in api.list(info.kind, None) {
            all.push_str(&format!("{object:?}\n"));
        }
    }
    all
}

#[test]
fn refusals_say_what_upstream_says_and_change_nothing() {
    let mut api = server();
    make(&mut api, Kind::DaemonSet, daemon_set("taken", "a"));
    let with = |path: &[&'static str], v: Value| {
        let mut value = daemon_set("new", "a");
        value.set_at(path, v);
        value
    };
    let rows: Vec<(&str, Value, u16, &str)> = vec![
        (
            "nowhere",
            daemon_set("x", "a"),
            404,
            "namespaces \"nowhere\" not found",
        ),
        (
            "default",
            daemon_set("taken", "b"),
            409,
            "daemonsets.apps \"taken\" already exists",
        ),
        (
            "default",
            with(&["metadata", "namespace"], "kube-system".into()),
            400,
            "the namespace of the provided object does not match the namespace sent on the request",
        ),
        (
            "default",
            with(&["spec", "replicas"], 2.into()),
            400,
            "DaemonSet in version \"v1\" cannot be handled as a DaemonSet: strict decoding error: unknown field \
             \"spec.replicas\"",
        ),
    ];
    for (namespace, value, code, message) in rows {
        let before = contents(&api);
        let refused = api
            .create(&person(2), Kind::DaemonSet, namespace, value)
            .expect_err(message);
        assert_eq!((refused.code, refused.message.as_str()), (code, message));
        assert_eq!(before, contents(&api));
    }
}

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
fn generations_count_changes_of_the_spec_only() {
    let mut api = server();
    let object = make(&mut api, Kind::DaemonSet, daemon_set("x", "a"));
    let generations = |object: &Object| {
        let template = object.meta().annotation(strategy::TEMPLATE_GENERATION);
        (object.meta().generation, template.unwrap_or("").to_owned())
    };
    assert_eq!(generations(&object), (1, "1".to_owned()));
    let edits: [(&[&'static str], Value, i64, &str); 4] = [
        (&["metadata", "labels", "tier"], "edge".into(), 1, "1"),
        (&["spec", "minReadySeconds"], 5.into(), 2, "1"),
        (
            &["spec", "template", "metadata", "labels", "zone"],
            "n".into(),
            3,
            "2",
        ),
        (&["status", "numberReady"], 9.into(), 3, "2"),
    ];
    for (path, edit, generation, template) in edits {
        let mut value = api
            .get(Kind::DaemonSet, "default", "x")
            .expect("there")
            .value()
            .clone();
        value.set_at(path, edit);
        let written = api.update(&person(2), Kind::DaemonSet, Subresource::Main, value);
        let object = written.expect("accepted").object;
        assert_eq!(
            generations(&object),
            (generation, template.to_owned()),
            "{path:?}"
        );
    }
    let object = api
        .get(Kind::DaemonSet, "default", "x")
        .expect("there")
        .clone();
    assert_eq!(
        object.value().at(&["status", "numberReady"]),
        &Value::Int(0)
    );
    let mut value = object.value().clone();
    value.set_at(&["status", "numberReady"], 2);
    value.set_at(&["spec", "minReadySeconds"], 77);
    let written = api.update(&part(3), Kind::DaemonSet, Subresource::Status, value);
    let object = written.expect("accepted").object;
    assert_eq!(
        object.value().at(&["spec", "minReadySeconds"]),
        &Value::Int(5)
    );
    assert_eq!(
        object.value().at(&["status", "numberReady"]),
        &Value::Int(2)
    );
    assert_eq!(object.meta().generation, 3);
}

#[test]
fn a_write_that_changes_nothing_gives_no_version() {
    let mut api = server();
    let object = make(&mut api, Kind::DaemonSet, daemon_set("x", "a"));
    let version = api.store.version();
    let same = object.value().clone();
    let written = api.update(&person(5), Kind::DaemonSet, Subresource::Main, same);
    assert!(!written.expect("accepted").changed);
    assert_eq!(api.store.version(), version);
}

#[test]
fn stale_versions_and_foreign_uids_conflict() {
    let mut api = server();
    let object = make(&mut api, Kind::DaemonSet, daemon_set("x", "a"));
    let modified = "Operation cannot be fulfilled on daemonsets.apps \"x\": the object has been modified; please \
                    apply your changes to the latest version and try again";
    let foreign = format!(
        "Operation cannot be fulfilled on daemonsets.apps \"x\": StorageError: invalid object, Code: 4, Key: \
         /registry/daemonsets/default/x, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in \
         precondition: 11, UID in object meta: {}",
        object.uid()
    );
    let rows = [
        (Some("1"), None, 409, modified),
        (None, Some("11"), 409, foreign.as_str()),
        (Some("1"), Some("11"), 409, modified),
        (
            Some("new"),
            None,
            500,
            "strconv.ParseUint: parsing \"new\": invalid syntax",
        ),
    ];
    for (version, uid, code, message) in rows {
        let mut value = daemon_set("x", "b");
        let metadata = value.at_mut(&["metadata"]);
        metadata.set("namespace", "default");
        if let Some(version) = version {
            metadata.set("resourceVersion", version);
        }
        if let Some(uid) = uid {
            metadata.set("uid", uid);
        }
        let before = contents(&api);
        let refused = api
            .update(&person(2), Kind::DaemonSet, Subresource::Main, value)
            .expect_err(message);
        assert_eq!((refused.code, refused.message.as_str()), (code, message));
        assert_eq!(before, contents(&api));
    }
}

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
                target.map(|c| c.reason.as_str()),
                Some("EvictionByEvictionAPI")
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

#[test]
fn dry_runs_leave_nothing_behind() {
    let mut api = server();
    bound(&mut api, "x");
    let before = (contents(&api), api.trace.hash(), api.rng.clone().next_u64());
    let dry = Call {
        dry_run: true,
        ..person(5)
    };
    let written = api.create(&dry, Kind::DaemonSet, "default", daemon_set("y", "a"));
    assert!(
        written
            .expect("accepted")
            .object
            .value()
            .at(&["metadata", "resourceVersion"])
            .is_null()
    );
    let taken = api.create(&dry, Kind::Pod, "default", pod("x"));
    assert!(taken.expect_err("taken").is_already_exists());
    api.delete(&dry, Kind::Pod, "default", "x", &DeleteOptions::default())
        .expect("there");
    let after = (contents(&api), api.trace.hash(), api.rng.clone().next_u64());
    assert_eq!(before, after);
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
    make(
        &mut api,
        Kind::ResourceQuota,
        value!({
            "metadata": {"name": "limits"}, "spec": {"hard": {"pods": "2", "requests.cpu": "1"}},
        }),
    );
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
fn patches_of_every_kind_and_their_refusals() {
    let mut api = server();
    make(&mut api, Kind::DaemonSet, daemon_set("x", "a"));
    let rows: Vec<(Patch, Caller, Result<bool, (u16, &str)>)> = vec![
        (
            Patch::Strategic(value!({"spec": {"minReadySeconds": 3}})),
            Caller::Warn,
            Ok(true),
        ),
        (
            Patch::Strategic(value!({"spec": {"minReadySeconds": 3}})),
            Caller::Warn,
            Ok(false),
        ),
        (
            Patch::Merge(value!({"metadata": {"labels": {"a": "b"}}})),
            Caller::Warn,
            Ok(true),
        ),
        (
            Patch::Json(value!([{"op": "add", "path": "/metadata/labels/c", "value": "d"}])),
            Caller::Warn,
            Ok(true),
        ),
        (
            Patch::Strategic(value!({"kind": "Deployment"})),
            Caller::Warn,
            Ok(false),
        ),
        (
            Patch::Strategic(value!({"spec": {"foo": 1}})),
            Caller::Warn,
            Ok(false),
        ),
        (
            Patch::Strategic(value!({"metadata": {"name": "other"}})),
            Caller::Warn,
            Err((
                400,
                "the name of the object (other) does not match the name on the URL (x)",
            )),
        ),
        (
            Patch::Strategic(value!({"metadata": {"namespace": "kube-system"}})),
            Caller::Warn,
            Err((
                400,
                "the namespace of the provided object does not match the namespace sent on the request",
            )),
        ),
        (
            Patch::Strategic(value!({"metadata": {"resourceVersion": "1", "labels": {"z": "z"}}})),
            Caller::Warn,
            Err((
                409,
                "Operation cannot be fulfilled on daemonsets.apps \"x\": the object has been modified; please apply \
                 your changes to the latest version and try again",
            )),
        ),
        (
            Patch::Strategic(value!({"spec": {"minReadySeconds": "ten"}})),
            Caller::Warn,
            Err((
                422,
                " \"\" is invalid: patch: Invalid value: \"map[spec:map[minReadySeconds:ten]]\": unrecognized type: \
                 int32",
            )),
        ),
        (
            Patch::Strategic(value!({"spec": {"foo": 1}})),
            Caller::Strict,
            Err((
                422,
                " \"\" is invalid: patch: Invalid value: \"map[spec:map[foo:1]]\": strict decoding error: unknown \
                 field \"spec.foo\"",
            )),
        ),
        (
            Patch::Json(value!([{"op": "remove", "path": "/metadata/labels/none"}])),
            Caller::Warn,
            Err((
                422,
                "the server rejected our request due to an error in our request",
            )),
        ),
    ];
    for (patch, caller, expected) in rows {
        let before = contents(&api);
        let call = Call {
            caller,
            ..person(4)
        };
        let answer = api.patch(
            &call,
            Kind::DaemonSet,
            "default",
            "x",
            Subresource::Main,
            &patch,
        );
        let expected = expected.map_err(|(code, message)| (code, message.to_owned()));
        let answer = answer.map(|w| w.changed).map_err(|s| (s.code, s.message));
        assert_eq!(answer, expected, "{patch:?}");
        if answer != Ok(true) {
            assert_eq!(before, contents(&api));
        }
    }
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
