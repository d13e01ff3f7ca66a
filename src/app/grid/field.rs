//! The grid of node cards.

use crate::app::nodes::{Card, Join};
use crate::app::screen::use_screen;
use leptos::prelude::*;

/// One card per node.
#[component]
pub fn Grid() -> impl IntoView {
    let screen = use_screen();
    view! {
        <div class="grid" role="list" aria-label="Nodes">
            <For
                each=move || screen.names.get()
                key=Clone::clone
                children=move |name| screen.card(&name).map(|card| view! { <Card name card /> })
            />
            <Join />
        </div>
    }
}
