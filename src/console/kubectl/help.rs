//! Help texts of kubectl and its groups, and what is said about commands that are not here.
//! [`super::usage`] has those of the commands.

use crate::console::error::Failure;
use crate::console::verb;

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

/// The commands of the first level as `kubectl` lists them; what is missing here comes from the commands themselves.
const SECTIONS: &[(&str, &[&str])] = &[
    (
        "Basic Commands (Beginner)",
        &["create", "expose", "run", "set"],
    ),
    (
        "Basic Commands (Intermediate)",
        &["explain", "get", "edit", "delete"],
    ),
    ("Deploy Commands", &["rollout", "scale", "autoscale"]),
    (
        "Cluster Management Commands",
        &[
            "certificate",
            "cluster-info",
            "top",
            "cordon",
            "uncordon",
            "drain",
            "taint",
        ],
    ),
    (
        "Troubleshooting and Debugging Commands",
        &[
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
        ],
    ),
    (
        "Advanced Commands",
        &["diff", "apply", "patch", "replace", "wait", "kustomize"],
    ),
    ("Settings Commands", &["label", "annotate", "completion"]),
    ("Subcommands provided by plugins", &[]),
    (
        "Other Commands",
        &[
            "api-resources",
            "api-versions",
            "config",
            "kuberc",
            "plugin",
            "version",
        ],
    ),
];

/// Groups and commands that only have a line in the list.
const ABOUTS: &[(&str, &str)] = &[
    ("set", "Set specific features on objects"),
    ("rollout", "Manage the rollout of a resource"),
    ("certificate", "Modify certificate resources"),
    ("top", "Display resource (CPU/memory) usage"),
    ("auth", "Inspect authorization"),
    (
        "kustomize",
        "Build a kustomization target from a directory or URL",
    ),
    ("config", "Modify kubeconfig files"),
    ("kuberc", "Manage kuberc configuration files"),
    ("plugin", "Provides utilities for interacting with plugins"),
];

/// `kubectl` without a command, or with a word to `help` that is none.
pub fn kubectl(topic: Option<&[String]>) -> String {
    let mut text = match topic {
        Some(words) => format!("Unknown help topic [`{}`]\n\n", words.join(" ")),
        None => "kubectl controls the Kubernetes cluster manager.\n\n Find more information at: \
                 https://kubernetes.io/docs/reference/kubectl/\n\n"
            .to_owned(),
    };
    for (title, names) in SECTIONS {
        text.push_str(&format!("{title}:\n"));
        for name in *names {
            let own = ABOUTS.iter().find(|(n, _)| n == name).map(|(_, a)| *a);
            let mut all = verb::ALL.iter().flat_map(|c| c.iter());
            let about = own.or_else(|| all.find(|c| c.path == *name).map(|c| c.about));
            text.push_str(&format!("  {name:<13}   {}\n", about.unwrap_or_default()));
        }
        text.push('\n');
    }
    text.push_str(
        "Usage:\n  kubectl [flags] [options]\n\nUse \"kubectl <command> --help\" for more information about a \
         given command.\nUse \"kubectl options\" for a list of global command-line options (applies to all \
         commands).\n",
    );
    text
}

/// What a group prints when it is used alone: title, own text, subcommands with their descriptions.
struct Group {
    name: &'static str,
    title: &'static str,
    subcommands: &'static [(&'static str, &'static str)],
    /// Its usage without `kubectl` and its name.
    usage: &'static str,
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
        usage: "SUBCOMMAND",
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
        usage: "SUBCOMMAND",
    },
    Group {
        name: "top",
        title: "Display resource (CPU/memory) usage.\n",
        subcommands: &[
            ("node", "Display resource (CPU/memory) usage of nodes"),
            ("pod", "Display resource (CPU/memory) usage of pods"),
        ],
        usage: "[flags]",
    },
    Group {
        name: "secret",
        title: "Create a secret with specified type.\n\n A docker-registry type secret is for accessing a container \
                registry.\n\n A generic type secret indicate an Opaque secret type.\n\n A tls type secret holds TLS \
                certificate and its associated key.\n",
        subcommands: &[
            (
                "docker-registry",
                "Create a secret for use with a Docker registry",
            ),
            (
                "generic",
                "Create a secret from a local file, directory, or literal value",
            ),
            ("tls", "Create a TLS secret"),
        ],
        usage: "(docker-registry | generic | tls)",
    },
    Group {
        name: "service",
        title: "Create a service using a specified subcommand.\n\nAliases:\nservice, svc\n",
        subcommands: &[
            ("clusterip", "Create a ClusterIP service"),
            ("externalname", "Create an ExternalName service"),
            ("loadbalancer", "Create a LoadBalancer service"),
            ("nodeport", "Create a NodePort service"),
        ],
        usage: "[flags]",
    },
    Group {
        name: "config",
        title: "The configuration of kubectl; the one context of this console cannot be changed.\n",
        subcommands: &[
            ("current-context", "Display the current-context"),
            (
                "delete-cluster",
                "Delete the specified cluster from the kubeconfig",
            ),
            (
                "delete-context",
                "Delete the specified context from the kubeconfig",
            ),
            (
                "delete-user",
                "Delete the specified user from the kubeconfig",
            ),
            ("get-clusters", "Display clusters defined in the kubeconfig"),
            ("get-contexts", "Describe one or many contexts"),
            ("get-users", "Display users defined in the kubeconfig"),
            (
                "rename-context",
                "Rename a context from the kubeconfig file",
            ),
            ("set", "Set an individual value in a kubeconfig file"),
            ("set-cluster", "Set a cluster entry in kubeconfig"),
            ("set-context", "Set a context entry in kubeconfig"),
            ("set-credentials", "Set a user entry in kubeconfig"),
            ("unset", "Unset an individual value in a kubeconfig file"),
            (
                "use-context",
                "Set the current-context in a kubeconfig file",
            ),
            (
                "view",
                "Display merged kubeconfig settings or a specified kubeconfig file",
            ),
        ],
        usage: "SUBCOMMAND",
    },
    Group {
        name: "auth",
        title: "Inspect authorization.\n",
        subcommands: &[
            ("can-i", "Check whether an action is allowed"),
            (
                "reconcile",
                "Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects",
            ),
            ("whoami", "Experimental: Check self subject attributes"),
        ],
        usage: "[flags]",
    },
    Group {
        name: "certificate",
        title: "Modify certificate resources.\n",
        subcommands: &[
            ("approve", "Approve a certificate signing request"),
            ("deny", "Deny a certificate signing request"),
        ],
        usage: "SUBCOMMAND",
    },
    Group {
        name: "plugin",
        title: "Programs that add commands to kubectl; there are none here.\n",
        subcommands: &[(
            "list",
            "List all visible plugin executables on a user's PATH",
        )],
        usage: "[flags]",
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
    let usage = group.map_or("SUBCOMMAND", |g| g.usage);
    text.push_str(&format!(
        "\nUsage:\n  {path} {usage} [options]\n\nUse \"{path} <command> --help\" for more information about a \
         given command.\nUse \"kubectl options\" for a list of global command-line options (applies to all \
         commands).\n"
    ));
    text
}
