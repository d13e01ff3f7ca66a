//! What the controller did last about the DaemonSet in front, and what holds its update back.

use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::doings::{Held, held_back};
use leptos::prelude::*;

/// Why the rollout does not move: the budget and who uses it up.
#[component]
pub fn HeldBack(beat: RwSignal<(u64, u64, usize)>) -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let held = Memo::new(move |_| {
        beat.track();
        let row = screen.front()?;
        dispatch.cluster(|cluster| held_back(cluster, &row.namespace, &row.name))
    });
    move || {
        held.get().map(|Held { line, users }| {
            let user = |(node, what)| view! { <li>{tell(&say!("{}: {}", &node, what))}</li> };
            view! {
                <h3>{t("Why the update waits")}</h3>
                <div data-testid="why-held">
                    <p>{tell(&line)}</p>
                    <ul class="reasons">{users.into_iter().map(user).collect_view()}</ul>
                </div>
            }
        })
    }
}

/// The controller's last notes.
#[component]
pub fn Doings() -> impl IntoView {
    let screen = use_screen();
    let lines = Memo::new(move |_| screen.front().map(|row| row.doings).unwrap_or_default());
    let list = move || {
        let line = |say| view! { <li>{tell(&say)}</li> };
        lines.get().into_iter().map(line).collect_view()
    };
    view! {
        <Show when=move || lines.with(|lines| !lines.is_empty())>
            <h3>{t("Last decisions")}</h3>
            <ul class="doings" data-testid="doings">{list}</ul>
        </Show>
    }
}
