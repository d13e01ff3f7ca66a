//! Pod security: what a namespace's labels allow its pods.
//!
//! Upstream: pod-security-admission/admission/admission.go and policy/check_*.go. Left out are the checks of fields
//! that say nothing here: AppArmor, SELinux, Windows.

use super::name_of;
use crate::k8s::validate::{Errors, Path};
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::{ApiServer, Status};
use std::collections::{BTreeMap, BTreeSet};

const PREFIX: &str = "pod-security.kubernetes.io";

/// Capabilities that the baseline lets containers add.
const DEFAULT_CAPABILITIES: [&str; 14] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
    "NET_RAW",
];

/// Kinds of volumes that the restricted standard allows.
const VOLUMES: [&str; 8] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Baseline,
    Restricted,
}

/// A level and the version of its rules, as the labels have them.
struct Policy {
    level: Level,
    version: String,
    /// `baseline:latest`
    shown: String,
}

/// The policy of a mode; a namespace that enforces one warns of it too unless it says otherwise.
fn policy(namespace: &Object, mode: &str) -> Option<Policy> {
    let mut labels = namespace.meta().labels.fields();
    labels.find(|(name, _)| name.starts_with(PREFIX))?;
    let label = |name: &str| namespace.meta().label(&format!("{PREFIX}/{name}"));
    let mode = if label(mode).is_some() {
        mode
    } else {
        "enforce"
    };
    let name = label(mode)?;
    let level = match name {
        "baseline" => Level::Baseline,
        "restricted" => Level::Restricted,
        _ => return None,
    };
    let version = label(&format!("{mode}-version"));
    let version = version.unwrap_or("latest").to_owned();
    Some(Policy {
        level,
        shown: format!("{name}:{version}"),
        version,
    })
}

/// A level or version that is none.
///
/// Upstream: pod-security-admission/api/helpers.go `PolicyToEvaluate`
pub(super) fn check_labels(kind: Kind, value: &Value, old: Option<&Value>) -> Result<(), Status> {
    if kind != Kind::Namespace {
        return Ok(());
    }
    let mut errors = Errors::default();
    for mode in ["enforce", "audit", "warn"] {
        for field in [mode.to_owned(), format!("{mode}-version")] {
            let label = format!("{PREFIX}/{field}");
            let of = |value: &Value| value.at(&["metadata", "labels"]).get(&label).clone();
            let given = of(value);
            let (right, why) = if field == mode {
                let levels = ["privileged", "baseline", "restricted"];
                let why = "must be one of privileged, baseline, restricted";
                (levels.contains(&given.text()), why)
            } else {
                let minor = given.text().strip_prefix("v1.");
                let number = minor.is_some_and(|m| m.parse::<u32>().is_ok());
                let why = "must be \"latest\" or \"v1.x\"";
                (number || given.text() == "latest", why)
            };
            let same = old.is_some_and(|old| of(old) == given);
            if !given.is_null() && !right && !same {
                let metadata = Path::root("metadata");
                let labels = metadata.child("labels");
                errors.invalid(&labels.key(&label), given.text(), why);
            }
        }
    }
    let errors = errors.into_list();
    if errors.is_empty() {
        return Ok(());
    }
    Err(Status::invalid_fields(
        kind,
        value.at(&["metadata", "name"]).text(),
        errors,
    ))
}

