//! What can be typed next in a manifest: names of fields, and the words that a field takes, from the table of the
//! server's types. The text may be broken: only lines and their indents are read.

use crate::k8s::order::InOrder;
use crate::k8s::schema::{Definition, Field, Type, schema};

/// One thing that can be typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    pub label: String,
    /// What is inserted.
    pub insert: String,
    /// The type of a field.
    pub detail: String,
}

/// What can be typed at a place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Completions {
    /// So many characters before the cursor are replaced.
    pub back: usize,
    pub options: Vec<Completion>,
}

/// A line that is not empty: where its key begins, the key, and what stands behind the colon.
struct Line<'a> {
    /// Columns of its list signs.
    dashes: Vec<usize>,
    column: usize,
    key: Option<&'a str>,
    value: &'a str,
}

impl<'a> Line<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut rest = text.trim_start_matches(' ');
        let mut column = text.len() - rest.len();
        let mut dashes = Vec::new();
        while let Some(after) = rest.strip_prefix('-') {
            if !after.is_empty() && !after.starts_with(' ') {
                break;
            }
            dashes.push(column);
            let inner = after.trim_start_matches(' ');
            column += 1 + after.len() - inner.len();
            rest = inner;
        }
        if rest.starts_with('#') || (rest.is_empty() && dashes.is_empty()) {
            return None;
        }
        let (key, value) = match rest.split_once(':') {
            Some((key, value)) if value.is_empty() || value.starts_with(' ') => {
                (Some(key.trim_matches(['"', '\''])), value.trim())
            }
            Some(_) | None => (None, rest),
        };
        Some(Self {
            dashes,
            column,
            key,
            value,
        })
    }
}

/// What can be typed behind the first `column` characters of a line (counted from 0).
pub fn complete(text: &str, line: usize, column: usize) -> Completions {
    let lines: Vec<&str> = text.lines().collect();
    let own = lines.get(line).copied().unwrap_or("");
    let end = own
        .char_indices()
        .nth(column)
        .map_or(own.len(), |(at, _)| at);
    let before = &own[..end];
    if before.contains('#') || before.starts_with("---") {
        return Completions::default();
    }
    let first = lines[..line.min(lines.len())]
        .iter()
        .rposition(|l| l.starts_with("---"));
    let first = first.map_or(0, |i| i + 1);
    let rest = lines[first..].iter().position(|l| l.starts_with("---"));
    let document = &lines[first..rest.map_or(lines.len(), |n| first + n)];
    let place = Place::find(document, line - first, before);
    let options = place.options(document);
    Completions {
        back: place.typed.chars().count(),
        options,
    }
}

/// Where the cursor is.
struct Place<'a> {
    /// The keys that lead here.
    path: Vec<&'a str>,
    /// The key whose value is typed.
    key: Option<&'a str>,
    /// What is typed already.
    typed: &'a str,
    /// The cursor stands right behind a list sign.
    element: bool,
    /// Keys that are there already.
    taken: Vec<&'a str>,
}

