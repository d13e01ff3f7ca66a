//! `awk`: patterns and `{print …}` over fields, as people use it on tables.

use super::filter::Lines;
use super::options::Options;
use super::regex::{Regex, Syntax};
use super::{Refused, filter};
use crate::console::task::{Io, Task};

#[derive(Clone)]
struct Awk {
    rules: Vec<Rule>,
    separator: Option<String>,
    number: usize,
}

#[derive(Clone)]
struct Rule {
    pattern: Pattern,
    /// What is printed, each a list of terms joined without blanks; None prints the line.
    print: Option<Vec<Vec<Term>>>,
}

#[derive(Clone)]
enum Pattern {
    Always,
    End,
    Begin,
    Match {
        term: Term,
        regex: Regex,
        wanted: bool,
    },
    Compare {
        left: Term,
        op: String,
        right: Term,
    },
    All(Vec<Pattern>),
    Any(Vec<Pattern>),
}

#[derive(Clone)]
enum Term {
    Text(String),
    Number(i64),
    /// `$0`, `$3`
    Field(usize),
    /// `$NF`, `$(NF-1)`
    FromEnd(usize),
    Lines,
    Fields,
}

/// Starts `awk`.
pub fn start(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let mut options = Options::parse("awk", args, "", "Fv", &[])?;
    if options.operands.is_empty() {
        return Err(("usage: awk [-F fs] 'program' [file ...]".to_owned(), 2));
    }
    let program = options.operands.remove(0);
    let mut parser = Parser { rest: &program };
    let rules = parser.rules().map_err(|why| {
        (
            format!("awk: {why}: this awk knows patterns and {{print …}} only"),
            2,
        )
    })?;
    let separator = options.value('F').map(|f| {
        if f == "\\t" {
            "\t".to_owned()
        } else {
            f.to_owned()
        }
    });
    let awk = Awk {
        rules,
        separator,
        number: 0,
    };
    Ok(filter("awk", awk, options.operands))
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', ';']);
    }

    fn eat(&mut self, text: &str) -> bool {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn rules(&mut self) -> Result<Vec<Rule>, String> {
        let mut rules = Vec::new();
        loop {
            self.blanks();
            if self.rest.is_empty() {
                return Ok(rules);
            }
            if rules.len() > 50 {
                return Err("too many rules".to_owned());
            }
            let pattern = if self.rest.starts_with('{') {
                Pattern::Always
            } else {
                self.either()?
            };
            self.rest = self.rest.trim_start_matches([' ', '\t']);
            let print = if self.eat("{") { self.action()? } else { None };
            rules.push(Rule { pattern, print });
        }
    }

    fn action(&mut self) -> Result<Option<Vec<Vec<Term>>>, String> {
        self.blanks();
        if !self.eat("print") {
            return Err(self.near());
        }
        let mut items = Vec::new();
        loop {
            let mut item = Vec::new();
            while let Some(term) = self.term()? {
                item.push(term);
            }
            if item.is_empty() && !items.is_empty() {
                return Err(self.near());
            }
            if !item.is_empty() {
                items.push(item);
            }
            if !self.eat(",") {
                break;
            }
        }
        self.blanks();
        if !self.eat("}") {
            return Err(self.near());
        }
        Ok((!items.is_empty()).then_some(items))
    }

    fn near(&self) -> String {
        let near: String = self.rest.chars().take(20).collect();
        format!("syntax error near {near}")
    }

    fn either(&mut self) -> Result<Pattern, String> {
        let mut all = vec![self.both()?];
        while self.eat("||") {
            all.push(self.both()?);
        }
        Ok(if all.len() == 1 {
            all.remove(0)
        } else {
            Pattern::Any(all)
        })
    }

    fn both(&mut self) -> Result<Pattern, String> {
        let mut all = vec![self.pattern()?];
        while self.eat("&&") {
            all.push(self.pattern()?);
        }
        Ok(if all.len() == 1 {
            all.remove(0)
        } else {
            Pattern::All(all)
        })
    }

    fn regex(&mut self) -> Result<Regex, String> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '/' => {
                    self.rest = &self.rest[i + 1..];
                    return Regex::new(&text, Syntax::Extended, false);
                }
                '\\' => match chars.next() {
                    Some((_, '/')) => text.push('/'),
                    Some((_, c)) => text.extend(['\\', c]),
                    None => break,
                },
                c => text.push(c),
            }
        }
        Err("unterminated regexp".to_owned())
    }

    fn pattern(&mut self) -> Result<Pattern, String> {
        if self.eat("END") {
            return Ok(Pattern::End);
        }
        if self.eat("BEGIN") {
            return Ok(Pattern::Begin);
        }
        let negated = self.rest.trim_start().starts_with("!/");
        if negated {
            self.eat("!");
        }
        if self.eat("/") {
            let regex = self.regex()?;
            return Ok(Pattern::Match {
                term: Term::Field(0),
                regex,
                wanted: !negated,
            });
        }
        let Some(left) = self.term()? else {
            return Err(self.near());
        };
        for (op, wanted) in [("!~", false), ("~", true)] {
            if self.eat(op) {
                if !self.eat("/") {
                    return Err(self.near());
                }
                let regex = self.regex()?;
                return Ok(Pattern::Match {
                    term: left,
                    regex,
                    wanted,
                });
            }
        }
        for op in ["==", "!=", "<=", ">=", "<", ">"] {
            if self.eat(op) {
                let Some(right) = self.term()? else {
                    return Err(self.near());
                };
                return Ok(Pattern::Compare {
                    left,
                    op: op.to_owned(),
                    right,
                });
            }
        }
        let right = Term::Text(String::new());
        Ok(Pattern::Compare {
            left,
            op: "!=".to_owned(),
            right,
        })
    }

    fn number(&mut self) -> Option<usize> {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let n = digits.parse().ok()?;
        self.rest = rest;
        Some(n)
    }

    fn term(&mut self) -> Result<Option<Term>, String> {
        if self.eat("\"") {
            return self.text().map(Some);
        }
        if self.eat("$NF") {
            return Ok(Some(Term::FromEnd(0)));
        }
        if self.eat("$(NF-") || self.eat("$(NF -") {
            self.rest = self.rest.trim_start();
            let n = self.number().ok_or_else(|| self.near())?;
            return if self.eat(")") {
                Ok(Some(Term::FromEnd(n)))
            } else {
                Err(self.near())
            };
        }
        if self.eat("$") {
            return self
                .number()
                .map(|n| Some(Term::Field(n)))
                .ok_or_else(|| self.near());
        }
        if self.eat("NR") {
            return Ok(Some(Term::Lines));
        }
        if self.eat("NF") {
            return Ok(Some(Term::Fields));
        }
        Ok(self
            .number()
            .map(|n| Term::Number(i64::try_from(n).unwrap_or(i64::MAX))))
    }

    fn text(&mut self) -> Result<Term, String> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[i + 1..];
                    return Ok(Term::Text(text));
                }
                '\\' => match chars.next() {
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, c)) => text.push(c),
                    None => break,
                },
                c => text.push(c),
            }
        }
        Err("unterminated string".to_owned())
    }
}

