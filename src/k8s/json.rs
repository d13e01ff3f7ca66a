//! JSON text: parsed with the sentences of Go's decoder, printed as the client and the server print it.

use super::{Map, Str, Value, number};
use std::fmt;

/// Nesting beyond this is refused, so that no document can exhaust the stack.
pub const DEPTH_MAX: usize = 256;

/// Why a text is no JSON, in the words of Go's decoder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonError {
    pub message: String,
    /// Bytes before the fault.
    pub offset: usize,
    /// The text ended too early.
    pub cut_off: bool,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for JsonError {}

/// Parses a text that holds one value and nothing else.
///
/// Upstream: Go's encoding/json `Unmarshal`.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    parse_noting(text).map(|(value, _)| value)
}

/// The same; also tells the paths of keys that stand twice in one object.
///
/// Upstream: sigs.k8s.io/json `UnmarshalStrict`
pub fn parse_noting(text: &str) -> Result<(Value, Vec<String>), JsonError> {
    let mut parser = Parser::of(text);
    let value = parser.value(0)?;
    match parser.peek_token() {
        None => Ok((value, parser.doubled)),
        Some(_) => Err(parser.unexpected("after top-level value")),
    }
}

/// Parses the first value of a text; also returns where it ends.
///
/// Upstream: Go's encoding/json `Decoder.Decode`.
pub fn parse_prefix(text: &str) -> Result<(Value, usize), JsonError> {
    let mut parser = Parser::of(text);
    let value = parser.value(0)?;
    Ok((value, parser.at))
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// Paths of keys that stand twice in one object.
    doubled: Vec<String>,
}

impl<'a> Parser<'a> {
    fn of(text: &'a str) -> Self {
        let (at, doubled) = (0, Vec::new());
        Self { text, at, doubled }
    }

    /// What was doubled from the `first` on lies under this step.
    fn under(&mut self, first: usize, step: &str) {
        for path in self.doubled.iter_mut().skip(first) {
            let dot = if path.starts_with('[') { "" } else { "." };
            *path = format!("{step}{dot}{path}");
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank.
    fn peek_token(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.byte()
    }

    /// The sentence about the byte at hand.
    fn unexpected(&self, context: &str) -> JsonError {
        let Some(byte) = self.byte() else {
            return JsonError {
                message: "unexpected end of JSON input".to_owned(),
                offset: self.at,
                cut_off: true,
            };
        };
        JsonError {
            message: format!("invalid character {} {context}", quote_char(byte)),
            offset: self.at,
            cut_off: false,
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        if depth > DEPTH_MAX {
            return Err(JsonError {
                message: "exceeded max depth".to_owned(),
                offset: self.at,
                cut_off: false,
            });
        }
        match self.peek_token() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(|s| Value::str(&s)),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut map = Map::new();
        if self.peek_token() == Some(b'}') {
            self.at += 1;
            return Ok(Value::from(map));
        }
        loop {
            if self.peek_token() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            if self.peek_token() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.at += 1;
            let first = self.doubled.len();
            let value = self.value(depth + 1)?;
            self.under(first, &key);
            let again = map.get(&key).is_some();
            map.insert(Str::new(&key), value);
            self.doubled.extend(again.then_some(key));
            match self.peek_token() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::from(map));
                }
                _ => return Err(self.unexpected("after object key:value pair")),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        if self.peek_token() == Some(b']') {
            self.at += 1;
            return Ok(Value::from(items));
        }
        loop {
            let first = self.doubled.len();
            items.push(self.value(depth + 1)?);
            self.under(first, &format!("[{}]", items.len() - 1));
            match self.peek_token() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::from(items));
                }
                _ => return Err(self.unexpected("after array element")),
            }
        }
    }

    fn literal(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        for expected in word.bytes() {
            if self.byte() != Some(expected) {
                let expected = char::from(expected);
                return Err(self.unexpected(&format!("in literal {word} (expecting '{expected}')")));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn digits(&mut self) {
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self, context: &str) -> Result<(), JsonError> {
        if !matches!(self.byte(), Some(b'0'..=b'9')) {
            return Err(self.unexpected(context));
        }
        self.digits();
        Ok(())
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.some_digits("in numeric literal")?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.some_digits("after decimal point in numeric literal")?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits("in exponent of numeric literal")?;
        }
        Ok(number::from_json(&self.text[start..self.at]))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let plain = self.text[self.at..]
                .bytes()
                .take_while(|b| *b >= b' ' && *b != b'"' && *b != b'\\')
                .count();
            text.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                _ => return Err(self.unexpected("in string literal")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let c = match self.byte() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.at += 1;
        Ok(c)
    }

    /// Four hexadecimal digits, or two times four for a surrogate pair; a lone surrogate reads as U+FFFD.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let first = self.hex4()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        if first < 0xDC00 && self.text[self.at..].starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hex4()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|b| char::from(b).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.unexpected("in \\u hexadecimal character escape"));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// Upstream: Go's encoding/json `quoteChar`; bytes stand for the characters of their number.
fn quote_char(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        b'\\' => r"'\\'".to_owned(),
        b'\n' => r"'\n'".to_owned(),
        b'\r' => r"'\r'".to_owned(),
        b'\t' => r"'\t'".to_owned(),
        0x07 => r"'\a'".to_owned(),
        0x08 => r"'\b'".to_owned(),
        0x0b => r"'\v'".to_owned(),
        0x0c => r"'\f'".to_owned(),
        0..=0x1f | 0x7f => format!("'\\x{byte:02x}'"),
        0x80..=0xa0 | 0xad => format!("'\\u00{byte:02x}'"),
        _ => format!("'{}'", char::from(byte)),
    }
}

/// One line, as Go marshals: `<`, `>` and `&` escaped.
pub fn compact(value: &Value) -> String {
    let mut out = String::new();
    write_compact(&mut out, value);
    out
}

/// Indented by four blanks, as `-o json` prints, without a line end.
pub fn indented(value: &Value) -> String {
    let mut out = String::new();
    write_indented(&mut out, value, 0);
    out
}

/// A text in quotes, as Go marshals it.
pub fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_text(&mut out, text);
    out
}

fn write_scalar(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(i) => out.push_str(&i.to_string()),
        Value::Number(n) => out.push_str(n),
        Value::Str(s) => write_text(out, s),
        Value::List(_) => out.push_str("[]"),
        Value::Map(_) => out.push_str("{}"),
    }
}

