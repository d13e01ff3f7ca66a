//! What the page opens with: a link, else the work of before, else the sample.

use super::address::{self, Asked};
use super::document::{Found, Opened, Opening, sentence};
use super::storage;
use super::{autosave, crash, moves};
use crate::app::session::Dispatch;
use crate::app::spare::clock;
use crate::cluster::SimSpan;
use crate::say;
use crate::share::{Doc, decode};
use crate::view::Say;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// A run that takes longer to repeat than this is opened slice by slice, under a cover that says how far it is.
const AT_ONCE_MS: f64 = 500.0;
const SLICE_MS: f64 = 24.0;

/// Where a document comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    Link,
    File,
    /// The work of before; its workspace, if it has one.
    Work(String),
    Workspace(String),
}

/// Everything about keeping begins: the plain page for a crash, what the page opens with, autosave, keys.
pub fn begin(dispatch: Dispatch, embedded: bool) {
    crash::start();
    start(dispatch, embedded);
    autosave::start(dispatch, embedded);
    moves::keys(dispatch);
}

/// Opens what the address names, or what was there before. `embedded` pages keep nothing.
fn start(dispatch: Dispatch, embedded: bool) {
    if let Some(asked) = address::asked() {
        if asked.text.is_empty() {
            return sample(dispatch, &asked);
        }
        match decode(&asked.text) {
            Ok(mut doc) => {
                doc.position = asked.at.unwrap_or(doc.position);
                if asked.paused {
                    dispatch.pause();
                }
                open(dispatch, doc, Source::Link);
            }
            Err(error) => refuse(dispatch, &Source::Link, sentence(&error)),
        }
        return;
    }
    if embedded || storage::once("fresh") {
        return;
    }
    if let Some((name, text)) = storage::work() {
        match decode(&text) {
            Ok(doc) => open(dispatch, doc, Source::Work(name)),
            Err(error) => refuse(dispatch, &Source::Work(name), sentence(&error)),
        }
    }
}

/// The sample as it is at a moment: what is left of a run that broke before anybody had done anything.
fn sample(dispatch: Dispatch, asked: &Asked) {
    if asked.paused {
        dispatch.pause();
    }
    let elapsed = dispatch.screen.elapsed.get_untracked();
    let ahead = asked.at.unwrap_or_default().saturating_sub(elapsed);
    let until = clock() + AT_ONCE_MS;
    dispatch.advance(SimSpan::from_millis(ahead), || clock() < until);
}

/// Opens a document; until it is whole, everything stays as it is.
pub fn open(dispatch: Dispatch, doc: Doc, source: Source) {
    let until = clock() + AT_ONCE_MS;
    let mut opening = Box::new(Opening::new(doc));
    loop {
        match opening.run() {
            Opened::Further(further) => opening = further,
            Opened::Done(found) => return arrive(dispatch, *found, source),
            Opened::Refused(say) => return refuse(dispatch, &source, say),
        }
        if clock() >= until {
            break;
        }
    }
    let playing = dispatch.screen.playing.get_untracked();
    dispatch.pause();
    dispatch.keep.opening.set(Some(opening.progress()));
    let rest = Rc::new(RefCell::new(Some(opening)));
    slice(dispatch, rest, source, playing);
}

type Rest = Rc<RefCell<Option<Box<Opening>>>>;

fn slice(dispatch: Dispatch, rest: Rest, source: Source, playing: bool) {
    let next = move || {
        if dispatch.keep.opening.get_untracked().is_none() {
            dispatch.screen.playing.set(playing);
            return;
        }
        let until = clock() + SLICE_MS;
        while let Some(opening) = rest.take() {
            match opening.run() {
                Opened::Further(further) => {
                    let progress = further.progress();
                    rest.replace(Some(further));
                    if clock() >= until {
                        dispatch.keep.opening.set(Some(progress));
                        return slice(dispatch, rest, source, playing);
                    }
                }
                Opened::Done(found) => {
                    dispatch.keep.opening.set(None);
                    dispatch.screen.playing.set(playing);
                    return arrive(dispatch, *found, source);
                }
                Opened::Refused(say) => {
                    dispatch.keep.opening.set(None);
                    dispatch.screen.playing.set(playing);
                    return refuse(dispatch, &source, say);
                }
            }
        }
    };
    set_timeout(next, Duration::ZERO);
}

fn arrive(dispatch: Dispatch, found: Found, source: Source) {
    let Found {
        doc,
        session,
        exact,
    } = found;
    let short = session.history.cluster().now() < doc.now();
    match source {
        Source::Work(name) => dispatch.keep.workspace.set(name),
        Source::Workspace(name) => {
            storage::work_anew();
            dispatch.keep.workspace.set(name);
        }
        Source::Link | Source::File => {
            storage::work_anew();
            dispatch.keep.workspace.set(String::new());
        }
    }
    dispatch.replace(&doc, session);
    dispatch.keep.notice.set(None);
    if short {
        dispatch.keep.say(say!(
            "The run was too long to repeat whole: it stands earlier than it stood."
        ));
    } else if !exact {
        dispatch.keep.say(say!(
            "Another version of this page made the run. Its commands come at the same moments; what lies between may differ."
        ));
    }
}

fn refuse(dispatch: Dispatch, source: &Source, why: Say) {
    dispatch.keep.say(match source {
        Source::Link => say!("The link does not open. {}", why),
        Source::File => say!("The file does not open. {}", why),
        Source::Work(_) => say!("The work of before does not open. {}", why),
        Source::Workspace(name) => say!("The workspace {} does not open. {}", name, why),
    });
}
