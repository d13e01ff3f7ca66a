//! On a narrow screen the sections of the page are tabs.

use super::arrows::arrows;
use crate::app::screen::use_screen;
use crate::app::words::{t, w};
use leptos::prelude::*;

const SECTIONS: [(&str, &str); 4] = [
    ("want", w("Manifest")),
    ("is", w("Cluster")),
    ("why", w("Why")),
    ("console", w("Console")),
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
                tabindex=move || if screen.section.get() == section { "0" } else { "-1" }
                on:click=move |_| screen.section.set(section)
            >
                {t(words)}
            </button>
        }
    });
    view! {
        <div class="sections" role="tablist" aria-label=t("Sections") on:keydown=arrows>
            {tabs}
        </div>
    }
}
