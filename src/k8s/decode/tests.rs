//! Documents against the schema: what is unknown, wrong, missing or left out.

use super::*;
use crate::value;

fn with_spec(spec: Value) -> Value {
    value!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "x"}, "spec": spec})
}

fn with_container(container: Value) -> Value {
    with_spec(value!({"template": {"spec": {"containers": [container]}}}))
}

fn with_pod(spec: Value) -> Value {
    with_spec(value!({"template": {"spec": spec}}))
}

#[test]
fn names_the_place_of_a_wrong_type() {
    let container = "spec.template.spec.containers";
    let pod = "spec.template.spec";
    let cases = [
        (with_spec(value!({"minReadySeconds": "ten"})), "string into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32".to_owned()),
        (with_spec(value!({"minReadySeconds": (Value::Number("1.5".into()))})), "number 1.5 into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32".to_owned()),
        (with_spec(value!({"minReadySeconds": 3_000_000_000_i64})), "number 3000000000 into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32".to_owned()),
        (with_spec(value!({"updateStrategy": {"rollingUpdate": {"maxUnavailable": [1]}}})), "array into Go struct field RollingUpdateDaemonSet.spec.updateStrategy.rollingUpdate.maxUnavailable of type int32".to_owned()),
        (with_spec(value!({"selector": "a=b"})), "string into Go struct field DaemonSetSpec.spec.selector of type v1.LabelSelector".to_owned()),
        (with_spec(value!({"selector": {"matchLabels": {"app": 7}}})), "number into Go struct field LabelSelector.spec.selector.matchLabels of type string".to_owned()),
        (with_spec(value!([])), "array into Go struct field DaemonSet.spec of type v1.DaemonSetSpec".to_owned()),
        (with_container(value!("x")), format!("string into Go struct field PodSpec.{container} of type v1.Container")),
        (with_container(value!({"command": "x"})), format!("string into Go struct field Container.{container}.command of type []string")),
        (with_container(value!({"args": ["x", 1]})), format!("number into Go struct field Container.{container}.args of type string")),
        (with_container(value!({"ports": 1})), format!("number into Go struct field Container.{container}.ports of type []v1.ContainerPort")),
        (with_container(value!({"ports": [{"protocol": 6}]})), format!("number into Go struct field ContainerPort.{container}.ports.protocol of type v1.Protocol")),
        (with_container(value!({"resources": {"limits": "1"}})), format!("string into Go struct field ResourceRequirements.{container}.resources.limits of type v1.ResourceList")),
        (with_container(value!({"livenessProbe": {"httpGet": "/"}})), format!("string into Go struct field Probe.{container}.livenessProbe.ProbeHandler.httpGet of type v1.HTTPGetAction")),
        (with_pod(value!({"volumes": [{"name": "a", "hostPath": "/sys"}]})), format!("string into Go struct field Volume.{pod}.volumes.VolumeSource.hostPath of type v1.HostPathVolumeSource")),
        (with_pod(value!({"nodeSelector": {"gpu": true}})), format!("bool into Go struct field PodSpec.{pod}.nodeSelector of type string")),
        (with_pod(value!({"nodeSelector": "gpu"})), format!("string into Go struct field PodSpec.{pod}.nodeSelector of type map[string]string")),
        (with_pod(value!({"hostNetwork": "on"})), format!("string into Go struct field PodSpec.{pod}.hostNetwork of type bool")),
    ];
    for (tree, expected) in cases {
        let error = decode(Kind::DaemonSet, &tree).error.expect(&expected);
        assert_eq!(error, format!("json: cannot unmarshal {expected}"));
    }
    let error = decode(Kind::Pod, &value!([])).error;
    assert_eq!(
        error.as_deref(),
        Some("json: cannot unmarshal array into Go value of type v1.Pod")
    );
}

#[test]
fn a_bad_quantity_comes_before_an_earlier_type_error() {
    let tree = with_container(value!({"image": 5, "resources": {"limits": {"cpu": true}}}));
    let error = decode(Kind::DaemonSet, &tree).error.expect("is wrong");
    assert!(
        error.starts_with("quantities must match the regular expression"),
        "{error}"
    );
    let tree = with_container(value!({"image": 5, "name": 6}));
    let error = decode(Kind::DaemonSet, &tree).error.expect("is wrong");
    assert!(
        error.contains("containers.image"),
        "the first one counts: {error}"
    );
}

#[test]
fn unknown_fields_are_listed_in_order_and_dropped() {
    let tree = value!({"metadata": {"name": "x", "lables": {}}, "name": "x", "spec": {
        "replicas": 1, "containers": [{"name": "a", "cmd": []}, {"env": [{"vlaue": "1"}]}]}});
    let read = decode(Kind::Pod, &tree);
    let expected = [
        "metadata.lables",
        "name",
        "spec.containers[0].cmd",
        "spec.containers[1].env[0].vlaue",
        "spec.replicas",
    ];
    assert_eq!(read.unknown, expected);
    assert!(read.value.get("name").is_null() && read.value.at(&["spec", "replicas"]).is_null());
    assert_eq!(decode(Kind::Pod, &read.value).unknown, Vec::<String>::new());
    let wrong = read.strict_error().expect("unknown fields");
    assert!(wrong.starts_with(
        "strict decoding error: unknown field \"metadata.lables\", unknown field \"name\""
    ));
}

