//! The types of `k8s-openapi`, generated from the published API of the same version, read everything that the API
//! server stores and write it back unchanged: a field that Kubernetes does not have, or a value of another type,
//! would be lost or refused. The golden test asks this of every version of every object in every case.

use daemonset_playground::cluster::Cluster;
use daemonset_playground::k8s::{Kind, Object};
use k8s_openapi::api::{
    apps::v1 as apps, autoscaling::v2 as autoscaling, batch::v1 as batch,
    coordination::v1 as coordination, core::v1 as core, discovery::v1 as discovery,
    networking::v1 as networking, policy::v1 as policy, rbac::v1 as rbac,
    scheduling::v1 as scheduling, storage::v1 as storage,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

/// Reads the writes of a cluster as they come.
#[derive(Default)]
pub struct Reader {
    /// How many changes were read.
    pub read: u64,
}

impl Reader {
    /// Reads what was written since the last call; the first object that does not come back as it was.
    pub fn fault(&mut self, cluster: &Cluster) -> Option<String> {
        let store = cluster.api().store();
        let since = std::mem::replace(&mut self.read, store.committed());
        let mut written = store.changes_since(since).filter_map(|c| c.new.as_ref());
        written.find_map(|object| fault(object))
    }
}

fn fault(object: &Object) -> Option<String> {
    let text = object.value().to_string();
    let back = match object.kind() {
        Kind::Pod => back::<core::Pod>(&text),
        Kind::Node => back::<core::Node>(&text),
        Kind::Namespace => back::<core::Namespace>(&text),
        Kind::Event => back::<core::Event>(&text),
        Kind::ConfigMap => back::<core::ConfigMap>(&text),
        Kind::Secret => back::<core::Secret>(&text),
        Kind::Service => back::<core::Service>(&text),
        Kind::ServiceAccount => back::<core::ServiceAccount>(&text),
        Kind::Endpoints => back::<core::Endpoints>(&text),
        Kind::LimitRange => back::<core::LimitRange>(&text),
        Kind::PersistentVolume => back::<core::PersistentVolume>(&text),
        Kind::PersistentVolumeClaim => back::<core::PersistentVolumeClaim>(&text),
        Kind::PodTemplate => back::<core::PodTemplate>(&text),
        Kind::ReplicationController => back::<core::ReplicationController>(&text),
        Kind::ResourceQuota => back::<core::ResourceQuota>(&text),
        Kind::DaemonSet => back::<apps::DaemonSet>(&text),
        Kind::ControllerRevision => back::<apps::ControllerRevision>(&text),
        Kind::Deployment => back::<apps::Deployment>(&text),
        Kind::ReplicaSet => back::<apps::ReplicaSet>(&text),
        Kind::StatefulSet => back::<apps::StatefulSet>(&text),
        Kind::Job => back::<batch::Job>(&text),
        Kind::CronJob => back::<batch::CronJob>(&text),
        Kind::PodDisruptionBudget => back::<policy::PodDisruptionBudget>(&text),
        Kind::PriorityClass => back::<scheduling::PriorityClass>(&text),
        Kind::StorageClass => back::<storage::StorageClass>(&text),
        Kind::Lease => back::<coordination::Lease>(&text),
        Kind::EndpointSlice => back::<discovery::EndpointSlice>(&text),
        Kind::Ingress => back::<networking::Ingress>(&text),
        Kind::NetworkPolicy => back::<networking::NetworkPolicy>(&text),
        Kind::HorizontalPodAutoscaler => back::<autoscaling::HorizontalPodAutoscaler>(&text),
        Kind::Role => back::<rbac::Role>(&text),
        Kind::ClusterRole => back::<rbac::ClusterRole>(&text),
        Kind::RoleBinding => back::<rbac::RoleBinding>(&text),
        Kind::ClusterRoleBinding => back::<rbac::ClusterRoleBinding>(&text),
    };
    let problem = back.err()?;
    Some(format!("{}: {problem}\n{text}", object.key()))
}

/// Reads a text as `T` and writes it again.
fn back<T: DeserializeOwned + Serialize>(text: &str) -> Result<(), String> {
    let ours: Json = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let typed: T = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let theirs = serde_json::to_value(&typed).map_err(|e| e.to_string())?;
    match difference("", &ours, &theirs) {
        Some(difference) => Err(difference),
        None => Ok(()),
    }
}

/// The first path at which two trees differ. The types leave out what is null.
fn difference(path: &str, ours: &Json, theirs: &Json) -> Option<String> {
    match (ours, theirs) {
        (Json::Object(a), Json::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            let at = |map: &serde_json::Map<String, Json>, key: &String| {
                map.get(key).cloned().unwrap_or(Json::Null)
            };
            keys.into_iter()
                .find_map(|key| difference(&format!("{path}.{key}"), &at(a, key), &at(b, key)))
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(i, (a, b))| difference(&format!("{path}[{i}]"), a, b))
        }
        _ if ours == theirs => None,
        // A Go field that leaves out the empty text, which the type always writes.
        (Json::Null, Json::String(text)) if text.is_empty() => None,
        _ => Some(format!("{path} is {ours} and comes back as {theirs}")),
    }
}

#[test]
fn a_field_that_does_not_exist_and_a_wrong_type_are_noticed() {
    let good = r#"{"apiVersion":"v1","kind":"Node","metadata":{"name":"a"},"spec":{"unschedulable":true}}"#;
    assert_eq!(back::<core::Node>(good), Ok(()));
    let unknown = good.replace("unschedulable", "unschedulabel");
    assert_eq!(
        back::<core::Node>(&unknown),
        Err(".spec.unschedulabel is true and comes back as null".to_owned())
    );
    let wrong = good.replace("true", "\"true\"");
    assert!(back::<core::Node>(&wrong).is_err());
}
