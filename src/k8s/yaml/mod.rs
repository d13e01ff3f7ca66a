//! YAML text → documents, in kubectl's words when it does not parse; Value → YAML as kubectl prints it.

mod documents;
mod error;
mod print;
mod read;
mod resolve;
mod style;

pub use documents::{Document, Documents, documents};
pub use print::print;

use super::Value;
use serde::de::DeserializeSeed;

/// Flow collections nested deeper than this are refused before the scanner sees them.
const FLOW_DEPTH_MAX: usize = 10_000;

/// Parses the first document of a text. The error is the sentence of kubectl's reader, beginning with
/// `yaml: ` in most cases; kubectl prints it after `error converting YAML to JSON: `.
pub fn parse(text: &str) -> Result<Value, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if flow_depth(text) > FLOW_DEPTH_MAX {
        return Err(format!("yaml: exceeded max depth of {FLOW_DEPTH_MAX}"));
    }
    let Some(document) = serde_yaml::Deserializer::from_str(text).next() else {
        return Ok(Value::Null);
    };
    match (read::Reader { text }).deserialize(document) {
        Ok(value) => Ok(value),
        Err(complaint) => {
            let complaint = complaint.to_string();
            // The reader looks at the whole syntax first, and only then at what the nodes mean.
            if complaint.contains(read::OWN)
                && let Err(syntax) = check_syntax(text)
            {
                return Err(error::sentence(&syntax, text));
            }
            Err(error::sentence(&complaint, text))
        }
    }
}

fn check_syntax(text: &str) -> Result<(), String> {
    match serde_yaml::Deserializer::from_str(text).next() {
        None => Ok(()),
        Some(document) => <serde::de::IgnoredAny as serde::Deserialize>::deserialize(document)
            .map(|_| ())
            .map_err(|e| e.to_string()),
    }
}

