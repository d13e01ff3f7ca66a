//! Text to nodes.

use super::{Command, Node, Pipeline, Term};
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
        ranges: 0,
        names: Vec::new(),
        defined: Vec::new(),
    };
    let (nodes, end) = parser.list()?;
    match end {
        Stop::Text => {
            let mut all = parser.defined;
            all.extend(nodes);
            Ok(all)
        }
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
    /// How many `{{range}}` are around.
    ranges: usize,
    /// The variables that are known here.
    names: Vec<String>,
    /// The templates with names.
    defined: Vec<Node>,
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
        let end = word.find([' ', '(', '\t', '"', '`', '\n']);
        let (first, rest) = word.split_at(end.unwrap_or(word.len()));
        let known = self.names.len();
        let inner = at + first.len();
        match first {
            "if" | "with" | "range" | "define" | "block" | "template" if rest.trim().is_empty() => {
                return self.error(&format!("missing value for {first}"));
            }
            "if" | "with" => {
                let (name, test) = self.bound(rest, inner)?;
                let (then, other) = self.branches()?;
                self.names.truncate(known);
                return Ok(if first == "if" {
                    Node::If {
                        name,
                        test,
                        then,
                        other,
                    }
                } else {
                    Node::With {
                        name,
                        value: test,
                        then,
                        other,
                    }
                });
            }
            "range" => return self.range(rest, inner),
            "break" | "continue" if self.ranges == 0 => {
                return self.error(&format!("{{{{{first}}}}} outside {{{{range}}}}"));
            }
            "break" => return Ok(Node::Break),
            "continue" => return Ok(Node::Continue),
            "define" | "block" | "template" => return self.named(first, rest, inner),
            _ => {}
        }
        if let Some(rest) = word.strip_prefix('$')
            && let Some((name, value)) = rest.split_once('=')
            && let (name, declares) = (name.trim_end_matches(':'), name.ends_with(':'))
            && name.trim().chars().all(char::is_alphanumeric)
        {
            let value = self.pipeline(value, at + word.len() - value.len())?;
            let name = name.trim().to_owned();
            if declares {
                self.names.push(name.clone());
                return Ok(Node::Set(name, value));
            }
            self.check(&name)?;
            return Ok(Node::Change(name, value));
        }
        if word.is_empty() {
            return self.error("missing value for command");
        }
        Ok(Node::Print(self.pipeline(word, at)?))
    }

    /// `$x := pipeline`, or a pipeline alone.
    fn bound(&mut self, text: &str, at: usize) -> Result<(Option<String>, Pipeline), String> {
        let bound = text.trim_start().strip_prefix('$');
        let Some((name, value)) = bound.and_then(|bound| bound.split_once(":=")) else {
            return Ok((None, self.pipeline(text, at)?));
        };
        let value = self.pipeline(value, at + text.len() - value.len())?;
        let name = name.trim().to_owned();
        self.names.push(name.clone());
        Ok((Some(name), value))
    }

    fn range(&mut self, rest: &str, at: usize) -> Result<Node, String> {
        let (names, list) = match rest.split_once(":=") {
            Some((names, list)) => (names, list),
            None => ("", rest),
        };
        let list = self.pipeline(list, at + rest.len() - list.len())?;
        let mut names: Vec<String> = names
            .split(',')
            .map(|n| n.trim().trim_start_matches('$').to_owned())
            .filter(|n| !n.is_empty())
            .collect();
        let known = self.names.len();
        self.names.extend(names.iter().cloned());
        self.ranges += 1;
        let (each, other) = self.branches()?;
        self.ranges -= 1;
        self.names.truncate(known);
        let item = names.pop();
        Ok(Node::Range {
            key: names.pop(),
            item,
            list,
            each,
            other,
        })
    }

    /// `{{define "name"}}`, `{{block "name" pipeline}}`, `{{template "name" pipeline}}`
    fn named(&mut self, word: &str, rest: &str, at: usize) -> Result<Node, String> {
        let text = rest.trim_start();
        let place = at + rest.len() - text.len();
        let quoted = text.strip_prefix('"').and_then(|text| text.split_once('"'));
        let Some((name, value)) = quoted else {
            return self.error(&format!("unexpected {text:?} in {word} clause"));
        };
        let value = if value.trim().is_empty() || word == "define" {
            None
        } else {
            Some(self.pipeline(value, at + rest.len() - value.len())?)
        };
        if word != "template" {
            let outer = std::mem::take(&mut self.names);
            let (body, Stop::End) = self.list()? else {
                return self.error("unexpected EOF");
            };
            self.names = outer;
            self.defined.push(Node::Define(name.to_owned(), body));
            if word == "define" {
                return Ok(Node::Text(String::new()));
            }
        }
        Ok(Node::Template(name.to_owned(), value, place))
    }

    /// Refuses a variable that nobody has set.
    fn check(&self, name: &str) -> Result<(), String> {
        if name.is_empty() || self.names.iter().any(|known| known == name) {
            return Ok(());
        }
        self.error(&format!("undefined variable \"${name}\""))
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
        if text[terms.at..].starts_with(')') {
            return self.error("unexpected right paren");
        }
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
        let mut commands = Vec::new();
        let mut command = Command::default();
        let mut begin = self.at;
        loop {
            self.blanks();
            let c = self.rest().chars().next().filter(|c| *c != ')');
            if c.is_none() || c == Some('|') {
                if command.terms.is_empty() && (c.is_some() || commands.is_empty()) {
                    return self.parser.error(if c.is_some() {
                        "unexpected \"|\" in command"
                    } else {
                        "missing value for command"
                    });
                }
                if !command.terms.is_empty() {
                    let text = self.text[begin..self.at].trim();
                    command.text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    commands.push(std::mem::take(&mut command));
                }
            }
            let Some(c) = c else { break };
            if c == '|' {
                self.at += 1;
                continue;
            }
            if command.terms.is_empty() {
                begin = self.at;
                command.at = self.base + self.at;
            }
            command.terms.push(self.term(c)?);
            let named = matches!(c, '.' | '$');
            match self.rest().chars().next() {
                Some('.') => return self.parser.error("unexpected <.> in operand"),
                Some(c) if named && !(c.is_whitespace() || matches!(c, '|' | ')' | '(')) => {
                    let code = u32::from(c);
                    let why = format!("bad character U+{code:04X} {c:?}");
                    return self.parser.error(&why);
                }
                _ => {}
            }
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
                // A dot behind a name is left for the caller to refuse.
                self.at -= usize::from(!names.is_empty());
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
                self.parser.check(&name)?;
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
            '\'' => {
                let mut chars = self.rest().chars().skip(1);
                let (Some(c), Some('\'')) = (chars.next(), chars.next()) else {
                    return self.parser.error("malformed character constant");
                };
                self.at += 2 + c.len_utf8();
                Ok(Term::Literal(Value::Int(i64::from(u32::from(c)))))
            }
            c if c.is_ascii_digit() || c == '-' => {
                let rest = self.rest();
                let end = rest[1..]
                    .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_')));
                let end = end.map_or(rest.len(), |i| i + 1);
                let text = rest[..end].replace('_', "");
                self.at += end;
                match number(&text) {
                    Some(value) => Ok(Term::Literal(value)),
                    None => self.parser.error(&format!("bad number syntax: {text:?}")),
                }
            }
            c if c.is_alphabetic() || c == '_' => {
                let name = self.name();
                Ok(match name.as_str() {
                    "true" => Term::Literal(Value::Bool(true)),
                    "false" => Term::Literal(Value::Bool(false)),
                    "nil" => Term::Literal(Value::Null),
                    _ if super::functions::FUNCTIONS.contains(&name.as_str()) => {
                        Term::Function(name)
                    }
                    _ => return self.parser.error(&format!("function {name:?} not defined")),
                })
            }
            c => self.parser.error(&format!("unexpected \"{c}\" in command")),
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
                    Some((i, c @ ('x' | 'u' | '0'..='7'))) => {
                        let (from, length, radix) = match c {
                            'x' => (i + 1, 2, 16),
                            'u' => (i + 1, 4, 16),
                            _ => (i, 3, 8),
                        };
                        let digits = rest.get(from..from + length).unwrap_or("");
                        let code = u32::from_str_radix(digits, radix).ok();
                        let Some(found) = code.and_then(char::from_u32) else {
                            return self.parser.error("unquoting the string: invalid syntax");
                        };
                        text.push(found);
                        chars.nth(from + length - i - 2);
                    }
                    Some((_, c)) => text.push(c),
                    None => break,
                },
                c => text.push(c),
            }
        }
        self.parser.error("unterminated quoted string")
    }
}

/// `12`, `0x1F`, `1e3`, `2.5`
fn number(text: &str) -> Option<Value> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    if let Some(hex) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        return i64::from_str_radix(hex, 16)
            .ok()
            .map(|n| Value::Int(sign * n));
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some(Value::Int(number));
    }
    if let Some((digits, zeros)) = text.split_once(['e', 'E'])
        && let (Ok(number), Ok(zeros)) = (digits.parse::<i64>(), zeros.parse::<u32>())
    {
        return 10_i64
            .checked_pow(zeros)
            .and_then(|ten| number.checked_mul(ten))
            .map(Value::Int);
    }
    let (whole, part) = digits.split_once('.')?;
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    (plain(whole) && plain(part) && !part.is_empty()).then(|| Value::Number(text.into()))
}
