//! Patch: strategic merge, JSON merge, JSON patch and server-side apply.
//!
//! Upstream: apiserver/pkg/endpoints/handlers/patch.go

use super::{ApiServer, Call, Caller, Patch, Subresource, Written, create, scale, update, written};
use crate::k8s::decode::{self, Decoded};
use crate::k8s::managed_fields::{self, ApplyError};
use crate::k8s::patch::{self, PatchError};
use crate::k8s::validate::{Errors, Path};
use crate::k8s::{Kind, Object, ObjectKey, Value};
use crate::sim::Status;
use std::sync::Arc;

impl ApiServer {
    /// Patches an object or its status. Retries are not needed: the patch is applied to the newest version.
    pub fn patch(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        name: &str,
        subresource: Subresource,
        patch: &Patch,
    ) -> Result<Written, Status> {
        let key = ObjectKey::new(kind, namespace, name);
        let verb = match subresource {
            Subresource::Main => "patch",
            Subresource::Status => "patch/status",
            Subresource::Scale => "patch/scale",
            Subresource::Resize => "patch/resize",
        };
        let act = |api: &mut Self| match patch {
            Patch::Apply { config, force } => {
                api.try_apply(call, &key, subresource, config, *force)
            }
            Patch::Strategic(_) | Patch::Merge(_) | Patch::Json(_) => {
                api.try_patch(call, &key, subresource, patch)
            }
        };
        self.serve(call, verb, key.clone(), act, written)
    }

    fn try_patch(
        &mut self,
        call: &Call,
        key: &ObjectKey,
        subresource: Subresource,
        patch: &Patch,
    ) -> Result<Written, Status> {
        let scaling = subresource == Subresource::Scale;
        let resizing = subresource == Subresource::Resize;
        if scaling && !key.kind.scales() || resizing && key.kind != Kind::Pod {
            return Err(Status::no_such_resource());
        }
        let old = self.get(key.kind, &key.namespace, &key.name)?.clone();
        if scaling {
            let before = scale::scale_of(&old);
            // A Scale has no merge keys: a strategic patch of it is a merge patch.
            let patch = match patch {
                Patch::Strategic(patch) => &Patch::Merge(patch.clone()),
                Patch::Merge(_) | Patch::Json(_) | Patch::Apply { .. } => patch,
            };
            let (after, _) = patched(key.kind, &before, patch)?;
            return self.put_scale(call, key, &after);
        }
        let (after, remains) = patched(key.kind, old.value(), patch)?;
        let (value, warnings) = reread(call, &old, after, remains.as_ref())?;
        check_identity(&old, &value)?;
        update::check_version(&old, &value)?;
        self.write(call, &old, subresource, value, warnings)
    }

    /// Server-side apply; creates what does not exist.
    fn try_apply(
        &mut self,
        call: &Call,
        key: &ObjectKey,
        subresource: Subresource,
        config: &Value,
        force: bool,
    ) -> Result<Written, Status> {
        if !config.at(&["metadata", "managedFields"]).is_null() {
            return Err(Status::bad_request("metadata.managedFields must be nil"));
        }
        let old = self.store.get(key.kind, &key.namespace, &key.name).cloned();
        let live = old.as_ref();
        let live = live.map(|o| managed_fields::complete(key.kind, o.value()));
        let writer = call.writer(subresource.name());
        let merged = managed_fields::apply(key.kind, live.as_ref(), config, force, &writer)
            .map_err(|error| apply_refused(key, error))?;
        // What apply merged is typed already: unknown fields were refused above.
        let lenient = Call {
            caller: Caller::Ignore,
            applying: true,
            ..call.clone()
        };
        let Some(old) = old else {
            return self.create_applied(&lenient, key, merged);
        };
        let (value, warnings) = create::read(&lenient, key.kind, merged)?;
        check_identity(&old, &value)?;
        update::check_version(&old, &value)?;
        self.write(&lenient, &old, subresource, value, warnings)
    }

