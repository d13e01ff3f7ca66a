//! Claims get the default class, and claims and volumes a finalizer that protects them while in use.
//!
//! Upstream: plugin/pkg/admission/storage/{storageclass/setdefault,storageobjectinuseprotection}/admission.go

use crate::k8s::{Kind, Value};
use crate::sim::ApiServer;

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
