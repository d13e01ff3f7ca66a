//! Nodes against a value.
//!
//! Upstream: client-go/util/jsonpath/jsonpath.go; missing keys give nothing.

use super::{Missing, Node, Template};
use crate::k8s::{Value, json};
use std::cmp::Ordering;

/// Values that one evaluation may hold.
const RESULTS_MAX: usize = 1_000_000;

/// The results of each action of a template, in order; texts stand for themselves.
pub fn find(template: &Template, root: &Value) -> Result<Vec<Vec<Value>>, String> {
    find_or(template, root, Missing::Nothing)
}

/// The same; keys that are not there may be refused.
pub fn find_or(
    template: &Template,
    root: &Value,
    missing: Missing,
) -> Result<Vec<Vec<Value>>, String> {
    let mut all = Vec::new();
    run(template, root, (root, missing), &mut all)?;
    Ok(all)
}

/// The printed template: the results of an action are set apart by blanks.
pub fn print(template: &Template, root: &Value, missing: Missing) -> Result<String, String> {
    let mut out = String::new();
    for results in find_or(template, root, missing)? {
        let texts: Vec<String> = results.iter().map(text).collect();
        out.push_str(&texts.join(" "));
    }
    Ok(out)
}

/// One result as text; lists and maps as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        other @ (Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_)) => {
            other.to_string()
        }
        other @ (Value::List(_) | Value::Map(_)) => json::compact(other),
    }
}

fn run(
    nodes: &[Node],
    current: &Value,
    root: (&Value, Missing),
    all: &mut Vec<Vec<Value>>,
) -> Result<(), String> {
    let mut i = 0;
    while i < nodes.len() {
        let node = &nodes[i];
        i += 1;
        let inner = match node {
            Node::Text(text) => {
                all.push(vec![Value::str(text)]);
                continue;
            }
            Node::Action(inner) => inner,
            _ => continue,
        };
        match inner.first() {
            Some(Node::Word(word)) if word == "range" => {
                let end = body(&nodes[i..]);
                let inside = end.map_or(&nodes[i..], |end| &nodes[i..i + end]);
                let values = path(&inner[1..], current, root)?;
                for value in &values {
                    run(inside, value, root, all)?;
                    if all.len() > RESULTS_MAX {
                        return Err("too many results".to_owned());
                    }
                }
                // Without an end, what follows is worked off once more from where the range stands.
                if let Some(end) = end {
                    i += end + 1;
                }
            }
            Some(Node::Word(word)) if word == "end" => {
                return Err("not in range, nothing to end".to_owned());
            }
            Some(Node::Word(word)) => {
                return Err(format!("unrecognized identifier {word}"));
            }
            _ => all.push(path(inner, current, root)?),
        }
    }
    Ok(())
}

/// How many nodes stand before the `{end}` of a range.
fn body(nodes: &[Node]) -> Option<usize> {
    let mut depth = 0;
    for (i, node) in nodes.iter().enumerate() {
        if let Node::Action(inner) = node
            && let Some(Node::Word(word)) = inner.first()
        {
            match word.as_str() {
                "range" => depth += 1,
                "end" if depth == 0 => return Some(i),
                "end" => depth -= 1,
                _ => {}
            }
        }
    }
    None
}

fn path(nodes: &[Node], current: &Value, root: (&Value, Missing)) -> Result<Vec<Value>, String> {
    let mut values = vec![current.clone()];
    for node in nodes {
        let mut next = Vec::new();
        match node {
            Node::Text(text) => next.push(Value::str(text)),
            Node::Number(value) => next.push(value.clone()),
            Node::Field(name) if name.is_empty() => next = values.clone(),
            Node::Field(name) => {
                for value in &values {
                    let field = value.field(name);
                    if field.is_none() && root.1 == Missing::Refused {
                        return Err(format!("{name} is not found"));
                    }
                    next.extend(field.cloned());
                }
            }
            Node::Wildcard => {
                for value in &values {
                    next.extend(children(value));
                }
            }
            Node::Recursive => {
                for value in &values {
                    descend(value, &mut next);
                }
            }
            Node::Slice {
                from,
                to,
                step,
                index,
            } => {
                for value in &values {
                    slice(value, (*from, *to, *step, *index), &mut next)?;
                }
            }
            Node::Union(each) => {
                for one in each {
                    for value in &values {
                        next.extend(path(one, value, root)?);
                    }
                }
            }
            Node::Filter { left, op, right } => {
                for value in &values {
                    filter(value, (left, op, right), root.0, &mut next)?;
                }
            }
            Node::Word(word) => return Err(format!("unrecognized identifier {word}")),
            Node::Action(_) => {}
        }
        if next.len() > RESULTS_MAX {
            return Err("too many results".to_owned());
        }
        values = next;
    }
    Ok(values)
}

