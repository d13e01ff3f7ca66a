//! The console's lines and the programs that run in it.

use super::screen::Answer;
use crate::cluster::{Advanced, Cluster, History, SimSpan, SimTime};
use crate::console::complete::{Completion, complete};
use crate::console::files::Files;
use crate::console::session::Wish;
use crate::console::{Job, Poll, Session};
use std::sync::Arc;

/// Pieces kept on the screen, and bytes of them.
const LINES_MAX: usize = 2_000;
const BYTES_MAX: usize = 2 << 20;

/// Lines of output in one piece: the browser leaves out pieces that are out of sight.
const PIECE: usize = 100;

/// What the names of the files begin with that `kubectl edit` writes for the editor.
pub const COPIES: &str = "tmp/kubectl-edit-";

/// Programs that may wait at a time; a further one ends the oldest.
const JOBS_MAX: usize = 16;

/// How long a command may take before it counts as one that waits.
pub const PATIENCE: SimSpan = SimSpan::from_millis(400);

/// One line typed, or one piece of output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub number: u64,
    pub kind: Kind,
    pub text: Arc<str>,
    /// The moment at which a program that waits has printed it: before that moment it is not shown.
    at: Option<SimTime>,
}

/// Where a piece of the screen comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Typed,
    Printed,
}

/// A program and how much of its output was printed.
#[derive(Clone)]
struct Running {
    job: Job,
    /// How many of its outputs were printed, and how much of the last one.
    printed: (usize, usize),
    wake: Option<SimTime>,
    /// It has seen the cluster up to here.
    seen: SimTime,
    /// Time was rewound to before that: it goes on when time comes there again.
    ahead: bool,
}

/// A terminal of the page.
#[derive(Clone, Default)]
pub struct Terminal {
    session: Session,
    running: Vec<Running>,
    lines: Vec<Line>,
    bytes: usize,
    count: u64,
    shown: (u64, usize),
    /// The last moment at which a program that waits has printed something.
    late: SimTime,
    /// Files that commands wait for, with the texts that they had; none of a file that was not there.
    open: Vec<(String, Option<Arc<str>>)>,
    /// The file that was asked for last.
    asked: Option<String>,
}

impl Terminal {
    /// Makes a file for the commands to name.
    pub fn write(&mut self, name: &str, text: &str) -> bool {
        self.session.files.write(name, text)
    }

    /// Types a line and runs it. What a command asks of the server takes a moment, which passes; a program that
    /// waits longer goes on with simulated time.
    pub fn run(&mut self, history: &mut History, line: &str) -> Answer {
        self.print(Kind::Typed, line);
        self.session.history.push(line.to_owned());
        let now = history.cluster().now();
        let mut running = Running {
            job: Job::start_complete(line, now),
            printed: (0, 0),
            wake: None,
            seen: now,
            ahead: false,
        };
        let patience = now + PATIENCE;
        let mut poll = running.job.poll(&mut self.session, history.cluster_mut());
        while let Poll::Running(wake) = poll {
            let at = wake.at.unwrap_or(patience).min(patience);
            let next = history
                .cluster()
                .next_event_at()
                .filter(|next| wake.on_change && *next < at);
            match next {
                Some(_) => {
                    history.step();
                }
                None if history.cluster().now() < patience => {
                    while history.advance_to(at, 1000) == Advanced::Limit {}
                }
                None => break,
            }
            poll = running.job.poll(&mut self.session, history.cluster_mut());
        }
        let text: String = running
            .job
            .outputs()
            .iter()
            .map(|o| o.text.as_str())
            .collect();
        self.fetch(&mut running, None);
        running.seen = history.cluster().now();
        let refused = match poll {
            Poll::Done(code) => code != 0,
            Poll::Running(wake) => {
                running.wake = wake.at;
                if self.running.len() == JOBS_MAX {
                    self.running.remove(0);
                }
                self.running.push(running);
                false
            }
        };
        self.wishes();
        Answer {
            text: text.trim_end().to_owned(),
            refused,
        }
    }

    /// The files of the console.
    pub fn files(&self) -> &Files {
        &self.session.files
    }

    pub fn files_mut(&mut self) -> &mut Files {
        &mut self.session.files
    }

    /// The working folder, empty for the root.
    pub fn folder(&self) -> &str {
        &self.session.folder
    }

    /// What the console works with, for a copy.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Lets waiting programs go on.
    pub fn poll(&mut self, history: &mut History) {
        // In the past nothing is done anew: what was printed comes again with its moments.
        if self.running.is_empty() || history.rewound() {
            return;
        }
        for mut running in std::mem::take(&mut self.running) {
            let poll = running.job.poll(&mut self.session, history.cluster_mut());
            let now = history.cluster().now();
            (running.seen, running.ahead) = (now, false);
            self.fetch(&mut running, Some(now));
            if let Poll::Running(wake) = poll {
                running.wake = wake.at;
                self.running.push(running);
            }
        }
        self.wishes();
    }

    /// The moment at which a program wants to be polled at the latest.
    pub fn wake(&self) -> Option<SimTime> {
        self.running.iter().filter_map(|running| running.wake).min()
    }

    /// Programs wait.
    pub fn busy(&self) -> bool {
        !self.running.is_empty()
    }

    /// Ctrl-C: ends all that waits.
    pub fn interrupt(&mut self, now: SimTime) {
        for mut running in std::mem::take(&mut self.running) {
            running.job.interrupt(&mut self.session, now);
            self.fetch(&mut running, None);
        }
        self.open.clear();
        self.drop_copies();
    }

    /// Ends what waits without a word: its moment is gone.
    pub fn forget(&mut self) {
        self.forget_beyond(0);
    }

    /// How many programs wait.
    pub fn waiting(&self) -> usize {
        self.running.len()
    }

