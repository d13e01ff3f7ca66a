//! Which nodes, in which groups, in which order.

use super::asked::{sort_words, want_words};
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::t;
use crate::view::{Arrangement, Sort, Want};
use leptos::prelude::*;

/// The second row of the toolbar.
#[component]
pub fn Filters() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let asked = screen.grid.asked;
    let change = move |change: &dyn Fn(&mut Arrangement)| {
        asked.update(|asked| change(asked));
        dispatch.show();
    };
    let wants =
        Want::ALL.map(|want| option(t(want_words(want)), move || asked.with(|a| a.want == want)));
    let sorts =
        Sort::ALL.map(|sort| option(t(sort_words(sort)), move || asked.with(|a| a.sort == sort)));
    view! {
        <div class="filters">
            <input
                type="search"
                data-testid="filter-text"
                aria-label=t("Filter by name, label or taint; a label selector works, too")
                placeholder=t("name, taint, app=x, zone in (a,b)")
                autocomplete="off"
                prop:value=move || asked.with(|a| a.text.clone())
                on:input:target=move |event| {
                    let text = event.target().value();
                    change(&|asked| asked.text.clone_from(&text));
                }
            />
            <select
                data-testid="filter-state"
                aria-label=t("State")
                on:change:target=move |event| {
                    let want = usize::try_from(event.target().selected_index()).unwrap_or(0);
                    change(&|asked| asked.want = Want::ALL.get(want).copied().unwrap_or_default());
                }
            >
                {wants}
            </select>
            <Groups />
            <select
                data-testid="sort-by"
                aria-label=t("Sort")
                on:change:target=move |event| {
                    let sort = usize::try_from(event.target().selected_index()).unwrap_or(0);
                    change(&|asked| asked.sort = Sort::ALL.get(sort).copied().unwrap_or_default());
                }
            >
                {sorts}
            </select>
            <button
                data-testid="filter-clear"
                on:click=move |_| change(&|asked| *asked = Arrangement::default())
            >
                {t("Clear")}
            </button>
        </div>
    }
}

fn option(words: &'static str, chosen: impl Fn() -> bool + Send + 'static) -> impl IntoView {
    view! { <option prop:selected=chosen>{words}</option> }
}

/// The label that makes the groups.
#[component]
fn Groups() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let asked = screen.grid.asked;
    let keys = dispatch.label_keys();
    let groups = keys.into_iter().map(|key| {
        let chosen = key.clone();
        let words = if key == "role" {
            t("role").to_owned()
        } else {
            key.to_string()
        };
        view! {
            <option value=key.to_string() prop:selected=move || asked.with(|a| a.group == chosen)>
                {words}
            </option>
        }
    });
    let groups = groups.collect_view();
    view! {
            <select
                data-testid="group-by"
                aria-label=t("Group by")
                on:change:target=move |event| {
                    let group = event.target().value();
                    asked.update(|asked| asked.group = crate::k8s::Str::new(&group));
                    dispatch.show();
                }
            >
                <option value="">{t("no groups")}</option>
                {groups}
            </select>
    }
}
