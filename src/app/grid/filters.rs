//! Which nodes, in which groups, in which order.

use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::{t, w};
use crate::view::{Arrangement, Sort, Want};
use leptos::prelude::*;

const fn want_words(want: Want) -> &'static str {
    match want {
        Want::Any => w("any state"),
        Want::NotReady => w("NotReady"),
        Want::Cordoned => w("cordoned"),
        Want::Tainted => w("tainted"),
        Want::Empty => w("without a pod"),
        Want::Unavailable => w("pod not available"),
        Want::Outdated => w("pod of an old revision"),
    }
}

const fn sort_words(sort: Sort) -> &'static str {
    match sort {
        Sort::Name => w("by name"),
        Sort::State => w("trouble first"),
        Sort::Revision => w("oldest revision first"),
        Sort::Cpu => w("most cpu requested first"),
        Sort::Newest => w("newest first"),
    }
}

/// The second row of the toolbar.
#[component]
pub fn Filters() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let asked = screen.grid.asked;
    let change = move |change: &dyn Fn(&mut Arrangement)| {
        asked.update(|asked| change(asked));
        dispatch.show();
    };
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
            <select
                data-testid="group-by"
                aria-label=t("Group by")
                on:change:target=move |event| {
                    let group = event.target().value();
                    change(&|asked| asked.group = crate::k8s::Str::new(&group));
                }
            >
                <option value="">{t("no groups")}</option>
                {groups}
            </select>
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
