//! Field selectors: `spec.nodeName=worker01,metadata.namespace!=default`.

use crate::k8s::order::InOrder;
use std::fmt;

/// All requirements must hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FieldSelector {
    /// In the order in which the server looks at them: by their text.
    pub requirements: Vec<FieldRequirement>,
}

/// One comparison of a field with a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldRequirement {
    pub field: String,
    /// False for `!=`.
    pub equal: bool,
    pub value: String,
}

impl FieldSelector {
    /// Parses the text of `--field-selector`; the error is the server's sentence.
    ///
    /// Upstream: apimachinery/pkg/fields/selector.go `ParseSelector`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut terms = split_terms(text);
        terms.order();
        let mut requirements = Vec::new();
        for term in terms.into_iter().filter(|t| !t.is_empty()) {
            let Some((field, equal, value)) = split_term(term) else {
                return Err(format!(
                    "invalid selector: '{text}'; can't understand '{term}'"
                ));
            };
            requirements.push(FieldRequirement {
                field: field.to_owned(),
                equal,
                value: unescape(value)?,
            });
        }
        Ok(Self { requirements })
    }

    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Compares with an object's fields; an unknown field reads as the empty text.
    pub fn matches<'a>(&self, field: impl Fn(&str) -> &'a str) -> bool {
        self.requirements
            .iter()
            .all(|r| (field(&r.field) == r.value) == r.equal)
    }
}

impl fmt::Display for FieldSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, r) in self.requirements.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            let operator = if r.equal { "=" } else { "!=" };
            write!(f, "{comma}{}{operator}{}", r.field, escape(&r.value))?;
        }
        Ok(())
    }
}

/// Cuts at commas that no backslash protects.
fn split_terms(text: &str) -> Vec<&str> {
    let (mut terms, mut start, mut escaped) = (Vec::new(), 0, false);
    for (i, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == ',' {
            terms.push(&text[start..i]);
            start = i + 1;
        }
    }
    terms.push(&text[start..]);
    terms
}

/// The field, whether it must be equal, and the value.
fn split_term(term: &str) -> Option<(&str, bool, &str)> {
    let at = term
        .char_indices()
        .map(|(i, _)| i)
        .find(|i| term[*i..].starts_with('=') || term[*i..].starts_with("!="))?;
    let (field, rest) = term.split_at(at);
    ["!=", "==", "="].into_iter().find_map(|op| {
        rest.strip_prefix(op)
            .map(|value| (field, op != "!=", value))
    })
}

/// Upstream: apimachinery/pkg/fields/selector.go `UnescapeValue`.
fn unescape(text: &str) -> Result<String, String> {
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('\\' | ',' | '=')) => value.push(c),
                Some(c) => {
                    return Err(format!(
                        "invalid field selector: invalid escape sequence: \\{c}"
                    ));
                }
                None => {
                    return Err("invalid field selector: invalid escape sequence: \\".to_owned());
                }
            },
            ',' | '=' => {
                return Err(format!(
                    "invalid field selector: unescaped character in value: {}",
                    u32::from(c)
                ));
            }
            c => value.push(c),
        }
    }
    Ok(value)
}

fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | ',' | '=') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (text, want) in [
            ("", ""),
            ("spec.nodeName=w1", "spec.nodeName=w1"),
            ("spec.nodeName==w1", "spec.nodeName=w1"),
            ("b!=2,a=1", "a=1,b!=2"),
            ("a=", "a="),
            (r"a=x\,y", r"a=x\,y"),
        ] {
            let selector = FieldSelector::parse(text).map(|s| s.to_string());
            assert_eq!(selector.as_deref(), Ok(want), "{text}");
        }
        assert_eq!(
            FieldSelector::parse("spec.nodeName in (w)"),
            Err(
                "invalid selector: 'spec.nodeName in (w)'; can't understand 'spec.nodeName in (w)'"
                    .to_owned()
            )
        );
        assert!(FieldSelector::parse(r"a=\x").is_err());
    }

    #[test]
    fn matching() {
        let selector = FieldSelector::parse("a=1,b!=2").expect("valid");
        let with = |a: &'static str, b: &'static str| {
            selector.matches(|field| match field {
                "a" => a,
                "b" => b,
                _ => "",
            })
        };
        assert!(with("1", "3"));
        assert!(with("1", ""));
        assert!(!with("1", "2"));
        assert!(!with("", "3"));
    }
}
