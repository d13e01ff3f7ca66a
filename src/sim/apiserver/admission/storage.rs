//! Claims get the default class, and claims and volumes a finalizer that protects them while in use.
//!
//! Upstream: plugin/pkg/admission/storage/{storageclass/setdefault,storageobjectinuseprotection,persistentvolume/resize}/admission.go

use crate::k8s::quantity::Quantity;
use crate::k8s::{Kind, Object, Value};
use crate::sim::{ApiServer, Status};

const DEFAULT_CLASS: &str = "storageclass.kubernetes.io/is-default-class";

pub(super) fn prepare(api: &ApiServer, kind: Kind, value: &mut Value) {
    let claim = kind == Kind::PersistentVolumeClaim;
    if claim && value.at(&["spec", "storageClassName"]).is_null() {
        let class = api
            .list(Kind::StorageClass, None)
            .filter(|c| c.meta().annotation(DEFAULT_CLASS) == Some("true"))
            .max_by_key(|c| (c.meta().creation, std::cmp::Reverse(c.name().clone())));
        if let Some(class) = class {
            let name = class.name().clone();
            value.at_mut(&["spec"]).set("storageClassName", name);
        }
    }
    let finalizer = if claim {
        "kubernetes.io/pvc-protection"
    } else {
        "kubernetes.io/pv-protection"
    };
    let finalizers = value.at(&["metadata", "finalizers"]).items();
    if !finalizers.iter().any(|f| f.text() == finalizer) {
        value.at_mut(&["metadata", "finalizers"]).push(finalizer);
    }
}

/// A claim grows only when it is bound and its class allows it.
///
/// Upstream: plugin/pkg/admission/storage/persistentvolume/resize/admission.go `Validate`
pub(super) fn check_growth(api: &ApiServer, old: &Object, value: &Value) -> Result<(), Status> {
    if old.kind() != Kind::PersistentVolumeClaim {
        return Ok(());
    }
    let size =
        |claim: &Value| Quantity::of(claim.at(&["spec", "resources", "requests", "storage"]));
    if size(old.value()) >= size(value) {
        return Ok(());
    }
    let class = |claim: &Value| claim.at(&["spec", "storageClassName"]).to_str();
    let grows = || {
        let name = class(value);
        let class = (name == class(old.value())).then(|| api.get(Kind::StorageClass, "", &name));
        let grows = |class: &Object| class.value().get("allowVolumeExpansion").as_bool();
        class.and_then(Result::ok).and_then(|class| grows(class)) == Some(true)
    };
    let why = if old.value().at(&["status", "phase"]).text() != "Bound" {
        "Only bound persistent volume claims can be expanded"
    } else if grows() {
        return Ok(());
    } else {
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
    };
    Err(Status::forbidden(old.kind(), old.name(), why))
}
