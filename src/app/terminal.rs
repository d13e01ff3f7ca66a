//! The console's lines and the programs that run in it.

use super::screen::Answer;
use crate::cluster::History;

/// Lines kept on the screen.
const LINES_MAX: usize = 400;

/// One line typed, or one piece of output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub number: u64,
    pub typed: bool,
    pub text: String,
}

/// A terminal of the page: what was printed.
#[derive(Clone, Default)]
pub struct Terminal {
    lines: Vec<Line>,
    count: u64,
    shown: u64,
}

impl Terminal {
    /// Makes a file for the commands to name.
    pub fn write(&mut self, _name: &str, _text: &str) {}

    /// Types a line and runs it; a program that waits goes on with simulated time.
    pub fn run(&mut self, _history: &mut History, line: &str) -> Answer {
        self.print(true, line);
        Answer::default()
    }

    /// Lets waiting programs go on.
    pub fn poll(&mut self, _history: &mut History) {}

    /// Ends what waits: its moment is gone.
    pub fn forget(&mut self) {}

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
