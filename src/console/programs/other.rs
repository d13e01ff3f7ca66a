//! Small programs: files, variables, time.

use super::decimal::Decimal;
use super::formats::{Piece, pieces};
use super::{NAMES, Refused};
use crate::cluster::SimTime;
use crate::console::args::parse_duration;
use crate::console::files::Found;
use crate::console::session::{Session, Wish};
use crate::console::task::{Io, Step, Task, Wake};

/// A program that does its work in one go.
#[derive(Clone)]
struct Simple {
    name: String,
    args: Vec<String>,
}

#[derive(Clone)]
struct Done(u8);

impl Task for Done {
    fn poll(&mut self, _: &mut Io<'_>) -> Step {
        Step::Exit(self.0)
    }
}

/// A program that ends at once.
pub fn done(code: u8) -> Box<dyn Task> {
    Box::new(Done(code))
}

#[derive(Clone)]
struct Sleep {
    millis: u64,
    until: Option<SimTime>,
}

impl Task for Sleep {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let span = crate::cluster::SimSpan::from_millis(self.millis);
        let until = *self.until.get_or_insert(io.now() + span);
        if io.now() >= until {
            Step::Exit(0)
        } else {
            Step::Wait(Wake::at(until))
        }
    }
}

/// Starts one of the programs.
pub fn start(name: &str, args: &[String], _: &mut Session) -> Result<Box<dyn Task>, Refused> {
    match name {
        "true" | ":" => Ok(done(0)),
        "false" => Ok(done(1)),
        "sleep" => sleep(args),
        "vim" | "vi" | "nano" => Ok(Box::new(Editor {
            name: name.to_owned(),
            file: args.iter().find(|a| !a.starts_with('-')).cloned(),
            open: None,
        })),
        "echo" | "printf" | "ls" | "pwd" | "cd" | "mkdir" | "rm" | "cp" | "mv" | "touch"
        | "clear" | "history" | "date" | "export" | "unset" | "alias" | "help" | "seq"
        | "basename" | "dirname" | "which" | "command" | "type" | "set" => Ok(Box::new(Simple {
            name: name.to_owned(),
            args: args.to_vec(),
        })),
        "jq" | "yq" => Err((
            format!(
                "-bash: {name}: command not found (here kubectl get -o jsonpath='{{…}}' picks fields)"
            ),
            127,
        )),
        "eval" | "trap" => Err((
            format!("-bash: {name} is not supported here: write the commands out"),
            127,
        )),
        "wait" | "jobs" | "fg" | "bg" | "nohup" => Err((
            format!(
                "-bash: {name} is not supported here: a line that waits goes on beside the next ones, Ctrl-C ends it"
            ),
            127,
        )),
        _ => Err((format!("-bash: {name}: command not found"), 127)),
    }
}

fn sleep(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let Some(text) = args.first() else {
        return Err((
            "sleep: missing operand\nTry 'sleep --help' for more information.".to_owned(),
            1,
        ));
    };
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let span = if plain {
        parse_duration(&format!("{text}s"))
    } else {
        parse_duration(text)
    };
    let millis = if text == "infinity" {
        Some(u64::MAX / 4)
    } else {
        span.ok().and_then(|m| u64::try_from(m).ok())
    };
    match millis {
        Some(millis) => Ok(Box::new(Sleep {
            millis,
            until: None,
        })),
        None => Err((
            format!(
                "sleep: invalid time interval '{text}'\nTry 'sleep --help' for more information."
            ),
            1,
        )),
    }
}

impl Task for Simple {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        let plain: Vec<&str> = args
            .iter()
            .copied()
            .filter(|a| !a.starts_with('-'))
            .collect();
        Step::Exit(match self.name.as_str() {
            "echo" => echo(io, &args),
            "printf" => printf(io, &args),
            "ls" => ls(io, &plain),
            "pwd" => {
                let folder = format!("/{}", io.session.folder);
                io.line(folder);
                0
            }
            "cd" => cd(io, plain.first().copied().unwrap_or("/")),
            "mkdir" => mkdir(io, &plain),
            "rm" => {
                let has = |c| args.iter().any(|a| a.starts_with('-') && a.contains(c));
                rm(io, &plain, has('r'), has('f'))
            }
            "cp" | "mv" => copy(io, &self.name, &plain),
            "touch" => touch(io, &plain),
            "clear" => {
                io.session.wishes.push(Wish::Clear);
                0
            }
            "history" => history(io),
            "date" => {
                let now = crate::k8s::Value::from(io.now().timestamp().to_string());
                io.line(crate::console::print::long_time(&now).replace("+0000", "UTC"));
                0
            }
            "export" | "unset" | "alias" => self.variables(io),
            "seq" => seq(io, &self.args),
            "dirname" => {
                let path = plain.first().copied().unwrap_or("");
                io.line(path.rsplit_once('/').map_or(".", |(folder, _)| folder));
                0
            }
            "which" | "command" | "type" => which(io, &plain),
            "set" => 0,
            "basename" => {
                let path = plain.first().copied().unwrap_or("");
                let name = path.rsplit('/').next().unwrap_or(path);
                let suffix = plain.get(1).copied().unwrap_or("");
                let short = name.strip_suffix(suffix).filter(|s| !s.is_empty());
                io.line(short.unwrap_or(name));
                0
            }
            _ => {
                io.line(format!("Programs: {}", NAMES.join(", ")));
                io.line("kubectl alone lists its commands.");
                0
            }
        })
    }
}

