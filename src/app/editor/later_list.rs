//! What waits for its moment, until when, and a way to let it be.

use super::Waiting;
use crate::app::keep::use_keep;
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::age;
use leptos::prelude::*;

/// The list of what waits.
#[component]
pub fn Later() -> impl IntoView {
    let (dispatch, keep) = (use_dispatch(), use_keep());
    let row = move |waiting: Waiting| {
        let words = tell(&say!(
            "{} is applied at {}",
            &waiting.name,
            &age::clock(waiting.at)
        ));
        let label = format!("{}: {words}", t("Cancel"));
        view! {
            <li data-testid="later">
                <span>{words}</span>
                <button
                    class="small"
                    data-testid="later-cancel"
                    aria-label=label
                    on:click=move |_| dispatch.cancel_later(waiting.id)
                >
                    {t("Cancel")}
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || keep.later.with(|later| !later.is_empty())>
            <ul class="later" aria-label=t("Applies to come")>
                <For each=move || keep.later.get() key=|waiting| waiting.id children=row />
            </ul>
        </Show>
    }
}
