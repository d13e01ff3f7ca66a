//! What many descriptions share: labels, annotations, tolerations, events.

use super::{View, Writer};
use crate::console::print::columns::event;
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Timestamp, Value};
use std::sync::Arc;

/// The longest annotation on one line, its key included.
const ANNOTATION_MAX: usize = 140;

/// `Labels:` with one pair a line.
pub fn labels(w: &mut Writer, title: &str, map: &Value) {
    multiline(
        w,
        title,
        map.fields().map(|(k, v)| format!("{k}={}", v.text())),
    );
}

/// A title with one text a line; `<none>` without texts.
pub fn multiline(w: &mut Writer, title: &str, texts: impl Iterator<Item = String>) {
    let mut first = true;
    for text in texts {
        if first {
            w.line(0, format!("{title}:\t{text}"));
        } else {
            w.line(0, format!("\t{text}"));
        }
        first = false;
    }
    if first {
        w.line(0, format!("{title}:\t<none>"));
    }
}

/// `Annotations:`; long ones and those of several lines stand below their key.
pub fn annotations(w: &mut Writer, title: &str, map: &Value) {
    let hidden = "kubectl.kubernetes.io/last-applied-configuration";
    let mut before = format!("{title}:\t");
    let mut none = true;
    for (key, value) in map.fields().filter(|(k, _)| k.as_str() != hidden) {
        none = false;
        let value = value.text();
        let value = value.strip_suffix('\n').unwrap_or(value);
        if value.len() + key.len() + 2 > ANNOTATION_MAX || value.contains('\n') {
            w.line(0, format!("{before}{key}:"));
            for line in value.split('\n') {
                w.line(0, format!("\t  {}", shorten(line, ANNOTATION_MAX - 2)));
            }
        } else {
            w.line(0, format!("{before}{key}: {value}"));
        }
        "\t".clone_into(&mut before);
    }
    if none {
        w.line(0, format!("{before}<none>"));
    }
}

fn shorten(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let cut: String = text.chars().take(max).collect();
    format!("{cut}...")
}

/// `Tolerations:`, sorted by key.
pub fn tolerations(w: &mut Writer, title: &str, list: &Value) {
    let mut all: Vec<&Value> = list.items().iter().collect();
    all.order_by_key(|t| t.get("key").text());
    multiline(w, title, all.into_iter().map(toleration));
}

fn toleration(t: &Value) -> String {
    let (key, value, effect) = (
        t.get("key").text(),
        t.get("value").text(),
        t.get("effect").text(),
    );
    let mut text = key.to_owned();
    if !value.is_empty() {
        text.push_str(&format!("={value}"));
    }
    if !effect.is_empty() {
        text.push_str(&format!(":{effect}"));
    }
    let operator = t.get("operator").text();
    if operator == "Exists" && value.is_empty() {
        text.push_str(if text.is_empty() {
            "op=Exists"
        } else {
            " op=Exists"
        });
    }
    if let Some(seconds) = t.get("tolerationSeconds").as_i64() {
        text.push_str(&format!(" for {seconds}s"));
    }
    text
}

/// `Name`, `Namespace`.
pub fn name(w: &mut Writer, object: &Object) {
    w.field(0, "Name", object.name());
    if object.kind().namespaced() {
        w.field(0, "Namespace", object.namespace());
    }
}

/// `CreationTimestamp`
pub fn created(w: &mut Writer, object: &Object) {
    let at = object.value().at(&["metadata", "creationTimestamp"]);
    w.field(0, "CreationTimestamp", crate::console::print::long_time(at));
}

/// `Labels`, `Annotations`.
pub fn labels_and_annotations(w: &mut Writer, object: &Object) {
    labels(w, "Labels", &object.meta().labels);
    annotations(w, "Annotations", &object.meta().annotations);
}

/// `Controlled By`, if somebody does.
pub fn controller(w: &mut Writer, object: &Object) {
    if let Some(owner) = object.meta().controller() {
        w.field(0, "Controlled By", format!("{}/{}", owner.kind, owner.name));
    }
}

/// The events about an object.
pub fn events_of<'a>(object: &Object, view: View<'a>) -> Vec<&'a Arc<Object>> {
    let namespace = object
        .kind()
        .namespaced()
        .then(|| object.namespace().to_string());
    // The kubelet reports a static pod under the uid of its manifest.
    let mirrored = object.meta().annotation("kubernetes.io/config.mirror");
    let uid = mirrored.unwrap_or(object.uid().as_str());
    let about = |e: &&Arc<Object>| {
        let involved = e.value().get("involvedObject");
        involved.get("kind").text() == object.kind().name()
            && involved.get("uid").text() == uid
            && (namespace.is_none()
                || Some(involved.get("namespace").text()) == namespace.as_deref())
    };
    let named = |e: &&Arc<Object>| e.about() == Some(object.name());
    let all = view.api.list(Kind::Event, None);
    let mut events: Vec<&Arc<Object>> = all.filter(named).filter(about).collect();
    events.order_by_key(|e| Timestamp::parse(e.value().get("lastTimestamp").text()));
    events
}

/// The table of events.
pub fn events(w: &mut Writer, object: &Object, view: View<'_>) {
    let events = events_of(object, view);
    if events.is_empty() {
        w.line(0, "Events:\t<none>");
        return;
    }
    w.line(0, "Events:");
    w.line(1, "Type\tReason\tAge\tFrom\tMessage");
    w.line(1, "----\t------\t----\t----\t-------");
    for event in events {
        let value = event.value();
        let path = value.at(&["involvedObject", "fieldPath"]).text();
        let message = value.get("message").text().trim();
        let message = if path.is_empty() {
            message.to_owned()
        } else {
            format!("{path}: {message}")
        };
        let mut from = value.at(&["source", "component"]).text();
        if from.is_empty() {
            from = value.get("reportingComponent").text();
        }
        w.line(
            1,
            format!(
                "{}\t{}\t{}\t{from}\t{message}",
                value.get("type").text(),
                value.get("reason").text(),
                interval(value, view)
            ),
        );
    }
}

/// `5s`, `3s (x4 over 41s)`
pub fn interval(value: &Value, view: View<'_>) -> String {
    let first = view.age(event::first_seen(value));
    let count = event::count(value);
    if value.get("series").is_null() && count <= 1 {
        return first;
    }
    format!(
        "{} (x{count} over {first})",
        view.age(event::last_seen(value))
    )
}

/// How many pods of a controller are in each phase.
pub fn pods_status(object: &Object, view: View<'_>) -> String {
    let mut counts = [0; 4];
    for pod in view.api.list(Kind::Pod, Some(object.namespace())) {
        if pod
            .meta()
            .controller()
            .is_none_or(|o| o.uid != *object.uid())
        {
            continue;
        }
        match pod.value().at(&["status", "phase"]).text() {
            "Running" => counts[0] += 1,
            "Pending" => counts[1] += 1,
            "Succeeded" => counts[2] += 1,
            "Failed" => counts[3] += 1,
            _ => {}
        }
    }
    let [running, waiting, succeeded, failed] = counts;
    format!("{running} Running / {waiting} Waiting / {succeeded} Succeeded / {failed} Failed")
}
