//! The grid of node cards.

use super::state::{CARDS_MAX, Item, Sight, WINDOW};
use crate::app::nodes::{Card, Join};
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::say::nodes;
use leptos::either::Either;
use leptos::prelude::*;

/// One card a node, with the titles of their groups.
#[component]
pub fn Grid() -> impl IntoView {
    let screen = use_screen();
    // What is there when the cards are put up does not move; what comes later does.
    screen.grid.still(|| {});
    let item = move |item: Item| match item {
        Item::Node(name) => {
            Either::Left(screen.card(&name).map(|card| view! { <Card name card /> }))
        }
        Item::Title(title, number) => {
            let words = if title.is_empty() {
                t("without it").to_owned()
            } else {
                title.to_string()
            };
            let count = tell(&nodes(number));
            Either::Right(view! {
                <h3 class="group" role="listitem" data-testid="group" data-name=title.to_string()>
                    {words}
                    <small>{count}</small>
                </h3>
            })
        }
    };
    view! {
        <div class="grid" role="list" aria-label=t("Nodes")>
            <For each=move || screen.grid.mounted.get() key=Clone::clone children=item />
            <Join />
        </div>
        <Window />
    }
}

/// With very many nodes: which of them have their cards here, and the way to the others.
#[component]
fn Window() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let grid = screen.grid;
    let from = move || grid.window.get() / WINDOW * WINDOW;
    let go = move |to: usize| {
        grid.window.set(to);
        dispatch.show();
    };
    let words = move || {
        let (from, all) = (from(), grid.shown());
        let to = (from + WINDOW).min(all);
        tell(&say!("nodes {} to {} of {}", &(from + 1), &to, &all))
    };
    let back = move |_| {
        grid.focus.set(from());
        grid.sight.set(Sight::Field);
        dispatch.show();
    };
    view! {
        <Show when=move || { grid.shown() > CARDS_MAX }>
            <nav class="window" aria-label=t("More nodes") data-testid="window">
                <button
                    data-testid="window-before"
                    aria-label=t("The nodes before")
                    disabled=move || from() == 0
                    on:click=move |_| go(grid.window.get_untracked().saturating_sub(WINDOW))
                >
                    "‹"
                </button>
                <span>{words}</span>
                <button
                    data-testid="window-after"
                    aria-label=t("The nodes after")
                    disabled=move || { from() + WINDOW >= grid.shown() }
                    on:click=move |_| go(grid.window.get_untracked() + WINDOW)
                >
                    "›"
                </button>
                <button data-testid="window-out" on:click=back>{t("Back to the field")}</button>
            </nav>
        </Show>
    }
}
