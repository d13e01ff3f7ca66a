//! Update: the whole object, or its status.

use super::{
    ApiServer, Call, Caller, Subresource, Written, admission, create, resize, strategy, written,
};
use crate::k8s::{Kind, Object, ObjectKey, Value, defaults, managed_fields, validate};
use crate::sim::Status;
use crate::sim::status::Cause;
use std::sync::Arc;

impl ApiServer {
    /// Replaces an object (or its status). Without a resourceVersion in the tree it is unconditional.
    pub fn update(
        &mut self,
        call: &Call,
        kind: Kind,
        subresource: Subresource,
        value: Value,
    ) -> Result<Written, Status> {
        let metadata = value.get("metadata");
        let key = ObjectKey {
            kind,
            namespace: metadata.get("namespace").to_str(),
            name: metadata.get("name").to_str(),
        };
        let verb = match subresource {
            Subresource::Main => "update",
            Subresource::Status => "update/status",
            Subresource::Scale => "update/scale",
            Subresource::Resize => "update/resize",
        };
        let act = |api: &mut Self| api.try_update(call, &key, subresource, value);
        self.serve(call, verb, key.clone(), act, written)
    }

    fn try_update(
        &mut self,
        call: &Call,
        key: &ObjectKey,
        subresource: Subresource,
        value: Value,
    ) -> Result<Written, Status> {
        if subresource == Subresource::Scale {
            return self.put_scale(call, key, &value);
        }
        let (value, warnings) = create::read(call, key.kind, value)?;
        let old = self.get(key.kind, &key.namespace, &key.name)?.clone();
        if !value.get("metadata").same(old.value().get("metadata")) {
            check_version(&old, &value)?;
            check_uid(&old, &value)?;
        }
        self.write(call, &old, subresource, value, warnings)
    }

    /// Writes a new tree over an existing object: strategy, admission, validation, and the commit if it differs.
    ///
    /// Upstream: apiserver/pkg/registry/generic/registry/store.go `Store.Update`
    pub(super) fn write(
        &mut self,
        call: &Call,
        old: &Arc<Object>,
        subresource: Subresource,
        value: Value,
        mut warnings: Vec<String>,
    ) -> Result<Written, Status> {
        match self.try_write(call, old, subresource, value, &mut warnings) {
            Ok(written) => Ok(Written {
                warnings,
                ..written
            }),
            Err(refusal) => Err(Status {
                warnings,
                ..refusal
            }),
        }
    }

    /// The same; warnings are told also when the write is refused after them.
    fn try_write(
        &mut self,
        call: &Call,
        old: &Arc<Object>,
        subresource: Subresource,
        mut value: Value,
        warnings: &mut Vec<String>,
    ) -> Result<Written, Status> {
        let kind = old.kind();
        let person = call.caller != Caller::Component;
        let resizing = subresource == Subresource::Resize;
        match subresource {
            Subresource::Status => strategy::prepare_status(old, &mut value),
            Subresource::Main | Subresource::Scale | Subresource::Resize => {
                if !value.get("spec").same(old.value().get("spec")) || person {
                    defaults::apply(kind, &mut value);
                }
                strategy::prepare_update(old, &mut value);
                if resizing {
                    // Who sent what is noted before most of it is dropped.
                    if !call.applying {
                        note_writer(call, old, subresource, &mut value);
                    }
                    resize::prepare(old, &mut value);
                    admission::limit_range::fill_in(self, &mut value);
                }
                admission::on_update(self, old, &mut value)?;
                strategy::prepare_generation(old, &mut value);
            }
        }
        if value == *old.value() {
            return Ok(unchanged(old.clone(), Vec::new()));
        }
        super::service::doubled_ports(kind, &value)?;
        if person {
            let errors = match subresource {
                Subresource::Status => validate::update_status(kind, &value, old.value()),
                Subresource::Resize => validate::resize(&value, old.value()),
                Subresource::Main | Subresource::Scale => {
                    validate::update(kind, &value, old.value())
                }
            };
            if !errors.is_empty() {
                return Err(Status::invalid_fields(kind, old.name(), errors));
            }
            if subresource != Subresource::Status {
                warnings.extend(validate::warnings(kind, &value, Some(old.value())));
                if kind != Kind::Pod {
                    warnings.extend(admission::pod_security::warning(self, kind, &value));
                }
            }
        }
        if subresource != Subresource::Status {
            if resizing {
                resize::check_node(self, &value)?;
            }
            admission::check_update(self, call, old, &value, resizing)?;
            warnings.extend(admission::pod_security::raised(self, old, &value));
        }
        strategy::reclaim(self, old, &mut value)?;
        let tracked = person || !old.value().at(&["metadata", "managedFields"]).is_null();
        let read = person || !self.ahead;
        if tracked && read && !call.applying && !resizing {
            note_writer(call, old, subresource, &mut value);
        }
        let written = self.settle(call, old, value, Vec::new());
        admission::account(self, call, &written.object, Some(old), resizing);
        Ok(written)
    }

