//! The sentences of a refusal, each put on its line of the manifest.

use crate::k8s::schema::schema;
use crate::k8s::span::Spans;
use crate::k8s::yaml;

/// One message about a manifest, at its line (counted from 1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    pub line: usize,
    pub message: String,
    /// The field that an unknown one was probably meant to be.
    pub meant: Option<&'static str>,
}

/// Most messages shown for one answer.
const MESSAGES_MAX: usize = 50;

/// Reads kubectl's answer to an apply that was refused. Every sentence becomes a message in its own words; where
/// it names a field, on that field's line, else on the first line of its document.
pub fn diagnose(text: &str, answer: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let read = yaml::documents(text);
    let spans = Spans::read(text);
    let mut subject = String::new();
    for sentence in answer.lines().filter(|line| !line.trim().is_empty()) {
        if !sentence.starts_with("* ") {
            sentence.clone_into(&mut subject);
        }
        if sentence.ends_with("is invalid: ") || sentence.ends_with("is invalid:") {
            continue;
        }
        let before = document(&read, &subject);
        for (line, message) in places(sentence, before, read.error_lines_before, &spans) {
            let meant = meant(&read, before, &message);
            found.push(Diagnostic {
                line,
                message,
                meant,
            });
        }
    }
    found.truncate(MESSAGES_MAX);
    found
}

/// The lines before the document that a sentence is about: the one of the kind and name that it names.
fn document(read: &yaml::Documents, sentence: &str) -> usize {
    let about = |document: &&yaml::Document| {
        let kind = document.value.get("kind").text();
        let name = document.value.at(&["metadata", "name"]).text();
        let namespace = document.value.at(&["metadata", "namespace"]).text();
        sentence.contains(&format!("The {kind} \"{name}\" "))
            || sentence.contains(&format!("namespaces \"{namespace}\" not found"))
            || sentence.contains(&format!("cannot be handled as a {kind}:"))
    };
    let documents = &read.documents;
    documents
        .iter()
        .find(about)
        .or_else(|| documents.first())
        .map_or(0, |d| d.lines_before)
}

fn places(sentence: &str, before: usize, broken: usize, spans: &Spans) -> Vec<(usize, String)> {
    let line = |path: &str| {
        spans
            .find(before, path)
            .map_or(before + 1, |spot| spot.name.start.line)
    };
    if let Some((_, rest)) = sentence.split_once("yaml: line ") {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        return vec![(broken + digits.parse().unwrap_or(1), sentence.to_owned())];
    }
    if let Some((_, list)) = sentence.split_once("strict decoding error: ") {
        let each = list
            .split(", ")
            .map(|piece| (line(quoted(piece)), piece.to_owned()));
        return each.collect();
    }
    if let Some((_, rest)) = sentence.split_once("Go struct field ") {
        let path = rest
            .split(' ')
            .next()
            .unwrap_or("")
            .split_once('.')
            .map_or("", |(_, p)| p);
        return vec![(line(path), sentence.to_owned())];
    }
    if let Some(rest) = sentence.strip_prefix("* ") {
        return vec![(line(head(rest)), rest.to_owned())];
    }
    if let Some((_, rest)) = sentence.split_once(" is invalid: ") {
        return vec![(line(head(rest)), sentence.to_owned())];
    }
    let path =
        if sentence.contains("namespaces \"") || sentence.contains("namespace of the provided") {
            "metadata.namespace"
        } else if sentence.contains("no matches for kind") {
            "kind"
        } else {
            return vec![(broken.max(before) + 1, sentence.to_owned())];
        };
    vec![(line(path), sentence.to_owned())]
}

/// The known field whose name is near to that of an unknown one.
fn meant(read: &yaml::Documents, before: usize, message: &str) -> Option<&'static str> {
    let path = quoted(message.strip_prefix("unknown field ")?);
    let document = read.documents.iter().find(|d| d.lines_before == before)?;
    let version = document.value.get("apiVersion").text();
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    let root = schema().of(group, version, document.value.get("kind").text())?;
    let name = |part: &'_ str| part.split('[').next().unwrap_or("").to_owned();
    let parts: Vec<String> = path.split('.').map(name).collect();
    let (unknown, parents) = parts.split_last()?;
    let mut at = root;
    for parent in parents {
        at = schema().definition(at).field(parent)?.ty.element_struct()?;
    }
    schema().definition(at).nearest(unknown)
}

/// The path before the first `: `.
fn head(text: &str) -> &str {
    text.split(": ").next().unwrap_or("")
}

/// What stands between the first two quotation marks.
fn quoted(text: &str) -> &str {
    text.split('"').nth(1).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n---\napiVersion: apps/v1\nkind: DaemonSet\n\
        metadata:\n  name: d\n  namespace: gone\nspec:\n  replicas: 3\n  minReadySeconds: soon\n  template:\n    spec:\n      \
        containers:\n      - name: C\n        image: nginx\n";

    #[test]
    fn sentences_stand_on_their_lines() {
        let create = "Error from server (BadRequest): error when creating \"x.yaml\": DaemonSet in version \"v1\" \
            cannot be handled as a DaemonSet: ";
        let rows = [
            (format!("{create}strict decoding error: unknown field \"spec.replicas\""), vec![12]),
            (
                format!("{create}json: cannot unmarshal string into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32"),
                vec![13],
            ),
            (
                "The DaemonSet \"d\" is invalid: \n* spec.selector: Required value\n* spec.template.spec.containers[0].name: Invalid value: \"C\": no".to_owned(),
                vec![11, 17],
            ),
            (
                "The DaemonSet \"d\" is invalid: spec.template.spec.containers[0].image: Required value".to_owned(),
                vec![18],
            ),
            ("Error from server (NotFound): error when creating \"x.yaml\": namespaces \"gone\" not found".to_owned(), vec![10]),
        ];
        for (answer, lines) in rows {
            let found: Vec<_> = diagnose(TEXT, &answer)
                .into_iter()
                .map(|d| d.line)
                .collect();
            assert_eq!(found, lines, "{answer}");
        }
    }

    #[test]
    fn a_misspelt_field_has_its_right_name() {
        let text = "apiVersion: apps/v1\nkind: DaemonSet\nspec:\n  template:\n    spec:\n      tolerationz: []\n";
        let row = |path: &str| {
            let answer = format!(
                "x cannot be handled as a DaemonSet: strict decoding error: unknown field \"{path}\""
            );
            diagnose(text, &answer).remove(0).meant
        };
        assert_eq!(row("spec.template.spec.tolerationz"), Some("tolerations"));
        assert_eq!(
            row("spec.template.spec.containers[0].imagee"),
            Some("image")
        );
        assert_eq!(row("spec.frobnicate"), None);
    }

    #[test]
    fn a_broken_document_is_counted_from_the_top_of_the_file() {
        let text = "a: 1\n---\nb: [\nc: 2\n";
        let answer = "error: error parsing x.yaml: error converting YAML to JSON: yaml: line 2: did not find it";
        assert_eq!(diagnose(text, answer)[0].line, 4);
    }
}
