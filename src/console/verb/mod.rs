//! The verbs, one file each. To add one: a file with a `static COMMANDS: &[Command]` (see [`super::kubectl`] for the
//! pattern) and a line in [`ALL`].

pub mod apply;
pub mod create;
pub mod delete;
pub mod get;
pub mod replace;
pub mod version;

use super::kubectl::Command;

/// All commands.
pub static ALL: &[&[Command]] = &[
    get::COMMANDS,
    version::COMMANDS,
    apply::COMMANDS,
    apply::last_applied::COMMANDS,
    create::FILES,
    create::CONFIG,
    create::POLICY,
    create::SERVICE,
    create::WORKLOAD,
    delete::COMMANDS,
    replace::COMMANDS,
];

/// The command reads its whole standard input (`-f -`) and must not begin before that has ended.
pub fn reads_input(words: &[String]) -> bool {
    let mut before = "";
    words.iter().any(|word| {
        let reads = word == "-f-"
            || word == "-f=-"
            || word == "--filename=-"
            || (word == "-" && matches!(before, "-f" | "--filename"));
        before = word;
        reads
    })
}
