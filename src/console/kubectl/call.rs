//! `Call`: one use of a command: its flags, arguments and namespace.

use super::Command;
use crate::console::args::Parsed;
use crate::console::error::Failure;
use crate::console::session::Session;
use crate::k8s::selector::Selector;

/// A parsed command line.
#[derive(Clone)]
pub struct Call {
    pub command: &'static Command,
    pub flags: Parsed,
    /// The namespace of `-n`, else the terminal's.
    pub namespace: String,
    /// `-n` was given.
    pub namespace_given: bool,
}

/// `--dry-run`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DryRun {
    None,
    Client,
    Server,
}

impl DryRun {
    /// What a success line ends with.
    pub fn suffix(self) -> &'static str {
        match self {
            DryRun::None => "",
            DryRun::Client => " (dry run)",
            DryRun::Server => " (server dry run)",
        }
    }
}

impl Call {
    pub fn new(command: &'static Command, flags: Parsed, session: &Session) -> Self {
        let given = flags.text("namespace").filter(|n| !n.is_empty());
        Self {
            namespace: given.unwrap_or(&session.namespace).to_owned(),
            namespace_given: given.is_some(),
            command,
            flags,
        }
    }

    /// The arguments.
    pub fn args(&self) -> &[String] {
        &self.flags.args
    }

    /// `kubectl rollout status`
    pub fn path(&self) -> String {
        format!("kubectl {}", self.command.path)
    }

    /// `error: …` with the pointer to this command's help.
    pub fn usage(&self, message: impl Into<String>) -> Failure {
        Failure::usage(message, self.path())
    }

    /// `-A` was given.
    pub fn all_namespaces(&self) -> bool {
        self.flags.is("all-namespaces")
    }

    /// What `-l` selects; everything without it.
    pub fn selector(&self) -> Result<Selector, Failure> {
        Selector::parse(self.flags.text("selector").unwrap_or("")).map_err(Failure::client)
    }

    /// `-l` says something.
    pub fn selects(&self) -> bool {
        self.flags.text("selector").is_some_and(|s| !s.is_empty())
    }

    /// The namespace that lists are limited to.
    pub fn list_namespace(&self) -> Option<&str> {
        (!self.all_namespaces()).then_some(self.namespace.as_str())
    }

    /// `--dry-run`; the second value is to be logged: a place in kubectl's sources and a text.
    pub fn dry_run(&self) -> Result<(DryRun, Option<[&'static str; 2]>), Failure> {
        match self.flags.text("dry-run") {
            None | Some("none") => Ok((DryRun::None, None)),
            Some("false") => Ok((
                DryRun::None,
                Some([
                    "helpers.go:736",
                    "--dry-run=false is deprecated (boolean value) and can be replaced with \
                     --dry-run=none.",
                ]),
            )),
            Some("client") => Ok((DryRun::Client, None)),
            Some("server") => Ok((DryRun::Server, None)),
            Some("unchanged") => Ok((
                DryRun::Client,
                Some([
                    "helpers.go:719",
                    "--dry-run is deprecated and can be replaced with --dry-run=client.",
                ]),
            )),
            Some("true") => Ok((
                DryRun::Client,
                Some([
                    "helpers.go:733",
                    "--dry-run=true is deprecated (boolean value) and can be replaced with \
                     --dry-run=client.",
                ]),
            )),
            Some(other) => Err(Failure::client(format!(
                "Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
            ))),
        }
    }

    /// The sentence for an empty list.
    pub fn nothing_found(&self, namespaced: bool) -> String {
        match self.list_namespace() {
            Some(namespace) if namespaced => {
                format!("No resources found in {namespace} namespace.")
            }
            Some(_) | None => "No resources found".to_owned(),
        }
    }
}
