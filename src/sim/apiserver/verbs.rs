//! Create, update, patch and bind.

use super::{ApiServer, Call, Subresource, Written};
use crate::k8s::{Kind, Object, ObjectKey, Str, Value};
use crate::sim::Status;
use crate::value;
use std::sync::Arc;

impl ApiServer {
    /// Creates an object. `namespace` is the request's; the object's own must agree or be empty.
    pub fn create(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        value: Value,
    ) -> Result<Written, Status> {
        let name = value.at(&["metadata", "name"]).text().to_owned();
        let answer = self.try_create(call, kind, namespace, value);
        self.note(
            call,
            "create",
            ObjectKey::new(kind, namespace, &name),
            &answer,
        );
        answer
    }

    fn try_create(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        mut value: Value,
    ) -> Result<Written, Status> {
        let metadata = value.at_mut(&["metadata"]);
        if metadata.get("name").is_empty() && !metadata.get("generateName").is_empty() {
            let base: String = metadata
                .get("generateName")
                .text()
                .chars()
                .take(58)
                .collect();
            let suffix = self.rng.name_suffix();
            metadata.set("name", format!("{base}{suffix}"));
        }
        if kind.namespaced() {
            metadata.set("namespace", Str::new(namespace));
        }
        metadata.set("uid", self.rng.uuid());
        metadata.set("creationTimestamp", call.now.timestamp().to_string());
        metadata.set("generation", 1);
        let name = metadata.get("name").to_str();
        if self.store.get(kind, namespace, &name).is_some() {
            return Err(Status::already_exists(kind, &name));
        }
        let object = self.commit(call, kind, value, None);
        Ok(Written {
            object,
            warnings: Vec::new(),
            created: true,
            changed: true,
        })
    }

    /// Replaces an object (or its status). Without a resourceVersion in the tree it is unconditional.
    pub fn update(
        &mut self,
        call: &Call,
        kind: Kind,
        subresource: Subresource,
        value: Value,
    ) -> Result<Written, Status> {
        let key = Object::read(kind, value!({"metadata": value.get("metadata")}), None).key();
        let verb = match subresource {
            Subresource::Main => "update",
            Subresource::Status => "update/status",
            Subresource::Scale => "update/scale",
        };
        let answer = self.try_update(call, &key, subresource, value);
        self.note(call, verb, key, &answer);
        answer
    }

    pub(super) fn try_update(
        &mut self,
        call: &Call,
        key: &ObjectKey,
        subresource: Subresource,
        mut value: Value,
    ) -> Result<Written, Status> {
        let old = self.get(key.kind, &key.namespace, &key.name)?.clone();
        let version = value.at(&["metadata", "resourceVersion"]).text();
        if !version.is_empty() && version != old.meta().resource_version.to_string() {
            return Err(Status::modified(key.kind, &key.name));
        }
        match subresource {
            Subresource::Status => {
                let status = value.get("status").clone();
                value = old.value().clone();
                value.set("status", status);
            }
            Subresource::Main | Subresource::Scale => {
                if !old.value().get("status").is_null() {
                    value.set("status", old.value().get("status"));
                }
                let generation = old.meta().generation;
                let spec_changed = value.get("spec") != old.value().get("spec");
                let generation = generation + i64::from(spec_changed && generation > 0);
                let metadata = value.at_mut(&["metadata"]);
                metadata.set("generation", generation);
                for field in ["uid", "creationTimestamp"] {
                    metadata.set(field, old.value().at(&["metadata", field]));
                }
            }
        }
        value
            .at_mut(&["metadata"])
            .set("resourceVersion", old.meta().resource_version.to_string());
        if value == *old.value() {
            return Ok(Written {
                object: old,
                warnings: Vec::new(),
                created: false,
                changed: false,
            });
        }
        let object = self.commit(call, key.kind, value, Some(&old));
        Ok(Written {
            object,
            warnings: Vec::new(),
            created: false,
            changed: true,
        })
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
        let version = self.store.next_version();
        value
            .at_mut(&["metadata"])
            .set("resourceVersion", version.to_string());
        let object = Arc::new(Object::read(kind, value, old));
        self.store.put(call.now, object.clone());
        object
    }

    pub(super) fn note(
        &mut self,
        call: &Call,
        verb: &'static str,
        mut key: ObjectKey,
        answer: &Result<Written, Status>,
    ) {
        if let Ok(written) = answer {
            key.name = written.object.name().clone();
        }
        let answer = answer.as_ref().map(|w| w.object.meta().resource_version);
        self.record(call, verb, key, answer);
    }

    /// Binds a pod to a node, as the scheduler does.
    pub fn bind(
        &mut self,
        call: &Call,
        namespace: &str,
        pod: &str,
        node: &str,
    ) -> Result<Written, Status> {
        let key = ObjectKey::new(Kind::Pod, namespace, pod);
        let answer = self.try_bind(call, &key, node);
        self.note(call, "bind", key, &answer);
        answer
    }

    fn try_bind(&mut self, call: &Call, key: &ObjectKey, node: &str) -> Result<Written, Status> {
        let old = self.get(Kind::Pod, &key.namespace, &key.name)?.clone();
        let mut value = old.value().clone();
        value.set_at(&["spec", "nodeName"], Str::new(node));
        let condition = value!({
            "type": "PodScheduled", "status": "True", "lastProbeTime": null,
            "lastTransitionTime": call.now.timestamp().to_string(),
        });
        let conditions = value.at_mut(&["status", "conditions"]).list_mut();
        conditions.retain(|c| c.get("type").text() != "PodScheduled");
        conditions.push(condition);
        let object = self.commit(call, Kind::Pod, value, Some(&old));
        Ok(Written {
            object,
            warnings: Vec::new(),
            created: false,
            changed: true,
        })
    }
}

impl ApiServer {
    /// Patches an object or its status. Retries are not needed: the patch is applied to the newest version.
    pub fn patch(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        name: &str,
        subresource: Subresource,
        patch: &super::Patch,
    ) -> Result<Written, Status> {
        let key = ObjectKey::new(kind, namespace, name);
        let answer = self.try_patch(call, &key, subresource, patch);
        self.note(call, "patch", key, &answer);
        answer
    }

    fn try_patch(
        &mut self,
        call: &Call,
        key: &ObjectKey,
        subresource: Subresource,
        patch: &super::Patch,
    ) -> Result<Written, Status> {
        let old = self.get(key.kind, &key.namespace, &key.name)?.clone();
        let _ = (call, subresource, patch, old);
        Err(Status::plain(
            415,
            "UnsupportedMediaType",
            "patches are not served yet",
        ))
    }
}
