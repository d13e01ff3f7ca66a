//! Short help texts, and what is said about commands that are not here.

use super::Command;
use crate::console::args::Takes;
use crate::console::error::Failure;
use crate::console::verb;
use crate::k8s::order::InOrder;

/// Commands that do not exist here, with what to use instead.
const NOT_HERE: &[(&str, &str)] = &[
    (
        "attach",
        "containers here have no streams; kubectl logs shows what there is",
    ),
    (
        "port-forward",
        "containers here serve nothing; kubectl get endpointslices shows who would answer",
    ),
    (
        "proxy",
        "there is no HTTP server behind the simulation; use kubectl get --output yaml",
    ),
    (
        "cp",
        "containers here have no files; use kubectl exec for what they would say",
    ),
    (
        "debug",
        "containers here run nothing to look into; use kubectl describe and kubectl events",
    ),
    (
        "certificate",
        "there are no certificates here; nodes join with the page's button",
    ),
    (
        "kustomize",
        "write the manifests out and use kubectl apply -f",
    ),
    ("completion", "press Tab: completion is built in"),
    ("plugin", "there are no plugins here"),
    ("auth", "everything is allowed here"),
    ("alpha", "there are no alpha commands here"),
];

/// The sentence for a command of kubectl that the playground does not have.
pub fn not_here(name: &str, path: &str) -> Failure {
    let instead = NOT_HERE
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, why)| *why);
    let why = instead.unwrap_or("kubectl --help lists what there is");
    Failure::client(format!("{path} is not part of this playground: {why}"))
}

/// `kubectl` without a command.
pub fn kubectl() -> String {
    let mut text = "kubectl controls the Kubernetes cluster manager.\n\nCommands:\n".to_owned();
    for command in verb::ALL.iter().flat_map(|c| c.iter()) {
        text.push_str(&format!("  {:<24} {}\n", command.path, command.about));
    }
    text.push_str(
        "\nUse \"kubectl <command> --help\" for more information about a given command.\n",
    );
    text
}

/// What a group prints when it is used alone: title, own text, subcommands with their descriptions.
struct Group {
    name: &'static str,
    title: &'static str,
    subcommands: &'static [(&'static str, &'static str)],
}

const GROUPS: &[Group] = &[
    Group {
        name: "set",
        title: "Configure application resources.\n\n These commands help you make changes to existing \
                application resources.\n",
        subcommands: &[
            ("env", "Update environment variables on a pod template"),
            ("image", "Update the image of a pod template"),
            (
                "resources",
                "Update resource requests/limits on objects with pod templates",
            ),
            ("selector", "Set the selector on a resource"),
            ("serviceaccount", "Update the service account of a resource"),
            (
                "subject",
                "Update the user, group, or service account in a role binding or cluster role binding",
            ),
        ],
    },
    Group {
        name: "rollout",
        title: "Manage the rollout of one or many resources.\n\n Valid resource types include:\n\n  *  \
                deployments\n  *  daemonsets\n  *  statefulsets\n\nExamples:\n  # Rollback to the previous \
                deployment\n  kubectl rollout undo deployment/abc\n\n  # Check the rollout status of a \
                daemonset\n  kubectl rollout status daemonset/foo\n\n  # Restart a deployment\n  kubectl \
                rollout restart deployment/abc\n\n  # Restart deployments with the 'app=nginx' label\n  \
                kubectl rollout restart deployment --selector=app=nginx\n",
        subcommands: &[
            ("history", "View rollout history"),
            ("pause", "Mark the provided resource as paused"),
            ("restart", "Restart a resource"),
            ("resume", "Resume a paused resource"),
            ("status", "Show the status of the rollout"),
            ("undo", "Undo a previous rollout"),
        ],
    },
    Group {
        name: "top",
        title: "Display resource (CPU/memory) usage.\n",
        subcommands: &[
            ("node", "Display resource (CPU/memory) usage of nodes"),
            ("pod", "Display resource (CPU/memory) usage of pods"),
        ],
    },
];

/// A group of commands without one of them.
pub fn group(path: &str, name: &str) -> String {
    let mut text = String::new();
    let group = GROUPS.iter().find(|g| g.name == name);
    if let Some(group) = group {
        text.push_str(group.title);
        text.push('\n');
    }
    text.push_str("Available Commands:\n");
    if let Some(group) = group {
        let longest = group
            .subcommands
            .iter()
            .map(|(n, _)| n.len())
            .max()
            .unwrap_or(0)
            .max(11);
        for (name, about) in group.subcommands {
            text.push_str(&format!("  {name:<longest$}   {about}\n"));
        }
    } else {
        let start = format!("{} ", path.trim_start_matches("kubectl "));
        for command in verb::ALL.iter().flat_map(|c| c.iter()) {
            if let Some(rest) = command.path.strip_prefix(&start) {
                text.push_str(&format!("  {rest:<16} {}\n", command.about));
            }
        }
    }
    text.push_str(&format!(
        "\nUsage:\n  {path} SUBCOMMAND [options]\n\nUse \"{path} <command> --help\" for more information about a \
         given command.\nUse \"kubectl options\" for a list of global command-line options (applies to all \
         commands).\n"
    ));
    text
}

/// `--help` of a command.
pub fn of(command: &Command) -> String {
    let mut text = format!(
        "{}\n\nUsage:\n  kubectl {} {}\n",
        command.about, command.path, command.usage
    );
    let mut flags: Vec<_> = command.flags.iter().flat_map(|f| f.iter()).collect();
    flags.order_by_key(|f| f.name);
    if !flags.is_empty() {
        text.push_str("\nOptions:\n");
    }
    for flag in flags {
        let short = flag.short.map_or("    ".to_owned(), |c| format!("-{c}, "));
        let value = match flag.takes {
            Takes::Bool => "=false",
            Takes::Text | Takes::Maybe(_) => "=''",
            Takes::List | Takes::Each => "=[]",
            Takes::Int => "=0",
            Takes::Duration => "=0s",
        };
        text.push_str(&format!("    {short}--{}{value}\n", flag.name));
    }
    text.push_str("\nUse \"kubectl options\" for a list of global command-line options (applies to all commands).\n");
    text
}
