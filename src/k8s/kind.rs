//! The kinds that the store can hold, with their names in the API. The other resources of the server are
//! only names in the schema table.

use std::fmt;

/// A kind of object that the cluster stores.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Pod,
    Node,
    Namespace,
    Event,
    ConfigMap,
    Secret,
    Service,
    ServiceAccount,
    Endpoints,
    LimitRange,
    PersistentVolume,
    PersistentVolumeClaim,
    PodTemplate,
    ReplicationController,
    ResourceQuota,
    DaemonSet,
    ControllerRevision,
    Deployment,
    ReplicaSet,
    StatefulSet,
    Job,
    CronJob,
    PodDisruptionBudget,
    PriorityClass,
    StorageClass,
    Lease,
    EndpointSlice,
    Ingress,
    NetworkPolicy,
    HorizontalPodAutoscaler,
    Role,
    ClusterRole,
    RoleBinding,
    ClusterRoleBinding,
}

/// Names of a kind in the API.
pub struct KindInfo {
    pub kind: Kind,
    /// `DaemonSet`
    pub name: &'static str,
    /// API group, empty for the core group.
    pub group: &'static str,
    pub version: &'static str,
    /// `daemonsets`
    pub plural: &'static str,
    /// `daemonset`
    pub singular: &'static str,
    pub namespaced: bool,
}