fn mkdir(io: &mut Io<'_>, folders: &[&str]) -> u8 {
    for folder in folders {
        let path = io.session.path(folder);
        io.session.files.make_folder(&path);
    }
    0
}

fn touch(io: &mut Io<'_>, files: &[&str]) -> u8 {
    for file in files {
        let path = io.session.path(file);
        if io.session.files.read(&path).is_none() {
            io.session.files.write(&path, "");
        }
    }
    0
}

fn history(io: &mut Io<'_>) -> u8 {
    let lines = io.session.history.clone();
    for (i, line) in lines.iter().enumerate() {
        io.line(format!("{:5}  {line}", i + 1));
    }
    0
}

/// A file in the page's editor, until it is closed there.
#[derive(Clone)]
struct Editor {
    name: String,
    file: Option<String>,
    /// The path, once it was opened.
    open: Option<String>,
}

impl Task for Editor {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let Some(file) = &self.file else {
            let name = &self.name;
            io.err_line(format!("{name}: name a file to open it in the editor"));
            return Step::Exit(1);
        };
        let path = io.session.path(file);
        if self.open.is_none() {
            io.session.closed.retain(|p| *p != path);
            io.session.wishes.push(Wish::Open(path.clone()));
            self.open = Some(path);
            return Step::Wait(Wake::INPUT);
        }
        let before = io.session.closed.len();
        io.session.closed.retain(|p| *p != path);
        if io.session.closed.len() == before {
            Step::Wait(Wake::INPUT)
        } else {
            Step::Exit(0)
        }
    }
}

impl Simple {
    fn variables(&self, io: &mut Io<'_>) -> u8 {
        for arg in &self.args {
            let pair = arg.split_once('=');
            match (self.name.as_str(), pair) {
                ("export", Some((name, value))) => {
                    io.session
                        .variables
                        .insert(name.to_owned(), value.to_owned());
                }
                ("alias", Some((name, value))) => {
                    io.session.aliases.insert(name.to_owned(), value.to_owned());
                }
                ("unset", _) => {
                    io.session.variables.remove(arg);
                }
                _ => {}
            }
        }
        if self.name == "alias" && self.args.is_empty() {
            for (name, value) in io.session.aliases.clone() {
                io.line(format!("alias {name}='{value}'"));
            }
        }
        0
    }
}

/// Text with `\n`, `\t` and `\\` replaced.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('"') => out.push('"'),
                Some('\\') | None => out.push('\\'),
                Some(c) => out.extend(['\\', c]),
            },
            (c, false) => out.push(c),
        }
    }
    out
}

fn echo(io: &mut Io<'_>, args: &[&str]) -> u8 {
    let (mut end, mut escapes, mut at) = ("\n", false, 0);
    while let Some(option) = args
        .get(at)
        .filter(|a| matches!(**a, "-n" | "-e" | "-ne" | "-en"))
    {
        if option.contains('n') {
            end = "";
        }
        escapes |= option.contains('e');
        at += 1;
    }
    let text = args[at..].join(" ");
    io.out(if escapes { unescape(&text) } else { text });
    io.out(end);
    0
}

fn printf(io: &mut Io<'_>, args: &[&str]) -> u8 {
    let Some((format, rest)) = args.split_first() else {
        io.err_line("printf: usage: printf format [arguments]");
        return 2;
    };
    let pieces = pieces(&unescape(format));
    let mut rest = rest.iter();
    loop {
        let mut text = String::new();
        let mut used = false;
        for piece in &pieces {
            match piece {
                Piece::Text(t) => text.push_str(t),
                Piece::Directive(d) => {
                    used = true;
                    let value = rest.next().copied().unwrap_or("");
                    if d.is_number() {
                        text.push_str(&d.number(Decimal::leading(value.trim()).0));
                    } else if d.kind == 'b' {
                        text.push_str(&d.text(&unescape(value)));
                    } else {
                        text.push_str(&d.text(value));
                    }
                }
            }
        }
        io.out(text);
        if rest.len() == 0 || !used {
            return 0;
        }
    }
}

