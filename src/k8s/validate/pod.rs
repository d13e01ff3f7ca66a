//! Pods: everything in them when new, and the little that may change later.

use super::container::image_blanks;
use super::pod_spec::pod_spec;
use super::pvc::restore;
use super::syntax::subdomain;
use super::template::{pod_annotations, profiles_match};
use super::toleration::tolerations;
use super::volume::Owner;
use super::{Errors, Path, Shown, internal, meta};
use crate::k8s::Value;

const SPEC: Path<'static> = Path::root("spec");
const ANNOTATIONS: Path<'static> = METADATA.child("annotations");
const METADATA: &Path<'static> = &Path::root("metadata");

const CHANGE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// Upstream: `pkg/apis/core/validation ValidatePodCreate`.
pub fn create(errors: &mut Errors, pod: &Value) {
    whole(errors, pod);
    let spec = pod.get("spec");
    if !spec.get("ephemeralContainers").items().is_empty() {
        errors.forbidden(
            &SPEC.child("ephemeralContainers"),
            "cannot be set on create",
        );
    }
    let gated = !spec.get("schedulingGates").items().is_empty();
    if gated && !spec.get("nodeName").text().is_empty() {
        let detail = "cannot be set until all schedulingGates have been cleared";
        errors.forbidden(&SPEC.child("nodeName"), detail);
    }
    profiles_match(errors, &SPEC, pod.at(&["metadata", "annotations"]), spec);
}

/// Upstream: `pkg/apis/core/validation validatePodMetadataAndSpec`.
pub(super) fn whole(errors: &mut Errors, pod: &Value) {
    meta::create(errors, pod, true, subdomain);
    let spec = pod.get("spec");
    let annotations = pod.at(&["metadata", "annotations"]);
    pod_annotations(errors, &ANNOTATIONS, annotations, spec);
    let owner = Owner {
        pod_name: pod.at(&["metadata", "name"]).text(),
        is_pod: true,
    };
    pod_spec(errors, &SPEC, spec, owner);
    if spec.get("serviceAccountName").text().is_empty() {
        tokens_need_an_account(errors, spec);
    }
    for field in ["containers", "initContainers"] {
        let list = SPEC.child(field);
        for (i, container) in spec.get(field).items().iter().enumerate() {
            image_blanks(errors, &list.index(i), container);
        }
    }
}

fn tokens_need_an_account(errors: &mut Errors, spec: &Value) {
    let volumes = SPEC.child("volumes");
    for (i, volume) in spec.get("volumes").items().iter().enumerate() {
        let sources = volume.at(&["projected", "sources"]).items();
        for (j, source) in sources.iter().enumerate() {
            if !source.get("serviceAccountToken").is_null() {
                let at = volumes.index(i);
                let at = at.child("projected");
                let at = at.child("sources");
                let detail = "must not be specified when serviceAccountName is not set";
                errors.forbidden(&at.index(j).child("serviceAccountToken"), detail);
            }
        }
    }
}

/// Upstream: `pkg/apis/core/validation ValidatePodUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    whole(errors, new);
    annotation_changes(errors, new, old);
    let (new, old) = (new.get("spec"), old.get("spec"));
    for field in ["containers", "initContainers"] {
        if new.get(field).items().len() != old.get(field).items().len() {
            let detail = "pod updates may not add or remove containers";
            errors.forbidden(&SPEC.child(field), detail);
            return;
        }
    }
    if !deadline(
        errors,
        new.get("activeDeadlineSeconds"),
        old.get("activeDeadlineSeconds"),
    ) {
        return;
    }
    added_tolerations(errors, new.get("tolerations"), old.get("tolerations"));
    removed_gates(
        errors,
        new.get("schedulingGates"),
        old.get("schedulingGates"),
    );
    if new.same(old) || new == old {
        return;
    }
    let comparable = with_allowed_changes_undone(errors, new, old);
    if comparable != *old {
        let changes = internal::difference("core.v1.PodSpec", old, &comparable);
        errors.forbidden(&SPEC, &format!("{CHANGE}\n{changes}"));
    }
}

