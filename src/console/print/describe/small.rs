//! Descriptions of small kinds, and of everything without its own.

use super::{Writer, pieces};
use crate::console::print::scalar;
use crate::k8s::selector::Selector;
use crate::k8s::{Object, Value};

/// Upstream: kubectl/pkg/describe/describe.go `describeNamespace`.
pub fn namespace(w: &mut Writer, object: &Object) {
    w.field(0, "Name", object.name());
    pieces::labels_and_annotations(w, object);
    let status = object.value().get("status");
    w.field(0, "Status", status.get("phase").text());
    let conditions = status.get("conditions").items();
    if !conditions.is_empty() {
        w.line(0, "Conditions:");
        w.line(1, "Type\tStatus\tLastTransitionTime\tReason\tMessage");
        w.line(1, "----\t------\t------------------\t------\t-------");
        for c in conditions {
            let at = crate::console::print::long_time(c.get("lastTransitionTime"));
            let [kind, status, reason, message] =
                ["type", "status", "reason", "message"].map(|f| c.get(f).text());
            w.line(1, format!("{kind}\t{status}\t{at}\t{reason}\t{message}"));
        }
    }
}

/// Upstream: kubectl/pkg/describe/describe.go `describeConfigMap`.
pub fn config_map(w: &mut Writer, object: &Object) {
    pieces::name(w, object);
    pieces::labels_and_annotations(w, object);
    w.line(0, "\nData\n====");
    for (key, value) in object.value().get("data").fields() {
        w.line(0, format!("{key}:\n----\n{}\n", value.text()));
    }
    w.line(0, "\nBinaryData\n====");
    for (key, value) in object.value().get("binaryData").fields() {
        w.line(0, format!("{key}: {} bytes", bytes(value)));
    }
    w.line(0, "");
}

/// Upstream: kubectl/pkg/describe/describe.go `describeSecret`.
pub fn secret(w: &mut Writer, object: &Object) {
    pieces::name(w, object);
    pieces::labels_and_annotations(w, object);
    w.line(0, format!("\nType:\t{}", object.value().get("type").text()));
    w.line(0, "\nData\n====");
    for (key, value) in object.value().get("data").fields() {
        w.line(0, format!("{key}:\t{} bytes", bytes(value)));
    }
}

/// How long a value is that is written in base64.
fn bytes(value: &Value) -> usize {
    let text = value.text();
    let padding = text.bytes().rev().take_while(|b| *b == b'=').count();
    (text.len() / 4 * 3).saturating_sub(padding)
}

/// Upstream: kubectl/pkg/describe/describe.go `describePriorityClass`.
pub fn priority_class(w: &mut Writer, object: &Object) {
    let value = object.value();
    w.field(0, "Name", object.name());
    w.field(
        0,
        "Value",
        value.get("value").as_i64().unwrap_or(0).to_string(),
    );
    w.field(
        0,
        "GlobalDefault",
        (value.get("globalDefault").as_bool() == Some(true)).to_string(),
    );
    w.field(0, "PreemptionPolicy", value.get("preemptionPolicy").text());
    w.field(0, "Description", value.get("description").text());
    w.field(0, "Annotations", pairs(&object.meta().annotations));
}

/// All annotations on one line, the applied manifest included: so two kinds show them.
pub fn pairs(annotations: &Value) -> String {
    let all: Vec<String> = annotations
        .fields()
        .map(|(key, value)| format!("{key}={}", value.text()))
        .collect();
    crate::console::print::or_none(&all.join(","))
}

/// Upstream: kubectl/pkg/describe/describe.go `describeServiceAccount`.
pub fn service_account(w: &mut Writer, object: &Object) {
    pieces::name(w, object);
    pieces::labels_and_annotations(w, object);
    let names = |field: &str| {
        let all = object.value().get(field).items().iter();
        all.map(|s| s.get("name").text().to_owned())
            .collect::<Vec<_>>()
    };
    let pulls = names("imagePullSecrets");
    pieces::multiline(w, "Image pull secrets", pulls.into_iter());
    let mounts = names("secrets");
    if !mounts.is_empty() {
        pieces::multiline(w, "Mountable secrets", mounts.into_iter());
    }
}

