//! What a resize of a pod may change.

use super::pod::whole;
use super::pvc::restore;
use super::{Errors, Path, meta};
use crate::k8s::{Value, qos};

const SPEC: Path<'static> = Path::root("spec");

/// Upstream: `pkg/apis/core/validation ValidatePodResize`.
pub fn resize(errors: &mut Errors, new: &Value, old: &Value) {
    let mirror = ["metadata", "annotations", "kubernetes.io/config.mirror"];
    if !old.at(&mirror).is_null() {
        errors.forbidden(&Path::root("[]"), "static pods cannot be resized");
        return;
    }
    meta::update(errors, new, old);
    whole(errors, new);
    let class = old.at(&["status", "qosClass"]).text();
    let (new, old) = (new.get("spec"), old.get("spec"));
    if qos::class(new) != class {
        let detail = "Pod QOS Class may not change as a result of resizing";
        errors.invalid(&SPEC, class, detail);
    }
    if !same_containers(errors, new, old) {
        return;
    }
    if new.get("resources").is_null() && !old.get("resources").is_null() {
        let detail = "pod-level resources cannot be removed";
        errors.forbidden(&SPEC.child("resources"), detail);
    } else {
        nothing_removed(errors, &SPEC.child("resources"), new, old);
    }
    let mut comparable = new.clone();
    undo(&mut comparable, old);
    for field in ["containers", "initContainers"] {
        let at = SPEC.child(field);
        let pairs = new.get(field).items().iter().zip(old.get(field).items());
        let mut list = Vec::new();
        for (i, (new, old)) in pairs.enumerate() {
            nothing_removed(errors, &at.index(i).child("resources"), new, old);
            let mut container = new.clone();
            undo(&mut container, old);
            list.push(container);
        }
        if !list.is_empty() {
            comparable.set(field, Value::from(list));
        }
    }
    if comparable != *old {
        errors.forbidden(&SPEC, "only cpu and memory resources are mutable");
    }
}

/// Containers stay as many as they are, and in their order. Without that nothing else is looked at.
fn same_containers(errors: &mut Errors, new: &Value, old: &Value) -> bool {
    let mut same = true;
    for field in ["containers", "initContainers"] {
        let (at, new, old) = (
            SPEC.child(field),
            new.get(field).items(),
            old.get(field).items(),
        );
        if new.len() != old.len() {
            let detail = format!("{field} may not be added or removed on resize");
            errors.forbidden(&at, &detail);
            same = false;
            continue;
        }
        for (i, (new, old)) in new.iter().zip(old).enumerate() {
            if new.get("name") != old.get("name") {
                let detail = format!("{field} may not be renamed or reordered on resize");
                errors.forbidden(&at.index(i).child("name"), &detail);
                same = false;
            }
        }
    }
    same
}

/// What was asked for or bounded stays so.
fn nothing_removed(errors: &mut Errors, at: &Path<'_>, new: &Value, old: &Value) {
    for (list, what) in [("requests", "requests"), ("limits", "limits")] {
        let (now, before) = (new.at(&["resources", list]), old.at(&["resources", list]));
        if before.fields().any(|(name, _)| now.field(name).is_none()) {
            let detail = format!("resource {what} cannot be removed");
            errors.forbidden(&at.child(list), &detail);
        }
    }
}

/// Takes back what may change.
fn undo(new: &mut Value, old: &Value) {
    for list in ["requests", "limits"] {
        for name in ["cpu", "memory"] {
            let path = ["resources", list, name];
            if new.at(&path) != old.at(&path) {
                restore(new, old, &path);
            }
        }
        let path = ["resources", list];
        if new.at(&path).is_empty() && old.at(&path).is_null() {
            new.remove_at(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn what_a_resize_may_change() {
        let pod = |requests: Value| {
            value!({"metadata": {"name": "p", "namespace": "d", "uid": "1", "resourceVersion": "1"},
                "status": {"qosClass": "Burstable"},
                "spec": {"terminationGracePeriodSeconds": 30, "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
                "containers": [{"name": "a", "image": "x", "imagePullPolicy": "Always", "terminationMessagePolicy": "File",
                    "resources": {"requests": requests}}]}})
        };
        for (after, want) in [
            (value!({"cpu": "2", "memory": "1Gi"}), &[][..]),
            (
                value!({"cpu": "2"}),
                &[
                    "spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed",
                ],
            ),
            (
                value!({"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi"}),
                &["spec: Forbidden: only cpu and memory resources are mutable"],
            ),
        ] {
            let mut errors = Errors::default();
            resize(
                &mut errors,
                &pod(after),
                &pod(value!({"cpu": "1", "memory": "1Gi"})),
            );
            assert_eq!(errors.lines(), want);
        }
    }
}