/// Pods that are there already and break the level that a namespace now enforces.
///
/// Upstream: `EvaluatePodsInNamespace`
pub(in crate::sim::apiserver) fn raised(
    api: &ApiServer,
    old: &Object,
    value: &Value,
) -> Vec<String> {
    if old.kind() != Kind::Namespace {
        return Vec::new();
    }
    let namespace = Object::read(Kind::Namespace, value.clone(), Some(old));
    let Some(new) = policy(&namespace, "enforce") else {
        return Vec::new();
    };
    let before = policy(old, "enforce");
    if before.is_some_and(|before| before.version == new.version && before.level >= new.level) {
        return Vec::new();
    }
    let mut names: BTreeMap<String, Vec<Str>> = BTreeMap::new();
    for pod in api.list(Kind::Pod, Some(old.name())) {
        let failed = failed(new.level, pod.value().get("spec"));
        let reasons: Vec<&str> = failed.iter().map(|(reason, _)| *reason).collect();
        if !reasons.is_empty() {
            let pods = names.entry(reasons.join(", ")).or_default();
            pods.push(pod.name().clone());
        }
    }
    let told = names.iter().map(|(reasons, pods)| {
        let first = pods.iter().min().cloned().unwrap_or_default();
        match pods.len() {
            1 => format!("{first}: {reasons}"),
            2 => format!("{first} (and 1 other pod): {reasons}"),
            n => format!("{first} (and {} other pods): {reasons}", n - 1),
        }
    });
    let told: BTreeSet<String> = told.collect();
    if told.is_empty() {
        return Vec::new();
    }
    let head = format!(
        "existing pods in namespace \"{}\" violate the new PodSecurity enforce level \"{}\"",
        old.name(),
        new.shown
    );
    std::iter::once(head).chain(told).collect()
}

/// Refuses a pod that its namespace does not allow.
pub(super) fn check(api: &ApiServer, kind: Kind, value: &Value) -> Result<(), Status> {
    if kind != Kind::Pod {
        return Ok(());
    }
    let namespace = value.at(&["metadata", "namespace"]).text();
    let namespace = api.get(Kind::Namespace, "", namespace);
    let Some(policy) = namespace.ok().and_then(|n| policy(n, "enforce")) else {
        return Ok(());
    };
    match violations(policy.level, value.get("spec")) {
        Some(what) => {
            let why = format!("violates PodSecurity \"{}\": {what}", policy.shown);
            Err(Status::forbidden(kind, name_of(value), &why))
        }
        None => Ok(()),
    }
}

/// What a person is told of a pod, or of pods that a template will make.
pub(in crate::sim::apiserver) fn warning(
    api: &ApiServer,
    kind: Kind,
    value: &Value,
) -> Option<String> {
    let template = kind.pod_spec_path()?;
    let namespace = value.at(&["metadata", "namespace"]).text();
    let policy = policy(api.get(Kind::Namespace, "", namespace).ok()?, "warn")?;
    let what = violations(policy.level, value.at(template))?;
    Some(format!(
        "would violate PodSecurity \"{}\": {what}",
        policy.shown
    ))
}

/// The failed checks with their details; None when there are none.
fn violations(level: Level, spec: &Value) -> Option<String> {
    let failed = failed(level, spec);
    let told: Vec<String> = failed
        .into_iter()
        .map(|(reason, detail)| format!("{reason} ({detail})"))
        .collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// Reasons and details: the checks of the baseline that the restricted standard does not make anew, then its own.
fn failed(level: Level, spec: &Value) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    let baseline = level == Level::Baseline;
    if baseline {
        found.push(("non-default capabilities", capabilities(spec, false)));
    }
    found.push(("host namespaces", host_namespaces(spec)));
    if baseline {
        found.push(("hostPath volumes", host_paths(spec)));
    }
    found.push(("hostPort", host_ports(spec)));
    found.push(("privileged", privileged(spec)));
    found.push(("procMount", proc_mount(spec)));
    if baseline {
        found.push(("seccompProfile", seccomp(spec, false)));
    }
    found.push(("forbidden sysctls", sysctls(spec)));
    if level == Level::Restricted {
        found.push(("allowPrivilegeEscalation != false", escalation(spec)));
        found.push(("unrestricted capabilities", capabilities(spec, true)));
        found.push(("restricted volume types", volume_types(spec)));
        found.push(("runAsNonRoot != true", non_root(spec)));
        found.push(("runAsUser=0", root_user(spec)));
        found.push(("seccompProfile", seccomp(spec, true)));
    }
    found.retain(|(_, detail)| !detail.is_empty());
    found
}

