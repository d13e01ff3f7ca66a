//! The text form of label selectors.

use super::{Operator, Requirement};
use crate::k8s::names::qualified_name_errors;
use crate::k8s::{Str, Value};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Symbol,
    End,
}

#[derive(Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
}

impl Token<'_> {
    fn is(self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }
}

const SYMBOLS: &[char] = &['=', '!', '(', ')', ',', '>', '<'];

/// Upstream: apimachinery/pkg/labels/selector.go `Lexer`.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut rest = text.trim_start_matches([' ', '\t', '\r', '\n']);
    let mut tokens = Vec::new();
    while !rest.is_empty() {
        let (kind, length) = if rest.starts_with("==") || rest.starts_with("!=") {
            (Kind::Symbol, 2)
        } else if rest.starts_with(SYMBOLS) {
            (Kind::Symbol, 1)
        } else {
            let ends = |c: char| SYMBOLS.contains(&c) || matches!(c, ' ' | '\t' | '\r' | '\n');
            (Kind::Word, rest.find(ends).unwrap_or(rest.len()))
        };
        let (text, after) = rest.split_at(length);
        tokens.push(Token { kind, text });
        rest = after.trim_start_matches([' ', '\t', '\r', '\n']);
    }
    tokens
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
}

/// Upstream: apimachinery/pkg/labels/selector.go `Parser.parse`.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, String> {
    let mut parser = Parser {
        tokens: tokens(text),
        next: 0,
    };
    let mut requirements = Vec::new();
    loop {
        let first = parser.peek();
        if first.kind == Kind::End {
            return Ok(requirements);
        }
        if !starts_requirement(first) {
            return Err(format!(
                "found '{}', expected: !, identifier, or 'end of string'",
                first.text
            ));
        }
        let requirement = parser.requirement();
        requirements.push(requirement.map_err(|e| format!("unable to parse requirement: {e}"))?);
        let after = parser.take();
        if after.kind == Kind::End {
            return Ok(requirements);
        }
        if !after.is(",") {
            return Err(format!(
                "found '{}', expected: ',' or 'end of string'",
                after.text
            ));
        }
        let next = parser.peek();
        if !starts_requirement(next) {
            return Err(format!(
                "found '{}', expected: identifier after ','",
                next.text
            ));
        }
    }
}

