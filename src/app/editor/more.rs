//! What can be done with files: new, open, ready-made ones; rename, download, delete.

use super::desk::{Ask, use_desk};
use super::file_deeds::BYTES_MAX;
use super::transfer;
use crate::app::samples;
use crate::app::session::use_dispatch;
use crate::app::ui::Menu;
use crate::app::words::t;
use leptos::{html, prelude::*};

/// The two menus beside the tabs.
#[component]
pub fn More() -> impl IntoView {
    let (dispatch, desk) = (use_dispatch(), use_desk());
    let picker = NodeRef::<html::Input>::new();
    let pick = move |_| {
        if let Some(picker) = picker.get_untracked() {
            picker.set_value("");
            picker.click();
        }
    };
    let picked = move |event: leptos::ev::Event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        transfer::open(input.files(), move |name, text| {
            let room = text.len() <= BYTES_MAX && dispatch.add_file(&name, &text);
            desk.trouble.set(if room {
                ""
            } else {
                t("There is no room for it.")
            });
        });
    };
    let download = move |_| {
        if let Some(file) = dispatch.front_file() {
            transfer::download(&file.name, &file.text);
        }
    };
    view! {
        <input
            node_ref=picker
            class="heard"
            type="file"
            tabindex="-1"
            multiple=true
            accept=".yaml,.yml,.json,.txt"
            aria-label=t("Open from this computer")
            data-testid="file-picker"
            on:change=picked
        />
        <Menu label=t("Add a file") sign="+" testid="file-add">
            <button role="menuitem" data-testid="file-new" on:click=move |_| desk.ask.set(Some(Ask::New))>
                {t("New file…")}
            </button>
            <button role="menuitem" data-testid="file-open" on:click=pick>
                {t("Open from this computer…")}
            </button>
            <Ready />
        </Menu>
        <Menu label=t("This file") sign="⋯" testid="file-menu">
            <button role="menuitem" data-testid="file-rename" on:click=move |_| desk.ask.set(Some(Ask::Rename))>
                {t("Rename…")}
            </button>
            <button role="menuitem" data-testid="file-download" on:click=download>
                {t("Download")}
            </button>
            <button
                role="menuitem"
                class="danger"
                data-testid="file-delete"
                on:click=move |_| desk.ask.set(Some(Ask::Delete))
            >
                {t("Delete…")}
            </button>
        </Menu>
    }
}

/// The ready-made manifests.
#[component]
fn Ready() -> impl IntoView {
    let dispatch = use_dispatch();
    let item = |(name, about, text): &'static (&str, &'static str, &'static str)| {
        view! {
            <button
                role="menuitem"
                data-testid="file-ready"
                data-name=*name
                on:click=move |_| {
                    dispatch.add_file(name, text);
                }
            >
                {*name}
                <small class="dim">{t(about)}</small>
            </button>
        }
    };
    view! {
        <span class="sheet-title" role="presentation">{t("Ready-made")}</span>
        {samples::READY.iter().map(item).collect_view()}
    }
}
