//! A command that can be read anywhere on the page, and runs when it is clicked.

use crate::app::bottom::use_bottom;
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell};
use crate::console::paste;
use crate::say;
use leptos::prelude::*;

/// A button that shows a command, or what it is about, and runs it: the console comes to the front, shows the line
/// and keeps it in its history.
#[component]
pub fn RunLine(
    line: String,
    /// What stands on the button instead of the command.
    #[prop(optional, into)]
    text: Option<String>,
) -> impl IntoView {
    let (dispatch, bottom) = (use_dispatch(), use_bottom());
    let shown = text.unwrap_or_else(|| line.clone());
    let name = if shown == line {
        tell(&say!("{}: run it in the console", &shown))
    } else {
        tell(&say!("{}: run {} in the console", &shown, &line))
    };
    view! {
        <button
            class="run-line"
            data-testid="run-line"
            data-line=line.clone()
            aria-label=name
            title=line.clone()
            on:click=move |_| dispatch.ask(bottom, &line)
        >
            <code>{shown}</code>
        </button>
    }
}

/// The commands that the comments of a manifest name.
#[component]
pub fn Noted(text: Memo<String>) -> impl IntoView {
    let lines = Memo::new(move |_| text.with(|text| paste::noted(text)));
    move || {
        let lines = lines.get();
        let line = |line: String| view! { <RunLine line /> };
        (!lines.is_empty()).then(|| {
            view! {
                <div class="noted" role="group" aria-label=t("Commands in the comments")>
                    {lines.into_iter().map(line).collect_view()}
                </div>
            }
        })
    }
}