/// A line in fields.
struct Record<'a> {
    line: &'a str,
    fields: Vec<&'a str>,
    number: usize,
}

impl Term {
    fn value(&self, record: &Record<'_>) -> String {
        match self {
            Term::Text(text) => text.clone(),
            Term::Number(n) => n.to_string(),
            Term::Field(0) => record.line.to_owned(),
            Term::Field(n) => record
                .fields
                .get(n - 1)
                .map_or(String::new(), |f| (*f).to_owned()),
            Term::FromEnd(n) => {
                let i = record.fields.len().checked_sub(n + 1);
                i.and_then(|i| record.fields.get(i))
                    .map_or(String::new(), |f| (*f).to_owned())
            }
            Term::Lines => record.number.to_string(),
            Term::Fields => record.fields.len().to_string(),
        }
    }
}

impl Pattern {
    fn holds(&self, record: &Record<'_>) -> bool {
        match self {
            Pattern::Always => true,
            Pattern::End | Pattern::Begin => false,
            Pattern::Match {
                term,
                regex,
                wanted,
            } => regex.is_match(&term.value(record)) == *wanted,
            Pattern::All(all) => all.iter().all(|p| p.holds(record)),
            Pattern::Any(all) => all.iter().any(|p| p.holds(record)),
            Pattern::Compare { left, op, right } => {
                let (a, b) = (left.value(record), right.value(record));
                let order = match (a.parse::<i64>(), b.parse::<i64>()) {
                    (Ok(a), Ok(b)) => a.cmp(&b),
                    _ => a.cmp(&b),
                };
                match op.as_str() {
                    "==" => order.is_eq(),
                    "!=" => order.is_ne(),
                    "<" => order.is_lt(),
                    ">" => order.is_gt(),
                    "<=" => order.is_le(),
                    _ => order.is_ge(),
                }
            }
        }
    }
}

impl Awk {
    fn run(&self, io: &mut Io<'_>, record: &Record<'_>, end: bool) {
        for rule in &self.rules {
            let holds = if end {
                matches!(rule.pattern, Pattern::End)
            } else {
                rule.pattern.holds(record)
            };
            if !holds {
                continue;
            }
            match &rule.print {
                None => io.line(record.line),
                Some(items) => {
                    let texts: Vec<String> = items
                        .iter()
                        .map(|item| item.iter().map(|t| t.value(record)).collect::<String>())
                        .collect();
                    io.line(texts.join(" "));
                }
            }
        }
    }
}

impl Lines for Awk {
    fn line(&mut self, io: &mut Io<'_>, _: &str, line: &str, _: bool) -> bool {
        self.number += 1;
        let fields = match &self.separator {
            Some(s) if s != " " && !s.is_empty() => line.split(s.as_str()).collect(),
            Some(_) | None => line.split_whitespace().collect(),
        };
        let record = Record {
            line,
            fields,
            number: self.number,
        };
        self.run(io, &record, false);
        true
    }

    fn end(&mut self, io: &mut Io<'_>) -> u8 {
        let record = Record {
            line: "",
            fields: Vec::new(),
            number: self.number,
        };
        self.run(io, &record, true);
        0
    }
}
