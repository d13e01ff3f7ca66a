//! Scripts of commands and test steps, run to a transcript as the recorded ones are written.
//!
//! A line is a command, a comment (`# …`) or a step (`% settle`, `% wait 5s`, `% until TEXT -- COMMAND`,
//! `% node add FILE`, `% node stop NAME`, `% static NODE FILE`, …).

use super::args::parse_duration;
use super::files::Files;
use super::job::Job;
use super::session::Session;
use crate::cluster::{Advanced, Change, Cluster, Command, Reply, Setup, SimSpan, SimTime};
use crate::k8s::{Kind, Str, Value, yaml};

/// Quiet time after which a cluster counts as settled: 2.5 s from the look that sees the last change, with a look about
/// every 0.4 s.
const SETTLED: SimSpan = SimSpan::from_millis(2800);
/// The longest that `% settle` waits.
const SETTLE_MAX: SimSpan = SimSpan::from_secs(90);
/// The longest that `% until` or a command may take.
const COMMAND_MAX: SimSpan = SimSpan::from_secs(900);
/// How long `until` looks: 300 times, as when the goldens were recorded.
const UNTIL_MAX: SimSpan = SimSpan::from_secs(165);
/// Events that one step may run.
const EVENTS_MAX: usize = 20_000_000;

/// A script with its files and nodes.
#[derive(Clone, Default, Debug)]
pub struct Case {
    /// `v1 Node` objects.
    pub nodes: Vec<Value>,
    pub files: Files,
    pub script: String,
}

/// What one line of a script gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The line of the script.
    pub line: String,
    pub output: String,
    /// The exit code of a command; None for comments and steps.
    pub code: Option<u8>,
}

/// The change counts for `% settle`: an object of the kinds that scripts wait for came, went, or moved in its phase,
/// conditions, counters or taints. Heartbeats, events and annotations do not count.
fn stirs(change: &Change) -> bool {
    let kinds = [
        Kind::Pod,
        Kind::DaemonSet,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::Job,
        Kind::PersistentVolumeClaim,
        Kind::Node,
    ];
    if !kinds.contains(&change.kind) {
        return false;
    }
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => moments(old.value()) != moments(new.value()),
        _ => true,
    }
}

/// What of an object `% settle` looks at.
fn moments(value: &Value) -> Vec<Value> {
    let status = value.get("status");
    let mut seen: Vec<Value> = ["generation", "deletionTimestamp"]
        .iter()
        .map(|field| value.at(&["metadata", field]).clone())
        .collect();
    for field in [
        "observedGeneration",
        "phase",
        "numberReady",
        "numberAvailable",
        "readyReplicas",
        "availableReplicas",
    ] {
        seen.push(status.get(field).clone());
    }
    seen.push(value.at(&["spec", "taints"]).clone());
    seen.extend(
        status
            .get("conditions")
            .items()
            .iter()
            .map(|c| c.get("status").clone()),
    );
    for container in status.get("containerStatuses").items() {
        seen.push(container.get("restartCount").clone());
        seen.push(container.at(&["state", "waiting", "reason"]).clone());
    }
    seen
}

/// Reads the `v1 Node` objects of a YAML text.
pub fn nodes(text: &str) -> Vec<Value> {
    let documents = yaml::documents(text).documents;
    documents.into_iter().map(|d| d.value).collect()
}

/// A cluster and a terminal in which scripts run.
#[derive(Clone)]
pub struct Stage {
    pub cluster: Cluster,
    pub session: Session,
}

impl Stage {
    pub fn new(case: &Case) -> Self {
        let setup = Setup {
            nodes: case.nodes.clone(),
            ..Setup::default()
        };
        Self {
            cluster: Cluster::new(setup),
            session: Session {
                files: case.files.clone(),
                ..Session::default()
            },
        }
    }

    /// Runs all lines.
    pub fn run(&mut self, script: &str) -> Vec<Step> {
        let lines = script.lines().map(str::trim).filter(|l| !l.is_empty());
        lines.map(|line| self.line(line)).collect()
    }

    /// Runs one line.
    pub fn line(&mut self, line: &str) -> Step {
        let mut step = Step {
            line: line.to_owned(),
            output: String::new(),
            code: None,
        };
        if let Some(words) = line.strip_prefix('%') {
            if let Err(why) = self.step(words.trim()) {
                step.output = format!("{why}\n");
            }
        } else if !line.starts_with('#') {
            let (output, code) = self.command(line);
            step.output = output;
            step.code = Some(code);
        }
        step
    }

