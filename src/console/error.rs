//! `Failure`: why a kubectl command ended badly, and the text kubectl prints for it.
//!
//! Upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go `checkErr`.

use crate::cluster::Status;

/// An error of a kubectl command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// The API server refused.
    Api(Status),
    /// kubectl itself refused: `error: …`.
    Client(String),
    /// A wrong use: `error: …` and where to find help (`kubectl create`).
    Usage { message: String, path: String },
    /// A wrong flag: `error: …` and where to find the flags (`kubectl get`).
    Flag { message: String, path: String },
    /// A text that stands as it is, without a prefix.
    Plain(String),
    /// Several, in order. The client's own have no prefix then.
    Many(Vec<Failure>),
    /// Nothing more to say.
    Code(u8),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Failure::Api(status)
    }
}

impl Failure {
    /// `error: …`
    pub fn client(message: impl Into<String>) -> Self {
        Failure::Client(message.into())
    }

    /// `error: …` and `See 'PATH -h' for help and examples`.
    pub fn usage(message: impl Into<String>, path: impl Into<String>) -> Self {
        Failure::Usage {
            message: message.into(),
            path: path.into(),
        }
    }

    /// One failure of several; nothing when there are none.
    pub fn gather(mut failures: Vec<Failure>) -> Result<(), Failure> {
        match failures.len() {
            0 => Ok(()),
            1 => Err(failures.remove(0)),
            _ => Err(Failure::Many(failures)),
        }
    }

    /// What could not be read beside what was refused: several documents that could not be read are one failure among
    /// the others, which stand `before` it or after.
    pub fn beside(
        before: Vec<Failure>,
        read: Vec<Failure>,
        after: Vec<Failure>,
    ) -> Result<(), Failure> {
        if before.is_empty() && after.is_empty() {
            return Self::gather(read);
        }
        let mut all = before;
        all.extend(Self::gather(read).err());
        all.extend(after);
        Self::gather(all)
    }

    /// Puts words before the message: `error when creating "x.yaml": …`. The reason stays.
    #[must_use]
    pub fn context(self, before: &str) -> Self {
        match self {
            // A refusal that is told without an object stands alone.
            Failure::Api(status) if status.reason == "Invalid" && status.causes.is_empty() => {
                Failure::Api(status)
            }
            Failure::Api(mut status) => {
                status.message = format!("{before}: {}", status.message);
                Failure::Api(status)
            }
            Failure::Client(message) => Failure::Client(format!("{before}: {message}")),
            Failure::Plain(message) => Failure::Plain(format!("{before}: {message}")),
            other @ (Failure::Usage { .. }
            | Failure::Flag { .. }
            | Failure::Many(_)
            | Failure::Code(_)) => other,
        }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Code(code) => *code,
            Failure::Api(_)
            | Failure::Client(_)
            | Failure::Usage { .. }
            | Failure::Flag { .. }
            | Failure::Plain(_)
            | Failure::Many(_) => 1,
        }
    }

    /// All lines, each with its end.
    pub fn text(&self) -> String {
        match self {
            Failure::Api(status) => format!("{}\n", status_text(status)),
            Failure::Client(message) if message.starts_with("error: ") => format!("{message}\n"),
            Failure::Client(message) => format!("error: {message}\n"),
            Failure::Usage { message, path } => {
                let message = message.strip_prefix("error: ").unwrap_or(message);
                format!("error: {message}\nSee '{path} -h' for help and examples\n")
            }
            Failure::Flag { message, path } => {
                format!("error: {message}\nSee '{path} --help' for usage.\n")
            }
            Failure::Plain(message) => format!("{message}\n"),
            Failure::Many(failures) => {
                let lines = failures.iter().map(|f| match f {
                    Failure::Client(message) => format!("{message}\n"),
                    Failure::Api(status) if status.reason == "Invalid" => {
                        format!("{}\n", prefixed(status))
                    }
                    Failure::Many(_) => format!("{}\n", f.message()),
                    other @ (Failure::Api(_)
                    | Failure::Usage { .. }
                    | Failure::Flag { .. }
                    | Failure::Plain(_)
                    | Failure::Code(_)) => other.text(),
                });
                lines.collect()
            }
            Failure::Code(_) => String::new(),
        }
    }

    /// The message alone, as it stands inside another sentence.
    pub fn message(&self) -> String {
        match self {
            Failure::Api(status) => status.message.clone(),
            Failure::Client(message) | Failure::Plain(message) => message.clone(),
            Failure::Usage { message, .. } | Failure::Flag { message, .. } => message.clone(),
            Failure::Many(failures) => {
                let mut all: Vec<String> = Vec::new();
                for message in failures.iter().map(Failure::message) {
                    if !all.contains(&message) {
                        all.push(message);
                    }
                }
                match &all[..] {
                    [one] => one.clone(),
                    several => format!("[{}]", several.join(", ")),
                }
            }
            Failure::Code(_) => String::new(),
        }
    }
}

fn prefixed(status: &Status) -> String {
    if status.reason.is_empty() {
        format!("Error from server: {}", status.message)
    } else {
        format!("Error from server ({}): {}", status.reason, status.message)
    }
}

/// A refusal of the server as kubectl prints it.
pub fn status_text(status: &Status) -> String {
    if status.reason != "Invalid" {
        return prefixed(status);
    }
    let mut head = "The request is invalid".to_owned();
    if !status.kind.is_empty() || !status.name.is_empty() {
        head = format!(
            "The {} {} is invalid",
            status.kind,
            super::args::quoted(&status.name)
        );
    } else if status.causes.is_empty() && !status.message.is_empty() {
        head = format!("{head}: {}", status.message);
    }
    let mut lines: Vec<String> = Vec::new();
    for cause in &status.causes {
        let line = format!("{}: {}", cause.field, cause.message);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    match &lines[..] {
        [] => head,
        [one] => format!("{head}: {one}"),
        several => format!("{head}: \n* {}", several.join("\n* ")),
    }
}
