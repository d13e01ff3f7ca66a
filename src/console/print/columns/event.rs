//! The row of an event.

use super::{Column, View, col, wide};
use crate::k8s::{Object, Value};

pub const COLUMNS: &[Column] = &[
    col("LAST SEEN"),
    col("TYPE"),
    col("REASON"),
    col("OBJECT"),
    wide("SUBOBJECT"),
    wide("SOURCE"),
    col("MESSAGE"),
    wide("FIRST SEEN"),
    wide("COUNT"),
    wide("NAME"),
];

/// When the event was seen first.
pub fn first_seen(event: &Value) -> &Value {
    let first = event.get("firstTimestamp");
    if first.is_null() {
        event.get("eventTime")
    } else {
        first
    }
}

/// When the event was seen last.
pub fn last_seen(event: &Value) -> &Value {
    let series = event.at(&["series", "lastObservedTime"]);
    let last = event.get("lastTimestamp");
    if !series.is_null() {
        series
    } else if last.is_null() {
        first_seen(event)
    } else {
        last
    }
}

/// How often the event was seen.
pub fn count(event: &Value) -> i64 {
    let series = event.at(&["series", "count"]).as_i64();
    series
        .or(event.get("count").as_i64())
        .filter(|n| *n != 0)
        .unwrap_or(1)
}

/// Who reported it.
pub fn source(event: &Value) -> String {
    let component = event.at(&["source", "component"]).text();
    let component = if component.is_empty() {
        event.get("reportingComponent").text()
    } else {
        component
    };
    let host = event.at(&["source", "host"]).text();
    if host.is_empty() {
        component.to_owned()
    } else {
        format!("{component}, {host}")
    }
}

pub fn cells(object: &Object, view: View<'_>) -> Vec<String> {
    let value = object.value();
    let involved = value.get("involvedObject");
    vec![
        view.age(last_seen(value)),
        value.get("type").text().to_owned(),
        value.get("reason").text().to_owned(),
        format!(
            "{}/{}",
            involved.get("kind").text().to_lowercase(),
            involved.get("name").text()
        ),
        involved.get("fieldPath").text().to_owned(),
        source(value),
        value.get("message").text().trim().to_owned(),
        view.age(first_seen(value)),
        count(value).to_string(),
        object.name().to_string(),
    ]
}
