//! Value → YAML text, exactly as `kubectl -o yaml` prints it.
//!
//! Upstream: sigs.k8s.io/yaml `Marshal` and the emitter of go.yaml.in/yaml/v2 behind it.

use super::resolve;
use super::style::{self, Style};
use crate::k8s::order::InOrder;
use crate::k8s::{Map, Str, Value, number};
use std::cmp::Ordering;

/// Blanks may become line breaks beyond this column.
const WIDTH: usize = 80;

/// Longest key that stands before its colon without a question mark.
const SIMPLE_KEY_MAX: usize = 128;

/// Prints a document, with a line end.
pub fn print(value: &Value) -> String {
    let mut emitter = Emitter::default();
    emitter.node(value, None, Place::Top);
    emitter.out.push('\n');
    // A literal block has its own line end already.
    if emitter.at_line_start {
        emitter.out.pop();
    }
    emitter.out
}

/// Where a node stands; a list right under a key is not indented.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Item,
    Key,
    Value,
}

/// The emitter's view of the line it is on.
#[derive(Default)]
struct Emitter {
    out: String,
    column: usize,
    /// The last thing written was a blank or a line start.
    after_blank: bool,
    /// Only indentation and indicators stand on the line.
    indenting: bool,
    /// A block scalar ended the line.
    at_line_start: bool,
}

