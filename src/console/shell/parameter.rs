//! `${NAME…}`: defaults, lengths, parts and replacements of a variable's value.

use super::expand::fits;
use crate::console::session::Session;

/// The value of what stands between the braces.
pub fn value(inside: &str, session: &mut Session) -> String {
    if let Some(name) = inside.strip_prefix('#').filter(|n| !n.is_empty()) {
        return plain(name, session)
            .unwrap_or_default()
            .chars()
            .count()
            .to_string();
    }
    let end = inside
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(inside.len());
    let (name, operator) = if end == 0 {
        // `?`, `#`, `@`
        inside.split_at(inside.chars().next().map_or(0, char::len_utf8))
    } else {
        inside.split_at(end)
    };
    let value = plain(name, session);
    let text = value.clone().unwrap_or_default();
    let filled = value.filter(|v| !v.is_empty());
    if let Some(default) = operator.strip_prefix(":-") {
        return filled.unwrap_or_else(|| default.to_owned());
    }
    if let Some(default) = operator.strip_prefix(":=") {
        return filled.unwrap_or_else(|| {
            session
                .variables
                .insert(name.to_owned(), default.to_owned());
            default.to_owned()
        });
    }
    if let Some(other) = operator.strip_prefix(":+") {
        return filled.map_or(String::new(), |_| other.to_owned());
    }
    if let Some(why) = operator.strip_prefix(":?") {
        if filled.is_none() {
            let why = if why.is_empty() {
                "parameter null or not set"
            } else {
                why
            };
            session.complaints.push(format!("{name}: {why}"));
        }
        return text;
    }
    if let Some(range) = operator.strip_prefix(':') {
        return part(&text, range);
    }
    for (sign, front, longest) in [
        ("##", true, true),
        ("#", true, false),
        ("%%", false, true),
        ("%", false, false),
    ] {
        if let Some(pattern) = operator.strip_prefix(sign) {
            return without(&text, pattern, front, longest);
        }
    }
    if let Some(rest) = operator.strip_prefix('/') {
        let (all, rest) = rest.strip_prefix('/').map_or((false, rest), |r| (true, r));
        let (from, to) = rest.split_once('/').unwrap_or((rest, ""));
        return replaced(&text, from, to, all);
    }
    match operator {
        "^^" => text.to_uppercase(),
        ",," => text.to_lowercase(),
        _ => text,
    }
}

fn plain(name: &str, session: &Session) -> Option<String> {
    match name {
        "?" => Some(session.code.to_string()),
        "#" => Some(session.variables.get("#").map_or("0", |n| n).to_owned()),
        "PWD" => Some(format!("/{}", session.folder)),
        _ => session.variables.get(name).cloned(),
    }
}

/// `${NAME:2:3}`
fn part(text: &str, range: &str) -> String {
    let (start, length) = range.split_once(':').unwrap_or((range, ""));
    let count = text.chars().count();
    let start = start.trim().parse::<i64>().unwrap_or(0);
    let size = i64::try_from(count).unwrap_or(i64::MAX);
    let from = if start < 0 { size + start } else { start };
    let Ok(from) = usize::try_from(from) else {
        return String::new();
    };
    let to = match length.trim().parse::<i64>() {
        Ok(n) if n < 0 => usize::try_from(size + n).unwrap_or(0),
        Ok(n) => from.saturating_add(usize::try_from(n).unwrap_or(0)),
        Err(_) => count,
    };
    text.chars().take(to).skip(from).collect()
}

/// The longest text that is tried against a pattern piece by piece.
const TRIED_MAX: usize = 1000;

/// A text without the start or the end that a pattern fits.
fn without(text: &str, pattern: &str, front: bool, longest: bool) -> String {
    let plain = |p: &str| !p.contains(['*', '?']);
    if plain(pattern) {
        let rest = if front {
            text.strip_prefix(pattern)
        } else {
            text.strip_suffix(pattern)
        };
        return rest.unwrap_or(text).to_owned();
    }
    // `#*/` and `%.*`, as people write them.
    if let Some(end) = pattern
        .strip_prefix('*')
        .filter(|p| front && plain(p) && !p.is_empty())
    {
        let place = if longest {
            text.rfind(end)
        } else {
            text.find(end)
        };
        return place.map_or(text, |i| &text[i + end.len()..]).to_owned();
    }
    if let Some(start) = pattern
        .strip_suffix('*')
        .filter(|p| !front && plain(p) && !p.is_empty())
    {
        let place = if longest {
            text.find(start)
        } else {
            text.rfind(start)
        };
        return place.map_or(text, |i| &text[..i]).to_owned();
    }
    if text.len() > TRIED_MAX {
        return text.to_owned();
    }
    let mut places: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
    places.push(text.len());
    if front == longest {
        places.reverse();
    }
    for i in places {
        let (head, tail) = text.split_at(i);
        if front && fits(pattern, head) {
            return tail.to_owned();
        }
        if !front && fits(pattern, tail) {
            return head.to_owned();
        }
    }
    text.to_owned()
}

/// So much of a text is looked at for a pattern that is to be replaced.
const REPLACED_MAX: usize = 150;

fn replaced(text: &str, from: &str, to: &str, all: bool) -> String {
    if from.is_empty() {
        return text.to_owned();
    }
    if !from.contains(['*', '?']) {
        return if all {
            text.replace(from, to)
        } else {
            text.replacen(from, to, 1)
        };
    }
    // The longest piece that fits, at the first place where one does.
    let chars: Vec<char> = text.chars().take(REPLACED_MAX).collect();
    let mut out = String::new();
    let mut at = 0;
    let mut done = false;
    while at < chars.len() {
        let end = (at + 1..=chars.len())
            .rev()
            .find(|end| !done && fits(from, &chars[at..*end].iter().collect::<String>()));
        match end {
            Some(end) => {
                out.push_str(to);
                at = end;
                done = !all;
            }
            None => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out.extend(text.chars().skip(REPLACED_MAX));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let rows = [
            ("p", "pod/web-1.yaml"),
            ("p#*/", "web-1.yaml"),
            ("p##*/", "web-1.yaml"),
            ("p%.yaml", "pod/web-1"),
            ("p%%-*", "pod/web"),
            ("p/web/db", "pod/db-1.yaml"),
            ("p//[/-]/x", "pod/web-1.yaml"),
            ("p//o?/_", "p_/web-1.yaml"),
            ("#p", "14"),
            ("p:4:3", "web"),
            ("p: -4", "yaml"),
            ("p:0:-5", "pod/web-1"),
            ("none:-x", "x"),
            ("p:-x", "pod/web-1.yaml"),
            ("p:+y", "y"),
            ("none:+y", ""),
            ("p^^", "POD/WEB-1.YAML"),
            ("none", ""),
            ("?", "0"),
        ];
        let mut session = Session::default();
        session
            .variables
            .insert("p".into(), "pod/web-1.yaml".into());
        for (inside, want) in rows {
            assert_eq!(value(inside, &mut session), want, "{inside}");
        }
    }
}
