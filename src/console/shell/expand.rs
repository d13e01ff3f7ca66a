//! Words to arguments: variables, outputs of commands, splitting, file patterns.

use super::{Part, Script, Word, arithmetic, parameter};
use crate::console::session::Session;

/// Bytes that the words of one command may come to.
const BYTES_MAX: usize = 4 << 20;

/// The `$(…)` of a list of words, in order.
pub fn outputs<'a>(words: impl Iterator<Item = &'a Word>) -> Vec<Script> {
    let mut found = Vec::new();
    for part in words.flat_map(|w| &w.parts) {
        match part {
            Part::Output { script, .. } => found.push(script.clone()),
            Part::Arithmetic(word) => found.extend(outputs(std::iter::once(word))),
            Part::Text(_) | Part::Quoted(_) | Part::Variable { .. } => {}
        }
    }
    found
}

/// Expands words; `outputs` holds the texts of their `$(…)`, in order.
pub fn words(
    words: &[Word],
    session: &mut Session,
    outputs: &mut impl Iterator<Item = String>,
) -> Vec<String> {
    let mut out = Vec::new();
    let mut bytes = 0;
    for word in words {
        let before = out.len();
        expand(word, session, outputs, &mut out);
        bytes += out[before..].iter().map(String::len).sum::<usize>();
        if bytes > BYTES_MAX {
            session.complaints.push("Argument list too long".to_owned());
            out.truncate(before);
            break;
        }
    }
    out
}

/// Expands a word that stays one: an assignment's value, a file name, a here-document.
pub fn single(
    word: &Word,
    session: &mut Session,
    outputs: &mut impl Iterator<Item = String>,
) -> String {
    let mut text = String::new();
    for part in &word.parts {
        match part {
            Part::Text(t) | Part::Quoted(t) => text.push_str(t),
            Part::Variable { name, .. } => text.push_str(&parameter::value(name, session)),
            Part::Output { .. } => {
                text.push_str(outputs.next().unwrap_or_default().trim_end_matches('\n'));
            }
            Part::Arithmetic(word) => {
                let inner = single_of(word, session, outputs);
                text.push_str(&calculated(&inner, session));
            }
        }
        if text.len() > BYTES_MAX {
            session.complaints.push("Argument list too long".to_owned());
            return String::new();
        }
    }
    text
}

/// [`single`] behind a pointer: words within words would make a type without end.
fn single_of(
    word: &Word,
    session: &mut Session,
    outputs: &mut dyn Iterator<Item = String>,
) -> String {
    single(word, session, &mut { outputs })
}

/// The value of an arithmetic expression as text.
pub fn calculated(text: &str, session: &mut Session) -> String {
    match arithmetic::evaluate(text, &mut session.variables) {
        Ok(value) => value.to_string(),
        Err(why) => {
            session.complaints.push(why);
            String::new()
        }
    }
}

fn expand(
    word: &Word,
    session: &mut Session,
    outputs: &mut impl Iterator<Item = String>,
    out: &mut Vec<String>,
) {
    let mut current: Option<String> = None;
    let mut pattern = false;
    let start = out.len();
    let mut bytes = 0;
    for part in &word.parts {
        match part {
            Part::Text(text) => {
                pattern |= text.contains(['*', '?']);
                current.get_or_insert_default().push_str(text);
            }
            Part::Quoted(text) => current.get_or_insert_default().push_str(text),
            Part::Variable { name, quoted } => {
                let value = parameter::value(name, session);
                bytes += value.len();
                place(&value, *quoted, &mut current, out);
            }
            Part::Output { quoted, .. } => {
                let value = outputs.next().unwrap_or_default();
                place(value.trim_end_matches('\n'), *quoted, &mut current, out);
            }
            Part::Arithmetic(word) => {
                let inner = single_of(word, session, outputs);
                let value = calculated(&inner, session);
                place(&value, true, &mut current, out);
            }
        }
        if bytes > BYTES_MAX {
            break;
        }
    }
    out.extend(current);
    if let [Part::Text(text)] = &word.parts[..]
        && let Some(numbers) = sequence(text)
    {
        out.truncate(start);
        out.extend(numbers);
    }
    if pattern && out.len() == start + 1 {
        let found = matching(&out[start], session);
        if !found.is_empty() {
            out.truncate(start);
            out.extend(found);
        }
    }
}

