//! The list of keys: a dialog that holds the focus and closes on Escape.

use super::help::use_help;
use super::keys::{KEYS, keys_on, keys_set};
use crate::app::words::t;
use js_sys::{Function, Reflect};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// The dialog with all keys.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let open = use_help().keys;
    let dialog = NodeRef::<html::Dialog>::new();
    // A modal dialog of the browser's own: the page behind it is inert, the focus comes back when it closes.
    Effect::new(move || {
        let wanted = open.get();
        let Some(dialog) = dialog.get() else { return };
        let shown = dialog.has_attribute("open");
        let name = match (wanted, shown) {
            (true, false) => "showModal",
            (false, true) => "close",
            _ => return,
        };
        let method = Reflect::get(&dialog, &name.into()).ok();
        if let Some(method) = method.and_then(|m| m.dyn_into::<Function>().ok()) {
            // A browser without dialogs shows none.
            let _ = method.call0(&dialog);
        }
    });
    let rows = KEYS.map(|(keys, words)| {
        view! { <tr><th scope="row"><kbd>{t(keys)}</kbd></th><td>{t(words)}</td></tr> }
    });
    view! {
        <dialog
            class="keys"
            node_ref=dialog
            data-testid="shortcuts"
            aria-labelledby="keys-title"
            on:close=move |_| open.set(false)
        >
            <h2 id="keys-title">{t("Keyboard shortcuts")}</h2>
            <table><tbody>{rows}</tbody></table>
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=keys_on()
                    on:change:target=move |event| keys_set(event.target().checked())
                />
                <span>{t("Single keys work outside of text fields")}</span>
            </label>
            <button class="primary" data-testid="shortcuts-close" on:click=move |_| open.set(false)>
                {t("Close")}
            </button>
        </dialog>
    }
}
