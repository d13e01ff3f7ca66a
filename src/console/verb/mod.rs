//! The verbs, one file each. To add one: a file with a `static COMMANDS: &[Command]` (see [`super::kubectl`] for the
//! pattern) and a line in [`ALL`].

pub mod get;
pub mod version;

use super::kubectl::Command;

/// All commands.
pub static ALL: &[&[Command]] = &[get::COMMANDS, version::COMMANDS];

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
