//! Looks ahead while a person types: checks the text on a copy of the cluster, and lets the copy run in slices
//! between the frames.

use super::desk::{Desk, Outlook};
use crate::app::screen::{Screen, set};
use crate::app::session::Dispatch;
use crate::view::plan::PlanRun;
use leptos::prelude::*;
use std::time::Duration;

/// How long the typing must pause before the text is looked at.
const LOOK_AFTER: Duration = Duration::from_millis(400);

/// Milliseconds of work in one slice.
const SLICE_MS: f64 = 6.0;

/// A look ahead that takes longer than so many milliseconds shows how far it is.
const SHOWN_AFTER_MS: f64 = 250.0;

/// Follows the text in front and what people do to the cluster.
pub fn follow(desk: Desk, screen: Screen, dispatch: Dispatch, text: Memo<String>) {
    // People's deeds change what an apply would do; the passing of time is not one of them.
    let deeds = Memo::new(move |_| {
        screen.marks.track();
        screen.elapsed.track();
        dispatch.cluster(|cluster| cluster.log().len())
    });
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    let stop = move || {
        waiting.update_value(|waiting| {
            if let Some(handle) = waiting.take() {
                handle.clear();
            }
        });
    };
    Effect::new(move || {
        deeds.track();
        screen.file.track();
        text.track();
        set(desk.stale, true);
        desk.look.update_value(|look| *look += 1);
        desk.run.set_value(None);
        stop();
        let handle = set_timeout_with_handle(move || look(desk, screen, dispatch), LOOK_AFTER);
        waiting.set_value(handle.ok());
    });
    on_cleanup(stop);
}

/// Tries the text now.
fn look(desk: Desk, screen: Screen, dispatch: Dispatch) {
    let Some(file) = dispatch.front_file() else {
        return done(desk, Outlook::Nothing);
    };
    let pristine = file.applied.as_ref() == Some(&file.text) && file.name == super::nodes::FILE;
    if pristine || file.text.trim().is_empty() {
        screen.diagnostics.set(Vec::new());
        return done(
            desk,
            if pristine {
                Outlook::Same
            } else {
                Outlook::Nothing
            },
        );
    }
    let (before, after, answer) = dispatch.attempt(&file);
    set(screen.diagnostics, super::deeds::read(&file.text, &answer));
    if answer.refused {
        return done(desk, Outlook::Refused);
    }
    let Some(run) = PlanRun::new(before, after, &answer.text) else {
        return done(desk, Outlook::Same);
    };
    desk.run.set_value(Some(run));
    slice(desk, desk.look.get_value(), now());
}

/// One slice of a look, then the next.
fn slice(desk: Desk, look: u64, began: f64) {
    if desk.look.get_value() != look {
        return;
    }
    let until = now() + SLICE_MS;
    let ended = desk.run.try_update_value(|run| {
        let run = run.as_mut()?;
        Some((run.run(|| now() < until), run.ahead().as_millis()))
    });
    match ended.flatten() {
        Some((true, _)) => {
            let plan = desk
                .run
                .with_value(|run| run.as_ref().map(PlanRun::plan).unwrap_or_default());
            desk.run.set_value(None);
            done(desk, Outlook::Known(plan));
        }
        Some((false, ahead)) => {
            if now() - began > SHOWN_AFTER_MS {
                desk.outlook.set(Outlook::Ahead(ahead));
            }
            set_timeout(move || slice(desk, look, began), Duration::ZERO);
        }
        None => {}
    }
}

fn done(desk: Desk, outlook: Outlook) {
    set(desk.outlook, outlook);
    set(desk.stale, false);
}

/// The browser's clock in milliseconds.
fn now() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}
