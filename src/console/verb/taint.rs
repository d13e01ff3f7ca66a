//! `kubectl taint`.
//!
//! Upstream: kubectl/pkg/cmd/taint/taint.go, utils.go

use crate::cluster::{Patch, Subresource};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::builder::{self, Bare, Info};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, Type, flags, say};
use crate::console::task::Io;
use crate::k8s::{Kind, Value, names, patch};
use crate::value;

const FLAGS: &[Flag] = &[long("overwrite", Takes::Bool)];

pub static COMMANDS: &[Command] = &[Command {
    path: "taint",
    about: "Update the taints on one or more nodes",
    usage: "NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N",
    flags: &[
        FLAGS,
        flags::SELECTOR,
        flags::ALL,
        flags::OUTPUT,
        flags::DRY_RUN,
        flags::FIELD_MANAGER,
        flags::VALIDATE,
    ],
    required: &[],
    run: Run::Once(run),
}];

/// A taint as typed.
#[derive(Clone, PartialEq, Eq)]
struct Spec {
    key: String,
    value: String,
    effect: String,
}

impl Spec {
    fn is(&self, taint: &Value) -> bool {
        taint.get("key").text() == self.key && taint.get("effect").text() == self.effect
    }

    fn tree(&self) -> Value {
        let mut tree = value!({"effect": Value::str(&self.effect), "key": Value::str(&self.key)});
        if !self.value.is_empty() {
            tree.set("value", self.value.clone());
        }
        tree
    }

    /// `key:effect`, or the key alone.
    fn shown(&self) -> String {
        if self.effect.is_empty() {
            self.key.clone()
        } else {
            format!("{}:{}", self.key, self.effect)
        }
    }
}

#[derive(Default)]
struct Changes {
    add: Vec<Spec>,
    remove: Vec<Spec>,
}

fn spec(text: &str) -> Result<Spec, String> {
    let invalid = || format!("invalid taint spec: {text}");
    let parts: Vec<&str> = text.split(':').collect();
    let mut spec = Spec {
        key: parts[0].to_owned(),
        value: String::new(),
        effect: String::new(),
    };
    match parts[..] {
        [_] => {}
        [pair, effect] => {
            if !matches!(effect, "NoSchedule" | "PreferNoSchedule" | "NoExecute") {
                return Err(format!(
                    "invalid taint effect: {effect}, unsupported taint effect"
                ));
            }
            effect.clone_into(&mut spec.effect);
            if let Some((key, value)) = pair.split_once('=') {
                if value.contains('=') {
                    return Err(invalid());
                }
                let errors = names::label_value_errors(value);
                if !errors.is_empty() {
                    return Err(format!("{}, {}", invalid(), errors.join("; ")));
                }
                key.clone_into(&mut spec.key);
                value.clone_into(&mut spec.value);
            }
        }
        _ => return Err(invalid()),
    }
    let errors = names::qualified_name_errors(&spec.key);
    if errors.is_empty() {
        Ok(spec)
    } else {
        Err(format!("{}, {}", invalid(), errors.join("; ")))
    }
}

fn changes(texts: &[String]) -> Result<Changes, String> {
    let mut changes = Changes::default();
    for text in texts {
        if let Some(text) = text.strip_suffix('-') {
            changes.remove.push(spec(text)?);
            continue;
        }
        let new = spec(text)?;
        if new.effect.is_empty() {
            return Err(format!("invalid taint spec: {text}"));
        }
        if changes
            .add
            .iter()
            .any(|s| s.key == new.key && s.effect == new.effect)
        {
            return Err(format!(
                "duplicated taints with the same key and effect: {{{} {} {} <nil>}}",
                new.key, new.value, new.effect
            ));
        }
        changes.add.push(new);
    }
    Ok(changes)
}

