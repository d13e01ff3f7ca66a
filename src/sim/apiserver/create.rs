//! Create.

use super::{ApiServer, Call, Caller, Written, admission, strategy, written};
use crate::k8s::{
    Kind, Meta, Object, ObjectKey, Str, Value, decode, defaults, managed_fields, names, validate,
};
use crate::sim::Status;
use std::sync::Arc;

/// How often a generated name that is taken is drawn again. Upstream: `maxNameGenerationCreateAttempts`.
const NAME_ATTEMPTS: usize = 8;

impl ApiServer {
    /// Creates an object. `namespace` is the request's; the object's own must agree or be empty.
    pub fn create(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        value: Value,
    ) -> Result<Written, Status> {
        let name = value.at(&["metadata", "name"]).to_str();
        let key = ObjectKey::new(kind, namespace, &name);
        let act = |api: &mut Self| api.try_create(call, kind, namespace, value);
        self.serve(call, "create", key, act, written)
    }

    /// Upstream: apiserver/pkg/endpoints/handlers/create.go `createHandler`, then registry/generic/registry/store.go
    /// `Store.create`.
    pub(super) fn try_create(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        value: Value,
    ) -> Result<Written, Status> {
        let (value, warnings) = read(call, kind, value)?;
        let answer = self.create_read(call, kind, namespace, value, warnings.clone());
        answer.map_err(|mut status| {
            if status.warnings.is_empty() {
                status.warnings = warnings;
            }
            status
        })
    }

    /// Creates what was read; the warnings of reading come with the answer.
    fn create_read(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        mut value: Value,
        mut warnings: Vec<String>,
    ) -> Result<Written, Status> {
        defaults::apply(kind, &mut value);
        place(kind, namespace, &mut value)?;
        // Who owns what is noted before the server adds what only it decides.
        if call.tracked() && !call.applying {
            strategy::label_namespace(kind, &mut value);
            managed_fields::update(kind, None, &mut value, &call.writer(""));
        }
        admission::on_create(self, call, kind, &mut value)?;
        let generate = value.at(&["metadata", "name"]).is_empty()
            && !value.at(&["metadata", "generateName"]).is_empty();
        self.compact(&mut value);
        let plain = value.clone();
        let mut attempts = if generate { NAME_ATTEMPTS } else { 1 };
        loop {
            attempts -= 1;
            let mut value = plain.clone();
            self.name(call, generate, &mut value);
            strategy::prepare_create(self, kind, &mut value)?;
            let name = value.at(&["metadata", "name"]).to_str();
            self.validate(call, kind, &name, &value)?;
            if call.caller != Caller::Component {
                warnings.extend(validate::warnings(kind, &value, None));
            }
            if let Err(refusal) = admission::check_create(self, call, kind, &value) {
                return Err(Status {
                    warnings,
                    ..refusal
                });
            }
            if call.caller != Caller::Component {
                warnings.extend(admission::pod_security::warning(self, kind, &value));
            }
            if let Some(there) = self.store.get(kind, namespace, &name) {
                if attempts == 0 {
                    let refusal = taken(kind, &name, there.meta().terminating());
                    return Err(Status {
                        warnings,
                        ..refusal
                    });
                }
                continue;
            }
            let object = self.commit(call, kind, value, None);
            admission::account(self, call, &object, None, false);
            return Ok(Written {
                object,
                warnings,
                created: true,
                changed: true,
            });
        }
    }

    /// Refuses what is not valid.
    fn validate(
        &mut self,
        call: &Call,
        kind: Kind,
        name: &str,
        value: &Value,
    ) -> Result<(), Status> {
        let made = self.ahead && call.caller == Caller::Component;
        let origin = made.then(|| origin(kind, value)).flatten();
        if origin.is_none() || self.proven != origin {
            let errors = validate::create(kind, value);
            if !errors.is_empty() {
                return Err(Status::invalid_fields(kind, name, errors));
            }
            self.proven = origin;
        }
        Ok(())
    }

    /// Gives a new object what only the server gives: a generated name, a uid, the time.
    fn name(&mut self, call: &Call, generate: bool, value: &mut Value) {
        let metadata = value.at_mut(&["metadata"]);
        if generate {
            let base = metadata.get("generateName").to_str();
            let rng = &mut self.rng;
            let draw = || u32::try_from(rng.below(1 << 31)).expect("below 2^31");
            metadata.set("name", names::generate_name(&base, draw));
        }
        metadata.set("uid", self.rng.uuid());
        metadata.set("creationTimestamp", call.now.timestamp().to_string());
        for field in [
            "resourceVersion",
            "selfLink",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ] {
            metadata.remove(field);
        }
    }

    /// What is stored takes as little room as it can, unless it will be given back soon.
    fn compact(&mut self, value: &mut Value) {
        if !self.ahead {
            value.compact(&mut self.shapes);
        }
    }

