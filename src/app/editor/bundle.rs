//! The rich editor: one module, loaded after the page; `editor/index.js` is its other half.

use crate::view::Diagnostic;
use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// A rich editor on the page.
pub struct Surface {
    object: Object,
    /// Called by the editor for as long as it lives.
    _calls: [Closure<dyn FnMut(JsValue)>; 2],
}

impl Surface {
    /// Shows a text, when it is another one.
    pub fn text(&self, text: &str) {
        self.call("text", &text.into());
    }

    /// Marks lines.
    pub fn diagnostics(&self, found: &[Diagnostic]) {
        let list = Array::new();
        for Diagnostic { line, message } in found {
            list.push(&Array::of2(
                &JsValue::from_f64(*line as f64),
                &message.into(),
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

/// Loads the module and puts an editor into `host`; where that fails nothing happens, and the plain
/// text area stays.
pub fn load(
    host: HtmlElement,
    text: impl Fn() -> String + 'static,
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
        let calls: [Closure<dyn FnMut(JsValue)>; 2] = [typed, apply];
        let arguments = Array::of4(&host, &text().into(), calls[0].as_ref(), calls[1].as_ref());
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
