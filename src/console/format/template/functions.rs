//! The functions of templates.
//!
//! Upstream: Go's text/template/funcs.go; `exists` and `base64decode` are kubectl's own.

use super::printf::printf;
use super::run::Found;
use crate::console::format::go;
use crate::k8s::{Value, base64};
use std::cmp::Ordering;

/// The functions that there are.
pub const FUNCTIONS: &[&str] = &[
    "and",
    "or",
    "not",
    "len",
    "index",
    "slice",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "print",
    "printf",
    "println",
    "html",
    "js",
    "urlquery",
    "call",
    "exists",
    "base64decode",
];

/// How many arguments a function wants, and whether more may follow.
fn wanted(name: &str) -> (usize, bool) {
    match name {
        "not" | "len" | "base64decode" => (1, false),
        "ne" | "lt" | "le" | "gt" | "ge" => (2, false),
        "and" | "or" | "index" | "slice" | "eq" | "printf" | "call" | "exists" => (1, true),
        _ => (0, true),
    }
}

/// An argument.
pub struct Arg {
    pub value: Found,
    /// It comes from the template itself, where numbers are of another type.
    own: bool,
}

impl Arg {
    pub fn new(value: Found, own: bool) -> Self {
        Self { value, own }
    }

    /// The value, unless it is nothing at all.
    fn there(&self) -> Option<&Value> {
        self.value.as_ref().filter(|value| !value.is_null())
    }

    /// Its Go type.
    pub fn kind(&self) -> &'static str {
        match self.there() {
            None | Some(Value::Null) => "<nil>",
            Some(Value::Bool(_)) => "bool",
            Some(Value::Int(_)) if self.own => "int",
            Some(Value::Int(_)) => "int64",
            Some(Value::Number(_)) => "float64",
            Some(Value::Str(_)) => "string",
            Some(Value::List(_)) => "[]interface {}",
            Some(Value::Map(_)) => "map[string]interface {}",
        }
    }

    fn text(&self) -> String {
        self.value
            .as_ref()
            .map_or_else(|| "<no value>".to_owned(), go::print)
    }

    fn truth(&self) -> bool {
        self.value.as_ref().is_some_and(|v| !v.is_empty())
    }
}

/// Calls a function; the error is what stands behind the place.
pub fn call(name: &str, args: &[Arg]) -> Result<Found, String> {
    let (least, more) = wanted(name);
    if args.len() < least || (args.len() > least && !more) {
        let at_least = if more { "at least " } else { "" };
        return Err(format!(
            "wrong number of args for {name}: want {at_least}{least} got {}",
            args.len()
        ));
    }
    answer(name, args).map_err(|why| format!("error calling {name}: {why}"))
}

fn answer(name: &str, args: &[Arg]) -> Result<Found, String> {
    let text = |text: String| Ok(Some(Value::from(text)));
    let truth = |truth: bool| Ok(Some(Value::Bool(truth)));
    let last = || args.last().and_then(|arg| arg.value.clone());
    let joined = || args.iter().map(Arg::text).collect::<String>();
    match name {
        "and" => Ok(args
            .iter()
            .find(|a| !a.truth())
            .map_or_else(last, |a| a.value.clone())),
        "or" => Ok(args
            .iter()
            .find(|a| a.truth())
            .map_or_else(last, |a| a.value.clone())),
        "not" => truth(!args[0].truth()),
        "len" => {
            let length = match args[0].there() {
                Some(Value::List(items)) => items.len(),
                Some(Value::Map(map)) => map.len(),
                Some(Value::Str(text)) => text.len(),
                None => return Err("reflect: call of reflect.Value.Type on zero Value".to_owned()),
                Some(_) => return Err(format!("len of type {}", args[0].kind())),
            };
            Ok(Some(Value::Int(i64::try_from(length).unwrap_or(0))))
        }
        "index" => index(args),
        "slice" => slice(args),
        "exists" => truth(exists(args)),
        "eq" if args.len() == 1 => Err("missing argument for comparison".to_owned()),
        "eq" => {
            for arg in &args[1..] {
                if equal(&args[0], arg)? {
                    return truth(true);
                }
            }
            truth(false)
        }
        "ne" => truth(!equal(&args[0], &args[1])?),
        "lt" => truth(order(args)? == Ordering::Less),
        "le" => truth(order(args)? != Ordering::Greater),
        "gt" => truth(order(args)? == Ordering::Greater),
        "ge" => truth(order(args)? != Ordering::Less),
        "print" => text(print(args)),
        "println" => {
            let words: Vec<String> = args.iter().map(Arg::text).collect();
            text(format!("{}\n", words.join(" ")))
        }
        "printf" => text(printf(&args[0].text(), &args[1..])),
        "html" => text(escaped(&joined(), html)),
        "js" => text(escaped(&joined(), js)),
        "urlquery" => text(escaped(&joined(), urlquery)),
        "call" => Err(format!("non-function of type {}", args[0].kind())),
        _ => match base64::decode(&args[0].text()) {
            Ok(plain) => text(plain),
            Err(at) => Err(format!(
                "base64 decode failed: illegal base64 data at input byte {at}"
            )),
        },
    }
}

/// Words that are no texts have a blank between them.
fn print(args: &[Arg]) -> String {
    let mut out = String::new();
    for (i, arg) in args.iter().enumerate() {
        let words = |arg: &Arg| matches!(arg.value, Some(Value::Str(_)));
        if i > 0 && !words(arg) && !words(&args[i - 1]) {
            out.push(' ');
        }
        out.push_str(&arg.text());
    }
    out
}

