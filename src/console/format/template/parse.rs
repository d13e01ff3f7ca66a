//! Text to nodes.

use super::{Node, Pipeline, Term};
use crate::k8s::Value;

const TEXT_MAX: usize = 64 * 1024;
const DEPTH_MAX: usize = 32;

/// Parses a template; the error is `LINE: sentence`.
pub fn parse(text: &str) -> Result<Vec<Node>, String> {
    if text.len() > TEXT_MAX {
        return Err("1: template is too long".to_owned());
    }
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
        trim: false,
    };
    let (nodes, end) = parser.list()?;
    match end {
        Stop::Text => Ok(nodes),
        Stop::End => parser.error("unexpected {{end}}"),
        Stop::Else(_) => parser.error("unexpected {{else}}"),
    }
}

/// What ended a list of nodes.
enum Stop {
    Text,
    End,
    /// `{{else}}`, or `{{else if …}}` with what follows `else`.
    Else(String),
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// The action before ended in `-}}`.
    trim: bool,
}

impl<'a> Parser<'a> {
    fn error<T>(&self, why: &str) -> Result<T, String> {
        let line = 1 + self.text[..self.at.min(self.text.len())]
            .matches('\n')
            .count();
        Err(format!("{line}: {why}"))
    }

    fn list(&mut self) -> Result<(Vec<Node>, Stop), String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return self.error("template is nested too deep");
        }
        let mut nodes = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let open = rest.find("{{");
            let mut plain = &rest[..open.unwrap_or(rest.len())];
            if self.trim {
                plain = plain.trim_start();
            }
            let Some(open) = open else {
                if !plain.is_empty() {
                    nodes.push(Node::Text(plain.to_owned()));
                }
                self.at = self.text.len();
                self.depth -= 1;
                return Ok((nodes, Stop::Text));
            };
            self.at += open + 2;
            if self.text[self.at..].starts_with("- ") {
                plain = plain.trim_end();
                self.at += 1;
            }
            if !plain.is_empty() {
                nodes.push(Node::Text(plain.to_owned()));
            }
            let (start, inside) = self.inside()?;
            let word = inside.trim();
            if word == "end" {
                self.depth -= 1;
                return Ok((nodes, Stop::End));
            }
            if word == "else" || word.starts_with("else ") {
                self.depth -= 1;
                return Ok((nodes, Stop::Else(word["else".len()..].trim().to_owned())));
            }
            if !word.starts_with("/*") {
                nodes.push(self.node(word, start + inside.len() - inside.trim_start().len())?);
            }
        }
    }

    /// The text of an action and where it begins.
    fn inside(&mut self) -> Result<(usize, &'a str), String> {
        let start = self.at;
        let mut quote = None;
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            match (bytes[self.at], quote) {
                (b'\\', Some(b'"')) => self.at += 1,
                (c, Some(q)) if c == q => quote = None,
                (c @ (b'"' | b'`'), None) => quote = Some(c),
                (b'}', None) if bytes.get(self.at + 1) == Some(&b'}') => {
                    let inside = &self.text[start..self.at];
                    self.at += 2;
                    self.trim = inside.ends_with(" -") || inside == "-";
                    return Ok((
                        start,
                        if self.trim {
                            &inside[..inside.len() - 1]
                        } else {
                            inside
                        },
                    ));
                }
                (b'\n', Some(b'"')) => return self.error("unterminated quoted string"),
                _ => {}
            }
            self.at += 1;
        }
        self.error(if quote.is_some() {
            "unterminated quoted string"
        } else {
            "unclosed action"
        })
    }

    fn branches(&mut self) -> Result<(Vec<Node>, Vec<Node>), String> {
        let (then, stop) = self.list()?;
        let other = match stop {
            Stop::End => Vec::new(),
            Stop::Else(word) if word.is_empty() => {
                let (other, Stop::End) = self.list()? else {
                    return self.error("unexpected EOF");
                };
                other
            }
            Stop::Else(word) => vec![self.node(&word, self.at)?],
            Stop::Text => return self.error("unexpected EOF"),
        };
        Ok((then, other))
    }

    fn node(&mut self, word: &str, at: usize) -> Result<Node, String> {
        let head = |name: &str| {
            word.strip_prefix(name)
                .filter(|r| r.starts_with([' ', '(', '\t']))
        };
        if let Some(rest) = head("if") {
            let test = self.pipeline(rest, at + 2)?;
            let (then, other) = self.branches()?;
            return Ok(Node::If { test, then, other });
        }
        if let Some(rest) = head("with") {
            let value = self.pipeline(rest, at + 4)?;
            let (then, other) = self.branches()?;
            return Ok(Node::With { value, then, other });
        }
        if let Some(rest) = head("range") {
            let (names, list) = match rest.split_once(":=") {
                Some((names, list)) => (names, list),
                None => ("", rest),
            };
            let mut names: Vec<String> = names
                .split(',')
                .map(|n| n.trim().trim_start_matches('$').to_owned())
                .collect();
            let item = names.pop().filter(|n| !n.is_empty());
            let list = self.pipeline(list, at + 5)?;
            let (each, other) = self.branches()?;
            return Ok(Node::Range {
                key: names.pop(),
                item,
                list,
                each,
                other,
            });
        }
        for keyword in ["define", "template", "block", "break", "continue"] {
            if word.starts_with(keyword) {
                return self.error(&format!("{{{{{keyword}}}}} is not supported here"));
            }
        }
        if let Some(rest) = word.strip_prefix('$')
            && let Some((name, value)) = rest.split_once(":=")
            && name.trim().chars().all(char::is_alphanumeric)
        {
            let value = self.pipeline(value, at)?;
            return Ok(Node::Set(name.trim().to_owned(), value));
        }
        if word.is_empty() {
            return self.error("missing value for command");
        }
        Ok(Node::Print(self.pipeline(word, at)?))
    }

    fn pipeline(&self, text: &str, at: usize) -> Result<Pipeline, String> {
        let mut terms = Terms {
            text,
            at: 0,
            base: at,
            parser: self,
            depth: 0,
        };
        let pipeline = terms.pipeline()?;
        terms.blanks();
        if terms.at < text.len() {
            let near = &text[terms.at..];
            return self.error(&format!("unexpected {near:?} in operand"));
        }
        Ok(pipeline)
    }
}

