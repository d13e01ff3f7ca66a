//! Security contexts of containers and pods.

use super::syntax::{descending_path, id_number};
use super::windows::windows_options;
use super::{Errors, Path, Shown};
use crate::k8s::Value;
use std::fmt::Write;

const PROFILES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

fn id(errors: &mut Errors, at: &Path<'_>, value: &Value) {
    if let Some(number) = value.as_i64() {
        errors.invalid_each(at, number, id_number(number));
    }
}

/// The context of a container. Users of the host decide whether `Unmasked` is possible.
///
/// Upstream: `pkg/apis/core/validation ValidateSecurityContext`.
pub fn container_context(errors: &mut Errors, at: &Path<'_>, context: &Value, host_users: bool) {
    if context.is_null() {
        return;
    }
    for field in ["runAsUser", "runAsGroup"] {
        id(errors, &at.child(field), context.get(field));
    }
    if let Some(mount) = context.get("procMount").as_str() {
        let at = at.child("procMount");
        if !["Default", "Unmasked"].contains(&mount) {
            errors.not_supported(&at, mount, &["Default", "Unmasked"]);
        }
        if host_users && mount == "Unmasked" {
            errors.invalid(&at, mount, "`hostUsers` must be false to use `Unmasked`");
        }
    }
    seccomp(
        errors,
        &at.child("seccompProfile"),
        context.get("seccompProfile"),
    );
    if context.get("allowPrivilegeEscalation") == &Value::Bool(false) {
        if context.get("privileged") == &Value::Bool(true) {
            let detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
            errors.invalid(at, Shown::Json(&container_context_shown(context)), detail);
        }
        for capability in context.at(&["capabilities", "add"]).items() {
            if capability.text() == "CAP_SYS_ADMIN" {
                let detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
                errors.invalid(at, Shown::Json(&container_context_shown(context)), detail);
            }
        }
    }
    windows_options(
        errors,
        &at.child("windowsOptions"),
        context.get("windowsOptions"),
    );
    app_armor(
        errors,
        &at.child("appArmorProfile"),
        context.get("appArmorProfile"),
    );
}

/// A structure as the server's own type prints it: every field by its Go name, in the order of the type.
fn go_struct(value: &Value, fields: &[(&str, &str)]) -> String {
    if value.is_null() {
        return "null".to_owned();
    }
    let mut out = String::from("{");
    for (i, (go, field)) in fields.iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        let inner = value.get(field);
        let shown = match *field {
            "capabilities" => go_struct(inner, &[("Add", "add"), ("Drop", "drop")]),
            "seLinuxOptions" => {
                let parts = [
                    ("User", "user"),
                    ("Role", "role"),
                    ("Type", "type"),
                    ("Level", "level"),
                ];
                go_texts(inner, &parts)
            }
            "seccompProfile" | "appArmorProfile" => profile_shown(inner),
            "windowsOptions" => go_struct(
                inner,
                &[
                    ("GMSACredentialSpecName", "gmsaCredentialSpecName"),
                    ("GMSACredentialSpec", "gmsaCredentialSpec"),
                    ("RunAsUserName", "runAsUserName"),
                    ("HostProcess", "hostProcess"),
                ],
            ),
            _ => super::errors::json(inner),
        };
        let _ = write!(out, "{comma}\"{go}\":{shown}");
    }
    out.push('}');
    out
}

/// Like [`go_struct`] for fields that are texts and never null.
fn go_texts(value: &Value, fields: &[(&str, &str)]) -> String {
    if value.is_null() {
        return "null".to_owned();
    }
    let part = |(go, field): &(&str, &str)| {
        format!(
            "\"{go}\":{}",
            super::errors::json(&Value::from(value.get(field).to_str()))
        )
    };
    let parts: Vec<String> = fields.iter().map(part).collect();
    format!("{{{}}}", parts.join(","))
}

fn profile_shown(profile: &Value) -> String {
    go_struct(
        profile,
        &[("Type", "type"), ("LocalhostProfile", "localhostProfile")],
    )
}

fn container_context_shown(context: &Value) -> String {
    let fields = [
        ("Capabilities", "capabilities"),
        ("Privileged", "privileged"),
        ("SELinuxOptions", "seLinuxOptions"),
        ("WindowsOptions", "windowsOptions"),
        ("RunAsUser", "runAsUser"),
        ("RunAsGroup", "runAsGroup"),
        ("RunAsNonRoot", "runAsNonRoot"),
        ("ReadOnlyRootFilesystem", "readOnlyRootFilesystem"),
        ("AllowPrivilegeEscalation", "allowPrivilegeEscalation"),
        ("ProcMount", "procMount"),
        ("SeccompProfile", "seccompProfile"),
        ("AppArmorProfile", "appArmorProfile"),
    ];
    go_struct(context, &fields)
}