/// `which NAME` and `command -v NAME`
fn which(io: &mut Io<'_>, names: &[&str]) -> u8 {
    let mut code = 0;
    for name in names {
        if NAMES.contains(name) || io.session.aliases.contains_key(*name) {
            io.line(name);
        } else {
            code = 1;
        }
    }
    code
}

fn ls(io: &mut Io<'_>, plain: &[&str]) -> u8 {
    let paths = if plain.is_empty() { &["."][..] } else { plain };
    let mut code = 0;
    for path in paths {
        let full = io.session.path(path);
        match io.session.files.find(&full) {
            Found::File => io.line(path),
            Found::Folder => {
                for name in io.session.files.list(&full) {
                    io.line(name.trim_end_matches('/'));
                }
            }
            Found::Nothing => {
                io.err_line(format!(
                    "ls: cannot access '{path}': No such file or directory"
                ));
                code = 2;
            }
        }
    }
    code
}

fn cd(io: &mut Io<'_>, to: &str) -> u8 {
    let to = if to == "~" { "/" } else { to };
    let path = io.session.path(to);
    match io.session.files.find(&path) {
        Found::Folder => {
            io.session.folder = path;
            0
        }
        Found::File => {
            io.err_line(format!("-bash: cd: {to}: Not a directory"));
            1
        }
        Found::Nothing => {
            io.err_line(format!("-bash: cd: {to}: No such file or directory"));
            1
        }
    }
}

fn rm(io: &mut Io<'_>, plain: &[&str], recursive: bool, force: bool) -> u8 {
    let mut code = 0;
    for file in plain {
        let path = io.session.path(file);
        match io.session.files.find(&path) {
            Found::File => {
                io.session.files.remove(&path);
            }
            Found::Folder if recursive => io.session.files.remove_folder(&path),
            Found::Folder => {
                io.err_line(format!("rm: cannot remove '{file}': Is a directory"));
                code = 1;
            }
            Found::Nothing if force => {}
            Found::Nothing => {
                io.err_line(format!(
                    "rm: cannot remove '{file}': No such file or directory"
                ));
                code = 1;
            }
        }
    }
    code
}

fn copy(io: &mut Io<'_>, name: &str, plain: &[&str]) -> u8 {
    let [from, to] = plain else {
        io.err_line(format!("{name}: missing file operand"));
        return 1;
    };
    let source = io.session.path(from);
    let Some(text) = io.session.files.read(&source) else {
        io.err_line(format!(
            "{name}: cannot stat '{from}': No such file or directory"
        ));
        return 1;
    };
    let mut target = io.session.path(to);
    if io.session.files.find(&target) == Found::Folder {
        target = format!("{target}/{}", source.rsplit('/').next().unwrap_or(""));
    }
    io.session.files.write(&target, &text);
    if name == "mv" {
        io.session.files.remove(&source);
    }
    0
}

/// `seq [-s TEXT] [FROM [STEP]] TO`
fn seq(io: &mut Io<'_>, args: &[String]) -> u8 {
    let mut between = "\n".to_owned();
    let mut numbers = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if let Some(text) = arg.strip_prefix("-s") {
            between = if text.is_empty() {
                rest.next().cloned().unwrap_or_default()
            } else {
                text.to_owned()
            };
        } else if let Ok(number) = arg.parse::<i64>() {
            numbers.push(number);
        } else {
            io.err_line(format!("seq: invalid floating point argument: '{arg}'"));
            return 1;
        }
    }
    let (from, step, to) = match numbers[..] {
        [to] => (1, 1, to),
        [from, to] => (from, 1, to),
        [from, step, to] if step != 0 => (from, step, to),
        _ => {
            io.err_line("seq: give one, two or three numbers");
            return 1;
        }
    };
    let mut texts = Vec::new();
    let mut n = from;
    while texts.len() < 100_000 && if step > 0 { n <= to } else { n >= to } {
        texts.push(n.to_string());
        let Some(next) = n.checked_add(step) else {
            break;
        };
        n = next;
    }
    if !texts.is_empty() {
        io.line(texts.join(&between));
    }
    0
}
