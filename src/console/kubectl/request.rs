//! Mutating requests as kubectl makes them.

use super::builder::ENDPOINTS;
use super::call::DryRun;
use super::leave::{self, Deed, User};
use super::{Call, Type};
use crate::cluster::{Caller, DeleteOptions, Patch, Subresource, Written};
use crate::cluster::{Command, Reply, Request, Status, Verb};
use crate::console::error::Failure;
use crate::console::task::Io;
use crate::k8s::{Kind, Object, Str, Value};
use std::sync::Arc;

/// What all requests of one command share.
#[derive(Clone, Debug)]
pub struct Sender {
    pub manager: String,
    pub dry_run: DryRun,
    pub validation: Caller,
    /// `--local`: the files alone count.
    pub local: bool,
    /// `--as`
    pub user: Option<User>,
}

impl Sender {
    /// Reads `--dry-run`, `--field-manager` and `--validate`; logs a deprecated form.
    pub fn of(call: &Call, manager: &str, io: &mut Io<'_>) -> Result<Self, Failure> {
        let sender = Self::anywhere(call, manager, io)?;
        let here = sender.local && super::manifest::given(call);
        if here && sender.dry_run == DryRun::Server {
            return Err(Failure::client(
                "cannot specify --local and --dry-run=server - did you mean --dry-run=client?",
            ));
        }
        Ok(sender)
    }

    /// The same for a command that takes `--local` beside every dry run.
    pub fn anywhere(call: &Call, manager: &str, io: &mut Io<'_>) -> Result<Self, Failure> {
        let (dry_run, warning) = call.dry_run()?;
        if let Some([place, text]) = warning {
            io.log('W', place, text);
        }
        let given = call.flags.text("field-manager");
        Ok(Self {
            manager: given.unwrap_or(manager).to_owned(),
            dry_run,
            validation: validation(call)?,
            local: call.flags.is("local"),
            user: leave::user(call),
        })
    }

    /// The same for commands that only warn about unknown fields.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.validation = Caller::Warn;
        self
    }

    /// What a success line ends with.
    pub fn suffix(&self) -> &'static str {
        self.dry_run.suffix()
    }

    /// Nothing is sent.
    pub fn client_only(&self) -> bool {
        self.local || self.dry_run == DryRun::Client
    }

    fn send(&self, verb: Verb, io: &mut Io<'_>) -> Reply {
        if let Some(user) = &self.user
            && let Err(status) = ask(user, &verb, io)
        {
            return Reply::Refused(status);
        }
        if let Some(refused) = self.bad_manager(&verb) {
            return Reply::Refused(refused);
        }
        if let Verb::Create { kind, .. } | Verb::Update { kind, .. } | Verb::Patch { kind, .. } =
            &verb
            && *kind == Kind::Endpoints
        {
            io.warn(ENDPOINTS);
        }
        let manager = if self.manager.is_empty() {
            "kubectl"
        } else {
            &self.manager
        };
        let request = Request {
            field_manager: Str::new(manager),
            dry_run: self.dry_run != DryRun::None,
            validation: self.validation,
            verb,
        };
        io.cluster.dispatch(Command::Request(request))
    }

    /// What the server says of a manager's name; of none when something is applied.
    ///
    /// Upstream: apimachinery/pkg/apis/meta/v1/validation `ValidatePatchOptions`, `ValidateFieldManager`
    fn bad_manager(&self, verb: &Verb) -> Option<Status> {
        let options = match verb {
            Verb::Create { .. } => "CreateOptions",
            Verb::Update { .. } => "UpdateOptions",
            Verb::Patch { .. } => "PatchOptions",
            _ => return None,
        };
        let applied = matches!(
            verb,
            Verb::Patch {
                patch: Patch::Apply { .. },
                ..
            }
        );
        let why = if applied && self.manager.is_empty() {
            "Required value: is required for apply patch".to_owned()
        } else if self.manager.len() > 128 {
            "Too long: may not be more than 128 bytes".to_owned()
        } else if self.manager.chars().any(char::is_control) {
            let shown = crate::console::args::quoted(&self.manager);
            format!("Invalid value: {shown}: should only contain printable characters")
        } else {
            return None;
        };
        let mut status = Status::plain(422, "Invalid", "");
        options.clone_into(&mut status.kind);
        status.message = format!("{options}.meta.k8s.io \"\" is invalid: fieldManager: {why}");
        Some(status.with_cause("FieldValueInvalid", "fieldManager", why))
    }

    fn written(&self, verb: Verb, io: &mut Io<'_>) -> Result<Written, Status> {
        match self.send(verb, io) {
            Reply::Written(written) => {
                for warning in &written.warnings {
                    io.warn(warning);
                }
                Ok(written)
            }
            Reply::Refused(status) => {
                for warning in &status.warnings {
                    io.warn(warning);
                }
                Err(status)
            }
            Reply::Deleted(_) | Reply::Done => Err(Status::internal("no object was written")),
        }
    }

    pub fn create(
        &self,
        kind: Kind,
        namespace: &str,
        value: Value,
        io: &mut Io<'_>,
    ) -> Result<Written, Status> {
        let namespace = Str::new(namespace);
        let verb = Verb::Create {
            kind,
            namespace,
            value,
        };
        self.written(verb, io)
    }

    pub fn update(&self, kind: Kind, value: Value, io: &mut Io<'_>) -> Result<Written, Status> {
        self.update_part(kind, Subresource::Main, value, io)
    }

    pub fn update_part(
        &self,
        kind: Kind,
        subresource: Subresource,
        value: Value,
        io: &mut Io<'_>,
    ) -> Result<Written, Status> {
        let verb = Verb::Update {
            kind,
            subresource,
            value,
        };
        self.written(verb, io)
    }

    pub fn patch(
        &self,
        kind: Kind,
        (namespace, name): (&str, &str),
        subresource: Subresource,
        patch: Patch,
        io: &mut Io<'_>,
    ) -> Result<Written, Status> {
        let verb = Verb::Patch {
            kind,
            namespace: Str::new(namespace),
            name: Str::new(name),
            subresource,
            patch,
        };
        self.written(verb, io)
    }

    pub fn delete(
        &self,
        kind: Kind,
        (namespace, name): (&str, &str),
        options: DeleteOptions,
        io: &mut Io<'_>,
    ) -> Result<Arc<Object>, Status> {
        let verb = Verb::Delete {
            kind,
            namespace: Str::new(namespace),
            name: Str::new(name),
            options,
        };
        self.gone(verb, io)
    }

    pub fn evict(
        &self,
        (namespace, pod): (&str, &str),
        options: DeleteOptions,
        io: &mut Io<'_>,
    ) -> Result<Arc<Object>, Status> {
        let verb = Verb::Evict {
            namespace: Str::new(namespace),
            pod: Str::new(pod),
            options,
        };
        self.gone(verb, io)
    }

    fn gone(&self, verb: Verb, io: &mut Io<'_>) -> Result<Arc<Object>, Status> {
        match self.send(verb, io) {
            Reply::Deleted(object) => Ok(object),
            Reply::Refused(status) => Err(status),
            Reply::Written(_) | Reply::Done => Err(Status::internal("no object was deleted")),
        }
    }
}

