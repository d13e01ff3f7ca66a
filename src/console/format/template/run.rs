//! Nodes against a value.

use super::{Node, Pipeline, Term};
use crate::console::format::go;
use crate::console::format::jsonpath::Missing;
use crate::k8s::Value;
use crate::k8s::base64;
use crate::k8s::ordered::BTreeMap;

/// The functions that there are.
pub const FUNCTIONS: &[&str] = &[
    "and",
    "or",
    "not",
    "len",
    "index",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "print",
    "printf",
    "println",
    "exists",
    "base64decode",
    "html",
    "js",
    "urlquery",
    "slice",
];

/// Bytes that a template may print.
const OUTPUT_MAX: usize = 4 << 20;
/// Nodes that a run may visit.
const STEPS_MAX: usize = 2_000_000;

struct Run<'a> {
    raw: &'a str,
    root: &'a Value,
    missing: Missing,
    variables: BTreeMap<String, Value>,
    out: String,
    steps: usize,
}

/// What a term gives; a missing key is told apart from null.
type Found = Option<Value>;

/// Runs a template: what it printed, and the error that ended it.
pub fn run(nodes: &[Node], raw: &str, root: &Value, missing: Missing) -> (String, Option<String>) {
    let mut run = Run {
        raw,
        root,
        missing,
        variables: BTreeMap::new(),
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

impl Run<'_> {
    fn nodes(&mut self, nodes: &[Node], dot: &Value) -> Result<(), String> {
        for node in nodes {
            self.steps += 1;
            if self.steps > STEPS_MAX || self.out.len() > OUTPUT_MAX {
                return Err("template: output: too much output".to_owned());
            }
            match node {
                Node::Text(text) => self.out.push_str(text),
                Node::Print(pipeline) => {
                    let value = self.pipeline(pipeline, dot)?;
                    self.out.push_str(&shown(&value));
                }
                Node::Set(name, pipeline) => {
                    let value = self.pipeline(pipeline, dot)?;
                    self.variables
                        .insert(name.clone(), value.unwrap_or_default());
                }
                Node::If { test, then, other } => {
                    let branch = if truth(&self.pipeline(test, dot)?) {
                        then
                    } else {
                        other
                    };
                    self.nodes(branch, dot)?;
                }
                Node::With { value, then, other } => {
                    let value = self.pipeline(value, dot)?;
                    match value {
                        Some(inner) if !inner.is_empty() => self.nodes(then, &inner)?,
                        Some(_) | None => self.nodes(other, dot)?,
                    }
                }
                Node::Range {
                    key,
                    item,
                    list,
                    each,
                    other,
                } => {
                    let list = self.pipeline(list, dot)?.unwrap_or_default();
                    let pairs: Vec<(Value, Value)> = match &list {
                        Value::List(items) => items
                            .iter()
                            .enumerate()
                            .map(|(i, v)| (Value::Int(i64::try_from(i).unwrap_or(0)), v.clone()))
                            .collect(),
                        _ => list
                            .fields()
                            .map(|(k, v)| (Value::Str(k.clone()), v.clone()))
                            .collect(),
                    };
                    if pairs.is_empty() {
                        self.nodes(other, dot)?;
                    }
                    for (k, v) in pairs {
                        if let Some(name) = key {
                            self.variables.insert(name.clone(), k);
                        }
                        if let Some(name) = item {
                            self.variables.insert(name.clone(), v.clone());
                        }
                        self.nodes(each, &v)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Value) -> Result<Found, String> {
        let mut last: Option<Found> = None;
        for command in &pipeline.commands {
            let Some((first, rest)) = command.split_first() else {
                continue;
            };
            let Term::Function(name) = first else {
                last = Some(self.term(first, dot)?);
                continue;
            };
            let mut args = Vec::new();
            for term in rest {
                args.push(self.term(term, dot)?);
            }
            args.extend(last.take());
            last = Some(self.call(name, &args)?);
        }
        Ok(last.flatten())
    }

    fn term(&mut self, term: &Term, dot: &Value) -> Result<Found, String> {
        match term {
            Term::Field(names, place) => self.walk(Some(dot.clone()), names, *place, ""),
            Term::Variable(name, names, place) => {
                let value = if name.is_empty() {
                    Some(self.root.clone())
                } else {
                    self.variables.get(name).cloned()
                };
                self.walk(value, names, *place, &format!("${name}"))
            }
            Term::Literal(value) => Ok(Some(value.clone())),
            Term::Function(name) => self.call(name, &[]),
            Term::Nested(inner, names) => {
                let value = self.pipeline(inner, dot)?;
                self.walk(value, names, 0, "")
            }
        }
    }

    /// An error with the place in the template where it came up.
    fn at(&self, place: usize, before: &str, names: &[String], why: &str) -> String {
        let head = &self.raw[..place.min(self.raw.len())];
        let line = 1 + head.matches('\n').count();
        let start = head.rfind('\n').map_or(0, |i| i + 1);
        format!(
            "template: output:{line}:{}: executing \"output\" at <{before}.{}>: {why}",
            place - start,
            names.join(".")
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

    fn call(&self, name: &str, args: &[Found]) -> Result<Found, String> {
        let error =
            |why: &str| format!("template: output:1: executing \"output\" at <{name}>: {why}");
        let text = |i: usize| {
            args.get(i).map_or(String::new(), |v: &Found| {
                v.as_ref().map_or(String::new(), go::print)
            })
        };
        let truth_value = |b: bool| Ok(Some(Value::Bool(b)));
        match name {
            "and" => Ok(args
                .iter()
                .find(|a| !truth(a))
                .or(args.last())
                .cloned()
                .flatten()),
            "or" => Ok(args
                .iter()
                .find(|a| truth(a))
                .or(args.last())
                .cloned()
                .flatten()),
            "not" => truth_value(!args.first().is_some_and(truth)),
            "len" => {
                let length = match args.first().and_then(Option::as_ref) {
                    Some(Value::List(items)) => items.len(),
                    Some(Value::Map(map)) => map.len(),
                    Some(Value::Str(text)) => text.len(),
                    _ => return Err(error("error calling len: len of nil pointer")),
                };
                Ok(Some(Value::Int(i64::try_from(length).unwrap_or(0))))
            }
            "index" => index(args).map_err(|why| error(&why)),
            "exists" => truth_value(exists(args)),
            "eq" => truth_value(args.iter().skip(1).any(|a| *a == args[0])),
            "ne" => truth_value(args.len() > 1 && args[0] != args[1]),
            "lt" => truth_value(args.len() > 1 && args[0] < args[1]),
            "le" => truth_value(args.len() > 1 && args[0] <= args[1]),
            "gt" => truth_value(args.len() > 1 && args[0] > args[1]),
            "ge" => truth_value(args.len() > 1 && args[0] >= args[1]),
            "print" | "println" => {
                let texts: Vec<String> = (0..args.len()).map(text).collect();
                let end = if name == "println" { "\n" } else { "" };
                Ok(Some(Value::from(format!("{}{end}", texts.join(" ")))))
            }
            "printf" => Ok(Some(Value::from(printf(
                &text(0),
                args.get(1..).unwrap_or(&[]),
            )))),
            "base64decode" => match base64::decode(&text(0)) {
                Ok(plain) => Ok(Some(Value::from(plain))),
                Err(at) => Err(error(&format!(
                    "error calling base64decode: illegal base64 data at input byte {at}"
                ))),
            },
            "slice" => Err(error("not supported here")),
            _ => Ok(Some(Value::from(text(0)))),
        }
    }
}

/// Goes from the first argument down by each of the others.
fn index(args: &[Found]) -> Result<Found, String> {
    let mut value = args.first().cloned().flatten();
    for key in args.iter().skip(1).flatten() {
        value = match (&value, key) {
            (Some(Value::Map(map)), Value::Str(key)) => map.get(key).cloned(),
            (Some(Value::List(items)), Value::Int(i)) => {
                let found = usize::try_from(*i).ok().and_then(|i| items.get(i)).cloned();
                if found.is_none() {
                    let why =
                        format!("error calling index: reflect: slice index out of range: {i}");
                    return Err(why);
                }
                found
            }
            (None | Some(Value::Null), _) => {
                return Err("error calling index: index of untyped nil".to_owned());
            }
            _ => return Err("error calling index: can't index item".to_owned()),
        };
    }
    Ok(value)
}

/// Whether the path that the later arguments name is there.
fn exists(args: &[Found]) -> bool {
    let mut value = args.first().cloned().flatten();
    for key in args.iter().skip(1).flatten() {
        value = value.and_then(|v| match key {
            Value::Str(key) => v.field(key).cloned(),
            Value::Int(i) => usize::try_from(*i)
                .ok()
                .and_then(|i| v.items().get(i).cloned()),
            _ => None,
        });
    }
    value.is_some()
}

/// `%s %v %d %q %t`, with widths.
fn printf(format: &str, args: &[Found]) -> String {
    let mut out = String::new();
    let mut args = args.iter();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut width = String::new();
        while let Some(c) = chars.peek().filter(|c| c.is_ascii_digit() || **c == '-') {
            width.push(*c);
            chars.next();
        }
        let verb = chars.next().unwrap_or('%');
        if verb == '%' {
            out.push('%');
            continue;
        }
        let text = match (args.next(), verb) {
            (None, _) => format!("%!{verb}(MISSING)"),
            (Some(value), 'q') => {
                crate::console::args::quoted(&value.as_ref().map_or(String::new(), go::print))
            }
            (Some(None), _) => "%!s(<nil>)".to_owned(),
            (Some(Some(value)), _) => go::print(value),
        };
        let room = width
            .trim_start_matches('-')
            .parse::<usize>()
            .unwrap_or(0)
            .min(1000);
        if width.starts_with('-') {
            out.push_str(&format!("{text:<room$}"));
        } else {
            out.push_str(&format!("{text:>room$}"));
        }
    }
    out
}
