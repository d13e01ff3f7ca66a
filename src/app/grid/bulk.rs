//! Deeds on several nodes at once.

use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell, w};
use crate::k8s::Str;
use crate::k8s::ordered::BTreeSet;
use crate::say;
use leptos::{ev, prelude::*};

const DEEDS: [(&str, &str); 4] = [
    ("cordon", w("Cordon")),
    ("uncordon", w("Uncordon")),
    ("drain", w("Drain")),
    ("delete", w("Delete")),
];

/// The row that stands there while nodes are picked.
#[component]
pub fn Bulk() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let grid = screen.grid;
    let count = Memo::new(move |_| grid.picked.with(BTreeSet::len));
    let act = move |deed: &str| {
        let picked = grid.picked.get_untracked();
        dispatch.on_nodes(deed, &picked);
        if deed == "delete" {
            grid.picked.update(BTreeSet::clear);
        }
    };
    let buttons = move || {
        DEEDS.map(|(deed, words)| {
            view! {
                <button
                    class:danger=deed == "delete"
                    data-testid=format!("bulk-{deed}")
                    on:click=move |_| act(deed)
                >
                    {t(words)}
                </button>
            }
        })
    };
    let all = move |_| {
        let names = grid.slice_untracked(0..usize::MAX);
        let names: BTreeSet<Str> = names.into_iter().map(|(_, cell)| cell.name).collect();
        grid.picked.set(names);
    };
    view! {
        <Show when=move || grid.picking.get() || count.get() != 0>
            <div class="bulk" role="group" aria-label=t("Selected nodes") data-testid="bulk">
                <b>{move || tell(&say!("{} selected", &count.get()))}</b>
                <button data-testid="bulk-all" on:click=all>{t("All shown")}</button>
                {buttons}
                <Write verb="label" words=t("Label") hint="key=value" />
                <Write verb="taint" words=t("Taint") hint="key=value:NoSchedule" />
                <button
                    data-testid="bulk-clear"
                    on:click=move |_| {
                        grid.picked.update(BTreeSet::clear);
                        grid.picking.set(false);
                    }
                >
                    {t("Done")}
                </button>
            </div>
        </Show>
    }
}

/// A label or a taint for all of them.
#[component]
fn Write(verb: &'static str, words: &'static str, hint: &'static str) -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let text = RwSignal::new(String::new());
    let write = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let text = text.get_untracked();
        let text = text.trim();
        if !text.is_empty() && !text.contains(char::is_whitespace) {
            let picked = screen.grid.picked.get_untracked();
            dispatch.on_nodes(&format!("{verb} {text}"), &picked);
        }
    };
    view! {
        <form on:submit=write>
            <input
                aria-label=words
                placeholder=hint
                autocomplete="off"
                data-testid=format!("bulk-{verb}-text")
                bind:value=text
            />
            <button type="submit" data-testid=format!("bulk-{verb}")>{words}</button>
        </form>
    }
}
