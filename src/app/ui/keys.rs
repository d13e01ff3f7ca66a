//! Keys that work anywhere on the page, except where somebody types.

use super::options::{keep, kept};
use super::ways::Ways;
use crate::app::words::w;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The keys and what they do, for `t`.
pub const KEYS: [(&str, &str); 12] = [
    ("?", w("this list")),
    (w("Space"), w("play or pause")),
    (".", w("step by one event")),
    (",", w("step back by one event")),
    ("s", w("step by one sync of the controller")),
    ("/", w("to the console")),
    ("e", w("to the manifest")),
    ("g", w("to the nodes")),
    ("y", w("to the reasons")),
    ("1 – 5", w("tabs under the time line")),
    ("Ctrl Enter", w("apply the manifest, in the editor")),
    ("Esc", w("close what is open")),
];

const KEPT: &str = "keys";

/// Single keys are wanted.
pub fn keys_on() -> bool {
    kept(KEPT).is_none_or(|kept| kept != "off")
}

/// Wants single keys, or not; remembered.
pub fn keys_set(on: bool) {
    keep(KEPT, if on { "on" } else { "off" });
}

/// Listens for as long as its component is there.
pub fn listen() {
    let ways = Ways::here();
    let handle = window_event_listener(ev::keydown, move |event| {
        let held = event.ctrl_key() || event.meta_key() || event.alt_key();
        if held
            || event.default_prevented()
            || event.is_composing()
            || ways.help.keys.get_untracked()
        {
            return;
        }
        let target = event
            .target()
            .and_then(|t| t.dyn_into::<HtmlElement>().ok());
        if target.as_ref().is_some_and(typing) || !(keys_on() || event.key() == "?") {
            return;
        }
        let pressed = |e: &HtmlElement| {
            e.closest("button, a, summary, [role=slider]")
                .ok()
                .flatten()
        };
        if event.key() == " " && target.as_ref().and_then(pressed).is_some() {
            return;
        }
        if ways.press(&event.key()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Somebody types there.
fn typing(element: &HtmlElement) -> bool {
    let tag = element.tag_name();
    let slider = element
        .get_attribute("type")
        .is_some_and(|kind| ["range", "checkbox"].contains(&kind.as_str()));
    (["INPUT", "TEXTAREA", "SELECT"].contains(&tag.as_str()) && !slider)
        || element
            .closest("[contenteditable=true], .cm-editor")
            .ok()
            .flatten()
            .is_some()
}
