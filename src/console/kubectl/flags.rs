//! Flags that several commands share.

use crate::cluster::{SimSpan, SimTime};
use crate::console::args::{Flag, Parsed, Takes, long, parse_duration, short};
use crate::console::error::Failure;
use crate::console::files::Found;
use crate::console::task::Io;
use crate::console::verb::config::NAME;

/// Known to every command. Most of them mean nothing here and are read over.
pub const GLOBAL: &[Flag] = &[
    short('n', "namespace", Takes::Text),
    short('h', "help", Takes::Bool),
    short('v', "v", Takes::Text),
    short('s', "server", Takes::Text),
    long("as", Takes::Text),
    long("as-group", Takes::Each),
    long("as-uid", Takes::Text),
    long("as-user-extra", Takes::Each),
    long("cache-dir", Takes::Text),
    long("certificate-authority", Takes::Text),
    long("client-certificate", Takes::Text),
    long("client-key", Takes::Text),
    long("cluster", Takes::Text),
    long("context", Takes::Text),
    long("disable-compression", Takes::Bool),
    long("insecure-skip-tls-verify", Takes::Bool),
    long("kubeconfig", Takes::Text),
    long("kuberc", Takes::Text),
    long("log-flush-frequency", Takes::Duration),
    long("match-server-version", Takes::Bool),
    long("password", Takes::Text),
    long("profile", Takes::Text),
    long("profile-output", Takes::Text),
    long("request-timeout", Takes::Text),
    long("tls-server-name", Takes::Text),
    long("token", Takes::Text),
    long("user", Takes::Text),
    long("username", Takes::Text),
    long("vmodule", Takes::Text),
    long("warnings-as-errors", Takes::Bool),
];

/// Known to `kubectl` alone; it prints no version, though.
pub const ROOT: &[Flag] = &[long("version", Takes::Bool)];

/// `-f`, `-R`, `-k`
pub const FILES: &[Flag] = &[
    short('f', "filename", Takes::List),
    short('R', "recursive", Takes::Bool),
    short('k', "kustomize", Takes::Text),
];

/// `-l`
pub const SELECTOR: &[Flag] = &[short('l', "selector", Takes::Text)];

/// `--field-selector`
pub const FIELD_SELECTOR: &[Flag] = &[long("field-selector", Takes::Text)];

/// `-A`
pub const ALL_NAMESPACES: &[Flag] = &[short('A', "all-namespaces", Takes::Bool)];

/// `--all`
pub const ALL: &[Flag] = &[long("all", Takes::Bool)];

/// `-o` and what belongs to it.
pub const OUTPUT: &[Flag] = &[
    short('o', "output", Takes::Text),
    long("template", Takes::Text),
    long("allow-missing-template-keys", Takes::Bool),
    long("show-managed-fields", Takes::Bool),
];

/// `--dry-run`
pub const DRY_RUN: &[Flag] = &[long("dry-run", Takes::Maybe("unchanged"))];

/// `--field-manager`
pub const FIELD_MANAGER: &[Flag] = &[long("field-manager", Takes::Text)];

/// `--record`
pub const RECORD: &[Flag] = &[long("record", Takes::Bool)];

/// `--validate`
pub const VALIDATE: &[Flag] = &[long("validate", Takes::Maybe("strict"))];

/// Refuses the global flags that name another cluster, user or configuration than the one there is.
pub fn check_global(path: &str, flags: &Parsed, io: &Io<'_>) -> Result<(), Failure> {
    let text = |name: &str| flags.text(name).filter(|t| !t.is_empty());
    if let Some(file) = text("kubeconfig")
        && io.session.files.find(&io.session.path(file)) == Found::Nothing
        && !file.starts_with(['/', '~'])
    {
        return Err(Failure::client(format!(
            "stat {file}: no such file or directory"
        )));
    }
    if path.starts_with("config") || matches!(path, "options" | "completion" | "plugin list") {
        return Ok(());
    }
    if let Some(context) = text("context").filter(|c| *c != NAME) {
        return Err(Failure::Plain(format!(
            "Error in configuration: context was not found for specified context: {context}"
        )));
    }
    if let Some(cluster) = text("cluster").filter(|c| *c != NAME) {
        return Err(Failure::client(format!(
            "no server found for cluster \"{cluster}\""
        )));
    }
    if let Some(user) = text("user").filter(|u| *u != NAME && !of_subjects(path)) {
        return Err(Failure::client(format!(
            "auth info \"{user}\" does not exist"
        )));
    }
    super::leave::check(flags)?;
    if let Some(timeout) = text("request-timeout")
        && request_timeout(timeout).is_none()
    {
        return Err(Failure::client(
            "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a \
             corresponding time unit (e.g. 1s | 2m | 3h)",
        ));
    }
    Ok(())
}

/// `--user` names who is bound, not who asks.
fn of_subjects(path: &str) -> bool {
    [
        "set subject",
        "create rolebinding",
        "create clusterrolebinding",
    ]
    .contains(&path)
}

/// When `--request-timeout` ends a watch.
pub fn ends(call: &super::Call, io: &Io<'_>) -> Option<SimTime> {
    let timeout = request_timeout(call.flags.text("request-timeout").unwrap_or(""));
    let millis = timeout
        .and_then(|t| u64::try_from(t).ok())
        .filter(|t| *t > 0);
    millis.map(|millis| io.now() + SimSpan::from_millis(millis))
}

/// `--request-timeout` in milliseconds; a bare number means seconds.
pub fn request_timeout(text: &str) -> Option<i64> {
    match text.parse::<i64>() {
        Ok(seconds) => seconds.checked_mul(1000),
        Err(_) => parse_duration(text).ok(),
    }
}
