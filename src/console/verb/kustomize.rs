//! `kubectl kustomize`: what a kustomization builds, as YAML.
//!
//! Upstream: kubectl/pkg/cmd/kustomize/kustomize.go

use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, kustomize};
use crate::console::task::Io;
use crate::k8s::yaml;

const FLAGS: &[Flag] = &[
    short('o', "output", Takes::Text),
    long("enable-helm", Takes::Bool),
    long("load-restrictor", Takes::Text),
];

pub static COMMANDS: &[Command] = &[Command::once(
    "kustomize",
    "Build a kustomization target from a directory or URL",
    "DIR",
    &[FLAGS],
    run,
)];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let folder = match call.args() {
        [] => ".",
        [folder] => folder,
        _ => return Err(Failure::client("specify one path to kustomization.yaml")),
    };
    let built = kustomize::build(folder, io.session).map_err(Failure::client)?;
    built.warnings.iter().for_each(|line| io.err_line(line));
    let texts: Vec<String> = built.objects.iter().map(yaml::print).collect();
    let text = texts.join("---\n");
    match call.flags.text("output").filter(|path| !path.is_empty()) {
        Some(typed) => {
            let path = io.session.path(typed);
            io.session.files.write(&path, &text);
        }
        None => io.out(text),
    }
    Ok(())
}
