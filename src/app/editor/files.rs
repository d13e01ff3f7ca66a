//! The list of files.

use super::more::More;
use crate::app::screen::{File, use_screen};
use crate::app::session::use_dispatch;
use crate::app::ui::arrows;
use crate::app::words::t;
use leptos::prelude::*;

/// One tab per file, and what can be done with files.
#[component]
pub fn Files() -> impl IntoView {
    let screen = use_screen();
    let names = Memo::new(move |_| {
        let name = |file: &File| file.name.clone();
        screen
            .files
            .with(|files| files.iter().map(name).collect::<Vec<_>>())
    });
    let tabs = move || {
        let tab = |(index, name): (usize, String)| view! { <Tab index name /> };
        names.get().into_iter().enumerate().map(tab).collect_view()
    };
    view! {
        <div class="files-row">
            <div class="files" role="tablist" aria-label=t("Files") on:keydown=arrows>
                {tabs}
            </div>
            <More />
        </div>
    }
}

#[component]
fn Tab(index: usize, name: String) -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let changed = Memo::new(move |_| {
        let differs = |f: &File| f.applied.as_ref().is_some_and(|text| *text != f.text);
        screen
            .files
            .with(|files| files.get(index).is_some_and(differs))
    });
    let front = move || screen.file.get() == index;
    view! {
        <button
            role="tab"
            data-testid="file"
            data-name=name.clone()
            aria-selected=move || front().to_string()
            aria-controls="want-text"
            tabindex=move || if front() { "0" } else { "-1" }
            on:click=move |_| dispatch.open_file(index)
        >
            {name.clone()}
            <Show when=move || changed.get()>
                <span class="unsaved" title=t("changed, not applied") aria-hidden="true">
                    " ●"
                </span>
                <span class="heard">{t("changed, not applied")}</span>
            </Show>
        </button>
    }
}
