//! What happened where the pointer is on the time line.

use crate::app::session::use_dispatch;
use crate::app::words::{t, tell};
use crate::cluster::{SimSpan, SimTime};
use crate::say;
use crate::view::age;
use crate::view::timeline::around;
use leptos::prelude::*;

/// Marks named at most.
const MOST: usize = 5;

/// The hint at a place of the line, in thousandths of its length.
#[component]
pub fn Hint(place: RwSignal<Option<u64>>, end: Memo<u64>) -> impl IntoView {
    let dispatch = use_dispatch();
    let hint = move || {
        let place = place.get()?;
        let at = end.get() * place / 1000;
        let reach = end.get() / 100;
        let (lines, more) = dispatch.marks(|marks, history| {
            let start = SimTime::of(history.cluster().setup().start);
            let from = start + SimSpan::from_millis(at.saturating_sub(reach));
            let to = start + SimSpan::from_millis(at + reach);
            let (found, more) = around(marks.list(), from, to, MOST);
            let line = |mark: &&crate::view::Mark| {
                let moment = age::clock(mark.at.since(start).as_millis());
                (mark.kind.name(), format!("{moment} {}", tell(&mark.what)))
            };
            (found.iter().map(line).collect::<Vec<_>>(), more)
        });
        let lines: Vec<_> = (lines.into_iter())
            .map(|(kind, text)| view! { <li data-kind=kind>{text}</li> })
            .collect();
        let more =
            (more > 0).then(|| view! { <li class="dim">{tell(&say!("and {} more", &more))}</li> });
        let side = if place > 600 { "left" } else { "right" };
        Some(view! {
            <div
                class="hint"
                aria-hidden="true"
                data-side=side
                style:--at=format!("{}%", place as f64 / 10.0)
            >
                <b>{age::clock(at)}</b>
                <ul class="list">{lines}{more}</ul>
            </div>
        })
    };
    view! { {hint} }
}

/// What the line's slider says: the moment, and the last thing that happened by then.
pub fn value_text(dispatch: crate::app::session::Dispatch, elapsed: u64) -> String {
    let moment = age::clock(elapsed);
    let last = dispatch.marks(|marks, history| {
        let now = history.cluster().now() + SimSpan::from_millis(1);
        crate::view::timeline::last_stop(marks.list(), now).map(|mark| tell(&mark.what))
    });
    match last {
        Some(what) => format!("{moment}, {}: {what}", t("last")),
        None => moment,
    }
}
