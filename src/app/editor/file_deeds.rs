//! What the left column does with files; the console has the same ones.

use super::nodes;
use crate::app::screen::{Answer, File, set};
use crate::app::session::Dispatch;
use crate::view::file_name;
use leptos::prelude::*;

/// Bytes of a file that a person may open.
pub const BYTES_MAX: usize = 4 << 20;

impl Dispatch {
    /// Shows what the console did to its files; a file that is new stands last.
    pub fn fetch_files(self) {
        let (files, file) = (self.screen.files, self.screen.file);
        let stored = self
            .session
            .with_value(|session| session.terminal.files().clone());
        let front = self.front_file().map(|file| file.name);
        let mut new: Vec<File> = files.get_untracked();
        new.retain(|file| stored.read(&file.name).is_some());
        for (path, text) in stored.iter() {
            match new.iter_mut().find(|file| file.name == path) {
                Some(file) if *file.text != **text => file.text = text.to_string(),
                Some(_) => {}
                None => new.push(File {
                    name: path.to_owned(),
                    text: text.to_string(),
                    applied: None,
                }),
            }
        }
        if files.with_untracked(|old| *old != new) {
            let index = new.iter().position(|f| Some(&f.name) == front.as_ref());
            let index = index.unwrap_or_else(|| file.get_untracked().min(new.len().max(1) - 1));
            files.set(new);
            set(file, index);
        }
    }

    /// Opens a file of the list.
    pub fn open_file(self, index: usize) {
        let fresh = self.cluster(nodes::text);
        self.screen.files.update(|files| {
            // The nodes are written anew as long as nobody has edited them.
            let nodes = files.get_mut(index).filter(|file| file.name == nodes::FILE);
            if let Some(file) = nodes.filter(|file| file.applied.as_ref() == Some(&file.text)) {
                file.text.clone_from(&fresh);
                file.applied = Some(fresh);
            }
        });
        self.screen.file.set(index);
        self.screen.diagnostics.set(Vec::new());
        self.screen.answer.set(Answer::default());
    }

    /// Makes a file, under another name when there is one of that name, and opens it; false when there is no room.
    pub fn add_file(self, name: &str, text: &str) -> bool {
        let name = self.screen.files.with_untracked(|files| {
            let taken = |name: &str| files.iter().any(|file| file.name == name);
            file_name::free(name, taken)
        });
        let written = self
            .session
            .try_update_value(|session| session.terminal.write(&name, text));
        if written != Some(true) {
            return false;
        }
        self.fetch_files();
        let found = |files: &Vec<File>| files.iter().position(|file| file.name == name);
        if let Some(index) = self.screen.files.with_untracked(found) {
            self.open_file(index);
        }
        true
    }

    /// Gives the file in front another name; false when that is taken.
    pub fn rename_file(self, to: &str) -> bool {
        let Some(file) = self.front_file() else {
            return false;
        };
        let to = file_name::clean(to);
        let taken = |files: &Vec<File>| files.iter().any(|file| file.name == to);
        if to == file.name {
            return true;
        }
        if to.is_empty() || self.screen.files.with_untracked(taken) {
            return false;
        }
        self.session.update_value(|session| {
            session.terminal.write(&to, &file.text);
            session.terminal.files_mut().remove(&file.name);
        });
        let index = self.screen.file.get_untracked();
        self.screen.files.update(|files| {
            if let Some(file) = files.get_mut(index) {
                file.name = to;
            }
        });
        true
    }

    /// Deletes the file in front.
    pub fn delete_file(self) {
        if let Some(file) = self.front_file() {
            self.session.update_value(|session| {
                session.terminal.files_mut().remove(&file.name);
            });
            self.fetch_files();
            let index = self.screen.file.get_untracked();
            self.open_file(index);
        }
    }
}
