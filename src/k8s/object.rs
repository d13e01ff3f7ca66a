//! `Object`: a stored version of an API object: its tree, its metadata and a typed view, read once.

use super::api::{ControllerRevision, DaemonSet, Node, Pod};
use super::{Kind, Str, Timestamp, Value};
use std::fmt;
use std::sync::Arc;

/// Identity of an object in the store. Ordered by kind, namespace, name: the order of lists.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    pub kind: Kind,
    /// Empty for cluster-scoped kinds.
    pub namespace: Str,
    pub name: Str,
}

impl ObjectKey {
    pub fn new(kind: Kind, namespace: &str, name: &str) -> Self {
        Self {
            kind,
            namespace: Str::new(namespace),
            name: Str::new(name),
        }
    }
}

impl fmt::Debug for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.kind.info().singular)?;
        if !self.namespace.is_empty() {
            write!(f, "{}/", self.namespace)?;
        }
        f.write_str(&self.name)
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// One entry of `metadata.ownerReferences`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnerRef {
    pub api_version: Str,
    pub kind: Str,
    pub name: Str,
    pub uid: Str,
    pub controller: bool,
    pub block_owner_deletion: bool,
}

/// `metadata`, read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Meta {
    pub name: Str,
    pub namespace: Str,
    pub uid: Str,
    /// 0 when not set (an object that was not stored yet).
    pub resource_version: u64,
    pub generation: i64,
    pub creation: Option<Timestamp>,
    /// Lies in the future by the grace period, for pods.
    pub deletion: Option<Timestamp>,
    /// Seconds.
    pub deletion_grace: Option<i64>,
    pub owners: Arc<[OwnerRef]>,
    pub finalizers: Vec<Str>,
    /// The map of labels, or Null.
    pub labels: Value,
    /// The map of annotations, or Null.
    pub annotations: Value,
}

impl Meta {
    /// Reads `metadata`; fields of a wrong type count as absent.
    pub fn read(metadata: &Value) -> Self {
        Self::read_like(metadata, &[])
    }

    /// The same; owners whose tree is shared with another object are taken from it.
    fn read_like(metadata: &Value, others: &[&Object]) -> Self {
        let owner = |o: &Value| OwnerRef {
            api_version: o.get("apiVersion").to_str(),
            kind: o.get("kind").to_str(),
            name: o.get("name").to_str(),
            uid: o.get("uid").to_str(),
            controller: o.get("controller").as_bool() == Some(true),
            block_owner_deletion: o.get("blockOwnerDeletion").as_bool() == Some(true),
        };
        let owners = metadata.get("ownerReferences");
        let shared = |other: &&&Object| {
            let tree = other.value.at(&["metadata", "ownerReferences"]);
            tree.same(owners)
        };
        let known = others.iter().find(shared);
        let time = |field: &str| Timestamp::parse(metadata.get(field).text());
        Self {
            name: metadata.get("name").to_str(),
            namespace: metadata.get("namespace").to_str(),
            uid: metadata.get("uid").to_str(),
            resource_version: metadata.get("resourceVersion").text().parse().unwrap_or(0),
            generation: metadata.get("generation").as_i64().unwrap_or(0),
            creation: time("creationTimestamp"),
            deletion: time("deletionTimestamp"),
            deletion_grace: metadata.get("deletionGracePeriodSeconds").as_i64(),
            owners: known.map_or_else(
                || match owners.items() {
                    [] => Arc::default(),
                    owners => owners.iter().map(owner).collect(),
                },
                |other| other.meta.owners.clone(),
            ),
            finalizers: metadata
                .get("finalizers")
                .items()
                .iter()
                .map(Value::to_str)
                .collect(),
            labels: metadata.get("labels").clone(),
            annotations: metadata.get("annotations").clone(),
        }
    }

    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).as_str()
    }

    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.get(key).as_str()
    }

    /// The owner reference with `controller: true`.
    pub fn controller(&self) -> Option<&OwnerRef> {
        self.owners.iter().find(|o| o.controller)
    }

    pub fn terminating(&self) -> bool {
        self.deletion.is_some()
    }
}

/// The typed view of the kinds that parts read field by field. Others are read from the tree. Of pods there are many:
/// what is larger than theirs lies elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum View {
    Pod(Pod),
    Node(Arc<Node>),
    DaemonSet(Arc<DaemonSet>),
    ControllerRevision(Arc<ControllerRevision>),
    /// The name of the object that an event is about.
    Event(Str),
    Other,
}

