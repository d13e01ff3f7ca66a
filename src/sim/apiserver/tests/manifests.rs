//! An object of every kind, with many of its fields.

use super::*;

/// A pod's spec in which nearly everything is said.
pub(super) fn pod_spec() -> Value {
    let probe =
        value!({"httpGet": {"path": "/ok", "port": "web", "scheme": "HTTP"}, "periodSeconds": 5});
    value!({
        "containers": [{
            "name": "main", "image": "nginx:1.27", "command": ["run"], "args": ["--fast"], "workingDir": "/w",
            "ports": [{"name": "web", "containerPort": 80, "protocol": "TCP"}],
            "env": [{"name": "A", "value": "b"},
                {"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
                {"name": "M", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}],
            "envFrom": [{"configMapRef": {"name": "conf"}, "prefix": "P_"}],
            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
            "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": true},
                {"name": "conf", "mountPath": "/conf", "subPath": "a"}],
            "livenessProbe": (probe.clone()), "readinessProbe": {"tcpSocket": {"port": 80}},
            "startupProbe": {"exec": {"command": ["true"]}, "failureThreshold": 9},
            "lifecycle": {"preStop": {"exec": {"command": ["sleep", "1"]}}},
            "securityContext": {"runAsUser": 5, "capabilities": {"add": ["NET_ADMIN"]}},
            "imagePullPolicy": "IfNotPresent", "terminationMessagePolicy": "File",
        }],
        "initContainers": [{"name": "first", "image": "busybox", "command": ["true"]},
            {"name": "side", "image": "busybox", "restartPolicy": "Always", "startupProbe": (probe)}],
        "volumes": [{"name": "data", "hostPath": {"path": "/var", "type": "Directory"}},
            {"name": "conf", "configMap": {"name": "conf", "items": [{"key": "a", "path": "a"}], "defaultMode": 420}},
            {"name": "scratch", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
            {"name": "all", "projected": {"sources": [{"secret": {"name": "s"}},
                {"downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}}]}}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                    {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]}]},
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 5, "preference":
                    {"matchExpressions": [{"key": "disk", "operator": "Gt", "values": ["5"]}]}}]},
            "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
                {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "x"}}}]}},
        "tolerations": [{"key": "gpu", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
            {"key": "a", "operator": "Equal", "value": "b", "effect": "NoSchedule"}],
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app": "x"}}}],
        "nodeSelector": {"disk": "ssd"}, "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
        "securityContext": {"fsGroup": 7, "sysctls": [{"name": "kernel.shm_rmid_forced", "value": "0"}]},
        "terminationGracePeriodSeconds": 5, "priorityClassName": "system-node-critical",
        "hostAliases": [{"ip": "10.1.1.1", "hostnames": ["a.b"]}],
        "dnsConfig": {"nameservers": ["10.0.0.1"], "options": [{"name": "ndots", "value": "2"}]},
        "readinessGates": [{"conditionType": "a/b"}], "serviceAccountName": "default",
    })
}

fn template(restart: &'static str) -> Value {
    let mut spec = pod_spec();
    spec.set("restartPolicy", restart);
    if restart != "Always" {
        let containers = spec.at_mut(&["containers"]).list_mut();
        containers[0].remove("livenessProbe");
    }
    value!({"metadata": {"labels": {"app": "x"}, "annotations": {"note": "n"}}, "spec": spec})
}

fn selector() -> Value {
    value!({"matchLabels": {"app": "x"}})
}

