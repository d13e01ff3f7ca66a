//! `Doc`: the versioned document behind links and workspace files. Its types are its own, so that the rest of
//! the library may change without changing what old links mean.

use super::later::Later;
use super::{command, setup};
use crate::cluster::{Command, History, LogEntry, Resume, Setup, SimSpan, SimTime};
use crate::k8s::{Str, Value};
use crate::value;
use std::fmt;
use std::sync::Arc;

/// The newest version: every one up to it can be read. A document is written in the oldest that can hold it, so that
/// pages of before open it, too.
pub const VERSION: i64 = 2;

/// The first version, and the one that brought applies to come.
pub const VERSION_FIRST: i64 = 1;
const VERSION_LATER: i64 = 2;

/// More than this is refused when a document is opened.
pub const LIMIT_COMMANDS: usize = 20_000;
pub const LIMIT_FILES: usize = 500;
pub const LIMIT_BRANCHES: usize = 8;
/// Characters of a name.
pub const NAME_MAX: usize = 120;

/// A run and what lies around it.
#[derive(Clone, Debug, Default)]
pub struct Doc {
    pub setup: Setup,
    pub files: Vec<TextFile>,
    /// The commands in order.
    pub log: Vec<Line>,
    /// Where the time line stands, in milliseconds since the setup's start.
    pub position: u64,
    /// Index of the file in the editor.
    pub file: usize,
    /// What a person called this line of time.
    pub name: String,
    /// Other lines of time on the same setup.
    pub branches: Vec<Branch>,
    /// Applies that were put off, in order.
    pub later: Vec<Later>,
}

/// Another line of time.
#[derive(Clone, Debug, Default)]
pub struct Branch {
    pub name: String,
    pub log: Vec<Line>,
    pub position: u64,
}

/// A file of the editor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TextFile {
    pub name: String,
    pub text: String,
    /// The text that was applied last; none before the first time.
    pub applied: Option<String>,
}

/// A command and its place.
#[derive(Clone, Debug)]
pub struct Line {
    /// Milliseconds since the setup's start.
    pub at: u64,
    /// How many events had run before it.
    pub after_events: u64,
    pub command: Command,
    /// A person's deed begins with it; otherwise it belongs to the one before.
    pub deed: bool,
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
    pub fn of(history: &History, files: Vec<TextFile>) -> Self {
        let cluster = history.cluster();
        let start = SimTime::of(cluster.setup().start);
        let line = |(i, entry): (usize, &Arc<LogEntry>)| Line {
            at: entry.at.since(start).as_millis(),
            after_events: entry.after_events,
            command: entry.command.clone(),
            deed: history.deeds().binary_search(&i).is_ok(),
        };
        Self {
            setup: (**cluster.setup()).clone(),
            files,
            log: history.log().iter().enumerate().map(line).collect(),
            position: cluster.now().since(start).as_millis(),
            ..Self::default()
        }
    }

    /// The log as a history replays it.
    pub fn entries(&self) -> Vec<Arc<LogEntry>> {
        entries(&self.setup, &self.log)
    }

    /// Where in the log a person's deeds begin.
    pub fn deeds(&self) -> Vec<usize> {
        deeds(&self.log)
    }

    /// The run on its way to its moment; at most `limit` events are repeated.
    pub fn resume(&self, limit: u64) -> Resume {
        let (setup, log) = (self.setup.clone(), self.entries());
        Resume::new(setup, log, self.deeds(), self.now(), limit)
    }

    /// Another line on its way to its moment.
    pub fn resume_branch(&self, branch: &Branch, limit: u64) -> Resume {
        let to = SimTime::of(self.setup.start) + SimSpan::from_millis(branch.position);
        let log = entries(&self.setup, &branch.log);
        Resume::new(self.setup.clone(), log, deeds(&branch.log), to, limit)
    }

    /// The moment at which the time line stands.
    pub fn now(&self) -> SimTime {
        SimTime::of(self.setup.start) + SimSpan::from_millis(self.position)
    }

    /// The document as a tree. Fields at their defaults are left out.
    pub fn to_value(&self) -> Value {
        let version = if self.later.is_empty() {
            VERSION_FIRST
        } else {
            VERSION_LATER
        };
        let mut value = value!({"v": version, "setup": setup::to_value(&self.setup)});
        if !self.later.is_empty() {
            value.set(
                "later",
                self.later.iter().map(Later::to_value).collect::<Value>(),
            );
        }
        if !self.files.is_empty() {
            value.set(
                "files",
                self.files.iter().map(TextFile::to_value).collect::<Value>(),
            );
        }
        if !self.log.is_empty() {
            value.set(
                "log",
                self.log.iter().map(Line::to_value).collect::<Value>(),
            );
        }
        if self.position > 0 {
            value.set("now", int(self.position));
        }
        if self.file > 0 {
            value.set("file", int(self.file as u64));
        }
        if !self.name.is_empty() {
            value.set("name", Str::new(&self.name));
        }
        if !self.branches.is_empty() {
            value.set(
                "branches",
                self.branches
                    .iter()
                    .map(Branch::to_value)
                    .collect::<Value>(),
            );
        }
        value
    }

