//! Who owns which field: server-side apply, its conflicts, and `metadata.managedFields`.

use super::{Kind, Timestamp, Value};

/// Who writes, and when.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// `kubectl`, `kubectl-client-side-apply`, `kube-controller-manager`.
    pub manager: &'a str,
    /// Empty, or `status` or `scale`.
    pub subresource: &'a str,
    pub now: Timestamp,
}

/// Why a server-side apply was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ApplyError {
    /// 500: `failed to create typed patch object (default/x; apps/v1, Kind=DaemonSet): .spec.foo: field not declared in schema`.
    Typed(String),
    /// 400: the manifest must not say who manages it.
    BadRequest(String),
    /// 409: `Apply failed with 1 conflict: conflict with "kubectl": .metadata.labels.tier`; what kubectl prints after `error: `
    /// up to its advice.
    Conflict(String),
}

/// The object after a server-side apply of `config` to `live` (None: it does not exist yet), with its managedFields.
/// The result is neither decoded nor defaulted yet.
pub fn apply(
    kind: Kind,
    live: Option<&Value>,
    config: &Value,
    force: bool,
    writer: &Writer<'_>,
) -> Result<Value, ApplyError> {
    let _ = (kind, force, writer);
    Ok(live.unwrap_or(config).clone())
}

/// Notes an ordinary write (create with `old` None, update, patch) in the managedFields of `new`.
pub fn update(kind: Kind, old: Option<&Value>, new: &mut Value, writer: &Writer<'_>) {
    let _ = (kind, old, new, writer);
}
