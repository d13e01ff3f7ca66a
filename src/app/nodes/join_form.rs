//! The form that adds many nodes.

use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell, w};
use crate::k8s::ordered::BTreeSet;
use crate::say;
use crate::view::joining::Joining;
use leptos::{ev, prelude::*};

const PRESETS: [(usize, &str); 5] = [
    (3, "3"),
    (12, "12"),
    (100, "100"),
    (1000, "1,000"),
    (5000, "5,000"),
];

/// The fields beside the number: name of the hook, label, hint.
const FIELDS: [(&str, &str, &str); 6] = [
    ("name", w("Name"), "worker{}"),
    ("labels", w("Labels"), "disktype=ssd"),
    ("taints", w("Taints"), "dedicated=edge:NoExecute"),
    ("cpu", w("cpu"), "4"),
    ("memory", w("memory"), "8Gi"),
    ("pods", w("pods"), "110"),
];

/// Number, names, labels, taints and capacity of new nodes.
#[component]
pub fn JoinForm(close: Callback<()>) -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let count = RwSignal::new("3".to_owned());
    let fields = FIELDS.map(|_| RwSignal::new(String::new()));
    let wrong = RwSignal::new(String::new());
    let left = RwSignal::new(0_usize);
    let add = move |number: Option<usize>| {
        let [pattern, labels, taints, cpu, memory, pods] = fields.map(|f| f.get_untracked());
        let form = Joining {
            count: number
                .or(count.get_untracked().trim().parse().ok())
                .unwrap_or(0),
            pattern,
            labels,
            taints,
            cpu,
            memory,
            pods,
        };
        let names = screen.names.get_untracked();
        let taken: BTreeSet<&str> = names.iter().map(crate::k8s::str::Str::as_str).collect();
        match form.read(|name| taken.contains(name)) {
            Ok(nodes) => {
                wrong.set(String::new());
                dispatch.join(nodes, 0, left);
            }
            Err(say) => wrong.set(tell(&say)),
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if left.get_untracked() == 0 {
            add(None);
        }
    };
    let leave = move |event: ev::KeyboardEvent| (event.key() == "Escape").then(|| close.run(()));
    let presets = PRESETS.map(|(number, words)| {
        view! {
            <button
                type="button"
                data-testid=format!("join-{number}")
                aria-label=tell(&say!("Add {} nodes", words))
                disabled=move || left.get() != 0
                on:click=move |_| add(Some(number))
            >
                {format!("+{words}")}
            </button>
        }
    });
    let inputs = inputs(fields);
    let coming = move || (left.get() != 0).then(|| tell(&say!("{} still to come", &left.get())));
    view! {
        <form class="join-form" data-testid="join-form" aria-label=t("Add nodes") on:submit=submit on:keydown=move |event| { leave(event); }>
            <div class="presets">{presets}</div>
            <label>
                <span>{t("How many")}</span>
                <input data-testid="join-count" inputmode="numeric" autocomplete="off" bind:value=count />
            </label>
            {inputs}
            <div class="buttons">
                <button type="submit" class="primary" data-testid="join-add">{t("Add")}</button>
                <button type="button" on:click=move |_| close.run(())>{t("Close")}</button>
                <small class="dim" data-testid="join-left">{coming}</small>
            </div>
            <p class="wrong" role="alert">{move || wrong.get()}</p>
        </form>
    }
}

/// The fields beside the number.
fn inputs(fields: [RwSignal<String>; 6]) -> impl IntoView {
    let rows = FIELDS.into_iter().zip(fields);
    let input = |((name, label, hint), value): ((&str, &'static str, &'static str), _)| {
        let value: RwSignal<String> = value;
        view! {
            <label>
                <span>{t(label)}</span>
                <input
                    data-testid=format!("join-{name}")
                    placeholder=hint
                    autocomplete="off"
                    bind:value=value
                />
            </label>
        }
    };
    rows.map(input).collect_view()
}
