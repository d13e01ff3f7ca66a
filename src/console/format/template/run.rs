//! Nodes against a value.

use super::functions::{self, Arg};
use super::{Command, Node, Pipeline, Term};
use crate::console::format::go;
use crate::console::format::jsonpath::Missing;
use crate::k8s::Value;

/// Bytes that a template may print.
const OUTPUT_MAX: usize = 4 << 20;
/// Nodes that a run may visit.
const STEPS_MAX: usize = 2_000_000;

struct Run<'a> {
    raw: &'a str,
    root: &'a Value,
    missing: Missing,
    /// The last one of a name is the one that is meant.
    variables: Vec<(String, Value)>,
    templates: Vec<(&'a str, &'a [Node])>,
    depth: usize,
    out: String,
    steps: usize,
}

/// Templates within templates.
const DEPTH_MAX: usize = 100;

/// What a term gives; a missing key is told apart from null.
pub(super) type Found = Option<Value>;

/// How a list of nodes ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

/// Runs a template: what it printed, and the error that ended it.
pub fn run(nodes: &[Node], raw: &str, root: &Value, missing: Missing) -> (String, Option<String>) {
    let mut run = Run {
        raw,
        root,
        missing,
        variables: Vec::new(),
        templates: Vec::new(),
        depth: 0,
        out: String::new(),
        steps: 0,
    };
    let error = run.nodes(nodes, root).err();
    (run.out, error)
}

fn truth(value: &Found) -> bool {
    value.as_ref().is_some_and(|v| !v.is_empty())
}

fn shown(value: &Found) -> String {
    match value {
        None | Some(Value::Null) => "<no value>".to_owned(),
        Some(value) => go::print(value),
    }
}

impl<'a> Run<'a> {
    fn nodes(&mut self, nodes: &'a [Node], dot: &Value) -> Result<Flow, String> {
        let known = self.variables.len();
        let mut flow = Flow::On;
        for node in nodes {
            self.steps += 1;
            if self.steps > STEPS_MAX || self.out.len() > OUTPUT_MAX {
                return Err("template: output: too much output".to_owned());
            }
            flow = self.node(node, dot)?;
            if flow != Flow::On {
                break;
            }
        }
        self.variables.truncate(known);
        Ok(flow)
    }

