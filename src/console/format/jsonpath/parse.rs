//! Text to nodes.
//!
//! Upstream: client-go/util/jsonpath/parser.go.

use super::{Node, Template};
use crate::k8s::Value;

/// The longest template.
const TEXT_MAX: usize = 64 * 1024;
/// How deep filters may nest.
const DEPTH_MAX: usize = 16;

/// Parses a template; the error is upstream's sentence.
pub fn parse(text: &str) -> Result<Template, String> {
    parse_within(text, 0)
}

fn parse_within(text: &str, depth: usize) -> Result<Template, String> {
    if text.len() > TEXT_MAX || depth > DEPTH_MAX {
        return Err("template is too long".to_owned());
    }
    let mut parser = Parser {
        chars: text.chars().collect(),
        at: 0,
        depth,
    };
    let mut nodes = Vec::new();
    let mut plain = String::new();
    while let Some(c) = parser.next() {
        if c == '{' {
            if !plain.is_empty() {
                nodes.push(Node::Text(std::mem::take(&mut plain)));
            }
            nodes.push(Node::Action(parser.action()?));
        } else {
            plain.push(c);
        }
    }
    if !plain.is_empty() {
        nodes.push(Node::Text(plain));
    }
    Ok(nodes)
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn ahead(&self, text: &str) -> bool {
        self.chars[self.at..]
            .iter()
            .copied()
            .take(text.len())
            .eq(text.chars())
    }

    /// The inside of an action, up to its closing brace.
    fn action(&mut self) -> Result<Vec<Node>, String> {
        let mut nodes = Vec::new();
        loop {
            if self.ahead("[?(") {
                self.at += 3;
                nodes.push(self.filter()?);
                continue;
            }
            if self.ahead("..") {
                self.at += 2;
                if nodes.last() == Some(&Node::Recursive) {
                    return Err("invalid multiple recursive descent".to_owned());
                }
                nodes.push(Node::Recursive);
                if self.peek().is_some_and(word) {
                    nodes.push(self.field());
                }
                continue;
            }
            match self.next() {
                None | Some('\n' | '\r') => return Err("unclosed action".to_owned()),
                Some('}') => return Ok(nodes),
                Some(' ' | '@' | '$') => {}
                Some('[') => nodes.push(self.array()?),
                Some(quote @ ('"' | '\'')) => nodes.push(self.quoted(quote)?),
                Some('.') => nodes.push(self.field()),
                Some(c) if c == '+' || c == '-' || c.is_ascii_digit() => {
                    self.at -= 1;
                    nodes.push(self.number()?);
                }
                Some(c) if word(c) => {
                    self.at -= 1;
                    let mut text = String::new();
                    while let Some(c) = self.peek().filter(|c| word(*c)) {
                        text.push(c);
                        self.at += 1;
                    }
                    nodes.push(match text.as_str() {
                        "true" => Node::Number(Value::Bool(true)),
                        "false" => Node::Number(Value::Bool(false)),
                        _ => Node::Word(text),
                    });
                }
                Some(c) => {
                    return Err(format!(
                        "unrecognized character in action: U+{:04X} '{c}'",
                        c as u32
                    ));
                }
            }
        }
    }

    fn field(&mut self) -> Node {
        let mut name = String::new();
        while let Some(c) = self.peek() {
            match c {
                '\\' => {
                    self.at += 1;
                    name.extend(self.next());
                    continue;
                }
                '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}' => break,
                c if c.is_whitespace() => break,
                c => name.push(c),
            }
            self.at += 1;
        }
        if name == "*" {
            Node::Wildcard
        } else {
            Node::Field(name)
        }
    }

    fn number(&mut self) -> Result<Node, String> {
        let mut text = String::new();
        if let Some(c) = self.peek().filter(|c| matches!(c, '+' | '-')) {
            text.push(c);
            self.at += 1;
        }
        while let Some(c) = self.peek().filter(|c| *c == '.' || c.is_ascii_digit()) {
            text.push(c);
            self.at += 1;
        }
        if let Ok(i) = text.parse::<i64>() {
            return Ok(Node::Number(Value::Int(i)));
        }
        if text.parse::<f64>().is_ok() {
            return Ok(Node::Number(Value::Number(text.into())));
        }
        Err(format!("cannot parse number {text}"))
    }

    fn quoted(&mut self, quote: char) -> Result<Node, String> {
        let mut text = String::new();
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated quoted string".to_owned()),
                Some(c) if c == quote => return Ok(Node::Text(text)),
                Some('\\') => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some(c @ ('u' | 'x')) => text.push(self.hex(if c == 'u' { 4 } else { 2 })?),
                    Some(c) => text.push(c),
                    None => return Err("unterminated quoted string".to_owned()),
                },
                Some(c) => text.push(c),
            }
        }
    }

    /// A character by its number.
    fn hex(&mut self, digits: usize) -> Result<char, String> {
        let end = (self.at + digits).min(self.chars.len());
        let text: String = self.chars[self.at..end].iter().collect();
        self.at = end;
        let code = u32::from_str_radix(&text, 16)
            .ok()
            .filter(|_| text.len() == digits);
        let shown = code.map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
        shown.ok_or_else(|| "invalid syntax".to_owned())
    }

    fn array(&mut self) -> Result<Node, String> {
        let mut text = String::new();
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated array".to_owned()),
                Some(']') => break,
                Some(c) => text.push(c),
            }
        }
        // A brace inside means that the bracket was never closed.
        let parts: Vec<&str> = text.split(',').collect();
        if parts.len() > 1 {
            let each = parts.iter().map(|p| element(p.trim()).map(|n| vec![n]));
            return Ok(Node::Union(each.collect::<Result<_, _>>()?));
        }
        element(&text)
    }

    fn filter(&mut self) -> Result<Node, String> {
        let mut text = String::new();
        let (mut open, mut quote) = (1, None);
        loop {
            let Some(c) = self.next().filter(|c| *c != '\n') else {
                return Err("unterminated filter".to_owned());
            };
            match (c, quote) {
                (c, Some(q)) if c == q => quote = None,
                ('"' | '\'', None) => quote = Some(c),
                ('(', None) => open += 1,
                (')', None) => open -= 1,
                _ => {}
            }
            if open == 0 {
                break;
            }
            text.push(c);
        }
        if self.next() != Some(']') {
            return Err("unclosed array expect ]".to_owned());
        }
        let (left, op, right) = split_comparison(&text);
        let depth = self.depth + 1;
        let side = |text: &str| -> Result<Vec<Node>, String> {
            let mut parsed = parse_within(&format!("{{{text}}}"), depth)?;
            match parsed.pop() {
                Some(Node::Action(nodes)) => Ok(nodes),
                _ => Ok(Vec::new()),
            }
        };
        Ok(Node::Filter {
            left: side(left)?,
            op: op.to_owned(),
            right: if op.is_empty() {
                Vec::new()
            } else {
                side(right.trim())?
            },
        })
    }
}

