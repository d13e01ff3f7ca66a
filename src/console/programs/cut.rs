//! `cut`, `tr`

use super::filter::Lines;
use super::options::Options;
use super::{Refused, filter};
use crate::console::task::{Io, Task};

#[derive(Clone)]
enum Columns {
    Cut {
        fields: bool,
        delimiter: char,
        only: bool,
        ranges: Vec<(usize, usize)>,
    },
    Tr {
        delete: bool,
        squeeze: bool,
        from: Vec<char>,
        complement: bool,
        to: Vec<char>,
    },
}

/// Starts `cut` or `tr`.
pub fn start(name: &str, args: &[String]) -> Result<Box<dyn Task>, Refused> {
    if name == "tr" { tr(args) } else { cut(args) }
}

fn cut(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let long = [("fields", 'f'), ("delimiter", 'd'), ("characters", 'c')];
    let options = Options::parse("cut", args, "s", "dfcb", &long)?;
    let list = options
        .value('f')
        .or(options.value('c'))
        .or(options.value('b'));
    let Some(list) = list else {
        let why = "cut: you must specify a list of bytes, characters, or fields";
        return Err((why.to_owned(), 1));
    };
    let mut ranges = Vec::new();
    for part in list.split(',') {
        let wrong = || (format!("cut: invalid field value '{part}'"), 1);
        let number = |text: &str, default: usize| {
            if text.is_empty() {
                Ok(default)
            } else {
                text.parse::<usize>().map_err(|_| wrong())
            }
        };
        let (from, to) = match part.split_once('-') {
            Some((from, to)) => (number(from, 1)?, number(to, usize::MAX)?),
            None => (number(part, 0)?, number(part, 0)?),
        };
        if from == 0 || to < from {
            return Err(wrong());
        }
        ranges.push((from, to));
    }
    let cut = Columns::Cut {
        fields: options.has('f'),
        delimiter: options
            .value('d')
            .and_then(|d| d.chars().next())
            .unwrap_or('\t'),
        only: options.has('s'),
        ranges,
    };
    Ok(filter("cut", cut, options.operands))
}

fn tr(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let options = Options::parse(
        "tr",
        args,
        "dscC",
        "",
        &[("delete", 'd'), ("squeeze-repeats", 's')],
    )?;
    let Some(from) = options.operands.first() else {
        return Err((
            "tr: missing operand\nTry 'tr --help' for more information.".to_owned(),
            1,
        ));
    };
    let to = options.operands.get(1).map(|t| set(t)).unwrap_or_default();
    let from = set(from);
    let tr = Columns::Tr {
        delete: options.has('d'),
        squeeze: options.has('s'),
        complement: options.has('c') || options.has('C'),
        from,
        to,
    };
    Ok(filter("tr", tr, Vec::new()))
}

/// The characters that a set names: `a-z`, `[:upper:]`, `\n`.
fn set(text: &str) -> Vec<char> {
    let chars: Vec<char> = text.chars().collect();
    let mut all = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let rest: String = chars[i..].iter().take(12).collect();
        let class = [
            ("[:upper:]", 'A', 'Z'),
            ("[:lower:]", 'a', 'z'),
            ("[:digit:]", '0', '9'),
        ];
        if let Some((name, from, to)) = class.iter().find(|(n, _, _)| rest.starts_with(n)) {
            all.extend(*from..=*to);
            i += name.len();
        } else if rest.starts_with("[:space:]") {
            all.extend([' ', '\t', '\n', '\r']);
            i += 9;
        } else if chars[i] == '\\' && i + 1 < chars.len() {
            all.push(match chars[i + 1] {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                c => c,
            });
            i += 2;
        } else if i + 2 < chars.len() && chars[i + 1] == '-' && chars[i] <= chars[i + 2] {
            all.extend((chars[i]..=chars[i + 2]).take(0x300));
            i += 3;
        } else {
            all.push(chars[i]);
            i += 1;
        }
    }
    all
}

impl Lines for Columns {
    fn line(&mut self, io: &mut Io<'_>, _: &str, line: &str, whole: bool) -> bool {
        match self {
            Columns::Cut {
                fields: true,
                delimiter,
                only,
                ranges,
            } => {
                if !line.contains(*delimiter) {
                    if !*only {
                        io.line(line);
                    }
                    return true;
                }
                let inside = |i: usize| ranges.iter().any(|(a, b)| (*a..=*b).contains(&(i + 1)));
                let parts = line.split(*delimiter).enumerate();
                let parts: Vec<&str> = parts.filter(|(i, _)| inside(*i)).map(|(_, p)| p).collect();
                io.line(parts.join(&delimiter.to_string()));
            }
            Columns::Cut { ranges, .. } => {
                let inside = |i: usize| ranges.iter().any(|(a, b)| (*a..=*b).contains(&(i + 1)));
                let text: String = line
                    .chars()
                    .enumerate()
                    .filter(|(i, _)| inside(*i))
                    .map(|(_, c)| c)
                    .collect();
                io.line(text);
            }
            Columns::Tr {
                delete,
                squeeze,
                from,
                complement,
                to,
                ..
            } => {
                let mut out = String::new();
                let mut last = None;
                let end = if whole { "\n" } else { "" };
                for c in line.chars().chain(end.chars()) {
                    let found = from.iter().position(|f| *f == c);
                    let hit = found.is_some() != *complement;
                    if hit && *delete {
                        continue;
                    }
                    let place = found.unwrap_or(usize::MAX);
                    let new = if hit && !to.is_empty() {
                        to.get(place).or(to.last()).copied().unwrap_or(c)
                    } else {
                        c
                    };
                    if hit && *squeeze && last == Some(new) {
                        continue;
                    }
                    last = Some(new);
                    out.push(new);
                }
                io.out(out);
            }
        }
        true
    }

    fn end(&mut self, _: &mut Io<'_>) -> u8 {
        0
    }
}
