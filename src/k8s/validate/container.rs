//! Containers, init containers and ephemeral containers.

use super::errors::json;
use super::ports::{container_ports, host_port_conflicts};
use super::probe::{lifecycle, probes};
use super::resources::{Level, requirements};
use super::security::container_context;
use super::syntax::{descending_path, label};
use super::{Errors, Path, Shown, env};
use crate::k8s::Value;

const PULL_POLICIES: [&str; 3] = ["Always", "IfNotPresent", "Never"];
const RESTART_POLICIES: [&str; 3] = ["Always", "Never", "OnFailure"];
const NEEDS_ALWAYS: &str = "may not be set for init containers without restartPolicy=Always";

/// What containers need to know of their pod.
pub struct Around<'a> {
    /// Volumes without faults.
    pub volumes: &'a [&'a Value],
    pub claim_names: &'a [&'a str],
    /// `terminationGracePeriodSeconds`
    pub grace: &'a Value,
    pub restart_policy: &'a str,
    pub host_users: bool,
}

/// How the image is pulled.
pub fn pull_policy(errors: &mut Errors, at: &Path<'_>, policy: &str) {
    if policy.is_empty() {
        errors.required(at, "");
    } else if !PULL_POLICIES.contains(&policy) {
        errors.not_supported(at, policy, &PULL_POLICIES);
    }
}

/// Upstream: `pkg/apis/core/validation validateContainers`.
pub fn containers(errors: &mut Errors, at: &Path<'_>, list: &Value, around: &Around<'_>) {
    let list = list.items();
    if list.is_empty() {
        errors.required(at, "");
        return;
    }
    for (i, container) in list.iter().enumerate() {
        let at = at.index(i);
        common(errors, &at, container, around);
        let name = container.get("name").text();
        if list[..i].iter().any(|c| c.get("name").text() == name) {
            errors.duplicate(&at.child("name"), name);
        }
        lifecycle(
            errors,
            &at.child("lifecycle"),
            container.get("lifecycle"),
            around.grace,
        );
        probes(errors, &at, container);
        restart_policy(errors, &at, container);
    }
    host_port_conflicts(errors, at, list);
}

/// Upstream: `pkg/apis/core/validation validateInitContainers`.
pub fn init_containers(
    errors: &mut Errors,
    at: &Path<'_>,
    list: &Value,
    regular: &Value,
    around: &Around<'_>,
) {
    let list = list.items();
    for (i, container) in list.iter().enumerate() {
        let item = at.index(i);
        common(errors, &item, container, around);
        restart_policy(errors, &item, container);
        let always = container.get("restartPolicy").text() == "Always";
        let name = container.get("name").text();
        let mut others = regular.items().iter().chain(&list[..i]);
        let regular_name = regular.items().iter().any(|c| c.get("name").text() == name);
        if (regular_name || !name.is_empty()) && others.any(|c| c.get("name").text() == name) {
            errors.duplicate(&item.child("name"), name);
        }
        host_port_conflicts(errors, at, std::slice::from_ref(container));
        if always {
            lifecycle(
                errors,
                &item.child("lifecycle"),
                container.get("lifecycle"),
                around.grace,
            );
            probes(errors, &item, container);
        } else {
            for field in [
                "lifecycle",
                "livenessProbe",
                "readinessProbe",
                "startupProbe",
            ] {
                if !container.get(field).is_null() {
                    errors.forbidden(&item.child(field), NEEDS_ALWAYS);
                }
            }
            for (j, policy) in container.get("resizePolicy").items().iter().enumerate() {
                let policy = policy.get("restartPolicy").text();
                if policy == "RestartContainer" {
                    let at = item.child("resizePolicy");
                    let detail =
                        "must not be set to 'RestartContainer' for non-sidecar initContainers";
                    errors.invalid(&at.index(j).child("restartPolicy"), policy, detail);
                }
            }
        }
    }
}

