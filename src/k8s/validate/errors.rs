//! The list that validation fills: one entry a refused field, worded as the API server words it.

use super::Path;
use crate::k8s::Value;
use std::fmt;
use std::fmt::Write;

/// Why a field was refused: the `reason` of a cause in a `Status`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The field names something that does not exist.
    NotFound,
    /// The field must be given.
    Required,
    /// The field repeats another one that must be unique.
    Duplicate,
    /// The value breaks a rule.
    Invalid,
    /// The value is none of a closed list.
    NotSupported,
    /// The field may not be given here.
    Forbidden,
    /// The text is too long.
    TooLong,
    /// The list has too many elements.
    TooMany,
}

impl Reason {
    /// The name in `Status.details.causes[].reason`.
    pub fn name(self) -> &'static str {
        match self {
            Reason::NotFound => "FieldValueNotFound",
            Reason::Required => "FieldValueRequired",
            Reason::Duplicate => "FieldValueDuplicate",
            Reason::Invalid => "FieldValueInvalid",
            Reason::NotSupported => "FieldValueNotSupported",
            Reason::Forbidden => "FieldValueForbidden",
            Reason::TooLong => "FieldValueTooLong",
            Reason::TooMany => "FieldValueTooMany",
        }
    }

    /// How the message begins.
    fn title(self) -> &'static str {
        match self {
            Reason::NotFound => "Not found",
            Reason::Required => "Required value",
            Reason::Duplicate => "Duplicate value",
            Reason::Invalid => "Invalid value",
            Reason::NotSupported => "Unsupported value",
            Reason::Forbidden => "Forbidden",
            Reason::TooLong => "Too long",
            Reason::TooMany => "Too many",
        }
    }
}

/// One refused field. Prints as `path: body`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldError {
    /// `spec.template.spec.containers[0].image`
    pub path: String,
    pub reason: Reason,
    /// The message without the path, e.g. `Invalid value: -1: must be greater than or equal to 0`.
    pub body: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.body)
    }
}

/// A refused value as the message shows it.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// Printed in quotes.
    Text(&'a str),
    Int(i64),
    Bool(bool),
    /// JSON made by the caller.
    Json(&'a str),
    /// Any value of the object; texts in quotes, all else as JSON.
    Value(&'a Value),
}

impl<'a> From<&'a str> for Shown<'a> {
    fn from(text: &'a str) -> Self {
        Shown::Text(text)
    }
}

impl From<i64> for Shown<'_> {
    fn from(int: i64) -> Self {
        Shown::Int(int)
    }
}

impl<'a> From<&'a Value> for Shown<'a> {
    fn from(value: &'a Value) -> Self {
        Shown::Value(value)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shown::Text(text) => f.write_str(&quoted(text)),
            Shown::Int(int) => write!(f, "{int}"),
            Shown::Bool(bool) => write!(f, "{bool}"),
            Shown::Json(json) => f.write_str(json),
            Shown::Value(Value::Str(text)) => f.write_str(&quoted(text)),
            Shown::Value(value) => f.write_str(&json(value)),
        }
    }
}

/// The errors found so far, in the order in which they were found.
#[derive(Default)]
pub struct Errors {
    list: Vec<FieldError>,
}

impl Errors {
    /// The finished list. What two rules found in the same words is told once.
    pub fn into_list(self) -> Vec<FieldError> {
        let mut list: Vec<FieldError> = Vec::with_capacity(self.list.len());
        for error in self.list {
            if !list.contains(&error) {
                list.push(error);
            }
        }
        list
    }

    /// The messages as printed; for tests.
    #[cfg(test)]
    pub fn lines(&self) -> Vec<String> {
        self.list.iter().map(ToString::to_string).collect()
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    fn push(&mut self, at: &Path<'_>, reason: Reason, shown: Option<Shown<'_>>, detail: &str) {
        let mut body = reason.title().to_owned();
        if let Some(shown) = shown {
            let _ = write!(body, ": {shown}");
        }
        if !detail.is_empty() {
            body.push_str(": ");
            body.push_str(detail);
        }
        self.list.push(FieldError {
            path: at.to_string(),
            reason,
            body,
        });
    }

    pub fn invalid<'v>(&mut self, at: &Path<'_>, value: impl Into<Shown<'v>>, detail: &str) {
        self.push(at, Reason::Invalid, Some(value.into()), detail);
    }