fn annotation_changes(errors: &mut Errors, new: &Value, old: &Value) {
    const MIRROR: &str = "kubernetes.io/config.mirror";
    const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
    let path = ["metadata", "annotations"];
    let (new, old) = (new.at(&path), old.at(&path));
    let mut refuse = |key: &str, how: &str| {
        let at = ANNOTATIONS.key(key);
        if key.starts_with(APP_ARMOR) {
            errors.forbidden(&at, &format!("may not {how} AppArmor annotations"));
        }
        if key == MIRROR {
            errors.forbidden(&at, &format!("may not {how} mirror pod annotation"));
        }
    };
    for (key, value) in old.fields() {
        if new.field(key) != Some(value) {
            refuse(key, "remove or update");
        }
    }
    for (key, _) in new.fields() {
        if old.field(key).is_none() {
            refuse(key, "add");
        }
    }
}

/// A deadline may be set and lowered, not raised or removed. False ends the checks.
fn deadline(errors: &mut Errors, new: &Value, old: &Value) -> bool {
    let at = SPEC.child("activeDeadlineSeconds");
    match (new.as_i64(), old.as_i64()) {
        (Some(new), _) if !(0..=i64::from(i32::MAX)).contains(&new) => {
            errors.invalid(&at, new, "must be between 0 and 2147483647, inclusive");
            false
        }
        (Some(new), Some(old)) if old < new => {
            errors.invalid(&at, new, "must be less than or equal to previous value");
            false
        }
        (None, Some(_)) => {
            let detail = "must not update from a positive integer to nil value";
            errors.invalid(&at, Shown::Json("null"), detail);
            true
        }
        (_, _) => true,
    }
}

fn added_tolerations(errors: &mut Errors, new: &Value, old: &Value) {
    let without_seconds = |toleration: &Value| {
        let mut toleration = toleration.clone();
        toleration.remove("tolerationSeconds");
        toleration
    };
    let at = SPEC.child("tolerations");
    let kept = |old: &Value| {
        let old = without_seconds(old);
        new.items().iter().any(|t| without_seconds(t) == old)
    };
    if new.same(old) {
        return;
    }
    if old.items().iter().all(kept) {
        tolerations(errors, &at, new);
    } else {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        errors.forbidden(&at, detail);
    }
}

fn removed_gates(errors: &mut Errors, new: &Value, old: &Value) {
    let list = SPEC.child("schedulingGates");
    for (i, gate) in new.items().iter().enumerate() {
        let name = gate.get("name").text();
        if !old.items().iter().any(|g| g.get("name").text() == name) {
            let at = list.index(i);
            let detail =
                format!("only deletion is allowed, but found new scheduling gate '{name}'");
            errors.forbidden(&at.child("name"), &detail);
        }
    }
}

/// The new spec with everything put back that may change.
fn with_allowed_changes_undone(errors: &mut Errors, new: &Value, old: &Value) -> Value {
    let mut spec = new.clone();
    for field in ["containers", "initContainers"] {
        let images = old.get(field).items().iter().map(|c| c.get("image"));
        let containers = new.get(field).items().iter().zip(images);
        if containers.clone().any(|(c, image)| c.get("image") != image) {
            let undo = |(container, image): (&Value, &Value)| {
                let mut container = container.clone();
                container.set("image", image);
                container
            };
            spec.set(field, containers.map(undo).collect::<Value>());
        }
    }
    for field in ["activeDeadlineSeconds", "schedulingGates", "tolerations"] {
        restore(&mut spec, old, &[field]);
    }
    let grace = "terminationGracePeriodSeconds";
    if old.get(grace).as_i64().is_some_and(|s| s < 0) && spec.get(grace) == &Value::Int(1) {
        restore(&mut spec, old, &[grace]);
    }
    if !old.get("schedulingGates").items().is_empty() {
        gated_changes(errors, &mut spec, old);
    }
    spec
}

