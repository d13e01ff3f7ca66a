//! A DaemonSet's manifest as text: where its fields stand, and how to change the template in place.

use crate::k8s::api::Taint;
use crate::k8s::span::{Span, Spans};
use crate::k8s::{Kind, Object, Str, Value, yaml};

/// Where the pod's fields are in a DaemonSet.
pub const POD: &str = "spec.template.spec";

/// A change of the pod template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Edit {
    /// Takes out a field; its path within the pod's spec.
    Drop(Vec<Str>),
    /// Tolerates a taint.
    Tolerate(Taint),
}

/// One DaemonSet in a text that may hold several documents.
pub struct Manifest<'t> {
    text: &'t str,
    before: usize,
    value: Value,
    spans: Spans,
}

impl<'t> Manifest<'t> {
    /// The document of a DaemonSet in a text.
    pub fn find(text: &'t str, namespace: &str, name: &str) -> Option<Self> {
        let read = yaml::documents(text);
        let wanted = |value: &Value| {
            let meta = value.get("metadata");
            let own = meta.get("namespace").text();
            value.get("kind").text() == "DaemonSet"
                && meta.get("name").text() == name
                && (own == namespace || own.is_empty() && namespace == "default")
        };
        let document = read.documents.into_iter().find(|d| wanted(&d.value))?;
        Some(Self {
            text,
            before: document.lines_before,
            value: document.value,
            spans: Spans::read(text),
        })
    }

    /// The DaemonSet as it is written.
    pub fn object(&self) -> Object {
        Object::read(Kind::DaemonSet, self.value.clone(), None)
    }

    /// The line of a field or of the deepest field on the way to it that is there; none when it is not.
    pub fn line(&self, path: &str) -> Option<usize> {
        let steps: Vec<&str> = path.split(['.', '[']).collect();
        let mut value = &self.value;
        for step in steps {
            value = match step.strip_suffix(']').map(str::parse) {
                Some(Ok(i)) => value.index(i),
                _ => value.get(step),
            };
        }
        if value.is_null() {
            return None;
        }
        Some(self.spans.find(self.before, path)?.name.start.line)
    }

    /// The text after changes; none where they cannot be made without rewriting what a person wrote.
    pub fn edited(&self, edits: &[Edit]) -> Option<String> {
        let mut lines: Vec<Option<String>> =
            self.text.lines().map(|l| Some(l.to_owned())).collect();
        // Lines to put in front of the line with this index.
        let mut added: Vec<(usize, String)> = Vec::new();
        let mut blocks = Vec::new();
        for edit in edits {
            match edit {
                Edit::Drop(path) => self.drop(path, &mut lines)?,
                Edit::Tolerate(taint) => blocks.push(taint),
            }
        }
        if !blocks.is_empty() {
            let (at, indent, head) = self.place()?;
            let pad = " ".repeat(indent);
            let mut text = String::new();
            if head {
                text.push_str(&format!("{pad}tolerations:\n"));
            }
            for taint in blocks {
                for line in toleration(taint).lines() {
                    text.push_str(&format!("{pad}{line}\n"));
                }
            }
            added.push((at, text));
        }
        let mut out = String::new();
        for (i, line) in lines.into_iter().map(Some).chain([None]).enumerate() {
            for (_, text) in added.iter().filter(|(at, _)| *at == i) {
                out.push_str(text);
            }
            if let Some(Some(line)) = line {
                out.push_str(&line);
                out.push('\n');
            }
        }
        Some(out)
    }

    /// Where tolerations go: before which line (from 0), how far indented, and whether their key is to be written.
    fn place(&self) -> Option<(usize, usize, bool)> {
        let pod = self.value.at(&["spec", "template", "spec"]);
        let list = pod.get("tolerations");
        if let Some(last) = list.items().len().checked_sub(1) {
            let path = format!("{POD}.tolerations[{last}]");
            let spot = self.spans.find(self.before, &path)?;
            let line = self.text.lines().nth(spot.name.start.line - 1)?;
            let indent = line.find(|c: char| c != ' ')?;
            // A list in brackets is left to the person.
            return line[indent..]
                .starts_with('-')
                .then(|| (last_line(spot.value), indent, false));
        }
        if !list.is_null() || pod.fields().next().is_none() {
            return None;
        }
        let first = self.spans.find(self.before, POD)?.value.start;
        Some((first.line - 1, first.column - 1, true))
    }

