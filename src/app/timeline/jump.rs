//! The menu of jumps along the line.

use crate::app::session::{Dispatch, use_dispatch};
use crate::app::ui::Menu;
use crate::app::words::{t, w};
use leptos::prelude::*;

/// What the menu offers: words, hook, way.
type Way = (&'static str, &'static str, fn(Dispatch));

const WAYS: [Way; 7] = [
    (w("To the start"), "to-start", Dispatch::to_start),
    (w("To the mark before"), "last-mark", Dispatch::last_mark),
    (w("To the next mark"), "next-mark", Dispatch::next_mark),
    (w("To the end"), "to-end", Dispatch::to_end),
    (
        w("Next sync of the controller"),
        "next-sync",
        Dispatch::step_sync,
    ),
    (
        w("Next change of what is selected"),
        "next-change",
        Dispatch::next_change,
    ),
    (w("Until all is at rest"), "settle", Dispatch::settle),
];

/// The menu of jumps.
#[component]
pub fn Jumps() -> impl IntoView {
    let dispatch = use_dispatch();
    let ways = move || {
        WAYS.map(|(words, testid, go)| {
            view! {
                <button role="menuitem" data-testid=testid on:click=move |_| go(dispatch)>{t(words)}</button>
            }
        })
    };
    view! {
        <Menu label=t("Go to") sign="⇥" testid="jumps">
            {ways}
        </Menu>
    }
}