fn children(value: &Value) -> Vec<Value> {
    let fields = value.fields().map(|(_, v)| v.clone());
    value.items().iter().cloned().chain(fields).collect()
}

fn descend(value: &Value, out: &mut Vec<Value>) {
    let inside = children(value);
    if inside.is_empty() {
        return;
    }
    out.push(value.clone());
    for child in inside {
        descend(&child, out);
    }
}

type Bounds = (Option<i64>, Option<i64>, Option<i64>, bool);

fn slice(
    value: &Value,
    (from, to, step, index): Bounds,
    out: &mut Vec<Value>,
) -> Result<(), String> {
    let items = match value {
        Value::Null => return Ok(()),
        Value::List(items) => items,
        Value::Map(_) => return Err("map[string]interface {} is not array or slice".to_owned()),
        Value::Str(_) => return Err("string is not array or slice".to_owned()),
        Value::Bool(_) => return Err("bool is not array or slice".to_owned()),
        Value::Int(_) => return Err("int64 is not array or slice".to_owned()),
        Value::Number(_) => return Err("float64 is not array or slice".to_owned()),
    };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let mut start = from.unwrap_or(0);
    if start < 0 {
        start += length;
    }
    let mut end = if index {
        from.unwrap_or(0).saturating_add(1)
    } else {
        to.unwrap_or(length)
    };
    if end < 0 || (end == 0 && index) {
        end += length;
    }
    if start == end {
        return Ok(());
    }
    let out_of = |i: i64| format!("array index out of bounds: index {i}, length {length}");
    if start >= length || start < 0 {
        return Err(out_of(start));
    }
    if end > length || end < 0 {
        return Err(out_of(end - 1));
    }
    if start > end {
        return Err(format!(
            "starting index {start} is greater than ending index {end}"
        ));
    }
    let step = step.unwrap_or(1);
    if step <= 0 {
        return Err("step must be > 0".to_owned());
    }
    let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
    out.extend(
        items[range]
            .iter()
            .step_by(usize::try_from(step).unwrap_or(1))
            .cloned(),
    );
    Ok(())
}

fn filter(
    value: &Value,
    (left, op, right): (&[Node], &str, &[Node]),
    root: &Value,
    out: &mut Vec<Value>,
) -> Result<(), String> {
    let Value::List(items) = value else {
        if value.is_null() {
            return Ok(());
        }
        let text = crate::console::format::go::print(value);
        return Err(format!(
            "{text} is not array or slice and cannot be filtered"
        ));
    };
    for item in items.iter() {
        let root = (root, Missing::Nothing);
        let lefts = path(left, item, root)?;
        if op.is_empty() {
            if !lefts.is_empty() {
                out.push(item.clone());
            }
            continue;
        }
        let rights = path(right, item, root)?;
        let ([a], [b]) = (&lefts[..], &rights[..]) else {
            if lefts.is_empty() || rights.is_empty() {
                continue;
            }
            return Err("can only compare one element at a time".to_owned());
        };
        if compare(a, b, op)? {
            out.push(item.clone());
        }
    }
    Ok(())
}

fn compare(a: &Value, b: &Value, op: &str) -> Result<bool, String> {
    let incompatible = || "incompatible types for comparison".to_owned();
    let order = match (a, b) {
        (Value::Int(x), Value::Int(y)) => x.cmp(y),
        (Value::Str(x), Value::Str(y)) => x.as_str().cmp(y.as_str()),
        (Value::Bool(x), Value::Bool(y)) => x.cmp(y),
        (Value::Null, Value::Null) => Ordering::Equal,
        _ => return Err(incompatible()),
    };
    Ok(match op {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        ">" => order.is_gt(),
        "<=" => order.is_le(),
        ">=" => order.is_ge(),
        _ => return Err(format!("unrecognized filter operator {op}")),
    })
}
