//! What the keys of the page do.

use super::help::{Help, use_help};
use crate::app::bottom::{Bottom, Tab, use_bottom};
use crate::app::screen::{Screen, use_screen};
use crate::app::session::{Dispatch, use_dispatch};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Where keys go.
#[derive(Clone, Copy)]
pub struct Ways {
    screen: Screen,
    dispatch: Dispatch,
    bottom: Bottom,
    pub help: Help,
}

impl Ways {
    /// The ways of the page around this component.
    pub fn here() -> Self {
        Self {
            screen: use_screen(),
            dispatch: use_dispatch(),
            bottom: use_bottom(),
            help: use_help(),
        }
    }

    /// Does what a key is for; false when it is for nothing.
    pub fn press(self, key: &str) -> bool {
        match key {
            "?" => self.help.keys.set(true),
            " " => self.screen.playing.update(|playing| *playing = !*playing),
            "." => self.dispatch.step_event(),
            "," => self.dispatch.step_back(),
            "s" => self.dispatch.step_sync(),
            "/" => {
                self.bottom.show_console();
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
            "1" | "2" | "3" | "4" | "5" => {
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
pub fn focus(selector: &'static str) {
    request_animation_frame(move || {
        let found = document().query_selector(selector).ok().flatten();
        if let Some(element) = found.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
            // An element that cannot take the focus leaves it where it is.
            let _ = element.focus();
        }
    });
}