    /// Ends the programs that began to wait after there were so many.
    pub fn forget_beyond(&mut self, waiting: usize) {
        self.running.truncate(waiting);
        self.open.clear();
    }

    /// Time stands at another moment of this line. What programs printed later disappears until time comes there
    /// again; they go on from where they were.
    pub fn rewind(&mut self, now: SimTime) {
        // A file that was opened for a command belongs to the moment.
        if !self.open.is_empty() {
            self.forget();
        }
        for running in &mut self.running {
            running.ahead = running.seen > now;
        }
    }

    /// The line of time is left here for another: what lay ahead does not come.
    pub fn cut(&mut self, now: SimTime) {
        self.running.retain(|running| !running.ahead);
        let gone = |line: &Line| line.at.is_some_and(|at| at > now);
        let bytes: usize = self
            .lines
            .iter()
            .filter(|l| gone(l))
            .map(|l| l.text.len())
            .sum();
        self.bytes -= bytes;
        self.lines.retain(|line| !gone(line));
        self.late = self.late.min(now);
    }

    fn fetch(&mut self, running: &mut Running, at: Option<SimTime>) {
        let outputs = running.job.outputs();
        let (first, mut from) = running.printed;
        let mut new = String::new();
        for output in outputs.get(first..).unwrap_or_default() {
            new.push_str(output.text.get(from..).unwrap_or_default());
            from = 0;
        }
        if let Some(last) = outputs.last() {
            running.printed = (outputs.len() - 1, last.text.len());
        }
        if new.len() > BYTES_MAX {
            let from = new.len() - BYTES_MAX / 2;
            let from = new[..from].rfind('\n').map_or(0, |i| i + 1);
            new.replace_range(..from, "(the lines above are too many to be shown)\n");
        }
        let mut lines = new.split_inclusive('\n').peekable();
        while lines.peek().is_some() {
            let piece: String = lines.by_ref().take(PIECE).collect();
            self.print_at(Kind::Printed, &piece, at);
        }
    }

    fn wishes(&mut self) {
        for wish in std::mem::take(&mut self.session.wishes) {
            match wish {
                Wish::Clear => self.clear(),
                Wish::Open(path) => {
                    let text = self.session.files.read(&path);
                    if text.is_none() {
                        self.session.files.write(&path, "");
                    }
                    self.open.retain(|(open, _)| *open != path);
                    self.open.push((path.clone(), text));
                    self.asked = Some(path);
                }
            }
        }
    }

    /// The file that a command has asked for since the last call.
    pub fn asked(&mut self) -> Option<String> {
        self.asked.take()
    }

    /// A command waits for a file.
    pub fn editing(&self) -> bool {
        !self.open.is_empty()
    }

    /// A command waits for this file.
    pub fn waits_for(&self, path: &str) -> bool {
        self.open.iter().any(|(open, _)| open == path)
    }

    /// The text that a file had when a command asked for it; none when it was not there.
    pub fn before(&self, path: &str) -> Option<Arc<str>> {
        let open = self.open.iter().find(|(open, _)| open == path);
        open.and_then(|(_, before)| before.clone())
    }

    /// The person is done with a file: as it is, or as it was before. True when the line that waited for it goes
    /// on for a while.
    pub fn close(&mut self, history: &mut History, path: &str, save: bool) -> bool {
        let Some(place) = self.open.iter().position(|(open, _)| open == path) else {
            return false;
        };
        let (path, before) = self.open.remove(place);
        match before {
            Some(before) if !save => {
                self.session.files.write(&path, &before);
            }
            None if !save => {
                self.session.files.remove(&path);
            }
            _ => {}
        }
        self.session.closed.push(path);
        let lines = self.running.len();
        self.poll(history);
        self.drop_copies();
        lines > 0 && self.running.len() == lines
    }

    /// Removes what `kubectl edit` wrote for the editor and nobody waits for any more.
    fn drop_copies(&mut self) {
        let open = &self.open;
        let mut gone: Vec<String> = Vec::new();
        for (path, _) in self.session.files.iter() {
            if path.starts_with(COPIES) && !open.iter().any(|(p, _)| p == path) {
                gone.push(path.to_owned());
            }
        }
        for path in gone {
            self.session.files.remove(&path);
        }
    }

    /// What may stand in place of the word under the cursor.
    pub fn complete(&self, cluster: &Cluster, line: &str, cursor: usize) -> Completion {
        complete(line, cursor, &self.session, cluster)
    }

    /// Empties the screen.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.bytes = 0;
        self.count += 1;
    }

    fn print(&mut self, kind: Kind, text: &str) {
        self.print_at(kind, text, None);
    }

    fn print_at(&mut self, kind: Kind, text: &str, at: Option<SimTime>) {
        self.late = at.map_or(self.late, |at| at.max(self.late));
        self.count += 1;
        self.bytes += text.len();
        self.lines.push(Line {
            number: self.count,
            kind,
            text: Arc::from(text),
            at,
        });
        let mut gone = 0;
        while self.bytes > BYTES_MAX || self.lines.len() - gone > LINES_MAX {
            self.bytes -= self.lines[gone].text.len();
            gone += 1;
        }
        self.lines.drain(..gone);
    }

    /// The lines of this moment, when they are others than at the last call.
    pub fn changed(&mut self, now: SimTime) -> Option<Vec<Line>> {
        let there = |line: &&Line| line.at.is_none_or(|at| at <= now);
        let hidden = if self.late > now {
            self.lines.len() - self.lines.iter().filter(there).count()
        } else {
            0
        };
        let shown = (self.count, hidden);
        if std::mem::replace(&mut self.shown, shown) == shown {
            return None;
        }
        Some(self.lines.iter().filter(there).cloned().collect())
    }
}
