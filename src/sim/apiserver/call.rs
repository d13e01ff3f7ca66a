//! Who asks the API server, for what, and what it answers.

use crate::k8s::managed_fields::Writer;
use crate::k8s::{Object, Str, Timestamp, Value};
use crate::sim::SimTime;
use std::sync::Arc;

/// What all calls carry.
#[derive(Clone, Debug)]
pub struct Call {
    pub now: SimTime,
    /// Shown in the trace: `daemonset-controller`, `kubelet/worker01`, `kubectl`.
    pub actor: Str,
    pub caller: Caller,
    /// `metadata.managedFields[].manager` of a write; empty: the caller's own.
    pub field_manager: Str,
    /// Everything but the commit.
    pub dry_run: bool,
    /// The tree comes from server-side apply, which has settled who owns which field.
    pub applying: bool,
}

/// Whose trees may be trusted: a component sends what it read and changed, a person sends anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Caller {
    /// A controller, the scheduler, a kubelet: no strict decoding.
    Component,
    /// kubectl with `--validate=strict`: unknown fields are refused.
    Strict,
    /// kubectl with `--validate=warn`.
    Warn,
    /// kubectl with `--validate=ignore`.
    Ignore,
}

impl Call {
    pub fn component(now: SimTime, actor: impl Into<Str>) -> Self {
        Self {
            now,
            field_manager: Str::default(),
            actor: actor.into(),
            caller: Caller::Component,
            dry_run: false,
            applying: false,
        }
    }

    pub fn person(now: SimTime, field_manager: impl Into<Str>) -> Self {
        let field_manager = field_manager.into();
        let actor = "kubectl".into();
        Self {
            now,
            actor,
            caller: Caller::Strict,
            field_manager,
            dry_run: false,
            applying: false,
        }
    }
}

/// The server itself, which makes what a fresh cluster holds.
pub(super) const SERVER: &str = "kube-apiserver";

/// The program that a component runs in: what managedFields name.
fn program(actor: &str) -> &'static str {
    match actor.split('/').next() {
        Some("kubelet") => "kubelet",
        Some("default-scheduler") => "kube-scheduler",
        Some(SERVER) => SERVER,
        _ => "kube-controller-manager",
    }
}

impl Call {
    /// Whether a new object says who owns its fields. Those of components do not: there are many of them, and
    /// nobody else writes them.
    pub(super) fn tracked(&self) -> bool {
        self.caller != Caller::Component || self.actor == SERVER
    }

    /// Who writes, for the object's managedFields.
    pub(super) fn writer<'a>(&'a self, subresource: &'a str) -> Writer<'a> {
        let manager = if !self.field_manager.is_empty() {
            &self.field_manager
        } else if self.caller == Caller::Component {
            program(&self.actor)
        } else {
            "kubectl"
        };
        Writer {
            manager,
            subresource,
            // What a Scale owns is noted without a time.
            now: if subresource == Subresource::Scale.name() {
                Timestamp::default()
            } else {
                self.now.timestamp()
            },
        }
    }
}

impl Subresource {
    /// As in the path of a request: empty, `status`, `scale`.
    pub fn name(self) -> &'static str {
        match self {
            Subresource::Main => "",
            Subresource::Status => "status",
            Subresource::Scale => "scale",
            Subresource::Resize => "resize",
        }
    }
}

/// Which half of an object a write may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subresource {
    Main,
    Status,
    Scale,
    /// Of pods: what they request while they run.
    Resize,
}

/// The four kinds of patches.
#[derive(Clone, Debug)]
pub enum Patch {
    Strategic(Value),
    Merge(Value),
    /// A list of RFC 6902 operations.
    Json(Value),
    /// Server-side apply.
    Apply {
        config: Value,
        force: bool,
    },
}

/// The answer to a write.
#[derive(Clone, Debug)]
pub struct Written {
    pub object: Arc<Object>,
    /// Texts of `Warning:` headers.
    pub warnings: Vec<String>,
    /// The object was made by this write.
    pub created: bool,
    /// False when the write changed nothing: no new version, no watch event.
    pub changed: bool,
}

/// How dependents fare when their owner is deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Propagation {
    Background,
    Foreground,
    Orphan,
}

#[derive(Clone, Debug, Default)]
pub struct DeleteOptions {
    /// Seconds; None: the object's own.
    pub grace_period: Option<i64>,
    pub propagation: Option<Propagation>,
    pub precondition_uid: Option<Str>,
    pub precondition_version: Option<u64>,
}