impl Emitter {
    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
        self.at_line_start = false;
    }

    fn put_all(&mut self, text: &str) {
        for c in text.chars() {
            self.put(c);
        }
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
        self.after_blank = true;
        self.indenting = true;
        self.at_line_start = true;
    }

    /// Goes to a column, on a new line unless only indentation stands before it.
    fn indent(&mut self, indent: usize) {
        let fresh = self.out.is_empty();
        let stays =
            self.indenting && (self.column < indent || (self.column == indent && self.after_blank));
        if !stays && !fresh && !self.at_line_start {
            self.line_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.after_blank = true;
        self.indenting = true;
    }

    /// Writes `-`, `:`, `?`, `[]`, …
    fn indicator(&mut self, text: &str, spaced: bool, keeps_indenting: bool) {
        if spaced && !self.after_blank && !self.out.is_empty() {
            self.put(' ');
        }
        self.put_all(text);
        self.after_blank = false;
        self.indenting = self.indenting && keeps_indenting;
    }

    /// Writes a node; `parent` is the column of the collection around it.
    fn node(&mut self, value: &Value, parent: Option<usize>, place: Place) {
        match value {
            Value::Null => self.plain("null"),
            Value::Bool(b) => self.plain(if *b { "true" } else { "false" }),
            Value::Int(i) => self.plain(&i.to_string()),
            Value::Number(n) => self.plain(&number::yaml_text(n)),
            Value::Str(s) => self.text(s, parent.map_or(2, |p| p + 2), place == Place::Key),
            Value::List(items) if items.is_empty() => self.indicator("[]", true, false),
            Value::Map(map) if map.is_empty() => self.indicator("{}", true, false),
            Value::List(items) => {
                let flush = place == Place::Value && !self.indenting;
                let column = match parent {
                    None => 0,
                    Some(parent) if flush => parent,
                    Some(parent) => parent + 2,
                };
                for item in items.iter() {
                    self.indent(column);
                    self.indicator("-", true, true);
                    self.node(item, Some(column), Place::Item);
                }
            }
            Value::Map(map) => self.mapping(map, parent.map_or(0, |p| p + 2)),
        }
    }

    fn mapping(&mut self, map: &Map, column: usize) {
        let mut fields: Vec<(&Str, &Value)> = map.iter().collect();
        fields.order_by(|a, b| key_order(a.0, b.0));
        for (key, value) in fields {
            self.indent(column);
            if key.len() <= SIMPLE_KEY_MAX && !style::has_break(key) {
                self.text(key, column + 2, true);
                self.indicator(":", false, false);
            } else {
                self.indicator("?", true, true);
                self.text(key, column + 2, false);
                self.indent(column);
                self.indicator(":", true, true);
            }
            self.node(value, Some(column), Place::Value);
        }
    }

    fn plain(&mut self, text: &str) {
        self.indicator(text, true, false);
    }

    /// Writes a text in the style that reads back as a text.
    fn text(&mut self, text: &str, indent: usize, simple_key: bool) {
        match style::of(text, resolve::is_text(text), simple_key) {
            Style::Plain => self.folded(text, indent, simple_key, |_| None),
            Style::Single => {
                self.indicator("'", true, false);
                self.single(text, indent, simple_key);
                self.indicator("'", false, false);
            }
            Style::Double => {
                self.indicator("\"", true, false);
                self.double(text, indent, simple_key);
                self.indicator("\"", false, false);
            }
            Style::Literal => self.literal(text, indent),
        }
    }

    /// Writes words and breaks the line at a single blank beyond the width.
    fn folded(
        &mut self,
        text: &str,
        indent: usize,
        simple_key: bool,
        escape: impl Fn(char) -> Option<&'static str>,
    ) {
        if !self.after_blank && !self.out.is_empty() {
            self.put(' ');
        }
        let chars: Vec<char> = text.chars().collect();
        self.words(&chars, indent, simple_key, &escape, 0);
    }

    fn single(&mut self, text: &str, indent: usize, simple_key: bool) {
        let chars: Vec<char> = text.chars().collect();
        let escape = |c: char| (c == '\'').then_some("''");
        self.words(&chars, indent, simple_key, &escape, 1);
    }

    /// The common loop of plain and single-quoted texts. `margin` is 1 where the first and the last
    /// character may not become a line break.
    fn words(
        &mut self,
        chars: &[char],
        indent: usize,
        simple_key: bool,
        escape: &impl Fn(char) -> Option<&'static str>,
        margin: usize,
    ) {
        let mut spaces = false;
        for (i, c) in chars.iter().enumerate() {
            if *c == ' ' {
                let inside = i >= margin && i + margin < chars.len();
                let breaks = !simple_key
                    && !spaces
                    && self.column > WIDTH
                    && inside
                    && chars.get(i + 1) != Some(&' ');
                if breaks {
                    self.indent(indent);
                } else {
                    self.put(' ');
                }
                spaces = true;
                continue;
            }
            match escape(*c) {
                Some(text) => self.put_all(text),
                None => self.put(*c),
            }
            self.indenting = false;
            self.after_blank = false;
            spaces = false;
        }
        self.after_blank = false;
        self.indenting = false;
    }

    fn double(&mut self, text: &str, indent: usize, simple_key: bool) {
        let chars: Vec<char> = text.chars().collect();
        // A byte order mark at the start makes the emitter escape all that follows.
        let all = chars.first() == Some(&'\u{feff}');
        let mut spaces = false;
        for (i, c) in chars.iter().enumerate() {
            if all || style::needs_escape(*c) {
                self.put_all(&style::escaped(*c));
                spaces = false;
            } else if *c == ' ' {
                let inside = i > 0 && i + 1 < chars.len();
                if !simple_key && !spaces && self.column > WIDTH && inside {
                    self.indent(indent);
                    if chars.get(i + 1) == Some(&' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(' ');
                }
                spaces = true;
            } else {
                self.put(*c);
                spaces = false;
            }
            self.indenting = false;
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.indicator("|", true, false);
        if text.starts_with([' ', '\n']) {
            self.put('2');
        }
        if !text.ends_with('\n') {
            self.put('-');
        } else if text == "\n" || text.ends_with("\n\n") {
            self.put('+');
        }
        self.line_break();
        let body = text.strip_suffix('\n');
        let last = body.is_some();
        for (i, line) in body.unwrap_or(text).split('\n').enumerate() {
            if i > 0 {
                self.line_break();
            }
            if !line.is_empty() {
                self.indent(indent);
                self.put_all(line);
                self.after_blank = false;
                self.indenting = false;
            }
        }
        if last {
            self.line_break();
        }
    }
}

/// The order of keys: numbers within names count as numbers, letters come after everything else.
///
/// Upstream: go.yaml.in/yaml/v2 sorter.go `keyList.Less`.
fn key_order(a: &str, b: &str) -> Ordering {
    let left: Vec<char> = a.chars().collect();
    let right: Vec<char> = b.chars().collect();
    let Some(i) = left.iter().zip(&right).position(|(l, r)| l != r) else {
        return left.len().cmp(&right.len());
    };
    let (l, r) = (left[i], right[i]);
    match (l.is_alphabetic(), r.is_alphabetic()) {
        (true, true) => return l.cmp(&r),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let digit = |c: &char| c.is_ascii_digit();
    let (mut left_number, mut right_number) = (0_u64, 0_u64);
    if l == '0' || r == '0' {
        let before = left[..i].iter().rev().take_while(|c| digit(c));
        if before.into_iter().any(|c| *c != '0') {
            (left_number, right_number) = (1, 1);
        }
    }
    let count = |chars: &[char], number: &mut u64| {
        let digits = chars[i..].iter().take_while(|c| digit(c));
        digits.fold(0_usize, |n, c| {
            let value = u64::from(c.to_digit(10).unwrap_or(0));
            *number = number.wrapping_mul(10).wrapping_add(value);
            n + 1
        })
    };
    let left_digits = count(&left, &mut left_number);
    let right_digits = count(&right, &mut right_number);
    left_number
        .cmp(&right_number)
        .then(left_digits.cmp(&right_digits))
        .then(l.cmp(&r))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::json;

    /// The YAML of these strings, keys, numbers and nestings was printed by kubectl.
    #[test]
    fn prints_as_kubectl_does() {
        let value = json::parse(include_str!("../../../tests/yaml/shapes.json")).expect("valid");
        let want = include_str!("../../../tests/yaml/shapes.yaml");
        let got = print(&value);
        for (want, got) in want.lines().zip(got.lines()) {
            assert_eq!(got, want);
        }
        assert_eq!(got, want);
    }
}
