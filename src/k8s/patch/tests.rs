//! Strategic merge, JSON merge, JSON patch and three-way apply.

use super::*;
use crate::k8s::decode::decode;
use crate::k8s::defaults;
use crate::value;

fn pod(spec: Value) -> Value {
    value!({"spec": {"template": {"spec": spec}}})
}

fn applied(original: &Value, patch: &Value) -> Value {
    strategic(Kind::DaemonSet, original, patch)
        .expect("applies")
        .value
}

fn inner(tree: &Value) -> &Value {
    tree.at(&["spec", "template", "spec"])
}

fn refused(original: &Value, patch: &Value) -> PatchError {
    strategic(Kind::DaemonSet, original, patch).expect_err("is refused")
}

#[test]
fn strategic_merges_by_key() {
    let start = pod(value!({
        "containers": [
            {"name": "a", "image": "i:1", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], "args": ["-v"]},
            {"name": "b", "image": "j:1"}],
        "nodeSelector": {"none": "such"}, "tolerations": [{"key": "k"}]}));
    let cases = [
        // Existing elements keep their place, new ones go in front.
        (
            value!({"containers": [{"name": "b", "image": "j:2"}]}),
            "containers",
            value!([inner(&start).get("containers").index(0).clone(), {"name": "b", "image": "j:2"}]),
        ),
        (
            value!({"containers": [{"name": "a", "env": [{"name": "T", "value": "3"}], "args": ["-x"]}, {"name": "b", "$patch": "delete"}]}),
            "containers",
            value!([{"name": "a", "image": "i:1", "env": [{"name": "T", "value": "3"}, {"name": "A", "value": "1"}, {"name": "B", "value": "2"}], "args": ["-x"]}]),
        ),
        (
            value!({"containers": [{"name": "a", "env": [{"$patch": "replace"}, {"name": "Z"}], "args": null, "image": null}, {"$patch": "delete", "name": "b"}]}),
            "containers",
            value!([{"name": "a", "env": [{"name": "Z"}]}]),
        ),
        (
            value!({"nodeSelector": {"disk": "ssd"}}),
            "nodeSelector",
            value!({"disk": "ssd", "none": "such"}),
        ),
        (
            value!({"nodeSelector": {"$patch": "replace", "zone": "a"}}),
            "nodeSelector",
            value!({"zone": "a"}),
        ),
        (value!({"nodeSelector": null}), "nodeSelector", Value::Null),
        (
            value!({"tolerations": [{"operator": "Exists"}]}),
            "tolerations",
            value!([{"operator": "Exists"}]),
        ),
        (
            value!({"containers": [{"name": "b"}, {"name": "a"}]}),
            "containers",
            value!([
                inner(&start).get("containers").index(1).clone(),
                inner(&start).get("containers").index(0).clone()
            ]),
        ),
        (
            value!({"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}),
            "containers",
            value!([
                inner(&start).get("containers").index(1).clone(),
                inner(&start).get("containers").index(0).clone()
            ]),
        ),
        (
            value!({"hostAliases": [{"ip": "1.1.1.1", "hostnames": null}]}),
            "hostAliases",
            value!([{"ip": "1.1.1.1"}]),
        ),
    ];
    for (patch, field, expected) in cases {
        let got = applied(&start, &pod(patch.clone()));
        assert_eq!(inner(&got).get(field), &expected, "{patch}");
    }
}

#[test]
fn retain_keys_and_lists_of_scalars() {
    let start = pod(value!({"volumes": [{"name": "v", "emptyDir": {}}]}));
    let patch = pod(
        value!({"volumes": [{"name": "v", "hostPath": {"path": "/x"}, "$retainKeys": ["name", "hostPath"]}]}),
    );
    assert_eq!(
        inner(&applied(&start, &patch)).get("volumes"),
        &value!([{"name": "v", "hostPath": {"path": "/x"}}])
    );
    let start = value!({"metadata": {"finalizers": ["a", "b"]}});
    for (patch, expected) in [
        (value!({"finalizers": ["c"]}), value!(["c", "a", "b"])),
        (
            value!({"$deleteFromPrimitiveList/finalizers": ["a"]}),
            value!(["b"]),
        ),
        (
            value!({"$deleteFromPrimitiveList/finalizers": ["a"], "$setElementOrder/finalizers": ["b", "c"], "finalizers": ["c"]}),
            value!(["b", "c"]),
        ),
    ] {
        let got = applied(&start, &value!({"metadata": (patch.clone())}));
        assert_eq!(got.at(&["metadata", "finalizers"]), &expected, "{patch}");
    }
}

#[test]
fn strategic_refusals() {
    let start = pod(value!({"containers": [{"name": "a", "image": "i"}]}));
    for (patch, message) in [
        (
            value!([{"image": "x"}]),
            "map: map[image:x] does not contain declared merge key: name",
        ),
        (
            value!(["x"]),
            "list element types are not identical: [[map[image:i name:a]] [x]]",
        ),
        (
            value!([{"$patch": "explode", "name": "a"}]),
            "unknown patch type: explode in map: map[$patch:explode name:a]",
        ),
    ] {
        let got = refused(&start, &pod(value!({"containers": patch})));
        assert_eq!(got, PatchError::Internal(message.to_owned()));
    }
    for (patch, found) in [
        (value!([]), "array"),
        (value!("word"), "string"),
        (value!(5), "number"),
    ] {
        let message = format!(
            "json: cannot unmarshal {found} into Go value of type map[string]interface {{}}"
        );
        assert_eq!(refused(&start, &patch), PatchError::BadRequest(message));
    }
}

#[test]
fn used_up_directives_leave_the_patch() {
    let start = pod(value!({"containers": [{"name": "a", "image": "i"}]}));
    let patch = pod(
        value!({"$setElementOrder/containers": [{"name": "a"}], "containers": [{"name": "a", "env": [{"name": "P", "value": 1}]}]}),
    );
    let patched = strategic(Kind::DaemonSet, &start, &patch).expect("merges");
    assert_eq!(
        go_text(&patched.remains),
        "map[spec:map[template:map[spec:map[]]]]"
    );
    assert_eq!(
        inner(&patched.value).get("containers").index(0).get("env"),
        &value!([{"name": "P", "value": 1}])
    );
    let scalars = value!({"spec": {"minReadySeconds": "ten"}});
    let patched = strategic(Kind::DaemonSet, &start, &scalars).expect("merges");
    assert_eq!(
        go_text(&patched.remains),
        "map[spec:map[minReadySeconds:ten]]"
    );
}

#[test]
fn merge_patches() {
    let start = value!({"a": {"b": 1, "c": [1]}, "d": "x"});
    for (patch, expected) in [
        (value!({"a": {"b": null}}), r#"{"a":{"c":[1]},"d":"x"}"#),
        (
            value!({"a": {"c": [{"k": null, "l": 1}]}}),
            r#"{"a":{"b":1,"c":[{"l":1}]},"d":"x"}"#,
        ),
        (
            value!({"e": {"f": null}}),
            r#"{"a":{"b":1,"c":[1]},"d":"x","e":{}}"#,
        ),
        (value!({"d": {"y": 1}, "a": null}), r#"{"d":{"y":1}}"#),
        (value!({}), r#"{"a":{"b":1,"c":[1]},"d":"x"}"#),
    ] {
        assert_eq!(
            merge(&start, &patch).expect("merges").to_string(),
            expected,
            "{patch}"
        );
    }
    let wrong = merge(&start, &value!([])).expect_err("no map");
    assert_eq!(
        wrong.message(),
        "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"
    );
}

#[test]
fn json_patches() {
    let start = value!({"l": {"a/b": "c"}, "s": [1, 2], "n": 4});
    for (patch, expected) in [
        (
            value!([{"op": "replace", "path": "/s/0", "value": 9}, {"op": "test", "path": "/n", "value": 4}]),
            r#"{"l":{"a/b":"c"},"n":4,"s":[9,2]}"#,
        ),
        (
            value!([{"op": "add", "path": "/s/-", "value": 3}, {"op": "add", "path": "/s/0", "value": 0}]),
            r#"{"l":{"a/b":"c"},"n":4,"s":[0,1,2,3]}"#,
        ),
        (
            value!([{"op": "move", "from": "/l/a~1b", "path": "/l/x"}, {"op": "copy", "from": "/l/x", "path": "/l/y"}, {"op": "remove", "path": "/s/1"}]),
            r#"{"l":{"x":"c","y":"c"},"n":4,"s":[1]}"#,
        ),
        (
            value!([{"op": "add", "path": "l/z", "value": 1}, {"op": "add", "path": "/n"}, {"op": "replace", "path": "/new", "value": 1}]),
            r#"{"l":{"a/b":"c"},"n":null,"new":1,"s":[1,2],"z":1}"#,
        ),
        (value!([]), r#"{"l":{"a/b":"c"},"n":4,"s":[1,2]}"#),
    ] {
        assert_eq!(
            json_patch(&start, &patch).expect("applies").to_string(),
            expected,
            "{patch}"
        );
    }
    for patch in [
        value!([{"op": "replace", "path": "/no/where", "value": 1}]),
        value!([{"op": "remove", "path": "/l/none"}]),
        value!([{"op": "replace", "path": "/s/7", "value": 1}]),
        value!([{"op": "add", "path": "/s/3", "value": 1}]),
        value!([{"op": "test", "path": "/n", "value": 5}]),
        value!([{"op": "exchange", "path": "/n", "value": 5}]),
        value!([{"path": "/n"}]),
        value!([{"op": "add", "path": "/none/0", "value": 1}]),
    ] {
        let got = json_patch(&start, &patch);
        assert!(matches!(got, Err(PatchError::Unprocessable(_))), "{patch}");
    }
    let got = json_patch(&start, &value!({})).expect_err("no list");
    assert_eq!(got, PatchError::BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp".into()));
}

#[test]
fn apply_sends_what_changed_and_what_went() {
    let live = |image: &str| {
        let tree = value!({"metadata": {"name": "x", "labels": {"a": "1", "own": "2"}}, "spec": {"template": {"spec": {
            "containers": [{"name": "c", "image": (image.to_owned())}, {"name": "side", "image": "s"}]}}}});
        let mut value = decode(Kind::DaemonSet, &tree).value;
        defaults::apply(Kind::DaemonSet, &mut value);
        value
    };
    let manifest = |image: &'static str| value!({"metadata": {"name": "x", "labels": {"a": "1"}}, "spec": {"template": {"spec": {"containers": [{"name": "c", "image": image}]}}}});
    let same = three_way(
        Kind::DaemonSet,
        &manifest("i:1"),
        &manifest("i:1"),
        &live("i:1"),
    );
    // A live-only entry makes every apply send the order.
    assert_eq!(
        same.expect("diffs").to_string(),
        r#"{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"c"}]}}}}"#
    );
    let last = value!({"metadata": {"name": "x", "labels": {"a": "1", "old": "2"}, "finalizers": ["f", "g"]}, "spec": {"minReadySeconds": 3, "template": {"spec": {
        "containers": [{"name": "c", "image": "i:1", "args": ["x"]}, {"name": "side", "image": "s"}], "volumes": [{"name": "v", "emptyDir": {}}]}}}});
    let mut new = manifest("i:2");
    new.set_at(
        &["spec", "template", "spec", "volumes"],
        value!([{"name": "v", "hostPath": {"path": "/"}}]),
    );
    new.set_at(&["metadata", "finalizers"], value!(["g"]));
    let mut current = live("i:1");
    current.set_at(
        &["spec", "template", "spec", "volumes"],
        value!([{"name": "v", "emptyDir": {}}]),
    );
    current.set_at(&["metadata", "finalizers"], value!(["f", "g"]));
    let patch = three_way(Kind::DaemonSet, &last, &new, &current).expect("diffs");
    assert_eq!(
        patch.to_string(),
        concat!(
            r#"{"metadata":{"$deleteFromPrimitiveList/finalizers":["f"],"$setElementOrder/finalizers":["g"],"labels":{"old":null}},"spec":{"minReadySeconds":null,"template":{"spec":{"$setElementOrder/containers":[{"name":"c"}],"$setElementOrder/volumes":[{"name":"v"}],"#,
            r#""containers":[{"args":null,"image":"i:2","name":"c"},{"$patch":"delete","name":"side"}],"volumes":[{"$retainKeys":["hostPath","name"],"emptyDir":null,"hostPath":{"path":"/"},"name":"v"}]}}}}"#
        )
    );
    let got = strategic(Kind::DaemonSet, &current, &patch)
        .expect("applies")
        .value;
    let spec = inner(&got);
    assert_eq!(
        spec.get("volumes"),
        &value!([{"name": "v", "hostPath": {"path": "/"}}])
    );
    assert_eq!(spec.get("containers").items().len(), 1);
    assert_eq!(spec.get("containers").index(0).get("image").text(), "i:2");
    assert_eq!(
        got.at(&["metadata", "labels"]),
        &value!({"a": "1", "own": "2"})
    );
    assert_eq!(got.at(&["metadata", "finalizers"]), &value!(["g"]));
}

/// A small DaemonSet out of a few numbers, so that two of them share parts.
fn any_daemon_set() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let labels =
        prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c"]), 0..3_i64, 0..3);
    let env = prop::collection::btree_map(
        prop::sample::select(vec!["A", "B", "C", "D"]),
        0..3_i64,
        0..4,
    );
    let container = (prop::option::of(0..2_i64), env, any::<bool>());
    let containers =
        prop::collection::btree_map(prop::sample::select(vec!["c", "d", "e"]), container, 0..3);
    let volumes =
        prop::collection::btree_map(prop::sample::select(vec!["v", "w"]), any::<bool>(), 0..3);
    let finalizers = prop::collection::btree_set(prop::sample::select(vec!["f", "g", "h"]), 0..3);
    (labels, containers, volumes, finalizers, any::<bool>()).prop_map(|(labels, containers, volumes, finalizers, back)| {
        let text = |i: i64| Value::from(i.to_string());
        let turned = |mut list: Vec<Value>| {
            if back {
                list.reverse();
            }
            Value::from(list)
        };
        let labels: Value = labels.into_iter().map(|(k, v)| (k.into(), text(v))).collect::<crate::k8s::Map>().into();
        let containers = containers.into_iter().map(|(name, (image, env, args))| {
            let mut c = value!({"name": name});
            if let Some(image) = image {
                c.set("image", text(image));
            }
            c.set("env", turned(env.into_iter().map(|(k, v)| value!({"name": k, "value": (text(v))})).collect()));
            if args {
                c.set("args", value!(["x", "y"]));
            }
            c
        });
        let volumes = volumes.into_iter().map(|(name, host)| {
            if host {
                value!({"name": name, "hostPath": {"path": "/"}})
            } else {
                value!({"name": name, "emptyDir": {}})
            }
        });
        value!({"metadata": {"labels": labels, "finalizers": (turned(finalizers.into_iter().map(Value::from).collect()))},
            "spec": {"template": {"spec": {"containers": (turned(containers.collect())), "volumes": (turned(volumes.collect()))}}}})
    })
}

/// What was left empty counts as absent.
fn trimmed(value: &Value) -> Value {
    decode(Kind::DaemonSet, value).value
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_patch_of_a_difference_gives_the_target(from in any_daemon_set(), to in any_daemon_set()) {
        let patch = two_way(Kind::DaemonSet, &from, &to).expect("diffs");
        let got = strategic(Kind::DaemonSet, &from, &patch).expect("applies").value;
        proptest::prop_assert!(trimmed(&got) == trimmed(&to), "{patch} on {from} gave {got}, not {to}");
    }

    #[test]
    fn apply_reaches_what_was_applied(last in any_daemon_set(), new in any_daemon_set()) {
        let patch = three_way(Kind::DaemonSet, &last, &new, &last).expect("diffs");
        let got = strategic(Kind::DaemonSet, &last, &patch).expect("applies").value;
        proptest::prop_assert!(trimmed(&got) == trimmed(&new), "{patch} on {last} gave {got}, not {new}");
        let again = three_way(Kind::DaemonSet, &new, &new, &got).expect("diffs");
        proptest::prop_assert!(again.is_empty(), "{again}");
    }

    #[test]
    fn others_fields_survive_an_apply(last in any_daemon_set(), new in any_daemon_set(), live in any_daemon_set()) {
        let mut current = strategic(Kind::DaemonSet, &live, &last).expect("applies").value;
        current.set_at(&["metadata", "labels", "someone"], "else");
        let patch = three_way(Kind::DaemonSet, &last, &new, &current).expect("diffs");
        let got = strategic(Kind::DaemonSet, &current, &patch).expect("applies").value;
        proptest::prop_assert_eq!(got.at(&["metadata", "labels", "someone"]).text(), "else");
        for (key, value) in new.at(&["metadata", "labels"]).fields() {
            proptest::prop_assert_eq!(got.at(&["metadata", "labels"]).get(key), value);
        }
    }
}
