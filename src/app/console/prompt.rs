//! The line to type, what Tab offers for it and what Ctrl-R finds.

use super::state::State;
use crate::app::session::use_dispatch;
use crate::app::words::t;
use leptos::{html, prelude::*};

/// Candidates of a completion that are shown at most.
const CANDIDATES_MAX: usize = 60;

/// The line to type; the arrow keys bring back earlier ones, Tab completes.
#[component]
pub fn Prompt(field: NodeRef<html::Input>) -> impl IntoView {
    let state = State::new(field, use_dispatch());
    let searching = move || {
        state.search.get().is_some().then(|| {
            let found = state.found().unwrap_or_default();
            view! {
                <span class="found" role="status" data-testid="console-search">
                    {t("Search")} ": " {found}
                </span>
            }
        })
    };
    let list = move || {
        let all = state.candidates.get();
        (!all.is_empty()).then(|| {
            let more = all.len().saturating_sub(CANDIDATES_MAX);
            let mut text = all[..all.len().min(CANDIDATES_MAX)].join("  ");
            if more > 0 {
                text.push_str(&format!("  … +{more}"));
            }
            view! {
                <p class="candidates" role="status" data-testid="console-candidates">
                    {text}
                </p>
            }
        })
    };
    view! {
        <div class="prompt">
            {list}
            <label class="line">
                <span class="heard">{t("Command")}</span>
                {searching}
                <input
                    node_ref=field
                    data-testid="console-input"
                    placeholder="kubectl get pods -A -o wide"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    bind:value=state.line
                    on:keydown=move |event| state.key(&event)
                    on:paste=move |event| state.paste(&event)
                />
            </label>
        </div>
    }
}
