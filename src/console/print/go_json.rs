//! `-o json` of objects that kubectl holds as Go structs: their fields come in the order in which the structs declare
//! them, while those of objects that it keeps as they were read are sorted.

use crate::k8s::order::InOrder;
use crate::k8s::{Value, json};

/// The fields of the structs that kubectl makes itself, in an order that is right for each of them.
const ORDER: &[&str] = &[
    "kind",
    "apiVersion",
    "metadata",
    "name",
    "generateName",
    "namespace",
    "username",
    "uid",
    "groups",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    // Specifications of workloads.
    "spec",
    "schedule",
    "timeZone",
    "startingDeadlineSeconds",
    "concurrencyPolicy",
    "suspend",
    "jobTemplate",
    "parallelism",
    "completions",
    "minAvailable",
    "replicas",
    "selector",
    "maxUnavailable",
    "template",
    "strategy",
    "minReadySeconds",
    "revisionHistoryLimit",
    // Token requests.
    "audiences",
    "expirationSeconds",
    "token",
    // Pods and containers.
    "volumes",
    "initContainers",
    "containers",
    "restartPolicy",
    "terminationGracePeriodSeconds",
    "dnsPolicy",
    "nodeSelector",
    "serviceAccountName",
    "image",
    "command",
    "args",
    "ports",
    "hostPort",
    "containerPort",
    "protocol",
    "port",
    "targetPort",
    "nodePort",
    "envFrom",
    "env",
    "value",
    "valueFrom",
    "verbs",
    "apiGroups",
    "resources",
    "limits",
    "requests",
    "volumeMounts",
    "imagePullPolicy",
    "securityContext",
    // Others.
    "immutable",
    "data",
    "binaryData",
    "stringData",
    "clusterIP",
    "clusterIPs",
    "type",
    "externalIPs",
    "sessionAffinity",
    "externalName",
    "globalDefault",
    "description",
    "preemptionPolicy",
    "hard",
    // Roles and bindings.
    "resourceNames",
    "nonResourceURLs",
    "rules",
    "aggregationRule",
    "apiGroup",
    "subjects",
    "roleRef",
    "status",
    "items",
];

/// Maps whose keys people choose.
const MAPS: &[&str] = &[
    "labels",
    "annotations",
    "matchLabels",
    "nodeSelector",
    "data",
    "binaryData",
    "limits",
    "requests",
    "hard",
];

/// Indented by four blanks, without a line end.
pub fn indented(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, "", 0);
    out
}

/// On one line, as the server writes it.
pub fn compact(value: &Value) -> String {
    let mut out = String::new();
    one_line(&mut out, value, "");
    out
}

/// The fields of a map in the order of their struct.
fn ordered<'a>(map: &'a crate::k8s::Map, name: &str) -> Vec<(&'a str, &'a Value)> {
    let mut fields: Vec<(&str, &Value)> = map.iter().map(|(k, v)| (k.as_str(), v)).collect();
    if !MAPS.contains(&name) {
        let place = |key: &str| match (name, key) {
            // The one struct that has its group first.
            ("roleRef", "apiGroup") => Some(0),
            _ => ORDER.iter().position(|k| *k == key).map(|i| i + 1),
        };
        fields.order_by_key(|(key, _)| place(key).unwrap_or(ORDER.len() + 1));
    }
    fields
}

fn one_line(out: &mut String, value: &Value, name: &str) {
    match value {
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                one_line(out, item, "");
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (i, (key, item)) in ordered(map, name).into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                out.push_str(&json::quoted(key));
                out.push(':');
                one_line(out, item, key);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {
            out.push_str(&json::compact(value));
        }
    }
}

fn line(out: &mut String, level: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("    ", level));
}

fn write(out: &mut String, value: &Value, name: &str, level: usize) {
    match value {
        Value::List(items) if !items.is_empty() => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                line(out, level + 1);
                write(out, item, "", level + 1);
            }
            line(out, level);
            out.push(']');
        }
        Value::Map(map) if !map.is_empty() => {
            out.push('{');
            for (i, (key, item)) in ordered(map, name).into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                line(out, level + 1);
                out.push_str(&json::quoted(key));
                out.push_str(": ");
                write(out, item, key, level + 1);
            }
            line(out, level);
            out.push('}');
        }
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Number(_)
        | Value::Str(_)
        | Value::List(_)
        | Value::Map(_) => out.push_str(&json::indented(value)),
    }
}

#[cfg(test)]
mod tests {
    use crate::value;

    #[test]
    fn fields_keep_the_order_of_their_structs() {
        let object = value!({
            "apiVersion": "v1", "kind": "ConfigMap", "data": {"kind": "x", "apple": "y"},
            "metadata": {"labels": {"b": "1", "a": "2"}, "name": "n"},
        });
        let text = super::indented(&object);
        let keys: Vec<&str> = text
            .lines()
            .filter_map(|l| l.trim().strip_prefix('"')?.split('"').next())
            .collect();
        let want = "kind apiVersion metadata name labels a b data apple kind";
        assert_eq!(keys.join(" "), want);
    }
}
