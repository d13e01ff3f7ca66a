//! Which command a line means, and what is said when it means none.
//!
//! Upstream: `Command.Find`, `SuggestionsFor` of the command library, and kubectl's plugin handling.

use super::{Command, flags, help};
use crate::console::args::{Flag, Parsed, Takes, quoted};
use crate::console::error::Failure;
use crate::console::task::Io;
use crate::console::verb;

/// The commands of the first level in kubectl's order.
pub const NAMES: &[&str] = &[
    "create",
    "expose",
    "run",
    "set",
    "explain",
    "get",
    "edit",
    "delete",
    "rollout",
    "scale",
    "autoscale",
    "certificate",
    "cluster-info",
    "top",
    "cordon",
    "uncordon",
    "drain",
    "taint",
    "describe",
    "logs",
    "attach",
    "exec",
    "port-forward",
    "proxy",
    "cp",
    "auth",
    "debug",
    "events",
    "diff",
    "apply",
    "patch",
    "replace",
    "wait",
    "kustomize",
    "label",
    "annotate",
    "completion",
    "alpha",
    "api-resources",
    "api-versions",
    "config",
    "plugin",
    "version",
    "options",
];

/// Other words that people type for a command.
const SUGGEST_FOR: &[(&str, &str)] = &[
    ("list", "get"),
    ("ls", "get"),
    ("rm", "delete"),
    ("resize", "scale"),
    ("rollingupdate", "rollout"),
];

/// Commands that only hold others, with all they hold.
pub const GROUPS: &[(&str, &[&str])] = &[
    (
        "create",
        &[
            "clusterrole",
            "clusterrolebinding",
            "configmap",
            "cronjob",
            "deployment",
            "ingress",
            "job",
            "namespace",
            "poddisruptionbudget",
            "priorityclass",
            "quota",
            "role",
            "rolebinding",
            "secret",
            "service",
            "serviceaccount",
            "token",
        ],
    ),
    (
        "rollout",
        &["history", "pause", "restart", "resume", "status", "undo"],
    ),
    (
        "set",
        &[
            "env",
            "image",
            "resources",
            "selector",
            "serviceaccount",
            "subject",
        ],
    ),
    ("top", &["node", "pod"]),
    ("auth", &["can-i", "reconcile", "whoami"]),
    (
        "config",
        &[
            "current-context",
            "delete-cluster",
            "delete-context",
            "delete-user",
            "get-clusters",
            "get-contexts",
            "get-users",
            "rename-context",
            "set",
            "set-cluster",
            "set-context",
            "set-credentials",
            "unset",
            "use-context",
            "view",
        ],
    ),
    (
        "apply",
        &["edit-last-applied", "set-last-applied", "view-last-applied"],
    ),
    ("certificate", &["approve", "deny"]),
    ("cluster-info", &["dump"]),
    ("plugin", &["list"]),
    (
        "service",
        &["clusterip", "externalname", "loadbalancer", "nodeport"],
    ),
    ("secret", &["docker-registry", "generic", "tls"]),
];

/// Other names of subcommands.
const ALIASES: &[(&str, &str)] = &[
    ("deploy", "deployment"),
    ("ns", "namespace"),
    ("cm", "configmap"),
    ("cj", "cronjob"),
    ("svc", "service"),
    ("sa", "serviceaccount"),
    ("pdb", "poddisruptionbudget"),
    ("pc", "priorityclass"),
    ("ing", "ingress"),
    ("nodes", "node"),
    ("no", "node"),
    ("pods", "pod"),
    ("po", "pod"),
    ("res", "resources"),
];

/// What a line means.
pub struct Found {
    /// The names of the command, `["rollout", "status"]`.
    names: Vec<&'static str>,
    pub command: Option<&'static Command>,
    /// The words without the command's names.
    pub words: Vec<String>,
}

impl Found {
    /// `kubectl rollout status`
    pub fn path(&self) -> String {
        let mut path = "kubectl".to_owned();
        for name in &self.names {
            path.push(' ');
            path.push_str(name);
        }
        path
    }

    /// The group that is named without one of its commands: `set`, `create secret`, but not `config set`.
    fn group(&self) -> Option<&&'static str> {
        let within = matches!(self.names[..], [_] | ["create", _]);
        self.names
            .last()
            .filter(|n| within && subcommands(n).is_some())
    }

    /// What a group, or kubectl itself, says when it is used alone; what is said of a command that is not here.
    pub fn without_command(&self, parsed: &Parsed, io: &mut Io<'_>) -> Result<(), Failure> {
        let Some(first) = self.names.first() else {
            let topic = parsed.args.strip_prefix(&["help".to_owned()]);
            io.out(help::kubectl(topic.filter(|t| !t.is_empty())));
            return Ok(());
        };
        if let Some(group) = self.group() {
            if parsed.args.is_empty() || parsed.is("help") {
                let text = help::group(&self.path(), group);
                // `certificate` alone is no mistake, unlike the other groups.
                if parsed.is("help") || *group == "certificate" {
                    io.out(text);
                    return Ok(());
                }
                io.err(text);
                return Err(Failure::Code(1));
            }
            let message = format!("unknown command {}", quoted(&parsed.args.join(" ")));
            return Err(Failure::usage(message, self.path()));
        }
        Err(help::not_here(first, &self.path()))
    }
}

