//! Commands as plain trees: `["name", …]`. A command that cannot be read makes the document malformed.

use crate::cluster::{Caller, DeleteOptions, Effect, Patch, Propagation, Rule, Subresource};
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
    }
}

fn subresource_of(name: &str) -> Option<Subresource> {
    match name {
        "" => Some(Subresource::Main),
        "status" => Some(Subresource::Status),
        "scale" => Some(Subresource::Scale),
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

fn rule_to_value(rule: &Rule) -> Value {
    let mut value = value!({"actor": &rule.actor, "verb": &rule.verb});
    if let Some(kind) = rule.kind {
        value.set("kind", kind.name());
    }
    if rule.effect == Effect::FailAfter {
        value.set("after", true);
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
    let after = value.get("after").as_bool() == Some(true);
    Some(Rule {
        actor: value.get("actor").to_str(),
        verb: value.get("verb").to_str(),
        kind,
        effect: if after {
            Effect::FailAfter
        } else {
            Effect::Fail
        },
        times: value
            .get("times")
            .as_i64()
            .and_then(|n| u32::try_from(n).ok()),
    })
}
