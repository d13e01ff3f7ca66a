//! The name of the DaemonSet in front.

use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::view::SetRow;
use leptos::prelude::*;

/// The name of the DaemonSet in front; with several, a choice.
#[component]
pub fn SetName() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let names = Memo::new(move |_| {
        screen
            .sets
            .with(|sets| sets.iter().map(label).collect::<Vec<_>>())
    });
    let choice = move || {
        let names = names.get();
        let options = names.into_iter().map(|(uid, words)| {
            let chosen = uid.clone();
            view! {
                <option value=uid.to_string() prop:selected=move || screen.set.get() == chosen>
                    {words}
                </option>
            }
        });
        options.collect_view()
    };
    let one = Memo::new(move |_| names.with(|names| names.len() < 2));
    let only = move || names.with(|names| names.first().map(|(_, words)| words.clone()));
    view! {
        <div class="set-name">
            <Show
                when=move || one.get()
                fallback=move || {
                    view! {
                        <select
                            aria-label="DaemonSet"
                            data-testid="daemonset"
                            on:change:target=move |event| {
                                screen.set.set(event.target().value().into());
                                dispatch.show();
                            }
                        >
                            {choice}
                        </select>
                    }
                }
            >
                <span data-testid="daemonset">{only}</span>
            </Show>
        </div>
    }
}

fn label(row: &SetRow) -> (crate::k8s::Str, String) {
    (row.uid.clone(), format!("{}/{}", row.namespace, row.name))
}
