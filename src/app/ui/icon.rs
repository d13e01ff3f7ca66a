//! The few icons of the page, drawn.

use leptos::prelude::*;

/// An icon by name; says nothing to screen readers, its button does.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    let path = match name {
        "play" => "M6 4l14 8-14 8z",
        "pause" => "M6 4h4v16H6zM14 4h4v16h-4z",
        "event" => "M4 4l11 8-11 8zM16 4h3v16h-3z",
        "second" => "M2 4l8 8-8 8zM11 4l8 8-8 8zM20 4h2.5v16H20z",
        "start" => "M5 4h3v16H5zM20 4v16L9 12z",
        _ => "",
    };
    view! {
        <svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
            <path d=path />
        </svg>
    }
}
