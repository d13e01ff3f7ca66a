//! On a narrow screen the sections of the page are tabs.

use crate::app::screen::use_screen;
use leptos::prelude::*;

const SECTIONS: [(&str, &str); 4] = [
    ("want", "Manifest"),
    ("is", "Cluster"),
    ("why", "Why"),
    ("console", "Console"),
];

/// The tabs of a narrow screen.
#[component]
pub fn Sections() -> impl IntoView {
    let screen = use_screen();
    let tabs = SECTIONS.map(|(section, words)| {
        view! {
            <button
                role="tab"
                data-testid=format!("section-{section}")
                aria-selected=move || (screen.section.get() == section).to_string()
                on:click=move |_| screen.section.set(section)
            >
                {words}
            </button>
        }
    });
    view! {
        <div class="sections" role="tablist" aria-label="Sections">
            {tabs}
        </div>
    }
}
