//! What the lessons' tab shows: the lessons, and the console that their commands run in.

use super::course::Course;
use super::list::List;
use super::state::use_lessons;
use crate::app::console;
use crate::app::screen::use_screen;
use crate::lesson::library::lessons;
use leptos::prelude::*;

/// The tab.
#[component]
pub fn Pane() -> impl IntoView {
    let open = use_lessons().open;
    // Another language draws the page anew.
    let tag = use_screen().language.get_untracked().tag();
    let all = StoredValue::new(lessons(tag).into_iter().flatten().collect::<Vec<_>>());
    let left = move || match open.get().filter(|place| *place < all.with_value(Vec::len)) {
        Some(place) => view! { <Course all place /> }.into_any(),
        None => view! { <List all /> }.into_any(),
    };
    view! {
        <div class="lessons">
            <div class="course">{left}</div>
            <console::Pane />
        </div>
    }
}
