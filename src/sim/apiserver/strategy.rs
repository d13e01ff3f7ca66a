//! What the server itself decides about an object before it is validated: generations, statuses, and the
//! fields that no client may choose.
//!
//! Upstream: pkg/registry/*/strategy.go

use super::{ApiServer, job, service};
use crate::k8s::{Kind, Object, Str, Value, qos};
use crate::sim::Status;
use crate::value;

/// The annotation in which apps/v1 carries a DaemonSet's template generation.
pub const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// Kinds whose generation counts the changes of their spec.
const COUNTED: [Kind; 12] = [
    Kind::Pod,
    Kind::DaemonSet,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::StatefulSet,
    Kind::ReplicationController,
    Kind::Job,
    Kind::CronJob,
    Kind::PodDisruptionBudget,
    Kind::Ingress,
    Kind::NetworkPolicy,
    Kind::EndpointSlice,
];

/// Kinds that begin with generation 1 and keep it.
const FIRST: [Kind; 2] = [Kind::PriorityClass, Kind::PodTemplate];

/// Kinds with a status subresource.
pub(super) fn has_status(kind: Kind) -> bool {
    COUNTED[..10].contains(&kind)
        || matches!(
            kind,
            Kind::Node
                | Kind::Namespace
                | Kind::Service
                | Kind::PersistentVolume
                | Kind::PersistentVolumeClaim
                | Kind::ResourceQuota
                | Kind::HorizontalPodAutoscaler
        )
}

/// A new object that has its name and uid.
pub(super) fn prepare_create(
    api: &mut ApiServer,
    kind: Kind,
    value: &mut Value,
) -> Result<(), Status> {
    if COUNTED.contains(&kind) || FIRST.contains(&kind) {
        value.at_mut(&["metadata"]).set("generation", 1);
    }
    if let Some(status) = first_status(kind, value) {
        value.set("status", status);
    }
    drop_gated(kind, value);
    if kind == Kind::DaemonSet {
        let given = template_generation(value);
        set_template_generation(value, given.max(1));
    } else if kind == Kind::Namespace {
        prepare_namespace(value);
    } else if kind == Kind::Job {
        job::generate_selector(value);
    } else if kind == Kind::Service {
        service::allocate(api, value)?;
    } else if matches!(kind, Kind::PersistentVolumeClaim | Kind::PersistentVolume) {
        value.remove("status");
        value.set("status", value!({"phase": "Pending"}));
    }
    Ok(())
}

/// What only one object may have (cluster addresses, node ports), for an object that changes.
pub(super) fn reclaim(api: &mut ApiServer, old: &Object, value: &mut Value) -> Result<(), Status> {
    if old.kind() == Kind::Service && !value.get("spec").same(old.value().get("spec")) {
        service::reallocate(api, old, value)?;
    }
    Ok(())
}

/// Upstream: pkg/registry/core/pod/strategy.go `applySchedulingGatedCondition`
fn gated(now: &Value) -> Value {
    value!({
        "type": "PodScheduled", "status": "False", "reason": "SchedulingGated",
        "message": "Scheduling is blocked due to non-empty scheduling gates",
        "lastProbeTime": null, "lastTransitionTime": now,
    })
}

/// The status of a new object; None where the sent one is kept.
fn first_status(kind: Kind, value: &Value) -> Option<Value> {
    Some(match kind {
        Kind::Pod => {
            let class = qos::class(value.get("spec"));
            let mut status = value!({"phase": "Pending", "qosClass": class});
            if !value.at(&["spec", "schedulingGates"]).is_empty() {
                status.set(
                    "conditions",
                    value!([gated(value.at(&["metadata", "creationTimestamp"]))]),
                );
            }
            status
        }
        Kind::DaemonSet => value!({
            "currentNumberScheduled": 0, "desiredNumberScheduled": 0,
            "numberMisscheduled": 0, "numberReady": 0,
        }),
        Kind::StatefulSet => value!({"availableReplicas": 0, "replicas": 0}),
        Kind::ReplicaSet | Kind::ReplicationController => value!({"replicas": 0}),
        Kind::Deployment | Kind::Job | Kind::CronJob | Kind::ResourceQuota => Value::map(),
        Kind::Namespace => value!({"phase": "Active"}),
        Kind::Service | Kind::Ingress => value!({"loadBalancer": {}}),
        Kind::HorizontalPodAutoscaler => value!({"currentMetrics": null, "desiredReplicas": 0}),
        Kind::PodDisruptionBudget => value!({
            "currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0,
        }),
        Kind::Node
        | Kind::Event
        | Kind::ConfigMap
        | Kind::Secret
        | Kind::ServiceAccount
        | Kind::Endpoints
        | Kind::LimitRange
        | Kind::PersistentVolume
        | Kind::PersistentVolumeClaim
        | Kind::PodTemplate
        | Kind::ControllerRevision
        | Kind::PriorityClass
        | Kind::StorageClass
        | Kind::Lease
        | Kind::EndpointSlice
        | Kind::NetworkPolicy
        | Kind::Role
        | Kind::ClusterRole
        | Kind::RoleBinding
        | Kind::ClusterRoleBinding => return None,
    })
}

/// A namespace is labeled with its name.
pub(super) fn label_namespace(kind: Kind, value: &mut Value) {
    if kind == Kind::Namespace {
        let name = value.at(&["metadata", "name"]).to_str();
        value
            .at_mut(&["metadata", "labels"])
            .set("kubernetes.io/metadata.name", name);
    }
}

