//! When something inside breaks: `crash.js` shows a plain page from what is kept outside, for the instance that
//! broke answers no more.

use crate::app::words::t;
use crate::cluster::{History, SimTime};
use js_sys::{Function, Object, Reflect};
use leptos::prelude::*;
use std::panic;
use wasm_bindgen::{JsCast, JsValue};

/// The object that `crash.js` makes; tests of components run without it.
fn outside() -> Option<Object> {
    let object = Reflect::get(&window(), &"playground".into()).ok()?;
    object.dyn_into().ok()
}

fn put(name: &str, value: &JsValue) {
    if let Some(object) = outside() {
        // A plain object takes every property.
        let _ = Reflect::set(&object, &name.into(), value);
    }
}

/// From now on a panic shows the plain page.
pub fn start() {
    panic::set_hook(Box::new(|info| {
        let message = info.to_string();
        if let Some(object) = outside() {
            let crash = Reflect::get(&object, &"crash".into()).ok();
            if let Some(crash) = crash.and_then(|c| c.dyn_into::<Function>().ok()) {
                // The page is lost already: what it throws changes nothing.
                let _ = crash.call1(&object, &message.into());
            }
        }
    }));
}

/// The words of the plain page, in the language of the page.
pub fn words() {
    let words = Object::new();
    for (name, text) in [
        ("title", t("Something inside broke")),
        (
            "text",
            t(
                "This should not happen. The link below holds the run; opened, it runs into the same fault.",
            ),
        ),
        ("doing", t("The last thing done:")),
        ("link", t("The link that reproduces it")),
        ("copy", t("Copy link")),
        ("on", t("Go on from the last good moment")),
        ("fresh", t("Begin anew with the sample")),
    ] {
        // A plain object takes every property.
        let _ = Reflect::set(&words, &name.into(), &text.into());
    }
    put("words", &words);
}

/// The document of the page, after each deed.
pub fn keep(text: &str) {
    put("link", &text.into());
    put("doing", &"".into());
}

/// The moment that was shown last.
pub fn shown(history: &History) {
    let start = SimTime::of(history.cluster().setup().start);
    let elapsed = history.cluster().now().since(start).as_millis();
    put("seconds", &(elapsed as f64 / 1000.0).into());
}

/// What is about to be done.
pub fn doing(deed: &str) {
    put("doing", &deed.into());
}
