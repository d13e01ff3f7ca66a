//! Path → line and column of a YAML text, also of one that is broken half-way (for the editor).
//!
//! Documents are cut as [`crate::k8s::yaml::documents`] cuts them, so a document is named by the lines
//! before it. A document that is broken is known up to the fault.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// A place in a text; lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// From the first character to the one after the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub start: Position,
    pub end: Position,
}

/// Where a field or an element stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spot {
    /// The key of a field, or the value of an element.
    pub name: Span,
    /// The value, down to its last character.
    pub value: Span,
}

/// The places of a text.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    documents: Vec<Document>,
}

#[derive(Clone, Debug)]
struct Document {
    lines_before: usize,
    /// In the order of the text; a node comes before its children.
    nodes: Vec<Node>,
}

#[derive(Clone, Debug)]
struct Node {
    parent: Option<usize>,
    step: Step,
    spot: Spot,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Step {
    Top,
    Field(String),
    Element(usize),
}

impl Spans {
    /// Reads a text as far as it can be read.
    pub fn read(text: &str) -> Self {
        let mut spans = Self::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // Byte and line where the document at hand begins.
        let (mut start, mut lines_before) = (0, 0);
        let (mut at, mut holds) = (0, false);
        for (number, line) in text.split_inclusive('\n').enumerate() {
            if line.starts_with("---") && holds {
                spans.document(&text[start..at], lines_before);
                (start, lines_before, holds) = (at + line.len(), number + 1, false);
            } else {
                holds = true;
            }
            at += line.len();
        }
        if holds {
            spans.document(&text[start..], lines_before);
        }
        spans
    }

    fn document(&mut self, text: &str, lines_before: usize) {
        let mut builder = Builder {
            lines_before,
            nodes: Vec::new(),
            open: Vec::new(),
        };
        builder.read(text);
        self.documents.push(Document {
            lines_before,
            nodes: builder.nodes,
        });
    }

    /// The place of a path such as `spec.template.spec.containers[0].image`, in the document that has so
    /// many lines before it. A path that leads further than the text gives the deepest place on it.
    pub fn find(&self, lines_before: usize, path: &str) -> Option<Spot> {
        let document = self
            .documents
            .iter()
            .find(|d| d.lines_before == lines_before)?;
        let (mut node, mut rest) = (0, path);
        document.nodes.first()?;
        while !rest.is_empty() {
            let children = document.nodes.iter().enumerate();
            let next = children
                .filter(|(_, n)| n.parent == Some(node))
                .filter_map(|(i, n)| Some((i, n.step.strip(rest)?)))
                // Keys may hold dots: the one that leaves least is meant, and of doubled ones the last.
                .min_by_key(|(i, rest)| (rest.len(), std::cmp::Reverse(*i)));
            let Some((child, left)) = next else {
                break;
            };
            (node, rest) = (child, left);
        }
        Some(document.nodes[node].spot)
    }
}

impl Step {
    /// What is left of a path behind this step, if the path begins with it.
    fn strip<'p>(&self, path: &'p str) -> Option<&'p str> {
        let path = path.strip_prefix('.').unwrap_or(path);
        let rest = match self {
            Step::Top => return None,
            Step::Element(i) => path.strip_prefix(&format!("[{i}]"))?,
            Step::Field(name) => match path.strip_prefix('[') {
                // `limits[memory]`
                Some(bracketed) => bracketed.strip_prefix(name.as_str())?.strip_prefix(']')?,
                None => path.strip_prefix(name.as_str())?,
            },
        };
        (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
    }
}

/// A collection that has begun and not ended.
struct Open {
    node: usize,
    kind: Kind,
}

enum Kind {
    /// Elements so far.
    List(usize),
    /// The key that waits for its value.
    Map(Option<(String, Span)>),
    /// A key that is a collection itself; what it holds has no path.
    Skipped,
}

struct Builder {
    lines_before: usize,
    nodes: Vec<Node>,
    open: Vec<Open>,
}

