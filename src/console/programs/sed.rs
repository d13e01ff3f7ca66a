//! `sed`: `s`, `p`, `d`, `q`, `=`, `a`, `i`, `c`, with addresses, ranges and `-n`, `-E`, `-i`.

use super::filter::Lines;
use super::options::Options;
use super::regex::{Regex, Syntax};
use super::{Refused, filter};
use crate::console::task::{Io, Task};

#[derive(Clone)]
struct Sed {
    commands: Vec<Command>,
    quiet: bool,
    in_place: Option<String>,
    number: usize,
    /// A line is held back until it is known whether it is the last.
    held: Option<(String, bool)>,
    edited: String,
    ended: bool,
}

#[derive(Clone)]
struct Command {
    from: Option<Address>,
    to: Option<Address>,
    negate: bool,
    deed: Deed,
    /// Within its range now.
    open: bool,
}

#[derive(Clone)]
enum Address {
    Line(usize),
    Last,
    Pattern(Regex),
}

#[derive(Clone)]
enum Deed {
    Substitute {
        pattern: Regex,
        by: String,
        all: bool,
        print: bool,
    },
    /// Each character of the first text becomes its fellow of the second.
    Transliterate(Vec<char>, Vec<char>),
    Print,
    Delete,
    Quit,
    Number,
    Append(String),
    Insert(String),
    Change(String),
}

/// Starts `sed`.
pub fn start(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let long = [
        ("quiet", 'n'),
        ("regexp-extended", 'E'),
        ("in-place", 'i'),
        ("expression", 'e'),
    ];
    let mut options = Options::parse("sed", args, "nErisz", "e", &long)?;
    let mut scripts: Vec<String> = options.values('e').map(str::to_owned).collect();
    if scripts.is_empty() {
        if options.operands.is_empty() {
            return Err((
                "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]..."
                    .to_owned(),
                1,
            ));
        }
        scripts.push(options.operands.remove(0));
    }
    let syntax = if options.has('E') || options.has('r') {
        Syntax::Extended
    } else {
        Syntax::Basic
    };
    let mut commands = Vec::new();
    for (i, script) in scripts.iter().enumerate() {
        let chars: Vec<char> = script.chars().collect();
        let mut parser = Parser {
            chars: &chars,
            at: 0,
            syntax,
        };
        let wrong = |(at, why): (usize, String)| {
            (
                format!("sed: -e expression #{}, char {at}: {why}", i + 1),
                1,
            )
        };
        commands.extend(parser.script().map_err(wrong)?);
    }
    let sed = Sed {
        commands,
        quiet: options.has('n'),
        in_place: options
            .has('i')
            .then(|| options.operands.first().cloned())
            .flatten(),
        number: 0,
        held: None,
        edited: String::new(),
        ended: false,
    };
    Ok(filter("sed", sed, options.operands))
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
    syntax: Syntax,
}

type Parsed<T> = Result<T, (usize, String)>;

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn error<T>(&self, why: &str) -> Parsed<T> {
        Err((self.at, why.to_owned()))
    }

    fn script(&mut self) -> Parsed<Vec<Command>> {
        let mut commands = Vec::new();
        loop {
            while self.peek().is_some_and(|c| c.is_whitespace() || c == ';') {
                self.at += 1;
            }
            if self.peek().is_none() {
                return Ok(commands);
            }
            if commands.len() > 100 {
                return self.error("too many commands");
            }
            commands.push(self.command()?);
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        let from = self.address()?;
        let mut to = None;
        if from.is_some() && self.peek() == Some(',') {
            self.at += 1;
            to = self.address()?;
            if to.is_none() {
                return self.error("unexpected `,'");
            }
        }
        while self.peek() == Some(' ') {
            self.at += 1;
        }
        let negate = self.peek() == Some('!');
        if negate {
            self.at += 1;
        }
        let Some(c) = self.peek() else {
            return self.error("missing command");
        };
        self.at += 1;
        let deed = match c {
            's' => self.substitute()?,
            'y' => self.transliterate()?,
            'p' => Deed::Print,
            'd' => Deed::Delete,
            'q' => Deed::Quit,
            '=' => Deed::Number,
            'a' => Deed::Append(self.text()),
            'i' => Deed::Insert(self.text()),
            'c' => Deed::Change(self.text()),
            c => return self.error(&format!("unknown command: `{c}'")),
        };
        Ok(Command {
            from,
            to,
            negate,
            deed,
            open: false,
        })
    }

    /// The rest of the line, for `a`, `i` and `c`.
    fn text(&mut self) -> String {
        let rest: String = self.chars[self.at..].iter().collect();
        self.at = self.chars.len();
        rest.trim_start()
            .trim_start_matches('\\')
            .trim_start()
            .to_owned()
    }

    fn address(&mut self) -> Parsed<Option<Address>> {
        match self.peek() {
            Some('$') => {
                self.at += 1;
                Ok(Some(Address::Last))
            }
            Some(c) if c.is_ascii_digit() => {
                let mut n = 0_usize;
                while let Some(d) = self.peek().and_then(|c| c.to_digit(10)) {
                    n = n.saturating_mul(10).saturating_add(d as usize);
                    self.at += 1;
                }
                Ok(Some(Address::Line(n)))
            }
            Some('/') => {
                self.at += 1;
                let text = self.until('/', "unterminated address regex")?;
                let ignore = self.peek() == Some('I');
                if ignore {
                    self.at += 1;
                }
                let regex = Regex::new(&text, self.syntax, ignore);
                regex
                    .map(|r| Some(Address::Pattern(r)))
                    .map_err(|e| (self.at, e))
            }
            _ => Ok(None),
        }
    }

    /// Text up to a delimiter; `\DELIMITER` is the delimiter itself.
    fn until(&mut self, end: char, why: &str) -> Parsed<String> {
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            if c == end {
                return Ok(text);
            }
            if c == '\\' && self.peek() == Some(end) {
                self.at += 1;
                text.push(end);
                continue;
            }
            text.push(c);
            if c == '\\'
                && let Some(next) = self.peek()
            {
                self.at += 1;
                text.push(next);
            }
        }
        self.error(why)
    }

    fn transliterate(&mut self) -> Parsed<Deed> {
        let why = "unterminated `y' command";
        let Some(end) = self.peek() else {
            return self.error(why);
        };
        self.at += 1;
        let from: Vec<char> = self.until(end, why)?.chars().collect();
        let to: Vec<char> = self.until(end, why)?.chars().collect();
        if from.len() != to.len() {
            return self.error("strings for `y' command are different lengths");
        }
        Ok(Deed::Transliterate(from, to))
    }

    fn substitute(&mut self) -> Parsed<Deed> {
        let why = "unterminated `s' command";
        let Some(end) = self.peek() else {
            return self.error(why);
        };
        self.at += 1;
        let pattern = self.until(end, why)?;
        let by = self.until(end, why)?;
        let (mut all, mut print, mut ignore) = (false, false, false);
        while let Some(c) = self.peek() {
            match c {
                'g' => all = true,
                'p' => print = true,
                'i' | 'I' => ignore = true,
                ';' | '\n' | ' ' => break,
                _ => return self.error("unknown option to `s'"),
            }
            self.at += 1;
        }
        let pattern = Regex::new(&pattern, self.syntax, ignore).map_err(|e| (self.at, e))?;
        Ok(Deed::Substitute {
            pattern,
            by,
            all,
            print,
        })
    }
}

