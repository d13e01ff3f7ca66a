//! A button that opens a small panel beside it.

use crate::app::ui::escape::{Left, escape, left};
use leptos::{ev, html, prelude::*};

/// A panel: closes on Escape, and when the focus leaves it.
#[component]
pub fn Popover(
    /// What the button says.
    #[prop(into)]
    words: Signal<String>,
    /// What the panel is, for screen readers.
    label: &'static str,
    testid: &'static str,
    open: RwSignal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    let left = move |event: ev::FocusEvent| {
        // A focus that goes nowhere is a file dialog or another window: the panel waits.
        if left(&event) == Left::Outside {
            open.set(false);
        }
    };
    view! {
        <div class="popover" on:focusout=left on:keydown=escape(open, button)>
            <button
                node_ref=button
                data-testid=testid
                aria-haspopup="dialog"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {move || words.get()}
            </button>
            <Show when=move || open.get()>
                <Panel label content=children.clone() />
            </Show>
        </div>
        <Show when=move || open.get()>
            <div class="behind" on:pointerdown=move |_| open.set(false)></div>
        </Show>
    }
}

/// The panel; takes the focus when it is shown.
#[component]
fn Panel(label: &'static str, content: ChildrenFn) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    panel.on_load(|panel| {
        // What was just shown can take the focus.
        let _ = panel.focus();
    });
    view! {
        <div class="panel-over" role="dialog" aria-label=label tabindex="-1" node_ref=panel>
            {content()}
        </div>
    }
}