    fn create_applied(
        &mut self,
        call: &Call,
        key: &ObjectKey,
        merged: Value,
    ) -> Result<Written, Status> {
        self.try_create(call, key.kind, &key.namespace, merged)
    }
}

/// The tree with the patch applied, and for a strategic patch what the server shows of it when that does not fit.
fn patched(kind: Kind, before: &Value, patch: &Patch) -> Result<(Value, Option<Value>), Status> {
    let answer = match patch {
        Patch::Strategic(body) => {
            patch::strategic(kind, before, body).map(|done| (done.value, Some(done.remains)))
        }
        Patch::Merge(body) => patch::merge(before, body).map(|value| (value, None)),
        Patch::Json(body) => patch::json_patch(before, body).map(|value| (value, None)),
        Patch::Apply { config, .. } => Ok((config.clone(), None)),
    };
    answer.map_err(|error| match error {
        PatchError::BadRequest(why) => Status::bad_request(why),
        PatchError::Internal(why) => Status::unexpected(why),
        PatchError::Unprocessable(_) => {
            let told = "the server rejected our request due to an error in our request";
            Status::plain(422, "Invalid", told)
        }
    })
}

/// A condition of a pod always has its `lastProbeTime`, if only as null, which a patch cannot say.
fn write_probe_times(pod: &mut Value) {
    let lacks = |c: &Value| c.field("lastProbeTime").is_none();
    if pod.at(&["status", "conditions"]).items().iter().any(lacks) {
        for condition in pod.at_mut(&["status", "conditions"]).list_mut() {
            if lacks(condition) {
                condition.set("lastProbeTime", Value::Null);
            }
        }
    }
}

/// Reads the patched tree as an object again, in the way of the patch's type.
fn reread(
    call: &Call,
    old: &Object,
    after: Value,
    remains: Option<&Value>,
) -> Result<(Value, Vec<String>), Status> {
    let kind = old.kind();
    if call.caller == Caller::Component {
        let mut after = after;
        if kind == Kind::Pod {
            write_probe_times(&mut after);
        }
        return Ok((after, Vec::new()));
    }
    let decoded: Decoded = if remains.is_some() {
        decode::restore(kind, &after)
    } else {
        decode::decode(kind, &after)
    };
    let error = match call.caller {
        Caller::Strict => decoded.strict_error(),
        Caller::Component | Caller::Warn | Caller::Ignore => decoded.error.clone(),
    };
    if let Some(error) = error {
        let shown = remains.map_or_else(|| after.to_string(), patch::go_text);
        let mut errors = Errors::default();
        errors.invalid(&Path::root("patch"), shown.as_str(), &error);
        return Err(Status::invalid_request(errors.into_list()));
    }
    let warnings = match call.caller {
        Caller::Warn => decoded.warnings().collect(),
        Caller::Component | Caller::Strict | Caller::Ignore => Vec::new(),
    };
    let mut value = decoded.value;
    value.set("kind", kind.name());
    value.set("apiVersion", kind.api_version());
    Ok((value, warnings))
}

/// A patch may not rename or move an object.
fn check_identity(old: &Arc<Object>, value: &Value) -> Result<(), Status> {
    let metadata = value.get("metadata");
    let name = metadata.get("name").text();
    if name != old.name().as_str() {
        return Err(Status::bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            old.name()
        )));
    }
    if metadata.get("namespace").text() != old.namespace().as_str() {
        return Err(Status::bad_request(create::WRONG_NAMESPACE));
    }
    Ok(())
}

fn apply_refused(key: &ObjectKey, error: ApplyError) -> Status {
    match error {
        ApplyError::Typed(why) => Status::unexpected(why),
        ApplyError::BadRequest(why) => Status::bad_request(why),
        ApplyError::Conflict(why) => Status {
            message: why,
            ..Status::conflict(key.kind, &key.name, "")
        },
    }
}
