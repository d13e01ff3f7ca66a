//! The verbs, one file each. To add one: a file with a `static COMMANDS: &[Command]` (see [`super::kubectl`] for the
//! pattern) and a line in [`ALL`].

pub mod api;
pub mod apply;
pub mod auth;
mod auth_reconcile;
pub mod config;
pub mod create;
pub mod delete;
pub mod describe;
pub mod diff;
pub mod drain;
pub mod edit;
pub mod events;
pub mod explain;
mod explain_rarer;
pub mod expose;
pub mod get;
mod get_raw;
mod get_rows;
mod get_watch;
pub mod kustomize;
pub mod label;
pub mod patch;
pub mod pods;
mod refused;
pub mod replace;
pub mod rollout;
pub mod run;
pub mod scale;
pub mod set;
pub mod taint;
pub mod version;
pub mod wait;

use super::error::Failure;
use super::kubectl::builder::{self, Found, Info};
use super::kubectl::manifest::{self, Check};
use super::kubectl::{Call, Command};
use super::task::Io;

/// All commands.
pub static ALL: &[&[Command]] = &[
    get::COMMANDS,
    describe::COMMANDS,
    events::COMMANDS,
    explain::COMMANDS,
    api::COMMANDS,
    version::COMMANDS,
    apply::COMMANDS,
    apply::last_applied::COMMANDS,
    create::FILES,
    create::ACCESS,
    create::CONFIG,
    create::INGRESS,
    create::SECRET,
    create::POLICY,
    create::TOKEN,
    create::SERVICE,
    create::WORKLOAD,
    delete::COMMANDS,
    drain::COMMANDS,
    kustomize::COMMANDS,
    label::COMMANDS,
    patch::COMMANDS,
    taint::COMMANDS,
    set::COMMANDS[0],
    set::COMMANDS[1],
    set::COMMANDS[2],
    set::COMMANDS[3],
    rollout::COMMANDS,
    rollout::history::COMMANDS,
    rollout::status::COMMANDS,
    rollout::undo::COMMANDS,
    replace::COMMANDS,
    run::COMMANDS,
    expose::COMMANDS,
    scale::COMMANDS,
    wait::COMMANDS,
    diff::COMMANDS,
    config::COMMANDS,
    edit::COMMANDS,
    auth::COMMANDS,
    auth_reconcile::COMMANDS,
    refused::COMMANDS,
    pods::EXEC,
    pods::LOGS,
    pods::TOPS,
];

/// The command of a path: `rollout status`. What the page runs when it opens is found without the table of all, which is
/// large and then need not be fetched yet.
pub fn command(path: &str) -> Option<&'static Command> {
    let is = |c: &&Command| c.path == path;
    let rest = || ALL.iter().flat_map(|c| c.iter()).find(is);
    apply::COMMANDS.iter().find(is).or_else(rest)
}

/// The command reads its whole standard input (`-f -`) and must not begin before that has ended.
pub fn reads_input(words: &[String]) -> bool {
    let mut before = "";
    words.iter().any(|word| {
        let reads = word == "-f-"
            || word == "-f=-"
            || word == "--filename=-"
            || (word == "-"
                && (matches!(before, "-f" | "--filename") || words.iter().any(|w| w == "env")));
        before = word;
        reads
    })
}

/// The live objects that `-f` names.
fn from_files(call: &Call, io: &mut Io<'_>) -> Result<Found, Failure> {
    let read = manifest::read(call, Check::Nothing, io)?;
    let mut found = Found {
        single: read.objects.len() == 1,
        ..Found::default()
    };
    let selector = call.selector()?;
    let mut unread = read.places.into_iter().zip(read.failures).peekable();
    for (i, manifest) in read.objects.into_iter().enumerate() {
        while let Some((_, failure)) = unread.next_if(|(place, _)| *place <= i) {
            found.failures.push(failure);
        }
        let mut there = call.clone();
        there.namespace = manifest.namespace;
        match builder::get(&there, manifest.ty, &manifest.name, io.cluster) {
            Ok(object) if !selector.matches(&object.meta().labels) => {}
            Ok(object) => {
                found.types.push(manifest.ty);
                found.infos.push(Info {
                    ty: manifest.ty,
                    object,
                });
            }
            Err(status) => found.failures.push(status.into()),
        }
    }
    found.failures.extend(unread.map(|(_, failure)| failure));
    Ok(found)
}