fn containers(spec: &Value) -> impl Iterator<Item = &Value> {
    ["initContainers", "containers", "ephemeralContainers"]
        .into_iter()
        .flat_map(|list| spec.get(list).items())
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// `container "a"`, `containers "a", "b"`; empty without any.
fn the(what: &str, names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [_] => format!("{what} {}", quoted(names)),
        _ => format!("{what}s {}", quoted(names)),
    }
}

fn bad(spec: &Value, wrong: impl Fn(&Value) -> bool) -> Vec<&str> {
    containers(spec)
        .filter(|c| wrong(c.get("securityContext")))
        .map(|c| c.get("name").text())
        .collect()
}

/// What is said of containers, if there are any.
fn say(names: &[&str], sentence: &str) -> String {
    if names.is_empty() {
        return String::new();
    }
    format!("{} {sentence}", the("container", names))
}

fn escalation(spec: &Value) -> String {
    let wrong = |c: &Value| c.get("allowPrivilegeEscalation").as_bool() != Some(false);
    let sentence = "must set securityContext.allowPrivilegeEscalation=false";
    say(&bad(spec, wrong), sentence)
}

fn capabilities(spec: &Value, restricted: bool) -> String {
    let allowed = |name: &str| {
        if restricted {
            name == "NET_BIND_SERVICE"
        } else {
            DEFAULT_CAPABILITIES.contains(&name)
        }
    };
    let added = |c: &Value| {
        let added = c.at(&["capabilities", "add"]).items().iter();
        added
            .map(Value::to_str)
            .filter(|a| !allowed(a))
            .collect::<Vec<_>>()
    };
    let mut told = Vec::new();
    if restricted {
        let keeps = |c: &Value| {
            let dropped = c.at(&["capabilities", "drop"]).items();
            !dropped.iter().any(|d| d.text() == "ALL")
        };
        told.push(say(
            &bad(spec, keeps),
            "must set securityContext.capabilities.drop=[\"ALL\"]",
        ));
    }
    let adding = bad(spec, |c| !added(c).is_empty());
    let names: BTreeSet<_> = containers(spec)
        .flat_map(|c| added(c.get("securityContext")))
        .collect();
    let names: Vec<&str> = names.iter().map(Str::as_str).collect();
    let sentence = format!(
        "must not include {} in securityContext.capabilities.add",
        quoted(&names)
    );
    told.push(say(&adding, &sentence));
    told.retain(|text| !text.is_empty());
    told.join("; ")
}

fn host_namespaces(spec: &Value) -> String {
    let names = ["hostNetwork", "hostPID", "hostIPC"];
    let on: Vec<String> = names
        .into_iter()
        .filter(|name| spec.get(name).as_bool() == Some(true))
        .map(|name| format!("{name}=true"))
        .collect();
    on.join(", ")
}

fn host_paths(spec: &Value) -> String {
    let volumes = spec.get("volumes").items().iter();
    let names: Vec<&str> = volumes
        .filter(|v| !v.get("hostPath").is_null())
        .map(|v| v.get("name").text())
        .collect();
    the("volume", &names)
}

fn host_ports(spec: &Value) -> String {
    let ports = |c: &Value| -> Vec<i64> {
        let ports = c.get("ports").items().iter();
        ports
            .filter_map(|p| p.get("hostPort").as_i64())
            .filter(|port| *port != 0)
            .collect()
    };
    let names: Vec<&str> = containers(spec)
        .filter(|c| !ports(c).is_empty())
        .map(|c| c.get("name").text())
        .collect();
    let texts: BTreeSet<String> = containers(spec)
        .flat_map(ports)
        .map(|port| port.to_string())
        .collect();
    let texts: Vec<String> = texts.into_iter().collect();
    if texts.is_empty() {
        return String::new();
    }
    format!(
        "{} {} {} {}",
        the("container", &names),
        if names.len() == 1 { "uses" } else { "use" },
        if texts.len() == 1 {
            "hostPort"
        } else {
            "hostPorts"
        },
        texts.join(", ")
    )
}

