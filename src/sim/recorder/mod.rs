//! Events of a component: aggregated, counted and limited as client-go's recorder does, then written.
//!
//! Reading order: this file (what a component calls, and the event object), `correlate` (which event becomes of
//! it).

mod correlate;

#[cfg(test)]
mod tests;

use super::Client;
use crate::k8s::{Kind, Object, Str, Value};
use crate::value;
use correlate::{Correlator, Deed, Seen, Series};

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

    fn value(&self) -> Value {
        let mut value = value!({"kind": &self.kind, "name": &self.name});
        for (field, text) in [
            ("apiVersion", &self.api_version),
            ("namespace", &self.namespace),
            ("uid", &self.uid),
            ("fieldPath", &self.field_path),
            ("resourceVersion", &self.resource_version),
        ] {
            if !text.is_empty() {
                value.set(field, text);
            }
        }
        value
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

/// The recorder of one component. What it remembers is bounded and kept as hashes.
#[derive(Clone, Debug)]
pub struct Recorder {
    component: Str,
    /// The node's name for kubelets, else empty.
    host: Str,
    form: Form,
    /// Makes the names of two events of one moment differ.
    written: u64,
}

/// Which API the component emits its events with.
#[derive(Clone, Debug)]
enum Form {
    /// `v1`: counted.
    Core(Correlator),
    /// `events.k8s.io/v1`: repeated ones are a series. The event's source stays empty.
    Events(Series),
}

/// One event, before anything was decided about it.
struct Emitted<'a> {
    about: &'a ObjectRef,
    kind: EventType,
    reason: &'a str,
    action: &'a str,
    message: &'a str,
}

impl Recorder {
    pub fn new(component: impl Into<Str>, host: impl Into<Str>) -> Self {
        let component = component.into();
        // Two components may tell of objects of one name at one moment.
        let letters = component.as_str().bytes().map(u64::from);
        Self {
            written: letters.sum::<u64>() * 400,
            component,
            host: host.into(),
            form: Form::Core(Correlator::default()),
        }
    }

    /// The recorder of a component that emits its events with the new API, as the scheduler does.
    pub fn series(component: impl Into<Str>, host: impl Into<Str>) -> Self {
        Self {
            form: Form::Events(Series::default()),
            ..Self::new(component, host)
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
        self.event_with_action(client, about, kind, reason, "", message);
    }

    /// Emits an event that names what was done (`Binding`); only the new API carries that.
    pub fn event_with_action(
        &mut self,
        client: &mut Client<'_>,
        about: &ObjectRef,
        kind: EventType,
        reason: impl Into<Str>,
        action: &'static str,
        message: &str,
    ) {
        if client.ahead() {
            return;
        }
        let reason = reason.into();
        let emitted = Emitted {
            about,
            kind,
            reason: &reason,
            action,
            message,
        };
        self.written += 1;
        let stamp = client.now().as_millis() * 1_000_000 + self.written % 1_000_000;
        let now = client.now();
        let deed = match &mut self.form {
            Form::Core(correlator) => correlator.observe(now, stamp, &emitted),
            Form::Events(series) => series.observe(now, stamp, &emitted),
        };
        match deed {
            Deed::Drop => {}
            Deed::Create(seen) => self.create(client, &emitted, &seen),
            Deed::Repeat(seen) => self.repeat(client, &emitted, &seen),
        }
    }

    /// Writes a new event. One that cannot be written is dropped, as upstream does.
    fn create(&self, client: &mut Client<'_>, emitted: &Emitted<'_>, seen: &Seen) {
        let namespace = namespace_of(emitted.about);
        let now = client.now();
        let mut value = value!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": {"name": name_of(emitted.about, seen), "namespace": &namespace},
            "involvedObject": emitted.about.value(), "reason": Str::new(emitted.reason),
            "message": message_of(emitted, seen), "type": emitted.kind.name(),
            "reportingComponent": &self.component, "reportingInstance": &self.host,
        });
        match &self.form {
            Form::Core(_) => {
                let mut source = value!({"component": &self.component});
                if !self.host.is_empty() {
                    source.set("host", &self.host);
                }
                value.set("source", source);
                value.set("firstTimestamp", seen.first.timestamp().to_string());
                value.set("lastTimestamp", now.timestamp().to_string());
                value.set("count", i64::from(seen.count));
                value.set("eventTime", Value::Null);
            }
            Form::Events(_) => {
                value.set("source", Value::map());
                value.set("firstTimestamp", Value::Null);
                value.set("lastTimestamp", Value::Null);
                value.set("eventTime", now.micro_time());
                value.set("action", Str::new(emitted.action));
            }
        }
        let _ = client.create(Kind::Event, &namespace, value);
    }

    /// Raises the count of an event; writes it anew if it is gone.
    fn repeat(&self, client: &mut Client<'_>, emitted: &Emitted<'_>, seen: &Seen) {
        let namespace = namespace_of(emitted.about);
        let name = name_of(emitted.about, seen);
        let Ok(event) = client.get(Kind::Event, &namespace, &name) else {
            return self.create(client, emitted, seen);
        };
        let mut value = event.value().clone();
        let now = client.now();
        match &self.form {
            Form::Core(_) => {
                value.set("count", i64::from(seen.count));
                value.set("lastTimestamp", now.timestamp().to_string());
                value.set("message", message_of(emitted, seen));
            }
            Form::Events(_) => value.set(
                "series",
                value!({"count": i64::from(seen.count), "lastObservedTime": now.micro_time()}),
            ),
        }
        let _ = client.update(Kind::Event, value);
    }
}

fn namespace_of(about: &ObjectRef) -> Str {
    if about.namespace.is_empty() {
        Str::from("default")
    } else {
        about.namespace.clone()
    }
}

fn name_of(about: &ObjectRef, seen: &Seen) -> Str {
    Str::from(format!("{}.{:x}", about.name, seen.stamp))
}

fn message_of(emitted: &Emitted<'_>, seen: &Seen) -> Str {
    if seen.combined {
        Str::from(format!(
            "(combined from similar events): {}",
            emitted.message
        ))
    } else {
        Str::new(emitted.message)
    }
}