/// `kubectl help COMMAND` is that command with `--help`.
fn topic(words: &[String]) -> Result<Found, Failure> {
    let mut asked = words.to_vec();
    if asked.is_empty() {
        return Ok(Found {
            names: Vec::new(),
            command: None,
            words: Vec::new(),
        });
    }
    let known = NAMES.contains(&asked[0].as_str());
    if !known {
        return Ok(Found {
            names: Vec::new(),
            command: None,
            words: std::iter::once("help".to_owned()).chain(asked).collect(),
        });
    }
    asked.push("--help".to_owned());
    find(&asked)
}

fn subcommands(name: &str) -> Option<&'static [&'static str]> {
    GROUPS.iter().find(|(n, _)| *n == name).map(|(_, all)| *all)
}

/// Finds the command of a line.
pub fn find(words: &[String]) -> Result<Found, Failure> {
    let mut found = Found {
        names: Vec::new(),
        command: None,
        words: words.to_vec(),
    };
    loop {
        let known = found.command.map_or(&[][..], |c| c.flags);
        let Some(at) = next_argument(&found.words, known) else {
            break;
        };
        let typed = found.words[at].as_str();
        let name = match found.names.last() {
            None => NAMES.iter().find(|n| **n == typed),
            Some(last) => {
                let full = ALIASES
                    .iter()
                    .find(|(a, _)| *a == typed)
                    .map_or(typed, |(_, f)| f);
                subcommands(last).and_then(|all| all.iter().find(|n| **n == full))
            }
        };
        let Some(name) = name else {
            break;
        };
        found.names.push(name);
        found.words.remove(at);
        found.command = verb::command(&found.names.join(" "));
    }
    if !found.names.is_empty() {
        return Ok(found);
    }
    match next_argument(words, &[]) {
        None => Ok(found),
        Some(at) if words[at] == "help" => topic(&words[at + 1..]),
        Some(_) if words[0].starts_with('-') => Err(Failure::Plain(format!(
            "Error: flags cannot be placed before plugin name: {}",
            words[0]
        ))),
        Some(at) => Err(unknown(&words[at])),
    }
}

/// Where the first word stands that is neither a flag nor a flag's value.
///
/// Upstream: spf13/cobra command.go `stripFlags`.
fn next_argument(words: &[String], known: &[&[Flag]]) -> Option<usize> {
    let flag = |fits: &dyn Fn(&Flag) -> bool| {
        let all = flags::GLOBAL
            .iter()
            .chain(known.iter().flat_map(|f| f.iter()));
        let mut fitting = all.filter(|f| fits(f));
        fitting.any(|f| matches!(f.takes, Takes::Bool | Takes::Maybe(_)))
    };
    let mut at = 0;
    while at < words.len() {
        let word = words[at].as_str();
        at += 1;
        if word == "--" {
            return None;
        }
        let takes_next = match word.strip_prefix("--") {
            Some(name) => !word.contains('=') && !flag(&|f| f.name == name),
            None => {
                word.len() == 2
                    && word.starts_with('-')
                    && !flag(&|f| f.short == word.chars().nth(1))
            }
        };
        if takes_next {
            if words.len() - at <= 1 {
                return None;
            }
            at += 1;
        } else if !word.is_empty() && !word.starts_with('-') {
            return Some(at - 1);
        }
    }
    None
}

/// `unknown command "gett" for "kubectl"` and the commands it may have meant.
fn unknown(typed: &str) -> Failure {
    let mut message = format!("unknown command {} for \"kubectl\"", quoted(typed));
    let meant: Vec<&str> = NAMES
        .iter()
        .copied()
        .filter(|n| suggests(n, typed))
        .collect();
    if !meant.is_empty() {
        message.push_str("\n\nDid you mean this?\n");
        for name in meant {
            message.push_str(&format!("\t{name}\n"));
        }
    }
    Failure::Client(message)
}

fn suggests(name: &str, typed: &str) -> bool {
    let lower = typed.to_lowercase();
    name.starts_with(&lower)
        || distance(&lower, name) <= 2
        || SUGGEST_FOR
            .iter()
            .any(|(word, meant)| *word == lower && *meant == name)
}

/// The Levenshtein distance; long words are far from everything.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > 40 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut diagonal = i;
        for (j, cb) in b.iter().enumerate() {
            let above = row[j + 1];
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = above;
            row[j] = left;
            left = cost.min(left + 1).min(above + 1);
        }
        row[b.len()] = left;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions() {
        let rows = [
            ("gett", "set get"),
            ("git", "set get edit wait"),
            ("tain", "drain taint wait"),
            ("ls", "get logs cp"),
            ("list", "get"),
            ("log", "top logs"),
            ("xyzzy", ""),
        ];
        for (typed, want) in rows {
            let meant: Vec<&str> = NAMES
                .iter()
                .copied()
                .filter(|n| suggests(n, typed))
                .collect();
            assert_eq!(meant.join(" "), want, "{typed}");
        }
    }
}