/// A pod that still waits behind gates may narrow the nodes that it runs on.
fn gated_changes(errors: &mut Errors, spec: &mut Value, old: &Value) {
    let (new_selector, old_selector) = (spec.get("nodeSelector"), old.get("nodeSelector"));
    let lost = |(key, value): (&crate::k8s::Str, &Value)| new_selector.field(key) != Some(value);
    if old_selector.fields().any(lost) {
        let detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
        errors.invalid(&SPEC.child("nodeSelector"), new_selector, detail);
    }
    let path = [
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    ];
    let (new_terms, old_terms) = (spec.at(&path).clone(), old.at(&path));
    let at = path
        .iter()
        .fold("spec".to_owned(), |at, field| format!("{at}.{field}"));
    let at = Path::root(&at);
    let (new_list, old_list) = (new_terms.items(), old_terms.items());
    if !old_list.is_empty() && old_list.len() != new_list.len() {
        let detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed";
        errors.invalid(&at, &new_terms, detail);
    } else {
        for (i, (new_term, old_term)) in new_list.iter().zip(old_list).enumerate() {
            if !only_adds(new_term, old_term) {
                let detail = "only additions are allowed (no mutations or deletions)";
                errors.invalid(&at.index(i), new_term, detail);
            }
        }
    }
    restore(spec, old, &["nodeSelector"]);
    let before = old.at(&["affinity", "nodeAffinity"]);
    if spec.at(&["affinity", "nodeAffinity"]) != before {
        restore(spec, old, &["affinity", "nodeAffinity"]);
        if old.get("affinity").is_null() && spec.get("affinity").is_empty() {
            spec.remove("affinity");
        }
    }
}

fn only_adds(new: &Value, old: &Value) -> bool {
    let fields = ["matchExpressions", "matchFields"];
    let empty = |term: &Value| fields.iter().all(|f| term.get(f).items().is_empty());
    if empty(old) && !empty(new) {
        return false;
    }
    fields
        .iter()
        .all(|f| new.get(f).items().starts_with(old.get(f).items()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn pod() -> Value {
        value!({"metadata": {"name": "p", "namespace": "d", "uid": "1", "resourceVersion": "1"},
            "spec": {"terminationGracePeriodSeconds": 30, "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
            "tolerations": [{"key": "a", "operator": "Exists"}],
            "containers": [{"name": "a", "image": "x", "imagePullPolicy": "Always", "terminationMessagePolicy": "File"}]}})
    }

    fn of_change(path: &[&'static str], value: Value) -> Vec<String> {
        let mut new = pod();
        new.set_at(path, value);
        let mut errors = Errors::default();
        update(&mut errors, &new, &pod());
        errors.lines()
    }

    #[test]
    fn what_may_change() {
        let mut errors = Errors::default();
        create(&mut errors, &pod());
        assert!(errors.lines().is_empty());
        let other_image = value!([{"name": "a", "image": "y", "imagePullPolicy": "Always", "terminationMessagePolicy": "File"}]);
        let two = value!([{"key": "a", "operator": "Exists"}, {"key": "b"}]);
        assert!(of_change(&["spec", "containers"], other_image).is_empty());
        assert!(of_change(&["spec", "tolerations"], two).is_empty());
        assert!(of_change(&["spec", "activeDeadlineSeconds"], value!(5)).is_empty());
        assert!(of_change(&["metadata", "labels"], value!({"a": "b"})).is_empty());
    }

    #[test]
    fn what_may_not_change() {
        let changed = of_change(&["spec", "nodeName"], value!("w"));
        let (head, hunk) = changed[0].split_once('\n').expect("a difference");
        assert_eq!(head, format!("spec: Forbidden: {CHANGE}"));
        assert!(
            hunk.contains("\n- \"NodeName\": \"\",\n+ \"NodeName\": \"w\",\n"),
            "{hunk}"
        );
        assert_eq!(
            of_change(&["spec", "tolerations"], value!([])),
            [
                "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"
            ]
        );
        let two = value!([
            {"name": "a", "image": "x", "imagePullPolicy": "Always", "terminationMessagePolicy": "File"},
            {"name": "b", "image": "x", "imagePullPolicy": "Always", "terminationMessagePolicy": "File"}]);
        assert_eq!(
            of_change(&["spec", "containers"], two),
            ["spec.containers: Forbidden: pod updates may not add or remove containers"]
        );
    }
}
