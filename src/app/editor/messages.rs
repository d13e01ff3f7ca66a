//! What kubectl or the server says about the manifest, each message at its line.

use crate::app::screen::use_screen;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::Diagnostic;
use leptos::prelude::*;

/// The list of messages under the text.
#[component]
pub fn Messages() -> impl IntoView {
    let screen = use_screen();
    let list = move || {
        let item = |found: Diagnostic| {
            let place = if found.line > 0 {
                tell(&say!("line {}", &found.line))
            } else {
                String::new()
            };
            let meant = found.meant.map(|meant| {
                let text = tell(&say!("Did you mean {}?", meant));
                view! { <strong>" " {text}</strong> }
            });
            view! {
                <li class="message" data-testid="diagnostic" data-line=found.line.to_string()>
                    <span class="line">{place}</span>
                    <span>{found.message} {meant}</span>
                </li>
            }
        };
        screen
            .diagnostics
            .get()
            .into_iter()
            .map(item)
            .collect_view()
    };
    view! {
        <ul class="messages" aria-label=t("Messages about the manifest")>
            {list}
        </ul>
    }
}