impl<'a> Place<'a> {
    fn find(document: &[&'a str], at: usize, before: &'a str) -> Self {
        let own = Line::read(before);
        let column = own.as_ref().map_or(before.len(), |line| line.column);
        let (key, typed) = match &own {
            Some(line) if line.key.is_some() => (line.key, line.value),
            Some(line) => (None, line.value),
            None => (None, ""),
        };
        let dash = own.as_ref().and_then(|line| line.dashes.last().copied());
        // A parent's key begins before this column.
        let mut limit = dash.map_or(column, |dash| dash + 1);
        let mut siblings = dash.is_none();
        let (mut path, mut taken) = (Vec::new(), Vec::new());
        for line in document[..at.min(document.len())]
            .iter()
            .rev()
            .filter_map(|l| Line::read(l))
        {
            if siblings && line.column == column {
                taken.extend(line.key);
            }
            if line.column >= limit {
                if let Some(dash) = line.dashes.last().filter(|_| line.column == limit) {
                    limit = dash + 1;
                    siblings = false;
                }
                continue;
            }
            siblings = false;
            limit = line.dashes.last().map_or(line.column, |dash| dash + 1);
            path.extend(line.key);
        }
        for line in document.iter().skip(at + 1).filter_map(|l| Line::read(l)) {
            if line.column < column || line.dashes.first().is_some_and(|dash| *dash < column) {
                break;
            }
            if line.column == column {
                taken.extend(line.key);
            }
        }
        path.reverse();
        Self {
            path,
            key,
            typed,
            element: dash.is_some(),
            taken,
        }
    }

    fn options(&self, document: &[&str]) -> Vec<Completion> {
        let top = |name: &str| {
            let lines = document.iter().filter_map(|l| Line::read(l));
            let mut found = lines.filter(|l| l.column == 0 && l.key == Some(name));
            found
                .next()
                .map_or("", |l| l.value.trim_matches(['"', '\'']))
        };
        let (version, kind) = (top("apiVersion"), top("kind"));
        if let (Some(key @ ("kind" | "apiVersion")), true) = (self.key, self.path.is_empty()) {
            return heads(key, version, kind);
        }
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        let Some(root) = schema().of(group, version, kind) else {
            let plain = ["apiVersion", "kind", "metadata", "spec"];
            let names = plain
                .into_iter()
                .filter(|n| self.path.is_empty() && !self.taken.contains(n));
            return match self.key {
                None => names
                    .map(|name| option(name, &format!("{name}:"), ""))
                    .collect(),
                Some(_) => Vec::new(),
            };
        };
        let (mut at, mut last) = (Some(root), None);
        for key in &self.path {
            let Some(field) = at.and_then(|id| schema().definition(id).field(key)) else {
                return Vec::new();
            };
            (at, last) = (field.ty.element_struct(), Some(field));
        }
        let definition = at.map(|id| schema().definition(id));
        match (self.key, definition) {
            (Some(key), Some(definition)) => definition.field(key).map_or_else(Vec::new, words),
            (None, Some(definition)) => self.fields(definition),
            (None, None) if self.element => last.map_or_else(Vec::new, words),
            (_, None) => Vec::new(),
        }
    }

    fn fields(&self, definition: &Definition) -> Vec<Completion> {
        let free = definition
            .fields
            .iter()
            .filter(|field| !self.taken.contains(&field.name))
            .filter(|field| !matches!(field.name, "status" | "managedFields"));
        let mut out: Vec<(bool, Completion)> = free
            .map(|field| {
                let scalar = !matches!(field.ty, Type::Struct(_) | Type::List(_) | Type::Map(_));
                let insert = format!("{}:{}", field.name, if scalar { " " } else { "" });
                let star = if field.required { " *" } else { "" };
                let detail = format!("{}{star}", field.ty.explained());
                (!field.required, option(field.name, &insert, &detail))
            })
            .collect();
        out.order_by_key(|(optional, _)| *optional);
        out.into_iter().map(|(_, option)| option).collect()
    }
}

fn option(label: &str, insert: &str, detail: &str) -> Completion {
    Completion {
        label: label.to_owned(),
        insert: insert.to_owned(),
        detail: detail.to_owned(),
    }
}

/// Kinds, and versions that have the kind that is there.
fn heads(key: &str, version: &str, kind: &str) -> Vec<Completion> {
    let mut out: Vec<Completion> = Vec::new();
    for resource in schema().resources() {
        let own = resource.api_version();
        let label = if key == "kind" {
            if !version.is_empty() && version != own {
                continue;
            }
            resource.kind.to_owned()
        } else {
            let known = schema().resources().iter().any(|r| r.kind == kind);
            if known && resource.kind != kind {
                continue;
            }
            own.clone()
        };
        if !out.iter().any(|known| known.label == label) {
            let detail = if key == "kind" { own } else { String::new() };
            out.push(option(&label, &label, &detail));
        }
    }
    out
}

/// The words that a field takes.
fn words(field: &Field) -> Vec<Completion> {
    let plain = |ty: &Type| match ty {
        Type::Bool => vec!["true", "false"],
        _ => Vec::new(),
    };
    let words = if field.words.is_empty() {
        plain(&field.ty)
    } else {
        field.words.clone()
    };
    words
        .into_iter()
        .map(|word| option(word, word, ""))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "apiVersion: v1\nkind: Namespace\n---\napiVersion: apps/v1\nkind: DaemonSet\n";

    fn labels(tail: &str) -> (usize, Vec<String>) {
        let text = format!("{HEAD}{tail}");
        let line = text.matches('\n').count();
        let column = text.lines().last().map_or(0, |l| l.chars().count());
        let column = if text.ends_with('\n') { 0 } else { column };
        let found = complete(&text, line, column);
        (
            found.back,
            found.options.into_iter().map(|o| o.label).collect(),
        )
    }

    #[test]
    fn fields_of_the_place() {
        let pod = "spec:\n  template:\n    spec:\n";
        let rows: [(&str, usize, &[&str], &[&str]); 7] = [
            ("", 0, &["metadata", "spec"], &["kind", "status"]),
            (
                "spec:\n  upd",
                3,
                &["updateStrategy", "selector"],
                &["containers"],
            ),
            (
                &format!("{pod}      tol"),
                3,
                &["tolerations", "containers"],
                &["selector"],
            ),
            (
                &format!("{pod}      containers:\n      - name: a\n        im"),
                2,
                &["image", "ports"],
                &["name"],
            ),
            (
                &format!("{pod}      containers:\n      - "),
                0,
                &["image", "name"],
                &["containers"],
            ),
            (
                &format!("{pod}      tolerations:\n      - key: a\n        eff"),
                3,
                &["effect"],
                &["key"],
            ),
            ("metadata:\n  labels:\n    ", 0, &[], &["name"]),
        ];
        for (tail, back, there, not) in rows {
            let (found_back, found) = labels(tail);
            assert_eq!(found_back, back, "{tail}");
            for name in there {
                assert!(
                    found.iter().any(|f| f == name),
                    "{tail}: {name} in {found:?}"
                );
            }
            for name in not {
                assert!(
                    !found.iter().any(|f| f == name),
                    "{tail}: {name} not in {found:?}"
                );
            }
        }
    }

    #[test]
    fn words_of_a_field() {
        let pod = "spec:\n  template:\n    spec:\n";
        let rows: [(String, &[&str]); 4] = [
            (
                "spec:\n  updateStrategy:\n    type: ".to_owned(),
                &["OnDelete", "RollingUpdate"],
            ),
            (
                format!("{pod}      tolerations:\n      - effect: No"),
                &["NoExecute", "NoSchedule", "PreferNoSchedule"],
            ),
            (format!("{pod}      hostNetwork: "), &["true", "false"]),
            (format!("{pod}      hostNetwork: yes # "), &[]),
        ];
        for (tail, words) in rows {
            assert_eq!(labels(&tail).1, words, "{tail}");
        }
        let found = complete("apiVersion: apps/v1\nkind: D", 1, 7);
        let kinds: Vec<_> = found.options.iter().map(|o| o.label.as_str()).collect();
        assert_eq!(found.back, 1);
        assert!(
            kinds.contains(&"DaemonSet") && !kinds.contains(&"Pod"),
            "{kinds:?}"
        );
    }

    #[test]
    fn any_place_of_any_text_is_fine() {
        let text = "a: [\n - - x\n---\n\t\u{4e2d}: \n- - k:\n   -";
        for line in 0..8 {
            for column in 0..9 {
                complete(text, line, column);
            }
        }
    }
}
