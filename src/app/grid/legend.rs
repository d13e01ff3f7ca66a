//! A cell in words: the tip under the pointer, and what screen readers hear.

use super::field::Field;
use crate::app::words::{t, tell, w};
use crate::say;
use crate::view::{Cell, Dot, PodState};
use leptos::prelude::*;

/// The state of a pod in a word.
pub const fn state_words(state: PodState) -> &'static str {
    match state {
        PodState::Pending => w("Pending"),
        PodState::Creating => w("starting"),
        PodState::Running => w("running, not ready"),
        PodState::Ready => w("ready"),
        PodState::Available => w("available"),
        PodState::Terminating => w("Terminating"),
        PodState::CrashLoop => w("CrashLoopBackOff"),
        PodState::Failed => w("Failed"),
        PodState::Succeeded => w("Succeeded"),
    }
}

/// A node's own states.
pub fn node_words(cell: &Cell) -> String {
    let look = &cell.look;
    let words = [
        (!look.ready).then(|| t("NotReady")),
        look.cordoned.then(|| t("cordoned")),
        look.tainted.then(|| t("tainted")),
    ];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    if words.is_empty() {
        t("Ready").to_owned()
    } else {
        words.join(" · ")
    }
}

/// The pods of a cell.
pub fn pod_words(cell: &Cell) -> String {
    let pod = |dot: Dot| {
        let state = t(state_words(dot.state));
        tell(&say!("pod {}, revision {}", &state, &dot.revision))
    };
    let look = &cell.look;
    let pods: Vec<String> = look.mark.into_iter().chain(look.second).map(pod).collect();
    match pods.is_empty() {
        false => pods.join(" · "),
        true if look.wanted => t("no pod yet").to_owned(),
        true => t("no pod: not eligible").to_owned(),
    }
}

/// A cell in words.
pub fn words(cell: &Cell) -> String {
    format!("{}: {}. {}", cell.name, node_words(cell), pod_words(cell))
}

/// What stands beside the pointer.
#[component]
pub fn Tip(field: Field) -> impl IntoView {
    let grid = field.screen.grid;
    let tip = move || {
        let (n, x, y) = field.over.get()?;
        grid.beat.track();
        let cell = grid.nth(n)?;
        let width = field.scroller.get().map_or(0, |s| s.client_width());
        let left = i32::try_from(x).unwrap_or(0).min(width - 230).max(4);
        let top = format!("{}px", y + 18);
        Some(view! {
            <div class="field-tip" aria-hidden="true" style:left=format!("{left}px") style:top=top>
                <b>{cell.name.to_string()}</b>
                <span>{node_words(&cell)}</span>
                <span>{pod_words(&cell)}</span>
            </div>
        })
    };
    view! { {tip} }
}
