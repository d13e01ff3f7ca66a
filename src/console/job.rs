//! `Job`: a typed line being worked off. The caller keeps it and polls it while simulated time passes.

use super::runner::Runner;
use super::session::Session;
use super::shell::{self, ParseError};
use super::task::{Io, Stdin, Step, Stream, Task, Wake};
use crate::cluster::{Advanced, Cluster, SimTime};
use std::sync::Arc;

/// Bytes that one line may print; what would print more is ended with a sentence.
pub const OUTPUT_MAX: usize = 4 << 20;

/// One piece of output and the moment at which it was printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    pub at: SimTime,
    pub stream: Stream,
    pub text: String,
}

/// A line that is being worked off. A value: clones go on independently.
#[derive(Clone)]
pub struct Job {
    runner: Option<Runner>,
    stdin: Stdin,
    /// All output so far.
    outputs: Vec<Output>,
    bytes: usize,
    code: u8,
    begun: bool,
}

/// Where a job stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Poll {
    /// It ended with this exit code.
    Done(u8),
    /// It goes on when this comes.
    Running(Wake),
}

impl Job {
    /// Starts a line. `Err` when more lines are needed to complete it: the caller asks for them and tries again
    /// with all lines joined.
    pub fn start(line: &str, now: SimTime) -> Result<Self, ParseError> {
        let mut job = Self {
            runner: None,
            stdin: Stdin {
                terminal: true,
                ..Stdin::default()
            },
            outputs: Vec::new(),
            bytes: 0,
            code: 0,
            begun: false,
        };
        match shell::parse(line) {
            Ok(script) => job.runner = Some(Runner::new(Arc::new(script))),
            Err(open @ ParseError::Open(_)) => return Err(open),
            Err(error) => job.fail(now, &error),
        }
        Ok(job)
    }

    /// Starts a line that is complete, whatever it is.
    pub fn start_complete(line: &str, now: SimTime) -> Self {
        Self::start(line, now).unwrap_or_else(|error| {
            let mut job = Self {
                runner: None,
                stdin: Stdin::default(),
                outputs: Vec::new(),
                bytes: 0,
                code: 0,
                begun: false,
            };
            job.fail(now, &error);
            job
        })
    }

    fn fail(&mut self, now: SimTime, error: &ParseError) {
        self.print(now, Stream::Err, format!("{}\n", error.text()));
        self.code = 2;
    }

    /// Everything printed so far, in order.
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// Does what can be done at the cluster's present moment.
    pub fn poll(&mut self, session: &mut Session, cluster: &mut Cluster) -> Poll {
        let Some(runner) = &mut self.runner else {
            return Poll::Done(self.code);
        };
        if !std::mem::replace(&mut self.begun, true) {
            session.started = 0;
            session.jump = None;
        }
        let mut written = Vec::new();
        let step = runner.poll(&mut Io {
            cluster,
            session,
            stdin: &mut self.stdin,
            written: &mut written,
        });
        let now = cluster.now();
        for (stream, text) in written {
            self.print(now, stream, text);
        }
        if let Step::Exit(code) = step {
            self.code = code;
            self.runner = None;
            session.jump = None;
        }
        if self.bytes > OUTPUT_MAX && self.runner.is_some() {
            self.end(session, 1);
        }
        match step {
            Step::Wait(wake) if self.runner.is_some() => Poll::Running(wake),
            Step::Wait(_) | Step::Exit(_) => Poll::Done(self.code),
        }
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self, session: &mut Session, now: SimTime) {
        if self.runner.is_some() {
            self.print(now, Stream::Err, "^C\n".to_owned());
            self.end(session, 130);
        }
    }

    fn end(&mut self, session: &mut Session, code: u8) {
        session.scripts = 0;
        self.runner = None;
        self.code = code;
        session.code = code;
    }

    fn print(&mut self, at: SimTime, stream: Stream, mut text: String) {
        if self.bytes > OUTPUT_MAX {
            return;
        }
        self.bytes += text.len();
        if self.bytes > OUTPUT_MAX {
            let mut fits = text.len() - (self.bytes - OUTPUT_MAX);
            while !text.is_char_boundary(fits) {
                fits -= 1;
            }
            let end = text[..fits].rfind('\n').map_or(0, |i| i + 1);
            text.truncate(end);
            text.push_str("(ended: more than 4 MiB of output)\n");
        }
        match self.outputs.last_mut() {
            Some(last) if last.at == at && last.stream == stream => last.text.push_str(&text),
            _ => self.outputs.push(Output { at, stream, text }),
        }
    }

    /// Polls and lets time pass until the job ends, at most until the given moment and at most so many events.
    /// None when it was still running then.
    pub fn run(
        &mut self,
        session: &mut Session,
        cluster: &mut Cluster,
        until: SimTime,
        limit: usize,
    ) -> Option<u8> {
        let mut left = limit;
        loop {
            let wake = match self.poll(session, cluster) {
                Poll::Done(code) => return Some(code),
                Poll::Running(wake) => wake,
            };
            let end = wake.at.map_or(until, |at| at.min(until));
            if cluster.now() >= until || left == 0 {
                return None;
            }
            if wake.on_change {
                let before = cluster.api().store().committed();
                while left > 0 && cluster.api().store().committed() == before {
                    if cluster.next_event_at().is_none_or(|at| at > end) {
                        cluster.advance_to(end, 1);
                        break;
                    }
                    cluster.step();
                    left -= 1;
                }
            } else {
                while cluster.advance_to(end, left.min(1000)) == Advanced::Limit && left > 0 {
                    left -= left.min(1000);
                }
            }
        }
    }
}
