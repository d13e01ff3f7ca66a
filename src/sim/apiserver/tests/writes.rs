//! Creating, updating, patching; refusals change nothing.

use super::*;

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

/// A patch, who sends it, and whether it changes the object or how it is refused.
type PatchRow = (Patch, Caller, Result<bool, (u16, &'static str)>);

fn taken_patches() -> Vec<PatchRow> {
    vec![
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
    ]
}

fn refused_patches() -> Vec<PatchRow> {
    vec![
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
    ]
}

#[test]
fn patches_of_every_kind_and_their_refusals() {
    let mut api = server();
    make(&mut api, Kind::DaemonSet, daemon_set("x", "a"));
    let rows = taken_patches().into_iter().chain(refused_patches());
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
fn a_generated_name_that_is_taken_is_drawn_again() {
    let mut api = server();
    let map = || value!({"metadata": {"generateName": "a-"}});
    let mut taken = Vec::new();
    for attempt in 1..=9 {
        // The names that chance is about to give, one more each time.
        let mut ahead = api.clone();
        let next = ahead.create(&person(1), Kind::ConfigMap, "default", map());
        let Ok(next) = next else {
            assert_eq!(attempt, 9, "eight names are tried");
            assert!(next.expect_err("taken").is_already_exists());
            return;
        };
        let name = text(&next.object, &["metadata", "name"]).to_owned();
        assert!(!taken.contains(&name), "{name}");
        let chance = api.rng.clone();
        make(
            &mut api,
            Kind::ConfigMap,
            value!({"metadata": {"name": Value::str(&name)}}),
        );
        api.rng = chance;
        taken.push(name);
    }
    panic!("a ninth name was tried");
}
