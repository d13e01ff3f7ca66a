//! A tree as Go prints it with `%v`: `map[a:1 b:[x y]]`.

use crate::k8s::Value;
use std::fmt::{self, Write};

/// The tree as Go's `%v` prints it: maps by key, texts without quotes.
pub fn go_text(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value).expect("a String takes everything");
    out
}

fn write(out: &mut String, value: &Value) -> fmt::Result {
    match value {
        Value::Null => out.write_str("<nil>"),
        Value::Bool(b) => write!(out, "{b}"),
        Value::Int(i) => write!(out, "{i}"),
        Value::Number(n) => out.write_str(n),
        Value::Str(s) => out.write_str(s),
        Value::List(items) => {
            out.write_char('[')?;
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.write_char(' ')?;
                }
                write(out, item)?;
            }
            out.write_char(']')
        }
        Value::Map(map) => {
            out.write_str("map[")?;
            for (i, (key, item)) in map.iter().enumerate() {
                if i > 0 {
                    out.write_char(' ')?;
                }
                write!(out, "{key}:")?;
                write(out, item)?;
            }
            out.write_char(']')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn prints_like_go() {
        let tree = value!({"b": ["x", 1, true, null], "a": {"k": {}, "l": []}});
        assert_eq!(
            go_text(&tree),
            "map[a:map[k:map[] l:[]] b:[x 1 true <nil>]]"
        );
    }
}
