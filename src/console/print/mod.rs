//! Objects as text for people: tables (`get`) and descriptions (`describe`).

pub mod age;
pub mod columns;
pub mod describe;
pub mod go_json;
pub mod output;
pub mod table;
pub mod unified;

use crate::cluster::{ApiServer, SimTime};
use crate::k8s::order::InOrder;
use crate::k8s::{Timestamp, Value};

/// What printers may look at.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub api: &'a ApiServer,
    pub now: SimTime,
}

impl View<'_> {
    /// The age of a timestamp's text; the year 1 when there is none.
    pub fn age(&self, timestamp: &Value) -> String {
        self.age_of(Timestamp::parse(timestamp.text()))
    }

    pub fn age_of(&self, timestamp: Option<Timestamp>) -> String {
        match timestamp {
            Some(at) => age::since(at, self.now),
            None => "<unknown>".to_owned(),
        }
    }
}

/// `<none>` for an empty text.
pub fn or_none(text: &str) -> String {
    if text.is_empty() { "<none>" } else { text }.to_owned()
}

/// A map as `k=v,k=v` in the order of these texts, `<none>` when empty.
///
/// Upstream: apimachinery/pkg/labels/labels.go `Set.String`
pub fn labels(map: &Value) -> String {
    let mut pairs: Vec<String> = map
        .fields()
        .map(|(k, v)| format!("{k}={}", v.text()))
        .collect();
    pairs.order();
    or_none(&pairs.join(","))
}

/// A scalar as text; nothing for Null.
pub fn scalar(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Str(text) => text.to_string(),
        other @ (Value::Bool(_)
        | Value::Int(_)
        | Value::Number(_)
        | Value::List(_)
        | Value::Map(_)) => other.to_string(),
    }
}

/// A time as describe prints it: `Sat, 21 Nov 2026 00:00:05 +0000`; the year 1 when there is none.
pub fn long_time(timestamp: &Value) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let Some(at) = Timestamp::parse(timestamp.text()) else {
        // Go's zero time.
        return "Mon, 01 Jan 0001 00:00:00 +0000".to_owned();
    };
    let civil = at.civil();
    let day = DAYS[usize::try_from(civil.weekday).unwrap_or(0) % 7];
    let month = MONTHS[usize::try_from(civil.month).unwrap_or(1).saturating_sub(1) % 12];
    format!(
        "{day}, {:02} {month} {:04} {:02}:{:02}:{:02} +0000",
        civil.day, civil.year, civil.hour, civil.minute, civil.second
    )
}