fn privileged(spec: &Value) -> String {
    let wrong = |c: &Value| c.get("privileged").as_bool() == Some(true);
    say(
        &bad(spec, wrong),
        "must not set securityContext.privileged=true",
    )
}

fn proc_mount(spec: &Value) -> String {
    let wrong = |c: &Value| !matches!(c.get("procMount").text(), "" | "Default");
    say(
        &bad(spec, wrong),
        "must not set securityContext.procMount to \"Unmasked\"",
    )
}

fn volume_types(spec: &Value) -> String {
    let kind = |v: &Value| {
        let mut fields = v.fields().map(|(key, _)| key.clone());
        fields.find(|key| *key != "name")
    };
    let (mut names, mut types) = (Vec::new(), BTreeSet::new());
    for volume in spec.get("volumes").items() {
        if let Some(kind) = kind(volume).filter(|k| !VOLUMES.contains(&k.as_str())) {
            names.push(volume.get("name").text());
            types.insert(kind);
        }
    }
    let types: Vec<&str> = types.iter().map(Str::as_str).collect();
    match names.len() {
        0 => String::new(),
        1 => format!(
            "{} uses {}",
            the("volume", &names),
            the("restricted volume type", &types)
        ),
        _ => format!(
            "{} use {}",
            the("volume", &names),
            the("restricted volume type", &types)
        ),
    }
}

/// Who sets something that must not be: the pod, some containers, or both.
fn setters(pod: bool, names: &[&str]) -> String {
    let mut who: Vec<String> = Vec::new();
    if pod {
        who.push("pod".to_owned());
    }
    if !names.is_empty() {
        who.push(the("container", names));
    }
    who.join(" and ")
}

fn non_root(spec: &Value) -> String {
    let of = |context: &Value| context.get("runAsNonRoot").as_bool();
    let pod = of(spec.get("securityContext"));
    let explicit = setters(pod == Some(false), &bad(spec, |c| of(c) == Some(false)));
    if !explicit.is_empty() {
        return format!("{explicit} must not set securityContext.runAsNonRoot=false");
    }
    let silent = bad(spec, |c| of(c).is_none() && pod != Some(true));
    if silent.is_empty() {
        return String::new();
    }
    format!(
        "pod or {} must set securityContext.runAsNonRoot=true",
        the("container", &silent)
    )
}

fn root_user(spec: &Value) -> String {
    let root = |context: &Value| context.get("runAsUser").as_i64() == Some(0);
    let who = setters(root(spec.get("securityContext")), &bad(spec, root));
    if who.is_empty() {
        return who;
    }
    format!("{who} must not set runAsUser=0")
}

fn seccomp(spec: &Value, restricted: bool) -> String {
    let of = |context: &Value| context.at(&["seccompProfile", "type"]).to_str();
    let pod = of(spec.get("securityContext"));
    let unconfined = setters(pod == "Unconfined", &bad(spec, |c| of(c) == "Unconfined"));
    if !unconfined.is_empty() {
        return format!(
            "{unconfined} must not set securityContext.seccompProfile.type to \"Unconfined\""
        );
    }
    let silent = bad(spec, |c| of(c).is_empty() && pod.is_empty());
    if !restricted || silent.is_empty() {
        return String::new();
    }
    format!(
        "pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
        the("container", &silent)
    )
}

fn sysctls(spec: &Value) -> String {
    const SAFE: [&str; 11] = [
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem",
    ];
    let all = spec.at(&["securityContext", "sysctls"]).items().iter();
    let names: Vec<&str> = all
        .map(|s| s.get("name").text())
        .filter(|name| !SAFE.contains(name) && *name != "net.ipv4.tcp_wmem")
        .collect();
    names.join(", ")
}