fn seccomp(errors: &mut Errors, at: &Path<'_>, profile: &Value) {
    if profile.is_null() {
        return;
    }
    let kind = profile.get("type").text();
    let type_at = at.child("type");
    if kind.is_empty() {
        errors.required(&type_at, "type is required when seccompProfile is set");
    } else if !PROFILES.contains(&kind) {
        errors.not_supported(&type_at, kind, &PROFILES);
    }
    let local = profile.get("localhostProfile");
    let at = at.child("localhostProfile");
    match (kind == "Localhost", local.as_str()) {
        (true, None) => errors.required(&at, "must be set when seccomp type is Localhost"),
        (true, Some(path)) => descending_path(errors, &at, path),
        (false, None) => {}
        (false, Some(_)) => {
            let shown = profile_shown(profile);
            let detail = "can only be set when seccomp type is Localhost";
            errors.invalid(&at, Shown::Json(&shown), detail);
        }
    }
}

fn app_armor(errors: &mut Errors, at: &Path<'_>, profile: &Value) {
    /// One less than the longest path of the system.
    const PATH_MAX: usize = 4095;
    const MISSING: &str = "must be set when AppArmor type is Localhost";
    if profile.is_null() {
        return;
    }
    let local = profile.get("localhostProfile").as_str();
    let local_at = at.child("localhostProfile");
    match profile.get("type").text() {
        "Localhost" => match local {
            None => errors.required(&local_at, MISSING),
            Some(path) => {
                if path.trim() != path {
                    errors.invalid(&local_at, path, "must not be padded with whitespace");
                } else if path.is_empty() {
                    errors.required(&local_at, MISSING);
                }
                if path.len() > PATH_MAX {
                    errors.too_long(&local_at, PATH_MAX);
                }
            }
        },
        "RuntimeDefault" | "Unconfined" => {
            if let Some(path) = local {
                let detail = "can only be set when AppArmor type is Localhost";
                errors.invalid(&local_at, path, detail);
            }
        }
        "" => errors.required(
            &at.child("type"),
            "type is required when appArmorProfile is set",
        ),
        kind => errors.not_supported(&at.child("type"), kind, &PROFILES),
    }
}

/// The context of a pod. Sharing of host namespaces stands in the spec itself.
///
/// Upstream: `pkg/apis/core/validation validatePodSpecSecurityContext`.
pub fn pod_context(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let context = spec.get("securityContext");
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        id(errors, &at.child(field), context.get(field));
    }
    let groups = at.child("supplementalGroups");
    for (i, group) in context.get("supplementalGroups").items().iter().enumerate() {
        id(errors, &groups.index(i), group);
    }
    let on = |field| spec.get(field) == &Value::Bool(true);
    if on("shareProcessNamespace") && on("hostPID") {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors.invalid(
            &at.child("shareProcessNamespace"),
            Shown::Bool(true),
            detail,
        );
    }
    sysctls(
        errors,
        &at.child("sysctls"),
        context.get("sysctls"),
        on("hostNetwork"),
        on("hostIPC"),
    );
    let mut one_of = |field: &'static str, supported: &[&str]| {
        let value = context.get(field);
        if !value.is_null() && !supported.contains(&value.text()) {
            errors.not_supported(&at.child(field), value.text(), supported);
        }
    };
    one_of("fsGroupChangePolicy", &["Always", "OnRootMismatch"]);
    seccomp(
        errors,
        &at.child("seccompProfile"),
        context.get("seccompProfile"),
    );
    windows_options(
        errors,
        &at.child("windowsOptions"),
        context.get("windowsOptions"),
    );
    app_armor(
        errors,
        &at.child("appArmorProfile"),
        context.get("appArmorProfile"),
    );
    let mut one_of = |field: &'static str, supported: &[&str]| {
        let value = context.get(field);
        if !value.is_null() && !supported.contains(&value.text()) {
            errors.not_supported(&at.child(field), value.text(), supported);
        }
    };
    one_of("supplementalGroupsPolicy", &["Merge", "Strict"]);
    // Mounting with options is behind a feature that is off.
    one_of("seLinuxChangePolicy", &["Recursive"]);
}