const fn info(
    kind: Kind,
    name: &'static str,
    group: &'static str,
    plural: &'static str,
    singular: &'static str,
    namespaced: bool,
) -> KindInfo {
    KindInfo {
        kind,
        name,
        group,
        version: "v1",
        plural,
        singular,
        namespaced,
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";

/// All kinds, in the order of the enum.
#[rustfmt::skip]
pub static KINDS: [KindInfo; 34] = [
    info(Kind::Pod, "Pod", "", "pods", "pod", true),
    info(Kind::Node, "Node", "", "nodes", "node", false),
    info(Kind::Namespace, "Namespace", "", "namespaces", "namespace", false),
    info(Kind::Event, "Event", "", "events", "event", true),
    info(Kind::ConfigMap, "ConfigMap", "", "configmaps", "configmap", true),
    info(Kind::Secret, "Secret", "", "secrets", "secret", true),
    info(Kind::Service, "Service", "", "services", "service", true),
    info(Kind::ServiceAccount, "ServiceAccount", "", "serviceaccounts", "serviceaccount", true),
    info(Kind::Endpoints, "Endpoints", "", "endpoints", "endpoints", true),
    info(Kind::LimitRange, "LimitRange", "", "limitranges", "limitrange", true),
    info(Kind::PersistentVolume, "PersistentVolume", "", "persistentvolumes", "persistentvolume", false),
    info(Kind::PersistentVolumeClaim, "PersistentVolumeClaim", "", "persistentvolumeclaims", "persistentvolumeclaim", true),
    info(Kind::PodTemplate, "PodTemplate", "", "podtemplates", "podtemplate", true),
    info(Kind::ReplicationController, "ReplicationController", "", "replicationcontrollers", "replicationcontroller", true),
    info(Kind::ResourceQuota, "ResourceQuota", "", "resourcequotas", "resourcequota", true),
    info(Kind::DaemonSet, "DaemonSet", "apps", "daemonsets", "daemonset", true),
    info(Kind::ControllerRevision, "ControllerRevision", "apps", "controllerrevisions", "controllerrevision", true),
    info(Kind::Deployment, "Deployment", "apps", "deployments", "deployment", true),
    info(Kind::ReplicaSet, "ReplicaSet", "apps", "replicasets", "replicaset", true),
    info(Kind::StatefulSet, "StatefulSet", "apps", "statefulsets", "statefulset", true),
    info(Kind::Job, "Job", "batch", "jobs", "job", true),
    info(Kind::CronJob, "CronJob", "batch", "cronjobs", "cronjob", true),
    info(Kind::PodDisruptionBudget, "PodDisruptionBudget", "policy", "poddisruptionbudgets", "poddisruptionbudget", true),
    info(Kind::PriorityClass, "PriorityClass", "scheduling.k8s.io", "priorityclasses", "priorityclass", false),
    info(Kind::StorageClass, "StorageClass", "storage.k8s.io", "storageclasses", "storageclass", false),
    info(Kind::Lease, "Lease", "coordination.k8s.io", "leases", "lease", true),
    info(Kind::EndpointSlice, "EndpointSlice", "discovery.k8s.io", "endpointslices", "endpointslice", true),
    info(Kind::Ingress, "Ingress", "networking.k8s.io", "ingresses", "ingress", true),
    info(Kind::NetworkPolicy, "NetworkPolicy", "networking.k8s.io", "networkpolicies", "networkpolicy", true),
    KindInfo { version: "v2", ..info(Kind::HorizontalPodAutoscaler, "HorizontalPodAutoscaler", "autoscaling", "horizontalpodautoscalers", "horizontalpodautoscaler", true) },
    info(Kind::Role, "Role", RBAC, "roles", "role", true),
    info(Kind::ClusterRole, "ClusterRole", RBAC, "clusterroles", "clusterrole", false),
    info(Kind::RoleBinding, "RoleBinding", RBAC, "rolebindings", "rolebinding", true),
    info(Kind::ClusterRoleBinding, "ClusterRoleBinding", RBAC, "clusterrolebindings", "clusterrolebinding", false),
];

impl Kind {
    pub fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }

    /// `DaemonSet`
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// `daemonsets`
    pub fn plural(self) -> &'static str {
        self.info().plural
    }

    /// API group, empty for the core group.
    pub fn group(self) -> &'static str {
        self.info().group
    }

    pub fn namespaced(self) -> bool {
        self.info().namespaced
    }

    /// `v1` or `apps/v1`
    pub fn api_version(self) -> String {
        let KindInfo { group, version, .. } = self.info();
        if group.is_empty() {
            (*version).to_owned()
        } else {
            format!("{group}/{version}")
        }
    }

    /// `daemonsets.apps`, `pods`: how error messages name the resource.
    pub fn resource(self) -> String {
        let KindInfo { group, plural, .. } = self.info();
        if group.is_empty() {
            (*plural).to_owned()
        } else {
            format!("{plural}.{group}")
        }
    }

    /// `DaemonSet.apps`, `Pod`: how validation errors name the kind.
    pub fn qualified(self) -> String {
        let KindInfo { group, name, .. } = self.info();
        if group.is_empty() {
            (*name).to_owned()
        } else {
            format!("{name}.{group}")
        }
    }

    /// The kind of an exact `apiVersion` and `kind`.
    pub fn of(api_version: &str, name: &str) -> Option<Kind> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        KINDS
            .iter()
            .find(|k| k.name == name && k.group == group && k.version == version)
            .map(|k| k.kind)
    }

    /// It has a number of replicas to set: a scale subresource.
    pub fn scales(self) -> bool {
        matches!(
            self,
            Kind::Deployment | Kind::ReplicaSet | Kind::StatefulSet | Kind::ReplicationController
        )
    }

    /// Where the spec of the pod is that an object is or makes.
    pub fn pod_spec_path(self) -> Option<&'static [&'static str]> {
        match self {
            Kind::Pod => Some(&["spec"]),
            Kind::DaemonSet
            | Kind::Deployment
            | Kind::ReplicaSet
            | Kind::ReplicationController
            | Kind::StatefulSet
            | Kind::Job => Some(&["spec", "template", "spec"]),
            Kind::CronJob => Some(&["spec", "jobTemplate", "spec", "template", "spec"]),
            Kind::PodTemplate => Some(&["template", "spec"]),
            Kind::Node
            | Kind::Namespace
            | Kind::Event
            | Kind::ConfigMap
            | Kind::Secret
            | Kind::Service
            | Kind::ServiceAccount
            | Kind::Endpoints
            | Kind::LimitRange
            | Kind::PersistentVolume
            | Kind::PersistentVolumeClaim
            | Kind::ResourceQuota
            | Kind::ControllerRevision
            | Kind::PodDisruptionBudget
            | Kind::PriorityClass
            | Kind::StorageClass
            | Kind::Lease
            | Kind::EndpointSlice
            | Kind::Ingress
            | Kind::NetworkPolicy
            | Kind::HorizontalPodAutoscaler
            | Kind::Role
            | Kind::ClusterRole
            | Kind::RoleBinding
            | Kind::ClusterRoleBinding => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_the_order_of_the_enum() {
        for (i, info) in KINDS.iter().enumerate() {
            assert_eq!(info.kind as usize, i);
        }
    }
}