/// Upstream: kubectl/pkg/describe/describe.go `describePodDisruptionBudget`.
pub fn budget(w: &mut Writer, object: &Object) {
    let value = object.value();
    let (spec, status) = (value.get("spec"), value.get("status"));
    pieces::name(w, object);
    if !spec.get("minAvailable").is_null() {
        w.field(0, "Min available", scalar(spec.get("minAvailable")));
    } else if !spec.get("maxUnavailable").is_null() {
        w.field(0, "Max unavailable", scalar(spec.get("maxUnavailable")));
    }
    let selector = spec.get("selector");
    if selector.is_null() {
        w.field(0, "Selector", "<unset>");
    } else {
        w.field(0, "Selector", Selector::read(selector).or_none());
    }
    w.line(0, "Status:");
    for (title, field) in [
        ("Allowed disruptions", "disruptionsAllowed"),
        ("Current", "currentHealthy"),
        ("Desired", "desiredHealthy"),
        ("Total", "expectedPods"),
    ] {
        let number = status.get(field).as_i64().unwrap_or(0);
        w.field(2, title, number.to_string());
    }
}

/// Any object: all its fields, sorted.
///
/// Upstream: kubectl/pkg/describe/describe.go `genericDescriber`.
pub fn generic(w: &mut Writer, object: &Object) {
    w.field(0, "Name", object.name());
    w.field(0, "Namespace", object.namespace());
    pieces::labels_and_annotations(w, object);
    let mut value = object.value().clone();
    for field in [
        "name",
        "namespace",
        "labels",
        "annotations",
        "managedFields",
    ] {
        if let Some(Value::Map(_)) = value.field("metadata") {
            value.map_mut().entry("metadata").remove(field);
        }
    }
    content(w, 0, &value);
}

fn content(w: &mut Writer, level: usize, value: &Value) {
    for (field, value) in value.fields() {
        let title = label(field);
        match value {
            Value::Map(_) => {
                w.line(level, format!("{title}:"));
                content(w, level + 1, value);
            }
            Value::List(items) => {
                w.line(level, format!("{title}:"));
                for item in items.iter() {
                    if let Value::Map(_) = item {
                        content(w, level + 1, item);
                    } else {
                        w.line(level + 1, crate::console::format::go::print(item));
                    }
                }
            }
            Value::Null => w.field(level, &title, "<nil>"),
            Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {
                w.field(level, &title, scalar(value));
            }
        }
    }
}

/// `ownerReferences` as `Owner References`; names with other characters stay.
///
/// Upstream: kubectl/pkg/describe/describe.go `smartLabelFor`.
fn label(field: &str) -> String {
    if field.chars().any(|c| !c.is_alphabetic() && c != '-') {
        return field.to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    let mut class = None;
    for c in field.chars() {
        let now = if c.is_lowercase() {
            1
        } else if c.is_uppercase() {
            2
        } else {
            3
        };
        match parts.last_mut() {
            Some(last) if class == Some(now) => last.push(c),
            _ => parts.push(c.to_string()),
        }
        class = Some(now);
    }
    // The last capital of a run belongs to the small letters after it.
    for i in 1..parts.len() {
        let small = parts[i].starts_with(char::is_lowercase);
        if small
            && parts[i - 1].starts_with(char::is_uppercase)
            && let Some(last) = parts[i - 1].pop()
        {
            parts[i].insert(0, last);
        }
    }
    let words = parts
        .into_iter()
        .filter(|p| !p.is_empty() && p != "-" && p != "_");
    let shaped = words.map(|word| {
        let upper = word.to_uppercase();
        if ["API", "URL", "UID", "OSB", "GUID"].contains(&upper.as_str()) {
            return upper;
        }
        let mut chars = word.chars();
        chars
            .next()
            .map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
    });
    shaped.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn labels_are_split_at_capitals() {
        let rows = [
            ("apiVersion", "API Version"),
            ("hostIP", "Host IP"),
            ("uid", "UID"),
            ("dnsPolicy", "Dns Policy"),
            ("$patch", "$patch"),
            ("kubernetes.io/arch", "kubernetes.io/arch"),
        ];
        for (field, want) in rows {
            assert_eq!(super::label(field), want);
        }
    }
}
