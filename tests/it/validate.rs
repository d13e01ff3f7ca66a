//! Validation never panics, whatever an object looks like, and a pod of every day has nothing to complain about.

use daemonset_playground::k8s::kind::KINDS;
use daemonset_playground::k8s::{Kind, Str, Value, validate};
use daemonset_playground::value;
use proptest::prelude::*;

/// Field names that lead deep into the rules.
const FIELDS: [&str; 96] = [
    "metadata",
    "name",
    "namespace",
    "labels",
    "annotations",
    "finalizers",
    "ownerReferences",
    "generateName",
    "spec",
    "template",
    "selector",
    "matchLabels",
    "matchExpressions",
    "key",
    "operator",
    "values",
    "updateStrategy",
    "rollingUpdate",
    "maxUnavailable",
    "maxSurge",
    "type",
    "strategy",
    "replicas",
    "containers",
    "initContainers",
    "ephemeralContainers",
    "image",
    "ports",
    "containerPort",
    "hostPort",
    "protocol",
    "env",
    "envFrom",
    "valueFrom",
    "fieldRef",
    "fieldPath",
    "apiVersion",
    "resourceFieldRef",
    "resource",
    "divisor",
    "configMapKeyRef",
    "resources",
    "limits",
    "requests",
    "claims",
    "volumeMounts",
    "mountPath",
    "subPath",
    "volumeDevices",
    "devicePath",
    "livenessProbe",
    "httpGet",
    "exec",
    "command",
    "port",
    "lifecycle",
    "preStop",
    "sleep",
    "seconds",
    "securityContext",
    "seccompProfile",
    "appArmorProfile",
    "sysctls",
    "volumes",
    "hostPath",
    "path",
    "projected",
    "sources",
    "items",
    "secret",
    "configMap",
    "emptyDir",
    "sizeLimit",
    "csi",
    "iscsi",
    "ephemeral",
    "volumeClaimTemplate",
    "affinity",
    "nodeAffinity",
    "podAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
    "nodeSelectorTerms",
    "tolerations",
    "effect",
    "tolerationSeconds",
    "topologySpreadConstraints",
    "hostAliases",
    "dnsConfig",
    "nameservers",
    "taints",
    "schedule",
    "timeZone",
    "jobTemplate",
    "clusterIPs",
    "podCIDR",
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("Always".to_owned()),
        Just("In".to_owned()),
        Just("Localhost".to_owned()),
        Just("RollingUpdate".to_owned()),
        Just("metadata.labels['a']".to_owned()),
        "[a-z0-9/.:%@*,' -]{0,12}",
        "\\PC{0,6}",
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3_i64..70_000).prop_map(Value::from),
        texts().prop_map(Value::from),
    ];
    leaf.prop_recursive(7, 120, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((0..FIELDS.len(), inner), 1..6).prop_map(|fields| {
                let mut map = Value::map();
                for (field, value) in fields {
                    map.set(Str::from(FIELDS[field]), value);
                }
                map
            }),
        ]
    })
}

fn objects() -> impl Strategy<Value = Value> {
    (values(), values(), values(), values()).prop_map(|(metadata, spec, pod, other)| {
        let mut object = value!({"metadata": metadata, "spec": spec, "data": other});
        if object.at(&["spec", "template"]).is_null() {
            object.set_at(&["spec", "template", "spec"], pod);
        }
        object
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_panics(new in objects(), old in objects()) {
        for info in &KINDS {
            for error in validate::create(info.kind, &new) {
                prop_assert!(!error.path.is_empty() && !error.body.is_empty());
            }
            validate::update(info.kind, &new, &old);
            validate::update_status(info.kind, &new, &old);
            validate::warnings(info.kind, &new, Some(&old));
        }
    }

    #[test]
    fn nothing_changes_for_the_same(object in objects()) {
        let immutable = |kind: Kind| {
            let errors = validate::update(kind, &object, &object);
            errors.iter().any(|e| e.body.ends_with("field is immutable"))
        };
        for info in &KINDS {
            prop_assert!(!immutable(info.kind));
        }
    }
}

#[test]
fn a_pod_of_every_day() {
    let toleration = |key: &'static str, effect: &'static str| value!({"key": key, "operator": "Exists", "effect": effect});
    let pod = value!({
        "metadata": {"name": "log-agent-x7k2p", "namespace": "default", "labels": {"app": "log-agent", "controller-revision-hash": "6d4b75cb6d"}},
        "spec": {
            "terminationGracePeriodSeconds": 30, "restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler",
            "serviceAccountName": "default", "securityContext": {},
            "containers": [{
                "name": "log-agent", "image": "fluent/fluentd:v1.17", "imagePullPolicy": "IfNotPresent",
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                "resources": {"requests": {"cpu": "100m", "memory": "200Mi"}, "limits": {"memory": "200Mi"}},
                "volumeMounts": [{"name": "logs", "mountPath": "/var/log"}, {"name": "token", "mountPath": "/var/run/secrets", "readOnly": true}]}],
            "volumes": [
                {"name": "logs", "hostPath": {"path": "/var/log", "type": ""}},
                {"name": "token", "projected": {"defaultMode": 420, "sources": [{"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}]}}],
            "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["worker01"]}]}]}}},
            "tolerations": [
                toleration("node.kubernetes.io/not-ready", "NoExecute"), toleration("node.kubernetes.io/unreachable", "NoExecute"),
                toleration("node.kubernetes.io/disk-pressure", "NoSchedule"), toleration("node.kubernetes.io/memory-pressure", "NoSchedule"),
                toleration("node.kubernetes.io/pid-pressure", "NoSchedule"), toleration("node.kubernetes.io/unschedulable", "NoSchedule")]}});
    assert_eq!(validate::create(Kind::Pod, &pod), []);
    assert!(validate::warnings(Kind::Pod, &pod, None).is_empty());
}