/// Upstream: `pkg/apis/core/validation validateEphemeralContainers`.
pub fn ephemeral_containers(errors: &mut Errors, at: &Path<'_>, spec: &Value, around: &Around<'_>) {
    const NOT_ALLOWED: &str = "cannot be set for an Ephemeral Container";
    let list = spec.get("ephemeralContainers").items();
    let lasting = || {
        let regular = spec.get("containers").items().iter();
        regular.chain(spec.get("initContainers").items())
    };
    for (i, container) in list.iter().enumerate() {
        let at = at.index(i);
        common(errors, &at, container, around);
        image_blanks(errors, &at, container);
        let name = container.get("name").text();
        if lasting()
            .chain(&list[..i])
            .any(|c| c.get("name").text() == name)
        {
            errors.duplicate(&at.child("name"), name);
        }
        let target = container.get("targetContainerName").text();
        if !target.is_empty() && !lasting().any(|c| c.get("name").text() == target) {
            errors.not_found(&at.child("targetContainerName"), target, "");
        }
        for field in [
            "ports",
            "resources",
            "resizePolicy",
            "restartPolicy",
            "restartPolicyRules",
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
            "lifecycle",
        ] {
            if !container.get(field).is_empty() {
                errors.forbidden(&at.child(field), NOT_ALLOWED);
            }
        }
        let mounts_at = at.child("volumeMounts");
        for (j, mount) in container.get("volumeMounts").items().iter().enumerate() {
            for field in ["subPath", "subPathExpr"] {
                if !mount.get(field).text().is_empty() {
                    errors.forbidden(&mounts_at.index(j).child(field), NOT_ALLOWED);
                }
            }
        }
    }
}

/// Images of pods, but not of templates, must not have blanks around them.
pub fn image_blanks(errors: &mut Errors, at: &Path<'_>, container: &Value) {
    let image = container.get("image").text();
    if image.trim().len() != image.len() {
        let detail = "must not have leading or trailing whitespace";
        errors.invalid(&at.child("image"), image, detail);
    }
}

/// Upstream: `pkg/apis/core/validation validateContainerCommon`.
fn common(errors: &mut Errors, at: &Path<'_>, container: &Value, around: &Around<'_>) {
    let text = |field| container.get(field).text();
    let name = text("name");
    if name.is_empty() {
        errors.required(&at.child("name"), "");
    } else {
        errors.invalid_each(&at.child("name"), name, label(name));
    }
    if text("image").is_empty() {
        errors.required(&at.child("image"), "");
    }
    let policies = ["File", "FallbackToLogsOnError"];
    match text("terminationMessagePolicy") {
        "" => errors.required(&at.child("terminationMessagePolicy"), ""),
        policy if policies.contains(&policy) => {}
        policy => errors.not_supported(&at.child("terminationMessagePolicy"), policy, &policies),
    }
    container_ports(errors, &at.child("ports"), container.get("ports"));
    env::env(errors, &at.child("env"), container.get("env"));
    env::env_from(errors, &at.child("envFrom"), container.get("envFrom"));
    mounts(errors, &at.child("volumeMounts"), container, around.volumes);
    devices(
        errors,
        &at.child("volumeDevices"),
        container,
        around.volumes,
    );
    pull_policy(
        errors,
        &at.child("imagePullPolicy"),
        text("imagePullPolicy"),
    );
    let resources = container.get("resources");
    requirements(
        errors,
        &at.child("resources"),
        resources,
        around.claim_names,
        Level::Container,
    );
    let policies = container.get("resizePolicy");
    resize_policy(
        errors,
        &at.child("resizePolicy"),
        policies,
        around.restart_policy,
    );
    let context = container.get("securityContext");
    container_context(
        errors,
        &at.child("securityContext"),
        context,
        around.host_users,
    );
}