    /// Runs a command; output and errors come together, in order.
    pub fn command(&mut self, line: &str) -> (String, u8) {
        let mut job = Job::start_complete(line, self.cluster.now());
        let until = self.cluster.now() + COMMAND_MAX;
        let code = job.run(&mut self.session, &mut self.cluster, until, EVENTS_MAX);
        let output = job.outputs().iter().map(|o| o.text.as_str()).collect();
        (output, code.unwrap_or(124))
    }

    fn step(&mut self, words: &str) -> Result<(), String> {
        let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
        match verb {
            "settle" => self.settle(),
            "wait" => {
                let millis = parse_duration(rest.trim())?;
                let span = SimSpan::from_millis(u64::try_from(millis).unwrap_or(0));
                self.advance(self.cluster.now() + span);
            }
            "until" => self.until(rest)?,
            "node" => self.node(rest)?,
            "static" => {
                let (node, file) = rest.split_once(' ').ok_or("static NODE FILE")?;
                let manifest = self.documents(file)?.into_iter().next().unwrap_or_default();
                self.dispatch(Command::StaticAdd {
                    node: Str::new(node),
                    file: Str::new(file),
                    manifest,
                });
            }
            "unstatic" => {
                let (node, file) = rest.split_once(' ').ok_or("unstatic NODE FILE")?;
                self.dispatch(Command::StaticRemove {
                    node: Str::new(node),
                    file: Str::new(file),
                });
            }
            other => return Err(format!("unknown step: {other}")),
        }
        Ok(())
    }

    fn node(&mut self, rest: &str) -> Result<(), String> {
        let (what, name) = rest.split_once(' ').ok_or("node WHAT NAME")?;
        let node = Str::new(name.trim());
        let command = match what {
            "add" => {
                for node in self.documents(name.trim())? {
                    self.dispatch(Command::NodeAdd { node });
                }
                return Ok(());
            }
            "stop" => Command::NodeStop { node },
            "start" => Command::NodeStart { node },
            "network-down" => Command::NetworkDown { node },
            "network-up" => Command::NetworkUp { node },
            other => return Err(format!("unknown step: node {other}")),
        };
        self.dispatch(command);
        Ok(())
    }

    fn dispatch(&mut self, command: Command) {
        if let Reply::Refused(status) = self.cluster.dispatch(command) {
            self.session.history.push(format!("# refused: {status}"));
        }
    }

    fn documents(&self, file: &str) -> Result<Vec<Value>, String> {
        let text = self
            .session
            .files
            .read(file)
            .ok_or(format!("no file {file}"))?;
        Ok(nodes(&text))
    }

    fn advance(&mut self, until: SimTime) {
        let mut left = EVENTS_MAX;
        while left > 0 && self.cluster.advance_to(until, 100_000) == Advanced::Limit {
            left = left.saturating_sub(100_000);
        }
    }

    /// Lets time pass until no object (leases aside, which always change) has changed for a while.
    fn settle(&mut self) {
        let end = self.cluster.now() + SETTLE_MAX;
        let mut last = self.cluster.now();
        let mut seen = self.cluster.api().store().committed();
        while self.cluster.now() < end {
            let quiet = (last + SETTLED).min(end);
            match self.cluster.next_event_at() {
                Some(at) if at <= quiet => {
                    self.cluster.step();
                }
                Some(_) | None => {
                    self.advance(quiet);
                    return;
                }
            }
            let store = self.cluster.api().store();
            if store.changes_since(seen).any(|c| stirs(c)) {
                last = self.cluster.now();
            }
            seen = store.committed();
        }
    }

    /// `TEXT -- COMMAND`
    fn until(&mut self, rest: &str) -> Result<(), String> {
        let (text, command) = rest.split_once(" -- ").ok_or("until TEXT -- COMMAND")?;
        let text = text.trim();
        let text = text
            .strip_prefix('"')
            .and_then(|t| t.strip_suffix('"'))
            .unwrap_or(text);
        let end = self.cluster.now() + UNTIL_MAX;
        while self.cluster.now() < end {
            if self.command(command).0.contains(text) {
                return Ok(());
            }
            self.advance(self.cluster.now() + SimSpan::from_millis(100));
        }
        Err(format!("never came: {text}"))
    }
}

/// A transcript: each line of the script (commands after `$ `), its output, and `[code]` when it failed.
pub fn transcript(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        if step.code.is_some() {
            out.push_str("$ ");
        }
        out.push_str(&step.line);
        out.push('\n');
        out.push_str(&step.output);
        if !step.output.is_empty() && !step.output.ends_with('\n') {
            out.push('\n');
        }
        if let Some(code) = step.code.filter(|c| *c != 0) {
            out.push_str(&format!("[{code}]\n"));
        }
    }
    out
}
