//! The pods by phase as an area behind the marks.

use crate::app::keep::use_keep;
use crate::app::screen::{heed, use_screen};
use crate::app::session::use_dispatch;
use crate::cluster::SimSpan;
use crate::view::phases::{Band, outline};
use leptos::prelude::*;

/// Pieces that the area is cut into.
const BUCKETS: usize = 240;

/// Height of the drawing, and of the highest area in it.
const HEIGHT: u32 = 20;
const HIGHEST: f64 = 17.0;

/// The area over a line of `end` milliseconds.
#[component]
pub fn Area(end: Memo<u64>) -> impl IntoView {
    let (screen, keep, dispatch) = (use_screen(), use_keep(), use_dispatch());
    // Drawn again when the numbers changed or the line reached another piece, not with every frame.
    let reached = Memo::new(move |_| screen.end.get() * BUCKETS as u64 / end.get().max(1));
    let series = Memo::new(move |_| {
        keep.phases.track();
        heed(reached);
        let span = SimSpan::from_millis(end.get());
        dispatch.phases(|phases, start| phases.series(start, start + span, BUCKETS))
    });
    // The shapes count pieces and pods; what makes them fit is said once for all.
    let highest = Memo::new(move |_| {
        keep.phases.track();
        dispatch.phases(|phases, _| phases.highest())
    });
    let fit = move || {
        let (x, y) = (100.0 / BUCKETS as f64, HIGHEST / f64::from(highest.get()));
        format!("translate(0 {HEIGHT})scale({x} -{y})")
    };
    let paths = Band::ALL.map(|band| {
        let path = Memo::new(move |_| series.with(|series| outline(series, band)));
        view! { <path class="area" data-band=band.name() d=move || path.get() /> }
    });
    view! { <g transform=fit>{paths}</g> }
}
