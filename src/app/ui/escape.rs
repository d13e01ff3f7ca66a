//! What a button opens closes on Escape, and leaving it with the focus is noticed.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// The handler of keys for what `button` opens: Escape closes it and gives the focus back.
pub fn escape(
    open: RwSignal<bool>,
    button: NodeRef<html::Button>,
) -> impl Fn(ev::KeyboardEvent) + Copy {
    move |event| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            if let Some(button) = button.get_untracked() {
                // A button of this page can always take the focus back.
                let _ = button.focus();
            }
        }
    }
}

/// Where the focus went from an element that was left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Left {
    /// To something within the element.
    Within,
    /// To something else on the page.
    Outside,
    /// Nowhere: another window, a file dialog.
    Nowhere,
}

/// Reads a `focusout` of the element that listens.
pub fn left(event: &ev::FocusEvent) -> Left {
    let node = |t: Option<web_sys::EventTarget>| t.and_then(|t| t.dyn_into::<web_sys::Node>().ok());
    let Some(into) = node(event.related_target()) else {
        return Left::Nowhere;
    };
    match node(event.current_target()) {
        Some(whole) if whole.contains(Some(&into)) => Left::Within,
        _ => Left::Outside,
    }
}
