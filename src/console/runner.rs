//! `Runner`: a script being run. It is a [`Task`] itself, so groups, loops and `$(…)` are runners within runners;
//! [`super::flow`] has the loops and conditions.

use super::files::Found;
use super::flow;
use super::programs;
use super::session::{Jump, Session};
use super::shell::{Command, Item, Redirect, Script, Simple, When, Word, expand};
use super::task::{Io, Stdin, Step, Stream, Task, Wake};
use crate::cluster::Cluster;
use std::sync::Arc;

/// Commands that one line may start.
const STARTED_MAX: u32 = 10_000;
/// Bytes that the value of a variable may have.
const VALUE_MAX: usize = 1 << 20;

/// Runs the pipelines of a script one after another.
#[derive(Clone)]
pub struct Runner {
    script: Arc<Script>,
    next: usize,
    current: Option<Pipeline>,
    code: u8,
}

#[derive(Clone)]
struct Pipeline {
    stages: Vec<Stage>,
    negate: bool,
}

/// One program of a pipeline and its streams.
#[derive(Clone)]
struct Stage {
    state: State,
    stdin: Stdin,
    out: Sink,
    err: Sink,
    wake: Wake,
    /// Its input is a file or a here-document; what came before stays for the next command.
    redirected: Option<Stdin>,
    /// The exit code of the last `$(…)` among its words: that of an assignment.
    output_code: Option<u8>,
}

#[derive(Clone)]
enum State {
    /// The outputs of the command's `$(…)` are being collected.
    Preparing(Preparing),
    Running(Box<dyn Task>),
    Done(u8),
}

/// Where a stream of a stage goes.
#[derive(Clone, PartialEq, Eq)]
enum Sink {
    /// To the next stage, or out of the pipeline.
    Onward,
    /// To the terminal's error stream.
    Terminal,
    File(String),
    Nowhere,
}

#[derive(Clone)]
struct Preparing {
    command: Command,
    /// The `$(…)` still to run, in reverse order.
    waiting: Vec<Script>,
    current: Option<(Box<Runner>, String)>,
    texts: Vec<String>,
    /// The exit code of the last one.
    code: Option<u8>,
}

impl Runner {
    pub fn new(script: Arc<Script>) -> Self {
        Self {
            script,
            next: 0,
            current: None,
            code: 0,
        }
    }

    /// Takes up the next item that runs at all.
    fn advance(&mut self) -> bool {
        while let Some(item) = self.script.items.get(self.next) {
            self.next += 1;
            let runs = match item.when {
                When::Always => true,
                When::Succeeded => self.code == 0,
                When::Failed => self.code != 0,
            };
            if runs {
                self.current = Some(Pipeline::new(item));
                return true;
            }
        }
        false
    }
}

impl Task for Runner {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        loop {
            if self.current.is_none() && (io.session.jump.is_some() || !self.advance()) {
                return Step::Exit(self.code);
            }
            if io.session.started > STARTED_MAX {
                io.err_line("-bash: ended: more than 10000 commands in one line");
                io.session.jump = Some(Jump::Exit);
                io.session.started = 0;
                self.code = 1;
                return Step::Exit(1);
            }
            let Some(pipeline) = &mut self.current else {
                continue;
            };
            match pipeline.poll(io) {
                Step::Exit(code) => {
                    self.code = code;
                    io.session.code = code;
                    self.current = None;
                }
                Step::Wait(wake) => return Step::Wait(wake),
            }
        }
    }
}

impl Pipeline {
    fn new(item: &Item) -> Self {
        let stages = item.stages.iter().map(Stage::new).collect();
        Self {
            stages,
            negate: item.negate,
        }
    }

    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let count = self.stages.len();
        for i in 0..count {
            let (before, from) = self.stages.split_at_mut(i);
            let (stage, after) = from.split_at_mut(1);
            let stage = &mut stage[0];
            if i == 0 {
                stage.take_input(io.stdin);
            } else if matches!(before[i - 1].state, State::Done(_)) {
                stage.stdin.ended = true;
            }
            let mut written = Vec::new();
            stage.poll(io.cluster, io.session, &mut written);
            for (stream, text) in written {
                match stage.sink(stream) {
                    Sink::Onward => match after.first_mut() {
                        Some(next) => next.stdin.text.push_str(&text),
                        None => io.out(&text),
                    },
                    Sink::Terminal => io.err(&text),
                    Sink::File(path) => append(io.session, &path, &text),
                    Sink::Nowhere => {}
                }
            }
        }
        if let Some(first) = self.stages.first_mut()
            && matches!(first.state, State::Done(_))
        {
            first.give_back(io.stdin);
        }
        // Nobody reads what comes before a program that has ended.
        if let Some(i) = self
            .stages
            .iter()
            .rposition(|s| matches!(s.state, State::Done(_)))
        {
            for stage in &mut self.stages[..i] {
                if matches!(stage.state, State::Running(_)) {
                    stage.state = State::Done(141);
                }
            }
        }
        self.step()
    }

    fn step(&self) -> Step {
        let mut wake: Option<Wake> = None;
        let mut code = 0;
        for stage in &self.stages {
            match &stage.state {
                State::Done(c) => code = *c,
                State::Running(_) | State::Preparing(_) => {
                    wake = Some(wake.unwrap_or_default().or(stage.wake));
                }
            }
        }
        match wake {
            Some(wake) => Step::Wait(wake),
            None if self.negate => Step::Exit(u8::from(code == 0)),
            None => Step::Exit(code),
        }
    }
}

