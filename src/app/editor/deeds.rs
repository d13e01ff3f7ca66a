//! What the left column does with the file in front: typing, applying, trying on a copy.

use crate::app::screen::{Answer, File};
use crate::app::session::Dispatch;
use crate::view::{self, Diagnostic};
use leptos::prelude::*;

impl Dispatch {
    /// The file in front.
    pub fn front_file(self) -> Option<File> {
        let index = self.screen.file.get_untracked();
        self.screen
            .files
            .with_untracked(|files| files.get(index).cloned())
    }

    /// Its name; empty when there is none.
    pub fn front_file_name(self) -> String {
        let index = self.screen.file.get_untracked();
        let name = |files: &Vec<File>| files.get(index).map(|file| file.name.clone());
        self.screen.files.with_untracked(name).unwrap_or_default()
    }

    /// What a person typed.
    pub fn edit(self, text: String) {
        let index = self.screen.file.get_untracked();
        self.screen.files.update(|files| {
            if let Some(file) = files.get_mut(index) {
                file.text = text;
            }
        });
        self.keep_front();
    }

    /// The console sees the file in front as it is.
    pub fn keep_front(self) {
        let index = self.screen.file.get_untracked();
        self.screen.files.with_untracked(|files| {
            let Some(file) = files.get(index) else {
                return;
            };
            self.session.update_value(|session| {
                let known = session.terminal.files().read(&file.name);
                if known.is_none_or(|known| *known != *file.text) {
                    session.terminal.write(&file.name, &file.text);
                }
            });
        });
    }

    /// Applies the file in front; refused, nothing changes.
    pub fn apply(self) {
        let Some(file) = self.front_file() else {
            return;
        };
        let answer = self.session.try_update_value(|session| {
            session.branch();
            session.terminal.write(&file.name, &file.text);
            let line = apply_line(&file.name, session.terminal.folder());
            session.terminal.run(&mut session.history, &line)
        });
        let answer = answer.unwrap_or_default();
        self.screen.diagnostics.set(read(&file.text, &answer));
        if !answer.refused {
            self.applied(&file.name, &file.text);
        }
        self.screen.said.set(answer.text.clone());
        self.screen.answer.set(answer);
        self.show();
    }

    pub(super) fn applied(self, name: &str, text: &str) {
        self.screen.files.update(|files| {
            if let Some(file) = files.iter_mut().find(|file| file.name == name) {
                file.applied = Some(text.to_owned());
            }
        });
    }
}

/// The line that applies a file, wherever the console is.
pub(super) fn apply_line(name: &str, folder: &str) -> String {
    let path = if folder.is_empty() {
        name.to_owned()
    } else {
        format!("/{name}")
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if path.chars().all(plain) {
        format!("kubectl apply -f {path}")
    } else {
        format!("kubectl apply -f '{}'", path.replace('\'', "'\\''"))
    }
}

/// The messages of an answer, at their lines.
pub(super) fn read(text: &str, answer: &Answer) -> Vec<Diagnostic> {
    if answer.refused {
        view::diagnose::diagnose(text, &answer.text)
    } else {
        Vec::new()
    }
}
