//! A moment that leads to itself.

use crate::app::session::use_dispatch;
use crate::view::age;
use leptos::prelude::*;

/// A button with a moment: goes there on the time line.
#[component]
pub fn Moment(
    /// Milliseconds since people arrived.
    elapsed: u64,
) -> impl IntoView {
    let dispatch = use_dispatch();
    view! {
        <button class="line-link" data-testid="moment" on:click=move |_| dispatch.seek(elapsed)>
            {age::clock(elapsed)}
        </button>
    }
}