    /// Commits a changed version; one that was only waiting for its finalizers disappears with them.
    pub(super) fn settle(
        &mut self,
        call: &Call,
        old: &Arc<Object>,
        value: Value,
        warnings: Vec<String>,
    ) -> Written {
        let metadata = value.get("metadata");
        let gone = metadata.get("finalizers").is_empty() && old.meta().deletion_grace == Some(0);
        let object = if gone && !call.dry_run {
            let object = Arc::new(Object::read(old.kind(), value, Some(old)));
            self.store
                .remove(call.now, old.kind(), old.namespace(), old.name());
            object
        } else {
            self.commit(call, old.kind(), value, Some(old))
        };
        Written {
            object,
            warnings,
            created: false,
            changed: true,
        }
    }
}

/// Notes in the changed tree who owns what it changes.
fn note_writer(call: &Call, old: &Object, subresource: Subresource, value: &mut Value) {
    let writer = call.writer(subresource.name());
    let before = managed_fields::complete(old.kind(), old.value());
    managed_fields::update(old.kind(), Some(&before), value, &writer);
}

pub(super) fn unchanged(object: Arc<Object>, warnings: Vec<String>) -> Written {
    Written {
        object,
        warnings,
        created: false,
        changed: false,
    }
}

/// A resourceVersion in the tree must be the stored one.
pub(super) fn check_version(old: &Object, value: &Value) -> Result<(), Status> {
    let version = value.at(&["metadata", "resourceVersion"]).text();
    if version.is_empty() {
        return if matches!(old.kind(), Kind::Lease | Kind::PodDisruptionBudget) {
            let cause = Cause {
                reason: "FieldValueInvalid",
                field: "metadata.resourceVersion".to_owned(),
                message: "Invalid value: 0: must be specified for an update".to_owned(),
            };
            Err(Status::invalid(old.kind(), old.name(), vec![cause]))
        } else {
            Ok(())
        };
    }
    let Ok(number) = version.parse::<u64>() else {
        return Err(Status::unexpected(format!(
            "strconv.ParseUint: parsing {version:?}: invalid syntax"
        )));
    };
    if number == 0 || number == old.meta().resource_version {
        Ok(())
    } else {
        Err(Status::modified(old.kind(), old.name()))
    }
}

/// A uid in the tree must be the stored one: the object was not made again meanwhile.
///
/// Upstream: apiserver/pkg/storage/interfaces.go `Preconditions.Check`
fn check_uid(old: &Object, value: &Value) -> Result<(), Status> {
    let uid = value.at(&["metadata", "uid"]).text();
    if uid.is_empty() || uid == old.uid().as_str() {
        return Ok(());
    }
    let place = if old.namespace().is_empty() {
        old.name().as_str().to_owned()
    } else {
        format!("{}/{}", old.namespace(), old.name())
    };
    // The storage knows some resources by their oldest names.
    let oldest = [
        (Kind::Node, "minions"),
        (Kind::Service, "services/specs"),
        (Kind::Endpoints, "services/endpoints"),
        (Kind::ReplicationController, "controllers"),
    ];
    let plural = oldest
        .iter()
        .find(|(kind, _)| *kind == old.kind())
        .map_or(old.kind().plural(), |(_, name)| name);
    let why = format!(
        "StorageError: invalid object, Code: 4, Key: /registry/{plural}/{place}, ResourceVersion: 0, \
         AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
        old.uid()
    );
    Err(Status::conflict(old.kind(), old.name(), &why))
}
