//! Keys that work anywhere on the page, except where somebody types.

use super::help::{Help, use_help};
use super::options::{keep, kept};
use crate::app::bottom::{Bottom, Tab, use_bottom};
use crate::app::screen::{Screen, use_screen};
use crate::app::session::{Dispatch, use_dispatch};
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
    ("1 – 4", w("tabs under the time line")),
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

/// Where keys go.
#[derive(Clone, Copy)]
struct Ways {
    screen: Screen,
    dispatch: Dispatch,
    bottom: Bottom,
    help: Help,
}

/// Listens for as long as its component is there.
pub fn listen() {
    let ways = Ways {
        screen: use_screen(),
        dispatch: use_dispatch(),
        bottom: use_bottom(),
        help: use_help(),
    };
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

impl Ways {
    fn press(self, key: &str) -> bool {
        match key {
            "?" => self.help.keys.set(true),
            " " => self.screen.playing.update(|playing| *playing = !*playing),
            "." => self.dispatch.step_event(),
            "," => self.dispatch.step_back(),
            "s" => self.dispatch.step_sync(),
            "/" => {
                self.bottom.tab.set(Tab::Console);
                self.screen.section.set("console");
                focus("[data-testid=console-input]");
            }
            "e" => {
                self.screen.section.set("want");
                focus("[data-testid=editor]");
            }
            "g" => {
                self.screen.section.set("is");
                focus(".node .name");
            }
            "y" => {
                self.screen.section.set("why");
                focus("aside.why");
            }
            "1" | "2" | "3" | "4" => {
                let i = usize::from(key.as_bytes()[0] - b'1');
                self.bottom.tab.set(Tab::ALL[i]);
                self.screen.section.set("console");
            }
            _ => return false,
        }
        true
    }
}

/// Focuses an element once the section that holds it is on the screen.
fn focus(selector: &'static str) {
    request_animation_frame(move || {
        let found = document().query_selector(selector).ok().flatten();
        if let Some(element) = found.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
            // An element that cannot take the focus leaves it where it is.
            let _ = element.focus();
        }
    });
}
