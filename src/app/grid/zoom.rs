//! The buttons that make cells larger and smaller.

use super::field::Field;
use crate::app::words::t;
use leptos::prelude::*;

/// The buttons.
#[component]
pub fn Zoom(field: Field) -> impl IntoView {
    let around = move || field.screen.grid.focus.get_untracked();
    let fit = move |_| {
        field.size.set(0);
        field.lay();
    };
    view! {
        <div class="field-zoom">
            <button class="icon" data-testid="zoom-in" aria-label=t("Larger") on:click=move |_| field.zoom(true, around())>
                "+"
            </button>
            <button class="icon" data-testid="zoom-out" aria-label=t("Smaller") on:click=move |_| field.zoom(false, around())>
                "−"
            </button>
            <button class="icon" data-testid="zoom-fit" aria-label=t("All on one screen") on:click=fit>
                "⤢"
            </button>
        </div>
    }
}
