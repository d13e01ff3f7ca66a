//! `Doc`: the versioned document behind links and workspace files. Its types are its own, so that the rest of
//! the library may change without changing what old links mean.

use super::command;
use crate::cluster::{Cluster, Command, LogEntry, Setup};
use crate::cluster::{SimSpan, SimTime};
use crate::k8s::{Str, Timestamp, Value};
use crate::value;
use std::fmt;
use std::sync::Arc;

/// The version that is written. Every version up to it can be read.
pub const VERSION: i64 = 1;

/// More than this is refused when a document is opened.
pub const LIMIT_NODES: usize = 20_000;
pub const LIMIT_COMMANDS: usize = 20_000;
pub const LIMIT_FILES: usize = 500;

/// A run and what lies around it.
#[derive(Clone, Debug, Default)]
pub struct Doc {
    pub setup: Setup,
    pub files: Vec<TextFile>,
    /// The commands in order.
    pub log: Vec<Line>,
    /// Where the time line stands, in milliseconds since the setup's start.
    pub position: u64,
}

/// A file of the editor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextFile {
    pub name: String,
    pub text: String,
}

/// A command and its place.
#[derive(Clone, Debug)]
pub struct Line {
    /// Milliseconds since the setup's start.
    pub at: u64,
    /// How many events had run before it.
    pub after_events: u64,
    pub command: Command,
}

/// Why a document cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ShareError {
    /// The text is no base64url, was cut, or does not unpack.
    Damaged,
    /// It unpacks to more than is allowed.
    TooLarge,
    /// It was written by a later version.
    Newer(i64),
    /// It unpacks, but a part of it makes no sense.
    Malformed(&'static str),
}

impl fmt::Display for ShareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ShareError::Damaged => f.write_str("The link is damaged or incomplete."),
            ShareError::TooLarge => f.write_str("The link holds more than this page opens."),
            ShareError::Newer(version) => write!(
                f,
                "The link was made by a newer version of the page (format {version}; this page reads up to {VERSION})."
            ),
            ShareError::Malformed(what) => write!(f, "The link does not hold a valid {what}."),
        }
    }
}

impl Doc {
    /// Everything of a run.
    pub fn of(cluster: &Cluster, log: &[Arc<LogEntry>], files: Vec<TextFile>) -> Self {
        let start = SimTime::of(cluster.setup().start);
        let line = |entry: &Arc<LogEntry>| Line {
            at: entry.at.since(start).as_millis(),
            after_events: entry.after_events,
            command: entry.command.clone(),
        };
        Self {
            setup: (**cluster.setup()).clone(),
            files,
            log: log.iter().map(line).collect(),
            position: cluster.now().since(start).as_millis(),
        }
    }

    /// The log as a history replays it.
    pub fn entries(&self) -> Vec<Arc<LogEntry>> {
        let start = SimTime::of(self.setup.start);
        let entry = |line: &Line| LogEntry {
            at: start + SimSpan::from_millis(line.at),
            after_events: line.after_events,
            command: line.command.clone(),
        };
        self.log.iter().map(|line| Arc::new(entry(line))).collect()
    }

    /// The moment at which the time line stands.
    pub fn now(&self) -> SimTime {
        SimTime::of(self.setup.start) + SimSpan::from_millis(self.position)
    }

    /// The document as a tree. Fields at their defaults are left out.
    pub fn to_value(&self) -> Value {
        let mut value = value!({"v": VERSION, "setup": setup_to_value(&self.setup)});
        if !self.files.is_empty() {
            let file = |f: &TextFile| value!([Str::new(&f.name), Str::new(&f.text)]);
            value.set("files", self.files.iter().map(file).collect::<Value>());
        }
        if !self.log.is_empty() {
            let line = |l: &Line| {
                value!([
                    int(l.at),
                    int(l.after_events),
                    command::to_value(&l.command)
                ])
            };
            value.set("log", self.log.iter().map(line).collect::<Value>());
        }
        if self.position > 0 {
            value.set("now", int(self.position));
        }
        value
    }

    /// Reads a tree of the present version (see [`super::migrate`] for older ones).
    pub fn from_value(value: &Value) -> Result<Self, ShareError> {
        let files = value.get("files").items();
        let log = value.get("log").items();
        if files.len() > LIMIT_FILES || log.len() > LIMIT_COMMANDS {
            return Err(ShareError::TooLarge);
        }
        let file = |f: &Value| match (f.index(0).as_str(), f.index(1).as_str()) {
            (Some(name), Some(text)) => Ok(TextFile {
                name: name.to_owned(),
                text: text.to_owned(),
            }),
            _ => Err(ShareError::Malformed("file")),
        };
        let line = |l: &Value| {
            Ok(Line {
                at: number(l.index(0), "command")?,
                after_events: number(l.index(1), "command")?,
                command: command::from_value(l.index(2)).ok_or(ShareError::Malformed("command"))?,
            })
        };
        let position = match value.get("now") {
            Value::Null => 0,
            now => number(now, "moment")?,
        };
        Ok(Self {
            setup: setup_from_value(value.get("setup"))?,
            files: files.iter().map(file).collect::<Result<_, _>>()?,
            log: log.iter().map(line).collect::<Result<_, _>>()?,
            position,
        })
    }
}

fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A moment or count below what a year of simulated milliseconds needs.
fn number(value: &Value, what: &'static str) -> Result<u64, ShareError> {
    const MOST: u64 = 400 * 86_400_000;
    let number = value.as_i64().and_then(|n| u64::try_from(n).ok());
    number
        .filter(|n| *n <= MOST)
        .ok_or(ShareError::Malformed(what))
}

/// The latencies by name, in one place for writing and reading.
fn latencies(setup: &mut Setup) -> [(&'static str, &mut SimSpan); 11] {
    let l = &mut setup.latencies;
    [
        ("write", &mut l.write),
        ("watch", &mut l.watch),
        ("command", &mut l.command),
        ("schedule", &mut l.schedule),
        ("podStatus", &mut l.pod_status),
        ("sandbox", &mut l.sandbox),
        ("pull", &mut l.pull),
        ("start", &mut l.start),
        ("stop", &mut l.stop),
        ("removeMin", &mut l.remove_min),
        ("removeMax", &mut l.remove_max),
    ]
}

fn setup_to_value(setup: &Setup) -> Value {
    let mut standard = Setup::default();
    let mut own = setup.clone();
    let mut value = value!({"seed": format!("{:x}", setup.seed)});
    if setup.start != standard.start {
        value.set("start", setup.start.0);
    }
    if setup.warm_up != standard.warm_up {
        value.set("warmUp", int(setup.warm_up.as_millis()));
    }
    if setup.bare_nodes {
        value.set("bare", true);
    }
    if !setup.nodes.is_empty() {
        value.set(
            "nodes",
            setup.nodes.iter().map(node_to_value).collect::<Value>(),
        );
    }
    for ((name, span), (_, usual)) in latencies(&mut own)
        .into_iter()
        .zip(latencies(&mut standard))
    {
        if span != usual {
            value.set_at(&["latencies"], value.get("latencies").clone());
            value
                .at_mut(&["latencies"])
                .set(name, int(span.as_millis()));
        }
    }
    value
}

fn setup_from_value(value: &Value) -> Result<Setup, ShareError> {
    let mut setup = Setup::default();
    let seed = value.get("seed").text();
    setup.seed = u64::from_str_radix(seed, 16).map_err(|_| ShareError::Malformed("seed"))?;
    if let Some(start) = value.get("start").as_i64() {
        // From 1971 to 2200, so that a warm-up fits before it and years of play after it.
        if !(31_536_000..7_258_118_400).contains(&start) {
            return Err(ShareError::Malformed("start"));
        }
        setup.start = Timestamp(start);
    }
    if !value.get("warmUp").is_null() {
        let span = number(value.get("warmUp"), "warm-up")?;
        if span > 3_600_000 {
            return Err(ShareError::Malformed("warm-up"));
        }
        setup.warm_up = SimSpan::from_millis(span);
    }
    setup.bare_nodes = value.get("bare").as_bool() == Some(true);
    let nodes = value.get("nodes").items();
    if nodes.len() > LIMIT_NODES {
        return Err(ShareError::TooLarge);
    }
    setup.nodes = nodes
        .iter()
        .map(node_from_value)
        .collect::<Result<_, _>>()?;
    for (name, span) in latencies(&mut setup) {
        let given = value.at(&["latencies"]).get(name);
        if !given.is_null() {
            *span = SimSpan::from_millis(number(given, "latency")?);
        }
    }
    if setup.latencies.watch == SimSpan::ZERO || setup.latencies.write == SimSpan::ZERO {
        return Err(ShareError::Malformed("latency"));
    }
    Ok(setup)
}

/// A plain node is its name; others are their tree without apiVersion and kind.
fn node_to_value(node: &Value) -> Value {
    let mut rest = node.clone();
    rest.remove("apiVersion");
    rest.remove("kind");
    let name = node.at(&["metadata", "name"]);
    if rest == value!({"metadata": {"name": name}}) {
        name.clone()
    } else {
        rest
    }
}

fn node_from_value(value: &Value) -> Result<Value, ShareError> {
    let mut node = match value {
        Value::Str(name) => value!({"metadata": {"name": name}}),
        Value::Map(_) => value.clone(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::List(_) => {
            return Err(ShareError::Malformed("node"));
        }
    };
    node.set("apiVersion", "v1");
    node.set("kind", "Node");
    Ok(node)
}
