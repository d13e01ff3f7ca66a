//! The rich editor: one module, loaded after the page; `editor/index.js` is its other half.

use crate::app::words::{t, tell};
use crate::say;
use crate::view::Diagnostic;
use crate::view::complete::{Completions, complete};
use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// A rich editor on the page.
pub struct Surface {
    object: Object,
    /// Called by the editor for as long as it lives.
    _calls: Calls,
}

type Complete = Closure<dyn FnMut(String, u32, u32) -> JsValue>;

/// What the editor calls: typed, apply, complete.
type Calls = (
    Closure<dyn FnMut(JsValue)>,
    Closure<dyn FnMut(JsValue)>,
    Complete,
);

impl Surface {
    /// Shows a file; the editor remembers what can be undone in each.
    pub fn text(&self, name: &str, text: &str) {
        self.call("text", &Array::of2(&name.into(), &text.into()));
    }

    /// Marks lines.
    pub fn diagnostics(&self, found: &[Diagnostic]) {
        let list = Array::new();
        for found in found {
            let meant = found
                .meant
                .map(|meant| tell(&say!("Did you mean {}?", meant)));
            let message = format!("{} {}", found.message, meant.unwrap_or_default());
            list.push(&Array::of2(
                &JsValue::from_f64(found.line as f64),
                &message.trim_end().into(),
            ));
        }
        self.call("diagnostics", &list);
    }

    fn call(&self, name: &str, argument: &JsValue) {
        let function = Reflect::get(&self.object, &name.into()).ok();
        if let Some(function) = function.and_then(|f| f.dyn_into::<Function>().ok()) {
            // What the editor throws is its own; the page goes on with the text that it has.
            let _ = function.call1(&self.object, argument);
        }
    }
}

/// `[back, [[label, insert, detail], …]]`, as the module reads it.
fn completions(found: &Completions) -> JsValue {
    let options = Array::new();
    for option in &found.options {
        options.push(&Array::of3(
            &option.label.as_str().into(),
            &option.insert.as_str().into(),
            &option.detail.as_str().into(),
        ));
    }
    Array::of2(&JsValue::from_f64(found.back as f64), &options).into()
}

/// Loads the module and puts an editor into `host`; where that fails nothing happens, and the plain
/// text area stays.
pub fn load(
    host: HtmlElement,
    typed: impl Fn(String) + 'static,
    apply: impl Fn() + 'static,
    made: impl FnOnce(Surface) + 'static,
) {
    let Ok(script) = document().create_element("script") else {
        return;
    };
    let typed = Closure::new(move |text: JsValue| typed(text.as_string().unwrap_or_default()));
    let apply = Closure::new(move |_: JsValue| apply());
    let loaded = Closure::once_into_js(move || {
        let open = Reflect::get(&window(), &"openEditor".into()).ok();
        let Some(open) = open.and_then(|open| open.dyn_into::<Function>().ok()) else {
            return;
        };
        let complete: Complete = Closure::new(|text: String, line: u32, column: u32| {
            completions(&complete(&text, line as usize, column as usize))
        });
        let calls: Calls = (typed, apply, complete);
        let arguments = Array::of5(
            &host,
            &t("Manifest").into(),
            calls.0.as_ref(),
            calls.1.as_ref(),
            calls.2.as_ref(),
        );
        if let Ok(object) = open.apply(&JsValue::NULL, &arguments) {
            made(Surface {
                object: object.unchecked_into(),
                _calls: calls,
            });
        }
    });
    let ready = script
        .set_attribute("type", "module")
        .and_then(|()| script.set_attribute("src", "./editor.js"))
        .and_then(|()| script.add_event_listener_with_callback("load", loaded.unchecked_ref()))
        .and_then(|()| {
            document()
                .body()
                .map_or(Ok(None), |b| b.append_child(&script).map(Some))
        });
    // Without the module the plain text area stays.
    drop(ready);
}
