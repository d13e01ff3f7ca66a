//! `bash FILE`, `sh -c TEXT`, `source FILE`, `read`, `break`, `continue`, `exit`: what belongs to the shell itself.

use super::Refused;
use crate::console::runner::Runner;
use crate::console::session::{Jump, Session};
use crate::console::shell;
use crate::console::task::{Io, Step, Task, Wake};
use crate::k8s::ordered::BTreeMap;
use std::sync::Arc;

/// How deep scripts may start scripts.
const SCRIPTS_MAX: u32 = 6;

/// A script within a script.
#[derive(Clone)]
struct Script {
    runner: Runner,
    /// Its `exit` ends it only.
    own: bool,
    /// `$1` and so on, where there are any; between two polls those of the script around it.
    given: BTreeMap<String, String>,
}

/// `$1`, `$2`, their number and all of them.
fn parameters(words: &[String]) -> BTreeMap<String, String> {
    let numbered = words.iter().enumerate();
    let mut found: BTreeMap<String, String> = numbered
        .map(|(i, word)| ((i + 1).to_string(), word.clone()))
        .collect();
    found.insert("#".to_owned(), words.len().to_string());
    found.insert("@".to_owned(), words.join(" "));
    found
}

/// A parameter of a script, not a variable with a name.
fn positional(name: &str) -> bool {
    matches!(name, "#" | "@") || name.starts_with(|c: char| c.is_ascii_digit())
}

/// Takes the parameters out of the variables, and puts others in.
fn exchange(session: &mut Session, given: &mut BTreeMap<String, String>) {
    let names: Vec<String> = session
        .variables
        .keys()
        .filter(|name| positional(name))
        .cloned()
        .collect();
    let mut before = BTreeMap::new();
    for name in names {
        if let Some(value) = session.variables.remove(&name) {
            before.insert(name, value);
        }
    }
    session.variables.extend(std::mem::replace(given, before));
}

impl Task for Script {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        io.session.scripts += 1;
        exchange(io.session, &mut self.given);
        let step = if io.session.scripts > SCRIPTS_MAX {
            io.err_line("-bash: scripts that start scripts are nested too deep");
            Step::Exit(1)
        } else {
            self.runner.poll(io)
        };
        exchange(io.session, &mut self.given);
        io.session.scripts = io.session.scripts.saturating_sub(1);
        if matches!(step, Step::Exit(_)) && self.own && io.session.jump == Some(Jump::Exit) {
            io.session.jump = None;
        }
        step
    }
}

/// Starts `bash`, `sh` or `source`.
pub fn start(name: &str, args: &[String], session: &Session) -> Result<Box<dyn Task>, Refused> {
    let args = match args {
        // Options that only tell the shell how to work.
        [flag, rest @ ..] if matches!(flag.as_str(), "-e" | "-x" | "-ex" | "-eu" | "-u") => rest,
        _ => args,
    };
    // What follows the script is `$1` and on within it.
    let given = match args {
        [flag, _, rest @ ..] if flag == "-c" => rest.get(1..).unwrap_or_default(),
        _ => args.get(1..).unwrap_or_default(),
    };
    let text = match args {
        [flag, text, ..] if flag == "-c" && name != "source" => text.clone(),
        [file, ..] if !file.starts_with('-') => match session.files.read(&session.path(file)) {
            Some(text) => text.to_string(),
            None => return Err((format!("-bash: {file}: No such file or directory"), 127)),
        },
        _ => {
            return Err((
                format!("-bash: {name}: name a file, or write the commands after -c"),
                2,
            ));
        }
    };
    match shell::parse(&text) {
        Ok(script) => Ok(Box::new(Script {
            runner: Runner::new(Arc::new(script)),
            own: name != "source",
            given: parameters(given),
        })),
        Err(error) => Err((error.text(), 2)),
    }
}

/// `break`, `continue`, `exit`.
#[derive(Clone)]
struct Leap {
    jump: Jump,
    code: Option<u8>,
}

impl Task for Leap {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        io.session.jump = Some(self.jump);
        Step::Exit(self.code.unwrap_or(io.session.code))
    }
}

/// Starts `break`, `continue` or `exit`.
pub fn leap(name: &str, args: &[String]) -> Box<dyn Task> {
    let number = args.first().and_then(|a| a.parse::<u32>().ok());
    let (jump, code) = match name {
        "break" => (Jump::Break(number.unwrap_or(1).max(1)), Some(0)),
        "continue" => (Jump::Continue(number.unwrap_or(1).max(1)), Some(0)),
        _ => (
            Jump::Exit,
            number.map(|n| u8::try_from(n % 256).unwrap_or(0)),
        ),
    };
    Box::new(Leap { jump, code })
}

/// `read`: a line of the input into variables.
#[derive(Clone)]
struct Read {
    names: Vec<String>,
    raw: bool,
}

/// Starts `read`.
pub fn read(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let mut names = Vec::new();
    let mut raw = false;
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "-r" => raw = true,
            "-p" | "-d" | "-t" | "-n" => {
                rest.next();
            }
            a if a.starts_with('-') && a.len() > 1 => {
                return Err((format!("-bash: read: {a}: invalid option"), 2));
            }
            name => names.push(name.to_owned()),
        }
    }
    if names.is_empty() {
        names.push("REPLY".to_owned());
    }
    Ok(Box::new(Read { names, raw }))
}

impl Task for Read {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let line = match io.stdin.text.find('\n') {
            Some(end) => {
                let line: String = io.stdin.text.drain(..=end).collect();
                Some(line)
            }
            None if io.stdin.ended || io.stdin.terminal => None,
            None => return Step::Wait(Wake::INPUT),
        };
        if line.is_none() && io.stdin.terminal && !io.stdin.ended {
            io.err_line("-bash: read: nothing is typed into a running line here; pipe it in");
        }
        let code = u8::from(line.is_none());
        let line = line.unwrap_or_else(|| std::mem::take(&mut io.stdin.text));
        let line = line.trim_end_matches('\n');
        let line = if self.raw {
            line.to_owned()
        } else {
            line.replace('\\', "")
        };
        let separators = io.session.variables.get("IFS").cloned();
        let separators = separators.unwrap_or_else(|| " \t\n".to_owned());
        let between = |c: char| separators.contains(c);
        let blank = separators.contains(' ');
        let mut rest = if blank {
            line.trim_matches(between)
        } else {
            line.as_str()
        };
        for (i, name) in self.names.iter().enumerate() {
            let last = i + 1 == self.names.len();
            let (value, after) = match rest.split_once(between) {
                Some((value, after)) if !last => (value, after),
                _ => (rest, ""),
            };
            io.session.variables.insert(name.clone(), value.to_owned());
            rest = if blank {
                after.trim_start_matches(between)
            } else {
                after
            };
        }
        Step::Exit(code)
    }
}