fn is_sysctl_name(name: &str) -> bool {
    let segment = |part: &str| {
        let bytes = part.as_bytes();
        let end = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let inner =
            |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
        end(bytes.first()) && end(bytes.last()) && bytes.iter().all(inner)
    };
    name.len() <= 253 && name.split(['.', '/']).all(segment)
}

/// Kernel parameters of the namespace for messages, semaphores and shared memory.
const IPC_SYSCTLS: [&str; 10] = [
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
    "kernel.shm",
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.msg",
];

fn sysctls(
    errors: &mut Errors,
    at: &Path<'_>,
    sysctls: &Value,
    host_network: bool,
    host_ipc: bool,
) {
    let mut names: Vec<&str> = Vec::new();
    for (i, sysctl) in sysctls.items().iter().enumerate() {
        let at = at.index(i);
        let at = at.child("name");
        let name = sysctl.get("name").text();
        if name.is_empty() {
            errors.required(&at, "");
        } else if !is_sysctl_name(name) {
            let detail = "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
            errors.invalid(&at, name, detail);
        } else if names.contains(&name) {
            errors.duplicate(&at, name);
        }
        // A slash may stand for the dot between the parts.
        let dotted = name.replace('/', ".");
        let ipc = IPC_SYSCTLS.contains(&dotted.as_str()) || dotted.starts_with("fs.mqueue.");
        if host_network && dotted.starts_with("net.") {
            errors.invalid(&at, name, "may not be specified when 'hostNetwork' is true");
        } else if host_ipc && ipc {
            errors.invalid(&at, name, "may not be specified when 'hostIPC' is true");
        }
        names.push(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn of_container(context: &Value) -> Vec<String> {
        let mut errors = Errors::default();
        container_context(&mut errors, &Path::root("sc"), context, true);
        errors.lines()
    }

    #[test]
    fn containers() {
        let cases = [
            (
                value!({"runAsUser": (-1)}),
                "sc.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive",
            ),
            (
                value!({"procMount": "Unmasked"}),
                "sc.procMount: Invalid value: \"Unmasked\": `hostUsers` must be false to use `Unmasked`",
            ),
            (
                value!({"seccompProfile": {"type": "RuntimeDefault", "localhostProfile": "x.json"}}),
                "sc.seccompProfile.localhostProfile: Invalid value: {\"Type\":\"RuntimeDefault\",\"LocalhostProfile\":\"x.json\"}: can only be set when seccomp type is Localhost",
            ),
            (
                value!({"appArmorProfile": {"type": "Enforce"}}),
                "sc.appArmorProfile.type: Unsupported value: \"Enforce\": supported values: \"Localhost\", \"RuntimeDefault\", \"Unconfined\"",
            ),
            (
                value!({"privileged": true, "allowPrivilegeEscalation": false}),
                "sc: Invalid value: {\"Capabilities\":null,\"Privileged\":true,\"SELinuxOptions\":null,\"WindowsOptions\":null,\"RunAsUser\":null,\"RunAsGroup\":null,\"RunAsNonRoot\":null,\"ReadOnlyRootFilesystem\":null,\"AllowPrivilegeEscalation\":false,\"ProcMount\":null,\"SeccompProfile\":null,\"AppArmorProfile\":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
            ),
        ];
        for (context, want) in cases {
            assert_eq!(of_container(&context), [want]);
        }
    }

    #[test]
    fn pods() {
        let mut errors = Errors::default();
        let spec = value!({"hostPID": true, "shareProcessNamespace": true, "hostNetwork": true, "securityContext": {
            "fsGroup": (-5), "supplementalGroups": [(-1)], "fsGroupChangePolicy": "Never",
            "sysctls": [{"name": "a!"}, {"name": "net.core.x"}, {"name": "net.core.x"}]}});
        pod_context(&mut errors, &Path::root("s"), &spec);
        assert_eq!(
            errors.lines(),
            [
                "s.fsGroup: Invalid value: -5: must be between 0 and 2147483647, inclusive",
                "s.supplementalGroups[0]: Invalid value: -1: must be between 0 and 2147483647, inclusive",
                "s.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled",
                "s.sysctls[0].name: Invalid value: \"a!\": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$",
                "s.sysctls[1].name: Invalid value: \"net.core.x\": may not be specified when 'hostNetwork' is true",
                "s.sysctls[2].name: Duplicate value: \"net.core.x\"",
                "s.sysctls[2].name: Invalid value: \"net.core.x\": may not be specified when 'hostNetwork' is true",
                "s.fsGroupChangePolicy: Unsupported value: \"Never\": supported values: \"Always\", \"OnRootMismatch\"",
            ]
        );
    }
}