fn write_text(out: &mut String, text: &str) {
    let start = out.len();
    super::value::write_json_str(out, text).expect("a string takes every text");
    if out[start..].contains(['<', '>', '&']) {
        let escaped = out[start..]
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026");
        out.truncate(start);
        out.push_str(&escaped);
    }
}

fn write_compact(out: &mut String, value: &Value) {
    match value {
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_compact(out, item);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (i, (key, item)) in map.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_text(out, key);
                out.push(':');
                write_compact(out, item);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {
            write_scalar(out, value);
        }
    }
}

fn write_indented(out: &mut String, value: &Value, level: usize) {
    let line = |out: &mut String, level: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("    ", level));
    };
    match value {
        Value::List(items) if !items.is_empty() => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                line(out, level + 1);
                write_indented(out, item, level + 1);
            }
            line(out, level);
            out.push(']');
        }
        Value::Map(map) if !map.is_empty() => {
            out.push('{');
            for (i, (key, item)) in map.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                line(out, level + 1);
                write_text(out, key);
                out.push_str(": ");
                write_indented(out, item, level + 1);
            }
            line(out, level);
            out.push('}');
        }
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Number(_)
        | Value::Str(_)
        | Value::List(_)
        | Value::Map(_) => write_scalar(out, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn errors() {
        for (text, want) in [
            ("", "unexpected end of JSON input"),
            ("{", "unexpected end of JSON input"),
            ("}", "invalid character '}' looking for beginning of value"),
            (
                "{'a': 1}",
                r"invalid character '\'' looking for beginning of object key string",
            ),
            (
                r#"{"a":1,}"#,
                "invalid character '}' looking for beginning of object key string",
            ),
            (r#"{"a" 1}"#, "invalid character '1' after object key"),
            (
                r#"{"a":1 "b":2}"#,
                "invalid character '\"' after object key:value pair",
            ),
            ("[1 2]", "invalid character '2' after array element"),
            (
                "[1,]",
                "invalid character ']' looking for beginning of value",
            ),
            ("1 2", "invalid character '2' after top-level value"),
            ("01", "invalid character '1' after top-level value"),
            ("-a", "invalid character 'a' in numeric literal"),
            (
                "1.x",
                "invalid character 'x' after decimal point in numeric literal",
            ),
            (
                "1ex",
                "invalid character 'x' in exponent of numeric literal",
            ),
            (
                "trux",
                "invalid character 'x' in literal true (expecting 'e')",
            ),
            ("\"a\nb\"", r"invalid character '\n' in string literal"),
            (r#""\q""#, "invalid character 'q' in string escape code"),
            (
                r#""\u12x4""#,
                r"invalid character 'x' in \u hexadecimal character escape",
            ),
            ("é", "invalid character 'Ã' looking for beginning of value"),
        ] {
            assert_eq!(
                parse(text).map_err(|e| e.message),
                Err(want.to_owned()),
                "{text}"
            );
        }
        let deep = "[".repeat(100_000);
        assert_eq!(
            parse(&deep).map_err(|e| e.message),
            Err("exceeded max depth".to_owned())
        );
    }

    #[test]
    fn round_trips() {
        let text =
            r#"{"a":[1,-2,1.5,true,false,null,[],{}],"b":{"c":"x\n\"\\\u003c\u003e\u0026é"}}"#;
        let value = parse(text).expect("valid");
        assert_eq!(compact(&value), text);
        assert_eq!(parse(&indented(&value)), Ok(value));
        let escaped = parse(r#""\ud83d\ude00\ud83dx\/""#).expect("valid");
        assert_eq!(escaped, value!("😀\u{fffd}x/"));
    }

    #[test]
    fn indents_by_four() {
        let value = value!({"a": {"b": [1, {}]}, "c": []});
        assert_eq!(
            indented(&value),
            "{\n    \"a\": {\n        \"b\": [\n            1,\n            {}\n        ]\n    },\n    \"c\": []\n}"
        );
    }

    #[test]
    fn prefix() {
        assert_eq!(parse_prefix(" {\"a\":1} x"), Ok((value!({"a": 1}), 8)));
    }
}