    /// Takes out a field with all its lines, and what would be empty without it.
    fn drop(&self, path: &[Str], lines: &mut [Option<String>]) -> Option<()> {
        let mut path = path;
        let mut value = self.value.at(&["spec", "template", "spec"]);
        let mut values = Vec::new();
        for step in path {
            values.push(value);
            value = value.get(step);
        }
        while path.len() > 1 && values[path.len() - 1].fields().count() == 1 {
            path = &path[..path.len() - 1];
        }
        let whole = format!("{POD}.{}", path.join("."));
        let spot = self.spans.find(self.before, &whole)?;
        let (from, to) = (spot.name.start.line - 1, last_line(spot.value));
        let own = lines.get(from)?.as_ref()?.trim_start();
        if !own.starts_with(path.last()?.as_str()) && !own.starts_with(['"', '\'']) {
            return None;
        }
        for line in lines.get_mut(from..to.max(from + 1))? {
            *line = None;
        }
        Some(())
    }
}

/// How many lines there are down to the end of a span.
fn last_line(span: Span) -> usize {
    if span.end.column == 1 && span.end.line > span.start.line {
        span.end.line - 1
    } else {
        span.end.line
    }
}

/// The element of `tolerations` that tolerates a taint.
pub fn toleration(taint: &Taint) -> String {
    let Taint {
        key, value, effect, ..
    } = taint;
    let operator = if value.is_empty() {
        "operator: Exists".to_owned()
    } else {
        format!("operator: Equal\n  value: {:?}", value.as_str())
    };
    format!("- key: {key}\n  {operator}\n  effect: {effect}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "kind: DaemonSet\nmetadata:\n  name: d\nspec:\n  template:\n    metadata: {}\n    spec:\n";

    fn taint() -> Taint {
        Taint {
            key: "gpu".into(),
            effect: "NoSchedule".into(),
            ..Taint::default()
        }
    }

    fn edited(pod: &str, edits: &[Edit]) -> Option<String> {
        let text = format!("kind: Namespace\n---\n{HEAD}{pod}");
        let manifest = Manifest::find(&text, "default", "d").expect("it is there");
        let whole = manifest.edited(edits)?;
        whole
            .strip_prefix(&format!("kind: Namespace\n---\n{HEAD}"))
            .map(str::to_owned)
    }

    #[test]
    fn tolerations_go_where_they_belong() {
        let edits = [Edit::Tolerate(taint())];
        let new = "- key: gpu\n        operator: Exists\n        effect: NoSchedule\n";
        let rows = [
            (
                "      containers:\n      - name: c\n",
                Some(format!(
                    "      tolerations:\n      {new}      containers:\n      - name: c\n"
                )),
            ),
            (
                "      tolerations:\n      - key: a\n        operator: Exists\n      # last\n      hostPID: true\n",
                Some(format!(
                    "      tolerations:\n      - key: a\n        operator: Exists\n      {new}      # last\n      hostPID: true\n"
                )),
            ),
            ("      tolerations: [{key: a}]\n", None),
        ];
        for (pod, wanted) in rows {
            assert_eq!(edited(pod, &edits), wanted, "{pod}");
        }
    }

    #[test]
    fn fields_go_with_all_their_lines() {
        let path = |path: &[&'static str]| {
            [Edit::Drop(
                path.iter().map(|step| Str::from(*step)).collect(),
            )]
        };
        let pod = "      nodeSelector:\n        disk: ssd\n        a.b/c: x\n      affinity:\n        nodeAffinity:\n          required:\n            x:\n            - y\n      hostPID: true\n";
        let without = |lines: std::ops::Range<usize>| {
            let kept = pod
                .lines()
                .enumerate()
                .filter(|(i, _)| !lines.contains(i))
                .map(|(_, line)| format!("{line}\n"));
            Some(kept.collect::<String>())
        };
        assert_eq!(
            edited(pod, &path(&["nodeSelector", "a.b/c"])),
            without(2..3)
        );
        let required = path(&["affinity", "nodeAffinity", "required"]);
        assert_eq!(edited(pod, &required), without(3..8));
    }

    #[test]
    fn lines_of_fields() {
        let text = format!("{HEAD}      tolerations:\n      - key: a\n");
        let manifest = Manifest::find(&text, "default", "d").expect("it is there");
        assert_eq!(manifest.line("spec.template.spec.tolerations[0]"), Some(9));
        assert_eq!(manifest.line("spec.template.spec.nodeSelector"), None);
    }
}
