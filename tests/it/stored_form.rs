//! Every object that a recorded server printed is a fixed point of decoding and defaulting: nothing is unknown,
//! wrong, missing or left over.

use daemonset_playground::k8s::{Kind, Value, decode, defaults, yaml};
use std::path::Path;

/// The outputs of `get … -o yaml` and of server dry runs in a transcript.
fn printed(transcript: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut lines = transcript.lines().peekable();
    while let Some(line) = lines.next() {
        let asks = line.starts_with("$ kubectl get") || line.contains("--dry-run=server");
        let yaml = line.contains("-o yaml") || line.contains("-oyaml");
        if !(line.starts_with("$ kubectl") && asks && yaml && !line.contains('|')) {
            continue;
        }
        let mut text = String::new();
        while let Some(line) =
            lines.next_if(|l| !l.starts_with("$ ") && !l.starts_with("% ") && !l.starts_with('#'))
        {
            text += line;
            text.push('\n');
        }
        out.push(text);
    }
    out
}

fn objects(text: &str) -> Vec<Value> {
    let text = text.replace("\"<time>\"", "\"2026-01-01T00:00:00Z\"");
    let text = text.replace(": <time>", ": \"2026-01-01T00:00:00Z\"");
    let Ok(tree) = yaml::parse(&text) else {
        return Vec::new();
    };
    if tree.get("kind").text() == "List" {
        return tree.get("items").items().to_vec();
    }
    vec![tree]
}

/// Fields that differ, with both values.
fn differences(path: &str, a: &Value, b: &Value, out: &mut Vec<String>) {
    if a == b {
        return;
    }
    match (a, b) {
        (Value::Map(x), Value::Map(y)) => {
            for (key, value) in x.iter() {
                differences(&format!("{path}.{key}"), value, b.get(key), out);
            }
            for (key, value) in y.iter().filter(|(k, _)| !x.contains_key(k)) {
                out.push(format!("{path}.{key}: added {value}"));
            }
        }
        (Value::List(x), Value::List(y)) if x.len() == y.len() => {
            for (i, (x, y)) in x.iter().zip(y.iter()).enumerate() {
                differences(&format!("{path}[{i}]"), x, y, out);
            }
        }
        _ => out.push(format!("{path}: {a} became {b}")),
    }
}

#[test]
fn recorded_objects_do_not_change() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut seen = 0;
    let mut wrong = Vec::new();
    for group in std::fs::read_dir(&golden).expect("the recordings are there") {
        let group = group.expect("readable").path();
        if !group.is_dir() {
            continue;
        }
        for case in std::fs::read_dir(group).expect("readable") {
            let case = case.expect("readable").path();
            let Ok(transcript) = std::fs::read_to_string(case.join("transcript.txt")) else {
                continue;
            };
            for tree in printed(&transcript).iter().flat_map(|text| objects(text)) {
                let Some(kind) = Kind::of(tree.get("apiVersion").text(), tree.get("kind").text())
                else {
                    continue;
                };
                seen += 1;
                let read = decode::decode(kind, &tree);
                let mut value = read.value.clone();
                defaults::apply(kind, &mut value);
                let mut list = Vec::new();
                differences("", &tree, &value, &mut list);
                if read.strict_error().is_some() || !list.is_empty() {
                    let error = read.strict_error().unwrap_or_default();
                    wrong.push(format!("{} {kind}: {error} {list:#?}", case.display()));
                }
            }
        }
    }
    assert!(seen > 20, "{seen} objects found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The manifest of a case that a command line names, as one document.
fn manifest(case: &Path, line: &str) -> Option<Value> {
    let mut words = line.split_whitespace();
    words.find(|w| *w == "-f")?;
    let text = std::fs::read_to_string(case.join(words.next()?)).ok()?;
    yaml::parse(&text).ok()
}

/// What decoding says of a manifest that is new to the server.
fn refusal(tree: &Value) -> Option<String> {
    if let Some(error) = decode::metadata_error(tree) {
        return Some(error);
    }
    let kind = Kind::of(tree.get("apiVersion").text(), tree.get("kind").text())?;
    decode::decode(kind, tree).strict_error()
}

#[test]
fn recorded_refusals_are_given() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut seen = 0;
    let mut wrong = Vec::new();
    for group in ["api", "seeds", "workloads", "rollout"] {
        for case in std::fs::read_dir(golden.join(group)).expect("readable") {
            let case = case.expect("readable").path();
            let transcript =
                std::fs::read_to_string(case.join("transcript.txt")).unwrap_or_default();
            let lines: Vec<&str> = transcript.lines().collect();
            for pair in lines.windows(2) {
                if !pair[0].starts_with("$ kubectl apply -f")
                    && !pair[0].starts_with("$ kubectl create -f")
                {
                    continue;
                }
                let said = pair[1]
                    .split_once("\" cannot be handled as a ")
                    .or_else(|| pair[1].split_once("error: unable to decode \""))
                    .and_then(|(_, rest)| rest.split_once(": "))
                    .map(|(_, rest)| rest)
                    .filter(|said| {
                        !said.starts_with("no kind ") && !said.starts_with("Object 'Kind'")
                    });
                let (Some(said), Some(tree)) = (said, manifest(&case, pair[0])) else {
                    continue;
                };
                seen += 1;
                if refusal(&tree).as_deref() != Some(said) {
                    wrong.push(format!(
                        "{}\n  wanted {said}\n  got {:?}",
                        pair[0],
                        refusal(&tree)
                    ));
                }
            }
        }
    }
    assert!(seen > 80, "{seen} refusals found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
