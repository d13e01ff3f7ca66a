//! Above the nodes: how to see them, which of them, and what happens to all of them.

use super::count::{Count, Select};
use super::faults::Faults;
use super::filters::Filters;
use super::picture::Pictures;
use super::state::Sight;
use crate::app::nodes::JoinForm;
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::{t, w};
use leptos::prelude::*;

const SIGHTS: [(Sight, &str, &str); 3] = [
    (Sight::Cards, "cards", w("Cards")),
    (Sight::Field, "field", w("Field")),
    (Sight::List, "list", w("List")),
];

/// What is open under the toolbar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Filters,
    Join,
}

/// The toolbar of the nodes.
#[component]
pub fn Toolbar() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let grid = screen.grid;
    let open = RwSignal::new(Open::Nothing);
    let toggle = move |what: Open| {
        move |_| open.update(|open| *open = if *open == what { Open::Nothing } else { what })
    };
    let expanded = move |what: Open| move || (open.get() == what).to_string();
    let sights = SIGHTS.map(|(sight, name, words)| {
        let choose = move |_| {
            grid.sight.set(sight);
            dispatch.show();
        };
        view! {
            <button
                data-testid=format!("view-{name}")
                aria-pressed=move || (grid.seen() == sight).to_string()
                on:click=choose
            >
                {t(words)}
            </button>
        }
    });
    let active = move || (!grid.asked.with(crate::view::Arrangement::plain)).to_string();
    let close = Callback::new(move |()| open.set(Open::Nothing));
    view! {
        <div class="toolbar" role="group" aria-label=t("Nodes")>
            <div class="seg" role="group" aria-label=t("View")>{sights}</div>
            <button
                data-testid="filters"
                data-active=active
                aria-expanded=expanded(Open::Filters)
                on:click=toggle(Open::Filters)
            >
                {t("Filter")}
            </button>
            <Count />
            <span class="grow"></span>
            <Select grid />
            <button
                data-testid="add-nodes"
                aria-expanded=expanded(Open::Join)
                on:click=toggle(Open::Join)
            >
                {t("Add nodes")}
            </button>
            <Faults />
            <Pictures />
        </div>
        <Show when=move || open.get() == Open::Filters>
            <Filters />
        </Show>
        <Show when=move || open.get() == Open::Join>
            <JoinForm close />
        </Show>
    }
}
