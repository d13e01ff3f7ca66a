//! Every sentence of the page is in its tables, in each language, with its values; and none is there in vain.

use std::collections::{BTreeMap, BTreeSet};
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
    let mut there = BTreeSet::new();
    for path in files(&root.join("app/words"), "txt") {
        for line in fs::read_to_string(&path).expect("a table").lines() {
            let columns: Vec<&str> = line.split('\t').collect();
            let holes = |text: &str| text.matches("{}").count();
            if columns.len() != 3 || columns.iter().any(|c| c.trim().is_empty()) {
                problems.push(format!("not three columns: {line}"));
            } else if columns.iter().any(|c| holes(c) != holes(columns[0])) {
                problems.push(format!("values differ: {line}"));
            } else if !there.insert(columns[0].to_owned()) {
                problems.push(format!("twice: {line}"));
            } else if !wanted.contains_key(columns[0]) {
                problems.push(format!("nothing says it: {line}"));
            }
        }
    }
    for (sentence, path) in &wanted {
        if !there.contains(sentence) && sentence.contains(|c: char| c.is_ascii_alphabetic()) {
            problems.push(format!("in no table: {sentence:?} ({path})"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
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
