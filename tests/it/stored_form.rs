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
