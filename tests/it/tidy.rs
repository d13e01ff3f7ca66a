//! Reads the sources: layer arrows, lengths, module docs, leftover words, modules nobody declares.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Most lines of a file, tests included.
const FILE_LINES_MAX: usize = 600;
/// Most lines of a function, from its signature to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;
/// Most lines of a page component's file.
const COMPONENT_LINES_MAX: usize = 120;

/// Each layer with the layers it may import beside itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("k8s", &[]),
    ("sim", &["k8s"]),
    ("parts", &["k8s", "sim"]),
    ("cluster", &["k8s", "sim", "parts"]),
    ("console", &["k8s", "cluster"]),
    ("lesson", &["k8s", "cluster", "console"]),
    ("share", &["k8s", "cluster"]),
    ("view", &["k8s", "cluster"]),
    (
        "app",
        &["k8s", "cluster", "console", "lesson", "share", "view"],
    ),
];

/// Folders of `src/app/` that hold components, one a file.
const COMPONENT_FOLDERS: &[&str] = &[
    "bottom", "console", "editor", "grid", "lesson", "nodes", "timeline", "ui", "why",
];

struct Source {
    /// Relative to the repository, with `/`.
    path: String,
    text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, out: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<_> = entries
        .map(|e| e.expect("a readable folder").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let relative = path.strip_prefix(root()).expect("under the repository");
            out.push(Source {
                path: relative.to_string_lossy().replace('\\', "/"),
                text: fs::read_to_string(&path).expect("a UTF-8 source"),
            });
        }
    }
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let mut out = Vec::new();
    for folder in folders {
        collect(&root().join(folder), &mut out);
    }
    out
}

/// The code of a line: without its comment. Good enough for sources that hold no `//` in strings
/// together with a `crate::` path.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    &text[..end]
}

/// The layers that a line of code names: `crate::sim::…`, `crate::{k8s, sim::…}`.
fn imported(line: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = 0;
            for (i, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => {
                        names.push(word(group[start..i].trim_start()));
                        break;
                    }
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        names.push(word(group[start..i].trim_start()));
                        start = i + 1;
                    }
                    _ => {}
                }
            }
        } else {
            names.push(word(rest));
        }
    }
    names
}

