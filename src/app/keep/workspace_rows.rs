//! The lists in the panel of workspaces.

use super::start::{Source, open as open_doc};
use super::state::use_keep;
use super::storage;
use crate::app::session::use_dispatch;
use crate::app::words::t;
use crate::share::decode;
use leptos::{ev, prelude::*};

/// A name that a key can carry.
pub fn plain(name: &str) -> String {
    name.trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(60)
        .collect()
}

/// One workspace: open it, give it the name in the field, delete it.
#[component]
pub fn Row(name: String, open: RwSignal<bool>, changes: RwSignal<u32>) -> impl IntoView {
    let (dispatch, keep) = (use_dispatch(), use_keep());
    let editing = RwSignal::new(false);
    let typed = RwSignal::new(name.clone());
    let here = name.clone();
    let front = move || keep.workspace.with(|w| *w == here).to_string();
    let (show, old, gone) = (name.clone(), name.clone(), name.clone());
    let choose = move |_| {
        if let Some(Ok(doc)) = storage::workspace(&name).map(|text| decode(&text)) {
            dispatch.save(false);
            open.set(false);
            open_doc(dispatch, doc, Source::Workspace(name.clone()));
        }
    };
    let rename = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let new = plain(&typed.get_untracked());
        let text = storage::workspace(&old).filter(|_| !new.is_empty() && new != old);
        if text.is_some_and(|text| storage::workspace_keep(&new, &text)) {
            storage::workspace_delete(&old);
            if keep.workspace.with_untracked(|w| *w == old) {
                keep.workspace.set(new);
            }
        }
        changes.update(|n| *n += 1);
    };
    let delete = move |_| {
        storage::workspace_delete(&gone);
        if keep.workspace.with_untracked(|w| *w == gone) {
            keep.workspace.set(String::new());
        }
        changes.update(|n| *n += 1);
    };
    view! {
        <li class="row" data-testid="workspace" data-name=show.clone() data-front=front>
            <Show
                when=move || editing.get()
                fallback={
                    let show = show.clone();
                    move || view! {
                        <button class="grow plain name" data-testid="workspace-open" on:click=choose.clone()>
                            {show.clone()}
                        </button>
                    }
                }
            >
                <form class="row grow" on:submit=rename.clone()>
                    <input class="grow" aria-label=t("New name") data-testid="workspace-rename-name" bind:value=typed />
                    <button type="submit" class="small">{t("Rename")}</button>
                </form>
            </Show>
            <button class="small plain" data-testid="workspace-rename" on:click=move |_| editing.update(|e| *e = !*e)>
                {t("Rename")}
            </button>
            <button class="small plain danger" data-testid="workspace-delete" on:click=delete>{t("Delete")}</button>
        </li>
    }
}

/// Work without a name, of this tab and others.
#[component]
pub fn Earlier(open: RwSignal<bool>) -> impl IntoView {
    let dispatch = use_dispatch();
    let list = move || {
        let works = storage::works();
        let row = |(at, text): (f64, String)| {
            let date = js_sys::Date::new(&at.into());
            let words = date.to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED);
            let choose = move |_| {
                if let Ok(doc) = decode(&text) {
                    dispatch.save(false);
                    open.set(false);
                    open_doc(dispatch, doc, Source::File);
                }
            };
            view! {
                <li>
                    <button class="plain name" data-testid="work-open" on:click=choose>{String::from(words)}</button>
                </li>
            }
        };
        works.into_iter().map(row).collect_view()
    };
    view! {
        <details>
            <summary>{t("Earlier work without a name")}</summary>
            <ul class="list">{list}</ul>
        </details>
    }
}