    fn node(&mut self, node: &'a Node, dot: &Value) -> Result<Flow, String> {
        match node {
            Node::Text(text) => self.out.push_str(text),
            Node::Print(pipeline) => {
                let value = self.pipeline(pipeline, dot)?;
                self.out.push_str(&shown(&value));
            }
            Node::Set(name, value) => {
                let value = self.pipeline(value, dot)?;
                self.set(name, value);
            }
            Node::Change(name, pipeline) => {
                let value = self.pipeline(pipeline, dot)?.unwrap_or_default();
                let known = self.variables.iter_mut().rev();
                if let Some((_, held)) = known.into_iter().find(|(known, _)| known == name) {
                    *held = value;
                }
            }
            Node::Define(name, nodes) => self.templates.push((name, nodes)),
            Node::Template(name, value, place) => {
                self.template(name, value.as_ref(), *place, dot)?;
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
            Node::If {
                name,
                test,
                then,
                other,
            } => {
                let known = self.variables.len();
                let value = self.pipeline(test, dot)?;
                let branch = if truth(&value) { then } else { other };
                self.bind(name.as_ref(), value);
                let flow = self.nodes(branch, dot)?;
                self.variables.truncate(known);
                return Ok(flow);
            }
            Node::With {
                name,
                value,
                then,
                other,
            } => {
                let known = self.variables.len();
                let value = self.pipeline(value, dot)?;
                self.bind(name.as_ref(), value.clone());
                let flow = match value {
                    Some(inner) if !inner.is_empty() => self.nodes(then, &inner)?,
                    Some(_) | None => self.nodes(other, dot)?,
                };
                self.variables.truncate(known);
                return Ok(flow);
            }
            Node::Range {
                key,
                item,
                list,
                each,
                other,
            } => {
                let pairs = pairs(&self.pipeline(list, dot)?.unwrap_or_default());
                if pairs.is_empty() {
                    return self.nodes(other, dot);
                }
                self.rounds(pairs, [key.as_ref(), item.as_ref()], each)?;
            }
        }
        Ok(Flow::On)
    }

    fn rounds(
        &mut self,
        pairs: Vec<(Value, Value)>,
        [key, item]: [Option<&String>; 2],
        each: &'a [Node],
    ) -> Result<(), String> {
        let known = self.variables.len();
        for (k, v) in pairs {
            self.bind(key, Some(k));
            self.bind(item, Some(v.clone()));
            let flow = self.nodes(each, &v)?;
            self.variables.truncate(known);
            if flow == Flow::Break {
                break;
            }
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: Found) {
        self.variables
            .push((name.to_owned(), value.unwrap_or_default()));
    }

    fn bind(&mut self, name: Option<&String>, value: Found) {
        if let Some(name) = name {
            self.set(name, value);
        }
    }

    fn template(
        &mut self,
        name: &str,
        value: Option<&Pipeline>,
        place: usize,
        dot: &Value,
    ) -> Result<(), String> {
        let found = self
            .templates
            .iter()
            .rev()
            .find(|(known, _)| *known == name);
        let Some((_, nodes)) = found.copied() else {
            let text = format!("{{{{template {}}}}}", crate::console::args::quoted(name));
            let why = format!(
                "template {} not defined",
                crate::console::args::quoted(name)
            );
            return Err(self.refuse(place, &text, &why));
        };
        let inner = match value {
            Some(value) => self.pipeline(value, dot)?.unwrap_or_default(),
            None => Value::Null,
        };
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("template: output: exceeded maximum template depth".to_owned());
        }
        let outer = std::mem::take(&mut self.variables);
        self.nodes(nodes, &inner)?;
        self.variables = outer;
        self.depth -= 1;
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Value) -> Result<Found, String> {
        let mut last: Option<Found> = None;
        for command in &pipeline.commands {
            last = Some(self.command(command, last.take(), dot)?);
        }
        Ok(last.flatten())
    }

    fn command(
        &mut self,
        command: &Command,
        last: Option<Found>,
        dot: &Value,
    ) -> Result<Found, String> {
        let Some((first, rest)) = command.terms.split_first() else {
            return Ok(None);
        };
        let refuse = |run: &Self, text: &str, why: &str| Err(run.refuse(command.at, text, why));
        let Term::Function(name) = first else {
            if matches!(first, Term::Literal(Value::Null)) {
                return refuse(self, "nil", "nil is not a command");
            }
            if rest.is_empty() && last.is_none() {
                return self.term(first, dot);
            }
            let text = command.text.split(' ').next().unwrap_or("");
            let why = match first {
                Term::Field(names, _) if !names.is_empty() => {
                    format!(
                        "{} is not a method but has arguments",
                        names[names.len() - 1]
                    )
                }
                _ => format!("can't give argument to non-function {text}"),
            };
            return refuse(self, text, &why);
        };
        let mut args = Vec::new();
        for term in rest {
            let value = self.term(term, dot)?;
            args.push(Arg::new(
                value,
                !matches!(term, Term::Field(..) | Term::Variable(..)),
            ));
        }
        args.extend(last.map(|value| Arg::new(value, false)));
        functions::call(name, &args).map_err(|why| self.refuse(command.at, &command.text, &why))
    }

    fn term(&mut self, term: &Term, dot: &Value) -> Result<Found, String> {
        match term {
            Term::Field(names, place) => self.walk(Some(dot.clone()), names, *place, ""),
            Term::Variable(name, names, place) => {
                let value = if name.is_empty() {
                    Some(self.root.clone())
                } else {
                    let mut known = self.variables.iter().rev();
                    known
                        .find(|(known, _)| known == name)
                        .map(|(_, value)| value.clone())
                };
                self.walk(value, names, *place, &format!("${name}"))
            }
            Term::Literal(value) => Ok(Some(value.clone())),
            Term::Function(name) => {
                functions::call(name, &[]).map_err(|why| self.refuse(0, name, &why))
            }
            Term::Nested(inner, names) => {
                let value = self.pipeline(inner, dot)?;
                self.walk(value, names, 0, "")
            }
        }
    }

    /// An error with the place in the template where it came up.
    fn at(&self, place: usize, before: &str, names: &[String], why: &str) -> String {
        self.refuse(place, &format!("{before}.{}", names.join(".")), why)
    }

    /// The same, with the words of the template that are wrong.
    fn refuse(&self, place: usize, text: &str, why: &str) -> String {
        let head = &self.raw[..place.min(self.raw.len())];
        let line = 1 + head.matches('\n').count();
        let start = head.rfind('\n').map_or(0, |i| i + 1);
        format!(
            "template: output:{line}:{}: executing \"output\" at <{text}>: {why}",
            place.saturating_sub(start)
        )
    }

    fn walk(
        &self,
        value: Found,
        names: &[String],
        place: usize,
        before: &str,
    ) -> Result<Found, String> {
        let mut value = value;
        for name in names {
            value = match value {
                None | Some(Value::Null) => return Ok(None),
                Some(Value::Map(map)) => {
                    let found = map.get(name).cloned();
                    if found.is_none() && self.missing == Missing::Refused {
                        let why = format!("map has no entry for key \"{name}\"");
                        return Err(self.at(place, before, names, &why));
                    }
                    found
                }
                Some(_) => {
                    let why = format!("can't evaluate field {name} in type interface {{}}");
                    return Err(self.at(place, before, names, &why));
                }
            };
        }
        Ok(value)
    }
}

/// What `range` goes through.
fn pairs(list: &Value) -> Vec<(Value, Value)> {
    match list {
        Value::List(items) => (0..).map(Value::Int).zip(items.iter().cloned()).collect(),
        Value::Int(count) => {
            let count = (*count).min(100_000);
            (0..count).map(|i| (Value::Int(i), Value::Int(i))).collect()
        }
        _ => list
            .fields()
            .map(|(k, v)| (Value::Str(k.clone()), v.clone()))
            .collect(),
    }
}