/// Of kinds that nobody acts on.
fn kept_spec(kind: Kind) -> Value {
    if kind == Kind::Ingress {
        return value!({"ingressClassName": "a", "rules": [{"host": "a.b", "http": {"paths": [
            {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "x", "port": {"number": 80}}}}]}}]});
    }
    if kind == Kind::NetworkPolicy {
        return value!({"podSelector": selector(), "policyTypes": ["Ingress"], "ingress": [
            {"from": [{"podSelector": {}}], "ports": [{"port": 80, "protocol": "TCP"}]}]});
    }
    value!({"minReplicas": 2, "maxReplicas": 4,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"},
        "metrics": [{"type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}]})
}

fn spec_of(kind: Kind) -> Value {
    match kind {
        Kind::Pod => pod_spec(),
        Kind::DaemonSet => value!({
            "selector": selector(), "template": template("Always"), "minReadySeconds": 5, "revisionHistoryLimit": 3,
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "20%", "maxSurge": 0}}}),
        Kind::Deployment => value!({
            "selector": selector(), "template": template("Always"), "replicas": 3, "progressDeadlineSeconds": 60,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": "25%"}}}),
        Kind::ReplicaSet => {
            value!({"selector": selector(), "template": template("Always"), "replicas": 2})
        }
        Kind::ReplicationController => {
            value!({"selector": {"app": "x"}, "template": template("Always"), "replicas": 2})
        }
        Kind::StatefulSet => value!({
            "selector": selector(), "template": template("Always"), "replicas": 2, "serviceName": "x",
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
            "volumeClaimTemplates": [{"metadata": {"name": "www"}, "spec": {"accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}}}}]}),
        Kind::Job => value!({
            "template": template("Never"), "completions": 4, "parallelism": 2, "backoffLimit": 3,
            "completionMode": "Indexed", "activeDeadlineSeconds": 60, "ttlSecondsAfterFinished": 5}),
        Kind::CronJob => value!({
            "schedule": "*/5 * * * *", "timeZone": "Etc/UTC", "concurrencyPolicy": "Forbid", "suspend": false,
            "startingDeadlineSeconds": 30, "jobTemplate": {"spec": {"template": template("Never")}}}),
        Kind::Node => value!({
            "podCIDR": "10.0.1.0/24", "podCIDRs": ["10.0.1.0/24"], "unschedulable": true,
            "taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]}),
        Kind::Service => value!({
            "selector": {"app": "x"}, "type": "NodePort", "sessionAffinity": "ClientIP",
            "ports": [{"name": "web", "port": 80, "targetPort": "web", "protocol": "TCP", "nodePort": 30100}]}),
        Kind::PersistentVolume => value!({
            "capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/pv"},
            "persistentVolumeReclaimPolicy": "Retain", "storageClassName": "slow"}),
        Kind::PersistentVolumeClaim => value!({
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": "slow", "volumeMode": "Filesystem"}),
        Kind::ResourceQuota => {
            value!({"hard": {"pods": "10", "requests.cpu": "4"}, "scopes": ["NotTerminating"]})
        }
        Kind::LimitRange => {
            value!({"limits": [{"type": "Container", "max": {"cpu": "2"}, "min": {"cpu": "10m"},
            "default": {"cpu": "1"}, "defaultRequest": {"cpu": "100m"}, "maxLimitRequestRatio": {"cpu": "10"}}]})
        }
        Kind::PodDisruptionBudget => value!({"selector": selector(), "maxUnavailable": "50%",
            "unhealthyPodEvictionPolicy": "AlwaysAllow"}),
        Kind::Lease => value!({"holderIdentity": "me", "leaseDurationSeconds": 40,
            "renewTime": "2026-01-01T00:00:00.000000Z", "leaseTransitions": 1}),
        Kind::Ingress | Kind::NetworkPolicy | Kind::HorizontalPodAutoscaler => kept_spec(kind),
        Kind::Namespace
        | Kind::Event
        | Kind::ConfigMap
        | Kind::Secret
        | Kind::ServiceAccount
        | Kind::Endpoints
        | Kind::PodTemplate
        | Kind::ControllerRevision
        | Kind::PriorityClass
        | Kind::StorageClass
        | Kind::EndpointSlice
        | Kind::Role
        | Kind::ClusterRole
        | Kind::RoleBinding
        | Kind::ClusterRoleBinding => Value::Null,
    }
}

/// An object `x` of the kind that is accepted.
pub(super) fn manifest(kind: Kind) -> Value {
    let mut object = value!({
        "apiVersion": kind.api_version(), "kind": kind.name(),
        "metadata": {"name": "x", "labels": {"app": "x", "a.b/c": "d"}, "annotations": {"why": "because"}},
    });
    let spec = spec_of(kind);
    if !spec.is_null() {
        object.set("spec", spec);
    }
    let more = match kind {
        Kind::ConfigMap => value!({"data": {"a": "b", "c.d": "e"}, "immutable": false}),
        Kind::Secret => value!({"data": {"a": "Yg=="}, "type": "Opaque"}),
        Kind::ServiceAccount => {
            value!({"automountServiceAccountToken": false, "imagePullSecrets": [{"name": "s"}]})
        }
        Kind::Endpoints => value!({"subsets": [{"addresses": [{"ip": "10.1.1.1", "nodeName": "a"}],
            "ports": [{"name": "web", "port": 80, "protocol": "TCP"}]}]}),
        Kind::EndpointSlice => {
            value!({"addressType": "IPv4", "ports": [{"name": "web", "port": 80, "protocol": "TCP"}],
            "endpoints": [{"addresses": ["10.1.1.1"], "conditions": {"ready": true}, "nodeName": "a"}]})
        }
        Kind::PodTemplate => value!({"template": template("Always")}),
        Kind::ControllerRevision => value!({"revision": 1, "data": {"spec": {"a": [1, "b"]}}}),
        Kind::PriorityClass => value!({"value": 1000, "globalDefault": false, "description": "d",
            "preemptionPolicy": "Never"}),
        Kind::StorageClass => value!({"provisioner": "a.b/c", "reclaimPolicy": "Delete",
            "volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": true, "parameters": {"p": "q"}}),
        Kind::Event => value!({"reason": "R", "message": "m", "type": "Normal", "count": 2,
            "involvedObject": {"kind": "Pod", "name": "x", "namespace": "default"}, "source": {"component": "c"},
            "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z"}),
        Kind::Node => value!({"status": {"capacity": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}}}),
        Kind::Role | Kind::ClusterRole => {
            value!({"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]})
        }
        Kind::RoleBinding | Kind::ClusterRoleBinding => {
            let group = "rbac.authorization.k8s.io";
            value!({"roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "x"},
                "subjects": [{"apiGroup": group, "kind": "User", "name": "ann"}]})
        }
        Kind::Pod
        | Kind::Ingress
        | Kind::NetworkPolicy
        | Kind::HorizontalPodAutoscaler
        | Kind::Namespace
        | Kind::Service
        | Kind::LimitRange
        | Kind::PersistentVolume
        | Kind::PersistentVolumeClaim
        | Kind::ReplicationController
        | Kind::ResourceQuota
        | Kind::DaemonSet
        | Kind::Deployment
        | Kind::ReplicaSet
        | Kind::StatefulSet
        | Kind::Job
        | Kind::CronJob
        | Kind::PodDisruptionBudget
        | Kind::Lease => Value::map(),
    };
    for (field, value) in more.fields() {
        object.set(field.clone(), value);
    }
    object
}

#[test]
fn each_is_accepted_as_it_is() {
    for info in &crate::k8s::kind::KINDS {
        let mut api = server();
        let namespace = if info.namespaced { "default" } else { "" };
        let written = api.create(&person(0), info.kind, namespace, manifest(info.kind));
        let written = written.unwrap_or_else(|refused| panic!("{}: {refused}", info.name));
        assert_eq!(written.warnings, [""; 0], "{}", info.name);
    }
}
