//! The list of lessons.

use super::state::use_lessons;
use crate::app::ui::focus;
use crate::app::words::{t, tell};
use crate::lesson::Lesson;
use crate::say;
use leptos::prelude::*;

/// A row for each lesson.
#[component]
pub fn List(all: StoredValue<Vec<Lesson>>) -> impl IntoView {
    let state = use_lessons();
    let row = |(place, lesson): (usize, &Lesson)| {
        let (reached, goals) = (state.reached(place), lesson.goals().count());
        let open = move |_| {
            state.open.set(Some(place));
            focus("[data-testid=lesson-title]");
        };
        let progress = (reached > 0).then(|| tell(&say!("{} of {} goals met", &reached, &goals)));
        view! {
            <li>
                <button data-testid="lesson" data-number=place + 1 on:click=open>
                    <b>{place + 1} ". " {lesson.title}</b>
                    <span>{lesson.about}</span>
                    <small>{progress}</small>
                </button>
            </li>
        }
    };
    let rows = all.with_value(|all| all.iter().enumerate().map(row).collect_view());
    view! {
        <ol aria-label=t("Lessons")>{rows}</ol>
        <p class="dim">
            {t("They begin on the cluster that the page opens with. Workspaces, Begin anew with the sample, brings it back.")}
        </p>
    }
}
