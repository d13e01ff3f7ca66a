//! Pod templates, and the annotations with a meaning that pods and templates share.

use super::pod_spec::{all_containers, pod_spec};
use super::syntax::descending_path;
use super::volume::Owner;
use super::{Errors, Path, meta};
use crate::k8s::Value;

const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const MIRROR: &str = "kubernetes.io/config.mirror";
const LOCALHOST: &str = "localhost/";

/// A template without a selector to match.
///
/// Upstream: `pkg/apis/core/validation ValidatePodTemplateSpec`.
pub fn template(errors: &mut Errors, at: &Path<'_>, template: &Value) {
    let (metadata, spec) = (template.get("metadata"), template.get("spec"));
    meta::labels(errors, &at.child("labels"), metadata.get("labels"));
    let annotations = metadata.get("annotations");
    meta::annotations(errors, &at.child("annotations"), annotations);
    pod_annotations(errors, &at.child("annotations"), annotations, spec);
    let owner = Owner {
        pod_name: "",
        is_pod: false,
    };
    pod_spec(errors, &at.child("spec"), spec, owner);
    profiles_match(errors, &at.child("spec"), annotations, spec);
    if !spec.get("ephemeralContainers").items().is_empty() {
        let detail = "ephemeral containers not allowed in pod template";
        errors.forbidden(&at.child("spec").child("ephemeralContainers"), detail);
    }
}

/// Upstream: `pkg/apis/core/validation ValidatePodSpecificAnnotations`.
pub fn pod_annotations(errors: &mut Errors, at: &Path<'_>, annotations: &Value, spec: &Value) {
    if annotations.is_empty() {
        return;
    }
    if let Some(value) = annotations.get(MIRROR).as_str()
        && spec.get("nodeName").text().is_empty()
    {
        let detail = "must set spec.nodeName if mirror pod annotation is set";
        errors.invalid(&at.key(MIRROR), value, detail);
    }
    if let Some(cost) = annotations.get(DELETION_COST).as_str() {
        let digits = cost.strip_prefix('-').unwrap_or(cost);
        let padded = digits.len() > 1 && digits.starts_with('0');
        if cost.starts_with('+') || padded || cost == "-0" || cost.parse::<i32>().is_err() {
            errors.invalid(&at.key(DELETION_COST), cost, "must be a 32bit integer");
        }
    }
    if let Some(profile) = annotations.get(SECCOMP_POD).as_str() {
        seccomp_profile(errors, &at.child(SECCOMP_POD), profile);
    }
    for (key, profile) in annotations.fields() {
        if key.starts_with(SECCOMP_CONTAINER) {
            seccomp_profile(errors, &at.child(key), profile.text());
        }
    }
    for (key, profile) in annotations.fields() {
        let Some(container) = key.strip_prefix(APP_ARMOR) else {
            continue;
        };
        let at = at.key(key);
        if !all_containers(spec).any(|(_, _, c)| c.get("name").text() == container) {
            errors.invalid(&at, container, "container not found");
        }
        let profile = profile.text();
        let known = ["", "runtime/default", "unconfined"].contains(&profile);
        if !known && !profile.starts_with(LOCALHOST) {
            let shown = super::errors::quoted(profile);
            errors.invalid(
                &at,
                profile,
                &format!("invalid AppArmor profile name: {shown}"),
            );
        }
    }
}

fn seccomp_profile(errors: &mut Errors, at: &Path<'_>, profile: &str) {
    if ["runtime/default", "docker/default", "unconfined"].contains(&profile) {
        return;
    }
    match profile.strip_prefix(LOCALHOST) {
        Some(path) => descending_path(errors, at, path),
        None => errors.invalid(at, profile, "must be a valid seccomp profile"),
    }
}

/// Profiles given both as annotation and as field must be the same.
///
/// Upstream: `pkg/apis/core/validation validateSeccompAnnotationsAndFields` and
/// `validateAppArmorAnnotationsAndFieldsMatchOnCreate`.
pub fn profiles_match(errors: &mut Errors, at: &Path<'_>, annotations: &Value, spec: &Value) {
    if annotations.is_empty() {
        return;
    }
    let context_at = at.child("securityContext");
    let pod_profile = spec.at(&["securityContext", "seccompProfile"]);
    if let Some(annotation) = annotations.get(SECCOMP_POD).as_str() {
        same(
            errors,
            &context_at.child("seccompProfile"),
            "seccomp",
            pod_profile,
            annotation,
        );
    }
    let windows = spec.at(&["os", "name"]).text() == "windows";
    let pod_armor = spec.at(&["securityContext", "appArmorProfile"]);
    for (word, prefix, field) in [
        ("seccomp", SECCOMP_CONTAINER, "seccompProfile"),
        ("apparmor", APP_ARMOR, "appArmorProfile"),
    ] {
        if word == "apparmor" && windows {
            continue;
        }
        for (list, i, container) in all_containers(spec) {
            let mut profile = container.at(&["securityContext", field]);
            if profile.is_null() && word == "apparmor" {
                profile = pod_armor;
            }
            let key = format!("{prefix}{}", container.get("name").text());
            if let Some(annotation) = annotations.get(&key).as_str() {
                let list = at.child(list);
                let item = list.index(i);
                let at = item.child("securityContext");
                same(errors, &at.child(field), word, profile, annotation);
            }
        }
    }
}

fn same(errors: &mut Errors, at: &Path<'_>, word: &str, profile: &Value, annotation: &str) {
    let type_good = match profile.get("type").text() {
        "Unconfined" => annotation == "unconfined",
        "RuntimeDefault" => {
            annotation == "runtime/default" || (word == "seccomp" && annotation == "docker/default")
        }
        "Localhost" => annotation.starts_with(LOCALHOST),
        _ => return,
    };
    if !type_good {
        let detail = format!("{word} type in annotation and field must match");
        errors.forbidden(&at.child("type"), &detail);
    } else if profile.get("type").text() == "Localhost"
        && annotation.strip_prefix(LOCALHOST) != profile.get("localhostProfile").as_str()
    {
        let detail = format!("{word} profile in annotation and field must match");
        errors.forbidden(&at.child("localhostProfile"), &detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn annotations_with_a_meaning() {
        let spec = value!({"containers": [{"name": "a"}]});
        let cases = [
            (DELETION_COST, "10", ""),
            (
                DELETION_COST,
                "ten",
                "a[controller.kubernetes.io/pod-deletion-cost]: Invalid value: \"ten\": must be a 32bit integer",
            ),
            (
                SECCOMP_POD,
                "x",
                "a.seccomp.security.alpha.kubernetes.io/pod: Invalid value: \"x\": must be a valid seccomp profile",
            ),
            (
                "container.apparmor.security.beta.kubernetes.io/b",
                "unconfined",
                "a[container.apparmor.security.beta.kubernetes.io/b]: Invalid value: \"b\": container not found",
            ),
            (
                MIRROR,
                "x",
                "a[kubernetes.io/config.mirror]: Invalid value: \"x\": must set spec.nodeName if mirror pod annotation is set",
            ),
        ];
        for (key, text, want) in cases {
            let mut errors = Errors::default();
            let mut annotations = Value::map();
            annotations.set(key, text);
            pod_annotations(&mut errors, &Path::root("a"), &annotations, &spec);
            assert_eq!(errors.lines().join("\n"), want);
        }
    }
}
