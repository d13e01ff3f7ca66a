//! The plain editor: there at once, and all there is where the rich one does not load.

use crate::app::session::use_dispatch;
use crate::app::words::t;
use leptos::{ev, prelude::*};

/// A text area with the manifest.
#[component]
pub fn Plain(text: Memo<String>) -> impl IntoView {
    let dispatch = use_dispatch();
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            dispatch.apply();
        }
    };
    view! {
        <textarea
            data-testid="editor"
            aria-label=t("Manifest")
            spellcheck="false"
            autocapitalize="off"
            autocomplete="off"
            wrap="off"
            prop:value=move || text.get()
            on:input:target=move |event| dispatch.edit(event.target().value())
            on:keydown=key
        ></textarea>
    }
}
