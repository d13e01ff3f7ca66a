//! The list of manifests.

use crate::app::screen::{Answer, File, use_screen};
use leptos::prelude::*;

/// One tab per file.
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
        let tab = |(index, name): (usize, String)| {
            let open = move |_| {
                screen.file.set(index);
                screen.diagnostics.set(Vec::new());
                screen.answer.set(Answer::default());
            };
            let changed = Memo::new(move |_| {
                let differs = |f: &File| f.applied.as_ref().is_some_and(|text| *text != f.text);
                screen
                    .files
                    .with(|files| files.get(index).is_some_and(differs))
            });
            view! {
                <button
                    role="tab"
                    data-testid="file"
                    data-name=name.clone()
                    aria-selected=move || (screen.file.get() == index).to_string()
                    on:click=open
                >
                    {name.clone()}
                    <Show when=move || changed.get()>
                        <span class="unsaved" title="changed, not applied">" ●"</span>
                    </Show>
                </button>
            }
        };
        names.get().into_iter().enumerate().map(tab).collect_view()
    };
    view! {
        <div class="files" role="tablist" aria-label="Manifests">
            {tabs}
        </div>
    }
}
