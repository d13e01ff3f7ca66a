//! A button that opens a sheet of buttons.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// A menu: closes on a choice, on Escape, and when the focus leaves it.
#[component]
pub fn Menu(
    /// Says what the menu is for.
    #[prop(into)]
    label: String,
    /// Stands on the button.
    sign: &'static str,
    #[prop(optional)] testid: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let left = move |event: ev::FocusEvent| {
        let into = event
            .related_target()
            .and_then(|t| t.dyn_into::<web_sys::Node>().ok());
        let whole = event
            .current_target()
            .and_then(|t| t.dyn_into::<web_sys::Node>().ok());
        if whole.is_none_or(|whole| !whole.contains(into.as_ref())) {
            open.set(false);
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            if let Some(button) = button.get_untracked() {
                // A button of this page can always take the focus back.
                let _ = button.focus();
            }
        }
    };
    view! {
        <div class="menu" on:focusout=left on:keydown=key>
            <button
                node_ref=button
                data-testid=testid
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                aria-label=label.clone()
                title=label
                on:click=move |event| {
                    event.stop_propagation();
                    open.update(|open| *open = !*open);
                }
            >
                {sign}
            </button>
            <Show when=move || open.get()>
                <div
                    class="sheet"
                    role="menu"
                    on:click=move |event| {
                        event.stop_propagation();
                        open.set(false);
                    }
                >
                    {children()}
                </div>
            </Show>
        </div>
    }
}
