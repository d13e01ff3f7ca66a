//! A button that shows an icon and says its name.

use super::Icon;
use leptos::prelude::*;

/// A button with an icon; its name is read aloud and stands in its tip.
#[component]
pub fn IconButton<F: Fn() + 'static>(
    icon: &'static str,
    label: &'static str,
    testid: &'static str,
    /// The keys that do the same, as `aria-keyshortcuts` writes them.
    #[prop(optional)]
    keys: Option<&'static str>,
    #[prop(default = Signal::stored(false))] disabled: Signal<bool>,
    press: F,
) -> impl IntoView {
    view! {
        <button
            class="icon"
            data-testid=testid
            aria-label=label
            aria-keyshortcuts=keys
            title=label
            disabled=move || disabled.get()
            on:click=move |_| press()
        >
            <Icon name=icon />
        </button>
    }
}
