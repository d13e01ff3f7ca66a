//! A file's text → its documents, as kubectl reads one.
//!
//! Upstream: apimachinery/pkg/util/yaml/decoder.go `YAMLOrJSONDecoder`, `YAMLReader`.

use crate::k8s::Value;
use crate::k8s::json::{self, JsonError};

/// One document that is not empty.
#[derive(Clone, PartialEq, Debug)]
pub struct Document {
    pub value: Value,
    /// Lines of the file before the document's own first line.
    pub lines_before: usize,
}

/// What a file holds: the documents before the first error, and that error.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Documents {
    pub documents: Vec<Document>,
    /// What kubectl prints after `error parsing FILE: `.
    pub error: Option<String>,
    /// Lines of the file before the document that has the error.
    pub error_lines_before: usize,
}

/// Reads the documents of a file up to the first error. Documents that hold nothing are left out.
pub fn documents(text: &str) -> Documents {
    let mut found = Documents::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (rest, json_error) = match json_documents(text, &mut found) {
        Json::Done => return found,
        Json::Yaml(rest, error) => (rest, error),
    };
    let documents_before = found.documents.len();
    let consumed = &text[..text.len() - rest.len()];
    let lines_before = consumed.bytes().filter(|b| *b == b'\n').count();
    yaml_documents(rest, lines_before, &mut found);
    // Neither JSON nor YAML: what began like JSON is judged as JSON.
    if found.error.is_some() && found.documents.len() == documents_before {
        found.error = json_error.or(found.error);
    }
    found
}

enum Json<'t> {
    Done,
    /// What is left to be read as YAML, and why it is not JSON, when it looked so.
    Yaml(&'t str, Option<String>),
}

/// Reads JSON values for as long as the text looks like them.
fn json_documents<'t>(text: &'t str, found: &mut Documents) -> Json<'t> {
    let mut rest = text;
    if !rest.trim_start().starts_with('{') {
        return Json::Yaml(rest, None);
    }
    loop {
        let consumed = &text[..text.len() - rest.len()];
        let lines_before = consumed.bytes().filter(|b| *b == b'\n').count();
        if rest.trim_start().is_empty() {
            return Json::Done;
        }
        match json::parse_prefix(rest) {
            Ok((value, end)) => {
                rest = &rest[end..];
                if !value.is_null() {
                    found.documents.push(Document {
                        value,
                        lines_before,
                    });
                }
            }
            Err(error) => {
                let sentence = sentence(&error, text.len() - rest.len());
                // After two values there is no doubt that this is JSON.
                if found.documents.len() > 1 {
                    found.error = Some(if error.cut_off {
                        sentence
                    } else {
                        error.message
                    });
                    found.error_lines_before = lines_before;
                    return Json::Done;
                }
                // Not quite JSON is often YAML.
                return Json::Yaml(after_line_end(rest), Some(sentence));
            }
        }
    }
}

/// What is printed about JSON that is no YAML either.
fn sentence(error: &JsonError, bytes_before: usize) -> String {
    if error.cut_off {
        return "unexpected EOF".to_owned();
    }
    let offset = bytes_before + error.offset + 1;
    format!("json: offset {offset}: {}", error.message)
}

/// Drops blanks up to and with the first line end.
fn after_line_end(text: &str) -> &str {
    let blanks = text
        .bytes()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'\r'))
        .count();
    let rest = &text[blanks..];
    rest.strip_prefix('\n').unwrap_or(rest)
}

fn yaml_documents(text: &str, lines_before: usize, found: &mut Documents) {
    let mut buffer = String::new();
    let mut start = lines_before;
    let mut line_number = lines_before;
    for line in text.split_terminator('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line_number += 1;
        if let Some(tail) = line.strip_prefix("---") {
            let tail = tail.trim();
            if !tail.is_empty() && !tail.starts_with('#') {
                found.error = Some(format!("invalid Yaml document separator: {tail}"));
                found.error_lines_before = line_number - 1;
                return;
            }
            if !buffer.is_empty() {
                if !document(&buffer, start, found) {
                    return;
                }
                buffer.clear();
                start = line_number;
                continue;
            }
        }
        if buffer.is_empty() {
            start = line_number - 1;
        }
        buffer.push_str(line);
        buffer.push('\n');
    }
    if !buffer.is_empty() {
        document(&buffer, start, found);
    }
}

/// Reads one document; false after an error.
fn document(text: &str, lines_before: usize, found: &mut Documents) -> bool {
    match super::parse(text) {
        Ok(Value::Null) => true,
        Ok(value) => {
            found.documents.push(Document {
                value,
                lines_before,
            });
            true
        }
        Err(sentence) => {
            found.error = Some(format!("error converting YAML to JSON: {sentence}"));
            found.error_lines_before = lines_before;
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitting() {
        for (text, want) in [
            ("", "[]"),
            ("\n\n", "[]"),
            ("# c\n", "[]"),
            ("---\n---\n", "[]"),
            ("null\n", "[]"),
            ("{}\n", "[0 {}]"),
            ("a: 1\n---\nb: 2\n", r#"[0 {"a":1}, 2 {"b":2}]"#),
            ("---\na: 1\n--- # x\nb: 2", r#"[0 {"a":1}, 3 {"b":2}]"#),
            (
                "---\n# one\n---\na: 1\n---\n---\n# end\n...\n",
                r#"[3 {"a":1}]"#,
            ),
            ("\u{feff}a: 1\r\nb: x\r\n", r#"[0 {"a":1,"b":"x"}]"#),
            ("{\"a\":1}\n{\"b\":2}\n", r#"[0 {"a":1}, 0 {"b":2}]"#),
            ("{\"a\":1,}\n", r#"[0 {"a":1}]"#),
            ("{'a': 'b'}\n", r#"[0 {"a":"b"}]"#),
            ("- a\n- 1\n", r#"[0 ["a",1]]"#),
            ("word\n", r#"[0 "word"]"#),
            ("a: 1\n...\nb: 2\n", r#"[0 {"a":1}]"#),
        ] {
            let found = documents(text);
            let shown: Vec<String> = found
                .documents
                .iter()
                .map(|d| format!("{} {}", d.lines_before, d.value))
                .collect();
            assert_eq!(format!("[{}]", shown.join(", ")), want, "{text:?}");
            assert_eq!(found.error, None, "{text:?}");
        }
    }

    #[test]
    fn errors_stop_the_file() {
        for (text, documents_before, want) in [
            (
                "a: 1\n----\nb: 2\n",
                0,
                "invalid Yaml document separator: -",
            ),
            (
                "a: 1\n---\nb: 2\n---x\n",
                1,
                "invalid Yaml document separator: x",
            ),
            ("{\"a\": {\"b\": 1", 0, "unexpected EOF"),
            (
                "{{ if x }}\na: 1\n",
                0,
                "json: offset 2: invalid character '{' looking for beginning of object key string",
            ),
            (
                "{\"a\":1}{\"b\":2} x",
                2,
                "invalid character 'x' looking for beginning of value",
            ),
            (
                "a: 1\n---\nb: 2\nm:\n\tname: x\n",
                1,
                "error converting YAML to JSON: yaml: line 3: found character that cannot start any token",
            ),
        ] {
            let found = documents(text);
            assert_eq!(found.documents.len(), documents_before, "{text:?}");
            assert_eq!(found.error.as_deref(), Some(want), "{text:?}");
        }
    }
}
