//! The keys of the time line's slider.

use crate::app::session::Dispatch;
use leptos::{ev, prelude::*};

/// Arrows go by a second (with Shift: to the mark before or after), Page keys by ten, Home and End to the ends.
pub fn keys(dispatch: Dispatch, event: &ev::KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let here = dispatch.screen.elapsed.get_untracked();
    match (event.key().as_str(), event.shift_key()) {
        ("ArrowLeft" | "ArrowDown", true) => dispatch.last_mark(),
        ("ArrowRight" | "ArrowUp", true) => dispatch.next_mark(),
        ("ArrowLeft" | "ArrowDown", false) => dispatch.seek(here.saturating_sub(1000)),
        ("ArrowRight" | "ArrowUp", false) => dispatch.seek(here + 1000),
        ("PageDown", _) => dispatch.seek(here.saturating_sub(10_000)),
        ("PageUp", _) => dispatch.seek(here + 10_000),
        ("Home", _) => dispatch.to_start(),
        ("End", _) => dispatch.to_end(),
        _ => return,
    }
    event.prevent_default();
}
