//! kubectl: finding the command, parsing its flags, running it.
//!
//! How a verb is written (see [`crate::console::verb`] for the list of them):
//!
//! * a file `verb/NAME.rs` with a `pub static COMMAND: Command` (or several, `rollout status` and so on), its own
//!   flags in a `const FLAGS: &[Flag]` beside the shared sets of [`flags`];
//! * a verb that answers at once is `Run::Once(fn(&Call, &mut Io) -> Result<(), Failure>)`: it reads
//!   `io.cluster.api()`, writes by `io.cluster.dispatch(…)`, prints with `io.line(…)` and `io.err_line(…)`;
//! * a verb that waits is `Run::Task(fn(Call) -> Result<Box<dyn Task>, Failure>)`: the task is polled again when what its
//!   [`Step::Wait`] names has come; errors are printed with [`fail`];
//! * objects named by arguments or files come from [`builder`]; errors are [`Failure`] values, which know their text.

pub mod builder;
pub mod call;
pub mod check;
pub mod fields;
pub mod find;
pub mod flags;
pub mod help;
pub mod items;
pub mod kustomize;
pub mod leave;
pub mod manifest;
pub mod record;
pub mod request;
pub mod resource;
pub mod say;
pub mod served;
pub mod usage;

pub use call::Call;
pub use resource::Type;

use super::args::{Flag, Parsed};
use super::error::Failure;
use super::task::{Io, Step, Task, Wake};
use super::verb;
use crate::cluster::SimTime;

/// One command of kubectl.
pub struct Command {
    /// `get`, `rollout status`
    pub path: &'static str,
    /// One line for `kubectl` and `--help`.
    pub about: &'static str,
    /// What follows the path in its usage line.
    pub usage: &'static str,
    pub flags: &'static [&'static [Flag]],
    /// Flags that must be there.
    pub required: &'static [&'static str],
    pub run: Run,
}

impl Command {
    /// A command that does its work at once and needs no flag.
    pub const fn once(
        path: &'static str,
        about: &'static str,
        usage: &'static str,
        flags: &'static [&'static [Flag]],
        run: Once,
    ) -> Self {
        Self {
            path,
            about,
            usage,
            flags,
            required: &[],
            run: Run::Once(run),
        }
    }
}

/// The work of a command that does it at once.
pub type Once = fn(&Call, &mut Io<'_>) -> Result<(), Failure>;

/// How a command does its work.
pub enum Run {
    /// At once.
    Once(Once),
    /// While time passes.
    Task(fn(Call) -> Result<Box<dyn Task>, Failure>),
}

/// Prints a failure and gives its exit code.
pub fn fail(io: &mut Io<'_>, failure: &Failure) -> Step {
    io.err(failure.text());
    Step::Exit(failure.code())
}

/// A running kubectl.
#[derive(Clone)]
pub struct Kubectl {
    words: Vec<String>,
    state: State,
}

#[derive(Clone)]
enum State {
    New,
    /// The command takes the time of a request first.
    Starting(SimTime),
    Running(Box<dyn Task>),
}

impl Kubectl {
    pub fn new(words: Vec<String>) -> Self {
        Self {
            words,
            state: State::New,
        }
    }

    /// Finds the command and begins.
    fn begin(&mut self, io: &mut Io<'_>) -> Result<Option<Box<dyn Task>>, Failure> {
        let found = find::find(&self.words)?;
        let path = found.path();
        let at = |message: String| Failure::Flag {
            message,
            path: path.clone(),
        };
        let Some(command) = found.command else {
            let parsed = Parsed::parse(&found.words, &[flags::GLOBAL, flags::ROOT]).map_err(at)?;
            return found.without_command(&parsed, io).map(|()| None);
        };
        let mut sets = vec![flags::GLOBAL];
        sets.extend(command.flags);
        let parsed = Parsed::parse(&found.words, &sets).map_err(at)?;
        if parsed.is("help") {
            io.out(usage::of(command));
            return Ok(None);
        }
        flags::check_global(command.path, &parsed, io)?;
        let missing: Vec<String> = command
            .required
            .iter()
            .filter(|name| !parsed.given(name))
            .map(|name| format!("\"{name}\""))
            .collect();
        if !missing.is_empty() {
            return Err(Failure::client(format!(
                "required flag(s) {} not set",
                missing.join(", ")
            )));
        }
        for deprecated in command.flags.iter().flat_map(|f| f.iter()) {
            if deprecated.name == "record" && parsed.given("record") {
                io.err_line(
                    "Flag --record has been deprecated, --record will be removed in the future",
                );
            }
        }
        let call = Call::new(command, parsed, io.session);
        match command.run {
            Run::Once(run) => run(&call, io).map(|()| None),
            Run::Task(start) => start(call).map(Some),
        }
    }
}

impl Task for Kubectl {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        loop {
            match &mut self.state {
                State::New => {
                    let takes = io.cluster.setup().latencies.command;
                    self.state = State::Starting(io.now() + takes);
                }
                State::Starting(at) if io.now() < *at => return Step::Wait(Wake::at(*at)),
                State::Starting(_) => {
                    if verb::reads_input(&self.words) && !io.stdin.ended && !io.stdin.terminal {
                        return Step::Wait(Wake::INPUT);
                    }
                    match self.begin(io) {
                        Ok(Some(task)) => self.state = State::Running(task),
                        Ok(None) => return Step::Exit(0),
                        Err(failure) => return fail(io, &failure),
                    }
                }
                State::Running(task) => return task.poll(io),
            }
        }
    }
}
