//! Commands as plain trees: `["name", …]`. A command that cannot be read makes the document malformed.

use crate::cluster::{
    Caller, DeleteOptions, Effect, Patch, Propagation, Rule, SimSpan, Subresource,
};
use crate::cluster::{Command, PartId, Request, Verb};
use crate::k8s::kind::KINDS;
use crate::k8s::{Kind, Str, Value};
use crate::value;

pub fn to_value(command: &Command) -> Value {
    match command {
        Command::Request(request) => request_to_value(request),
        Command::NodeAdd { node } => value!(["nodeAdd", node]),
        Command::NodeStop { node } => value!(["nodeStop", node]),
        Command::NodeStart { node } => value!(["nodeStart", node]),
        Command::NetworkDown { node } => value!(["networkDown", node]),
        Command::NetworkUp { node } => value!(["networkUp", node]),
        Command::StaticAdd {
            node,
            file,
            manifest,
        } => {
            value!(["staticAdd", node, file, manifest])
        }
        Command::StaticRemove { node, file } => value!(["staticRemove", node, file]),
        Command::Pressure {
            node,
            condition,
            on,
        } => value!(["pressure", node, condition, *on]),
        Command::Registry { up } => value!(["registry", *up]),
        Command::SlowPulls { factor } => value!(["slowPulls", *factor]),
        Command::CrashContainer {
            namespace,
            pod,
            container,
        } => {
            value!(["crash", namespace, pod, container])
        }
        Command::PartStop { part } => value!(["partStop", part.name()]),
        Command::PartStart { part } => value!(["partStart", part.name()]),
        Command::LoseWatch { part } => value!(["loseWatch", part.name()]),
        Command::ApiFault { rule } => value!(["apiFault", rule_to_value(rule)]),
        Command::ApiHeal => value!(["apiHeal"]),
    }
}

pub fn from_value(value: &Value) -> Option<Command> {
    let text = |i: usize| value.index(i).as_str().map(Str::new);
    let part = || {
        let name = value.index(1).as_str()?;
        PartId::ALL.iter().copied().find(|p| p.name() == name)
    };
    Some(match value.index(0).as_str()? {
        "nodeAdd" => Command::NodeAdd {
            node: map(value.index(1))?,
        },
        "nodeStop" => Command::NodeStop { node: text(1)? },
        "nodeStart" => Command::NodeStart { node: text(1)? },
        "networkDown" => Command::NetworkDown { node: text(1)? },
        "networkUp" => Command::NetworkUp { node: text(1)? },
        "staticAdd" => Command::StaticAdd {
            node: text(1)?,
            file: text(2)?,
            manifest: map(value.index(3))?,
        },
        "staticRemove" => Command::StaticRemove {
            node: text(1)?,
            file: text(2)?,
        },
        "pressure" => Command::Pressure {
            node: text(1)?,
            condition: text(2)?,
            on: value.index(3).as_bool()?,
        },
        "registry" => Command::Registry {
            up: value.index(1).as_bool()?,
        },
        "slowPulls" => {
            let factor = value
                .index(1)
                .as_i64()
                .and_then(|n| u32::try_from(n).ok())?;
            Command::SlowPulls {
                factor: (1..=10_000).contains(&factor).then_some(factor)?,
            }
        }
        "crash" => Command::CrashContainer {
            namespace: text(1)?,
            pod: text(2)?,
            container: text(3)?,
        },
        "partStop" => Command::PartStop { part: part()? },
        "partStart" => Command::PartStart { part: part()? },
        "loseWatch" => Command::LoseWatch { part: part()? },
        "apiFault" => Command::ApiFault {
            rule: rule_from_value(value.index(1))?,
        },
        "apiHeal" => Command::ApiHeal,
        _ => return request_from_value(value).map(Command::Request),
    })
}

fn map(value: &Value) -> Option<Value> {
    value.as_map().map(|_| value.clone())
}

fn kind_of(value: &Value) -> Option<Kind> {
    let name = value.as_str()?;
    KINDS.iter().find(|k| k.name == name).map(|k| k.kind)
}

/// How a patch is meant, its body, and whether it takes others' fields.
fn patch_to_value(patch: &Patch) -> Value {
    let (patch_kind, body, force) = match patch {
        Patch::Strategic(body) => ("strategic", body, false),
        Patch::Merge(body) => ("merge", body, false),
        Patch::Json(body) => ("json", body, false),
        Patch::Apply { config, force } => ("apply", config, *force),
    };
    let mut fields = value!({"patch": patch_kind, "value": body});
    if force {
        fields.set("force", true);
    }
    fields
}

