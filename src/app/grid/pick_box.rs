//! The box by which a node is picked, while several are.

use crate::app::screen::use_screen;
use crate::k8s::Str;
use leptos::prelude::*;

/// The box of a node.
#[component]
pub fn PickBox(name: Str) -> impl IntoView {
    let grid = use_screen().grid;
    let on = move || grid.picking.get() || grid.picked.with(|picked| !picked.is_empty());
    let pick = move || {
        let (mine, name) = (name.clone(), name.clone());
        view! {
            <input
                type="checkbox"
                data-testid="pick"
                aria-label=name.to_string()
                prop:checked=move || grid.picked.with(|picked| picked.contains(&mine))
                on:change=move |_| {
                    grid.pick(&name);
                    grid.anchor_set(&name);
                }
            />
        }
    };
    view! { <Show when=on>{pick.clone()}</Show> }
}
