//! Every refused request leaves the store as it was: objects, versions, the count of changes.

use super::manifests::manifest;
use super::*;
use crate::k8s::kind::KINDS;

/// Everything that a request could have changed, as one number.
fn hash(api: &ApiServer) -> u64 {
    let rest = (api.store.committed(), &api.leases);
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in format!("{} {rest:?}", contents(api)).bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

struct Room {
    api: ApiServer,
    /// How many requests were refused.
    refused: usize,
}

impl Room {
    fn refuses<T>(
        &mut self,
        what: &str,
        code: u16,
        ask: impl FnOnce(&mut ApiServer) -> Result<T, Status>,
    ) {
        let before = hash(&self.api);
        let Err(refused) = ask(&mut self.api) else {
            panic!("{what}: accepted");
        };
        assert_eq!(refused.code, code, "{what}: {refused}");
        assert!(
            hash(&self.api) == before,
            "{what}: refused, and yet something changed"
        );
        self.refused += 1;
    }
}

fn namespace(kind: Kind) -> &'static str {
    if kind.namespaced() { "default" } else { "" }
}

/// A cluster with an object `x` of the kind.
fn room(kind: Kind) -> Room {
    let mut api = server();
    let made = api.create(&person(0), kind, namespace(kind), manifest(kind));
    assert!(made.is_ok(), "{kind}");
    Room { api, refused: 0 }
}

