//! A slow pulse for what need not be read on every frame.

use crate::app::screen::{set, use_screen};
use crate::app::session::use_dispatch;
use leptos::prelude::*;
use std::time::Duration;

/// How often at most.
const EVERY: Duration = Duration::from_millis(200);

/// Changes when the cluster did, at most five times a second, for as long as its component is there.
pub fn beat() -> RwSignal<(u64, u64, usize)> {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let read = move || {
        let (events, deeds) = dispatch.cluster(|c| (c.events_done(), c.log().len()));
        (screen.elapsed.get_untracked(), events, deeds)
    };
    let told = RwSignal::new(read());
    let handle = set_interval_with_handle(move || set(told, read()), EVERY).ok();
    on_cleanup(move || {
        if let Some(handle) = handle {
            handle.clear();
        }
    });
    told
}
