//! kubectl's JSONPath templates.
//!
//! Upstream: client-go/util/jsonpath.

mod eval;
mod parse;

pub use eval::{find, find_or, print};
pub use parse::parse;

use crate::k8s::Value;

/// A template: text and actions in turn.
pub type Template = Vec<Node>;

/// What a key means that is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    /// It gives nothing.
    Nothing,
    /// It is an error.
    Refused,
}

/// One piece of a template or of a path.
#[derive(Clone, PartialEq, Debug)]
pub enum Node {
    Text(String),
    /// `{…}`
    Action(Vec<Node>),
    Field(String),
    /// `[from:to:step]`; a single index is marked.
    Slice {
        from: Option<i64>,
        to: Option<i64>,
        step: Option<i64>,
        index: bool,
    },
    Wildcard,
    Recursive,
    Union(Vec<Vec<Node>>),
    /// `[?(left op right)]`; an empty operator asks whether left is there.
    Filter {
        left: Vec<Node>,
        op: String,
        right: Vec<Node>,
    },
    /// `range`, `end`
    Word(String),
    Number(Value),
}

/// A path as custom columns and `--sort-by` take it: with or without braces and leading dot.
///
/// Upstream: kubectl/pkg/cmd/get/customcolumn.go `RelaxedJSONPathExpression`.
pub fn relaxed(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let inner = text
        .strip_prefix('{')
        .and_then(|t| t.strip_suffix('}'))
        .unwrap_or(text);
    let inner = inner.strip_prefix('.').unwrap_or(inner);
    if inner.is_empty() || inner.contains(['{', '}']) {
        return Err(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or \
             '{.name1.name2}'"
                .to_owned(),
        );
    }
    Ok(format!("{{.{inner}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn run(template: &str) -> Result<String, String> {
        let object = value!({
            "items": [
                {"metadata": {"name": "a", "labels": {"x.y/z": "1"}}, "n": 3},
                {"metadata": {"name": "b"}, "n": 5, "on": true},
            ],
        });
        print(&parse(template)?, &object, Missing::Nothing)
    }

    #[test]
    fn templates() {
        let rows: &[(&str, &str)] = &[
            ("{.items[*].metadata.name}", "a b"),
            (
                "{range .items[*]}{.metadata.name}={.n}{\"\\n\"}{end}",
                "a=3\nb=5\n",
            ),
            ("{.items[-1].metadata.name}", "b"),
            ("{.items[0:1].n}", "3"),
            ("{.items[?(@.on)].metadata.name}", "b"),
            ("{.items[?(@.metadata.name==\"a\")].n}", "3"),
            ("{.items[?(@.n>3)].n}", "5"),
            ("{.items[0].metadata.labels.x\\.y/z}", "1"),
            ("{.items[0].metadata.labels['x\\.y/z']}", "1"),
            ("{.items[0].metadata.labels['x.y/z']}", ""),
            (
                "{.items[0].metadata}",
                "{\"labels\":{\"x.y/z\":\"1\"},\"name\":\"a\"}",
            ),
            ("{..name}", "a b"),
            ("{.nothing.at.all}x", "x"),
            ("{.items[*]['n','on']}", "3 5 true"),
            ("plain", "plain"),
            ("{range .items[*]}{.n}", "35"),
        ];
        for (template, want) in rows {
            assert_eq!(run(template).as_deref(), Ok(*want), "{template}");
        }
    }

    #[test]
    fn errors() {
        let rows = [
            ("{.items[}", "unterminated array"),
            ("{.items", "unclosed action"),
            (
                "{.items[9].n}",
                "array index out of bounds: index 9, length 2",
            ),
            ("{.items[x]}", "invalid array index x"),
            ("{.items[?(@.n==3}", "unterminated filter"),
            ("{'x}", "unterminated quoted string"),
        ];
        for (template, want) in rows {
            assert_eq!(run(template).unwrap_err(), want, "{template}");
        }
    }
}