    /// An invalid value that the message does not show.
    pub fn invalid_omitted(&mut self, at: &Path<'_>, detail: &str) {
        self.push(at, Reason::Invalid, None, detail);
    }

    /// One error for each sentence of a name check.
    pub fn invalid_each<'v, M: AsRef<str>>(
        &mut self,
        at: &Path<'_>,
        value: impl Into<Shown<'v>>,
        sentences: impl IntoIterator<Item = M>,
    ) {
        let value = value.into();
        for sentence in sentences {
            self.invalid(at, value, sentence.as_ref());
        }
    }

    pub fn required(&mut self, at: &Path<'_>, detail: &str) {
        self.push(at, Reason::Required, None, detail);
    }

    pub fn forbidden(&mut self, at: &Path<'_>, detail: &str) {
        self.push(at, Reason::Forbidden, None, detail);
    }

    pub fn duplicate<'v>(&mut self, at: &Path<'_>, value: impl Into<Shown<'v>>) {
        self.push(at, Reason::Duplicate, Some(value.into()), "");
    }

    /// A number that is given must not be below zero.
    pub fn non_negative(&mut self, at: &Path<'_>, value: &Value) {
        let number = value.as_i64().unwrap_or(0);
        if number < 0 {
            self.invalid(at, number, "must be greater than or equal to 0");
        }
    }

    /// A duplicate with a sentence behind the value.
    pub fn duplicate_detail<'v>(
        &mut self,
        at: &Path<'_>,
        value: impl Into<Shown<'v>>,
        detail: &str,
    ) {
        self.push(at, Reason::Duplicate, Some(value.into()), detail);
    }

    pub fn not_found<'v>(&mut self, at: &Path<'_>, value: impl Into<Shown<'v>>, detail: &str) {
        self.push(at, Reason::NotFound, Some(value.into()), detail);
    }

    /// The value is none of the supported ones, which are listed in the given order.
    pub fn not_supported<'v>(
        &mut self,
        at: &Path<'_>,
        value: impl Into<Shown<'v>>,
        supported: &[&str],
    ) {
        let mut detail = String::from("supported values: ");
        for (i, value) in supported.iter().enumerate() {
            if i > 0 {
                detail.push_str(", ");
            }
            detail.push_str(&quoted(value));
        }
        self.push(at, Reason::NotSupported, Some(value.into()), &detail);
    }

    pub fn too_long(&mut self, at: &Path<'_>, bytes_max: usize) {
        let unit = if bytes_max == 1 { "byte" } else { "bytes" };
        let detail = format!("may not be more than {bytes_max} {unit}");
        self.push(at, Reason::TooLong, None, &detail);
    }

    pub fn too_many(&mut self, at: &Path<'_>, len: usize, len_max: usize) {
        let unit = if len_max == 1 { "item" } else { "items" };
        let detail = format!("must have at most {len_max} {unit}");
        let len = i64::try_from(len).unwrap_or(i64::MAX);
        self.push(at, Reason::TooMany, Some(Shown::Int(len)), &detail);
    }
}

/// A text in double quotes with the escapes of Go's `%q`.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if c.is_ascii_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if c.is_control() || (c.is_whitespace() && c != ' ') || c == '\u{feff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Compact JSON as the API server prints it in messages: `<`, `>` and `&` are escaped.
pub fn json(value: &Value) -> String {
    let text = value.to_string();
    if text.contains(['<', '>', '&']) {
        text.replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn messages_have_the_servers_form() {
        let mut errors = Errors::default();
        let at = Path::root("a");
        errors.invalid(&at, "x\n\"", "bad");
        errors.invalid(&at, -1, "bad");
        errors.invalid(&at, &value!({"b": "<"}), "bad");
        errors.required(&at.child("b"), "");
        errors.not_supported(&at, "x", &["A", "B"]);
        errors.too_long(&at, 63);
        errors.too_many(&at, 21, 20);
        assert_eq!(
            errors.lines(),
            [
                "a: Invalid value: \"x\\n\\\"\": bad",
                "a: Invalid value: -1: bad",
                "a: Invalid value: {\"b\":\"\\u003c\"}: bad",
                "a.b: Required value",
                "a: Unsupported value: \"x\": supported values: \"A\", \"B\"",
                "a: Too long: may not be more than 63 bytes",
                "a: Too many: 21: must have at most 20 items",
            ]
        );
    }
}
