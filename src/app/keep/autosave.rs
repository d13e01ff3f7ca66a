//! What is typed and done is kept in the browser's storage, soon after.

use super::state::Saved;
use super::{address, crash, storage};
use crate::app::screen::set;
use crate::app::session::Dispatch;
use crate::app::spare::{Slice, soon};
use crate::say;
use crate::share::{Encoding, encode};
use leptos::{ev, prelude::*};
use std::time::Duration;

/// How long typing must pause before it is kept.
const AFTER: Duration = Duration::from_millis(300);

/// The text that is being made for the storage; small ones are whole at once.
#[derive(Clone, Copy)]
struct Saving {
    dispatch: Dispatch,
    embedded: bool,
    /// Something is not kept yet.
    dirty: StoredValue<bool>,
    under_way: StoredValue<Option<Encoding>, LocalStorage>,
}

/// Keeps the tab's work from now on. An embedded page keeps nothing, but its link is there when it breaks.
pub fn start(dispatch: Dispatch, embedded: bool) {
    let (screen, keep) = (dispatch.screen, dispatch.keep);
    let saving = Saving {
        dispatch,
        embedded,
        dirty: StoredValue::new(false),
        under_way: StoredValue::new_local(None),
    };
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    // What the page opened with is no news.
    Effect::new(move |before: Option<()>| {
        keep.changed.track();
        keep.workspace.track();
        if before.is_some() {
            address::forget();
            saving.news();
        } else if !dispatch.untouched() {
            crash::keep(&encode(&dispatch.document()));
        }
    });
    Effect::new(move |before: Option<()>| {
        screen.files.track();
        screen.file.track();
        if before.is_some() {
            saving.dirty.set_value(true);
            waiting.update_value(|waiting| {
                if let Some(handle) = waiting.take() {
                    handle.clear();
                }
                let late = move || {
                    address::forget();
                    saving.news();
                };
                *waiting = set_timeout_with_handle(late, AFTER).ok();
            });
        }
    });
    // Where the clock stands is kept once there is something to keep.
    let leave = move || {
        let all = keep.saved.get_untracked() == Saved::All;
        saving.whole(all);
    };
    window_event_listener_untyped("pagehide", move |_| leave());
    window_event_listener_untyped("visibilitychange", move |_| leave());
    // Another link in the address bar loads no page by itself.
    window_event_listener(ev::hashchange, move |_| {
        if address::asked().is_some() {
            saving.whole(false);
            // A page that cannot load itself again shows what it shows.
            let _ = window().location().reload();
        }
    });
}

impl Saving {
    /// Something is to be kept. What is on its way is finished first: it would never be, if deeds come fast.
    fn news(self) {
        self.dirty.set_value(true);
        if self.under_way.with_value(Option::is_none) {
            self.begin();
        }
    }

    fn begin(self) {
        self.dirty.set_value(false);
        let encoding = Encoding::new(&self.dispatch.document());
        self.under_way.set_value(Some(encoding));
        self.go_on();
    }

    /// One slice of the text, then the next.
    fn go_on(self) {
        let turn = Slice::begin(self.dispatch.screen.playing.get_untracked());
        let text = self.under_way.try_update_value(|encoding| {
            let encoding = encoding.as_mut()?;
            loop {
                let text = encoding.step();
                if text.is_some() || !turn.more() {
                    return Some(text);
                }
            }
        });
        match text.flatten() {
            Some(Some(text)) => {
                self.under_way.set_value(None);
                self.dispatch.keep_text(&text, self.embedded);
                if self.dirty.get_value() {
                    soon(move || self.begin());
                }
            }
            Some(None) => soon(move || self.go_on()),
            // It was kept whole meanwhile.
            None => {}
        }
    }

    /// Keeps all that is not kept yet, now: there may be no later. `always` keeps also what is kept already.
    fn whole(self, always: bool) {
        let under_way = self.under_way.try_update_value(Option::take).flatten();
        if always || under_way.is_some() || self.dirty.get_value() {
            self.dirty.set_value(false);
            self.dispatch.save(self.embedded);
        }
    }
}

impl Dispatch {
    /// Keeps the work now.
    pub(in crate::app) fn save(self, embedded: bool) {
        self.keep_text(&encode(&self.document()), embedded);
    }

    fn keep_text(self, text: &str, embedded: bool) {
        crash::keep(text);
        if embedded {
            return;
        }
        let workspace = self.keep.workspace.get_untracked();
        let named = workspace.is_empty() || storage::workspace_keep(&workspace, text);
        let kept = storage::work_keep(&workspace, text) && named;
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
