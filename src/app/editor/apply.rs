//! The buttons that make it so, and the answer.

use super::Later;
use super::desk::{Ask, Outlook, use_desk};
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::Say;
use crate::view::diff::changes;
use leptos::prelude::*;

/// Apply, the difference, later; and the answer to the last one.
#[component]
pub fn Apply() -> impl IntoView {
    let (screen, dispatch, desk) = (use_screen(), use_dispatch(), use_desk());
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
            <Later />
            <div class="row">
                <button
                    class="primary"
                    data-testid="apply"
                    title=t("Apply (Ctrl+Enter)")
                    on:click=move |_| dispatch.apply()
                >
                    {t("Apply")}
                    " ⌃⏎"
                </button>
                <button
                    data-testid="diff-toggle"
                    aria-pressed=move || desk.diff.get().to_string()
                    title=t("What is applied, and the text")
                    on:click=move |_| desk.diff.update(|diff| *diff = !*diff)
                >
                    {t("Diff")}
                </button>
                <State />
                <button
                    class="plain"
                    data-testid="apply-later"
                    title=t("Apply at a later moment of simulated time")
                    on:click=move |_| desk.ask.set(Some(Ask::Later))
                >
                    {t("Later…")}
                </button>
            </div>
        </div>
    }
}

/// How the text and the cluster stand to each other.
#[component]
fn State() -> impl IntoView {
    let (screen, desk) = (use_screen(), use_desk());
    // Counted after each look, not at each key: long texts take a moment.
    let count = Memo::new(move |_| {
        desk.stale.track();
        screen.answer.track();
        let index = screen.file.get();
        screen.files.with_untracked(|files| {
            let file = files.get(index)?;
            let applied = file.applied.as_deref()?;
            Some(changes(applied, &file.text))
        })
    });
    let say = move || -> Say {
        let same = desk.outlook.with(|outlook| *outlook == Outlook::Same) && !desk.stale.get();
        match count.get() {
            _ if same => say!("applied"),
            None => say!("not applied yet"),
            Some(0) if desk.stale.get() => say!("applied"),
            Some(0) => say!("applied, but the cluster has changed since"),
            Some(1) => say!("1 change, not applied"),
            Some(n) => say!("{} changes, not applied", &n),
        }
    };
    view! {
        <span class="dim state" data-testid="apply-state">
            {move || tell(&say())}
        </span>
    }
}
