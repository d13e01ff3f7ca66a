//! `Command`: every way a person can change the world.

use super::PartId;
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::apiserver::{Call, Caller, DeleteOptions, Patch, Subresource, Written};
use crate::sim::{SimTime, Status};
use std::sync::Arc;

/// One deed. Commands are plain data: editor, console, faults and share links all speak them.
#[derive(Clone, Debug)]
pub enum Command {
    /// A mutating call to the API server, as kubectl makes it.
    Request(Request),
    /// A machine joins: its kubelet registers the node object given (name, labels, taints, capacity).
    NodeAdd { node: Value },
    /// The node's kubelet dies.
    NodeStop { node: Str },
    /// The node's kubelet comes back, as after a reboot.
    NodeStart { node: Str },
    /// The node's runtime reports its network as not ready.
    NetworkDown { node: Str },
    /// The node's runtime reports its network as ready.
    NetworkUp { node: Str },
    /// Puts a manifest into the node's static-pod folder under a file name.
    StaticAdd {
        node: Str,
        file: Str,
        manifest: Value,
    },
    /// Takes it out again.
    StaticRemove { node: Str, file: Str },
    /// A pressure condition of the node (`MemoryPressure`, `DiskPressure`, `PIDPressure`) begins or ends.
    Pressure { node: Str, condition: Str, on: bool },
    /// The image registry stops or starts answering.
    Registry { up: bool },
    /// Pulls take this many times as long as usual (1 = usual).
    SlowPulls { factor: u32 },
    /// A container of a pod ends at once with exit code 1.
    CrashContainer {
        namespace: Str,
        pod: Str,
        container: Str,
    },
    /// A component's process dies.
    PartStop { part: PartId },
    /// A component's process starts again with empty caches.
    PartStart { part: PartId },
    /// A component loses its watches and lists again.
    LoseWatch { part: PartId },
    /// The API server refuses matching calls, see [`crate::sim::fault`] for the rules.
    ApiFault { rule: crate::sim::fault::Rule },
    /// All API faults end.
    ApiHeal,
}

/// A mutating call.
#[derive(Clone, Debug)]
pub struct Request {
    /// `kubectl-client-side-apply`, `kubectl-create`, …
    pub field_manager: Str,
    /// Server-side dry run.
    pub dry_run: bool,
    pub validation: Caller,
    pub verb: Verb,
}

#[derive(Clone, Debug)]
pub enum Verb {
    Create {
        kind: Kind,
        namespace: Str,
        value: Value,
    },
    Update {
        kind: Kind,
        subresource: Subresource,
        value: Value,
    },
    Patch {
        kind: Kind,
        namespace: Str,
        name: Str,
        subresource: Subresource,
        patch: Patch,
    },
    Delete {
        kind: Kind,
        namespace: Str,
        name: Str,
        options: DeleteOptions,
    },
    /// The eviction subresource of a pod.
    Evict {
        namespace: Str,
        pod: Str,
        options: DeleteOptions,
    },
}

/// What a command answers.
#[derive(Clone, Debug)]
pub enum Reply {
    Written(Written),
    /// The last version of what was deleted; it may still exist, terminating.
    Deleted(Arc<Object>),
    Done,
    Refused(Status),
}

impl Request {
    /// A request of kubectl with strict validation.
    pub fn new(field_manager: impl Into<Str>, verb: Verb) -> Self {
        let field_manager = field_manager.into();
        Self {
            field_manager,
            dry_run: false,
            validation: Caller::Strict,
            verb,
        }
    }

    pub(super) fn call(&self, now: SimTime) -> Call {
        Call {
            dry_run: self.dry_run,
            caller: self.validation,
            ..Call::person(now, self.field_manager.clone())
        }
    }
}

impl Reply {
    /// The object written or deleted.
    pub fn object(self) -> Result<Option<Arc<Object>>, Status> {
        match self {
            Reply::Written(written) => Ok(Some(written.object)),
            Reply::Deleted(object) => Ok(Some(object)),
            Reply::Done => Ok(None),
            Reply::Refused(status) => Err(status),
        }
    }
}
