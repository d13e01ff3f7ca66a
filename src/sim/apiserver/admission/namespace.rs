//! Namespaces that do not exist, are going away, or must stay.
//!
//! Upstream: apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go

use super::name_of;
use crate::k8s::{Kind, Value};
use crate::sim::{ApiServer, Status};

/// Namespaces that may not be deleted.
const IMMORTAL: [&str; 3] = ["default", "kube-public", "kube-system"];

/// New objects need a namespace that exists and stays.
pub(super) fn accepts(api: &ApiServer, kind: Kind, value: &Value) -> Result<(), Status> {
    if !kind.namespaced() {
        return Ok(());
    }
    let namespace = value.at(&["metadata", "namespace"]).text();
    let stored = api.get(Kind::Namespace, "", namespace)?;
    if !stored.meta().terminating() {
        return Ok(());
    }
    let why = format!(
        "unable to create new content in namespace {namespace} because it is being terminated"
    );
    let refusal = Status::forbidden(kind, name_of(value), &why);
    Err(refusal.with_cause(
        "NamespaceTerminating",
        "metadata.namespace",
        format!("namespace {namespace} is being terminated"),
    ))
}

/// Refuses the deletion of a namespace or a priority class that the cluster needs.
pub(in crate::sim::apiserver) fn check_delete(kind: Kind, name: &str) -> Result<(), Status> {
    if kind == Kind::Namespace && IMMORTAL.contains(&name) {
        return Err(Status::forbidden(
            kind,
            name,
            "this namespace may not be deleted",
        ));
    }
    if kind == Kind::PriorityClass && name.starts_with("system-") {
        let why = "this is a system priority class and cannot be deleted";
        return Err(Status::forbidden(kind, name, why));
    }
    Ok(())
}