impl Builder {
    fn read(&mut self, text: &str) {
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else {
                self.keys_without_values();
                return;
            };
            let position = |mark: saphyr_parser::Marker| Position {
                line: mark.line() + self.lines_before,
                column: mark.col() + 1,
            };
            let span = Span {
                start: position(span.start),
                end: position(span.end),
            };
            match event {
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
                Event::StreamEnd | Event::DocumentEnd => {
                    if !self.nodes.is_empty() {
                        return;
                    }
                }
                Event::Alias(_) => self.scalar(String::new(), span),
                Event::Scalar(value, style, _, _) => {
                    let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                    let name = if block {
                        String::new()
                    } else {
                        value.into_owned()
                    };
                    self.scalar(name, span);
                }
                Event::SequenceStart(..) => self.begin(Kind::List(0), span),
                Event::MappingStart(..) => self.begin(Kind::Map(None), span),
                Event::SequenceEnd | Event::MappingEnd => self.end(span),
            }
        }
    }

    /// Behind a fault, keys that still wait for their values have empty ones.
    fn keys_without_values(&mut self) {
        while let Some(open) = self.open.pop() {
            if let Kind::Map(Some((name, span))) = open.kind {
                let empty = Span {
                    start: span.end,
                    end: span.end,
                };
                self.push(Some(open.node), Step::Field(name), span, empty);
            }
        }
    }

    /// Adds a value where the text is; None when what comes is a key.
    fn add(&mut self, span: Span) -> Option<usize> {
        let Some(open) = self.open.last_mut() else {
            return Some(self.push(None, Step::Top, span, span));
        };
        let parent = Some(open.node);
        match &mut open.kind {
            Kind::Skipped => None,
            Kind::List(count) => {
                let step = Step::Element(*count);
                *count += 1;
                Some(self.push(parent, step, span, span))
            }
            Kind::Map(key) => {
                let (name, name_span) = key.take()?;
                Some(self.push(parent, Step::Field(name), name_span, span))
            }
        }
    }

    fn push(&mut self, parent: Option<usize>, step: Step, name: Span, value: Span) -> usize {
        self.nodes.push(Node {
            parent,
            step,
            spot: Spot { name, value },
        });
        self.nodes.len() - 1
    }

    fn scalar(&mut self, text: String, span: Span) {
        if self.add(span).is_some() {
            self.grow(span.end);
        } else if let Some(Open {
            kind: Kind::Map(key),
            ..
        }) = self.open.last_mut()
        {
            *key = Some((text, span));
            self.grow(span.end);
        }
    }

    fn begin(&mut self, kind: Kind, span: Span) {
        match self.add(span) {
            Some(node) => self.open.push(Open { node, kind }),
            None => self.open.push(Open {
                node: 0,
                kind: Kind::Skipped,
            }),
        }
    }

    fn end(&mut self, span: Span) {
        let Some(closed) = self.open.pop() else {
            return;
        };
        if matches!(closed.kind, Kind::Skipped) {
            // The collection was a key: its value follows under an empty name.
            if let Some(Open {
                kind: Kind::Map(key @ None),
                ..
            }) = self.open.last_mut()
            {
                *key = Some((String::new(), span));
            }
        } else if span.end > span.start {
            // A flow collection ends with its bracket; a block one with its last scalar.
            self.nodes[closed.node].spot.value.end = span.end;
            self.grow(span.end);
        }
    }

    /// Collections end where the last scalar in them does.
    fn grow(&mut self, end: Position) {
        for open in &self.open {
            if !matches!(open.kind, Kind::Skipped) {
                let value = &mut self.nodes[open.node].spot.value;
                value.end = value.end.max(end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
apiVersion: apps/v1
metadata:
  name: x
  labels: {app: x, 'kubernetes.io/os': linux}
spec:
  containers:
  - name: a
    image: nginx
    resources:
      limits:
        memory: 1Gi
  - name: b
---
# two
kind: Pod
";

    fn shown(spot: Option<Spot>) -> String {
        let at = |p: Position| format!("{}:{}", p.line, p.column);
        spot.map_or("-".to_owned(), |s| {
            let (n, v) = (s.name, s.value);
            format!(
                "{}-{} {}-{}",
                at(n.start),
                at(n.end),
                at(v.start),
                at(v.end)
            )
        })
    }

    #[test]
    fn finds_paths() {
        let spans = Spans::read(TEXT);
        for (path, want) in [
            ("apiVersion", "1:1-1:11 1:13-1:20"),
            ("metadata.name", "3:3-3:7 3:9-3:10"),
            ("metadata.labels", "4:3-4:9 4:11-4:46"),
            ("metadata.labels.kubernetes.io/os", "4:20-4:38 4:40-4:45"),
            ("spec.containers[0].image", "8:5-8:10 8:12-8:17"),
            (
                "spec.containers[0].resources.limits[memory]",
                "11:9-11:15 11:17-11:20",
            ),
            ("spec.containers[1].name", "12:5-12:9 12:11-12:12"),
            // A missing field: the element that lacks it.
            ("spec.containers[1].image", "12:5-12:5 12:5-12:12"),
            ("spec.containers[7]", "6:3-6:13 7:5-12:12"),
        ] {
            assert_eq!(shown(spans.find(0, path)), want, "{path}");
        }
        assert_eq!(shown(spans.find(13, "kind")), "15:1-15:5 15:7-15:10");
        assert_eq!(shown(spans.find(14, "kind")), "-");
    }

    #[test]
    fn broken_text_is_known_up_to_the_fault() {
        let spans = Spans::read("a: 1\nb:\n  c: 2\n\td: 3\ne: [\n---\nf: 4\n");
        assert_eq!(shown(spans.find(0, "b.c")), "3:3-3:4 3:4-3:4");
        assert_eq!(shown(spans.find(0, "a")), "1:1-1:2 1:4-1:5");
        assert_eq!(shown(spans.find(6, "f")), "7:1-7:2 7:4-7:5");
        for text in [
            "",
            "\n",
            "---\n---\n",
            "{{ x }}",
            "? [a]\n: b",
            "&a [*a]",
            "- - - ",
            "\u{feff}a: 1\r\n",
        ] {
            let _ = Spans::read(text).find(0, "a");
        }
    }
}
