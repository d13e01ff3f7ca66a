//! What is typed and done is kept in the browser's storage, soon after.

use super::state::Saved;
use super::{address, crash, storage};
use crate::app::screen::set;
use crate::app::session::Dispatch;
use crate::say;
use crate::share::encode;
use leptos::{ev, prelude::*};
use std::time::Duration;

/// How long typing must pause before it is kept.
const AFTER: Duration = Duration::from_millis(300);

/// Keeps the tab's work from now on. An embedded page keeps nothing, but its link is there when it breaks.
pub fn start(dispatch: Dispatch, embedded: bool) {
    let (screen, keep) = (dispatch.screen, dispatch.keep);
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    let dirty = StoredValue::new(false);
    let save = move || {
        if dirty.get_value() {
            dirty.set_value(false);
            dispatch.save(embedded);
        }
    };
    // What the page opened with is no news.
    Effect::new(move |before: Option<()>| {
        keep.changed.track();
        keep.workspace.track();
        if before.is_some() {
            dirty.set_value(true);
            address::forget();
            save();
        } else {
            crash::keep(&encode(&dispatch.document()));
        }
    });
    Effect::new(move |before: Option<()>| {
        screen.files.track();
        screen.file.track();
        if before.is_some() {
            dirty.set_value(true);
            waiting.update_value(|waiting| {
                if let Some(handle) = waiting.take() {
                    handle.clear();
                }
                let late = move || {
                    address::forget();
                    save();
                };
                *waiting = set_timeout_with_handle(late, AFTER).ok();
            });
        }
    });
    // Where the clock stands is kept once there is something to keep.
    let leave = move || {
        dirty.set_value(dirty.get_value() || keep.saved.get_untracked() == Saved::All);
        save();
    };
    window_event_listener_untyped("pagehide", move |_| leave());
    window_event_listener_untyped("visibilitychange", move |_| leave());
    // Another link in the address bar loads no page by itself.
    window_event_listener(ev::hashchange, move |_| {
        if address::asked().is_some() {
            save();
            // A page that cannot load itself again shows what it shows.
            let _ = window().location().reload();
        }
    });
}

impl Dispatch {
    /// Keeps the work now.
    pub(in crate::app) fn save(self, embedded: bool) {
        let text = encode(&self.document());
        crash::keep(&text);
        if embedded {
            return;
        }
        let workspace = self.keep.workspace.get_untracked();
        let named = workspace.is_empty() || storage::workspace_keep(&workspace, &text);
        let kept = storage::work_keep(&workspace, &text) && named;
        let before = self.keep.saved.get_untracked();
        set(
            self.keep.saved,
            if kept { Saved::All } else { Saved::Failed },
        );
        if !kept && before != Saved::Failed {
            self.keep.say(say!(
                "This browser does not let the page save: download the workspace, or copy a link."
            ));
        }
    }
}
