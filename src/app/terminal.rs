//! The console's lines and the programs that run in it.

use super::screen::Answer;
use crate::cluster::{Advanced, Cluster, History, SimSpan, SimTime};
use crate::console::files::Files;
use crate::console::session::Wish;
use crate::console::{Job, Poll, Session};

/// Pieces kept on the screen.
const LINES_MAX: usize = 400;

/// Programs that may wait at a time; a further one ends the oldest.
const JOBS_MAX: usize = 16;

/// How long a command may take before it counts as one that waits.
const PATIENCE: SimSpan = SimSpan::from_millis(400);

/// One line typed, or one piece of output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub number: u64,
    pub typed: bool,
    pub text: String,
}

/// A program and how much of its output was printed.
#[derive(Clone)]
struct Running {
    job: Job,
    printed: usize,
    wake: Option<SimTime>,
}

/// A terminal of the page.
#[derive(Clone, Default)]
pub struct Terminal {
    session: Session,
    running: Vec<Running>,
    lines: Vec<Line>,
    count: u64,
    shown: u64,
}

impl Terminal {
    /// Makes a file for the commands to name.
    pub fn write(&mut self, name: &str, text: &str) -> bool {
        self.session.files.write(name, text)
    }

    /// Types a line and runs it. What a command asks of the server takes a moment, which passes; a program that
    /// waits longer goes on with simulated time.
    pub fn run(&mut self, history: &mut History, line: &str) -> Answer {
        self.print(true, line);
        let now = history.cluster().now();
        let mut running = Running {
            job: Job::start_complete(line, now),
            printed: 0,
            wake: None,
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
        self.fetch(&mut running);
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

    /// Runs a line on a copy of a cluster in which a file holds a text: what came of it, and the answer. It
    /// leaves no trace.
    pub fn attempt(
        &self,
        mut cluster: Cluster,
        name: &str,
        text: &str,
        line: &str,
    ) -> (Cluster, Answer) {
        let mut session = self.session.clone();
        session.files.write(name, text);
        let mut job = Job::start_complete(line, cluster.now());
        let until = cluster.now() + PATIENCE;
        let code = job.run(&mut session, &mut cluster, until, 1000);
        let text: String = job.outputs().iter().map(|o| o.text.as_str()).collect();
        let answer = Answer {
            text: text.trim_end().to_owned(),
            refused: code != Some(0),
        };
        (cluster, answer)
    }

    /// Lets waiting programs go on.
    pub fn poll(&mut self, history: &mut History) {
        if self.running.is_empty() {
            return;
        }
        for mut running in std::mem::take(&mut self.running) {
            let poll = running.job.poll(&mut self.session, history.cluster_mut());
            self.fetch(&mut running);
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
            self.fetch(&mut running);
        }
    }

    /// Ends what waits without a word: its moment is gone.
    pub fn forget(&mut self) {
        self.running.clear();
    }

    fn fetch(&mut self, running: &mut Running) {
        let text: String = running
            .job
            .outputs()
            .iter()
            .map(|o| o.text.as_str())
            .collect();
        let new = text[running.printed..].to_owned();
        running.printed = text.len();
        if !new.is_empty() {
            self.print(false, &new);
        }
    }

    fn wishes(&mut self) {
        for wish in std::mem::take(&mut self.session.wishes) {
            match wish {
                Wish::Clear => {
                    self.lines.clear();
                    self.count += 1;
                }
                // The page's own tabs open files.
                Wish::Open(_) => {}
            }
        }
    }

    fn print(&mut self, typed: bool, text: &str) {
        self.count += 1;
        self.lines.push(Line {
            number: self.count,
            typed,
            text: text.to_owned(),
        });
        if self.lines.len() > LINES_MAX {
            self.lines.drain(..LINES_MAX / 4);
        }
    }

    /// Something was printed since the last call.
    pub fn changed(&mut self) -> bool {
        let changed = self.shown != self.count;
        self.shown = self.count;
        changed
    }

    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
}
