//! Containers in descriptions of pods and templates.

use super::Writer;
use crate::console::print::{long_time, or_none, scalar};
use crate::k8s::Value;
use crate::k8s::order::InOrder;
use crate::k8s::quantity::Quantity;

/// Where the containers stand.
pub struct Place<'a> {
    /// The pod's status list; Null for a template.
    pub statuses: &'a Value,
    /// The pod, for its own fields in variables.
    pub pod: Option<&'a Value>,
    /// Indent of the title: two blanks in templates.
    pub space: &'static str,
}

/// Containers under a title.
pub fn all(w: &mut Writer, title: &str, containers: &Value, place: &Place<'_>) {
    let containers = containers.items();
    if containers.is_empty() {
        w.line(0, format!("{}{title}:\t<none>", place.space));
        return;
    }
    w.line(0, format!("{}{title}:", place.space));
    for container in containers {
        let name = container.get("name").text();
        let status = place
            .statuses
            .items()
            .iter()
            .find(|s| s.get("name").text() == name);
        let indent = if place.space.is_empty() { "" } else { " " };
        w.line(1, format!("{indent}{name}:"));
        basics(w, container, status);
        for field in ["command", "args"] {
            words(w, container, field);
        }
        if let Some(status) = status {
            state(w, "State", status.get("state"));
            if !status.at(&["lastState", "terminated"]).is_null() {
                state(w, "Last State", status.get("lastState"));
            }
            let ready = status.get("ready").as_bool() == Some(true);
            w.field(2, "Ready", if ready { "True" } else { "False" });
            w.field(
                2,
                "Restart Count",
                status.get("restartCount").as_i64().unwrap_or(0).to_string(),
            );
        }
        resources(w, 2, container.get("resources"));
        for (field, title) in [
            ("livenessProbe", "Liveness"),
            ("readinessProbe", "Readiness"),
            ("startupProbe", "Startup"),
        ] {
            let value = container.get(field);
            if !value.is_null() {
                w.field(2, title, probe(value));
            }
        }
        env_from(w, container.get("envFrom"));
        environment(w, container, place.pod);
        mounts(w, container);
    }
}

fn basics(w: &mut Writer, container: &Value, status: Option<&Value>) {
    if let Some(status) = status {
        w.field(2, "Container ID", status.get("containerID").text());
    }
    w.field(2, "Image", container.get("image").text());
    if let Some(status) = status {
        w.field(2, "Image ID", status.get("imageID").text());
    }
    let ports = |field: &str| {
        let texts: Vec<String> = container
            .get("ports")
            .items()
            .iter()
            .map(|p| {
                let number = p.get(field).as_i64().unwrap_or(0);
                let protocol = p.get("protocol").text();
                let name = p.get("name").text();
                let protocol = if protocol.is_empty() { "TCP" } else { protocol };
                if name.is_empty() {
                    format!("{number}/{protocol}")
                } else {
                    format!("{number}/{protocol} ({name})")
                }
            })
            .collect();
        texts.join(", ")
    };
    for (title, field) in [("Port", "containerPort"), ("Host Port", "hostPort")] {
        let text = ports(field);
        let plural = if text.contains(',') { "s" } else { "" };
        w.field(2, &format!("{title}{plural}"), or_none(&text));
    }
}

fn words(w: &mut Writer, container: &Value, field: &str) {
    let words = container.get(field).items();
    if words.is_empty() {
        return;
    }
    w.line(2, if field == "args" { "Args:" } else { "Command:" });
    for line in words.iter().flat_map(|word| word.text().split('\n')) {
        w.line(3, line);
    }
}

fn state(w: &mut Writer, title: &str, state: &Value) {
    let (running, waiting, terminated) = (
        state.get("running"),
        state.get("waiting"),
        state.get("terminated"),
    );
    if !running.is_null() {
        w.field(2, title, "Running");
        w.field(3, "Started", long_time(running.get("startedAt")));
    } else if !terminated.is_null() {
        w.field(2, title, "Terminated");
        for (field, title) in [("reason", "Reason"), ("message", "Message")] {
            let text = terminated.get(field).text();
            if !text.is_empty() {
                w.field(3, title, text);
            }
        }
        w.field(
            3,
            "Exit Code",
            terminated.get("exitCode").as_i64().unwrap_or(0).to_string(),
        );
        if let Some(signal) = terminated.get("signal").as_i64().filter(|s| *s > 0) {
            w.field(3, "Signal", signal.to_string());
        }
        w.field(3, "Started", long_time(terminated.get("startedAt")));
        w.field(3, "Finished", long_time(terminated.get("finishedAt")));
    } else {
        w.field(2, title, "Waiting");
        let reason = waiting.get("reason").text();
        if !reason.is_empty() {
            w.field(3, "Reason", reason);
        }
    }
}

/// `Limits:` and `Requests:`
pub fn resources(w: &mut Writer, level: usize, resources: &Value) {
    for (field, title) in [("limits", "Limits:"), ("requests", "Requests:")] {
        let map = resources.get(field);
        if map.fields().next().is_some() {
            w.line(level, title);
            for (name, quantity) in map.fields() {
                w.field(level + 1, name, scalar(quantity));
            }
        }
    }
}

