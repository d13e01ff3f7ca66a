//! Looks ahead while a person types: checks the text on a copy of the cluster, which [`outlook`] lets run on.

use super::desk::{Desk, Outlook};
use super::outlook::{self, done};
use crate::app::screen::{Screen, heed, set};
use crate::app::session::Dispatch;
use crate::app::spare::{clock, give_back, soon};
use leptos::prelude::*;
use std::time::Duration;

/// How long the typing must pause before the text is looked at.
const LOOK_AFTER: Duration = Duration::from_millis(50);
/// The same of a first change after a longer pause: its frame is drawn meanwhile. Who holds a key down or types fast
/// has the pause that is above.
const LOOK_SOON: Duration = Duration::from_millis(16);
/// What counts as a longer pause.
const PAUSE_MS: f64 = 500.0;

/// Follows the text in front and what people do to the cluster.
pub fn follow(desk: Desk, screen: Screen, dispatch: Dispatch, text: Memo<String>) {
    // People's deeds change what an apply would do; the passing of time is not one of them.
    let deeds = Memo::new(move |_| {
        screen.marks.track();
        screen.elapsed.track();
        dispatch.cluster(|cluster| cluster.log().len())
    });
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    // The browser's time of the last change.
    let changed = StoredValue::new_local(0.0);
    let stop = move || {
        waiting.update_value(|waiting| {
            if let Some(handle) = waiting.take() {
                handle.clear();
            }
        });
    };
    Effect::new(move || {
        heed(deeds);
        screen.file.track();
        heed(text);
        set(desk.stale, true);
        desk.look.update_value(|look| *look += 1);
        if let Some(run) = desk.run.try_update_value(Option::take).flatten() {
            give_back(run.remains());
        }
        stop();
        let now = clock();
        let rested = now - changed.get_value() > PAUSE_MS;
        changed.set_value(now);
        let wait = if rested { LOOK_SOON } else { LOOK_AFTER };
        let handle = set_timeout_with_handle(move || look(desk, screen, dispatch), wait);
        waiting.set_value(handle.ok());
    });
    on_cleanup(stop);
}

/// Tries the text now.
fn look(desk: Desk, screen: Screen, dispatch: Dispatch) {
    let Some(file) = dispatch.front_file() else {
        return done(desk, Outlook::Nothing);
    };
    let pristine = file.applied.as_ref() == Some(&file.text)
        && (file.name == super::nodes::FILE || dispatch.untouched());
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
    // Each step takes a turn of its own, as long as the cluster is large.
    let (look, before) = (desk.look.get_value(), dispatch.snapshot());
    soon(move || {
        if desk.look.get_value() == look {
            let attempt = dispatch.attempt(&before, &file);
            outlook::attempt(desk, screen, look, before, attempt, file.text);
        }
    });
}