#[test]
fn layers_import_only_what_is_left_of_them() {
    let mut wrong = Vec::new();
    for source in sources(&["src"]) {
        let Some(layer) = source
            .path
            .strip_prefix("src/")
            .and_then(|p| p.split_once('/'))
        else {
            continue;
        };
        let Some((name, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer.0) else {
            wrong.push(format!("{}: no layer is called {}", source.path, layer.0));
            continue;
        };
        let flat = source.text.lines().map(code).collect::<Vec<_>>().join(" ");
        for import in imported(&flat) {
            let known = LAYERS.iter().any(|(known, _)| *known == import);
            if known && import != *name && !allowed.contains(&import) {
                wrong.push(format!("{}: {name} must not import {import}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn parts_never_import_a_sibling() {
    let siblings: BTreeSet<String> = fs::read_dir(root().join("src/parts"))
        .expect("src/parts")
        .map(|e| {
            e.expect("a readable folder")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .filter(|name| name != "mod")
        .collect();
    let mut wrong = Vec::new();
    for source in sources(&["src/parts"]) {
        let own = source.path.trim_start_matches("src/parts/");
        let own = own.split('/').next().unwrap_or(own).trim_end_matches(".rs");
        for line in source.text.lines().map(code) {
            for (at, _) in line.match_indices("parts::") {
                let name = word(&line[at + "parts::".len()..]);
                if own != "mod" && name != own && siblings.contains(name) {
                    wrong.push(format!("{}: imports its sibling {name}", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn files_have_a_module_doc_and_a_bounded_length() {
    let mut wrong = Vec::new();
    for source in sources(&["src", "tests", "benches", "examples"]) {
        let lines = source.text.lines().count();
        if lines > FILE_LINES_MAX {
            wrong.push(format!(
                "{}: {lines} lines, at most {FILE_LINES_MAX}",
                source.path
            ));
        }
        let component = COMPONENT_FOLDERS
            .iter()
            .any(|folder| source.path.starts_with(&format!("src/app/{folder}/")));
        if component && lines > COMPONENT_LINES_MAX {
            wrong.push(format!(
                "{}: {lines} lines, a component has at most {COMPONENT_LINES_MAX}",
                source.path
            ));
        }
        if !source.text.starts_with("//! ") {
            wrong.push(format!("{}: begins without a module doc", source.path));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn starts_function(line: &str) -> bool {
    let mut rest = line.trim_start();
    loop {
        if rest.starts_with("fn ") {
            return true;
        }
        if let Some(after) = rest.strip_prefix("pub(") {
            rest = after.split_once(") ").map_or("", |(_, r)| r);
            continue;
        }
        let Some(after) = ["pub ", "const ", "async "]
            .iter()
            .find_map(|w| rest.strip_prefix(w))
        else {
            return false;
        };
        rest = after;
    }
}

#[test]
fn functions_fit_a_screen() {
    let mut wrong = Vec::new();
    for source in sources(&["src", "tests", "benches", "examples"]) {
        let lines: Vec<&str> = source.text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            if !starts_function(line) {
                continue;
            }
            let indent = &line[..line.len() - line.trim_start().len()];
            let close = format!("{indent}}}");
            let rest = &lines[start..];
            if rest[0].ends_with('}') || rest[0].ends_with(';') {
                continue;
            }
            let ends = rest.iter().position(|l| {
                *l == close
                    || (l.starts_with(indent)
                        && l[indent.len()..].starts_with(") ")
                        && l.ends_with(';'))
            });
            let length = ends.map_or(0, |end| end + 1);
            if length > FUNCTION_LINES_MAX {
                wrong.push(format!(
                    "{}:{}: a function of {length} lines, at most {FUNCTION_LINES_MAX}",
                    source.path,
                    start + 1
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_leftover_words() {
    // Split, so that this file does not find itself.
    let banned = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("HA", "CK"),
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("#[ig", "nore"),
        concat!("should_", "panic"),
    ];
    let mut wrong = Vec::new();
    for source in sources(&["src", "tests", "benches", "examples"]) {
        for (number, line) in source.text.lines().enumerate() {
            for word in banned {
                if line.contains(word) {
                    wrong.push(format!("{}:{}: {word}", source.path, number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn files_are_named_after_a_thing() {
    let vague = [
        "util", "utils", "helper", "helpers", "manager", "common", "misc",
    ];
    let wrong: Vec<String> = sources(&["src", "tests"])
        .into_iter()
        .map(|s| s.path)
        .filter(|path| path.split(['/', '.']).any(|piece| vague.contains(&piece)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_module_is_declared() {
    let mut wrong = Vec::new();
    for source in sources(&["src"]) {
        let path = Path::new(&source.path);
        let stem = path.file_stem().expect("a file name").to_string_lossy();
        if matches!(source.path.as_str(), "src/lib.rs" | "src/main.rs") {
            continue;
        }
        let folder = path.parent().expect("a folder");
        let (name, folder) = if stem == "mod" {
            let name = folder.file_name().expect("a folder name").to_string_lossy();
            (name.into_owned(), folder.parent().expect("under src"))
        } else {
            (stem.into_owned(), folder)
        };
        let folder = folder.to_string_lossy();
        let parents = if folder == "src" {
            vec!["src/lib.rs".to_owned()]
        } else {
            vec![format!("{folder}/mod.rs"), format!("{folder}.rs")]
        };
        let declared = parents.iter().any(|parent| {
            fs::read_to_string(root().join(parent)).is_ok_and(|text| {
                text.lines()
                    .any(|line| line.trim_end().ends_with(&format!("mod {name};")))
            })
        });
        if !declared {
            wrong.push(format!("{}: nobody declares this module", source.path));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