/// `exec [true] delay=5s timeout=1s period=10s #success=1 #failure=3`
pub fn probe(probe: &Value) -> String {
    let number = |field: &str| probe.get(field).as_i64().unwrap_or(0);
    let attributes = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        number("initialDelaySeconds"),
        number("timeoutSeconds"),
        number("periodSeconds"),
        number("successThreshold"),
        number("failureThreshold")
    );
    let exec = probe.get("exec");
    if !exec.is_null() {
        let words: Vec<&str> = exec
            .get("command")
            .items()
            .iter()
            .map(Value::text)
            .collect();
        return format!("exec [{}] {attributes}", words.join(" "));
    }
    let http = probe.get("httpGet");
    if !http.is_null() {
        let scheme = http.get("scheme").text().to_lowercase();
        let port = scalar(http.get("port"));
        let host = http.get("host").text();
        return format!(
            "http-get {scheme}://{host}:{port}{} {attributes}",
            http.get("path").text()
        );
    }
    let tcp = probe.get("tcpSocket");
    if !tcp.is_null() {
        return format!(
            "tcp-socket {}:{} {attributes}",
            tcp.get("host").text(),
            scalar(tcp.get("port"))
        );
    }
    let grpc = probe.get("grpc");
    if !grpc.is_null() {
        return format!(
            "grpc <pod>:{} {} {attributes}",
            scalar(grpc.get("port")),
            grpc.get("service").text()
        );
    }
    format!("unknown {attributes}")
}

fn optional(reference: &Value) -> bool {
    reference.get("optional").as_bool() == Some(true)
}

fn env_from(w: &mut Writer, list: &Value) {
    if list.items().is_empty() {
        return;
    }
    w.line(2, "Environment Variables from:");
    for item in list.items() {
        let (kind, reference) = if item.get("configMapRef").is_null() {
            ("Secret", item.get("secretRef"))
        } else {
            ("ConfigMap", item.get("configMapRef"))
        };
        let prefix = item.get("prefix").text();
        let with = if prefix.is_empty() {
            String::new()
        } else {
            format!(" with prefix '{prefix}'")
        };
        let name = reference.get("name").text();
        w.line(
            3,
            format!("{name}\t{kind}{with}\tOptional: {}", optional(reference)),
        );
    }
}

fn environment(w: &mut Writer, container: &Value, pod: Option<&Value>) {
    let all = container.get("env").items();
    if all.is_empty() {
        w.line(2, "Environment:\t<none>");
        return;
    }
    w.line(2, "Environment:");
    for variable in all {
        let name = variable.get("name").text();
        let from = variable.get("valueFrom");
        if from.is_null() {
            for (i, line) in variable.get("value").text().split('\n').enumerate() {
                let title = if i == 0 {
                    format!("{name}:")
                } else {
                    String::new()
                };
                w.line(3, format!("{title}\t{line}"));
            }
            continue;
        }
        let (field, resource) = (from.get("fieldRef"), from.get("resourceFieldRef"));
        let (secret, config) = (from.get("secretKeyRef"), from.get("configMapKeyRef"));
        if !field.is_null() {
            let path = field.get("fieldPath").text();
            let value = pod.map_or(String::new(), |pod| own_field(pod, path));
            let version = field.get("apiVersion").text();
            w.line(3, format!("{name}:\t{value} ({version}:{path})"));
        } else if !resource.is_null() {
            let path = resource.get("resource").text();
            w.line(
                3,
                format!("{name}:\t{} ({path})", own_resource(container, resource)),
            );
        } else if !secret.is_null() {
            let (key, of) = (secret.get("key").text(), secret.get("name").text());
            let optional = optional(secret);
            w.line(
                3,
                format!("{name}:\t<set to the key '{key}' in secret '{of}'>\tOptional: {optional}"),
            );
        } else if !config.is_null() {
            let (key, of) = (config.get("key").text(), config.get("name").text());
            let optional = optional(config);
            w.line(
                3,
                format!(
                    "{name}:\t<set to the key '{key}' of config map '{of}'>\tOptional: {optional}"
                ),
            );
        }
    }
}

/// A field of the pod itself, as far as descriptions resolve it.
fn own_field(pod: &Value, path: &str) -> String {
    match path {
        "metadata.name" | "metadata.namespace" | "metadata.uid" => {
            let path: Vec<&str> = path.split('.').collect();
            pod.at(&path).text().to_owned()
        }
        _ => String::new(),
    }
}

/// `limits.memory` of the container in whole units of the divisor.
fn own_resource(container: &Value, reference: &Value) -> String {
    let resource = reference.get("resource").text();
    let Some((kind, name)) = resource.split_once('.') else {
        return String::new();
    };
    let value = container.at(&["resources", kind, name]);
    if value.is_null() {
        return if kind == "limits" {
            "node allocatable"
        } else {
            "0"
        }
        .to_owned();
    }
    let quantity = Quantity::of(value);
    let divisor = Quantity::read(reference.get("divisor"))
        .ok()
        .filter(|d| !d.is_zero());
    let divisor = divisor.map_or(1000, |q| q.milli_value()).max(1);
    let milli = if name == "cpu" {
        quantity.milli_value()
    } else {
        quantity.value().saturating_mul(1000)
    };
    ((milli + divisor - 1) / divisor).to_string()
}

fn mounts(w: &mut Writer, container: &Value) {
    let mut all: Vec<&Value> = container.get("volumeMounts").items().iter().collect();
    all.order_by_key(|m| m.get("mountPath").text());
    if all.is_empty() {
        w.line(2, "Mounts:\t<none>");
    } else {
        w.line(2, "Mounts:");
    }
    for mount in all {
        let read_only = mount.get("readOnly").as_bool() == Some(true);
        let mut flags = if read_only { "ro" } else { "rw" }.to_owned();
        let sub = mount.get("subPath").text();
        if !sub.is_empty() {
            flags.push_str(&format!(",path=\"{sub}\""));
        }
        let (path, name) = (mount.get("mountPath").text(), mount.get("name").text());
        w.line(3, format!("{path} from {name} ({flags})"));
    }
}
