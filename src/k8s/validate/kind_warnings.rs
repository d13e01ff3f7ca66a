//! Which warnings each kind can give, on creation and on change.

use super::Path;
use super::errors::quoted;
use super::route::CLASS;
use super::syntax::label;
use super::warnings::{DEPRECATED_VOLUMES, of_address, of_pod};
use crate::k8s::quantity::Quantity;
use crate::k8s::{Kind, Value};

/// The lines of an accepted create (`old` is None) or update. A changed object is looked at only when its spec is
/// another one than before; pods are looked at only when they are new.
///
/// Upstream: the `WarningsOnCreate` and `WarningsOnUpdate` functions of `pkg/registry`.
pub fn of_kind(kind: Kind, new: &Value, old: Option<&Value>) -> Vec<String> {
    let path: &[&str] = if kind == Kind::DaemonSet {
        &["spec", "template"]
    } else {
        &["spec"]
    };
    let changed = old.is_none_or(|old| is_other(new.at(path), old.at(path)));
    let template = |path: &str, template: &Value| {
        if changed {
            of_pod(path, template)
        } else {
            Vec::new()
        }
    };
    let named = |text: &str| name_with_dots(new, old, text);
    let pods = new.at(&["spec", "template"]);
    match kind {
        Kind::Pod if old.is_none() => {
            let mut out = named("this is used in the Pod's hostname");
            out.extend(of_pod("", new));
            out
        }
        Kind::DaemonSet => template("spec.template", pods),
        Kind::Deployment | Kind::ReplicaSet | Kind::ReplicationController | Kind::Job => {
            let mut out = named("this is used in Pod names and hostnames");
            out.extend(template("spec.template", pods));
            out
        }
        Kind::CronJob => {
            let mut out = named("this is used in Pod names and hostnames");
            let pods = new.at(&["spec", "jobTemplate", "spec", "template"]);
            out.extend(template("spec.jobTemplate.spec.template", pods));
            out.extend(zone_in_schedule(new).filter(|_| old.is_some()));
            out
        }
        Kind::StatefulSet => {
            let mut out = template("spec.template", pods);
            out.extend(stateful_set(new, old.is_some()));
            out
        }
        Kind::PersistentVolumeClaim => claim(new),
        Kind::Service => service(new),
        Kind::PersistentVolume => volume(new),
        Kind::Node => node(new),
        Kind::Ingress if old.is_none() => ingress_class(new).into_iter().collect(),
        Kind::Pod
        | Kind::Ingress
        | Kind::Namespace
        | Kind::Event
        | Kind::ConfigMap
        | Kind::Secret
        | Kind::ServiceAccount
        | Kind::Endpoints
        | Kind::LimitRange
        | Kind::PodTemplate
        | Kind::ResourceQuota
        | Kind::ControllerRevision
        | Kind::PodDisruptionBudget
        | Kind::PriorityClass
        | Kind::StorageClass
        | Kind::Lease
        | Kind::EndpointSlice
        | Kind::NetworkPolicy
        | Kind::HorizontalPodAutoscaler
        | Kind::Role
        | Kind::ClusterRole
        | Kind::RoleBinding
        | Kind::ClusterRoleBinding => Vec::new(),
    }
}

fn is_other(new: &Value, old: &Value) -> bool {
    !new.same(old) && new != old
}

/// Upstream: `pkg/registry/networking/ingress/strategy.go WarningsOnCreate`.
fn ingress_class(new: &Value) -> Option<String> {
    let annotation = new.at(&["metadata", "annotations", CLASS]);
    let old = !annotation.is_null() && new.at(&["spec", "ingressClassName"]).is_null();
    old.then(|| {
        format!("annotation \"{CLASS}\" is deprecated, please use 'spec.ingressClassName' instead")
    })
}

/// A new object whose pods get a name that is no host name.
fn name_with_dots(new: &Value, old: Option<&Value>, text: &str) -> Vec<String> {
    let sentences = label(new.at(&["metadata", "name"]).text());
    if old.is_some() || sentences.is_empty() {
        return Vec::new();
    }
    let list = sentences.join(" ");
    vec![format!(
        "metadata.name: {text}, which can result in surprising behavior; a DNS label is recommended: [{list}]"
    )]
}

/// A schedule that names a time zone, which is left over from an earlier version.
fn zone_in_schedule(cron_job: &Value) -> Option<String> {
    let zone = cron_job.at(&["spec", "schedule"]).text().contains("TZ");
    zone.then(|| {
        "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details".to_owned()
    })
}

/// What a `StatefulSet` says beside its template.
fn stateful_set(set: &Value, is_update: bool) -> Vec<String> {
    let mut out = Vec::new();
    let claims = set.at(&["spec", "volumeClaimTemplates"]).items();
    for (i, claim) in claims.iter().enumerate() {
        let spec = if is_update { ".Spec" } else { "" };
        let at = format!("spec.volumeClaimTemplates[{i}]{spec}");
        out.extend(claim_size(&at, claim));
    }
    let limit = set.at(&["spec", "revisionHistoryLimit"]);
    if limit.as_i64().is_some_and(|limit| limit < 0) {
        out.push("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended".to_owned());
    }
    out
}

