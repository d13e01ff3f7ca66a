//! Named workspaces: save as, open, rename, delete; and the work that has no name yet.

use super::popover::Popover;
use super::state::{Saved, use_keep};
use super::storage;
use super::workspace_rows::{Earlier, Row, plain};
use crate::app::session::use_dispatch;
use crate::app::words::t;
use leptos::{ev, prelude::*};

/// The panel of workspaces.
#[component]
pub fn Workspaces() -> impl IntoView {
    let (dispatch, keep) = (use_dispatch(), use_keep());
    let open = RwSignal::new(false);
    let name = RwSignal::new(String::new());
    // Counts changes of the storage, which tells of none itself.
    let changes = RwSignal::new(0);
    Effect::new(move || {
        if open.get() {
            name.set(keep.workspace.get_untracked());
        }
    });
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let wanted = plain(&name.get_untracked());
        if !wanted.is_empty() {
            keep.workspace.set(wanted);
            dispatch.save(false);
            changes.update(|n| *n += 1);
        }
    };
    let list = move || {
        changes.track();
        let names = storage::workspaces();
        names
            .into_iter()
            .map(|name| view! { <Row name open changes /> })
            .collect_view()
    };
    let words = Signal::derive(move || {
        let name = keep.workspace.get();
        if name.is_empty() {
            t("Workspaces").to_owned()
        } else {
            name
        }
    });
    let fresh = move |_| {
        dispatch.save(false);
        storage::work_anew();
        storage::fresh();
        super::address::forget();
        // A page that cannot load itself again shows what it shows.
        let _ = window().location().reload();
    };
    view! {
        <Popover words label=t("Workspaces") testid="workspaces" open>
            <div class="stack">
                <form class="row" on:submit=save>
                    <input
                        class="grow"
                        aria-label=t("Name of the workspace")
                        placeholder=t("Name of the workspace")
                        data-testid="workspace-name"
                        maxlength="60"
                        autocomplete="off"
                        bind:value=name
                    />
                    <button type="submit" class="primary" data-testid="workspace-save">{t("Save as")}</button>
                </form>
                <SavedLine />
                <ul class="list">{list}</ul>
                <Earlier open />
                <button data-testid="workspace-new" on:click=fresh>{t("Begin anew with the sample")}</button>
            </div>
        </Popover>
    }
}

/// Whether what was done is safe.
#[component]
fn SavedLine() -> impl IntoView {
    let keep = use_keep();
    view! {
        <p class="small dim" role="status" data-testid="saved">
            {move || match keep.saved.get() {
                Saved::Nothing => t("What you do is kept in this browser as you go."),
                Saved::All => t("All is saved in this browser."),
                Saved::Failed => t("This browser does not let the page save."),
            }}
        </p>
    }
}
