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

/// What was done to files between two commands of a log, and by the deed that begins with the second.
#[derive(Clone, Debug, Default)]
struct Place {
    /// Deeds that changed nothing but files, in order.
    alone: Vec<Vec<Changed>>,
    /// How many of them are done; the others were undone.
    done: usize,
    /// What the deed did that begins here.
    with: Vec<Changed>,
}

/// What the deeds of a line did to files, by the place of its log.
#[derive(Clone, Debug, Default)]
pub struct Written(BTreeMap<usize, Place>);

impl Written {
    /// Notes what a deed did that begins at a place of the log. What was noted from there on is of another line.
    pub fn note(&mut self, at: usize, before: &Texts, after: &Texts) {
        self.0.retain(|place, _| *place <= at);
        if let Some(place) = self.0.get_mut(&at) {
            place.alone.truncate(place.done);
            place.with.clear();
        }
        let changed = changed(before, after);
        if !changed.is_empty() {
            self.0.entry(at).or_default().with = changed;
        }
        self.bound();
    }

    /// Notes what a deed did to files and to nothing else, when the log was so long.
    pub fn note_alone(&mut self, at: usize, before: &Texts, after: &Texts) {
        let changed = changed(before, after);
        if changed.is_empty() {
            return;
        }
        let place = self.0.entry(at).or_default();
        place.alone.truncate(place.done);
        if place.alone.len() == LIMIT {
            place.alone.remove(0);
        }
        place.alone.push(changed);
        place.done = place.alone.len();
        self.bound();
    }

    fn bound(&mut self) {
        while self.0.len() > LIMIT {
            self.0.pop_first();
        }
    }

    /// What the deed that begins at a place did.
    pub fn of(&self, at: usize) -> &[Changed] {
        self.0.get(&at).map_or(&[], |place| &place.with)
    }

    /// The last deed with files alone that is done at a place is to be undone.
    pub fn undo_alone(&mut self, at: usize) -> Option<Vec<Changed>> {
        let place = self.0.get_mut(&at)?;
        place.done = place.done.checked_sub(1)?;
        place.alone.get(place.done).cloned()
    }

    /// The first deed with files alone that was undone at a place is to be done again.
    pub fn redo_alone(&mut self, at: usize) -> Option<Vec<Changed>> {
        let place = self.0.get_mut(&at)?;
        let again = place.alone.get(place.done).cloned()?;
        place.done += 1;
        Some(again)
    }

    /// Whether there is such a deed to undo at a place, and one to redo.
    pub fn alone(&self, at: usize) -> (bool, bool) {
        let place = self.0.get(&at);
        place.map_or((false, false), |place| {
            (place.done > 0, place.done < place.alone.len())
        })
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// The files that differ.
fn changed(before: &Texts, after: &Texts) -> Vec<Changed> {
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
    changed.collect()
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

    #[test]
    fn deeds_with_files_alone_lie_before_the_deed_that_begins_at_their_place() {
        let mut written = Written::default();
        let [none, one, two] = [&[][..], &[("a", "1")], &[("a", "2")]].map(texts);
        written.note_alone(3, &none, &none);
        assert_eq!(written.alone(3), (false, false), "nothing was changed");
        written.note_alone(3, &none, &one);
        written.note_alone(3, &one, &two);
        written.note(3, &two, &none);
        assert_eq!(written.alone(3), (true, false));
        let text = |changed: Option<Vec<Changed>>| changed.and_then(|c| c[0].before.clone());
        assert_eq!(text(written.undo_alone(3)).as_deref(), Some("1"));
        assert_eq!(written.alone(3), (true, true));
        assert_eq!(written.of(3).len(), 1, "what lies ahead is still there");
        assert_eq!(text(written.redo_alone(3)).as_deref(), Some("1"));
        assert_eq!(written.redo_alone(3), None);
        written.undo_alone(3);
        assert_eq!(written.undo_alone(3).map(|c| c.len()), Some(1));
        assert_eq!(written.undo_alone(3), None);
        written.note_alone(3, &none, &two);
        assert_eq!(written.alone(3), (true, false), "what was undone is gone");
        written.note(3, &two, &two);
        assert_eq!(written.alone(3), (true, false), "what came before stays");
        written.undo_alone(3);
        written.note(3, &none, &none);
        assert_eq!(written.alone(3), (false, false));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut written = Written::default();
        for i in 0..3 * LIMIT {
            let (before, after) = (
                texts(&[("a", &i.to_string())]),
                texts(&[("a", &(i + 1).to_string())]),
            );
            written.note_alone(7, &before, &after);
            written.note_alone(i, &before, &after);
        }
        assert!(written.0.len() <= LIMIT);
        assert!(written.0.values().all(|place| place.alone.len() <= LIMIT));
    }
}