/// Arguments before and after the first taint.
fn split(args: &[String]) -> Result<(Vec<String>, Vec<String>), Failure> {
    let (mut resources, mut taints) = (Vec::new(), Vec::new());
    super::label::too_many(args.len())?;
    for arg in args {
        if arg.contains('=') || arg.contains(':') || arg.ends_with('-') {
            taints.push(arg.clone());
        } else if taints.is_empty() {
            resources.push(arg.clone());
        } else {
            return Err(Failure::client(format!(
                "all resources must be specified before taint changes: {arg}"
            )));
        }
    }
    Ok((resources, taints))
}

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::of(call, "kubectl-taint", io)?;
    let (resources, taints) = split(call.args())?;
    if resources.is_empty() {
        return Err(Failure::client(
            "one or more resources must be specified as <resource> <name>",
        ));
    }
    if taints.is_empty() {
        return Err(Failure::client("at least one taint update is required"));
    }
    let changes = changes(&taints).map_err(|why| call.usage(why))?;
    check(call, &resources, &changes)?;
    say::check(call, io)?;
    let mut failures = Vec::new();
    let selecting = call.flags.is("all") || call.selects();
    let mut infos = Vec::new();
    if selecting {
        let ty = Type::of(Kind::Node);
        let nodes = builder::list(call, ty, io.cluster)?;
        infos.extend(nodes.into_iter().map(|object| Info { ty, object }));
    } else {
        let mut names = vec!["node".to_owned()];
        names.extend_from_slice(&resources[1..]);
        let found = builder::objects(call, &names, Bare::Refused, io)?;
        infos = found.infos;
        failures = found.failures;
    }
    for info in infos {
        failures.extend(one(call, &sender, &changes, &info, io).err());
    }
    Failure::gather(failures)
}

fn check(call: &Call, resources: &[String], changes: &Changes) -> Result<(), Failure> {
    let word = resources[0].to_lowercase();
    let Some(ty) = Type::find(&word) else {
        return Err(Failure::Plain(format!(
            "the server doesn't have a resource type \"{word}\""
        )));
    };
    if ty.kind != Some(Kind::Node) {
        return Err(Failure::client(format!(
            "invalid resource type {word}, only node types are supported"
        )));
    }
    let mut both = Vec::new();
    for add in &changes.add {
        for remove in changes.remove.iter().filter(|r| r.key == add.key) {
            if remove.effect.is_empty() || remove.effect == add.effect {
                both.push(format!("{}={}", remove.key, remove.effect));
            }
        }
    }
    if !both.is_empty() {
        return Err(Failure::client(format!(
            "can not both modify and remove the following taint(s) in the same command: {}",
            both.join(", ")
        )));
    }
    if call.flags.is("all") && call.selects() {
        return Err(Failure::client(
            "setting 'all' parameter with a non empty selector is prohibited",
        ));
    }
    if !call.flags.is("all") && !call.selects() && resources.len() < 2 {
        return Err(Failure::client(
            "at least one resource name must be specified since 'all' parameter is not set",
        ));
    }
    Ok(())
}

/// The node's taints after the changes, and what is said of them.
fn changed(
    call: &Call,
    changes: &Changes,
    name: &str,
    old: &[Value],
) -> Result<(Vec<Value>, &'static str), Failure> {
    let overwrite = call.flags.is("overwrite");
    let present = |s: &&Spec| old.iter().any(|t| s.is(t));
    let taken: Vec<&str> = changes
        .add
        .iter()
        .filter(present)
        .map(|s| s.key.as_str())
        .collect();
    if !overwrite && !taken.is_empty() {
        return Err(Failure::client(format!(
            "node {name} already has {} taint(s) with same effect(s) and --overwrite is false",
            taken.join(",")
        )));
    }
    let mut new: Vec<Value> = changes.add.iter().map(Spec::tree).collect();
    let kept = old.iter().filter(|t| !changes.add.iter().any(|s| s.is(t)));
    new.extend(kept.cloned());
    let added = new.len() != old.len();
    let mut removed = false;
    let mut missing = Vec::new();
    for gone in &changes.remove {
        let before = new.len();
        new.retain(|t| {
            if gone.effect.is_empty() {
                t.get("key").text() != gone.key
            } else {
                !gone.is(t)
            }
        });
        removed = new.len() != before;
        if !removed {
            missing.push(Failure::client(format!(
                "taint \"{}\" not found",
                gone.shown()
            )));
        }
    }
    Failure::gather(missing)?;
    let word = if (added && removed) || overwrite {
        "modified"
    } else if added {
        "tainted"
    } else {
        "untainted"
    };
    Ok((new, word))
}

fn one(
    call: &Call,
    sender: &Sender,
    changes: &Changes,
    info: &Info,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let object = &info.object;
    let old = object.value().at(&["spec", "taints"]).items();
    let (new, word) = changed(call, changes, object.name(), old)?;
    let mut value = object.value().clone();
    if new.is_empty() {
        value.remove_at(&["spec", "taints"]);
    } else {
        value.set_at(&["spec", "taints"], Value::from(new));
    }
    if !sender.client_only() {
        let body = patch::two_way(Kind::Node, object.value(), &value).map_err(Failure::client)?;
        let place = ("", object.name().as_str());
        let written = sender.patch(
            Kind::Node,
            place,
            Subresource::Main,
            Patch::Strategic(body),
            io,
        )?;
        value = written.object.value().clone();
    }
    say::object(call, info.ty, object.name(), &value, word, io)
}
