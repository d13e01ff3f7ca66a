//! The strip of tabs, and what the one in front shows.

use super::api_log::ApiLog;
use super::events::Events;
use super::grip::Grip;
use super::insides::Insides;
use super::tab::{Tab, use_bottom};
use crate::app::console;
use crate::app::lesson;
use crate::app::ui::arrows;
use crate::app::words::t;
use leptos::prelude::*;

/// What stands under the time line.
#[component]
pub fn Pane() -> impl IntoView {
    let bottom = use_bottom();
    let tab = bottom.tab;
    let height = move || match bottom.height.get() {
        0 => String::new(),
        part => format!("{part}vh"),
    };
    let strip = Tab::ALL.map(|one| {
        let front = move || tab.get() == one;
        view! {
            <button
                role="tab"
                id=format!("tab-{}", one.name())
                aria-controls="bottom-panel"
                data-testid=format!("tab-{}", one.name())
                aria-selected=move || front().to_string()
                tabindex=move || if front() { "0" } else { "-1" }
                on:click=move |_| tab.set(one)
            >
                {t(one.words())}
            </button>
        }
    });
    let panel = move || match tab.get() {
        Tab::Console => view! { <console::Pane /> }.into_any(),
        Tab::Events => view! { <Events /> }.into_any(),
        Tab::Insides => view! { <Insides /> }.into_any(),
        Tab::Api => view! { <ApiLog /> }.into_any(),
        Tab::Lessons => view! { <lesson::Pane /> }.into_any(),
    };
    view! {
        <div class="bottom" style:--height=height data-tab=move || tab.get().name()>
            <div class="strip" role="tablist" aria-label=t("Under the time line") on:keydown=arrows>
                {strip}
            </div>
            <Grip />
            <div
                class="panel"
                id="bottom-panel"
                role="tabpanel"
                aria-labelledby=move || format!("tab-{}", tab.get().name())
            >
                {panel}
            </div>
        </div>
    }
}
