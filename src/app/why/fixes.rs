//! The smallest change that flips the verdict, as text and with one click.

use super::insert::insert;
use crate::app::screen::{File, use_screen};
use crate::app::session::use_dispatch;
use crate::app::ui::Fold;
use crate::app::words::{t, tell, w};
use crate::view::{Fix, Verdict};
use leptos::prelude::*;

/// The changes that would flip the verdict.
#[component]
pub fn Fixes(verdict: Memo<Option<Verdict>>) -> impl IntoView {
    let run = Memo::new(move |_| verdict.with(|v| v.as_ref().is_some_and(|v| v.run)));
    let any = Memo::new(move |_| verdict.with(|v| v.as_ref().is_some_and(|v| !v.fixes.is_empty())));
    view! {
        <Show when=move || any.get()>
            <Show
                when=move || run.get()
                fallback=move || view! {
                    <div class="fix">
                        <b>{t("Smallest change that places it")}</b>
                        <List verdict />
                    </div>
                }
            >
                <Fold title=w("What would take it away") testid="why-away">
                    <List verdict />
                </Fold>
            </Show>
        </Show>
    }
}

/// Each change with its buttons.
#[component]
fn List(verdict: Memo<Option<Verdict>>) -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let fixes = Memo::new(move |_| {
        verdict.with(|v| v.as_ref().map(|v| v.fixes.clone()).unwrap_or_default())
    });
    // A cheap look while somebody types; the insertion itself looks closely.
    let written = Memo::new(move |_| {
        let Some(set) = verdict.with(|v| v.as_ref().map(|v| v.set.clone())) else {
            return false;
        };
        let name = format!("name: {set}");
        let index = screen.file.get();
        let ends = |text: &str| {
            text.lines()
                .next()
                .is_none_or(|rest| rest.trim().is_empty())
        };
        let holds = |f: &File| {
            let mut named = f.text.match_indices(&name);
            named.any(|(at, _)| ends(&f.text[at + name.len()..]))
                && f.text.contains("kind: DaemonSet")
        };
        screen
            .files
            .with(|files| files.get(index).is_some_and(holds))
    });
    let item = move |(i, fix): (usize, Fix)| {
        let text: Vec<String> = fix.text.iter().map(tell).collect();
        let (line, whole, template) = (fix.line.clone(), fix.clone(), !fix.edits.is_empty());
        let insert = move || {
            let fix = whole.clone();
            (template && written.get()).then(|| {
                view! {
                    <button
                        class=primary(i == 0)
                        data-testid="fix-insert"
                        on:click=move |_| insert(screen, dispatch, verdict, &fix)
                    >
                        {t("Insert")}
                    </button>
                }
            })
        };
        let run = move |_| {
            dispatch.line(&line);
        };
        let shy = move || primary(i == 0 && !(template && written.get()));
        view! {
            <pre>{text.join("\n")}</pre>
            <div class="row wrap">
                {insert}
                <button class=shy data-testid="fix" title=fix.line.clone() on:click=run>
                    {tell(&fix.label)}
                </button>
            </div>
        }
    };
    move || fixes.get().into_iter().enumerate().map(item).collect_view()
}

const fn primary(yes: bool) -> &'static str {
    if yes { "primary" } else { "" }
}
