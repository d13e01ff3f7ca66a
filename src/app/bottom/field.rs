//! A field that filters a table.

use crate::app::words::t;
use leptos::prelude::*;

/// A labelled text field.
#[component]
pub fn Field(
    words: &'static str,
    testid: &'static str,
    change: impl Fn(String) + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <label>
            <span>{t(words)}</span>
            <input
                type="text"
                data-testid=testid
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                size="14"
                on:input:target=move |event| change(event.target().value())
            />
        </label>
    }
}
