//! What screen readers hear: one message at a time, at most one a second, the newest of those that wait.

use crate::app::screen::use_screen;
use leptos::prelude::*;
use std::time::Duration;

/// Quiet after a message.
const QUIET: Duration = Duration::from_secs(1);

/// The page's live region.
#[component]
pub fn Live() -> impl IntoView {
    let screen = use_screen();
    let shown = RwSignal::new(screen.said.get_untracked());
    let quiet = StoredValue::new(false);
    Effect::new(move || {
        let text = screen.said.get();
        if !quiet.get_value() && shown.with_untracked(|shown| *shown != text) {
            quiet.set_value(true);
            tell(shown, screen.said, quiet);
        }
    });
    view! {
        <p class="heard" role="status" aria-live="polite" data-testid="live">
            {move || shown.get()}
        </p>
    }
}

/// Says the newest message, then is quiet; what came meanwhile is said after that.
fn tell(shown: RwSignal<String>, said: RwSignal<String>, quiet: StoredValue<bool>) {
    set_timeout(
        move || {
            let Some(text) = said.try_get_untracked() else {
                return;
            };
            let new = shown.try_with_untracked(|old| *old != text);
            if new != Some(true) {
                quiet.try_update_value(|quiet| *quiet = false);
                return;
            }
            shown.set(text);
            set_timeout(move || tell(shown, said, quiet), QUIET);
        },
        Duration::ZERO,
    );
}
