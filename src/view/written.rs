//! What deeds did to files, so that undo and redo take it back and do it again.

use crate::k8s::ordered::BTreeMap;
use std::sync::Arc;

/// Deeds that are remembered at most.
const LIMIT: usize = 200;

/// Files by name.
pub type Texts = BTreeMap<String, Arc<str>>;

/// A file that a deed changed: its text before and after; none where there was no file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changed {
    pub name: String,
    pub before: Option<Arc<str>>,
    pub after: Option<Arc<str>>,
}

/// What the deeds of a line did, by where in its log they begin.
#[derive(Clone, Debug, Default)]
pub struct Written(BTreeMap<usize, Vec<Changed>>);

impl Written {
    /// Notes what a deed did that begins at a place of the log. What was noted from there on is of another line.
    pub fn note(&mut self, at: usize, before: &Texts, after: &Texts) {
        self.0.retain(|place, _| *place < at);
        let names = before
            .keys()
            .chain(after.keys().filter(|name| !before.contains_key(*name)));
        let changed = names.filter_map(|name| {
            let (before, after) = (before.get(name).cloned(), after.get(name).cloned());
            let name = name.clone();
            (before != after).then_some(Changed {
                name,
                before,
                after,
            })
        });
        let changed: Vec<Changed> = changed.collect();
        if !changed.is_empty() {
            self.0.insert(at, changed);
        }
        while self.0.len() > LIMIT {
            self.0.pop_first();
        }
    }

    /// What the deed that begins at a place did.
    pub fn of(&self, at: usize) -> &[Changed] {
        self.0.get(&at).map_or(&[], Vec::as_slice)
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[(&str, &str)]) -> Texts {
        let pair = |(name, text): &(&str, &str)| ((*name).to_owned(), Arc::from(*text));
        list.iter().map(pair).collect()
    }

    #[test]
    fn only_what_a_deed_changed_is_noted() {
        let mut written = Written::default();
        let before = texts(&[("a", "1"), ("b", "1"), ("gone", "1")]);
        let after = texts(&[("a", "1"), ("b", "2"), ("new", "1")]);
        written.note(4, &before, &after);
        let names: Vec<&str> = written.of(4).iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["b", "gone", "new"]);
        assert_eq!(written.of(4)[1].after, None);
        assert!(written.of(5).is_empty());
        written.note(2, &before, &before);
        assert!(written.of(4).is_empty(), "the line went another way");
    }
}
