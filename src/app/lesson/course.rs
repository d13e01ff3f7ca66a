//! One lesson: its steps, which of its goals are met, and the way to the next.

use super::state::use_lessons;
use super::step::StepRow;
use crate::app::session::use_dispatch;
use crate::app::ui::{beat, focus};
use crate::app::words::{t, tell};
use crate::lesson::Lesson;
use crate::say;
use leptos::prelude::*;

/// A lesson. While it is on the screen its next goal is looked at a few times a second.
#[component]
pub fn Course(all: StoredValue<Vec<Lesson>>, place: usize) -> impl IntoView {
    let (state, dispatch, beat) = (use_lessons(), use_dispatch(), beat());
    let Some(lesson) = all.with_value(|all| all.get(place).cloned()) else {
        return ().into_any();
    };
    let goals = lesson.goals().count();
    let looked = lesson.clone();
    let reached = Memo::new(move |_| {
        beat.track();
        state.begun.track();
        dispatch.cluster(|cluster| state.look(place, &looked, cluster))
    });
    let steps: Vec<_> = (0..lesson.steps.len())
        .map(|i| {
            let before = lesson.goals_before(i);
            view! { <StepRow step=lesson.steps[i].clone() number=i + 1 before reached /> }
        })
        .collect();
    let back = move |_| {
        state.open.set(None);
        focus("[data-testid=lesson]");
    };
    let next = all.with_value(|all| all.get(place + 1).map(|next| next.title));
    let on = move |_| {
        state.open.set(Some(place + 1));
        focus("[data-testid=lesson-title]");
    };
    let end = move || {
        (reached.get() == goals).then(|| {
            let next = next.map(|title| {
                view! {
                    <button class="primary" data-testid="lesson-next" on:click=on>
                        {tell(&say!("Next: {}", &title))}
                    </button>
                }
            });
            view! { <p class="end" data-testid="lesson-end">{t("All goals are met.")} " " {next}</p> }
        })
    };
    view! {
        <div class="head">
            <button data-testid="lesson-back" on:click=back>"‹ " {t("All lessons")}</button>
            <span class="dim" data-testid="lesson-progress">
                {move || tell(&say!("{} of {} goals met", &reached.get(), &goals))}
            </span>
            <button data-testid="lesson-anew" on:click=move |_| state.begin(place)>{t("Start over")}</button>
        </div>
        <h2 tabindex="-1" data-testid="lesson-title">{lesson.title}</h2>
        <p class="dim">{lesson.about}</p>
        <ol aria-label=t("Steps")>{steps}</ol>
        {end}
    }
    .into_any()
}
