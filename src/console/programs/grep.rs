//! `grep`

use super::filter::Lines;
use super::options::Options;
use super::regex::{Regex, Syntax};
use super::{Refused, filter};
use crate::console::task::{Io, Task};
use std::collections::VecDeque;

#[derive(Clone)]
struct Grep {
    patterns: Vec<Regex>,
    invert: bool,
    count: bool,
    numbers: bool,
    only: bool,
    quiet: bool,
    whole_line: bool,
    names: bool,
    list: bool,
    before: usize,
    after: usize,
    max: Option<usize>,
    // Where it stands.
    found: usize,
    line: usize,
    kept: VecDeque<(usize, String)>,
    owed: usize,
    last_printed: usize,
}

/// Long options with their letters.
const LONG: &[(&str, char)] = &[
    ("ignore-case", 'i'),
    ("invert-match", 'v'),
    ("count", 'c'),
    ("line-number", 'n'),
    ("only-matching", 'o'),
    ("extended-regexp", 'E'),
    ("fixed-strings", 'F'),
    ("quiet", 'q'),
    ("word-regexp", 'w'),
    ("line-regexp", 'x'),
    ("color", 'z'),
    ("after-context", 'A'),
    ("before-context", 'B'),
    ("context", 'C'),
    ("max-count", 'm'),
    ("regexp", 'e'),
];

/// Starts `grep`, `egrep` or `fgrep`.
pub fn start(name: &str, args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let mut options = Options::parse("grep", args, "ivcnoEFPGqwxhHlszra", "ABCemd#", LONG)?;
    let mut texts: Vec<String> = options.values('e').map(str::to_owned).collect();
    if texts.is_empty() {
        if options.operands.is_empty() {
            let usage = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.";
            return Err((usage.to_owned(), 2));
        }
        texts.push(options.operands.remove(0));
    }
    let patterns = patterns(name, &texts, &options)?;
    let number = |c: char| -> Result<Option<usize>, Refused> {
        let Some(text) = options.value(c) else {
            return Ok(None);
        };
        let error = || (format!("grep: {text}: invalid context length argument"), 2);
        text.parse().map(Some).map_err(|_| error())
    };
    let context = number('C')?.or(number('#')?).unwrap_or(0);
    let files = options.operands.clone();
    let grep = Grep {
        patterns,
        invert: options.has('v'),
        count: options.has('c'),
        numbers: options.has('n'),
        only: options.has('o'),
        quiet: options.has('q'),
        whole_line: options.has('x'),
        names: (files.len() > 1 || options.has('H')) && !options.has('h'),
        list: options.has('l'),
        before: number('B')?.unwrap_or(context),
        after: number('A')?.unwrap_or(context),
        max: number('m')?,
        found: 0,
        line: 0,
        kept: VecDeque::new(),
        owed: 0,
        last_printed: 0,
    };
    Ok(filter("grep", grep, files))
}

/// Reads each line of `texts` as an expression in the syntax that was asked for.
fn patterns(name: &str, texts: &[String], options: &Options) -> Result<Vec<Regex>, Refused> {
    let syntax = if options.has('F') || name == "fgrep" {
        Syntax::Fixed
    } else if options.has('E') || options.has('P') || name == "egrep" {
        Syntax::Extended
    } else {
        Syntax::Basic
    };
    let mut patterns = Vec::new();
    for text in texts.iter().flat_map(|t| t.split('\n')) {
        let text = if options.has('w') && syntax == Syntax::Extended {
            format!("\\b({text})\\b")
        } else if options.has('w') && syntax == Syntax::Basic {
            format!("\\b\\({text}\\)\\b")
        } else {
            text.to_owned()
        };
        let regex = Regex::new(&text, syntax, options.has('i'));
        patterns.push(regex.map_err(|e| (format!("grep: {e}"), 2))?);
    }
    Ok(patterns)
}

impl Grep {
    fn matches(&self, line: &str) -> bool {
        let chars: Vec<char> = line.chars().collect();
        self.patterns.iter().any(|p| {
            let found = p.find_at(&chars, 0);
            found.is_some_and(|m| !self.whole_line || (m.start == 0 && m.end == chars.len()))
        })
    }

    fn print(&mut self, io: &mut Io<'_>, file: &str, number: usize, line: &str, mark: char) {
        if self.before + self.after > 0 && self.last_printed > 0 && number > self.last_printed + 1 {
            io.line("--");
        }
        self.last_printed = number;
        let mut text = String::new();
        if self.names {
            text = format!("{file}{mark}");
        }
        if self.numbers {
            text.push_str(&format!("{number}{mark}"));
        }
        text.push_str(line);
        io.line(text);
    }

    fn pieces(&self, io: &mut Io<'_>, line: &str) {
        let chars: Vec<char> = line.chars().collect();
        let mut at = 0;
        while at <= chars.len() {
            let all = self.patterns.iter().filter_map(|p| p.find_at(&chars, at));
            let Some(first) = all.min_by_key(|m| (m.start, usize::MAX - m.end)) else {
                return;
            };
            if first.end > first.start {
                let piece: String = chars[first.start..first.end].iter().collect();
                let number = if self.numbers {
                    format!("{}:", self.line)
                } else {
                    String::new()
                };
                io.line(format!("{number}{piece}"));
            }
            at = first.end.max(at + usize::from(first.end == first.start));
        }
    }
}

impl Lines for Grep {
    fn line(&mut self, io: &mut Io<'_>, file: &str, line: &str, _: bool) -> bool {
        self.line += 1;
        if self.matches(line) == self.invert {
            if self.owed > 0 {
                self.owed -= 1;
                self.print(io, file, self.line, line, '-');
            } else if self.before > 0 {
                self.kept.push_back((self.line, line.to_owned()));
                if self.kept.len() > self.before {
                    self.kept.pop_front();
                }
            }
            return self.max.is_none_or(|max| self.found < max || self.owed > 0);
        }
        self.found += 1;
        if self.list {
            io.line(file);
            return false;
        }
        if self.quiet || self.count {
            return !self.quiet;
        }
        if self.only && !self.invert {
            self.pieces(io, line);
        } else {
            for (number, kept) in std::mem::take(&mut self.kept) {
                self.print(io, file, number, &kept, '-');
            }
            self.print(io, file, self.line, line, ':');
            self.owed = self.after;
        }
        self.max.is_none_or(|max| self.found < max || self.owed > 0)
    }

    fn end(&mut self, io: &mut Io<'_>) -> u8 {
        if self.count {
            io.line(self.found.to_string());
        }
        u8::from(self.found == 0)
    }
}