#[test]
fn stores_what_the_structs_would_write() {
    let tree = with_spec(value!({
        "minReadySeconds": 0, "revisionHistoryLimit": 0, "selector": null, "template": {"metadata": null, "spec": {
            "containers": [{"name": "a", "image": "", "env": [], "ports": [{}], "resources": {"limits": {"cpu": "0.5", "memory": "1024Mi", "pods": 3}}, "securityContext": {"privileged": false}}],
            "hostNetwork": false, "nodeSelector": {"a": null}, "securityContext": {}, "tolerations": null, "volumes": [{"name": "v", "emptyDir": {}}]}}}));
    let read = decode(Kind::DaemonSet, &tree);
    assert_eq!(read.error, None);
    let expected = value!({
        "revisionHistoryLimit": 0, "selector": null, "template": {"metadata": {}, "spec": {
            "containers": [{"name": "a", "ports": [{"containerPort": 0}], "resources": {"limits": {"cpu": "500m", "memory": "1Gi", "pods": "3"}}, "securityContext": {"privileged": false}}],
            "nodeSelector": {"a": ""}, "securityContext": {}, "volumes": [{"name": "v", "emptyDir": {}}]}}, "updateStrategy": {}});
    assert_eq!(read.value.get("spec"), &expected);
    let status = value!({"currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0});
    assert_eq!(read.value.get("status"), &status);
    let again = decode(Kind::DaemonSet, &read.value);
    assert!(
        again.value.same(&read.value),
        "nothing changes, so nothing is copied"
    );
}

#[test]
fn shares_what_does_not_change() {
    let first = decode(
        Kind::Pod,
        &value!({"metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}),
    )
    .value;
    let mut second = first.clone();
    second.set_at(&["metadata", "generateName"], "");
    let read = decode(Kind::Pod, &second).value;
    assert!(
        read.get("spec").same(first.get("spec"))
            && !read.get("metadata").same(second.get("metadata"))
    );
    assert_eq!(read, first);
}

#[test]
fn a_patched_tree_is_refused_without_a_place() {
    let cases = [
        (
            with_spec(value!("none")),
            "cannot restore struct from: string",
        ),
        (
            with_spec(value!({"template": [{}]})),
            "cannot restore struct from: slice",
        ),
        (
            with_spec(value!({"minReadySeconds": "ten"})),
            "unrecognized type: int32",
        ),
        (
            with_spec(value!({"minReadySeconds": (Value::Number("1.5".into()))})),
            "cannot convert float64 to int32",
        ),
        (
            with_container(value!({"image": 5})),
            "cannot convert int64 to string",
        ),
        (
            with_container(value!({"image": true})),
            "unrecognized type: string",
        ),
        (
            with_container(value!({"imagePullPolicy": 5})),
            "cannot convert int64 to v1.PullPolicy",
        ),
        (
            with_container(value!({"ports": 9100})),
            "cannot restore slice from int64",
        ),
        (
            with_pod(value!({"containers": {}})),
            "cannot restore slice from map",
        ),
        (
            with_pod(value!({"nodeSelector": "a"})),
            "cannot restore map from string",
        ),
        (
            with_spec(
                value!({"updateStrategy": {"rollingUpdate": {"maxUnavailable": (Value::Number("1.5".into()))}}}),
            ),
            "json: cannot unmarshal number 1.5 into Go value of type int32",
        ),
        (
            with_spec(value!({"updateStrategy": {"rollingUpdate": {"maxUnavailable": true}}})),
            "json: cannot unmarshal bool into Go value of type int32",
        ),
    ];
    for (tree, expected) in cases {
        assert_eq!(
            restore(Kind::DaemonSet, &tree).error.as_deref(),
            Some(expected)
        );
    }
}

#[test]
fn the_client_reads_metadata() {
    for (metadata, expected) in [
        (
            value!("x"),
            Some(
                "json: cannot unmarshal string into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta",
            ),
        ),
        (
            value!({"name": 1}),
            Some(
                "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string",
            ),
        ),
        (
            value!({"labels": ["a"]}),
            Some(
                "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
            ),
        ),
        (
            value!({"labels": {"a": true}}),
            Some(
                "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string",
            ),
        ),
        (value!({"lables": {}, "name": "x"}), None),
    ] {
        assert_eq!(
            metadata_error(&value!({"metadata": metadata})).as_deref(),
            expected
        );
    }
}

#[test]
fn base64_and_secrets() {
    for (text, expected) in [
        ("aGk=", None),
        ("aGkx", None),
        ("hi!", Some("illegal base64 data at input byte 2")),
        ("aGk", Some("illegal base64 data at input byte 0")),
    ] {
        let read = decode(Kind::Secret, &value!({"data": {"k": (text)}}));
        assert_eq!(read.error.as_deref(), expected, "{text}");
    }
}

/// Any tree, with field names that exist somewhere.
fn any_tree() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let name = prop::sample::select(vec![
        "metadata",
        "labels",
        "spec",
        "template",
        "containers",
        "env",
        "name",
        "image",
        "ports",
        "resources",
        "limits",
        "updateStrategy",
        "rollingUpdate",
        "maxUnavailable",
        "creationTimestamp",
        "data",
        "status",
        "volumes",
        "hostPath",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        Just(Value::Number("1.5".into())),
        "[0-9a-zA-Z:.=-]{0,8}".prop_map(Value::from),
        Just(Value::from("2026-02-31T00:00:00Z")),
    ];
    leaf.prop_recursive(8, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|fields| fields
                .into_iter()
                .map(|(k, v)| (k.into(), v))
                .collect::<Map>()
                .into()),
        ]
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn never_panics_and_reads_its_own_result(tree in any_tree()) {
        for kind in [Kind::DaemonSet, Kind::Pod, Kind::Secret, Kind::Event] {
            let read = decode(kind, &tree);
            restore(kind, &tree);
            metadata_error(&tree);
            if read.error.is_none() {
                let again = decode(kind, &read.value);
                proptest::prop_assert_eq!(&again.error, &None);
                proptest::prop_assert!(again.value == read.value, "{} became {}", read.value, again.value);
            }
        }
    }
}
