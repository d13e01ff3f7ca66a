//! Files go back and forth with the deed that changed them.

use crate::app::session::{Dispatch, Session};
use crate::view::written::Changed;

impl Session {
    fn place(&self) -> usize {
        self.history.cluster().log().len()
    }

    /// Whether there is a deed to undo, and one to redo.
    pub(in crate::app) fn moves(&self) -> (bool, bool) {
        let (undo, redo) = self.written.alone(self.place());
        let history = &self.history;
        (
            undo || history.undoable().is_some(),
            redo || history.redoable().is_some(),
        )
    }

    /// Back to the moment before the last deed, with its files.
    fn undo(&mut self) -> bool {
        while let Some(files) = self.written.undo_alone(self.place()) {
            if self.back(&files) {
                return true;
            }
        }
        let done = self.history.undo();
        if done {
            let files = self.written.of(self.place()).to_vec();
            self.back(&files);
        }
        done
    }

    /// Forward over the next deed, with its files.
    fn redo(&mut self) -> bool {
        let at = self.place();
        while let Some(files) = self.written.redo_alone(at) {
            if self.forth(&files) {
                return true;
            }
        }
        let done = self.history.redo();
        if done {
            let files = self.written.of(at).to_vec();
            self.forth(&files);
        }
        done
    }

    /// Gives files the texts of before; false when a person has changed all of them meanwhile.
    fn back(&mut self, files: &[Changed]) -> bool {
        let mut any = false;
        for file in files {
            any |= self.swap(&file.name, file.after.as_deref(), file.before.as_deref());
        }
        any
    }

    /// Gives files the texts of afterwards.
    fn forth(&mut self, files: &[Changed]) -> bool {
        let mut any = false;
        for file in files {
            any |= self.swap(&file.name, file.before.as_deref(), file.after.as_deref());
        }
        any
    }

    /// Gives a file another text, unless a person has changed it meanwhile.
    fn swap(&mut self, name: &str, from: Option<&str>, to: Option<&str>) -> bool {
        if self.terminal.files().read(name).as_deref() != from {
            return false;
        }
        match to {
            Some(text) => {
                self.terminal.write(name, text);
            }
            None => {
                self.terminal.files_mut().remove(name);
            }
        }
        true
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
