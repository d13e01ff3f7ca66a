//! What the server fills in, kind by kind.

use super::*;
use crate::k8s::decode::decode;
use crate::value;

fn stored(kind: Kind, tree: &Value) -> Value {
    let mut value = decode(kind, tree).value;
    apply(kind, &mut value);
    value
}

#[test]
fn the_least_daemon_set() {
    let tree = value!({"metadata": {"name": "least"}, "spec": {"selector": {"matchLabels": {"app": "least"}},
        "template": {"metadata": {"labels": {"app": "least"}}, "spec": {"containers": [{"image": "nginx", "name": "least"}]}}}});
    let expected = value!({
        "revisionHistoryLimit": 10, "selector": {"matchLabels": {"app": "least"}},
        "template": {"metadata": {"labels": {"app": "least"}}, "spec": {
            "containers": [{"image": "nginx", "imagePullPolicy": "Always", "name": "least", "resources": {},
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
            "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
            "securityContext": {}, "terminationGracePeriodSeconds": 30}},
        "updateStrategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}, "type": "RollingUpdate"}});
    let got = stored(Kind::DaemonSet, &tree);
    assert_eq!(got.get("spec"), &expected);
    let mut again = got.clone();
    apply(Kind::DaemonSet, &mut again);
    assert!(again.same(&got), "nothing is missing, so nothing is copied");
}

#[test]
fn on_delete_gets_no_numbers() {
    let got = stored(
        Kind::DaemonSet,
        &value!({"spec": {"updateStrategy": {"type": "OnDelete"}}}),
    );
    assert_eq!(
        got.at(&["spec", "updateStrategy"]),
        &value!({"type": "OnDelete"})
    );
}

#[test]
fn every_part_of_a_template() {
    let pod = value!({
        "containers": [{"name": "parts", "image": "nginx:1.27", "ports": [{"containerPort": 9100}],
            "env": [{"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
                {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}],
            "resources": {"limits": {"cpu": "1"}}, "livenessProbe": {"httpGet": {"port": 9100}},
            "startupProbe": {"grpc": {"port": 9100}}}],
        "hostNetwork": true, "serviceAccountName": "default",
        "volumes": [{"name": "a"}, {"name": "b", "configMap": {"name": "s", "optional": true}},
            {"name": "d", "hostPath": {"path": "/var/log"}},
            {"name": "f", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}},
                {"downwardAPI": {"items": [{"path": "n", "fieldRef": {"fieldPath": "metadata.name"}}]}}]}}]});
    let got = stored(
        Kind::DaemonSet,
        &value!({"spec": {"template": {"spec": (pod.clone())}}}),
    );
    let expected = value!({
        "containers": [{"name": "parts", "image": "nginx:1.27", "imagePullPolicy": "IfNotPresent",
            "ports": [{"containerPort": 9100, "protocol": "TCP"}],
            "env": [{"name": "NODE", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}},
                {"name": "CPU", "valueFrom": {"resourceFieldRef": {"divisor": "0", "resource": "limits.cpu"}}}],
            "resources": {"limits": {"cpu": "1"}},
            "livenessProbe": {"failureThreshold": 3, "httpGet": {"path": "/", "port": 9100, "scheme": "HTTP"},
                "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1},
            "startupProbe": {"failureThreshold": 3, "grpc": {"port": 9100, "service": ""},
                "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1},
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
        "dnsPolicy": "ClusterFirst", "hostNetwork": true, "restartPolicy": "Always",
        "schedulerName": "default-scheduler", "securityContext": {}, "serviceAccount": "default",
        "serviceAccountName": "default", "terminationGracePeriodSeconds": 30,
        "volumes": [{"emptyDir": {}, "name": "a"},
            {"configMap": {"defaultMode": 420, "name": "s", "optional": true}, "name": "b"},
            {"hostPath": {"path": "/var/log", "type": ""}, "name": "d"},
            {"name": "f", "projected": {"defaultMode": 420, "sources": [
                {"serviceAccountToken": {"expirationSeconds": 3600, "path": "t"}},
                {"downwardAPI": {"items": [{"path": "n", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}]}}]}}]});
    assert_eq!(got.at(&["spec", "template", "spec"]), &expected);

    // A pod of its own also gets requests, host ports and service links.
    let got = stored(Kind::Pod, &value!({"spec": (pod)}));
    let container = got.at(&["spec", "containers"]).index(0);
    assert_eq!(
        container.at(&["resources", "requests"]),
        &value!({"cpu": "1"})
    );
    assert_eq!(
        container.get("ports").index(0).get("hostPort"),
        &Value::Int(9100)
    );
    assert_eq!(got.at(&["spec", "enableServiceLinks"]), &Value::Bool(true));
    let mut again = got.clone();
    apply(Kind::Pod, &mut again);
    assert!(again.same(&got));
}

#[test]
fn other_kinds() {
    let empty = value!({"metadata": {"name": "x"}});
    let table = [
        (
            Kind::Deployment,
            "spec",
            value!({"progressDeadlineSeconds": 600, "replicas": 1, "revisionHistoryLimit": 10, "selector": null,
            "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}, "type": "RollingUpdate"},
            "template": {"metadata": {}, "spec": {"containers": null, "dnsPolicy": "ClusterFirst", "restartPolicy": "Always",
                "schedulerName": "default-scheduler", "securityContext": {}, "terminationGracePeriodSeconds": 30}}}),
        ),
        (Kind::CronJob, "status", value!({})),
        (
            Kind::Service,
            "spec",
            value!({"internalTrafficPolicy": "Cluster", "sessionAffinity": "None", "type": "ClusterIP"}),
        ),
        (Kind::Service, "status", value!({"loadBalancer": {}})),
        (
            Kind::Namespace,
            "metadata",
            value!({"labels": {"kubernetes.io/metadata.name": "x"}, "name": "x"}),
        ),
        (Kind::Namespace, "status", value!({"phase": "Active"})),
        (
            Kind::PriorityClass,
            "preemptionPolicy",
            value!("PreemptLowerPriority"),
        ),
        (Kind::StorageClass, "volumeBindingMode", value!("Immediate")),
        (
            Kind::PersistentVolumeClaim,
            "status",
            value!({"phase": "Pending"}),
        ),
        (Kind::Secret, "type", value!("Opaque")),
    ];
    for (kind, field, expected) in table {
        assert_eq!(stored(kind, &empty).get(field), &expected, "{kind} {field}");
    }
    let job = stored(
        Kind::Job,
        &value!({"spec": {"template": {"metadata": {"labels": {"a": "b"}}}}}),
    );
    assert_eq!(job.at(&["metadata", "labels"]), &value!({"a": "b"}));
    assert_eq!(
        job.at(&["spec", "podReplacementPolicy"]).text(),
        "TerminatingOrFailed"
    );
    let service = stored(
        Kind::Service,
        &value!({"spec": {"type": "NodePort", "ports": [{"port": 80}, {"port": 81, "targetPort": "http"}]}}),
    );
    let ports = value!([{"port": 80, "protocol": "TCP", "targetPort": 80}, {"port": 81, "protocol": "TCP", "targetPort": "http"}]);
    assert_eq!(service.at(&["spec", "ports"]), &ports);
    assert_eq!(
        service.at(&["spec", "externalTrafficPolicy"]).text(),
        "Cluster"
    );
    let secret = stored(
        Kind::Secret,
        &value!({"stringData": {"k": "hi", "l": "hi1"}}),
    );
    assert_eq!(secret.get("data"), &value!({"k": "aGk=", "l": "aGkx"}));
}

#[test]
fn small_amounts_are_rounded_up() {
    let pod = value!({"spec": {"containers": [{"resources": {"requests": {"cpu": "1n", "memory": "1Gi"}}}]}});
    let got = stored(Kind::Pod, &pod);
    let requests = got
        .at(&["spec", "containers"])
        .index(0)
        .at(&["resources", "requests"]);
    assert_eq!(requests, &value!({"cpu": "1m", "memory": "1Gi"}));
}
