//! The top line: name, the first question, theme.

use super::choices::{Languages, Themes};
use super::help::HelpMenu;
use crate::app::keep::{Share, Workspaces};
use crate::app::screen::{Selection, use_screen};
use crate::app::words::tell;
use crate::say;
use leptos::prelude::*;

/// The top line of the page.
#[component]
pub fn Header() -> impl IntoView {
    let screen = use_screen();
    // The question that the page opens with: about the first node that has an empty slot.
    let asked = screen.grid.hole;
    let question = move || {
        asked.get().map(|name| {
            let node = name.clone();
            let ask = move |_| {
                screen.selection.set(Selection {
                    node: node.clone(),
                    pod: None,
                });
                screen.section.set("why");
            };
            view! {
                <button class="question" on:click=ask>
                    {tell(&say!("Why is there no pod on {}?", &name))}
                </button>
            }
        })
    };
    view! {
        <header class="top">
            <h1 class="logo">
                <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
                    <rect x="2" y="3" width="8" height="8" rx="2" />
                    <rect x="14" y="3" width="8" height="8" rx="2" />
                    <rect x="2" y="14" width="8" height="8" rx="2" />
                    <rect x="14" y="14" width="8" height="8" rx="2" stroke-dasharray="3 2" />
                </svg>
                "DaemonSet Playground"
            </h1>
            {question}
            <span class="grow"></span>
            <HelpMenu />
            <Workspaces />
            <Share />
            <Languages />
            <Themes />
        </header>
    }
}