/// Asks for leave to write in somebody else's name.
fn ask(user: &User, verb: &Verb, io: &Io<'_>) -> Result<(), Status> {
    let part = |of: Subresource| match of {
        Subresource::Main => "",
        Subresource::Status => "/status",
        Subresource::Scale => "/scale",
        Subresource::Resize => "/resize",
    };
    let field = |value: &Value, field: &str| Str::new(value.at(&["metadata", field]).text());
    let (word, kind, part, namespace, name) = match verb {
        Verb::Create {
            kind,
            namespace,
            value,
        } => ("create", *kind, "", namespace.clone(), field(value, "name")),
        Verb::Update {
            kind,
            subresource,
            value,
        } => {
            let [namespace, name] = ["namespace", "name"].map(|f| field(value, f));
            ("update", *kind, part(*subresource), namespace, name)
        }
        Verb::Patch {
            kind,
            namespace,
            name,
            subresource,
            ..
        } => (
            "patch",
            *kind,
            part(*subresource),
            namespace.clone(),
            name.clone(),
        ),
        Verb::Delete {
            kind,
            namespace,
            name,
            ..
        } => ("delete", *kind, "", namespace.clone(), name.clone()),
        Verb::Evict { namespace, pod, .. } => (
            "create",
            Kind::Pod,
            "/eviction",
            namespace.clone(),
            pod.clone(),
        ),
    };
    let ty = Type::of(kind);
    let resource = format!("{}{part}", ty.resource.name);
    let deed = Deed {
        verb: word,
        group: ty.resource.group,
        resource: &resource,
        name: &name,
        namespace: if kind.namespaced() { &namespace } else { "" },
    };
    user.ask(&ty.full_name(), &deed, io.cluster)
}

/// `--validate`
pub fn validation(call: &Call) -> Result<Caller, Failure> {
    match call.flags.text("validate") {
        None | Some("strict" | "true") => Ok(Caller::Strict),
        Some("warn") => Ok(Caller::Warn),
        Some("ignore" | "false") => Ok(Caller::Ignore),
        Some(other) => Err(Failure::client(format!(
            "invalid - validate option \"{other}\"; must be one of: strict (or true), warn, ignore (or false)"
        ))),
    }
}

/// The name of a type in sentences that leave the group out: `daemonsets/x`.
pub fn short_title(ty: Type, name: &str) -> String {
    format!("{}/{name}", ty.resource.name)
}
