//! The panel that gives the page away: link, Markdown, frame, file.

use super::popover::Popover;
use super::state::use_keep;
use super::{address, clipboard};
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell, w};
use crate::say;
use crate::share::encode;
use leptos::{ev, html, prelude::*};

/// What can be copied: button, hook, and the text from a document's.
type Form = (&'static str, &'static str, fn(&str) -> String);

const FORMS: [Form; 3] = [
    (w("Copy link"), "copy-link", |text| address::link("", text)),
    (w("Copy as Markdown"), "copy-markdown", address::markdown),
    (w("Copy code of a frame"), "copy-frame", address::frame),
];

/// The panel of sharing.
#[component]
pub fn Share() -> impl IntoView {
    let dispatch = use_dispatch();
    let open = RwSignal::new(false);
    let text = RwSignal::new(String::new());
    let said = RwSignal::new("");
    let field = NodeRef::<html::Textarea>::new();
    // Made when the panel opens: what is shared is this moment.
    Effect::new(move || {
        if open.get() {
            said.set("");
            text.set(address::link("", &encode(&dispatch.document())));
        }
    });
    let buttons = move || {
        FORMS.map(|(words, testid, make)| {
            let copy = move |_| {
                text.set(make(&encode(&dispatch.document())));
                if let Some(field) = field.get_untracked() {
                    field.set_value(&text.get_untracked());
                    field.select();
                }
                clipboard::copy(&text.get_untracked(), move |copied| {
                    said.set(if copied {
                        w("Copied.")
                    } else {
                        w("This browser does not let the page copy: take it from the field.")
                    });
                });
            };
            view! { <button data-testid=testid on:click=copy>{t(words)}</button> }
        })
    };
    let length = move || {
        let length = text.with(|text| text.chars().count());
        tell(&say!(
            "{} characters hold everything: cluster, files, and what was done.",
            &length
        ))
    };
    view! {
        <Popover words=Signal::derive(|| t("Share").to_owned()) label=t("Share") testid="share" open>
            <div class="stack">
                <textarea
                    node_ref=field
                    class="text-out"
                    data-testid="share-text"
                    aria-label=t("What is shared")
                    readonly
                    rows="3"
                    prop:value=move || text.get()
                ></textarea>
                <p class="dim small">{length}</p>
                <div class="row wrap">{buttons}</div>
                <p class="small" role="status" data-testid="share-said">{move || t(said.get())}</p>
                <hr />
                <Files open />
            </div>
        </Popover>
    }
}

/// Workspace files.
#[component]
fn Files(open: RwSignal<bool>) -> impl IntoView {
    let dispatch = use_dispatch();
    let keep = use_keep();
    let input = NodeRef::<html::Input>::new();
    let chosen = move |_: ev::Event| {
        let file = input.get_untracked().and_then(|i| i.files()?.get(0));
        if let Some(file) = file {
            open.set(false);
            keep.notice.set(None);
            dispatch.open_workspace_file(&file);
        }
    };
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    view! {
        <div class="row wrap">
            <button data-testid="download" on:click=move |_| dispatch.download()>
                {t("Download workspace")}
            </button>
            <button data-testid="open-file" on:click=choose>{t("Open a workspace file…")}</button>
            <input
                node_ref=input
                type="file"
                class="heard"
                tabindex="-1"
                aria-label=t("Workspace file")
                data-testid="file-input"
                accept=".json,.txt"
                on:change=chosen
            />
        </div>
    }
}
