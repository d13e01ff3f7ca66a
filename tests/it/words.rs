//! Every sentence of the page is in its tables, in each language, with its values; none is there in vain, and no
//! markup goes past them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What stands before a sentence in the sources.
const SIGNS: [&str; 3] = ["t(", "w(", "say!("];

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            out.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            out.push(path);
        }
    }
    out
}

/// The text of a string literal that begins right behind its quote.
fn literal(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => break,
            },
            c => out.push(c),
        }
    }
    out
}

/// The sentences that a source names.
fn sentences(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or(source);
    let code = |line: &&str| !line.trim_start().starts_with("//");
    let source: String = source
        .lines()
        .filter(code)
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut out = Vec::new();
    for sign in SIGNS {
        for (at, _) in source.match_indices(sign) {
            let before = source[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.') {
                continue;
            }
            if let Some(text) = source[at + sign.len()..].trim_start().strip_prefix('"') {
                out.push(literal(text));
            }
        }
    }
    out
}

#[test]
fn every_sentence_is_in_every_language() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for folder in ["app", "view"] {
        for path in files(&root.join(folder), "rs") {
            let source = fs::read_to_string(&path).expect("a source");
            for sentence in sentences(&source) {
                wanted.insert(sentence, path.display().to_string());
            }
        }
    }
    let mut problems = Vec::new();
    let mut there = BTreeMap::new();
    for path in files(&root.join("app/words"), "txt") {
        for line in fs::read_to_string(&path).expect("a table").lines() {
            let columns: Vec<&str> = line.split('\t').collect();
            let holes = |text: &str| text.matches("{}").count();
            if columns.len() != 3 || columns.iter().any(|c| c.trim().is_empty()) {
                problems.push(format!("not three columns: {line}"));
            } else if columns.iter().any(|c| holes(c) != holes(columns[0])) {
                problems.push(format!("values differ: {line}"));
            } else if there
                .insert(columns[0].to_owned(), line.to_owned())
                .is_some_and(|before| before != line)
            {
                problems.push(format!("twice, in other words: {line}"));
            } else if !wanted.contains_key(columns[0]) {
                problems.push(format!("nothing says it: {line}"));
            }
        }
    }
    for (sentence, path) in &wanted {
        if !there.contains_key(sentence) && sentence.contains(|c: char| c.is_ascii_alphabetic()) {
            problems.push(format!("in no table: {sentence:?} ({path})"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What the page may say bare: names, and words of Kubernetes and of the keyboard.
const BARE: [&str; 4] = ["DaemonSet Playground", "DaemonSet", "Normal", "Warning"];

/// Attributes that people read or hear.
const HEARD: [&str; 6] = [
    "aria-label",
    "aria-roledescription",
    "aria-description",
    "title",
    "placeholder",
    "alt",
];

/// The texts of a component's markup that go past the tables.
fn bare(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or(source);
    let code = |line: &&str| !line.trim_start().starts_with("//");
    let source: String = source
        .lines()
        .filter(code)
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = source[at..].find('"') {
        let start = at + found + 1;
        let text = literal(&source[start..]);
        let mut end = start;
        let mut escaped = false;
        for (i, c) in source[start..].char_indices() {
            if c == '"' && !escaped {
                end = start + i;
                break;
            }
            escaped = c == '\\' && !escaped;
        }
        at = end.max(start) + 1;
        let before = source[..start - 1].trim_end();
        let after = source[at.min(source.len())..].trim_start();
        // Between tags and braces of markup; `=>` and `->` are code.
        let opened = before.ends_with('>') && !before.ends_with("=>") && !before.ends_with("->")
            || before.ends_with(['}', '"']) && before.contains("view!");
        let closed = after.starts_with(['<', '"']) || after.starts_with('{');
        let attribute = before
            .strip_suffix('=')
            .is_some_and(|name| HEARD.iter().any(|heard| name.ends_with(heard)));
        let chosen = before.ends_with('{')
            && after.starts_with('}')
            && text.starts_with(|c: char| c.is_ascii_uppercase());
        let words = text.split(|c: char| !c.is_ascii_alphabetic());
        let letters = words.map(str::len).max().unwrap_or(0) > 2;
        let kubectl = text.starts_with("kubectl ");
        if (opened && closed || attribute || chosen)
            && letters
            && !kubectl
            && !BARE.contains(&text.as_str())
        {
            out.push(text);
        }
    }
    out
}

#[test]
fn no_component_speaks_past_the_tables() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app");
    let mut problems = Vec::new();
    for path in files(&root, "rs") {
        let source = fs::read_to_string(&path).expect("a source");
        for text in bare(&source) {
            problems.push(format!("{}: {text:?}", path.display()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn bare_texts_are_found_in_markup() {
    let source = r#"let class = if first { "primary" } else { "" }; match key { "Enter" => "no" }
        view! { <b class="x" aria-label="Pods">"Say it"</b> {t("fine")} " · " <i title=t("ok")>{n}" left"</i>
        {if on { "Yes" } else { t("no") }} <kbd>"?"</kbd> <input placeholder="kubectl get" /> }"#;
    assert_eq!(bare(source), ["Pods", "Say it", " left", "Yes"]);
}

#[test]
fn sentences_are_found_in_sources() {
    let source = r#"let a = t("One"); say!(
        "two {} \"x\"", &b); cat("no"); w("Three")
        // t("no")
        #[cfg(test)] t("no")"#;
    let mut found = sentences(source);
    found.sort();
    assert_eq!(found, ["One", "Three", "two {} \"x\""]);
}