/// `[verb, {fields}]`; what is usual is left out.
fn request_to_value(request: &Request) -> Value {
    let (verb, mut fields) = match &request.verb {
        Verb::Create {
            kind,
            namespace,
            value,
        } => (
            "create",
            value!({"kind": kind.name(), "ns": namespace, "value": value}),
        ),
        Verb::Update {
            kind,
            subresource,
            value,
        } => (
            "update",
            value!({"kind": kind.name(), "sub": subresource_name(*subresource), "value": value}),
        ),
        Verb::Patch {
            kind,
            namespace,
            name,
            subresource,
            patch,
        } => {
            let mut fields = patch_to_value(patch);
            fields.set("kind", kind.name());
            fields.set("ns", namespace);
            fields.set("name", name);
            fields.set("sub", subresource_name(*subresource));
            ("patch", fields)
        }
        Verb::Delete {
            kind,
            namespace,
            name,
            options,
        } => {
            let mut fields = options_to_value(options);
            fields.set("kind", kind.name());
            fields.set("ns", namespace);
            fields.set("name", name);
            ("delete", fields)
        }
        Verb::Evict {
            namespace,
            pod,
            options,
        } => {
            let mut fields = options_to_value(options);
            fields.set("ns", namespace);
            fields.set("name", pod);
            ("evict", fields)
        }
    };
    fields
        .map_mut()
        .retain(|_, v| !matches!(v, Value::Str(s) if s.is_empty()));
    fields.set("by", &request.field_manager);
    let check = match request.validation {
        Caller::Strict => "",
        Caller::Warn => "warn",
        Caller::Ignore => "ignore",
        Caller::Component => "component",
    };
    if !check.is_empty() {
        fields.set("check", check);
    }
    value!([verb, fields])
}

fn request_from_value(value: &Value) -> Option<Request> {
    let fields = map(value.index(1))?;
    let (namespace, name) = (fields.get("ns").to_str(), fields.get("name").to_str());
    let kind = || kind_of(fields.get("kind"));
    let subresource = subresource_of(fields.get("sub").text())?;
    let body = fields.get("value").clone();
    let verb = match value.index(0).as_str()? {
        "create" => Verb::Create {
            kind: kind()?,
            namespace,
            value: map(&body)?,
        },
        "update" => Verb::Update {
            kind: kind()?,
            subresource,
            value: map(&body)?,
        },
        "patch" => {
            let force = fields.get("force").as_bool() == Some(true);
            let patch = match fields.get("patch").text() {
                "strategic" => Patch::Strategic(body),
                "merge" => Patch::Merge(body),
                "json" => Patch::Json(body),
                "apply" => Patch::Apply {
                    config: body,
                    force,
                },
                _ => return None,
            };
            Verb::Patch {
                kind: kind()?,
                namespace,
                name,
                subresource,
                patch,
            }
        }
        "delete" => Verb::Delete {
            kind: kind()?,
            namespace,
            name,
            options: options_from_value(&fields)?,
        },
        "evict" => Verb::Evict {
            namespace,
            pod: name,
            options: options_from_value(&fields)?,
        },
        _ => return None,
    };
    let validation = match fields.get("check").text() {
        "" => Caller::Strict,
        "warn" => Caller::Warn,
        "ignore" => Caller::Ignore,
        _ => return None,
    };
    Some(Request {
        field_manager: fields.get("by").to_str(),
        dry_run: false,
        validation,
        verb,
    })
}

fn subresource_name(subresource: Subresource) -> &'static str {
    match subresource {
        Subresource::Main => "",
        Subresource::Status => "status",
        Subresource::Scale => "scale",
        Subresource::Resize => "resize",
    }
}

fn subresource_of(name: &str) -> Option<Subresource> {
    match name {
        "" => Some(Subresource::Main),
        "status" => Some(Subresource::Status),
        "scale" => Some(Subresource::Scale),
        "resize" => Some(Subresource::Resize),
        _ => None,
    }
}

