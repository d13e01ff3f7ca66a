//! `kubectl COMMAND --help`: what it does, its flags with what they are when they are not given, its usage.

use super::Command;
use crate::console::args::{Flag, Takes};
use crate::k8s::order::InOrder;

/// What flags are that are not given, where that is not the empty value of their type.
const DEFAULTS: &[(&str, &str)] = &[
    ("allow-missing-template-keys", "true"),
    ("cascade", "'background'"),
    ("chunk-size", "500"),
    ("current-replicas", "-1"),
    ("dry-run", "'none'"),
    ("grace-period", "-1"),
    ("limit-bytes", "0"),
    ("max", "-1"),
    ("max-log-requests", "5"),
    ("merge", "true"),
    ("min", "-1"),
    ("namespaced", "true"),
    ("openapi-patch", "true"),
    ("override-type", "'merge'"),
    ("pod-running-timeout", "1m0s"),
    ("preemption-policy", "'PreemptLowerPriority'"),
    ("server-print", "true"),
    ("show-events", "true"),
    ("tail", "-1"),
    ("use-protocol-buffers", "true"),
    ("validate", "'strict'"),
];

/// The same where it depends on the command.
const OF_COMMANDS: &[(&str, &str, &str)] = &[
    ("apply", "overwrite", "true"),
    ("apply", "field-manager", "'kubectl-client-side-apply'"),
    ("apply view-last-applied", "output", "'yaml'"),
    ("config view", "output", "'yaml'"),
    ("create deployment", "image", "[]"),
    ("create deployment", "port", "-1"),
    ("create deployment", "replicas", "1"),
    (
        "create secret docker-registry",
        "docker-server",
        "'https://index.docker.io/v1/'",
    ),
    ("debug", "profile", "'general'"),
    ("debug", "share-processes", "true"),
    ("delete", "wait", "true"),
    ("diff", "concurrency", "1"),
    ("diff", "field-manager", "'kubectl-client-side-apply'"),
    ("explain", "output", "'plaintext'"),
    ("logs", "pod-running-timeout", "20s"),
    ("patch", "type", "'strategic'"),
    ("port-forward", "address", "[localhost]"),
    ("proxy", "address", "'127.0.0.1'"),
    ("proxy", "api-prefix", "'/'"),
    ("proxy", "port", "8001"),
    ("rollout status", "watch", "true"),
    ("run", "restart", "'Always'"),
    ("set env", "containers", "'*'"),
    ("set env", "overwrite", "true"),
    ("set resources", "containers", "'*'"),
    ("set selector", "recursive", "true"),
    ("wait", "for", "[]"),
    ("wait", "recursive", "true"),
    ("wait", "timeout", "30s"),
];

/// Flags that are taken and not shown.
const HIDDEN: &[&str] = &["record", "cpu-percent", "short", "no-headers-only"];

fn default(command: &Command, flag: &Flag) -> String {
    let own = OF_COMMANDS
        .iter()
        .find(|(path, name, _)| *path == command.path && *name == flag.name);
    if let Some((.., text)) = own {
        return (*text).to_owned();
    }
    if flag.name == "field-manager" {
        let verb = command.path.split(' ').next().unwrap_or("");
        return format!("'kubectl-{verb}'");
    }
    if let Some((_, text)) = DEFAULTS.iter().find(|(name, _)| *name == flag.name) {
        return (*text).to_owned();
    }
    match flag.takes {
        Takes::Bool => "false",
        Takes::Text | Takes::Maybe(_) => "''",
        Takes::List | Takes::Each => "[]",
        Takes::Int => "0",
        Takes::Duration => "0s",
    }
    .to_owned()
}

/// One flag as a line.
pub fn line(flag: &Flag, default: &str) -> String {
    let short = flag.short.map_or(String::new(), |c| format!("-{c}, "));
    format!("    {short}--{}={default}:\n", flag.name)
}

/// `--help` of a command.
pub fn of(command: &Command) -> String {
    let mut text = format!("{}.\n", command.about.trim_end_matches('.'));
    let mut flags: Vec<&Flag> = command.flags.iter().flat_map(|f| f.iter()).collect();
    flags.retain(|f| !HIDDEN.contains(&f.name));
    flags.order_by_key(|f| f.name);
    flags.dedup_by_key(|f| f.name);
    if !flags.is_empty() {
        text.push_str("\nOptions:\n");
    }
    for flag in &flags {
        text.push_str(&line(flag, &default(command, flag)));
    }
    let usage = match command.usage {
        "" => String::new(),
        usage => format!(" {usage}"),
    };
    let options = if flags.is_empty() && usage.is_empty() {
        ""
    } else {
        " [options]"
    };
    text.push_str(&format!(
        "\nUsage:\n  kubectl {}{usage}{options}\n\n",
        command.path
    ));
    if matches!(command.path, "apply" | "create" | "cluster-info") {
        text.push_str(&format!(
            "Use \"kubectl {} <command> --help\" for more information about a given command.\n",
            command.path
        ));
    }
    text.push_str("Use \"kubectl options\" for a list of global command-line options (applies to all commands).\n");
    text
}