struct Terms<'a, 'p> {
    text: &'a str,
    at: usize,
    base: usize,
    parser: &'p Parser<'p>,
    depth: usize,
}

impl Terms<'_, '_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn pipeline(&mut self) -> Result<Pipeline, String> {
        let mut commands = vec![Vec::new()];
        loop {
            self.blanks();
            let Some(c) = self.rest().chars().next().filter(|c| *c != ')') else {
                break;
            };
            if c == '|' {
                self.at += 1;
                commands.push(Vec::new());
                continue;
            }
            let term = self.term(c)?;
            if let Some(last) = commands.last_mut() {
                last.push(term);
            }
        }
        if commands.iter().any(Vec::is_empty) {
            return self.parser.error("missing value for command");
        }
        Ok(Pipeline { commands })
    }

    fn name(&mut self) -> String {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        self.at += end;
        name
    }

    /// `.a.b`, and where the second name begins.
    fn fields(&mut self) -> (Vec<String>, usize) {
        let mut place = self.base + self.at;
        let mut names = Vec::new();
        while self.rest().starts_with('.') {
            if names.len() == 1 {
                place = self.base + self.at;
            }
            self.at += 1;
            let name = self.name();
            if name.is_empty() {
                break;
            }
            names.push(name);
        }
        (names, place)
    }

    fn term(&mut self, c: char) -> Result<Term, String> {
        match c {
            '.' => {
                let (names, place) = self.fields();
                Ok(Term::Field(names, place))
            }
            '$' => {
                self.at += 1;
                let name = self.name();
                let (names, place) = self.fields();
                Ok(Term::Variable(name, names, place))
            }
            '"' | '`' => self.text_literal(c),
            '(' => {
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    return self.parser.error("template is nested too deep");
                }
                self.at += 1;
                let inner = self.pipeline()?;
                self.depth -= 1;
                if !self.rest().starts_with(')') {
                    return self.parser.error("unclosed left paren");
                }
                self.at += 1;
                let (names, _) = self.fields();
                Ok(Term::Nested(Box::new(inner), names))
            }
            c if c.is_ascii_digit() || c == '-' => {
                let rest = self.rest();
                let end = rest[1..]
                    .find(|c: char| !c.is_ascii_digit())
                    .map_or(rest.len(), |i| i + 1);
                let number = rest[..end].parse::<i64>();
                self.at += end;
                match number {
                    Ok(i) => Ok(Term::Literal(Value::Int(i))),
                    Err(_) => self.parser.error("bad number syntax"),
                }
            }
            c if c.is_alphabetic() || c == '_' => {
                let name = self.name();
                Ok(match name.as_str() {
                    "true" => Term::Literal(Value::Bool(true)),
                    "false" => Term::Literal(Value::Bool(false)),
                    "nil" => Term::Literal(Value::Null),
                    _ if super::run::FUNCTIONS.contains(&name.as_str()) => Term::Function(name),
                    _ => return self.parser.error(&format!("function {name:?} not defined")),
                })
            }
            c => self.parser.error(&format!("unexpected {c:?} in command")),
        }
    }

    fn text_literal(&mut self, quote: char) -> Result<Term, String> {
        self.at += 1;
        let mut text = String::new();
        let rest = self.rest().to_owned();
        let mut chars = rest.char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.at += i + 1;
                    return Ok(Term::Literal(Value::from(text)));
                }
                '\\' if quote == '"' => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, c)) => text.push(c),
                    None => break,
                },
                c => text.push(c),
            }
        }
        self.parser.error("unterminated quoted string")
    }
}
