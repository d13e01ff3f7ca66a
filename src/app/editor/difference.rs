//! What is applied now against the text, line by line.

use crate::app::screen::use_screen;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::diff::{Change, DiffLine, diff};
use leptos::prelude::*;

/// Shown in the place of the text.
#[component]
pub fn Difference() -> impl IntoView {
    let screen = use_screen();
    let lines = move || {
        let index = screen.file.get();
        screen.files.with(|files| {
            files.get(index).map_or_else(Vec::new, |file| {
                diff(file.applied.as_deref().unwrap_or(""), &file.text)
            })
        })
    };
    let line = |line: DiffLine| {
        let (change, sign, heard) = match line.change {
            Change::Same => ("same", " ", ""),
            Change::Gone => ("gone", "-", t("removed: ")),
            Change::Come => ("come", "+", t("added: ")),
            Change::Skipped(count) => {
                let text = tell(&say!("{} equal lines", &count));
                return view! { <li class="skipped">{text}</li> }.into_any();
            }
        };
        let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
        view! {
            <li data-change=change>
                <span class="number" aria-hidden="true">{number(line.old)}</span>
                <span class="number" aria-hidden="true">{number(line.new)}</span>
                <span class="sign" aria-hidden="true">{sign}</span>
                <span class="heard">{heard}</span>
                <code>{line.text}</code>
            </li>
        }
        .into_any()
    };
    let body = move || {
        let lines = lines();
        if lines.is_empty() {
            view! { <p class="dim">{t("The text is what was applied.")}</p> }.into_any()
        } else {
            view! { <ol>{lines.into_iter().map(line).collect_view()}</ol> }.into_any()
        }
    };
    view! {
        <div
            class="diff"
            data-testid="diff"
            role="region"
            tabindex="0"
            aria-label=t("What is applied, and the text")
        >
            {body}
        </div>
    }
}
