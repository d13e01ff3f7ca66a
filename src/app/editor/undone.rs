//! Files go back and forth with the deed that changed them.

use crate::app::screen::Answer;
use crate::app::session::{Dispatch, Session};
use crate::app::terminal::Terminal;
use crate::cluster::History;
use crate::console::files::Files;
use crate::view::written::{Texts, Written};

/// Files without folders.
fn texts(files: &Files) -> Texts {
    files
        .iter()
        .map(|(name, text)| (name.to_owned(), text.clone()))
        .collect()
}

/// Runs a line as a deed on a line of time and notes what it did to files.
pub fn noted(
    terminal: &mut Terminal,
    written: &mut Written,
    history: &mut History,
    line: &str,
) -> Answer {
    let (at, before) = (history.cluster().log().len(), terminal.files().clone());
    let answer = terminal.run(history, line);
    if history.cluster().log().len() > at {
        written.note(at, &texts(&before), &texts(terminal.files()));
    }
    answer
}

impl Session {
    /// Back to the moment before the last deed, with its files.
    fn undo(&mut self) -> bool {
        let done = self.history.undo();
        if done {
            let at = self.history.cluster().log().len();
            for file in self.written.of(at).to_vec() {
                self.swap(&file.name, file.after.as_deref(), file.before.as_deref());
            }
        }
        done
    }

    /// Forward over the next deed, with its files.
    fn redo(&mut self) -> bool {
        let at = self.history.cluster().log().len();
        let done = self.history.redo();
        if done {
            for file in self.written.of(at).to_vec() {
                self.swap(&file.name, file.before.as_deref(), file.after.as_deref());
            }
        }
        done
    }

    /// Gives a file another text, unless a person has changed it meanwhile.
    fn swap(&mut self, name: &str, from: Option<&str>, to: Option<&str>) {
        if self.terminal.files().read(name).as_deref() != from {
            return;
        }
        match to {
            Some(text) => {
                self.terminal.write(name, text);
            }
            None => {
                self.terminal.files_mut().remove(name);
            }
        }
    }
}

impl Dispatch {
    /// Back to the moment before the last deed.
    pub fn undo(self) {
        self.go(Session::undo);
        self.fetch_files();
    }

    /// Forward over the next deed.
    pub fn redo(self) {
        self.go(Session::redo);
        self.fetch_files();
    }
}
