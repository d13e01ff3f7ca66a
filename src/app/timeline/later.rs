//! Applies to come, as marks on the line.

use crate::app::keep::use_keep;
use leptos::prelude::*;
use std::fmt::Write;

/// A dashed stroke for each, on a line of `end` milliseconds.
#[component]
pub fn Later(end: Memo<u64>) -> impl IntoView {
    let keep = use_keep();
    let path = move || {
        let mut path = String::new();
        keep.later.with(|later| {
            for waiting in later.iter().filter(|waiting| waiting.at <= end.get()) {
                let x = waiting.at as f64 * 100.0 / end.get() as f64;
                // Writing to a string does not fail.
                let _ = write!(path, "M{x:.2} 3V17");
            }
        });
        path
    };
    view! { <path class="marks" data-kind="later" d=path /> }
}
