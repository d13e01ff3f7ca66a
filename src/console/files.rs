//! The virtual files of the console; the page's editor shows the same ones.

use crate::k8s::ordered::BTreeMap;
use std::sync::Arc;

/// Bytes that all files may hold together.
pub const BYTES_MAX: usize = 16 << 20;

/// Files by their path; clones share what was not written since. Folders are there while they hold a file or were made by hand (a path that ends in `/`).
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Files(BTreeMap<String, Arc<str>>);

/// What a path names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    File,
    Folder,
    Nothing,
}

impl Files {
    /// The path without `.`, `..` and doubled slashes, from the root.
    pub fn normal(path: &str) -> String {
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        parts.join("/")
    }

    pub fn read(&self, path: &str) -> Option<Arc<str>> {
        self.0.get(&Self::normal(path)).cloned()
    }

    /// Writes a file; false when there is no room for it.
    pub fn write(&mut self, path: &str, text: &str) -> bool {
        let path = Self::normal(path);
        let old = self.0.get(&path).map_or(0, |t| t.len());
        if self.bytes() - old + text.len() > BYTES_MAX || path.is_empty() {
            return false;
        }
        self.0.insert(path, Arc::from(text));
        true
    }

    /// Removes a file.
    pub fn remove(&mut self, path: &str) -> bool {
        self.0.remove(&Self::normal(path)).is_some()
    }

    /// Removes a folder and all in it.
    pub fn remove_folder(&mut self, path: &str) {
        let prefix = format!("{}/", Self::normal(path));
        self.0.retain(|p, _| !p.starts_with(&prefix));
    }

    pub fn make_folder(&mut self, path: &str) {
        let path = format!("{}/", Self::normal(path));
        self.0.insert(path, Arc::from(""));
    }

    pub fn find(&self, path: &str) -> Found {
        let path = Self::normal(path);
        if path.is_empty() {
            return Found::Folder;
        }
        if self.0.contains_key(&path) {
            return Found::File;
        }
        let folder = format!("{path}/");
        let inside = self.0.range(folder.clone()..).next();
        if inside.is_some_and(|(p, _)| p.starts_with(&folder)) {
            Found::Folder
        } else {
            Found::Nothing
        }
    }

    /// The names in a folder, in order; folders end in `/`.
    pub fn list(&self, folder: &str) -> Vec<String> {
        let mut prefix = Self::normal(folder);
        if !prefix.is_empty() {
            prefix.push('/');
        }
        let mut names: Vec<String> = Vec::new();
        for (path, _) in self.0.range(prefix.clone()..) {
            let Some(rest) = path.strip_prefix(&prefix) else {
                break;
            };
            let name = match rest.split_once('/') {
                Some((name, _)) => format!("{name}/"),
                None => rest.to_owned(),
            };
            if !name.is_empty() && names.last() != Some(&name) {
                names.push(name);
            }
        }
        names
    }

    /// All files with their paths, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<str>)> {
        let files = self.0.iter().filter(|(path, _)| !path.ends_with('/'));
        files.map(|(path, text)| (path.as_str(), text))
    }

    fn bytes(&self) -> usize {
        self.0.values().map(|t| t.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_follow_from_files() {
        let mut files = Files::default();
        files.write("a/b/x.yaml", "1");
        files.write("./a/./y.yaml", "2");
        files.make_folder("empty");
        assert_eq!(files.list(""), ["a/", "empty/"]);
        assert_eq!(files.list("a"), ["b/", "y.yaml"]);
        assert_eq!(files.find("a/b"), Found::Folder);
        assert_eq!(files.find("a/../a/y.yaml"), Found::File);
        assert_eq!(files.find("nosuch"), Found::Nothing);
    }
}
