//! The cluster's events as rows, newest first.

use crate::cluster::{Cluster, SimTime};
use crate::k8s::order::InOrder;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object, Str, Timestamp, Value};

/// Rows shown at most.
pub const ROWS_MAX: usize = 300;

/// One event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventRow {
    pub uid: Str,
    /// Milliseconds since people arrived.
    pub elapsed: u64,
    /// `Normal` or `Warning`
    pub kind: Str,
    pub reason: Str,
    /// `pod/log-7fk2p`
    pub object: String,
    /// The command that describes the object.
    pub describe: String,
    pub message: String,
    pub count: i64,
    pub source: Str,
}

/// What rows are wanted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EventFilter {
    /// Part of an object's name or kind.
    pub object: String,
    /// `Normal`, `Warning` or all.
    pub kind: String,
    /// Part of a reason.
    pub reason: String,
}

impl EventFilter {
    fn wants(&self, row: &EventRow) -> bool {
        let has = |text: &str, part: &str| text.to_lowercase().contains(&part.to_lowercase());
        (self.kind.is_empty() || row.kind == self.kind)
            && has(&row.object, self.object.trim())
            && has(&row.reason, self.reason.trim())
    }
}

/// The rows that a filter wants, and how many there are beyond the limit.
pub fn events(cluster: &Cluster, filter: &EventFilter) -> (Vec<EventRow>, usize) {
    let exact = moments(cluster);
    let all = cluster.objects(Kind::Event);
    let mut rows: Vec<EventRow> = all
        .map(|event| row(cluster, event, &exact))
        .filter(|row| filter.wants(row))
        .collect();
    rows.order_by(|a, b| (b.elapsed, &b.uid).cmp(&(a.elapsed, &a.uid)));
    let more = rows.len().saturating_sub(ROWS_MAX);
    rows.truncate(ROWS_MAX);
    (rows, more)
}

/// The events about one object, newest first.
pub fn about(cluster: &Cluster, object: &Object) -> Vec<EventRow> {
    let exact = moments(cluster);
    let of_it = |event: &&std::sync::Arc<Object>| {
        let involved = event.value().get("involvedObject");
        involved.get("kind").text() == object.kind().name()
            && involved.get("name").text() == object.name().as_str()
            && involved.get("namespace").text() == object.namespace().as_str()
    };
    let found = cluster.objects(Kind::Event).filter(of_it);
    let mut rows: Vec<EventRow> = found.map(|event| row(cluster, event, &exact)).collect();
    rows.order_by(|a, b| (b.elapsed, &b.uid).cmp(&(a.elapsed, &a.uid)));
    rows.truncate(20);
    rows
}

/// The exact moments at which events were written last, as far as the trace goes back; their own stamps are whole
/// seconds.
fn moments(cluster: &Cluster) -> BTreeMap<(Str, Str), SimTime> {
    let entries = cluster.api().trace().entries();
    entries
        .filter(|entry| entry.key.kind == Kind::Event && entry.refused.is_empty())
        .map(|entry| {
            (
                (entry.key.namespace.clone(), entry.key.name.clone()),
                entry.at,
            )
        })
        .collect()
}

fn row(cluster: &Cluster, event: &Object, exact: &BTreeMap<(Str, Str), SimTime>) -> EventRow {
    let value = event.value();
    let involved = value.get("involvedObject");
    let stamps = [
        value.at(&["series", "lastObservedTime"]),
        value.get("lastTimestamp"),
        value.get("firstTimestamp"),
        value.get("eventTime"),
    ];
    let stamp = stamps.into_iter().find(|stamp| !stamp.is_null());
    let own = stamp
        .and_then(|stamp| Timestamp::parse(stamp.text()))
        .map(SimTime::of);
    let key = (event.namespace().clone(), event.name().clone());
    let start = SimTime::of(cluster.setup().start);
    let at = exact.get(&key).copied().or(own).unwrap_or(start);
    let first = |fields: [&Value; 2]| {
        let found = fields.into_iter().find(|field| !field.text().is_empty());
        found.map(Value::to_str).unwrap_or_default()
    };
    let count = value.at(&["series", "count"]).as_i64();
    let kind = involved.get("kind").text().to_lowercase();
    let name = involved.get("name").text();
    let namespace = involved.get("namespace").text();
    let mut describe = format!("kubectl describe {kind} {name}");
    if !namespace.is_empty() {
        describe.push_str(" -n ");
        describe.push_str(namespace);
    }
    EventRow {
        uid: event.uid().clone(),
        elapsed: at.since(start).as_millis(),
        kind: value.get("type").to_str(),
        reason: value.get("reason").to_str(),
        object: format!("{kind}/{name}"),
        describe,
        message: value.get("message").text().to_owned(),
        count: count.or(value.get("count").as_i64()).unwrap_or(1).max(1),
        source: first([
            value.at(&["source", "component"]),
            value.get("reportingComponent"),
        ]),
    }
}
