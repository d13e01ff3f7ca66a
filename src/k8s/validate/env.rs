//! Environment of containers, and the references to fields and resources that volumes share with it.

use super::syntax::{config_key, env_name, label, no_backsteps, qualified_name, subdomain};
use super::{Errors, Path};
use crate::k8s::Value;
use crate::k8s::quantity::Quantity;

const ENV_FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Labels that a downward API reference may name, apart from those of the environment or the volume.
const KNOWN_FIELDS: [&str; 14] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "spec.schedulerName",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

const BYTE_DIVISORS: [&str; 13] = [
    "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
];

/// Upstream: `pkg/apis/core/validation ValidateEnv`.
pub fn env(errors: &mut Errors, at: &Path<'_>, vars: &Value) {
    for (i, var) in vars.items().iter().enumerate() {
        let at = at.index(i);
        let name = var.get("name").text();
        if name.is_empty() {
            errors.required(&at.child("name"), "");
        } else {
            errors.invalid_each(&at.child("name"), name, env_name(name));
        }
        if !var.get("valueFrom").is_null() {
            value_from(errors, &at.child("valueFrom"), var);
        }
    }
}

fn value_from(errors: &mut Errors, at: &Path<'_>, var: &Value) {
    let from = var.get("valueFrom");
    let mut sources = 0;
    let mut given = |field| {
        let source = from.get(field);
        sources += i32::from(!source.is_null());
        (!source.is_null()).then_some(source)
    };
    if let Some(source) = given("fieldRef") {
        field_ref(errors, &at.child("fieldRef"), source, &ENV_FIELDS);
    }
    if let Some(source) = given("resourceFieldRef") {
        resource_ref(errors, &at.child("resourceFieldRef"), source, false);
    }
    if let Some(source) = given("configMapKeyRef") {
        key_ref(errors, &at.child("configMapKeyRef"), source);
    }
    if let Some(source) = given("secretKeyRef") {
        key_ref(errors, &at.child("secretKeyRef"), source);
    }
    if let Some(source) = given("fileKeyRef") {
        file_key_ref(errors, &at.child("fileKeyRef"), source);
    }
    if sources == 0 {
        errors.invalid(at, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
    } else if !var.get("value").text().is_empty() {
        errors.invalid(at, "", "may not be specified when `value` is not empty");
    } else if sources > 1 {
        errors.invalid(
            at,
            "",
            "may not have more than one field specified at a time",
        );
    }
}

/// A path and the key in `path['key']`, when there is one.
fn subscript(path: &str) -> Option<(&str, &str)> {
    let (path, key) = path.strip_suffix("']")?.split_once("['")?;
    (!path.is_empty()).then_some((path, key))
}

/// A reference to a field of the pod.
///
/// Upstream: `pkg/apis/core/validation validateObjectFieldSelector`.
pub fn field_ref(errors: &mut Errors, at: &Path<'_>, reference: &Value, fields: &[&str]) {
    let version = reference.get("apiVersion").text();
    if version.is_empty() {
        errors.required(&at.child("apiVersion"), "");
        return;
    }
    let path_at = at.child("fieldPath");
    let path = reference.get("fieldPath").text();
    if path.is_empty() {
        errors.required(&path_at, "");
        return;
    }
    let mut refuse = |why: String| {
        errors.invalid(
            &path_at,
            path,
            &format!("error converting fieldPath: {why}"),
        );
    };
    if version != "v1" {
        refuse(format!("unsupported pod version: {version}"));
        return;
    }
    match subscript(path) {
        Some(("metadata.annotations", key)) => {
            let key = key.to_lowercase();
            errors.invalid_each(at, key.as_str(), qualified_name(&key));
        }
        Some(("metadata.labels", key)) => errors.invalid_each(at, key, qualified_name(key)),
        Some(_) => refuse(format!("field label does not support subscript: {path}")),
        None => {
            // An old name of spec.nodeName.
            let field = if path == "spec.host" {
                "spec.nodeName"
            } else {
                path
            };
            if !KNOWN_FIELDS.contains(&field) {
                refuse(format!("field label not supported: {path}"));
            } else if !fields.contains(&field) {
                errors.not_supported(&path_at, field, fields);
            }
        }
    }
}

/// A reference to a request or limit of a container. A volume must name the container.
///
/// Upstream: `pkg/apis/core/validation validateContainerResourceFieldSelector`.
pub fn resource_ref(errors: &mut Errors, at: &Path<'_>, reference: &Value, volume: bool) {
    let resource = reference.get("resource").text();
    let huge =
        resource.starts_with("requests.hugepages-") || resource.starts_with("limits.hugepages-");
    if volume && reference.get("containerName").text().is_empty() {
        errors.required(&at.child("containerName"), "");
    } else if resource.is_empty() {
        errors.required(&at.child("resource"), "");
    } else if !huge && !RESOURCES.contains(&resource) {
        errors.not_supported(&at.child("resource"), resource, &RESOURCES);
    }
    let divisor = Quantity::of(reference.get("divisor"));
    if divisor.is_zero() {
        return;
    }
    let divisor = divisor.to_string();
    let at = at.child("divisor");
    let kind = resource.split_once('.').map_or("", |(_, kind)| kind);
    if kind == "cpu" {
        if divisor != "1m" && divisor != "1" {
            let detail = "only divisor's values 1m and 1 are supported with the cpu resource";
            errors.invalid(&at, resource, detail);
        }
        return;
    }
    let name = match kind {
        "memory" => "memory",
        "ephemeral-storage" => "local ephemeral storage",
        _ if huge => "hugepages",
        _ => return,
    };
    if !BYTE_DIVISORS.contains(&divisor.as_str()) {
        let detail = format!(
            "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the {name} resource"
        );
        errors.invalid(&at, resource, &detail);
    }
}

fn key_ref(errors: &mut Errors, at: &Path<'_>, reference: &Value) {
    let name = reference.get("name").text();
    errors.invalid_each(&at.child("name"), name, subdomain(name));
    let key = reference.get("key").text();
    if key.is_empty() {
        errors.required(&at.child("key"), "");
    } else {
        errors.invalid_each(&at.child("key"), key, config_key(key));
    }
}

fn file_key_ref(errors: &mut Errors, at: &Path<'_>, reference: &Value) {
    let text = |field| reference.get(field).text();
    for field in ["key", "volumeName", "path"] {
        let (at, value) = (at.child(field), text(field));
        match field {
            _ if value.is_empty() => errors.required(&at, ""),
            "key" => errors.invalid_each(&at, value, env_name(value)),
            "volumeName" => errors.invalid_each(&at, value, label(value)),
            _ => no_backsteps(errors, &at, value),
        }
    }
}

/// Upstream: `pkg/apis/core/validation ValidateEnvFrom`.
pub fn env_from(errors: &mut Errors, at: &Path<'_>, sources: &Value) {
    for (i, source) in sources.items().iter().enumerate() {
        let item = at.index(i);
        let prefix = source.get("prefix").text();
        if !prefix.is_empty() {
            errors.invalid_each(&item.child("prefix"), prefix, env_name(prefix));
        }
        let mut count = 0;
        for field in ["configMapRef", "secretRef"] {
            let reference = source.get(field);
            if reference.is_null() {
                continue;
            }
            count += 1;
            let name = reference.get("name").text();
            let at = item.child(field);
            if name.is_empty() {
                errors.required(&at.child("name"), "");
            } else {
                let masked = super::syntax::masked_prefix(name);
                errors.invalid_each(&at.child("name"), name, subdomain(&masked));
            }
        }
        if count == 0 {
            errors.invalid(at, "", "must specify one of: `configMapRef` or `secretRef`");
        } else if count > 1 {
            errors.invalid(
                at,
                "",
                "may not have more than one field specified at a time",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn value_sources() {
        let field = |path: &'static str, version: &'static str| value!({"fieldRef": {"apiVersion": version, "fieldPath": path}});
        let cases = [
            (field("spec.nodeName", "v1"), ""),
            (field("spec.host", "v1"), ""),
            (field("metadata.labels['a/b']", "v1"), ""),
            (field("", "v1"), ".fieldRef.fieldPath: Required value"),
            (
                field("spec.node", "v1"),
                ".fieldRef.fieldPath: Invalid value: \"spec.node\": error converting fieldPath: field label not supported: spec.node",
            ),
            (
                field("spec['a']", "v1"),
                ".fieldRef.fieldPath: Invalid value: \"spec['a']\": error converting fieldPath: field label does not support subscript: spec['a']",
            ),
            (
                field("metadata.name", "v2"),
                ".fieldRef.fieldPath: Invalid value: \"metadata.name\": error converting fieldPath: unsupported pod version: v2",
            ),
            (
                value!({}),
                ": Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
            ),
            (
                value!({"secretKeyRef": {"name": "a"}}),
                ".secretKeyRef.key: Required value",
            ),
            (
                value!({"resourceFieldRef": {"resource": "limits.cpu", "divisor": "2"}}),
                ".resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only divisor's values 1m and 1 are supported with the cpu resource",
            ),
            (
                value!({"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}),
                "",
            ),
        ];
        for (from, want) in cases {
            let mut errors = Errors::default();
            env(
                &mut errors,
                &Path::root("env"),
                &value!([{"name": "A", "valueFrom": from}]),
            );
            let want: Vec<String> = if want.is_empty() {
                Vec::new()
            } else {
                vec![format!("env[0].valueFrom{want}")]
            };
            assert_eq!(errors.lines(), want);
        }
    }

    #[test]
    fn env_from_needs_one_source() {
        let mut errors = Errors::default();
        let sources = value!([{}, {"prefix": "A=", "configMapRef": {"name": "a"}}]);
        env_from(&mut errors, &Path::root("e"), &sources);
        assert_eq!(
            errors.lines(),
            [
                "e: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`",
                "e[1].prefix: Invalid value: \"A=\": a valid environment variable name must consist only of printable ASCII characters other than '='",
            ]
        );
    }
}
