//! What deeds of the console do to files is noted, so that it can be undone.

use crate::app::screen::Answer;
use crate::app::terminal::{COPIES, Terminal};
use crate::cluster::History;
use crate::view::written::{Texts, Written};

/// Files without folders, and without those that somebody has open: they are noted when they are closed.
pub(super) fn texts(terminal: &Terminal) -> Texts {
    let files = terminal.files().iter();
    files
        .filter(|(name, _)| !terminal.waits_for(name) && !name.starts_with(COPIES))
        .map(|(name, text)| (name.to_owned(), text.clone()))
        .collect()
}

/// The files when one of them was opened: what was typed since belongs to the deed that closes it.
pub(super) fn opened(terminal: &Terminal, name: &str) -> Texts {
    let mut before = texts(terminal);
    let text = terminal.before(name);
    if let Some(text) = text.filter(|_| !name.starts_with(COPIES)) {
        before.insert(name.to_owned(), text);
    }
    before
}

/// Runs a line as a deed on a line of time and notes what it did to files.
pub fn noted(
    terminal: &mut Terminal,
    written: &mut Written,
    history: &mut History,
    line: &str,
) -> Answer {
    let (at, mut before) = (history.cluster().log().len(), texts(terminal));
    let answer = terminal.run(history, line);
    // A file that the line has opened is noted when it is closed.
    before.retain(|name, _| !terminal.waits_for(name));
    note(terminal, written, history, at, &before);
    answer
}

/// Notes what became of files since the log was so long.
pub(super) fn note(
    terminal: &Terminal,
    written: &mut Written,
    history: &History,
    at: usize,
    before: &Texts,
) {
    let after = texts(terminal);
    if history.cluster().log().len() > at {
        written.note(at, before, &after);
    } else {
        written.note_alone(at, before, &after);
    }
}
