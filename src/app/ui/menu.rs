//! A button that opens a sheet of buttons.

use super::escape::{Left, escape, left};
use leptos::{ev, html, prelude::*};

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
        if left(&event) != Left::Within {
            open.set(false);
        }
    };
    view! {
        <div class="menu" on:focusout=left on:keydown=escape(open, button)>
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
