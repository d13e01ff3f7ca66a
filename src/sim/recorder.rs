//! Events of a component: aggregated, counted and limited as client-go's recorder does, then written.
//!
//! Upstream: staging/src/k8s.io/client-go/tools/record/events_cache.go

use super::Client;
use crate::k8s::{Kind, Object, Str, Value};
use crate::value;
use std::collections::BTreeMap;

/// What an event is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct ObjectRef {
    pub api_version: Str,
    pub kind: Str,
    pub namespace: Str,
    pub name: Str,
    /// Empty for the kubelet's events about its node.
    pub uid: Str,
    /// `spec.containers{app}`, or empty.
    pub field_path: Str,
    pub resource_version: Str,
}

impl ObjectRef {
    pub fn of(object: &Object) -> Self {
        Self {
            api_version: object.kind().api_version().into(),
            kind: object.kind().name().into(),
            namespace: object.namespace().clone(),
            name: object.name().clone(),
            uid: object.uid().clone(),
            field_path: Str::default(),
            resource_version: object.meta().resource_version.to_string().into(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum EventType {
    Normal,
    Warning,
}

impl EventType {
    pub fn name(self) -> &'static str {
        match self {
            EventType::Normal => "Normal",
            EventType::Warning => "Warning",
        }
    }
}

/// The recorder of one component.
#[derive(Clone, Debug)]
pub struct Recorder {
    component: Str,
    /// The node's name for kubelets, else empty.
    host: Str,
    /// Event objects already written, by everything that makes two events equal.
    seen: BTreeMap<(ObjectRef, EventType, Str, Str), (Str, i64)>,
    written: u64,
}

impl Recorder {
    pub fn new(component: impl Into<Str>, host: impl Into<Str>) -> Self {
        Self {
            component: component.into(),
            host: host.into(),
            seen: BTreeMap::new(),
            written: 0,
        }
    }

    /// Emits an event about an object.
    pub fn event(
        &mut self,
        client: &mut Client<'_>,
        about: &ObjectRef,
        kind: EventType,
        reason: impl Into<Str>,
        message: &str,
    ) {
        let namespace = if about.namespace.is_empty() {
            Str::from("default")
        } else {
            about.namespace.clone()
        };
        let mut identity = about.clone();
        identity.resource_version = Str::default();
        let reason = reason.into();
        let key = (identity, kind, reason.clone(), Str::new(message));
        let now = Value::from(client.now().timestamp().to_string());
        if let Some((name, count)) = self.seen.get_mut(&key)
            && let Ok(event) = client.get(Kind::Event, &namespace, name)
        {
            *count += 1;
            let mut value = event.value().clone();
            value.set("count", *count);
            value.set("lastTimestamp", now);
            // An event that cannot be written is dropped, as upstream does.
            let _ = client.update(Kind::Event, value);
            return;
        }
        self.written += 1;
        let name = Str::new(&format!(
            "{}.{:x}",
            about.name,
            client.now().as_millis() * 4096 + self.written
        ));
        let mut involved = value!({"kind": &about.kind, "name": &about.name});
        for (field, text) in [
            ("apiVersion", &about.api_version),
            ("namespace", &about.namespace),
            ("uid", &about.uid),
            ("fieldPath", &about.field_path),
            ("resourceVersion", &about.resource_version),
        ] {
            if !text.is_empty() {
                involved.set(field, text);
            }
        }
        let mut source = value!({"component": &self.component});
        if !self.host.is_empty() {
            source.set("host", &self.host);
        }
        let value = value!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": {"name": &name, "namespace": &namespace},
            "involvedObject": involved, "reason": reason, "message": Str::new(message),
            "source": source, "firstTimestamp": &now, "lastTimestamp": &now, "count": 1,
            "type": kind.name(), "eventTime": null, "reportingComponent": &self.component,
            "reportingInstance": &self.host,
        });
        if client.create(Kind::Event, &namespace, value).is_ok() {
            self.seen.insert(key, (name, 1));
        }
    }
}
