//! Lets the copy of the cluster run in slices between the frames, and says what came of it.

use super::attempt::Attempt;
use super::desk::{Desk, Outlook};
use crate::app::screen::{Screen, set};
use crate::app::spare::{Slice, clock, give_back, soon};
use crate::cluster::{Cluster, Remains};
use crate::view::plan::PlanRun;
use leptos::prelude::*;

/// A look ahead shows how far it is every so many milliseconds.
const SHOWN_EVERY_MS: f64 = 250.0;

/// Applies the text on a copy, and begins to look ahead if that wrote anything.
pub(super) fn attempt(
    desk: Desk,
    screen: Screen,
    look: u64,
    before: Cluster,
    mut attempt: Attempt,
    text: String,
) {
    if desk.look.get_value() != look {
        return over(before, attempt.ended().0);
    }
    let turn = Slice::begin(screen.playing.get_untracked());
    if !attempt.run(|| turn.more()) {
        return soon(move || self::attempt(desk, screen, look, before, attempt, text));
    }
    let (after, answer) = attempt.ended();
    set(screen.diagnostics, super::deeds::read(&text, &answer));
    if answer.refused || !PlanRun::concerns(&before, &after) {
        done(
            desk,
            if answer.refused {
                Outlook::Refused
            } else {
                Outlook::Same
            },
        );
        return over(before, after);
    }
    soon(move || begin(desk, screen, look, before, after, &answer.text));
}

/// Begins a look ahead, unless the text is another one by now.
fn begin(desk: Desk, screen: Screen, look: u64, before: Cluster, after: Cluster, answer: &str) {
    if desk.look.get_value() != look {
        return over(before, after);
    }
    let Some(run) = PlanRun::new(before, after, answer) else {
        return done(desk, Outlook::Same);
    };
    desk.run.set_value(Some(run));
    let began = clock();
    soon(move || slice(desk, screen, look, began));
}

/// One slice of a look, then the next.
fn slice(desk: Desk, screen: Screen, look: u64, shown: f64) {
    if desk.look.get_value() != look {
        return;
    }
    let turn = Slice::begin(screen.playing.get_untracked());
    let ended = desk.run.try_update_value(|run| {
        let run = run.as_mut()?;
        Some((run.run(|| turn.more()), run.ahead().as_millis()))
    });
    match ended.flatten() {
        Some((true, _)) => soon(move || tell(desk, look)),
        Some((false, ahead)) => {
            let now = clock();
            let due = now - shown > SHOWN_EVERY_MS;
            if due {
                desk.outlook.set(Outlook::Ahead(ahead));
            }
            let shown = if due { now } else { shown };
            soon(move || slice(desk, screen, look, shown));
        }
        None => {}
    }
}

/// Says what was found out, and gives the copy back.
fn tell(desk: Desk, look: u64) {
    if desk.look.get_value() != look {
        return;
    }
    let run = desk.run.try_update_value(Option::take).flatten();
    done(
        desk,
        Outlook::Known(run.as_ref().map(PlanRun::plan).unwrap_or_default()),
    );
    if let Some(run) = run {
        give_back(run.remains());
    }
}

fn over(before: Cluster, after: Cluster) {
    give_back(Remains::of(before, after));
}

pub(super) fn done(desk: Desk, outlook: Outlook) {
    set(desk.outlook, outlook);
    set(desk.stale, false);
}
