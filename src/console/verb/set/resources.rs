//! `kubectl set resources`.
//!
//! Upstream: kubectl/pkg/cmd/set/set_resources.go

use super::{RECORD, SELECTOR, Words, change, check, containers, sets};
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::items;
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, say};
use crate::console::task::Io;
use crate::k8s::quantity::Quantity;
use crate::k8s::{Str, Value};

const FLAGS: &[Flag] = &[
    short('c', "containers", Takes::Text),
    long("limits", Takes::Text),
    long("requests", Takes::Text),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "set resources",
    about: "Update resource requests/limits on objects with pod templates",
    usage: "(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]",
    flags: sets!(FLAGS, RECORD, SELECTOR),
    required: &[],
    run: Run::Once(run),
}];

const WORDS: Words = Words {
    done: "resource requirements updated",
    failed: "failed to patch resources update to pod template",
    anyway: false,
};

/// `cpu=200m,memory=512Mi`
fn amounts(text: &str) -> Result<Vec<(&str, String)>, Failure> {
    let mut found = Vec::new();
    for pair in text.split(',').filter(|_| !text.is_empty()) {
        let parts: Vec<&str> = pair.split('=').collect();
        let [name, amount] = parts[..] else {
            return Err(Failure::client(format!(
                "Invalid argument syntax {pair}, expected <resource>=<value>"
            )));
        };
        match Quantity::stored_form(amount) {
            Ok(form) => found.push((name, form)),
            Err(why) => return Err(Failure::client(why.to_string())),
        }
    }
    Ok(found)
}

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::of(call, "kubectl-set", io)?.lenient();
    say::check(call, io)?;
    let found = items::find_or_all(call, call.args(), io)?;
    if !found.failures.is_empty() {
        return Failure::gather(found.failures);
    }
    check(call)?;
    let text = |flag: &str| call.flags.text(flag).unwrap_or("");
    let (limits, requests) = (text("limits"), text("requests"));
    if limits.is_empty() && requests.is_empty() {
        return Err(Failure::client(
            "you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    let wanted = [
        ("limits", amounts(limits)?),
        ("requests", amounts(requests)?),
    ];
    let pattern = call.flags.text("containers").unwrap_or("*");
    let mut failures = Vec::new();
    for item in &found.items {
        let edit = |spec: &mut Value| {
            let fitting = containers(spec, pattern);
            if fitting.is_empty() {
                return Err(Failure::client(format!(
                    "error: unable to find container named {pattern}"
                )));
            }
            for container in fitting {
                for (field, amounts) in &wanted {
                    for (name, amount) in amounts {
                        let list = container.at_mut(&["resources", field]);
                        list.set(Str::new(name), amount.clone());
                    }
                }
            }
            Ok(true)
        };
        failures.extend(change(call, &sender, item, &WORDS, edit, io).err());
    }
    Failure::gather(failures)
}