/// `{1..5}` with text before and behind it.
fn sequence(text: &str) -> Option<Vec<String>> {
    let (before, rest) = text.split_once('{')?;
    let (inside, after) = rest.split_once('}')?;
    let (from, to) = inside.split_once("..")?;
    let (from, to) = (from.parse::<i64>().ok()?, to.parse::<i64>().ok()?);
    if from.abs_diff(to) > 10_000 {
        return None;
    }
    let numbers: Vec<i64> = if from <= to {
        (from..=to).collect()
    } else {
        (to..=from).rev().collect()
    };
    Some(
        numbers
            .iter()
            .map(|n| format!("{before}{n}{after}"))
            .collect(),
    )
}

/// Puts a value into the current word, or splits it into several.
fn place(value: &str, quoted: bool, current: &mut Option<String>, out: &mut Vec<String>) {
    if quoted {
        current.get_or_insert_default().push_str(value);
        return;
    }
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n');
    if value.starts_with(blank) {
        out.extend(current.take());
    }
    let mut pieces = value.split(blank).filter(|p| !p.is_empty()).peekable();
    while let Some(piece) = pieces.next() {
        current.get_or_insert_default().push_str(piece);
        if pieces.peek().is_some() {
            out.extend(current.take());
        }
    }
    if value.ends_with(blank) {
        out.extend(current.take());
    }
}

/// The files that a pattern names, in order.
pub fn matching(pattern: &str, session: &Session) -> Vec<String> {
    let (folder, last) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    let names = session.files.list(&session.path(folder));
    let names = names.iter().map(|n| n.trim_end_matches('/'));
    let hidden = last.starts_with('.');
    names
        .filter(|n| (hidden || !n.starts_with('.')) && fits(last, n))
        .map(|n| {
            if pattern.contains('/') {
                format!("{folder}/{n}")
            } else {
                n.to_owned()
            }
        })
        .collect()
}

/// `*` and `?` against a name, in time of the product of their lengths.
pub fn fits(pattern: &str, name: &str) -> bool {
    let (p, n): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut i, mut j) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while j < n.len() {
        if i < p.len() && p[i] == '*' {
            star = Some((i, j));
            i += 1;
        } else if i < p.len() && (p[i] == '?' || p[i] == n[j]) {
            i += 1;
            j += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            i = at + 1;
            j = from + 1;
        } else {
            return false;
        }
    }
    p[i..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::shell::{Command, parse};

    fn arguments(line: &str) -> Vec<String> {
        let mut session = Session::default();
        session
            .variables
            .insert("out".into(), "--dry-run=client -o yaml".into());
        session.files.write("a.yaml", "");
        session.files.write("b.yaml", "");
        let script = parse(line).unwrap();
        let Command::Simple(simple) = &script.items[0].stages[0] else {
            panic!("a simple command");
        };
        words(
            &simple.words,
            &mut session,
            &mut ["x\n".to_owned()].into_iter(),
        )
    }

    #[test]
    fn words_as_bash_makes_them() {
        let rows: &[(&str, &[&str])] = &[
            ("a  'b c' \"d e\"f \\g", &["a", "b c", "d ef", "g"]),
            (
                "create $out x",
                &["create", "--dry-run=client", "-o", "yaml", "x"],
            ),
            ("create \"$out\"", &["create", "--dry-run=client -o yaml"]),
            ("echo '' $nosuch \"\"", &["echo", "", ""]),
            (
                "cat *.yaml '*.yaml' *.txt",
                &["cat", "a.yaml", "b.yaml", "*.yaml", "*.txt"],
            ),
            ("echo $(date)y", &["echo", "xy"]),
            ("echo $'a\\tb' # comment", &["echo", "a\tb"]),
            ("a=b", &[]),
            (
                "echo $((1 + 2))x n{1..3} {a,b}",
                &["echo", "3x", "n1", "n2", "n3", "{a,b}"],
            ),
            (
                "echo ${out%% *} ${#out} \"$1\"",
                &["echo", "--dry-run=client", "24", ""],
            ),
            (
                "kubectl -o jsonpath='{.a}{\"\\n\"}'",
                &["kubectl", "-o", "jsonpath={.a}{\"\\n\"}"],
            ),
        ];
        for (line, want) in rows {
            assert_eq!(arguments(line), *want, "{line}");
        }
    }
}
