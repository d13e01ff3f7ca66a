//! `watch`, `xargs`, `sleep`: programs that start others or wait.

use super::options::Options;
use super::{Refused, start_within};
use crate::cluster::{SimSpan, SimTime};
use crate::console::args::parse_duration;
use crate::console::task::{Io, Stdin, Step, Stream, Task, Wake};

/// Runs of one `watch`; then it ends by itself.
const RUNS_MAX: usize = 1000;

#[derive(Clone)]
struct Watch {
    words: Vec<String>,
    every: SimSpan,
    depth: usize,
    runs: usize,
    due: Option<SimTime>,
    current: Option<(Box<dyn Task>, String)>,
    last: String,
}

/// Starts `watch -n SECONDS COMMAND`.
pub fn watch(args: &[String], depth: usize) -> Result<Box<dyn Task>, Refused> {
    // Options end where the command begins.
    let mut at = 0;
    let mut every = SimSpan::from_secs(2);
    while let Some(arg) = args.get(at).filter(|a| a.starts_with('-')) {
        let value = match arg.as_str() {
            "-n" | "--interval" => {
                at += 1;
                args.get(at).map(String::as_str)
            }
            a => a.strip_prefix("-n").or(a.strip_prefix("--interval=")),
        };
        if let Some(value) = value {
            let millis = parse_duration(&format!("{value}s")).unwrap_or(2000);
            every = SimSpan::from_millis(u64::try_from(millis).unwrap_or(2000).max(100));
        }
        at += 1;
    }
    let mut words = args[at.min(args.len())..].to_vec();
    if words.is_empty() {
        return Err(("Usage:\n watch [options] command".to_owned(), 1));
    }
    if let [one] = &words[..] {
        words = one.split_whitespace().map(str::to_owned).collect();
    }
    Ok(Box::new(Watch {
        words,
        every,
        depth: depth + 1,
        runs: 0,
        due: None,
        current: None,
        last: String::new(),
    }))
}

impl Task for Watch {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        loop {
            if let Some((task, text)) = &mut self.current {
                let (step, out) = run_inner(task, io);
                text.push_str(&out);
                match step {
                    Step::Wait(wake) => return Step::Wait(wake),
                    Step::Exit(_) => {
                        let text = std::mem::take(text);
                        self.current = None;
                        // Only what changed is printed again: a transcript has no screen to redraw.
                        if text != self.last {
                            io.line(format!("Every {}: {}\n", self.every, self.words.join(" ")));
                            io.out(&text);
                            self.last = text;
                        }
                        self.due = Some(io.now() + self.every);
                    }
                }
            }
            if let Some(due) = self.due.filter(|due| io.now() < *due) {
                return Step::Wait(Wake::at(due));
            }
            self.runs += 1;
            if self.runs > RUNS_MAX {
                io.err_line("watch: ended after 1000 runs");
                return Step::Exit(0);
            }
            match start_within(self.words.clone(), io.session, self.depth) {
                Ok(task) => self.current = Some((task, String::new())),
                Err((message, code)) => {
                    io.err_line(message);
                    return Step::Exit(code);
                }
            }
        }
    }
}

/// Polls a program within another; its output is returned, its errors go on.
fn run_inner(task: &mut Box<dyn Task>, io: &mut Io<'_>) -> (Step, String) {
    let mut stdin = Stdin {
        terminal: true,
        ..Stdin::default()
    };
    let mut written = Vec::new();
    let step = task.poll(&mut Io {
        cluster: io.cluster,
        session: io.session,
        stdin: &mut stdin,
        written: &mut written,
    });
    let mut text = String::new();
    for (stream, part) in written {
        match stream {
            Stream::Out => text.push_str(&part),
            Stream::Err => io.err(part),
        }
    }
    (step, text)
}

#[derive(Clone)]
struct Xargs {
    words: Vec<String>,
    replace: Option<String>,
    per_run: usize,
    skip_empty: bool,
    depth: usize,
    input: Option<Vec<String>>,
    current: Option<Box<dyn Task>>,
    code: u8,
}

/// Starts `xargs`.
pub fn xargs(args: &[String], depth: usize) -> Result<Box<dyn Task>, Refused> {
    let mut at = 0;
    while let Some(arg) = args.get(at).filter(|a| a.starts_with('-')) {
        at += if matches!(arg.as_str(), "-n" | "-I" | "-L" | "-P") {
            2
        } else {
            1
        };
    }
    let at = at.min(args.len());
    let options = Options::parse(
        "xargs",
        &args[..at],
        "rt0",
        "nILP",
        &[("no-run-if-empty", 'r')],
    )?;
    let replace = options.value('I').map(str::to_owned);
    let per_run = options
        .value('n')
        .or(options.value('L'))
        .and_then(|n| n.parse().ok());
    let words = if at < args.len() {
        args[at..].to_vec()
    } else {
        vec!["echo".to_owned()]
    };
    Ok(Box::new(Xargs {
        words,
        per_run: if replace.is_some() {
            1
        } else {
            per_run.unwrap_or(usize::MAX)
        },
        replace,
        skip_empty: options.has('r'),
        depth: depth + 1,
        input: None,
        current: None,
        code: 0,
    }))
}

impl Xargs {
    fn take(&mut self, io: &mut Io<'_>) -> Option<()> {
        if self.input.is_none() {
            let text = io.whole_input()?;
            let mut items: Vec<String> = if self.replace.is_some() {
                text.lines()
                    .map(|l| l.trim().to_owned())
                    .filter(|l| !l.is_empty())
                    .collect()
            } else {
                text.split_whitespace().map(str::to_owned).collect()
            };
            if items.is_empty() && !self.skip_empty && self.replace.is_none() {
                items.push(String::new());
            }
            items.reverse();
            self.input = Some(items);
        }
        Some(())
    }

    /// The words of the next run.
    fn next(&mut self) -> Option<Vec<String>> {
        let input = self.input.as_mut().filter(|i| !i.is_empty())?;
        let mut words = self.words.clone();
        if let Some(mark) = &self.replace {
            let item = input.pop()?;
            for word in &mut words {
                *word = word.replace(mark.as_str(), &item);
            }
            return Some(words);
        }
        for _ in 0..self.per_run {
            let Some(item) = input.pop() else {
                break;
            };
            if !item.is_empty() {
                words.push(item);
            }
        }
        Some(words)
    }
}

impl Task for Xargs {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        if self.take(io).is_none() {
            return Step::Wait(Wake::INPUT);
        }
        loop {
            if let Some(task) = &mut self.current {
                let (step, out) = run_inner(task, io);
                io.out(out);
                match step {
                    Step::Wait(wake) => return Step::Wait(wake),
                    Step::Exit(0) => self.current = None,
                    Step::Exit(_) => {
                        self.code = 123;
                        self.current = None;
                    }
                }
            }
            let Some(words) = self.next() else {
                return Step::Exit(self.code);
            };
            match start_within(words, io.session, self.depth) {
                Ok(task) => self.current = Some(task),
                Err((message, code)) => {
                    io.err_line(message.replace("-bash: ", "xargs: "));
                    return Step::Exit(code);
                }
            }
        }
    }
}