fn options_to_value(options: &DeleteOptions) -> Value {
    let mut value = Value::map();
    if let Some(grace) = options.grace_period {
        value.set("grace", grace);
    }
    if let Some(propagation) = options.propagation {
        let name = match propagation {
            Propagation::Background => "Background",
            Propagation::Foreground => "Foreground",
            Propagation::Orphan => "Orphan",
        };
        value.set("cascade", name);
    }
    if let Some(uid) = &options.precondition_uid {
        value.set("uid", uid);
    }
    if let Some(version) = options.precondition_version {
        value.set("rv", i64::try_from(version).unwrap_or(i64::MAX));
    }
    value
}

fn options_from_value(value: &Value) -> Option<DeleteOptions> {
    let propagation = match value.get("cascade").text() {
        "" => None,
        "Background" => Some(Propagation::Background),
        "Foreground" => Some(Propagation::Foreground),
        "Orphan" => Some(Propagation::Orphan),
        _ => return None,
    };
    Some(DeleteOptions {
        grace_period: value.get("grace").as_i64(),
        propagation,
        precondition_uid: value.get("uid").as_str().map(Str::new),
        precondition_version: value.get("rv").as_i64().and_then(|n| u64::try_from(n).ok()),
    })
}

/// The longest delay of a fault: an hour, in milliseconds.
const DELAY_MAX: u64 = 3_600_000;

fn rule_to_value(rule: &Rule) -> Value {
    let mut value = value!({"actor": &rule.actor, "verb": &rule.verb});
    if let Some(kind) = rule.kind {
        value.set("kind", kind.name());
    }
    match rule.effect {
        Effect::Fail => {}
        Effect::FailAfter => value.set("after", true),
        Effect::Conflict => value.set("conflict", true),
        Effect::Delay(span) => {
            let ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
            value.set("delay", ms);
        }
    }
    if let Some(times) = rule.times {
        value.set("times", times);
    }
    value
}

fn rule_from_value(value: &Value) -> Option<Rule> {
    let kind = match value.get("kind") {
        Value::Null => None,
        name => Some(kind_of(name)?),
    };
    let is = |field: &str| value.get(field).as_bool() == Some(true);
    let delay = match value.get("delay") {
        Value::Null => None,
        ms => {
            let ms = ms.as_i64().and_then(|ms| u64::try_from(ms).ok())?;
            Some((1..=DELAY_MAX).contains(&ms).then_some(ms)?)
        }
    };
    Some(Rule {
        actor: value.get("actor").to_str(),
        verb: value.get("verb").to_str(),
        kind,
        effect: match delay {
            Some(ms) => Effect::Delay(SimSpan::from_millis(ms)),
            None if is("after") => Effect::FailAfter,
            None if is("conflict") => Effect::Conflict,
            None => Effect::Fail,
        },
        times: value
            .get("times")
            .as_i64()
            .and_then(|n| u32::try_from(n).ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_back_as_they_were() {
        let effects = [
            Effect::Fail,
            Effect::FailAfter,
            Effect::Conflict,
            Effect::Delay(SimSpan::from_millis(1500)),
        ];
        let part = PartId::ALL[0];
        let mut commands: Vec<Command> = effects
            .into_iter()
            .map(|effect| Command::ApiFault {
                rule: Rule {
                    actor: "kubelet/a".into(),
                    verb: "update/status".into(),
                    kind: Some(Kind::Pod),
                    effect,
                    times: Some(3),
                },
            })
            .collect();
        commands.extend([
            Command::ApiHeal,
            Command::PartStop { part },
            Command::PartStart { part },
            Command::LoseWatch { part },
            Command::NodeStop { node: "a".into() },
            Command::NodeStart { node: "a".into() },
            Command::NetworkDown { node: "a".into() },
            Command::NetworkUp { node: "a".into() },
            Command::Pressure {
                node: "a".into(),
                condition: "DiskPressure".into(),
                on: true,
            },
            Command::Registry { up: false },
            Command::SlowPulls { factor: 7 },
            Command::CrashContainer {
                namespace: "n".into(),
                pod: "p".into(),
                container: "c".into(),
            },
        ]);
        for command in commands {
            let value = to_value(&command);
            let back = from_value(&value).map(|c| format!("{c:?}"));
            assert_eq!(back, Some(format!("{command:?}")), "{value}");
        }
        for delay in [0, -1, 3_600_001] {
            let value = value!(["apiFault", {"actor": "", "verb": "", "delay": delay}]);
            assert!(from_value(&value).is_none(), "{delay}");
        }
    }
}