    /// Reads a tree of the newest version (see [`super::migrate`] for older ones).
    pub fn from_value(value: &Value) -> Result<Self, ShareError> {
        let files = value.get("files").items();
        let branches = value.get("branches").items();
        if files.len() > LIMIT_FILES || branches.len() > LIMIT_BRANCHES {
            return Err(ShareError::TooLarge);
        }
        Ok(Self {
            setup: setup::from_value(value.get("setup"))?,
            files: (files.iter().map(TextFile::from_value)).collect::<Result<_, _>>()?,
            log: log_from_value(value.get("log"))?,
            position: moment(value.get("now"))?,
            file: usize::try_from(moment(value.get("file"))?).unwrap_or(0),
            name: label(value.get("name"))?,
            branches: (branches.iter().map(Branch::from_value)).collect::<Result<_, _>>()?,
            later: Later::list_from_value(value.get("later"))?,
        })
    }
}

fn entries(setup: &Setup, log: &[Line]) -> Vec<Arc<LogEntry>> {
    let start = SimTime::of(setup.start);
    let entry = |line: &Line| LogEntry {
        at: start + SimSpan::from_millis(line.at),
        after_events: line.after_events,
        command: line.command.clone(),
    };
    log.iter().map(|line| Arc::new(entry(line))).collect()
}

/// In a log that marks no deeds, each command is one.
fn deeds(log: &[Line]) -> Vec<usize> {
    let unmarked = log.iter().all(|line| !line.deed);
    let lines = log.iter().enumerate();
    lines
        .filter(|(_, line)| line.deed || unmarked)
        .map(|(i, _)| i)
        .collect()
}

impl Branch {
    /// A line of time under its name.
    pub fn of(history: &History, name: &str) -> Self {
        let doc = Doc::of(history, Vec::new());
        Self {
            name: name.to_owned(),
            log: doc.log,
            position: doc.position,
        }
    }
}

impl TextFile {
    /// `[name, text]` of a file that was never applied, `[name, text, true]` when it was applied as it is, and
    /// otherwise the applied text in the third place.
    fn to_value(&self) -> Value {
        let (name, text) = (Str::new(&plain_name(&self.name)), Str::new(&self.text));
        match &self.applied {
            None => value!([name, text]),
            Some(applied) if *applied == self.text => value!([name, text, true]),
            Some(applied) => value!([name, text, Str::new(applied)]),
        }
    }

    fn from_value(value: &Value) -> Result<Self, ShareError> {
        let (Some(name), Some(text)) = (value.index(0).as_str(), value.index(1).as_str()) else {
            return Err(ShareError::Malformed("file"));
        };
        if name != plain_name(name) {
            return Err(ShareError::Malformed("file name"));
        }
        let applied = match value.index(2) {
            Value::Str(applied) => Some(applied.to_string()),
            Value::Bool(true) => Some(text.to_owned()),
            _ => None,
        };
        Ok(Self {
            name: name.to_owned(),
            text: text.to_owned(),
            applied,
        })
    }
}

impl Line {
    /// `[at, events, command]`; a fourth place that is true says that a deed begins.
    fn to_value(&self) -> Value {
        let command = command::to_value(&self.command);
        if self.deed {
            value!([int(self.at), int(self.after_events), command, true])
        } else {
            value!([int(self.at), int(self.after_events), command])
        }
    }

    fn from_value(value: &Value) -> Result<Self, ShareError> {
        Ok(Self {
            at: number(value.index(0), "command")?,
            after_events: number(value.index(1), "command")?,
            command: command::from_value(value.index(2)).ok_or(ShareError::Malformed("command"))?,
            deed: value.index(3).as_bool() == Some(true),
        })
    }
}

impl Branch {
    fn to_value(&self) -> Value {
        let log: Value = self.log.iter().map(Line::to_value).collect();
        value!([Str::new(&self.name), int(self.position), log])
    }

    fn from_value(value: &Value) -> Result<Self, ShareError> {
        Ok(Self {
            name: label(value.index(0))?,
            position: moment(value.index(1))?,
            log: log_from_value(value.index(2))?,
        })
    }
}

fn log_from_value(value: &Value) -> Result<Vec<Line>, ShareError> {
    let log = value.items();
    if log.len() > LIMIT_COMMANDS {
        return Err(ShareError::TooLarge);
    }
    log.iter().map(Line::from_value).collect()
}

/// A file's name without what shells, addresses and pages would take for something else.
pub(super) fn plain_name(name: &str) -> String {
    let strange = |c: char| c.is_control() || "<>\"'&;|$`\\".contains(c);
    let plain: String = (name.chars().take(NAME_MAX))
        .map(|c| if strange(c) { '_' } else { c })
        .collect();
    if plain.is_empty() {
        "_".to_owned()
    } else {
        plain
    }
}

/// A name that a person gave: a line of text, of a bounded length.
fn label(value: &Value) -> Result<String, ShareError> {
    let name = value.text();
    let long = name.chars().count() > NAME_MAX;
    if long || name.contains(|c: char| c.is_control() || "<>".contains(c)) {
        return Err(ShareError::Malformed("name"));
    }
    Ok(name.to_owned())
}

/// A moment; nothing stands for zero.
fn moment(value: &Value) -> Result<u64, ShareError> {
    match value {
        Value::Null => Ok(0),
        _ => number(value, "moment"),
    }
}

pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A moment or count below what a year of simulated milliseconds needs.
pub(super) fn number(value: &Value, what: &'static str) -> Result<u64, ShareError> {
    const MOST: u64 = 400 * 86_400_000;
    let number = value.as_i64().and_then(|n| u64::try_from(n).ok());
    number
        .filter(|n| *n <= MOST)
        .ok_or(ShareError::Malformed(what))
}
