//! The clipboard, where the browser gives it.

use js_sys::{Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Puts a text into the clipboard and tells whether that went well.
pub fn copy(text: &str, told: impl Fn(bool) + 'static) {
    let navigator = window().navigator();
    let there = Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|c| c.is_object());
    if there {
        settle(&navigator.clipboard().write_text(text), move |answer| {
            told(answer.is_ok());
        });
    } else {
        told(false);
    }
}

/// Calls back once when a promise is kept or broken.
pub fn settle(promise: &Promise, told: impl Fn(Result<JsValue, JsValue>) + 'static) {
    let told = std::rc::Rc::new(told);
    let other = told.clone();
    // Each may be called once; both are freed by the browser with their promise.
    let kept = Closure::once_into_js(move |value: JsValue| told(Ok(value)));
    let broken = Closure::once_into_js(move |error: JsValue| other(Err(error)));
    let then = Reflect::get(promise, &"then".into());
    if let Some(then) = then
        .ok()
        .and_then(|t| t.dyn_into::<js_sys::Function>().ok())
    {
        // The new promise is nobody's.
        let _ = then.call2(promise, &kept, &broken);
    }
}
