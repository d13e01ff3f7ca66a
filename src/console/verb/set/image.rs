//! `kubectl set image`.
//!
//! Upstream: kubectl/pkg/cmd/set/set_image.go

use super::{RECORD, SELECTOR, Words, change, check, containers, sets};
use crate::console::error::Failure;
use crate::console::kubectl::items;
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, manifest, say};
use crate::console::task::Io;
use crate::console::verb::label::resources_and_pairs;
use crate::k8s::Str;

pub static COMMANDS: &[Command] = &[Command {
    path: "set image",
    about: "Update the image of a pod template",
    usage: "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N",
    flags: sets!(RECORD, SELECTOR),
    required: &[],
    run: Run::Once(run),
}];

const WORDS: Words = Words {
    done: "image updated",
    failed: "failed to patch image update to pod template:",
    anyway: false,
};

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::of(call, "kubectl-set", io)?.lenient();
    say::check(call, io)?;
    let (resources, pairs) = resources_and_pairs(call.args(), "image")?;
    let mut images: Vec<(&str, &str)> = Vec::new();
    let mut invalid = Vec::new();
    for pair in &pairs {
        match pair.split_once('=') {
            Some((name, image)) => {
                images.retain(|(n, _)| *n != name);
                images.push((name, image));
            }
            None => invalid.push(pair.as_str()),
        }
    }
    if !invalid.is_empty() {
        return Err(Failure::client(format!(
            "invalid image format: {}",
            invalid.join(", ")
        )));
    }
    let found = items::find_or_all(call, &resources, io)?;
    if !found.failures.is_empty() {
        return Failure::gather(found.failures);
    }
    check(call)?;
    if resources.is_empty() && !manifest::given(call) {
        return Err(Failure::client(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    if images.is_empty() {
        return Err(Failure::client("at least one image update is required"));
    }
    if images.len() > 1 && images.iter().any(|(n, _)| *n == "*") {
        return Err(Failure::client(
            "all containers are already specified by *, but saw more than one container_name=container_image pairs",
        ));
    }
    let (mut missing, mut failures) = (Vec::new(), Vec::new());
    for item in &found.items {
        let edit = |spec: &mut crate::k8s::Value| {
            for (name, image) in &images {
                let mut fitting = containers(spec, name);
                // Only `*` alone is a pattern here.
                fitting.retain(|c| *name == "*" || c.get("name").text() == *name);
                if fitting.is_empty() {
                    missing.push(Failure::client(format!(
                        "error: unable to find container named \"{name}\""
                    )));
                }
                for container in fitting {
                    container.set("image", Str::new(image));
                }
            }
            Ok(true)
        };
        failures.extend(change(call, &sender, item, &WORDS, edit, io).err());
    }
    missing.extend(failures);
    Failure::gather(missing)
}
