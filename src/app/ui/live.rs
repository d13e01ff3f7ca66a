//! What screen readers hear: one message at a time.

use crate::app::screen::use_screen;
use leptos::prelude::*;

/// The page's live region.
#[component]
pub fn Live() -> impl IntoView {
    let screen = use_screen();
    view! {
        <p class="heard" role="status" aria-live="polite">
            {move || screen.said.get()}
        </p>
    }
}