    /// Stores a version (unless this is a dry run) and returns it.
    pub(super) fn commit(
        &mut self,
        call: &Call,
        kind: Kind,
        mut value: Value,
        old: Option<&Object>,
    ) -> Arc<Object> {
        if call.dry_run {
            return Arc::new(Object::read(kind, value, old));
        }
        let metadata = |old: &&Object| old.value().get("metadata").same(value.get("metadata"));
        let like = old.filter(metadata).map(Object::meta);
        let version = self.store.next_version();
        value
            .at_mut(&["metadata"])
            .set("resourceVersion", version.to_string());
        if kind == Kind::Pod && !self.ahead {
            let before = old.map_or(&Value::Null, Object::value);
            self.twins.share(&mut value, before);
        }
        self.compact(&mut value);
        // What a copy that looks ahead changes is soon given back.
        let twins = kind == Kind::Pod && !(self.ahead && old.is_some());
        let twin = twins.then(|| self.twins.of(&value)).flatten();
        let meta = like.map(|meta| Meta {
            resource_version: version,
            ..meta.clone()
        });
        let object = Arc::new(Object::read_like(kind, value, meta, old, twin));
        if twins {
            self.twins.note(&object);
        }
        self.store.put(call.now, object.clone());
        if kind == Kind::Event {
            self.expiry.note(call.now, &object);
        }
        object
    }
}

/// The owner and the revision from which a daemon pod is made: pods that have both in common differ in their names and
/// their nodes, so that one is as valid as the other.
fn origin(kind: Kind, value: &Value) -> Option<(Value, Value)> {
    let metadata = value.get("metadata");
    let owners = metadata.get("ownerReferences");
    let daemon = owners.index(0).get("kind").text() == Kind::DaemonSet.name();
    let revision = || metadata.at(&["labels", "controller-revision-hash"]).clone();
    (kind == Kind::Pod && daemon).then(|| (owners.clone(), revision()))
}

/// The name is taken, maybe by something that is about to go.
fn taken(kind: Kind, name: &str, going: bool) -> Status {
    let status = Status::already_exists(kind, name);
    let message = if going {
        format!("object is being deleted: {}", status.message)
    } else {
        status.message
    };
    Status { message, ..status }
}

/// Reads what was sent. A component's trees are trusted; a person's are decoded, strictly or not.
///
/// Returns the tree and the warnings.
pub(super) fn read(call: &Call, kind: Kind, value: Value) -> Result<(Value, Vec<String>), Status> {
    if call.caller == Caller::Component {
        let mut value = value;
        typed(kind, &mut value);
        return Ok((value, Vec::new()));
    }
    let decoded = decode::decode(kind, &value);
    let refuse = |why: &str| {
        let (name, version) = (kind.name(), kind.info().version);
        Status::bad_request(format!(
            "{name} in version \"{version}\" cannot be handled as a {name}: {why}"
        ))
    };
    let sent = value.get("kind").text();
    if !sent.is_empty() && sent != kind.name() {
        let version = value.get("apiVersion").text();
        let (name, own) = (kind.name(), kind.info().version);
        return Err(Status::bad_request(format!(
            "{sent} in version \"{own}\" cannot be handled as a {name}: no kind \"{sent}\" is registered for \
             version \"{version}\" in scheme \"pkg/runtime/scheme.go:111\""
        )));
    }
    if let Some(error) = &decoded.error {
        return Err(refuse(error));
    }
    let warnings = match call.caller {
        Caller::Strict => match decoded.strict_error() {
            Some(error) => return Err(refuse(&error)),
            None => Vec::new(),
        },
        Caller::Warn => decoded.warnings().collect(),
        Caller::Component | Caller::Ignore => Vec::new(),
    };
    let mut value = decoded.value;
    typed(kind, &mut value);
    Ok((value, warnings))
}

/// Puts the right `apiVersion` and `kind` where they are missing or wrong.
fn typed(kind: Kind, value: &mut Value) {
    if value.get("kind").text() != kind.name() {
        value.set("kind", kind.name());
    }
    if value.get("apiVersion").is_empty() {
        value.set("apiVersion", kind.api_version());
    }
}

/// The object's namespace is the request's, or is filled in.
fn place(kind: Kind, namespace: &str, value: &mut Value) -> Result<(), Status> {
    if !kind.namespaced() {
        value.at_mut(&["metadata"]).remove("namespace");
        return Ok(());
    }
    let own = value.at(&["metadata", "namespace"]).text();
    if own.is_empty() {
        value
            .at_mut(&["metadata"])
            .set("namespace", Str::new(namespace));
    } else if own != namespace {
        return Err(Status::bad_request(WRONG_NAMESPACE));
    }
    Ok(())
}

pub(super) const WRONG_NAMESPACE: &str =
    "the namespace of the provided object does not match the namespace sent on the request";