/// An upper bound for the depth of flow collections: brackets in texts and comments count, too.
fn flow_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::json;
    use proptest::prelude::*;
    use std::path::{Path, PathBuf};

    fn golden(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden")
            .join(name)
    }

    /// Every file of the recorded cases about broken YAML gives the recorded sentence.
    #[test]
    fn sentences_of_broken_files() {
        let folder = golden("api/broken-yaml");
        let transcript = std::fs::read_to_string(folder.join("transcript.txt")).expect("recorded");
        let lines: Vec<&str> = transcript.lines().collect();
        let mut wrong = Vec::new();
        let mut count = 0;
        for pair in lines.windows(2) {
            let Some(file) = pair[0].strip_prefix("$ kubectl apply -f ") else {
                continue;
            };
            let Ok(text) = std::fs::read_to_string(folder.join(file)) else {
                continue;
            };
            count += 1;
            let want = pair[1].strip_prefix(&format!("error: error parsing {file}: "));
            let got = documents(&text).error;
            if got.as_deref() != want {
                wrong.push(format!("{file}: wanted {want:?}, got {got:?}"));
            }
        }
        assert!(count > 30);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn meanings() {
        for (text, want) in [
            ("a: y", r#"{"a":true}"#),
            ("a: 'y'", r#"{"a":"y"}"#),
            ("a: \"no\"", r#"{"a":"no"}"#),
            ("a: No", r#"{"a":false}"#),
            ("a: [y, 'y', \"on\", on]", r#"{"a":[true,"y","on",true]}"#),
            ("a: 0777", r#"{"a":511}"#),
            ("a: '0777'", r#"{"a":"0777"}"#),
            ("a: 0o17", r#"{"a":15}"#),
            ("a: 0x1F", r#"{"a":31}"#),
            ("a: 0b11", r#"{"a":3}"#),
            ("a: 1_000", r#"{"a":1000}"#),
            ("a: 08", r#"{"a":8}"#),
            ("a: 1e3", r#"{"a":1000}"#),
            ("a: 1.10", r#"{"a":1.1}"#),
            ("a: .5", r#"{"a":0.5}"#),
            ("a: +12", r#"{"a":12}"#),
            ("a: 1:30", r#"{"a":"1:30"}"#),
            ("a: 2026-11-21", r#"{"a":"2026-11-21"}"#),
            ("a: ~", r#"{"a":null}"#),
            ("a:", r#"{"a":null}"#),
            ("a: 1.2.3", r#"{"a":"1.2.3"}"#),
            ("a: 18446744073709551615", r#"{"a":18446744073709552000}"#),
            ("a: 184467440737095516150", r#"{"a":184467440737095500000}"#),
            (
                "1: a\ntrue: b\n1.5: c\ny: d",
                r#"{"1":"a","1.5":"c","true":"d"}"#,
            ),
            ("a: 1\na: 2", r#"{"a":2}"#),
            ("a: &x {b: 1}\nc: *x", r#"{"a":{"b":1},"c":{"b":1}}"#),
            (
                "a: &x {b: 1, c: 1}\nd:\n  <<: *x\n  c: 2",
                r#"{"a":{"b":1,"c":1},"d":{"b":1,"c":2}}"#,
            ),
            ("a: !nginx", r#"{"a":""}"#),
            ("a: !x 12", r#"{"a":"12"}"#),
            (
                "a: [!!str yes, !!str &b no, yes]",
                r#"{"a":["yes","no",true]}"#,
            ),
            ("a: !!str 12", r#"{"a":"12"}"#),
            (
                "a: |\n  x\n  y\nb: >-\n  p\n  q\n",
                r#"{"a":"x\ny\n","b":"p q"}"#,
            ),
            ("a: b\t", r#"{"a":"b"}"#),
            ("a: x\n  y", r#"{"a":"x y"}"#),
            ("it's: don't", r#"{"it's":"don't"}"#),
        ] {
            let got = parse(text).map(|v| v.to_string());
            assert_eq!(got.as_deref(), Ok(want), "{text}");
        }
    }

    #[test]
    fn sentences() {
        for (text, want) in [
            (
                "? [a]\n: b",
                r#"yaml: invalid map key: []interface {}{"a"}"#,
            ),
            (
                "~: 1",
                "unsupported map key of type: %!s(<nil>), key: <nil>, value: 1",
            ),
            ("a: .inf", "json: unsupported value: +Inf"),
            ("a: !!null x", "yaml: cannot decode !!str `x` as a !!null"),
            (
                "<<: 3",
                "yaml: map merge requires map or sequence of maps as the value",
            ),
            ("b:\n  a: *no", "yaml: unknown anchor 'no' referenced"),
            // The syntax of the whole comes before the meaning of its parts.
            (
                "~: 1\nb: [",
                "yaml: line 2: did not find expected node content",
            ),
        ] {
            assert_eq!(parse(text), Err(want.to_owned()), "{text}");
        }
    }

    #[test]
    fn bounds() {
        let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for (new, old) in ["b", "c", "d", "e", "f", "g", "h", "i"]
            .iter()
            .zip(["a", "b", "c", "d", "e", "f", "g", "h"])
        {
            bomb.push_str(&format!(
                "{new}: &{new} [*{old},*{old},*{old},*{old},*{old},*{old},*{old},*{old},*{old}]\n"
            ));
        }
        assert_eq!(
            parse(&bomb),
            Err("yaml: document contains excessive aliasing".to_owned())
        );
        assert_eq!(
            parse(&"[".repeat(100_000)),
            Err("yaml: exceeded max depth of 10000".to_owned())
        );
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        assert_eq!(
            parse(&deep),
            Err("yaml: exceeded max depth of 128".to_owned())
        );
    }

    /// Each recorded `-o yaml` of a single object prints again as it was.
    #[test]
    fn recorded_output_round_trips() {
        let mut count = 0;
        for area in [
            "api",
            "console",
            "nodes",
            "placement",
            "rollout",
            "seeds",
            "workloads",
        ] {
            for case in std::fs::read_dir(golden(area)).expect("recorded") {
                let path = case.expect("readable").path().join("transcript.txt");
                let transcript = std::fs::read_to_string(&path).expect("recorded");
                for part in transcript.split("\n$ ") {
                    let (command, output) = part.split_once('\n').unwrap_or((part, ""));
                    if !command.contains("-o yaml")
                        || command.contains('|')
                        || command.contains(';')
                    {
                        continue;
                    }
                    let end =
                        |l: &str| l.starts_with("% ") || l.starts_with("# ") || l.starts_with('[');
                    let body: Vec<&str> = output.lines().take_while(|l| !end(l)).collect();
                    let body = body
                        .join("\n")
                        .replace("\"<time>\"", "\"2026-11-21T10:00:00Z\"")
                        .replace("\"<rv>\"", "\"12\"");
                    if !body.starts_with("apiVersion:") || body.contains("\n---") {
                        continue;
                    }
                    count += 1;
                    let value = parse(&body).unwrap_or_else(|e| panic!("{command}: {e}"));
                    // The recording drops doubled empty lines and blanks at line ends.
                    let again: Vec<String> = print(&value)
                        .lines()
                        .map(|l| l.trim_end().to_owned())
                        .filter(|l| !l.is_empty())
                        .collect();
                    let body: Vec<&str> = body.lines().filter(|l| !l.is_empty()).collect();
                    assert_eq!(again, body, "{path:?} {command}");
                }
            }
        }
        assert!(count > 20, "{count}");
    }

    #[test]
    fn kubectl_output_reads_back() {
        let value = json::parse(include_str!("../../../tests/yaml/shapes.json")).expect("valid");
        assert_eq!(
            parse(include_str!("../../../tests/yaml/shapes.yaml")),
            Ok(value)
        );
    }

    fn tree() -> impl Strategy<Value = Value> {
        let text = "([a-c0-9 :#'\"\\\\\n\t|>!&*{}\\[\\],?.~_yn-]{0,12}|[a-z ]{60,140}|.{0,6})";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((text, inner), 0..4).prop_map(|fields| {
                    Value::from(
                        fields
                            .into_iter()
                            .map(|(k, v)| (k.into(), v))
                            .collect::<crate::k8s::Map>(),
                    )
                }),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_printed_reads_back(value in tree()) {
            prop_assert_eq!(parse(&print(&value)), Ok(value));
        }
    }
}