fn mounts(errors: &mut Errors, at: &Path<'_>, container: &Value, volumes: &[&Value]) {
    let mounts = container.get("volumeMounts").items();
    let devices = container.get("volumeDevices").items();
    for (i, mount) in mounts.iter().enumerate() {
        let item = at.index(i);
        let (name, path) = (mount.get("name").text(), mount.get("mountPath").text());
        if name.is_empty() {
            errors.required(&item.child("name"), "");
        }
        if !volumes.iter().any(|v| v.get("name").text() == name) {
            errors.not_found(&item.child("name"), name, "");
        }
        if path.is_empty() {
            errors.required(&item.child("mountPath"), "");
        }
        if mounts[..i]
            .iter()
            .any(|m| m.get("mountPath").text() == path)
        {
            errors.invalid(&item.child("mountPath"), path, "must be unique");
        }
        if devices.iter().any(|d| d.get("name").text() == name) {
            errors.invalid(
                &item.child("name"),
                name,
                "must not already exist in volumeDevices",
            );
        }
        if devices.iter().any(|d| d.get("devicePath").text() == path) {
            let detail = "must not already exist as a path in volumeDevices";
            errors.invalid(&item.child("mountPath"), path, detail);
        }
        let (sub, expression) = (mount.get("subPath").text(), mount.get("subPathExpr").text());
        descending_path(errors, &at.child("subPath"), sub);
        if !expression.is_empty() && !sub.is_empty() {
            let detail = "subPathExpr and subPath are mutually exclusive";
            errors.invalid(&item.child("subPathExpr"), expression, detail);
        }
        descending_path(errors, &at.child("subPathExpr"), expression);
        propagation(errors, &at.child("mountPropagation"), mount, container);
        recursive_read_only(errors, &at.child("recursiveReadOnly"), mount);
    }
}

fn propagation(errors: &mut Errors, at: &Path<'_>, mount: &Value, container: &Value) {
    let Some(mode) = mount.get("mountPropagation").as_str() else {
        return;
    };
    let supported = ["Bidirectional", "HostToContainer", "None"];
    if !supported.contains(&mode) {
        errors.not_supported(at, mode, &supported);
    }
    let privileged = container.at(&["securityContext", "privileged"]) == &Value::Bool(true);
    if mode == "Bidirectional" && !privileged {
        let detail = "Bidirectional mount propagation is available only to privileged containers";
        errors.forbidden(at, detail);
    }
}

fn recursive_read_only(errors: &mut Errors, at: &Path<'_>, mount: &Value) {
    match mount.get("recursiveReadOnly").as_str() {
        None | Some("Disabled") => {}
        Some("Enabled" | "IfPossible") => {
            if mount.get("readOnly") != &Value::Bool(true) {
                errors.forbidden(at, "may only be specified when readOnly is true");
            }
            let mode = mount.get("mountPropagation");
            if !mode.is_null() && mode.text() != "None" {
                let detail = "may only be specified when mountPropagation is None or not specified";
                errors.forbidden(at, detail);
            }
        }
        Some(other) => {
            errors.not_supported(at, other, &["Disabled", "Enabled", "IfPossible"]);
        }
    }
}