fn append(session: &mut Session, path: &str, text: &str) {
    let mut whole = session
        .files
        .read(path)
        .map_or(String::new(), |t| t.to_string());
    whole.push_str(text);
    session.files.write(path, &whole);
}

impl Stage {
    fn new(command: &Command) -> Self {
        let mut waiting = match command {
            Command::Simple(simple) => expand::outputs(typed_words(simple)),
            Command::Compound(compound, redirects) => {
                expand::outputs(flow::words(compound).chain(redirected_words(redirects)))
            }
        };
        waiting.reverse();
        Self {
            state: State::Preparing(Preparing {
                command: command.clone(),
                waiting,
                current: None,
                texts: Vec::new(),
                code: None,
            }),
            stdin: Stdin::default(),
            out: Sink::Onward,
            err: Sink::Terminal,
            wake: Wake::INPUT,
            redirected: None,
            output_code: None,
        }
    }

    /// Takes over the input of the pipeline, unless the stage has its own.
    fn take_input(&mut self, from: &mut Stdin) {
        if matches!(self.state, State::Done(_)) {
            return;
        }
        let into = self.redirected.as_mut().unwrap_or(&mut self.stdin);
        into.text.push_str(&std::mem::take(&mut from.text));
        into.ended |= from.ended;
        into.terminal = from.terminal;
    }

    /// What was not read is there for the next command.
    fn give_back(&mut self, to: &mut Stdin) {
        let rest = self.redirected.as_mut().unwrap_or(&mut self.stdin);
        if !rest.text.is_empty() {
            let mut text = std::mem::take(&mut rest.text);
            text.push_str(&to.text);
            to.text = text;
        }
    }

    fn sink(&self, stream: Stream) -> Sink {
        match stream {
            Stream::Out => self.out.clone(),
            Stream::Err => self.err.clone(),
        }
    }

    fn poll(
        &mut self,
        cluster: &mut Cluster,
        session: &mut Session,
        written: &mut Vec<(Stream, String)>,
    ) {
        loop {
            let mut stdin = std::mem::take(&mut self.stdin);
            let mut io = Io {
                cluster,
                session,
                stdin: &mut stdin,
                written,
            };
            match &mut self.state {
                State::Preparing(preparing) => {
                    if let Some(wake) = preparing.poll(&mut io) {
                        self.wake = wake;
                        self.stdin = stdin;
                        return;
                    }
                    let texts = std::mem::take(&mut preparing.texts);
                    self.output_code = preparing.code;
                    let command = preparing.command.clone();
                    self.stdin = stdin;
                    self.start(command, texts, session, written);
                }
                State::Running(task) => {
                    let step = task.poll(&mut io);
                    self.stdin = stdin;
                    match step {
                        Step::Exit(code) => self.state = State::Done(code),
                        Step::Wait(wake) => self.wake = wake,
                    }
                    return;
                }
                State::Done(_) => return,
            }
        }
    }

    /// Makes the program of the command, its words expanded.
    fn start(
        &mut self,
        command: Command,
        texts: Vec<String>,
        session: &mut Session,
        written: &mut Vec<(Stream, String)>,
    ) {
        let mut texts = texts.into_iter();
        session.started += 1;
        self.state = match command {
            Command::Compound(compound, redirects) => {
                let started = flow::start(compound, session, &mut texts);
                for redirect in &redirects {
                    if let Err(message) = self.redirect(redirect, session, &mut texts) {
                        written.push((Stream::Err, format!("-bash: {message}\n")));
                        self.state = State::Done(1);
                        return;
                    }
                }
                match complaint(session) {
                    Some(message) => {
                        written.push((Stream::Err, message));
                        State::Done(1)
                    }
                    None => State::Running(started),
                }
            }
            Command::Simple(simple) => self.start_simple(&simple, &mut texts, session, written),
        };
    }

    fn start_simple(
        &mut self,
        simple: &Simple,
        texts: &mut impl Iterator<Item = String>,
        session: &mut Session,
        written: &mut Vec<(Stream, String)>,
    ) -> State {
        let mut assigned = Vec::new();
        for (name, value) in &simple.assignments {
            assigned.push((name.clone(), expand::single(value, session, texts)));
        }
        let words = expand::words(&simple.words, session, texts);
        for redirect in &simple.redirects {
            if let Err(message) = self.redirect(redirect, session, texts) {
                written.push((Stream::Err, format!("-bash: {message}\n")));
                return State::Done(1);
            }
        }
        if let Some((name, _)) = assigned.iter().find(|(_, v)| v.len() > VALUE_MAX) {
            session
                .complaints
                .push(format!("{name}: value too long (1 MiB at most)"));
        }
        if let Some(message) = complaint(session) {
            written.push((Stream::Err, message));
            return State::Done(1);
        }
        if words.is_empty() {
            session.variables.extend(assigned);
            return State::Done(self.output_code.unwrap_or(0));
        }
        match programs::start(words, session) {
            Ok(task) if assigned.is_empty() => State::Running(task),
            Ok(task) => State::Running(Box::new(Assigned { task, assigned })),
            Err((message, code)) => {
                written.push((Stream::Err, format!("{message}\n")));
                State::Done(code)
            }
        }
    }