/// `left op right`; without an operator everything is left.
fn split_comparison(text: &str) -> (&str, &str, &str) {
    let operator = |c: char| matches!(c, '!' | '<' | '>' | '=');
    let Some(start) = text.find(operator).filter(|i| *i > 0) else {
        return (text, "", "");
    };
    let length = text[start..]
        .find(|c| !operator(c))
        .unwrap_or(text.len() - start);
    if start + length >= text.len() {
        return (text, "", "");
    }
    (
        &text[..start],
        &text[start..start + length],
        &text[start + length..],
    )
}

/// A quoted key is read as a path: dots in it part fields unless a backslash precedes them.
fn keyed(key: &str) -> Result<Node, String> {
    let mut fields = vec![String::new()];
    let mut chars = key.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => fields.last_mut().expect("never empty").extend(chars.next()),
            '.' => fields.push(String::new()),
            c => fields.last_mut().expect("never empty").push(c),
        }
    }
    let mut nodes: Vec<Node> = fields.into_iter().map(Node::Field).collect();
    Ok(if nodes.len() == 1 {
        nodes.remove(0)
    } else {
        Node::Union(vec![nodes])
    })
}

/// What stands in brackets: a quoted key, an index, a slice or `*`.
fn element(text: &str) -> Result<Node, String> {
    if text == "*" {
        return Ok(Node::Slice {
            from: None,
            to: None,
            step: None,
            index: false,
        });
    }
    let quoted = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\''));
    if let Some(key) = quoted.filter(|k| !k.contains('\'')) {
        return keyed(key);
    }
    let invalid = || format!("invalid array index {text}");
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 || text.is_empty() {
        return Err(invalid());
    }
    let mut numbers = [None; 3];
    for (number, part) in numbers.iter_mut().zip(&parts) {
        if !part.is_empty() {
            *number = Some(part.parse::<i64>().map_err(|_| invalid())?);
        }
    }
    Ok(Node::Slice {
        from: numbers[0],
        to: numbers[1],
        step: numbers[2],
        index: parts.len() == 1,
    })
}
