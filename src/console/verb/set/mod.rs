//! `kubectl set …`: changes of pod templates.
//!
//! Upstream: kubectl/pkg/cmd/set, kubectl/pkg/polymorphichelpers/updatepodspec.go

pub(super) mod env;
mod image;
mod other;
mod resources;

use crate::cluster::{Patch, Subresource};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::items::Item;
use crate::console::kubectl::request::{Sender, short_title};
use crate::console::kubectl::{Call, Command, flags, say};
use crate::console::task::Io;
use crate::k8s::{Kind, Value, patch};

pub static COMMANDS: &[&[Command]] = &[
    image::COMMANDS,
    env::COMMANDS,
    resources::COMMANDS,
    other::COMMANDS,
];

/// Flags of all of them.
const LOCAL: &[Flag] = &[long("local", Takes::Bool)];

/// The flag sets of a subcommand with flags of its own.
macro_rules! sets {
    ($($own:expr),*) => {
        &[
            $($own,)*
            crate::console::verb::set::LOCAL,
            crate::console::kubectl::flags::FILES,
            crate::console::kubectl::flags::ALL,
            crate::console::kubectl::flags::OUTPUT,
            crate::console::kubectl::flags::DRY_RUN,
            crate::console::kubectl::flags::FIELD_MANAGER,
        ]
    };
}
use sets;

/// The flags that refuse the rest.
fn check(call: &Call) -> Result<(), Failure> {
    if call.flags.is("all") && call.selects() {
        return Err(Failure::client(
            "cannot set --all and --selector at the same time",
        ));
    }
    Ok(())
}

/// Where the pod spec of an object is; kubectl does not set anything in PodTemplates.
pub fn pod_spec_path(kind: Kind) -> Option<&'static [&'static str]> {
    kind.pod_spec_path().filter(|_| kind != Kind::PodTemplate)
}

/// What a subcommand calls its change.
struct Words {
    /// `image updated`
    done: &'static str,
    /// `failed to patch image update to pod template:`
    failed: &'static str,
    /// It is said of a file even when nothing changes there.
    anyway: bool,
}

/// Changes the pod spec of one object by `edit`; false from it means that nothing was to be changed.
fn change(
    call: &Call,
    sender: &Sender,
    item: &Item,
    words: &Words,
    edit: impl FnOnce(&mut Value) -> Result<bool, Failure>,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let kind = item.kind()?;
    let Some(path) = pod_spec_path(kind) else {
        return Err(Failure::client(format!(
            "error: {} the object is not a pod or does not have a pod template: *v1.{}\n",
            short_title(item.ty, &item.name),
            item.ty.resource.kind
        )));
    };
    let old = item.tree();
    let mut new = if sender.local {
        complete(kind, old)
    } else {
        old.clone()
    };
    if !edit(new.at_mut(path))? {
        return Ok(());
    }
    crate::console::kubectl::record::note(call, &mut new);
    send(call, sender, item, words, &new, io)
}

/// An object of a file as kubectl holds it: with the fields that its structs always have.
fn complete(kind: Kind, value: &Value) -> Value {
    crate::k8s::decode::decode(kind, value).value
}

/// Sends the difference between what was read and what is wanted.
fn send(
    call: &Call,
    sender: &Sender,
    item: &Item,
    words: &Words,
    new: &Value,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let kind = item.kind()?;
    let body = if sender.local {
        patch::two_way(kind, &complete(kind, item.tree()), new)
    } else {
        patch::two_way(kind, item.tree(), new)
    };
    let body = body.map_err(Failure::client)?;
    if body.is_empty() && !(sender.local && words.anyway) {
        return Ok(());
    }
    let operation = format!("{}{}", words.done, sender.suffix());
    if sender.client_only() {
        say::between(call, io);
        return say::made(call, item.ty, &item.name, new, &operation, io);
    }
    let place = (item.namespace.as_str(), item.name.as_str());
    let sent = Patch::Strategic(body);
    match sender.patch(kind, place, Subresource::Main, sent, io) {
        Ok(written) => {
            let value = written.object.value().clone();
            say::between(call, io);
            say::made(call, item.ty, &item.name, &value, &operation, io)
        }
        Err(status) => Err(Failure::client(format!("{} {status}", words.failed))),
    }
}

/// The containers whose names fit a pattern with `*`; ordinary ones first.
fn containers<'a>(spec: &'a mut Value, pattern: &str) -> Vec<&'a mut Value> {
    let Value::Map(_) = spec else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut inits = Vec::new();
    for (key, value) in spec.map_mut().iter_mut() {
        let list = match key.as_str() {
            "containers" => &mut found,
            "initContainers" => &mut inits,
            _ => continue,
        };
        if value.as_list().is_some() {
            let fitting = value.list_mut().iter_mut();
            list.extend(fitting.filter(|c| fits(c.get("name").text(), pattern)));
        }
    }
    found.extend(inits);
    found
}

/// A name against a pattern with `*`.
fn fits(name: &str, pattern: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return name == pattern;
    };
    let Some(mut left) = name.strip_prefix(head) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or("");
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(tail)
}

const RECORD: &[Flag] = flags::RECORD;
const SELECTOR: &[Flag] = flags::SELECTOR;

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns() {
        let rows = [
            ("agent", "*", true),
            ("agent", "agent", true),
            ("agent", "a*t", true),
            ("agent", "*gen*", true),
            ("agent", "b*", false),
            ("agent", "a*x", false),
        ];
        for (name, pattern, want) in rows {
            assert_eq!(fits(name, pattern), want, "{name} {pattern}");
        }
    }
}
