//! The time line: marks of what happened, and where now is; drag it into the past.

use super::area::Area;
use super::hint::{Hint, value_text};
use super::keys::keys;
use super::later::Later;
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::t;
use crate::cluster::{SimSpan, SimTime};
use crate::view::MarkKind;
use crate::view::timeline::histogram;
use leptos::{ev, html, prelude::*};
use std::fmt::Write;

/// Pieces that the line is cut into.
const BUCKETS: usize = 200;

/// Ends of the line that are easy to read, in seconds; beyond them, whole hours.
const ENDS: [u64; 9] = [60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400];

/// The track with its marks.
#[component]
pub fn Track() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let end = Memo::new(move |_| {
        let wanted = screen.end.get() / 1000 + 1;
        let round = ENDS.into_iter().find(|end| *end >= wanted);
        round.unwrap_or_else(|| wanted.div_ceil(3600) * 3600) * 1000
    });
    // In twentieths of a per cent: finer than what can be seen of it.
    let now = Memo::new(move |_| screen.elapsed.get() * 2000 / end.get());
    let paths = MarkKind::ALL.map(|kind| {
        let path = Memo::new(move |_| {
            screen.marks.track();
            let span = SimSpan::from_millis(end.get());
            dispatch.marks(|marks, history| {
                let from = SimTime::of(history.cluster().setup().start);
                draw(&histogram(marks.list(), kind, from, from + span, BUCKETS))
            })
        });
        view! { <path class="marks" data-kind=kind.name() d=move || path.get() /> }
    });
    // Said with each mark and each whole second, not with every frame.
    let said = Memo::new(move |_| screen.elapsed.get() / 1000 * 1000);
    let words = move || {
        screen.marks.track();
        value_text(dispatch, said.get())
    };
    let place = RwSignal::new(None::<u64>);
    let track = NodeRef::<html::Div>::new();
    let point = move |event: ev::PointerEvent| {
        if let Some(track) = track.get_untracked() {
            let bounds = track.get_bounding_client_rect();
            let part = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
            place.set(Some((part.clamp(0.0, 1.0) * 1000.0) as u64));
        }
    };
    view! {
        <div class="line" on:pointermove=point on:pointerleave=move |_| place.set(None)>
            <div class="track" node_ref=track>
                <svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="past" x="0" y="0" height="20" width=move || per_cent(now.get() * 5) />
                    <Area end />
                    {paths}
                    <Later end />
                    <rect class="now" y="0" height="20" width="0.18"
                        x=move || per_cent((now.get() * 5).saturating_sub(9))
                    />
                </svg>
                <input
                    type="range"
                    data-testid="timeline"
                    aria-label=t("Time line, in seconds")
                    aria-valuetext=words
                    min="0"
                    step="any"
                    max=move || (end.get() / 1000).to_string()
                    prop:value=move || (screen.elapsed.get() as f64 / 1000.0).to_string()
                    on:keydown=move |event| keys(dispatch, &event)
                    on:input:target=move |event| {
                        if let Ok(seconds) = event.target().value().parse::<f64>() {
                            dispatch.seek((seconds * 1000.0).round() as u64);
                        }
                    }
                />
            </div>
            <Hint place end />
        </div>
    }
}

/// Hundredths of a per cent as a number.
fn per_cent(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// One stroke per piece that has marks; the more marks, the higher.
fn draw(heights: &[u32]) -> String {
    let mut path = String::new();
    for (i, height) in heights
        .iter()
        .enumerate()
        .filter(|(_, height)| **height > 0)
    {
        let x = per_cent((2 * i as u64 + 1) * 5000 / heights.len() as u64);
        let y = 17 - (5 + height * 2).min(14);
        // Writing to a string does not fail.
        let _ = write!(path, "M{x} 17V{y}");
    }
    path
}
