//! `-o kyaml`: YAML in braces, everything quoted that could be misread.

use crate::console::args::quoted;
use crate::k8s::Value;

/// One document.
pub fn print(value: &Value) -> String {
    let mut out = "---\n".to_owned();
    write(value, 0, &mut out);
    out.push('\n');
    out
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Str(text) if text.contains('\n') => block(text, depth, out),
        Value::Str(text) => out.push_str(&quoted(text)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) => {
            out.push_str(&value.to_string());
        }
        Value::List(items) if items.is_empty() => out.push_str("[]"),
        Value::Map(map) if map.is_empty() => out.push_str("{}"),
        Value::List(items)
            if items
                .iter()
                .all(|i| matches!(i, Value::Map(_) | Value::List(_))) =>
        {
            // Lists of structures hug their braces.
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write(item, depth, out);
            }
            out.push(']');
        }
        Value::List(items) => {
            out.push_str("[\n");
            for item in items.iter() {
                indent(depth + 1, out);
                write(item, depth + 1, out);
                out.push_str(",\n");
            }
            indent(depth, out);
            out.push(']');
        }
        Value::Map(map) => {
            out.push_str("{\n");
            for (key, item) in map.iter() {
                indent(depth + 1, out);
                out.push_str(&self::key(key));
                out.push_str(": ");
                write(item, depth + 1, out);
                out.push_str(",\n");
            }
            indent(depth, out);
            out.push('}');
        }
    }
}

/// A text of several lines: each line on its own, escaped.
fn block(text: &str, depth: usize, out: &mut String) {
    out.push_str("\"\\\n");
    for line in text.split_inclusive('\n') {
        indent(depth + 1, out);
        let escaped = quoted(line);
        let inner = &escaped[1..escaped.len() - 1];
        out.push(if inner.starts_with(' ') { '\\' } else { ' ' });
        out.push_str(inner);
        out.push_str("\\\n");
    }
    indent(depth + 1, out);
    out.push('"');
}

/// A key stands bare when it can be nothing but a text.
fn key(text: &str) -> String {
    let first = text
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let rest = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
    );
    if first && rest && !word {
        text.to_owned()
    } else {
        quoted(text)
    }
}
