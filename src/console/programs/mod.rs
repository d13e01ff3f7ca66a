//! The programs that the shell can start. Each is a [`Task`]; those that look at their input line by line share
//! [`filter::Filter`].

pub mod awk;
pub mod base64;
pub mod cut;
pub mod decimal;
pub mod filter;
pub mod formats;
pub mod grep;
pub mod options;
pub mod other;
pub mod regex;
pub mod script;
pub mod sed;
pub mod sort;
pub mod ssh;
pub mod table;
pub mod test;
pub mod text;
pub mod watch;

use super::kubectl;
use super::session::Session;
use super::task::Task;
use filter::Filter;

/// Names of all programs, for completion and for `help`.
pub const NAMES: &[&str] = &[
    "alias", "awk", "base64", "basename", "bash", "break", "cat", "cd", "clear", "column",
    "command", "continue", "cp", "cut", "date", "dirname", "echo", "egrep", "exit", "export",
    "false", "fgrep", "grep", "head", "help", "history", "kubectl", "less", "ls", "mkdir", "more",
    "mv", "nano", "nl", "paste", "printf", "pwd", "read", "rev", "rm", "sed", "seq", "set", "sh",
    "sleep", "sort", "source", "ssh", "tac", "tail", "tee", "test", "touch", "tr", "true", "uniq",
    "unset", "vi", "vim", "watch", "wc", "which", "xargs",
];

/// The shell's or the program's sentence, and the exit code.
pub type Refused = (String, u8);

/// How deep programs may start programs (`watch watch …`, `xargs xargs …`).
const STARTS_MAX: usize = 4;

/// Starts a program; the error is what is printed instead.
pub fn start(words: Vec<String>, session: &mut Session) -> Result<Box<dyn Task>, Refused> {
    start_within(words, session, 0)
}

/// Starts a program from within `depth` others.
pub fn start_within(
    mut words: Vec<String>,
    session: &mut Session,
    depth: usize,
) -> Result<Box<dyn Task>, Refused> {
    if depth > STARTS_MAX {
        return Err((
            "-bash: programs that start programs are nested too deep".to_owned(),
            1,
        ));
    }
    if let Some(alias) = words.first().and_then(|w| session.aliases.get(w)) {
        let mut full: Vec<String> = alias.split_whitespace().map(str::to_owned).collect();
        full.extend(words.drain(1..));
        words = full;
    }
    let Some((name, args)) = words.split_first() else {
        return Ok(other::done(0));
    };
    match name.as_str() {
        "kubectl" => Ok(Box::new(kubectl::Kubectl::new(args.to_vec()))),
        "grep" | "egrep" | "fgrep" => grep::start(name, args),
        "cat" | "less" | "more" => Ok(text::cat(args)),
        "tac" | "head" | "tail" | "wc" | "uniq" | "tee" => text::start(name, args),
        "base64" => base64::start(args),
        "column" | "nl" | "paste" | "rev" => table::start(name, args),
        "test" | "[" | "[[" => Ok(test::start(name, args)),
        "bash" | "sh" | "source" | "." => {
            let name = if name == "." { "source" } else { name };
            script::start(name, args, session)
        }
        "break" | "continue" | "exit" => Ok(script::leap(name, args)),
        "read" => script::read(args),
        "sort" => sort::start(args),
        "cut" | "tr" => cut::start(name, args),
        "sed" => sed::start(args),
        "ssh" => ssh::start(args),
        "awk" => awk::start(args),
        "watch" => watch::watch(args, depth),
        "xargs" => watch::xargs(args, depth),
        _ => other::start(name, args, session),
    }
}

/// A program that has ended already.
pub fn ended(code: u8) -> Box<dyn Task> {
    other::done(code)
}

/// A program over lines, with its files.
fn filter<L: filter::Lines + Clone + 'static>(
    name: &'static str,
    lines: L,
    files: Vec<String>,
) -> Box<dyn Task> {
    Box::new(Filter::new(name, lines, files))
}
