//! `Filter`: a program that looks at its input line by line, from files or from the pipe.

use crate::console::task::{Io, Step, Task, Wake};

/// What a program does with lines.
pub trait Lines {
    /// Takes a line; `whole` is false for a last line without its end. False: no more lines are wanted.
    fn line(&mut self, io: &mut Io<'_>, file: &str, line: &str, whole: bool) -> bool;

    /// The input has ended; gives the exit code.
    fn end(&mut self, io: &mut Io<'_>) -> u8;
}

/// A running filter.
#[derive(Clone)]
pub struct Filter<L> {
    name: &'static str,
    lines: L,
    files: Vec<String>,
    partial: String,
    failed: bool,
}

impl<L: Lines> Filter<L> {
    pub fn new(name: &'static str, lines: L, files: Vec<String>) -> Self {
        Self {
            name,
            lines,
            files,
            partial: String::new(),
            failed: false,
        }
    }

    fn from_files(&mut self, io: &mut Io<'_>) -> Step {
        'files: for file in std::mem::take(&mut self.files) {
            let text = if file == "-" {
                io.whole_input().unwrap_or_default()
            } else if let Some(text) = io.session.files.read(&io.session.path(&file)) {
                text.to_string()
            } else {
                io.err_line(format!("{}: {file}: No such file or directory", self.name));
                self.failed = true;
                continue;
            };
            for line in text.split_inclusive('\n') {
                let bare = line.strip_suffix('\n').unwrap_or(line);
                if !self.lines.line(io, &file, bare, line.ends_with('\n')) {
                    break 'files;
                }
            }
        }
        self.finish(io)
    }

    fn finish(&mut self, io: &mut Io<'_>) -> Step {
        let code = self.lines.end(io);
        Step::Exit(if self.failed { code.max(2) } else { code })
    }
}

impl<L: Lines + Clone + 'static> Task for Filter<L> {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        if !self.files.is_empty() {
            if self.files.iter().any(|f| f == "-") && !io.stdin.ended && !io.stdin.terminal {
                return Step::Wait(Wake::INPUT);
            }
            return self.from_files(io);
        }
        self.partial.push_str(&std::mem::take(&mut io.stdin.text));
        let text = std::mem::take(&mut self.partial);
        let mut rest = text.as_str();
        while let Some((line, after)) = rest.split_once('\n') {
            rest = after;
            if !self.lines.line(io, "(standard input)", line, true) {
                return self.finish(io);
            }
        }
        if !io.stdin.ended && !io.stdin.terminal {
            rest.clone_into(&mut self.partial);
            return Step::Wait(Wake::INPUT);
        }
        if !rest.is_empty() {
            self.lines.line(io, "(standard input)", rest, false);
        }
        self.finish(io)
    }
}