/// Storage is counted in whole bytes.
fn claim_size(at: &str, claim: &Value) -> Option<String> {
    let requests = claim.at(&["spec", "resources", "requests"]);
    let amount = Quantity::of(requests.field("storage")?);
    if !amount.seems_fractional() {
        return None;
    }
    let shown = quoted(&amount.to_string());
    Some(format!(
        "{at}.resources.requests[storage]: fractional byte value {shown} is invalid, must be an integer"
    ))
}

/// Annotations of the time before there were fields for them, and what is said of them.
const STORAGE_OLD: [(&str, &str); 2] = [
    (
        "volume.beta.kubernetes.io/storage-class",
        "deprecated since v1.8; use \"storageClassName\"",
    ),
    (
        "volume.beta.kubernetes.io/mount-options",
        "deprecated since v1.31; use \"mountOptions\"",
    ),
];

fn claim(claim: &Value) -> Vec<String> {
    let old = old_annotations(&STORAGE_OLD[..1], claim);
    old.chain(claim_size("spec", claim)).collect()
}

fn old_annotations<'a>(
    old: &'a [(&str, &str)],
    object: &'a Value,
) -> impl Iterator<Item = String> + 'a {
    let given = object.at(&["metadata", "annotations"]);
    let found = old.iter().filter(|(key, _)| given.field(key).is_some());
    found.map(|(key, text)| format!("metadata.annotations[{key}]: {text} attribute instead"))
}

/// Upstream: `pkg/api/persistentvolume/util.go warningsForPersistentVolumeSpecAndMeta`.
fn volume(volume: &Value) -> Vec<String> {
    let mut out: Vec<String> = old_annotations(&STORAGE_OLD, volume).collect();
    let spec = volume.get("spec");
    if spec.get("persistentVolumeReclaimPolicy").text() == "Recycle" {
        out.push("spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.".to_owned());
    }
    for (field, shown, message) in DEPRECATED_VOLUMES {
        if spec.field(field).is_some() {
            out.push(format!("spec.{shown}: {message}"));
        }
    }
    out
}

fn node(node: &Value) -> Vec<String> {
    let mut out = Vec::new();
    if !node.at(&["spec", "configSource"]).is_null() {
        out.push("spec.configSource: the feature is no longer supported".to_owned());
    }
    if !node.at(&["spec", "externalID"]).is_empty() {
        let line = "spec.externalID: this field is deprecated, and is unused by Kubernetes";
        out.push(line.to_owned());
    }
    out
}

/// Upstream: `pkg/api/service/warnings.go GetWarningsForService`.
fn service(service: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let spec = service.get("spec");
    let text = |field| spec.get(field).text();
    let hints = "service.kubernetes.io/topology-aware-hints";
    if service
        .at(&["metadata", "annotations"])
        .field(hints)
        .is_some()
    {
        out.push(format!("annotation {hints} is deprecated, please use service.kubernetes.io/topology-mode instead"));
    }
    let headless = text("type") == "ClusterIP" && text("clusterIP") == "None";
    let external = spec.get("externalIPs").items();
    if headless {
        let ignored = [
            ("spec.loadBalancerIP", !text("loadBalancerIP").is_empty()),
            ("spec.externalIPs", !external.is_empty()),
            ("spec.SessionAffinity", text("sessionAffinity") != "None"),
        ];
        for (name, _) in ignored.iter().filter(|(_, given)| *given) {
            out.push(format!("{name} is ignored for headless services"));
        }
    }
    let root = Path::root("spec");
    let list = root.child("externalIPs");
    for (i, address) in external.iter().enumerate() {
        out.extend(of_address(&list.index(i), address.text()));
    }
    let external_name = text("type") == "ExternalName";
    if !external.is_empty() && !headless && !external_name {
        out.push(
            "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
                .to_owned(),
        );
    }
    if !external.is_empty() && external_name {
        out.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"".to_owned());
    }
    if !external_name && !text("externalName").is_empty() {
        out.push("spec.externalName is ignored when spec.type is not \"ExternalName\"".to_owned());
    }
    if text("trafficDistribution") == "PreferClose" {
        out.push(
            "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\""
                .to_owned(),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn only_new_specs_are_looked_at() {
        let of = |grace: i64, label: &'static str| value!({"metadata": {"labels": {"a": label}}, "spec": {"template": {"spec": {"terminationGracePeriodSeconds": grace}}}});
        let count = |new: &Value, old: Option<&Value>| of_kind(Kind::DaemonSet, new, old).len();
        assert_eq!(count(&of(-1, "x"), None), 1);
        assert_eq!(count(&of(-1, "y"), Some(&of(-1, "x"))), 0);
        assert_eq!(count(&of(-1, "x"), Some(&of(5, "x"))), 1);
    }

    #[test]
    fn names_with_dots() {
        let lines = of_kind(Kind::Pod, &value!({"metadata": {"name": "a.b"}}), None);
        assert_eq!(
            lines,
            [
                "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"
            ]
        );
    }
}
