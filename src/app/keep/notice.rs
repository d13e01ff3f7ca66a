//! A sentence over the page, and the cover while a run is opened.

use super::state::use_keep;
use crate::app::words::{t, tell};
use leptos::prelude::*;

/// What must be said, until it is taken away.
#[component]
pub fn Notice() -> impl IntoView {
    let keep = use_keep();
    let sentence = move || {
        let close = move |_| keep.notice.set(None);
        keep.notice.get().map(|say| {
            view! {
                <div class="notice" role="alert" data-testid="notice">
                    <span class="grow">{tell(&say)}</span>
                    <button class="small" data-testid="notice-close" on:click=close>{t("Close")}</button>
                </div>
            }
        })
    };
    let cover = move || {
        let cancel = move |_| keep.opening.set(None);
        keep.opening.get().map(|progress| {
            let percent = (progress / 10).min(100).to_string();
            view! {
                <div class="cover" role="status" data-testid="opening">
                    <p>{t("The run is being repeated…")}</p>
                    <progress max="100" value=percent aria-label=t("Progress")></progress>
                    <button on:click=cancel>{t("Cancel")}</button>
                </div>
            }
        })
    };
    view! {
        {sentence}
        {cover}
    }
}
