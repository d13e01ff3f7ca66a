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
        "undo" => "M9 4v4h5a6 6 0 0 1 0 12H8v-3h6a3 3 0 0 0 0-6H9v4L2 9.500z",
        "redo" => "M15 4v4h-5a6 6 0 0 0 0 12h6v-3h-6a3 3 0 0 1 0-6h5v4l7-5.500z",
        "to-start" => "M4 4h3v16H4zM20 4v16L9 12z",
        "to-end" => "M17 4h3v16h-3zM4 4l11 8-11 8z",
        "last-mark" => "M3 3h2.500v18H3zM21 5v14L8 12z",
        "next-mark" => "M18.500 3H21v18h-2.500zM3 5l13 7-13 7z",
        "sync" => {
            "M12 4a8 8 0 0 1 7.500 5.200L22 8v7h-7l2.300-2.300A5 5 0 0 0 7.500 10H4.300A8 8 0 0 1 12 4zM2 13h7l-2.300 2.300A5 5 0 0 0 16.500 17h3.200A8 8 0 0 1 4.500 18L2 20.500z"
        }
        "start" => "M5 4h3v16H5zM20 4v16L9 12z",
        _ => "",
    };
    view! {
        <svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
            <path d=path />
        </svg>
    }
}
