//! The button that makes it so, and the answer.

use crate::app::screen::{File, use_screen};
use crate::app::session::use_dispatch;
use leptos::prelude::*;

/// Apply and its answer.
#[component]
pub fn Apply() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let state = Memo::new(move |_| {
        let index = screen.file.get();
        let words = |file: &File| match &file.applied {
            None => "not applied yet",
            Some(text) if *text == file.text => "applied",
            Some(_) => "changed, not applied",
        };
        screen
            .files
            .with(|files| files.get(index).map_or("", words))
    });
    let answer = move || {
        let answer = screen.answer.get();
        (!answer.text.is_empty()).then(|| {
            view! {
                <pre class="answer" data-testid="answer" data-refused=answer.refused.to_string()>
                    {answer.text}
                </pre>
            }
        })
    };
    view! {
        <div class="apply">
            {answer}
            <div class="row">
                <button class="primary" data-testid="apply" on:click=move |_| dispatch.apply()>
                    "Apply"
                </button>
                <span class="dim">{move || state.get()}</span>
                <span class="grow"></span>
                <kbd class="dim">"Ctrl ⏎"</kbd>
            </div>
        </div>
    }
}