fn starts_requirement(token: Token<'_>) -> bool {
    token.kind == Kind::Word || token.is("!")
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token<'a> {
        let end = Token {
            kind: Kind::End,
            text: "",
        };
        self.tokens.get(self.next).copied().unwrap_or(end)
    }

    fn take(&mut self) -> Token<'a> {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn word(&mut self) -> Result<&'a str, String> {
        let token = self.take();
        if token.kind == Kind::Word {
            Ok(token.text)
        } else {
            Err(format!("found '{}', expected: identifier", token.text))
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let negated = self.peek().is("!");
        if negated {
            self.next += 1;
        }
        let key = self.word()?;
        let errors = qualified_name_errors(key);
        if !errors.is_empty() {
            // The parser has no path for the key, and that is how the server prints it.
            let (key, detail) = (Value::str(key), errors.join("; "));
            return Err(format!("<nil>: Invalid value: {key}: {detail}"));
        }
        if negated {
            return Requirement::new(key, Operator::DoesNotExist, []);
        }
        if self.at_end() {
            return Requirement::new(key, Operator::Exists, []);
        }
        let operator = self.operator()?;
        let values = if matches!(operator, Operator::In | Operator::NotIn) {
            self.values()?
        } else if self.at_end() {
            vec![Str::default()]
        } else {
            vec![Str::new(self.word()?)]
        };
        Requirement::new(key, operator, values)
    }

    fn at_end(&self) -> bool {
        let token = self.peek();
        token.kind == Kind::End || token.is(",")
    }

    fn operator(&mut self) -> Result<Operator, String> {
        let token = self.take();
        Ok(match token.text {
            "in" => Operator::In,
            "notin" => Operator::NotIn,
            "=" => Operator::Equals,
            "==" => Operator::DoubleEquals,
            "!=" => Operator::NotEquals,
            ">" => Operator::GreaterThan,
            "<" => Operator::LessThan,
            other => {
                return Err(format!(
                    "found '{other}', expected: in, notin, =, ==, !=, gt, lt"
                ));
            }
        })
    }

    /// `(a,b)`; an empty list and empty places in it stand for the empty value.
    fn values(&mut self) -> Result<Vec<Str>, String> {
        let open = self.take();
        if !open.is("(") {
            return Err(format!("found '{}' expected: '('", open.text));
        }
        let first = self.peek();
        if first.is(")") {
            self.next += 1;
            return Ok(vec![Str::default()]);
        }
        if first.kind != Kind::Word && !first.is(",") {
            return Err(format!(
                "found '{}', expected: ',', ')' or identifier",
                first.text
            ));
        }
        let values = self.list()?;
        // The list stops before the closing parenthesis.
        self.next += 1;
        Ok(values)
    }

    /// Upstream: apimachinery/pkg/labels/selector.go `parseIdentifiersList`.
    fn list(&mut self) -> Result<Vec<Str>, String> {
        let mut values = Vec::new();
        loop {
            let token = self.take();
            if token.kind == Kind::Word {
                values.push(Str::new(token.text));
                let next = self.peek();
                if next.is(")") {
                    return Ok(values);
                }
                if !next.is(",") {
                    return Err(format!("found '{}', expected: ',' or ')'", next.text));
                }
            } else if token.is(",") {
                if values.is_empty() {
                    values.push(Str::default());
                }
                let next = self.peek();
                if next.is(")") {
                    values.push(Str::default());
                    return Ok(values);
                }
                if next.is(",") {
                    self.next += 1;
                    values.push(Str::default());
                }
            } else {
                return Err(format!(
                    "found '{}', expected: ',', or identifier",
                    token.text
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::k8s::selector::Selector;

    #[test]
    fn forms() {
        for (text, want) in [
            ("", ""),
            ("disk", "disk"),
            ("!disk", "!disk"),
            ("! disk", "!disk"),
            ("disk=ssd", "disk=ssd"),
            ("disk == ssd", "disk==ssd"),
            ("disk!=ssd", "disk!=ssd"),
            ("gpu=", "gpu="),
            ("gpu=,disk", "disk,gpu="),
            ("disk in (ssd, hdd),zone=a", "disk in (hdd,ssd),zone=a"),
            ("disk notin (ssd)", "disk notin (ssd)"),
            ("disk in ()", "disk in ()"),
            ("disk in (,a)", "disk in (,a)"),
            ("disk in (a,)", "disk in (,a)"),
            ("disk in (a,,b)", "disk in (,a,b)"),
            ("ring>5", "ring>5"),
            ("ring < 5", "ring<5"),
            ("in=notin", "in=notin"),
            ("in", "in"),
        ] {
            let selector = Selector::parse(text).map(|s| s.to_string());
            assert_eq!(selector.as_deref(), Ok(want), "{text}");
        }
    }

    #[test]
    fn errors() {
        for (text, want) in [
            (
                "disk = ssd nvme",
                "found 'nvme', expected: ',' or 'end of string'",
            ),
            (
                "disk in ssd",
                "unable to parse requirement: found 'ssd' expected: '('",
            ),
            (
                "disk in (ssd",
                "unable to parse requirement: found '', expected: ',' or ')'",
            ),
            (
                "disk is ssd",
                "unable to parse requirement: found 'is', expected: in, notin, =, ==, !=, gt, lt",
            ),
            ("disk=a=b", "found '=', expected: ',' or 'end of string'"),
            (
                "my disk=ssd",
                "unable to parse requirement: found 'disk', expected: in, notin, =, ==, !=, gt, lt",
            ),
            (
                "=ssd",
                "found '=', expected: !, identifier, or 'end of string'",
            ),
            (
                ",",
                "found ',', expected: !, identifier, or 'end of string'",
            ),
            ("disk,", "found '', expected: identifier after ','"),
            ("!disk=ssd", "found '=', expected: ',' or 'end of string'"),
            (
                "!",
                "unable to parse requirement: found '', expected: identifier",
            ),
            (
                "disk>ssd",
                "unable to parse requirement: values[0]: Invalid value: \"ssd\": for 'Gt', 'Lt' operators, the value must be an integer",
            ),
            (
                "disk=>1",
                "unable to parse requirement: found '>', expected: identifier",
            ),
            (
                "disk in (=)",
                "unable to parse requirement: found '=', expected: ',', ')' or identifier",
            ),
        ] {
            assert_eq!(Selector::parse(text), Err(want.to_owned()), "{text}");
        }
        let long = "v".repeat(64);
        assert_eq!(
            Selector::parse(&format!("disk={long}")),
            Err(format!(
                "unable to parse requirement: values[0][disk]: Invalid value: \"{long}\": must be no more than 63 bytes"
            ))
        );
        let key = Selector::parse("Example.com/x=y").expect_err("a wrong prefix");
        assert!(key.starts_with("unable to parse requirement: <nil>: Invalid value: \"Example.com/x\": prefix part a lowercase"));
    }
}
