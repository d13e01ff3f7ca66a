//! A section that opens and closes; what is in it is made when it is open.

use crate::app::words::t;
use leptos::prelude::*;

/// A section under a heading that is a button.
#[component]
pub fn Fold(
    /// The heading, for `t`.
    title: &'static str,
    testid: &'static str,
    #[prop(optional)] open: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(open);
    view! {
        <section class="fold">
            <h3>
                <button
                    class="plain"
                    data-testid=testid
                    aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {t(title)}
                </button>
            </h3>
            <Show when=move || open.get()>
                <div class="folded">{children()}</div>
            </Show>
        </section>
    }
}
