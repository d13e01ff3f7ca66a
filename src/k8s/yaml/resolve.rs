//! What a plain scalar means: YAML 1.1 as the client's reader resolves it.
//!
//! Upstream: go.yaml.in/yaml/v2 resolve.go `resolve`.

use crate::k8s::{Value, number};

/// What a plain scalar resolves to.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Resolved {
    /// Text, also dates and times.
    Text,
    Value(Value),
    /// `.nan`, `.inf`: numbers that JSON cannot hold; with Go's name for it.
    NotJson(&'static str),
}

/// Resolves the text of a plain scalar.
pub(super) fn plain(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Value(Value::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Resolved::Value(Value::Bool(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Resolved::Value(Value::Bool(false));
        }
        ".nan" | ".NaN" | ".NAN" => return Resolved::NotJson("NaN"),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Resolved::NotJson("+Inf");
        }
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::NotJson("-Inf"),
        _ => {}
    }
    let first = text.as_bytes()[0];
    let found = match first {
        b'.' => float(text),
        b'+' | b'-' | b'0'..=b'9' => {
            let digits = text.replace('_', "");
            if is_timestamp(text) {
                None
            } else {
                integer(&digits).or_else(|| float(&digits))
            }
        }
        _ => None,
    };
    found.map_or(Resolved::Text, Resolved::Value)
}

/// True when the plain form of a text is read back as that text.
pub(super) fn is_text(text: &str) -> bool {
    plain(text) == Resolved::Text && !is_timestamp(text) && !is_base_60(text)
}

/// Upstream: Go's strconv `ParseInt` and `ParseUint` with base 0.
fn integer(text: &str) -> Option<Value> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = if let Some(hex) = lower.strip_prefix("0x") {
        (16, hex)
    } else if let Some(octal) = lower.strip_prefix("0o") {
        (8, octal)
    } else if let Some(binary) = lower.strip_prefix("0b") {
        (2, binary)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, lower.as_str())
    };
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let amount = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let whole = if negative { -amount } else { amount };
    match i64::try_from(whole) {
        Ok(i) => Some(Value::Int(i)),
        // Only numbers without a sign are tried as unsigned ones.
        Err(_) if text.starts_with(['-', '+']) => None,
        Err(_) => Some(number::from_json(&whole.to_string())),
    }
}

/// A decimal number with a point or an exponent, within the range of a float.
fn float(text: &str) -> Option<Value> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (body, None),
    };
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let formed = digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|e| {
            let e = e.strip_prefix(['-', '+']).unwrap_or(e);
            !e.is_empty() && digits(e)
        });
    if !formed {
        return None;
    }
    let float: f64 = text.parse().ok()?;
    float.is_finite().then(|| number::from_float(float))
}

/// `2026-11-21`, `2026-1-2T3:04:05Z`, `2026-11-21 10:00:00`: read as text, but printed in quotes.
///
/// Upstream: go.yaml.in/yaml/v2 resolve.go `parseTimestamp`.
pub(super) fn is_timestamp(text: &str) -> bool {
    let Some((year, rest)) = text.split_once('-') else {
        return false;
    };
    let number = |t: &str, widths: std::ops::RangeInclusive<usize>, max: u32| {
        widths.contains(&t.len())
            && t.bytes().all(|b| b.is_ascii_digit())
            && t.parse::<u32>().is_ok_and(|n| n <= max)
    };
    let Some((month, rest)) = rest.split_once('-') else {
        return false;
    };
    let day_end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (day, time) = rest.split_at(day_end);
    let month_ok = number(month, 1..=2, 12) && month.parse::<u32>().is_ok_and(|m| m >= 1);
    let date = number(year, 4..=4, 9999) && month_ok && number(day, 1..=2, 31);
    if !date || time.is_empty() {
        return date && day.parse::<u32>().is_ok_and(|d| d >= 1);
    }
    let zoned = time.starts_with(['T', 't']);
    let clock = if zoned {
        &time[1..]
    } else {
        match time.strip_prefix(' ') {
            Some(clock) => clock.trim_start_matches(' '),
            None => return false,
        }
    };
    let (clock, zone) = match clock.find(['Z', '+', '-']) {
        Some(at) => clock.split_at(at),
        None => (clock, ""),
    };
    let zone_ok = match zone {
        "" => !zoned,
        "Z" => zoned,
        zone => {
            let hours_minutes = zone[1..].split_once(':');
            zoned
                && hours_minutes.is_some_and(|(h, m)| number(h, 2..=2, 24) && number(m, 2..=2, 60))
        }
    };
    let mut parts = clock.splitn(3, ':');
    let (hour, minute, second) = (parts.next(), parts.next(), parts.next());
    let (second, fraction) = second.map_or(("", None), |s| match s.split_once('.') {
        Some((second, fraction)) => (second, Some(fraction)),
        None => (s, None),
    });
    zone_ok
        && hour.is_some_and(|h| number(h, 1..=2, 23))
        && minute.is_some_and(|m| number(m, 1..=2, 59))
        && number(second, 1..=2, 59)
        && fraction.is_none_or(|f| !f.is_empty() && f.bytes().all(|b| b.is_ascii_digit()))
}

/// `1:30`, `12:30:45`: numbers in base 60 for old readers.
fn is_base_60(text: &str) -> bool {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = body.split(':');
    let head = parts.next().unwrap_or("");
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if !head.starts_with(|c: char| c.is_ascii_digit()) || !digits(head) {
        return false;
    }
    let rest: Vec<&str> = parts.collect();
    let Some((last, middle)) = rest.split_last() else {
        return false;
    };
    let sixty = |t: &str| {
        (1..=2).contains(&t.len())
            && t.bytes().all(|b| b.is_ascii_digit())
            && (t.len() == 1 || t.as_bytes()[0] <= b'5')
    };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    middle.iter().all(|t| sixty(t)) && sixty(last) && digits(fraction)
}