impl Command {
    fn applies(&mut self, number: usize, last: bool, line: &str) -> bool {
        let fits = |a: &Address| match a {
            Address::Line(n) => *n == number,
            Address::Last => last,
            Address::Pattern(regex) => regex.is_match(line),
        };
        let inside = match (&self.from, &self.to) {
            (None, _) => true,
            (Some(from), None) => fits(from),
            (Some(from), Some(to)) => {
                if self.open {
                    self.open = match to {
                        Address::Line(n) => number < *n,
                        other @ (Address::Last | Address::Pattern(_)) => !fits(other),
                    };
                    true
                } else if fits(from) {
                    self.open = !matches!(to, Address::Line(n) if *n <= number);
                    true
                } else {
                    false
                }
            }
        };
        inside != self.negate
    }
}

impl Sed {
    fn emit(&mut self, io: &mut Io<'_>, line: &str, whole: bool) {
        let end = if whole { "\n" } else { "" };
        if self.in_place.is_some() {
            self.edited.push_str(line);
            self.edited.push_str(end);
        } else {
            io.out(line);
            io.out(end);
        }
    }

    fn work(&mut self, io: &mut Io<'_>, line: &str, whole: bool, last: bool) {
        self.number += 1;
        let (number, mut line) = (self.number, line.to_owned());
        let (mut after, mut deleted, mut quit) = (Vec::new(), false, false);
        let mut commands = std::mem::take(&mut self.commands);
        for command in &mut commands {
            if !command.applies(number, last, &line) {
                continue;
            }
            match &command.deed {
                Deed::Substitute {
                    pattern,
                    by,
                    all,
                    print,
                } => {
                    let (new, changed) = pattern.replace(&line, by, *all);
                    line = new;
                    if changed && *print {
                        self.emit(io, &line, true);
                    }
                }
                Deed::Transliterate(from, to) => {
                    let other = |c| from.iter().position(|f| *f == c).map_or(c, |at| to[at]);
                    line = line.chars().map(other).collect();
                }
                Deed::Print => self.emit(io, &line, true),
                Deed::Delete => deleted = true,
                Deed::Quit => quit = true,
                Deed::Number => self.emit(io, &number.to_string(), true),
                Deed::Append(text) => after.push(text.clone()),
                Deed::Insert(text) => self.emit(io, text, true),
                Deed::Change(text) => {
                    line.clone_from(text);
                }
            }
            if deleted || quit {
                break;
            }
        }
        self.commands = commands;
        if !deleted && !self.quiet {
            self.emit(io, &line, whole);
        }
        for text in after {
            self.emit(io, &text, true);
        }
        self.ended |= quit;
    }
}

impl Lines for Sed {
    fn line(&mut self, io: &mut Io<'_>, _: &str, line: &str, whole: bool) -> bool {
        if let Some((before, ended)) = self.held.take() {
            self.work(io, &before, ended, false);
        }
        if self.ended {
            return false;
        }
        self.held = Some((line.to_owned(), whole));
        true
    }

    fn end(&mut self, io: &mut Io<'_>) -> u8 {
        if let Some((line, whole)) = self.held.take()
            && !self.ended
        {
            self.work(io, &line, whole, true);
        }
        if let Some(file) = self.in_place.take() {
            let path = io.session.path(&file);
            io.session.files.write(&path, &self.edited);
        }
        0
    }
}