fn escaped(text: &str, one: fn(char, &mut String)) -> String {
    let mut out = String::new();
    text.chars().for_each(|c| one(c, &mut out));
    out
}

fn html(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&#34;"),
        '\'' => out.push_str("&#39;"),
        c => out.push(c),
    }
}

fn js(c: char, out: &mut String) {
    match c {
        '\\' | '\'' | '"' => {
            out.push('\\');
            out.push(c);
        }
        '<' | '>' | '&' | '=' | '\0'..='\x1f' => out.push_str(&format!("\\u{:04X}", u32::from(c))),
        c => out.push(c),
    }
}

fn urlquery(c: char, out: &mut String) {
    match c {
        ' ' => out.push('+'),
        c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~') => out.push(c),
        c => {
            let mut room = [0; 4];
            for byte in c.encode_utf8(&mut room).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
}

fn incompatible(a: &Arg, b: &Arg) -> String {
    let (a, b) = (a.kind(), b.kind());
    format!("incompatible types for comparison: {a} and {b}")
}

/// The same kind of number, text or truth.
fn alike(a: &Arg, b: &Arg) -> bool {
    let basic = |arg: &Arg| match arg.kind() {
        "int64" => "int",
        kind => kind,
    };
    basic(a) == basic(b)
}

fn equal(a: &Arg, b: &Arg) -> Result<bool, String> {
    match (a.there(), b.there()) {
        (None, None) => Ok(true),
        (None, _) | (_, None) => Ok(false),
        (Some(_), Some(_)) if !alike(a, b) => Err(incompatible(a, b)),
        (Some(Value::List(_) | Value::Map(_)), _) => {
            Err(format!("non-comparable type {}: {}", a.text(), a.kind()))
        }
        (x, y) => Ok(x == y),
    }
}

fn order(args: &[Arg]) -> Result<Ordering, String> {
    let (a, b) = (&args[0], &args[1]);
    let ([Some(x), Some(y)], true) = ([a.there(), b.there()], alike(a, b)) else {
        return Err(incompatible(a, b));
    };
    if matches!(x, Value::Bool(_) | Value::List(_) | Value::Map(_)) {
        return Err("invalid type for comparison".to_owned());
    }
    Ok(x.cmp(y))
}

fn place(arg: &Arg, length: usize) -> Result<usize, String> {
    match arg.there() {
        Some(Value::Int(i)) => usize::try_from(*i)
            .ok()
            .filter(|i| *i <= length)
            .ok_or_else(|| format!("index out of range: {i}")),
        None => Err("cannot index slice/array with nil".to_owned()),
        Some(_) => Err(format!("cannot index slice/array with type {}", arg.kind())),
    }
}

/// Goes from the first argument down by each of the others.
fn index(args: &[Arg]) -> Result<Found, String> {
    let mut value = args[0].value.clone();
    for key in &args[1..] {
        value = match (&value, key.there()) {
            (None | Some(Value::Null), _) => return Err("index of untyped nil".to_owned()),
            (Some(Value::Map(map)), Some(Value::Str(key))) => map.get(key).cloned(),
            (Some(Value::Map(_)), _) => {
                return Err(format!("value has type {}; should be string", key.kind()));
            }
            (Some(Value::List(items)), _) => {
                let i = place(key, items.len())?;
                let found = items.get(i).cloned();
                if found.is_none() {
                    return Err(format!("reflect: slice index out of range: {i}"));
                }
                found
            }
            (Some(Value::Str(text)), _) => {
                let i = place(key, text.len())?;
                let byte = text.as_bytes().get(i);
                let byte = byte.ok_or_else(|| format!("index out of range: {i}"))?;
                Some(Value::Int(i64::from(*byte)))
            }
            (Some(other), _) => {
                let kind = Arg::new(Some(other.clone()), false).kind();
                return Err(format!("can't index item of type {kind}"));
            }
        };
    }
    Ok(value)
}

/// `slice x 1 3`
fn slice(args: &[Arg]) -> Result<Found, String> {
    let length = match args[0].there() {
        Some(Value::Str(text)) => text.len(),
        Some(Value::List(items)) => items.len(),
        None => return Err("slice of untyped nil".to_owned()),
        Some(_) => return Err(format!("can't slice item of type {}", args[0].kind())),
    };
    let at = |i: usize, other: usize| args.get(i).map_or(Ok(other), |arg| place(arg, length));
    let (from, to) = (at(1, 0)?, at(2, length)?);
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    Ok(match args[0].there() {
        Some(Value::List(items)) => Some(items[from..to].iter().cloned().collect()),
        Some(Value::Str(text)) => {
            let bytes = &text.as_bytes()[from..to];
            Some(Value::from(String::from_utf8_lossy(bytes).into_owned()))
        }
        _ => None,
    })
}

/// Whether the path that the later arguments name is there.
fn exists(args: &[Arg]) -> bool {
    let mut value = args[0].value.clone();
    for key in &args[1..] {
        value = value.and_then(|v| match key.there() {
            Some(Value::Str(key)) => v.field(key).cloned(),
            Some(Value::Int(i)) => usize::try_from(*i)
                .ok()
                .and_then(|i| v.items().get(i).cloned()),
            _ => None,
        });
    }
    args.len() == 1 || value.is_some()
}
