//! The lines of time: branch here, switch, name, delete, compare.

use super::popover::Popover;
use super::state::use_keep;
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::{BranchRow, age};
use leptos::{ev, prelude::*};

/// What a line is called.
pub fn called(id: u32, name: &str) -> String {
    if name.is_empty() {
        tell(&say!("Branch {}", &id))
    } else {
        name.to_owned()
    }
}

/// The panel of branches.
#[component]
pub fn BranchMenu() -> impl IntoView {
    let (dispatch, keep) = (use_dispatch(), use_keep());
    let open = RwSignal::new(false);
    let words = Signal::derive(move || {
        let rows = keep.branches.get();
        let front = rows.iter().find(|row| row.front);
        match front {
            Some(row) if rows.len() > 1 => called(row.id, &row.name),
            Some(_) | None => t("Branch").to_owned(),
        }
    });
    // The lines grow with time: the list is made anew when it is opened.
    Effect::new(move || {
        if open.get() {
            dispatch.rows();
        }
    });
    view! {
        <Popover words label=t("Branches") testid="branches" open>
            <div class="stack">
                <ul class="list">
                    <For
                        each=move || keep.branches.get()
                        key=|row| (row.id, row.front, row.name.clone())
                        children=move |row| view! { <Row row open /> }
                    />
                </ul>
                <button data-testid="branch-here" on:click=move |_| dispatch.branch()>
                    {t("Branch from this moment")}
                </button>
                <p class="small dim">
                    {t("A deed in the past begins a branch by itself; what lay ahead is kept here.")}
                </p>
            </div>
        </Popover>
    }
}

/// One line of time.
#[component]
fn Row(row: BranchRow, open: RwSignal<bool>) -> impl IntoView {
    let (dispatch, keep) = (use_dispatch(), use_keep());
    let editing = RwSignal::new(false);
    let typed = RwSignal::new(row.name.clone());
    let (id, front) = (row.id, row.front);
    let words = called(id, &row.name);
    let about = tell(&say!(
        "{} commands, up to {}",
        &row.commands,
        &age::clock(row.end)
    ));
    let rename = move |event: ev::SubmitEvent| {
        event.prevent_default();
        dispatch.branch_rename(id, &typed.get_untracked());
        editing.set(false);
    };
    let switch = move |_| {
        open.set(false);
        if !front {
            dispatch.switch(id);
        }
    };
    let compare = move |_| {
        open.set(false);
        keep.beside.set(Some(id));
        dispatch.compare(id);
    };
    view! {
        <li class="row" data-testid="branch" data-id=id.to_string() data-front=front.to_string()>
            <button class="grow plain name" data-testid="branch-switch" title=about.clone() on:click=switch>
                <b>{words}</b>
                <small class="dim">{about.clone()}</small>
            </button>
            <button class="small plain" data-testid="branch-rename" on:click=move |_| editing.update(|e| *e = !*e)>
                {t("Rename")}
            </button>
            <Show when=move || !front>
                <button class="small" data-testid="branch-compare" on:click=compare>{t("Compare")}</button>
                <button
                    class="small plain danger"
                    data-testid="branch-delete"
                    on:click=move |_| dispatch.branch_delete(id)
                >
                    {t("Delete")}
                </button>
            </Show>
            <Show when=move || editing.get()>
                <form class="row over" on:submit=rename>
                    <input class="grow" aria-label=t("New name") data-testid="branch-name" bind:value=typed />
                    <button type="submit" class="small primary">{t("Rename")}</button>
                </form>
            </Show>
        </li>
    }
}