    /// Gives the stage an input of its own.
    fn input(&mut self, text: String) {
        let own = Stdin {
            text,
            ended: true,
            terminal: false,
        };
        let before = std::mem::replace(&mut self.stdin, own);
        self.redirected.get_or_insert(before);
    }

    fn redirect(
        &mut self,
        redirect: &Redirect,
        session: &mut Session,
        texts: &mut impl Iterator<Item = String>,
    ) -> Result<(), String> {
        match redirect {
            Redirect::ErrToOut => self.err = self.out.clone(),
            Redirect::OutToErr => self.out = self.err.clone(),
            Redirect::Text(word) => {
                let text = expand::single(word, session, texts);
                self.input(text);
            }
            Redirect::Input(word) => {
                let typed = expand::single(word, session, texts);
                let text = if typed == "/dev/null" {
                    String::new()
                } else {
                    let text = session.files.read(&session.path(&typed));
                    let text = text.ok_or_else(|| format!("{typed}: No such file or directory"))?;
                    text.to_string()
                };
                self.input(text);
            }
            Redirect::File {
                out,
                err,
                append,
                path,
            } => {
                let typed = expand::single(path, session, texts);
                let sink = match typed.as_str() {
                    "/dev/null" => Sink::Nowhere,
                    "/dev/stderr" => Sink::Terminal,
                    "/dev/stdout" => Sink::Onward,
                    _ => {
                        let path = session.path(&typed);
                        if session.files.find(&path) == Found::Folder {
                            return Err(format!("{typed}: Is a directory"));
                        }
                        if (!append || session.files.read(&path).is_none())
                            && !session.files.write(&path, "")
                        {
                            return Err(format!("{typed}: No space left on device"));
                        }
                        Sink::File(path)
                    }
                };
                if *out {
                    self.out = sink.clone();
                }
                if *err {
                    self.err = sink;
                }
            }
        }
        Ok(())
    }
}

/// All words of a command in the order in which they are expanded.
fn typed_words(simple: &Simple) -> impl Iterator<Item = &Word> {
    let assigned = simple.assignments.iter().map(|(_, word)| word);
    assigned
        .chain(&simple.words)
        .chain(redirected_words(&simple.redirects))
}

fn redirected_words(redirects: &[Redirect]) -> impl Iterator<Item = &Word> {
    redirects.iter().filter_map(|r| match r {
        Redirect::File { path: word, .. } | Redirect::Input(word) | Redirect::Text(word) => {
            Some(word)
        }
        Redirect::ErrToOut | Redirect::OutToErr => None,
    })
}

/// What is wrong with the words just expanded, as the shell says it.
fn complaint(session: &mut Session) -> Option<String> {
    let found = std::mem::take(&mut session.complaints);
    let lines = found.iter().map(|why| format!("-bash: {why}\n"));
    (!found.is_empty()).then(|| lines.collect())
}

impl Preparing {
    /// Runs the `$(…)` one after another; None when all their outputs are there.
    fn poll(&mut self, io: &mut Io<'_>) -> Option<Wake> {
        loop {
            let Some((runner, text)) = &mut self.current else {
                let script = self.waiting.pop()?;
                let runner = Runner::new(Arc::new(script));
                self.current = Some((Box::new(runner), String::new()));
                continue;
            };
            let mut stdin = Stdin {
                terminal: true,
                ..Stdin::default()
            };
            let mut written = Vec::new();
            let step = runner.poll(&mut Io {
                cluster: io.cluster,
                session: io.session,
                stdin: &mut stdin,
                written: &mut written,
            });
            for (stream, part) in written {
                match stream {
                    Stream::Out => text.push_str(&part),
                    Stream::Err => io.err(part),
                }
            }
            match step {
                Step::Wait(wake) => return Some(wake),
                Step::Exit(code) => {
                    self.texts.push(std::mem::take(text));
                    self.current = None;
                    self.code = Some(code);
                    if io.session.jump == Some(Jump::Exit) {
                        io.session.jump = None;
                    }
                }
            }
        }
    }
}

/// A program with variables of its own: `NAME=value program`.
#[derive(Clone)]
struct Assigned {
    task: Box<dyn Task>,
    assigned: Vec<(String, String)>,
}

impl Task for Assigned {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let before = io.session.variables.clone();
        io.session.variables.extend(self.assigned.iter().cloned());
        let step = self.task.poll(io);
        for (name, value) in &self.assigned {
            // What the program set itself stays.
            if io.session.variables.get(name) == Some(value) {
                match before.get(name) {
                    Some(old) => io.session.variables.insert(name.clone(), old.clone()),
                    None => io.session.variables.remove(name),
                };
            }
        }
        step
    }
}