/// One version of an object. Immutable: a write makes a new one.
#[derive(Clone, PartialEq, Eq)]
pub struct Object {
    kind: Kind,
    value: Value,
    meta: Meta,
    view: View,
}

impl Object {
    /// Reads a tree. Parts of the view whose subtree is shared with `previous` are taken from it.
    pub fn read(kind: Kind, value: Value, previous: Option<&Object>) -> Self {
        Self::read_like(kind, value, None, previous, None)
    }

    /// The same; its metadata may be known, and what it has in common with a twin is shared with it, too.
    pub fn read_like(
        kind: Kind,
        value: Value,
        meta: Option<Meta>,
        previous: Option<&Object>,
        twin: Option<&Object>,
    ) -> Self {
        let previous = previous.filter(|p| p.kind == kind);
        let others: Vec<&Object> = previous.into_iter().chain(twin).collect();
        let meta = meta.unwrap_or_else(|| Meta::read_like(value.get("metadata"), &others));
        let view = match kind {
            Kind::Pod => {
                let pods = others.iter().filter_map(|other| other.pod_and_tree());
                View::Pod(Pod::read(&value, &pods.collect::<Vec<_>>()))
            }
            Kind::Node => View::Node(Arc::new(Node::read(&value))),
            Kind::DaemonSet => View::DaemonSet(Arc::new(DaemonSet::read(
                &value,
                previous.and_then(Object::ds_and_tree),
            ))),
            Kind::ControllerRevision => {
                View::ControllerRevision(Arc::new(ControllerRevision::read(&value)))
            }
            Kind::Event => View::Event(value.at(&["involvedObject", "name"]).to_str()),
            Kind::Namespace
            | Kind::ConfigMap
            | Kind::Secret
            | Kind::Service
            | Kind::ServiceAccount
            | Kind::Endpoints
            | Kind::LimitRange
            | Kind::PersistentVolume
            | Kind::PersistentVolumeClaim
            | Kind::PodTemplate
            | Kind::ReplicationController
            | Kind::ResourceQuota
            | Kind::Deployment
            | Kind::ReplicaSet
            | Kind::StatefulSet
            | Kind::Job
            | Kind::CronJob
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
            | Kind::ClusterRoleBinding => View::Other,
        };
        Self {
            kind,
            value,
            meta,
            view,
        }
    }

    /// [`Object::read`], shared.
    pub fn shared(kind: Kind, value: Value) -> Arc<Self> {
        Arc::new(Self::read(kind, value, None))
    }

    fn pod_and_tree(&self) -> Option<(&Pod, &Value)> {
        self.pod().map(|pod| (pod, &self.value))
    }

    fn ds_and_tree(&self) -> Option<(&DaemonSet, &Value)> {
        self.daemon_set().map(|ds| (ds, &self.value))
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The whole tree, with apiVersion, kind, metadata, spec, status.
    pub fn value(&self) -> &Value {
        &self.value
    }

    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    pub fn key(&self) -> ObjectKey {
        ObjectKey {
            kind: self.kind,
            namespace: self.meta.namespace.clone(),
            name: self.meta.name.clone(),
        }
    }

    pub fn name(&self) -> &Str {
        &self.meta.name
    }

    pub fn namespace(&self) -> &Str {
        &self.meta.namespace
    }

    pub fn uid(&self) -> &Str {
        &self.meta.uid
    }

    /// The storage class of a claim or a volume; the old annotation goes before the field.
    pub fn storage_class(&self) -> &str {
        let old = self
            .meta
            .annotation("volume.beta.kubernetes.io/storage-class");
        old.unwrap_or_else(|| self.value.at(&["spec", "storageClassName"]).text())
    }

    pub fn pod(&self) -> Option<&Pod> {
        if let View::Pod(pod) = &self.view {
            Some(pod)
        } else {
            None
        }
    }

    pub fn node(&self) -> Option<&Node> {
        if let View::Node(node) = &self.view {
            Some(node)
        } else {
            None
        }
    }

    pub fn daemon_set(&self) -> Option<&DaemonSet> {
        if let View::DaemonSet(ds) = &self.view {
            Some(ds)
        } else {
            None
        }
    }

    /// The name of the object that this event is about: quick to read where many are looked through.
    pub fn about(&self) -> Option<&Str> {
        if let View::Event(name) = &self.view {
            Some(name)
        } else {
            None
        }
    }

    pub fn controller_revision(&self) -> Option<&ControllerRevision> {
        if let View::ControllerRevision(revision) = &self.view {
            Some(revision)
        } else {
            None
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.key(), self.value)
    }
}
