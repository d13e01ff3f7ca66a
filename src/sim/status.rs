//! `Status`: what the API server answers when it refuses, with upstream's reasons and texts.

use crate::k8s::Kind;
use crate::k8s::validate::FieldError;

/// One entry of `details.causes`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cause {
    /// `FieldValueInvalid`, …
    pub reason: &'static str,
    /// The field's path; may be empty.
    pub field: String,
    pub message: String,
}

impl Cause {
    fn of(error: FieldError) -> Self {
        Self {
            reason: error.reason.name(),
            field: error.path,
            message: error.body,
        }
    }

    fn line(&self) -> String {
        format!("{}: {}", self.field, self.message)
    }
}

/// A refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    /// HTTP code.
    pub code: u16,
    /// `NotFound`, `AlreadyExists`, `Invalid`, `BadRequest`, `Conflict`, `Forbidden`, `MethodNotAllowed`,
    /// `TooManyRequests`, `InternalError`, … or empty.
    pub reason: &'static str,
    pub message: String,
    /// `details.kind`: the kind for Invalid, else the plural resource; may be empty.
    pub kind: String,
    pub group: &'static str,
    pub name: String,
    pub causes: Vec<Cause>,
    /// Texts of `Warning:` headers that came with the refusal.
    pub warnings: Vec<String>,
}

impl Status {
    /// A refusal that names no object.
    pub fn plain(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        let (kind, name) = (String::new(), String::new());
        Self {
            code,
            reason,
            message: message.into(),
            kind,
            group: "",
            name,
            causes: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn about(code: u16, reason: &'static str, kind: Kind, name: &str, message: String) -> Self {
        Self {
            kind: kind.plural().to_owned(),
            group: kind.group(),
            name: name.to_owned(),
            ..Self::plain(code, reason, message)
        }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::plain(400, "BadRequest", message)
    }

    pub fn not_found(kind: Kind, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", kind.resource());
        Self::about(404, "NotFound", kind, name, message)
    }

    pub fn already_exists(kind: Kind, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", kind.resource());
        Self::about(409, "AlreadyExists", kind, name, message)
    }

    pub fn conflict(kind: Kind, name: &str, why: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": {why}",
            kind.resource()
        );
        Self::about(409, "Conflict", kind, name, message)
    }

    /// A write that carried a resourceVersion which is not the current one.
    pub fn modified(kind: Kind, name: &str) -> Self {
        let why = "the object has been modified; please apply your changes to the latest version \
                   and try again";
        Self::conflict(kind, name, why)
    }

    pub fn forbidden(kind: Kind, name: &str, why: &str) -> Self {
        let message = if name.is_empty() {
            format!("{} is forbidden: {why}", kind.resource())
        } else {
            format!("{} \"{name}\" is forbidden: {why}", kind.resource())
        };
        Self::about(403, "Forbidden", kind, name, message)
    }

    /// What validation found.
    pub fn invalid_fields(kind: Kind, name: &str, errors: Vec<FieldError>) -> Self {
        let causes = errors.into_iter().map(Cause::of).collect();
        Self::invalid(kind, name, causes)
    }

    /// A request that is wrong before it names an object (a patch that cannot be applied): kubectl prints
    /// `The request is invalid: …`.
    pub fn invalid_request(errors: Vec<FieldError>) -> Self {
        let causes: Vec<Cause> = errors.into_iter().map(Cause::of).collect();
        let list: Vec<String> = causes.iter().map(Cause::line).collect();
        let message = format!(" \"\" is invalid: {}", list.join(", "));
        Self {
            causes,
            ..Self::plain(422, "Invalid", message)
        }
    }

    /// An error that the server did not expect, told as it came.
    pub fn unexpected(message: impl Into<String>) -> Self {
        Self::plain(500, "", message)
    }

    pub fn internal(message: &str) -> Self {
        let message = format!("Internal error occurred: {message}");
        Self::plain(500, "InternalError", message)
    }

    /// The resource has no such subresource or path.
    pub fn no_such_resource() -> Self {
        let message = "the server could not find the requested resource";
        Self::plain(404, "NotFound", message)
    }

    /// The same refusal with a cause.
    #[must_use]
    pub fn with_cause(mut self, reason: &'static str, field: &str, message: String) -> Self {
        self.causes.push(Cause {
            reason,
            field: field.to_owned(),
            message,
        });
        self
    }

    /// Validation errors, in order; the message lists them as upstream's aggregate does.
    pub fn invalid(kind: Kind, name: &str, causes: Vec<Cause>) -> Self {
        let mut lines: Vec<String> = Vec::new();
        for cause in &causes {
            let line = cause.line();
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        let list = match &lines[..] {
            [one] => one.clone(),
            _ => format!("[{}]", lines.join(", ")),
        };
        let message = format!("{} \"{name}\" is invalid: {list}", kind.qualified());
        let kind_name = kind.name().to_owned();
        Self {
            kind: kind_name,
            causes,
            ..Self::about(422, "Invalid", kind, name, message)
        }
    }

    pub fn is_not_found(&self) -> bool {
        self.reason == "NotFound"
    }

    pub fn is_conflict(&self) -> bool {
        self.reason == "Conflict"
    }

    pub fn is_already_exists(&self) -> bool {
        self.reason == "AlreadyExists"
    }

    /// True when some cause carries the reason (`NamespaceTerminating`).
    pub fn has_cause(&self, reason: &str) -> bool {
        self.causes.iter().any(|c| c.reason == reason)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