fn with(value: &Value, path: &[&'static str], leaf: impl Into<Value>) -> Value {
    let mut value = value.clone();
    value.set_at(path, leaf.into());
    value
}

fn refused_creates(room: &mut Room, kind: Kind) {
    let plain = manifest(kind);
    let other = with(&plain, &["metadata", "name"], "y");
    let ns = namespace(kind);
    let mut create = |what: &str, code: u16, ns: &str, value: &Value| {
        let what = format!("create {kind}: {what}");
        room.refuses(&what, code, |api| {
            api.create(&person(5), kind, ns, value.clone())
        });
    };
    // A Service's port is asked for before its name.
    let taken = if kind == Kind::Service { 422 } else { 409 };
    create("taken", taken, ns, &plain);
    create("an unknown field", 400, ns, &with(&other, &["nosuch"], 1));
    create(
        "a wrong type",
        400,
        ns,
        &with(&other, &["metadata", "labels"], 5),
    );
    create("another kind", 400, ns, &with(&other, &["kind"], "Nosuch"));
    create(
        "a bad label",
        422,
        ns,
        &with(&other, &["metadata", "labels", "a b"], "c"),
    );
    create("no name", 422, ns, &with(&other, &["metadata", "name"], ""));
    create(
        "a long name",
        422,
        ns,
        &with(&other, &["metadata", "name"], "y/".repeat(127)),
    );
    if kind.namespaced() {
        create("no such namespace", 404, "nowhere", &other);
        create(
            "another namespace",
            400,
            ns,
            &with(&other, &["metadata", "namespace"], "kube-system"),
        );
    }
}

fn refused_updates(room: &mut Room, kind: Kind) {
    let stored = room
        .api
        .get(kind, namespace(kind), "x")
        .expect("made above")
        .value()
        .clone();
    let edited = with(&stored, &["metadata", "labels", "new"], "label");
    for subresource in [Subresource::Main, Subresource::Status] {
        let mut update = |what: &str, code: u16, value: &Value| {
            let what = format!("update {kind} {subresource:?}: {what}");
            room.refuses(&what, code, |api| {
                api.update(&person(6), kind, subresource, value.clone())
            });
        };
        update(
            "a stale version",
            409,
            &with(&edited, &["metadata", "resourceVersion"], "1"),
        );
        update(
            "no version",
            500,
            &with(&edited, &["metadata", "resourceVersion"], "new"),
        );
        update(
            "another object's uid",
            409,
            &with(&edited, &["metadata", "uid"], "11"),
        );
        update(
            "not there",
            404,
            &with(&edited, &["metadata", "name"], "gone"),
        );
        update("an unknown field", 400, &with(&edited, &["nosuch"], 1));
        update(
            "a wrong type",
            400,
            &with(&edited, &["metadata", "labels"], 5),
        );
    }
    let bad = with(&stored, &["metadata", "labels", "a b"], "c");
    room.refuses(&format!("update {kind}: a bad label"), 422, |api| {
        api.update(&person(6), kind, Subresource::Main, bad)
    });
    if !kind.scales() {
        room.refuses(&format!("scale {kind}"), 404, |api| {
            api.update(&person(6), kind, Subresource::Scale, stored)
        });
    }
}

fn refused_patches(room: &mut Room, kind: Kind) {
    let labels =
        |key: &'static str, v: &'static str| with(&Value::map(), &["metadata", "labels", key], v);
    let stale = value!({"metadata": {"resourceVersion": "1", "labels": {"a": "new"}}});
    let test = value!([{"op": "test", "path": "/metadata/name", "value": "y"}]);
    let remove = value!([{"op": "remove", "path": "/metadata/labels/none"}]);
    let two = value!([{"op": "add", "path": "/metadata/labels/z", "value": "z"},
        {"op": "remove", "path": "/nosuch/path"}]);
    let config = with(&manifest(kind), &["nosuch"], 1);
    let taken = with(&manifest(kind), &["metadata", "labels", "app"], "mine");
    let rows = [
        ("a bad label", 422, Patch::Strategic(labels("a b", "c"))),
        ("a bad label", 422, Patch::Merge(labels("a b", "c"))),
        (
            "another name",
            400,
            Patch::Merge(value!({"metadata": {"name": "y"}})),
        ),
        (
            "a wrong type",
            422,
            Patch::Strategic(value!({"metadata": {"labels": [1]}})),
        ),
        ("a stale version", 409, Patch::Strategic(stale.clone())),
        ("a stale version", 409, Patch::Merge(stale)),
        ("a test that fails", 422, Patch::Json(test)),
        ("nothing to remove", 422, Patch::Json(remove)),
        ("the second of two", 422, Patch::Json(two)),
        ("no list", 400, Patch::Json(value!({"op": "add"}))),
        (
            "an unknown field",
            500,
            Patch::Apply {
                config,
                force: false,
            },
        ),
        (
            "another's field",
            409,
            Patch::Apply {
                config: taken,
                force: false,
            },
        ),
    ];
    for (what, code, patch) in rows {
        for (name, code) in [("x", code), ("gone", 404)] {
            if matches!(patch, Patch::Apply { .. }) && name == "gone" {
                continue;
            }
            let told = format!("patch {kind}/{name}: {what}: {patch:?}");
            let main = Subresource::Main;
            let call = Call::person(at(7), "another");
            room.refuses(&told, code, |api| {
                api.patch(&call, kind, namespace(kind), name, main, &patch)
            });
        }
    }
}

fn refused_deletes(room: &mut Room, kind: Kind) {
    let uid = DeleteOptions {
        precondition_uid: Some("11".into()),
        ..DeleteOptions::default()
    };
    let version = DeleteOptions {
        precondition_version: Some(1),
        propagation: Some(Propagation::Foreground),
        ..DeleteOptions::default()
    };
    let plain = DeleteOptions::default();
    for (what, name, code, options) in [
        ("not there", "gone", 404, &plain),
        ("another uid", "x", 409, &uid),
        ("another version", "x", 409, &version),
    ] {
        room.refuses(&format!("delete {kind}: {what}"), code, |api| {
            api.delete(&person(8), kind, namespace(kind), name, options)
        });
    }
}

#[test]
fn refused_requests_of_every_verb_and_kind_change_nothing() {
    let mut refused = 0;
    for info in &KINDS {
        let mut room = room(info.kind);
        refused_creates(&mut room, info.kind);
        refused_updates(&mut room, info.kind);
        refused_patches(&mut room, info.kind);
        refused_deletes(&mut room, info.kind);
        refused += room.refused;
    }
    assert!(refused > 1000, "{refused} refusals");
}

/// Pods that may not be bound or evicted.
#[test]
fn refused_bindings_and_evictions_change_nothing() {
    let mut api = server();
    for (name, gates) in [("free", value!([])), ("gated", value!([{"name": "a/b"}]))] {
        let gated = with(&pod(name), &["spec", "schedulingGates"], gates);
        make(&mut api, Kind::Pod, gated);
    }
    bound(&mut api, "bound");
    bound(&mut api, "going");
    let none = DeleteOptions::default();
    api.delete(&person(2), Kind::Pod, "default", "going", &none)
        .expect("marked");
    let mut room = Room { api, refused: 0 };
    for (name, code) in [
        ("gone", 404),
        ("gated", 409),
        ("bound", 409),
        ("going", 409),
    ] {
        room.refuses(&format!("bind {name}"), code, |api| {
            api.bind(&part(3), "default", name, "a")
        });
    }
    room.refuses("evict: not there", 404, |api| {
        api.evict(&person(3), "default", "gone", &none)
    });
    let foreign = DeleteOptions {
        precondition_uid: Some("11".into()),
        ..DeleteOptions::default()
    };
    room.refuses("evict: another uid", 409, |api| {
        api.evict(&person(3), "default", "bound", &foreign)
    });
    refused_by_budgets(&mut room, &foreign);
}

fn refused_by_budgets(room: &mut Room, foreign: &DeleteOptions) {
    let mut ready = room
        .api
        .get(Kind::Pod, "default", "bound")
        .expect("bound")
        .value()
        .clone();
    ready.set_at(&["metadata", "labels", "app"], "x");
    let ready = room
        .api
        .update(&part(4), Kind::Pod, Subresource::Main, ready)
        .expect("labelled");
    let mut ready = ready.object.value().clone();
    ready.set_at(&["status", "phase"], "Running");
    ready.set_at(
        &["status", "conditions"],
        value!([{"type": "Ready", "status": "True"}]),
    );
    room.api
        .update(&part(4), Kind::Pod, Subresource::Status, ready)
        .expect("ready");
    let budget = value!({"metadata": {"name": "b"}, "spec": {"maxUnavailable": 0,
        "selector": {"matchLabels": {"app": "x"}}}});
    let budget = make(&mut room.api, Kind::PodDisruptionBudget, budget);
    let none = DeleteOptions::default();
    let evict = |options: &DeleteOptions| {
        let options = options.clone();
        move |api: &mut ApiServer| api.evict(&person(5), "default", "bound", &options)
    };
    room.refuses("a budget that is new", 429, evict(&none));
    for (what, allowed, code, options) in [
        ("a budget used up", 0, 429, &none),
        ("a budget below nothing", -1, 403, &none),
        ("another uid, in spite of the budget", 1, 409, foreign),
    ] {
        let budget = room
            .api
            .get(Kind::PodDisruptionBudget, "default", budget.name());
        let mut value = budget.expect("made").value().clone();
        value.set(
            "status",
            value!({"observedGeneration": 1, "disruptionsAllowed": allowed,
            "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 1}),
        );
        room.api
            .update(
                &part(6),
                Kind::PodDisruptionBudget,
                Subresource::Status,
                value,
            )
            .expect("told");
        room.refuses(what, code, evict(options));
    }
    let second = value!({"metadata": {"name": "c"}, "spec": {"selector": {}}});
    make(&mut room.api, Kind::PodDisruptionBudget, second);
    room.refuses("two budgets", 500, evict(&none));
}

/// A full quota, a default class, a Service and a namespace that goes.
fn strict() -> ApiServer {
    let mut api = server();
    let quota = value!({"metadata": {"name": "q"}, "spec": {"hard": {"pods": "0"}}});
    let quota = make(&mut api, Kind::ResourceQuota, quota);
    let mut counted = quota.value().clone();
    counted.set(
        "status",
        value!({"hard": {"pods": "0"}, "used": {"pods": "0"}}),
    );
    api.update(&part(1), Kind::ResourceQuota, Subresource::Status, counted)
        .expect("counted");
    make(
        &mut api,
        Kind::PriorityClass,
        value!({"metadata": {"name": "usual"}, "value": 1, "globalDefault": true}),
    );
    make(&mut api, Kind::Service, manifest(Kind::Service));
    make(
        &mut api,
        Kind::Namespace,
        value!({"metadata": {"name": "going"}}),
    );
    api.delete(
        &person(1),
        Kind::Namespace,
        "",
        "going",
        &DeleteOptions::default(),
    )
    .expect("marked");
    api
}

/// What admission refuses.
#[test]
fn requests_that_admission_refuses_change_nothing() {
    let mut room = Room {
        api: strict(),
        refused: 0,
    };
    let service = |port: i64| {
        value!({"metadata": {"name": "y"}, "spec": {"type": "NodePort", "selector": {"a": "b"},
        "ports": [{"port": 80, "nodePort": port}]}})
    };
    let unknown = with(&pod("y"), &["spec", "priorityClassName"], "nosuch");
    let account = with(&pod("y"), &["spec", "serviceAccountName"], "nosuch");
    let rows = [
        ("a quota that is full", Kind::Pod, "default", 403, pod("y")),
        ("an unknown class", Kind::Pod, "kube-system", 403, unknown),
        ("an unknown account", Kind::Pod, "kube-system", 403, account),
        (
            "a namespace that goes",
            Kind::ConfigMap,
            "going",
            403,
            manifest(Kind::ConfigMap),
        ),
        (
            "a second default",
            Kind::PriorityClass,
            "",
            403,
            value!({"metadata": {"name": "y"}, "value": 2, "globalDefault": true}),
        ),
        (
            "a port that is taken",
            Kind::Service,
            "default",
            422,
            service(30_100),
        ),
        (
            "a port out of range",
            Kind::Service,
            "default",
            422,
            service(80),
        ),
    ];
    for (what, kind, namespace, code, value) in rows {
        room.refuses(what, code, |api| {
            api.create(&person(4), kind, namespace, value)
        });
    }
    for name in ["default", "kube-system", "kube-public"] {
        room.refuses(name, 403, |api| {
            api.delete(
                &person(5),
                Kind::Namespace,
                "",
                name,
                &DeleteOptions::default(),
            )
        });
    }
}
