//! Every golden case through the console. `tests/golden/todo.txt` lists the cases that do not pass yet: it only
//! shrinks, and a listed case that passes must be taken off.

use crate::schema::Reader;
use crate::{case, mask};
use daemonset_playground::console::script::{Case, Stage, Step};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The recorded output of each step, in order.
fn recorded(transcript: &str, steps: &[Step]) -> Vec<String> {
    let mut outputs: Vec<String> = Vec::new();
    let mut next = 0;
    for line in transcript.lines() {
        let step = line.strip_prefix("$ ").unwrap_or(line);
        if steps.get(next).is_some_and(|s| s.line == step)
            && (line.starts_with("$ ") == steps[next].code.is_some())
        {
            next += 1;
            outputs.push(String::new());
        } else if let Some(output) = outputs.last_mut() {
            output.push_str(line);
            output.push('\n');
        }
    }
    outputs
        .iter()
        .map(|o| o.trim_end_matches('\n').to_owned())
        .collect()
}

fn masked(step: &Step) -> String {
    let mut text = match step.code {
        Some(_) => mask::mask(step.output.trim_end_matches('\n'), &step.line),
        None => step.output.trim_end().to_owned(),
    };
    if let Some(code) = step.code.filter(|c| *c != 0) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("[{code}]"));
    }
    text
}

/// The first difference of a case, if there is one.
fn difference(folder: &Path) -> Option<String> {
    let case = case::load(folder);
    let played = std::panic::catch_unwind(|| play(&case));
    let Ok((steps, unread)) = played else {
        return Some("panicked".to_owned());
    };
    let transcript = fs::read_to_string(folder.join("transcript.txt")).expect("a transcript");
    let want = recorded(&transcript, &steps);
    for (i, step) in steps.iter().enumerate() {
        let got = masked(step);
        let want = want.get(i).map_or("(nothing recorded)", String::as_str);
        if got != want {
            return Some(format!(
                "{}\n--- recorded\n{want}\n--- ours\n{got}",
                step.line
            ));
        }
    }
    unread
}

/// Runs a script; the first stored object that the published types do not read.
fn play(case: &Case) -> (Vec<Step>, Option<String>) {
    let mut stage = Stage::new(case);
    let mut reader = Reader::default();
    let mut unread = None;
    let mut steps = Vec::new();
    for line in case.script.lines().map(str::trim).filter(|l| !l.is_empty()) {
        steps.push(stage.line(line));
        unread = unread.or_else(|| reader.fault(&stage.cluster));
    }
    (steps, unread)
}

fn check(family: &str) {
    let todo = fs::read_to_string(root().join("todo.txt")).unwrap_or_default();
    let todo: BTreeSet<&str> = todo.lines().map(str::trim).collect();
    let mut cases: Vec<PathBuf> = fs::read_dir(root().join(family))
        .expect("a folder of cases")
        .map(|e| e.expect("a readable folder").path())
        .filter(|p| p.join("script.txt").exists())
        .collect();
    cases.sort();
    let bless = std::env::var_os("GOLDEN_LIST").is_some();
    let mut wrong = Vec::new();
    for folder in cases {
        let name = folder
            .file_name()
            .map_or(String::new(), |n| n.to_string_lossy().into_owned());
        let name = format!("{family}/{name}");
        match (difference(&folder), todo.contains(name.as_str())) {
            (Some(difference), false) => wrong.push(format!("{name} differs at: {difference}")),
            (None, true) => wrong.push(format!("{name} passes: take it off todo.txt")),
            (Some(_), true) | (None, false) => {}
        }
    }
    if bless && !wrong.is_empty() {
        rewrite(&wrong);
        return;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Brings `todo.txt` up to date: `GOLDEN_LIST=1 cargo test golden -- --test-threads=1`.
fn rewrite(wrong: &[String]) {
    let path = root().join("todo.txt");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let mut names: BTreeSet<String> = text.lines().map(|l| l.trim().to_owned()).collect();
    for line in wrong {
        let name = line.split(' ').next().unwrap_or("").to_owned();
        if line.contains(" passes: ") {
            names.remove(&name);
        } else {
            names.insert(name);
        }
    }
    let lines: Vec<String> = names.into_iter().filter(|n| !n.is_empty()).collect();
    fs::write(path, lines.join("\n") + "\n").expect("a writable todo.txt");
}

#[test]
fn api() {
    check("api");
}

#[test]
fn console() {
    check("console");
}

#[test]
fn nodes() {
    check("nodes");
}

/// Further cases, recorded in the same way from the same version.
#[test]
fn own() {
    check("own");
}

#[test]
fn placement() {
    check("placement");
}

#[test]
fn rollout() {
    check("rollout");
}

#[test]
fn seeds() {
    check("seeds");
}

#[test]
fn workloads() {
    check("workloads");
}

/// The masks are those of `mask.py`: what is recorded is masked already and must stay as it is.
#[test]
fn recorded_transcripts_are_fixed_points_of_the_masks() {
    let text = "NAME        READY   STATUS    RESTARTS      AGE\nx-bcdfg     1/1     Running   2 (3s ago)    61s";
    assert_eq!(
        mask::mask(text, "kubectl get pods"),
        "NAME   READY   STATUS   RESTARTS   AGE\nx-<rnd>   1/1   Running   2 (<age> ago)   <age>"
    );
}