fn devices(errors: &mut Errors, at: &Path<'_>, container: &Value, volumes: &[&Value]) {
    let devices = container.get("volumeDevices").items();
    let mounts = container.get("volumeMounts").items();
    let mut paths: Vec<&str> = Vec::new();
    for (i, device) in devices.iter().enumerate() {
        let at = at.index(i);
        let (name, path) = (device.get("name").text(), device.get("devicePath").text());
        let (name_at, path_at) = (at.child("name"), at.child("devicePath"));
        if name.is_empty() {
            errors.required(&name_at, "");
        } else if devices[..i].iter().any(|d| d.get("name").text() == name) {
            errors.invalid(&name_at, name, "must be unique");
        }
        match volumes.iter().find(|v| v.get("name").text() == name) {
            None => errors.not_found(&name_at, name, ""),
            Some(volume) => {
                let claim = ["persistentVolumeClaim", "ephemeral"];
                if claim.iter().all(|source| volume.get(source).is_null()) {
                    let detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
                    errors.invalid(&name_at, name, detail);
                }
            }
        }
        if path.is_empty() {
            errors.required(&path_at, "");
        }
        if paths.contains(&path) {
            errors.invalid(&path_at, path, "must be unique");
        }
        if path.split('/').any(|part| part == "..") {
            errors.invalid(&path_at, path, "can not contain backsteps ('..')");
        } else {
            paths.push(path);
        }
        if mounts.iter().any(|m| m.get("name").text() == name) {
            errors.invalid(&name_at, name, "must not already exist in volumeMounts");
        }
        if mounts.iter().any(|m| m.get("mountPath").text() == path) {
            let detail = "must not already exist as a path in volumeMounts";
            errors.invalid(&path_at, path, detail);
        }
    }
}

fn resize_policy(errors: &mut Errors, at: &Path<'_>, policies: &Value, pod_policy: &str) {
    let policies = policies.items();
    for (i, policy) in policies.iter().enumerate() {
        let resource = policy.get("resourceName").text();
        if policies[..i]
            .iter()
            .any(|p| p.get("resourceName").text() == resource)
        {
            errors.duplicate(&at.index(i), resource);
        }
        match resource {
            "cpu" | "memory" => {}
            "" => errors.required(at, ""),
            _ => errors.not_supported(at, resource, &["cpu", "memory"]),
        }
        let restart = policy.get("restartPolicy").text();
        match restart {
            "NotRequired" | "RestartContainer" => {}
            "" => errors.required(at, ""),
            _ => errors.not_supported(at, restart, &["NotRequired", "RestartContainer"]),
        }
        if pod_policy == "Never" && restart != "NotRequired" {
            let detail = "must be 'NotRequired' when pod `restartPolicy` is 'Never'";
            errors.invalid(at, restart, detail);
        }
    }
}

/// A container's own restart policy and its rules.
///
/// Upstream: `pkg/apis/core/validation validateContainerRestartPolicy`.
fn restart_policy(errors: &mut Errors, at: &Path<'_>, container: &Value) {
    let rules = container.get("restartPolicyRules").items();
    match container.get("restartPolicy").as_str() {
        None if rules.is_empty() => return,
        None => {
            let detail = "must specify restartPolicy when restart rules are used";
            errors.required(&at.child("restartPolicy"), detail);
        }
        Some(policy) if RESTART_POLICIES.contains(&policy) => {}
        Some(policy) => {
            errors.not_supported(&at.child("restartPolicy"), policy, &RESTART_POLICIES);
        }
    }
    let list = at.child("restartPolicyRules");
    if rules.len() > 20 {
        errors.too_many(&list, rules.len(), 20);
    }
    for (i, rule) in rules.iter().enumerate() {
        let at = list.index(i);
        let action = rule.get("action").text();
        let actions = ["Restart", "RestartAllContainers"];
        if !actions.contains(&action) {
            errors.not_supported(&at.child("action"), action, &actions);
        }
        let codes = rule.get("exitCodes");
        let at = at.child("exitCodes");
        if codes.is_null() {
            errors.required(&at, "must be specified");
            continue;
        }
        let operator = codes.get("operator").text();
        if !["In", "NotIn"].contains(&operator) {
            errors.not_supported(&at.child("operator"), operator, &["In", "NotIn"]);
        }
        let count = codes.get("values").items().len();
        if count > 255 {
            errors.too_many(&at.child("values"), count, 255);
        }
    }
}

