//! `Task`: one running program of a pipeline, and `Io`: what it is lent while it is polled.

use super::session::Session;
use crate::cluster::{Cluster, SimTime};

/// A running program. It is polled until it exits; between two polls simulated time may pass.
/// Tasks are plain values: a clone goes on from the same point.
pub trait Task: CloneTask {
    /// Does what can be done now.
    fn poll(&mut self, io: &mut Io<'_>) -> Step;
}

/// Cloning of boxed tasks; every `Task` that is `Clone` has it.
pub trait CloneTask {
    fn clone_task(&self) -> Box<dyn Task>;
}

impl<T: Task + Clone + 'static> CloneTask for T {
    fn clone_task(&self) -> Box<dyn Task> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Task> {
    fn clone(&self) -> Self {
        (**self).clone_task()
    }
}

/// What a poll came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The program ended with this code.
    Exit(u8),
    /// Poll again when this comes, or when more input is there.
    Wait(Wake),
}

/// When to poll again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wake {
    /// At this moment at the latest.
    pub at: Option<SimTime>,
    /// After any change of an object.
    pub on_change: bool,
}

impl Wake {
    pub const INPUT: Wake = Wake {
        at: None,
        on_change: false,
    };

    pub const CHANGE: Wake = Wake {
        at: None,
        on_change: true,
    };

    pub const fn at(at: SimTime) -> Self {
        Wake {
            at: Some(at),
            on_change: false,
        }
    }

    /// After a change, or at the moment given.
    pub const fn change_or(at: Option<SimTime>) -> Self {
        Wake {
            at,
            on_change: true,
        }
    }

    /// The earlier of two.
    #[must_use]
    pub fn or(self, other: Wake) -> Self {
        let at = match (self.at, other.at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Wake {
            at,
            on_change: self.on_change || other.on_change,
        }
    }
}

/// Where a text goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    Out,
    Err,
}

/// The input of a program.
#[derive(Clone, Default, Debug)]
pub struct Stdin {
    /// What was written and not yet read.
    pub text: String,
    /// No more will come.
    pub ended: bool,
    /// The keyboard: nothing comes from there, programs that read it end at once.
    pub terminal: bool,
}

/// Bytes that a program may write in one go; what would be more is left out.
const WRITTEN_MAX: usize = 16 << 20;

/// What a program is lent for one poll.
pub struct Io<'a> {
    pub cluster: &'a mut Cluster,
    pub session: &'a mut Session,
    pub stdin: &'a mut Stdin,
    /// What it wrote in this poll, in order.
    pub written: &'a mut Vec<(Stream, String)>,
}

impl Io<'_> {
    pub fn now(&self) -> SimTime {
        self.cluster.now()
    }

    /// Writes to standard output.
    pub fn out(&mut self, text: impl AsRef<str>) {
        self.write(Stream::Out, text.as_ref());
    }

    /// Writes to the error stream.
    pub fn err(&mut self, text: impl AsRef<str>) {
        self.write(Stream::Err, text.as_ref());
    }

    /// Writes a line to standard output.
    pub fn line(&mut self, text: impl AsRef<str>) {
        self.write(Stream::Out, text.as_ref());
        self.write(Stream::Out, "\n");
    }

    /// Writes a line to the error stream.
    pub fn err_line(&mut self, text: impl AsRef<str>) {
        self.write(Stream::Err, text.as_ref());
        self.write(Stream::Err, "\n");
    }

    /// Writes a line of kubectl's log: level and day, time, process, place in its sources, text.
    pub fn log(&mut self, level: char, place: &str, text: &str) {
        let ms = self.now().as_millis();
        let civil = self.now().timestamp().civil();
        let process = 1000 + ms / 150 % 60_000;
        self.err_line(format!(
            "{level}{:02}{:02} {:02}:{:02}:{:02}.{:06} {process:7} {place}] {text}",
            civil.month,
            civil.day,
            civil.hour,
            civil.minute,
            civil.second,
            ms % 1000 * 1000
        ));
    }

    /// Writes a warning of the server; kubectl tells equal ones once a command.
    pub fn warn(&mut self, text: &str) {
        let line = format!("Warning: {text}");
        let told = |(stream, body): &(Stream, String)| {
            *stream == Stream::Err && body.lines().any(|l| l == line)
        };
        if !self.written.iter().any(told) {
            self.err_line(line);
        }
    }

    fn write(&mut self, stream: Stream, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.written.last_mut() {
            Some((_, body)) if body.len() > WRITTEN_MAX => {}
            Some((last, body)) if *last == stream => body.push_str(text),
            _ => self.written.push((stream, text.to_owned())),
        }
    }

    /// The whole input, once it has ended.
    pub fn whole_input(&mut self) -> Option<String> {
        (self.stdin.ended || self.stdin.terminal).then(|| std::mem::take(&mut self.stdin.text))
    }
}
