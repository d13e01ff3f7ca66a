//! `printf` of templates.
//!
//! Upstream: Go's fmt `Sprintf`

use super::functions::Arg;
use crate::console::args::quoted;
use crate::console::format::go;
use crate::k8s::Value;

/// Columns that one value is padded to at most.
const WIDTH_MAX: usize = 1000;

/// A text with its verbs filled in.
pub fn printf(format: &str, args: &[Arg]) -> String {
    let mut out = String::new();
    let mut left = args.iter();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut take = |wanted: fn(char) -> bool| {
            let mut text = String::new();
            while let Some(c) = chars.next_if(|c| wanted(*c)) {
                text.push(c);
            }
            text
        };
        let flags = take(|c| matches!(c, '-' | '+' | '0' | ' ' | '#'));
        let width = take(|c| c.is_ascii_digit());
        let precision = take(|c| c == '.' || c.is_ascii_digit());
        let Some(verb) = chars.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        let Some(arg) = left.next() else {
            out.push_str(&format!("%!{verb}(MISSING)"));
            continue;
        };
        let text = shown(verb, &flags, precision.strip_prefix('.'), arg);
        let width = width.parse::<usize>().unwrap_or(0).min(WIDTH_MAX);
        let zeros = flags.contains('0') && !flags.contains('-');
        let text = if flags.contains('-') {
            format!("{text:<width$}")
        } else if zeros {
            let (sign, digits) = text.split_at(usize::from(text.starts_with(['-', '+'])));
            let room = width.saturating_sub(sign.len());
            format!("{sign}{digits:0>room$}")
        } else {
            format!("{text:>width$}")
        };
        out.push_str(&text);
    }
    let extra: Vec<String> = left.map(typed).collect();
    if !extra.is_empty() {
        out.push_str(&format!("%!(EXTRA {})", extra.join(", ")));
    }
    out
}

/// `string=x`
fn typed(arg: &Arg) -> String {
    match &arg.value {
        None | Some(Value::Null) => "<nil>".to_owned(),
        Some(value) => format!("{}={}", arg.kind(), go::print(value)),
    }
}

fn shown(verb: char, flags: &str, precision: Option<&str>, arg: &Arg) -> String {
    let wrong = || format!("%!{verb}({})", typed(arg));
    let value = arg.value.clone().unwrap_or_default();
    let places = precision.map(|p| p.parse::<usize>().unwrap_or(0).min(WIDTH_MAX));
    let sign = |text: String| {
        if flags.contains('+') && !text.starts_with('-') {
            format!("+{text}")
        } else {
            text
        }
    };
    match (verb, &value) {
        ('T', _) => arg.kind().to_owned(),
        ('v', _) => go::print(&value),
        (_, Value::Null) => wrong(),
        ('s', Value::Str(text)) => text.chars().take(places.unwrap_or(usize::MAX)).collect(),
        ('s', Value::List(_) | Value::Map(_)) => go::print(&value),
        ('q', Value::Str(text)) => quoted(text),
        ('x', Value::Str(text)) => text.bytes().map(|b| format!("{b:02x}")).collect(),
        ('d', Value::Int(i)) => sign(i.to_string()),
        ('x', Value::Int(i)) => format!("{i:x}"),
        ('X', Value::Int(i)) => format!("{i:X}"),
        ('o', Value::Int(i)) => format!("{i:o}"),
        ('b', Value::Int(i)) => format!("{i:b}"),
        ('U', Value::Int(i)) => format!("U+{i:04X}"),
        ('c', Value::Int(i)) => u32::try_from(*i)
            .ok()
            .and_then(char::from_u32)
            .unwrap_or('\u{fffd}')
            .to_string(),
        ('t', Value::Bool(b)) => b.to_string(),
        ('g', Value::Number(n)) => sign(n.to_string()),
        ('f', Value::Number(n)) => sign(fixed(n, places.unwrap_or(6))),
        _ => wrong(),
    }
}

/// A number with so many places behind the point; what is more is cut off.
fn fixed(number: &str, places: usize) -> String {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let part: String = part
        .chars()
        .chain(std::iter::repeat('0'))
        .take(places)
        .collect();
    if places == 0 {
        whole.to_owned()
    } else {
        format!("{whole}.{part}")
    }
}