/// An entry of `imagePullSecrets` that has more than a name.
pub fn pull_secrets(errors: &mut Errors, at: &Path<'_>, secrets: &Value) {
    for (i, secret) in secrets.items().iter().enumerate() {
        if secret.fields().any(|(field, _)| field.as_str() != "name") {
            errors.invalid(
                &at.index(i),
                Shown::Json(&json(secret)),
                "only name may be set",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn good() -> Value {
        value!({"name": "a", "image": "x", "imagePullPolicy": "Always", "terminationMessagePolicy": "File"})
    }

    fn of(container: Value) -> Vec<String> {
        let mut errors = Errors::default();
        let volume = value!({"name": "v", "emptyDir": {}});
        let around = Around {
            volumes: &[&volume],
            claim_names: &[],
            grace: &Value::Int(30),
            restart_policy: "Always",
            host_users: true,
        };
        containers(
            &mut errors,
            &Path::root("c"),
            &Value::from(vec![container]),
            &around,
        );
        errors.lines()
    }

    #[test]
    fn mounts_and_policies() {
        let cases = [
            (
                "volumeMounts",
                value!([{"name": "v", "mountPath": "/a"}]),
                "",
            ),
            (
                "volumeMounts",
                value!([{"name": "w", "mountPath": "/a"}]),
                "c[0].volumeMounts[0].name: Not found: \"w\"",
            ),
            (
                "volumeMounts",
                value!([{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/a"}]),
                "c[0].volumeMounts[1].mountPath: Invalid value: \"/a\": must be unique",
            ),
            (
                "volumeMounts",
                value!([{"name": "v", "mountPath": "/a", "subPath": "../etc"}]),
                "c[0].volumeMounts.subPath: Invalid value: \"../etc\": must not contain '..'",
            ),
            (
                "volumeMounts",
                value!([{"name": "v", "mountPath": "/a", "subPath": "b", "subPathExpr": "$(B)"}]),
                "c[0].volumeMounts[0].subPathExpr: Invalid value: \"$(B)\": subPathExpr and subPath are mutually exclusive",
            ),
            (
                "volumeMounts",
                value!([{"name": "v", "mountPath": "/a", "mountPropagation": "Bidirectional"}]),
                "c[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers",
            ),
            (
                "volumeDevices",
                value!([{"name": "v", "devicePath": "/a"}]),
                "c[0].volumeDevices[0].name: Invalid value: \"v\": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode",
            ),
            (
                "imagePullPolicy",
                value!("Sometimes"),
                "c[0].imagePullPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"IfNotPresent\", \"Never\"",
            ),
            (
                "terminationMessagePolicy",
                value!("Syslog"),
                "c[0].terminationMessagePolicy: Unsupported value: \"Syslog\": supported values: \"File\", \"FallbackToLogsOnError\"",
            ),
            ("image", value!(""), "c[0].image: Required value"),
            (
                "name",
                value!("a.b"),
                "c[0].name: Invalid value: \"a.b\": must not contain dots",
            ),
            (
                "restartPolicy",
                value!("Sometimes"),
                "c[0].restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"Never\", \"OnFailure\"",
            ),
        ];
        for (field, value, want) in cases {
            let mut container = good();
            container.set(field, value);
            assert_eq!(of(container).join("\n"), want);
        }
    }

    #[test]
    fn none_at_all() {
        let mut errors = Errors::default();
        let around = Around {
            volumes: &[],
            claim_names: &[],
            grace: &Value::Null,
            restart_policy: "Always",
            host_users: true,
        };
        containers(&mut errors, &Path::root("c"), &Value::Null, &around);
        let init = value!([{"name": "a", "image": "x", "imagePullPolicy": "Always", "terminationMessagePolicy": "File", "readinessProbe": {}}]);
        init_containers(
            &mut errors,
            &Path::root("i"),
            &init,
            &value!([{"name": "a"}]),
            &around,
        );
        assert_eq!(
            errors.lines(),
            [
                "c: Required value",
                "i[0].name: Duplicate value: \"a\"",
                "i[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always",
            ]
        );
    }
}
