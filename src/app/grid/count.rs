//! How many nodes there are, and the switch to pick several of them.

use super::state::GridScreen;
use crate::app::screen::use_screen;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::say::nodes;
use leptos::prelude::*;

/// Turns the picking of several nodes on and off.
#[component]
pub fn Select(grid: GridScreen) -> impl IntoView {
    let toggle = move |_| {
        grid.picking.update(|on| *on = !*on);
        if !grid.picking.get_untracked() {
            grid.picked.update(crate::k8s::ordered::BTreeSet::clear);
        }
    };
    view! {
        <button
            data-testid="select"
            aria-pressed=move || grid.picking.get().to_string()
            on:click=toggle
        >
            {t("Select")}
        </button>
    }
}

/// How many nodes are shown, of how many.
#[component]
pub fn Count() -> impl IntoView {
    let screen = use_screen();
    let words = move || {
        let all = screen.names.with(Vec::len);
        let shown = screen.grid.shown();
        if shown == all {
            tell(&nodes(all))
        } else {
            tell(&say!("{} of {} nodes", &shown, &all))
        }
    };
    view! { <small class="dim" data-testid="node-count">{words}</small> }
}
