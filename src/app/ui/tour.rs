//! A short tour: a few places of the page, one after the other; it can be left at any time.

use super::help::use_help;
use crate::app::screen::use_screen;
use crate::app::words::{t, tell, w};
use crate::say;
use leptos::{ev, html, prelude::*};

/// The place, the section that holds it on a narrow screen, title, text.
const STEPS: [(&str, &str, &str, &str); 5] = [
    (
        "is",
        "is",
        w("What is"),
        w("Every node has one slot for each DaemonSet. An empty slot says why it is empty."),
    ),
    (
        "why",
        "why",
        w("Why"),
        w(
            "Click anything: here it explains itself, and offers the smallest change that makes a difference.",
        ),
    ),
    (
        "want",
        "want",
        w("What I want"),
        w("Edit the manifest and apply it. Mistakes are marked in the API server's own words."),
    ),
    (
        "time",
        "is",
        w("When"),
        w(
            "Play, step, or drag the time line into the past. What you do there begins a new future.",
        ),
    ),
    (
        "bottom",
        "console",
        w("Console"),
        w(
            "kubectl works here. The other tabs show events, the controller's insides and every call to the API.",
        ),
    ),
];

/// The name of the place that the tour points at.
pub fn place(step: Option<usize>) -> Option<&'static str> {
    step.and_then(|step| STEPS.get(step)).map(|step| step.0)
}

/// The tour, while it is taken.
#[component]
pub fn Tour() -> impl IntoView {
    let tour = use_help().tour;
    view! {
        <Show when=move || tour.get().is_some()>
            <Card />
        </Show>
    }
}

/// The card of the tour.
#[component]
fn Card() -> impl IntoView {
    let (screen, tour) = (use_screen(), use_help().tour);
    let card = NodeRef::<html::Div>::new();
    card.on_load(|card| {
        // Without the focus it can still be clicked.
        let _ = card.focus();
    });
    let go = move |step: usize| {
        let found = STEPS.get(step);
        if let Some((_, section, ..)) = found {
            screen.section.set(section);
        }
        tour.set(found.map(|_| step));
    };
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            tour.set(None);
        }
    };
    let step = move || tour.get().unwrap_or(0).min(STEPS.len() - 1);
    let number = move || tell(&say!("{} of {}", &(step() + 1), &STEPS.len()));
    let last = move || step() + 1 == STEPS.len();
    view! {
        <div
            class="tour"
            role="dialog"
            tabindex="-1"
            node_ref=card
            data-testid="tour"
            data-place=move || place(tour.get())
            aria-labelledby="tour-title"
            aria-describedby="tour-text"
            on:keydown=key
        >
            <h2 id="tour-title">{move || t(STEPS[step()].2)}</h2>
            <p id="tour-text" aria-live="polite">{move || t(STEPS[step()].3)}</p>
            <div class="row">
                <span class="dim">{number}</span>
                <span class="grow"></span>
                <button data-testid="tour-skip" on:click=move |_| tour.set(None)>{t("Skip")}</button>
                <Show when=move || { step() > 0 }>
                    <button on:click=move |_| go(step() - 1)>{t("Back")}</button>
                </Show>
                <button class="primary" data-testid="tour-next" on:click=move |_| go(step() + 1)>
                    {move || if last() { t("Done") } else { t("Next") }}
                </button>
            </div>
        </div>
    }
}