fn prepare_namespace(value: &mut Value) {
    label_namespace(Kind::Namespace, value);
    let finalizers = value.at_mut(&["spec", "finalizers"]);
    if !finalizers.items().iter().any(|f| f.text() == "kubernetes") {
        finalizers.push("kubernetes");
    }
}

/// A changed object: what a write to the main resource may not touch comes from the old version.
pub(super) fn prepare_update(old: &Object, value: &mut Value) {
    // Empty lists and maps of the metadata are not part of the stored form.
    for field in ["ownerReferences", "finalizers", "labels", "annotations"] {
        let metadata = value.get("metadata");
        if metadata.field(field).is_some_and(Value::is_empty) {
            value.at_mut(&["metadata"]).remove(field);
        }
    }
    keep_metadata(old, value);
    if has_status(old.kind()) {
        keep(old, value, "status");
    }
    if old.kind() == Kind::Namespace {
        value
            .at_mut(&["spec"])
            .set("finalizers", old.value().at(&["spec", "finalizers"]));
        if old.value().at(&["spec", "finalizers"]).is_null() {
            value.remove_at(&["spec", "finalizers"]);
        }
    }
    if old.kind() == Kind::Service {
        service::keep_addresses(old, value);
    }
    drop_gated(old.kind(), value);
}

/// Fields of features that are off by default.
///
/// Upstream: pkg/registry/apps/statefulset/strategy.go `dropStatefulSetDisabledFields`
fn drop_gated(kind: Kind, value: &mut Value) {
    let path = ["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"];
    if kind == Kind::StatefulSet && !value.at(&path).is_null() {
        value.remove_at(&path);
    }
}

/// A changed status: everything else comes from the old version.
pub(super) fn prepare_status(old: &Object, value: &mut Value) {
    let mut fresh = old.value().clone();
    if !value.get("metadata").same(old.value().get("metadata")) {
        keep_metadata(old, value);
        if old.kind() == Kind::Pod {
            let owners = old.value().at(&["metadata", "ownerReferences"]);
            if owners != value.at(&["metadata", "ownerReferences"]) {
                value.set_at(&["metadata", "ownerReferences"], owners);
            }
        }
        if old.kind() == Kind::DaemonSet {
            set_template_generation(value, template_generation(old.value()));
        }
        fresh.put("metadata", value.get("metadata").clone());
    }
    if value.get("status") != old.value().get("status") {
        fresh.set("status", value.get("status"));
        if value.get("status").is_null() {
            fresh.remove("status");
        }
    }
    *value = fresh;
}

/// Takes a field over from the old version.
fn keep(old: &Object, value: &mut Value, field: &'static str) {
    let before = old.value().get(field);
    if before.is_null() {
        value.remove(field);
    } else if !before.same(value.get(field)) {
        value.set(field, before);
    }
}

/// Upstream: apiserver/pkg/registry/rest/update.go `BeforeUpdate`
fn keep_metadata(old: &Object, value: &mut Value) {
    let before = old.value().get("metadata");
    if value.get("metadata").same(before) {
        return;
    }
    let metadata = value.at_mut(&["metadata"]);
    for field in [
        "creationTimestamp",
        "generation",
        "resourceVersion",
        "selfLink",
    ] {
        copy(before, metadata, field);
    }
    if !before.get("deletionTimestamp").is_null() {
        copy(before, metadata, "deletionTimestamp");
    }
    for field in ["deletionGracePeriodSeconds", "uid"] {
        if metadata.get(field).is_null() {
            copy(before, metadata, field);
        }
    }
    if metadata.get("managedFields").is_null() {
        copy(before, metadata, "managedFields");
    }
}

fn copy(from: &Value, to: &mut Value, field: &'static str) {
    if from.get(field) == to.get(field) {
        return;
    }
    if from.get(field).is_null() {
        to.remove(field);
    } else {
        to.set(field, from.get(field));
    }
}

/// Counts a change of what is wanted.
pub(super) fn prepare_generation(old: &Object, value: &mut Value) {
    let kind = old.kind();
    let (before, after) = (old.value(), &*value);
    let template_changed = kind == Kind::DaemonSet
        && after.at(&["spec", "template"]) != before.at(&["spec", "template"]);
    let changed = if kind == Kind::EndpointSlice {
        ["endpoints", "ports"]
            .iter()
            .any(|f| after.get(f) != before.get(f))
    } else {
        after.get("spec") != before.get("spec")
            || (kind == Kind::Deployment
                && after.at(&["metadata", "annotations"])
                    != before.at(&["metadata", "annotations"]))
    };
    if kind == Kind::DaemonSet {
        let generation = template_generation(before) + i64::from(template_changed);
        set_template_generation(value, generation);
    }
    if changed && COUNTED.contains(&kind) {
        let generation = old.meta().generation + 1;
        value.at_mut(&["metadata"]).set("generation", generation);
    }
}

fn template_generation(daemon_set: &Value) -> i64 {
    daemon_set
        .at(&["metadata", "annotations", TEMPLATE_GENERATION])
        .text()
        .parse()
        .unwrap_or(0)
}

/// The annotation is the server's: whatever a client makes of it, it comes back.
fn set_template_generation(daemon_set: &mut Value, generation: i64) {
    let text = generation.to_string();
    let path = ["metadata", "annotations", TEMPLATE_GENERATION];
    if daemon_set.at(&path).text() != text {
        daemon_set.set_at(&path, Str::from(text));
    }
}
