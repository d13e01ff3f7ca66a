//! Words: quotes, variables, `$(…)`.

use super::parse::{Parser, parse};
use super::{ParseError, Part, Word};

impl Parser {
    pub(super) fn word(&mut self) -> Result<Word, ParseError> {
        let mut parts = Vec::new();
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\n' | '\r' | ';' | '|' | '&' | '<' | '>' | '(' | ')' => break,
                '\'' => {
                    self.at += 1;
                    parts.push(Part::Quoted(self.until('\'')?));
                }
                '"' => {
                    self.at += 1;
                    self.double(&mut parts)?;
                }
                '\\' => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') => {}
                        Some(c) => parts.push(Part::Quoted(c.to_string())),
                        None => push_text(&mut parts, '\\'),
                    }
                }
                '$' => {
                    self.at += 1;
                    self.dollar(false, &mut parts)?;
                }
                '`' => {
                    self.at += 1;
                    let inner = self.until('`')?;
                    let script = self.nested(|p| {
                        let script = parse(&inner)?;
                        p.commands += script.items.len();
                        Ok(script)
                    })?;
                    parts.push(Part::Output {
                        script,
                        quoted: false,
                    });
                }
                c => {
                    self.at += 1;
                    match parts.last_mut() {
                        Some(Part::Text(text)) => text.push(c),
                        _ => parts.push(Part::Text(c.to_string())),
                    }
                }
            }
        }
        Ok(Word { parts })
    }

    fn until(&mut self, end: char) -> Result<String, ParseError> {
        let mut text = String::new();
        while let Some(c) = self.next() {
            if c == end {
                return Ok(text);
            }
            text.push(c);
        }
        Err(ParseError::Open(if end == '`' { "`" } else { "'" }))
    }

    fn double(&mut self, parts: &mut Vec<Part>) -> Result<(), ParseError> {
        parts.push(Part::Quoted(String::new()));
        while let Some(c) = self.next() {
            match c {
                '"' => return Ok(()),
                '\\' => match self.next() {
                    Some(c @ ('"' | '\\' | '$' | '`')) => push_text(parts, c),
                    Some('\n') => {}
                    Some(c) => {
                        push_text(parts, '\\');
                        push_text(parts, c);
                    }
                    None => break,
                },
                '$' => self.dollar(true, parts)?,
                c => push_text(parts, c),
            }
        }
        Err(ParseError::Open("\""))
    }

    /// What follows a `$`.
    pub(super) fn dollar(&mut self, quoted: bool, parts: &mut Vec<Part>) -> Result<(), ParseError> {
        match self.peek() {
            Some('(') if self.second() == Some('(') => {
                self.at += 2;
                let word = self.arithmetic("))")?;
                parts.push(Part::Arithmetic(word));
                Ok(())
            }
            Some('(') => {
                self.at += 1;
                let script = self.nested(|p| p.list(&[")"]))?;
                if self.next() != Some(')') {
                    return Err(ParseError::Open(")"));
                }
                parts.push(Part::Output { script, quoted });
                Ok(())
            }
            Some('{') => {
                self.at += 1;
                let name = self.until_brace()?;
                parts.push(Part::Variable { name, quoted });
                Ok(())
            }
            Some('\'') if !quoted => {
                self.at += 1;
                self.escaped(parts)
            }
            Some(c @ ('?' | '#' | '@' | '0'..='9')) => {
                self.at += 1;
                let name = c.to_string();
                parts.push(Part::Variable { name, quoted });
                Ok(())
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let name = self.name();
                parts.push(Part::Variable { name, quoted });
                Ok(())
            }
            _ => {
                if quoted {
                    push_text(parts, '$');
                } else {
                    match parts.last_mut() {
                        Some(Part::Text(text)) => text.push('$'),
                        _ => parts.push(Part::Text("$".to_owned())),
                    }
                }
                Ok(())
            }
        }
    }

    fn until_brace(&mut self) -> Result<String, ParseError> {
        let mut text = String::new();
        while let Some(c) = self.next() {
            if c == '}' {
                return Ok(text);
            }
            text.push(c);
        }
        Err(ParseError::Open("}"))
    }

    /// `$'…'`
    fn escaped(&mut self, parts: &mut Vec<Part>) -> Result<(), ParseError> {
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                '\'' => {
                    parts.push(Part::Quoted(text));
                    return Ok(());
                }
                '\\' => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some(c) => text.push(c),
                    None => break,
                },
                c => text.push(c),
            }
        }
        Err(ParseError::Open("'"))
    }
}

/// Adds a character to quoted text.
pub(super) fn push_text(parts: &mut Vec<Part>, c: char) {
    match parts.last_mut() {
        Some(Part::Quoted(text)) => text.push(c),
        _ => parts.push(Part::Quoted(c.to_string())),
    }
}
